package views

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

// secret is part of every concealed value: only a revealed value may show it.
const secret = "c0ncealed-v4lue"

const link = "https://share.example.com/under/s#Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8"

const token = "itemshare_Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8"

var now = time.Date(2026, 11, 24, 14, 20, 0, 0, time.UTC)

// sample returns the props of every page, with its text wherever people can enter text.
type sample struct{ base, text string }

func (s sample) shell(nav Nav) Shell {
	return Shell{
		Paths: Paths{Base: s.base},
		Asset: func(name string) string { return Paths{Base: s.base}.Asset(name) },
		User:  &User{ID: "u1", Name: s.text, Email: "ada@example.com", Admin: true}, Nav: nav,
		Title: s.text, Now: now,
		Vaults: []Option{{"v1", s.text}, {"v2", "Read only"}}, Flash: s.text, Demo: true,
	}
}

func (s sample) signedOut() Shell {
	shell := s.shell(NavNone)
	shell.User, shell.Vaults = nil, nil
	return shell
}

func (s sample) item() vault.Item {
	return vault.Item{
		ID: "i1", VaultID: "v1", Title: s.text, Category: vault.Login, Version: 3,
		UpdatedAt: now.Add(-75 * time.Hour),
		Fields: []vault.Field{
			{ID: "username", Title: "user name", Type: vault.FieldText, Value: s.text},
			{ID: "password", Title: s.text, Type: vault.FieldConcealed, Value: secret},
			{
				ID: "otp", Title: "one-time password", Type: vault.FieldTOTP,
				Value: "otpauth://totp/x?secret=" + secret,
			},
			{ID: "card", Title: "number", Type: vault.FieldCreditCardNumber, Value: secret},
			{ID: "key", SectionID: "s1", Title: "key", Type: vault.FieldSSHKey, Value: secret},
			{
				ID: "lost", SectionID: "nowhere", Title: "of an unknown section",
				Type: vault.FieldText, Value: "still here",
			},
			{ID: "none", SectionID: "s1", Title: "spare", Type: vault.FieldConcealed},
			{
				ID: "url", SectionID: "s1", Title: "console", Type: vault.FieldURL,
				Value: "https://console.example.com",
			},
		},
		Sections: []vault.Section{{ID: "s1", Title: s.text}, {ID: "s2", Title: "empty"}},
		Notes:    s.text, Tags: []string{s.text},
		Websites: []vault.Website{{Label: s.text, URL: s.text}, {URL: "https://example.com"}},
		Files:    []vault.File{{ID: "f1", Name: s.text, Size: 3 << 20}},
	}
}

func (s sample) view() ItemView { return ViewItem(s.item(), s.text) }

func openPolicy() share.Policy {
	return share.Policy{
		MaxExpiry: 30 * day, DefaultExpiry: 7 * day,
		AllowedTypes:          []share.Type{share.Authenticated, share.Public},
		AllowedRecipientTypes: []share.RecipientKind{share.Email, share.Domain}, FilesAllowed: true,
	}
}

func tightPolicy() share.Policy {
	return share.Policy{
		MaxExpiry: 7 * day, DefaultExpiry: day, MaxViews: 1,
		AllowedTypes:          []share.Type{share.Authenticated},
		AllowedRecipientTypes: []share.RecipientKind{share.Email},
		AllowedDomains:        []string{"client.example", "partner.example"},
	}
}

func (s sample) share() ShareProps {
	return ShareProps{
		Shell: s.shell(NavItems), Item: s.view(), Form: ShareInput{Token: "one-use"},
		Policy: share.Combine(openPolicy(), nil), Base: share.Combine(openPolicy(), nil),
	}
}

func (s sample) included() share.Included {
	return share.Included{
		Fields: []share.Part{{ID: "url", Name: s.text}, {ID: "otp", Name: s.text, TOTP: true}},
		Files:  []share.Part{{ID: "f1", Name: s.text}}, Parts: []string{share.PartNotes},
		More: 2, Of: share.Counts{Fields: 5, TOTPs: 1, Files: 2, Notes: true},
	}
}

// rejected returns the share form after it was rejected.
func (s sample) rejected() ShareProps {
	wrong := fault.Problem{
		Code: fault.CodeRecipientInvalid, Field: "recipients",
		Detail: "Gmail.com gives addresses to anyone.",
	}
	p := s.share()
	p.Policy = share.Combine(tightPolicy(), nil)
	p.Form = ShareInput{
		Access: share.Recipients, Recipients: []string{"ann@client.example", s.text},
		ExpireAfter: "ThirtyDays",
		OneTime:     true, Include: []string{"otp", "url"}, Token: "one-use", From: "s1",
		Replace: true,
	}
	p.Recipients = []CheckedRecipient{
		{Text: "ann@client.example", Kind: share.Email, Address: "ann@client.example"},
		{Text: "client.example", Kind: share.Domain, Address: "client.example"},
		{Text: s.text, Problem: &wrong},
	}
	p.Problems = []fault.Problem{
		{Code: fault.CodePolicyExpiry, Field: "expire_after", Detail: "At most 7 days."},
		wrong,
		{Code: fault.CodePolicyAccess},
		{Code: fault.CodeInvalid, Field: "token", Detail: "Load the page again."},
	}
	row := s.rows()[0]
	p.From = &row
	return p
}

func (s sample) rows() []ShareRow {
	return []ShareRow{
		{
			ID: "s1", Title: s.text, VaultID: "v1", Vault: s.text, ItemID: "i1", By: s.text,
			Audience: share.Recipients, State: share.Active, Views: 2, MaxViews: 1,
			Recipients: []RecipientName{
				{Kind: share.Email, Address: "ann@client.example"},
				{Kind: share.Email, Address: "bob@client.example"},
				{Kind: share.Domain, Address: "partner.example"},
				{Kind: share.Email, Address: "gone@client.example", Removed: true},
			},
			CreatedAt: now.Add(-3 * time.Hour), ExpiresAt: now.Add(7 * day),
			Undelivered: s.failures(), Included: s.included(),
		},
		{
			ID: "s2", By: s.text, Audience: share.Anyone, State: share.Viewed, Views: 1,
			MaxViews: 1, CreatedAt: now.Add(-26 * time.Hour), ExpiresAt: now.Add(day), EndedAt: now,
		},
		{
			ID: "s3", Title: "third", By: s.text, Audience: share.Anyone, State: share.Expired,
			CreatedAt: now.Add(-40 * day), ExpiresAt: now.Add(-day), EndedAt: now.Add(-day),
		},
		{
			ID: "s4", Title: "fourth", By: s.text, Audience: share.Anyone, State: share.Revoked,
			CreatedAt: now, ExpiresAt: now.Add(day), EndedAt: now,
		},
	}
}

func (s sample) items(n int) ItemsProps {
	p := ItemsProps{Shell: s.shell(NavItems), Next: "next one"}
	for i := range n {
		p.Items = append(p.Items, ItemRow{
			Overview: vault.Overview{
				ID: "i/" + strconv.Itoa(i), VaultID: "v1", Title: s.text, Subtitle: s.text,
				Category: vault.Categories()[i%len(vault.Categories())], Sites: []string{"example.com"},
			},
			Vault: s.text, Live: i % 3,
		})
	}
	return p
}

func (s sample) shared(a share.Audience) SharedProps {
	return SharedProps{
		Shell: s.shell(NavItems), Item: s.view().ItemRef, ShareID: "s1", Link: link, Replaced: true,
		Recipients: s.rows()[0].Recipients,
		Terms: share.Terms{
			CreatedAt: now.Unix(), ExpiresAt: now.Add(7 * day).Unix(), MaxViews: 1, Audience: a,
		},
	}
}

func (s sample) detail() ShareDetailProps {
	return ShareDetailProps{
		Shell: s.shell(NavHistory), Share: s.rows()[0], MayView: true, MayShare: true, Version: 2,
		CurrentItem: 3, Locked: true, MoreViews: true, Revocable: true,
		MayTell: true,
		Progress: []RecipientProgress{
			{
				RecipientName: RecipientName{Kind: share.Email, Address: "ann@client.example"},
				Codes:         2, Views: 1,
			},
			{
				RecipientName: RecipientName{Kind: share.Domain, Address: "partner.example"},
				Position:      1, Codes: 1,
			},
			{
				RecipientName: RecipientName{Kind: share.Email, Removed: true}, Position: 2,
				RemovedAt: now,
			},
		},
		SharerID: "u1", MoreEvents: true,
		Timeline: []audit.Event{
			{At: now, Kind: audit.ShareOpened, Detail: map[string]string{"address": s.text}},
			{At: now, Kind: audit.CodeUndelivered, Detail: map[string]string{"reason": s.text}},
			{At: now, Kind: audit.ShareCreated, Actor: "u1"},
		},
		Views: []ViewRow{
			{At: now, Address: "ann@client.example", Agent: s.text},
			{At: now, Agent: "Firefox on Linux"},
			{At: now, InMinute: 5600},
		},
	}
}

func (s sample) policy() PolicyProps {
	tight := tightPolicy()
	return PolicyProps{
		Shell: s.shell(NavPolicy), Account: openPolicy(),
		Vaults: []VaultPolicy{{Option{"v1", s.text}, nil}, {Option{"v2", "Read only"}, &tight}},
		Form: PolicyInput{Vault: "v1", PolicyForm: share.PolicyForm{
			MaxExpiry: "OneDay", DefaultExpiry: "OneHour", MaxViews: s.text,
			AllowedTypes:          []string{"Public"},
			AllowedRecipientTypes: []string{"Email"}, AllowedDomains: []string{s.text},
			FilesAllowed: true, FilesMaxSize: "9",
		}},
		Problems: []fault.Problem{
			{Code: fault.CodeInvalid, Field: "max_views", Detail: "A whole number from 1."},
			{Code: fault.CodeRecipientInvalid, Field: "allowed_domains", Detail: "Not a domain."},
		},
	}
}

func (s sample) preview() PolicyPreviewProps {
	return PolicyPreviewProps{
		Shell: s.shell(NavPolicy), Form: s.policy().Form, Vault: s.text, Proposed: tightPolicy(),
		Next: "n", After: "a",
		Affected: []AffectedShare{
			{s.rows()[0], []fault.Problem{{Code: fault.CodePolicyDomain, Detail: s.text}}},
			{s.rows()[1], nil},
		},
	}
}

func (s sample) mail() MailProps {
	return MailProps{
		Shell: s.shell(NavMail), Waiting: 2, Oldest: now.Add(-time.Minute), Failures: s.failures(),
		To: s.text, Test: &MailTest{To: s.text, Answer: s.text},
	}
}

func (s sample) failures() []Undelivered {
	return []Undelivered{
		{ShareID: "s1", Address: s.text, Reason: s.text, At: now.Add(-time.Hour)},
		{ShareID: "s1", Address: "bob@client.example", Reason: s.text, At: now, Retried: true},
	}
}

func (s sample) audit() AuditProps {
	return AuditProps{
		Shell: s.shell(NavAudit), Chain: ChainState{Count: 2, Head: "00ff", Unsealed: 1, At: now},
		BehindSince: now,
		People: &Lookup{
			Field: "actor", Label: "Person",
			Text: s.text,
			Icon: "users",
			Hits: []Hit{{s.text, s.text}},
		}, Next: "n",
		Filter: AuditFilter{Subject: s.text, From: "2027-01-01", To: s.text, After: "a"},
		Events: []AuditRow{
			{
				Event: audit.Event{
					At: now, Kind: audit.ShareOpened, Subject: "s1",
					Detail: map[string]string{"address": s.text},
				},
				Number: 2,
			},
			{Event: audit.Event{At: now, Kind: audit.SignInRefused}},
			{Event: audit.Event{At: now, Kind: audit.UserAdded, Subject: "u1"}, About: s.text},
			{Event: audit.Event{At: now, Kind: "unknown.kind", Actor: "u1"}, Who: s.text},
		},
	}
}

func (s sample) serviceAccounts() ServiceAccountsProps {
	return ServiceAccountsProps{
		Shell: s.shell(NavServiceAccounts), Vaults: []Option{{"v1", s.text}, {"v2", "Read only"}},
		Accounts: []ServiceAccountRow{
			{
				ID: "p1", Name: s.text, Vaults: []string{s.text, "Read only"}, Share: true,
				By: s.text, State: account.TokenLive, CreatedAt: now, ExpiresAt: now.Add(day),
				LastUsed: now,
			},
			{
				ID: "p2", Name: "Nightly", Vaults: []string{"Read only"},
				State: account.TokenExpired, CreatedAt: now.Add(-2 * day), ExpiresAt: now.Add(-day),
			},
			{
				ID: "p3", Name: "Old", Vaults: []string{"Read only"}, State: account.TokenRevoked,
				CreatedAt: now.Add(-2 * day), RevokedAt: now.Add(-day),
			},
			{
				ID: "p4", Name: "Onboarding", People: true, By: s.text, Demoted: true,
				State: account.TokenSuspended, CreatedAt: now.Add(-day),
			},
		},
		Form: ServiceAccountInput{
			Name: s.text, Vaults: []string{"v2"}, ShareItems: true, Lifetime: "365",
			Token: "one-use",
		},
		Problems: []fault.Problem{
			{Code: fault.CodeInvalid, Field: "name", Detail: s.text},
			{Code: fault.CodeInvalid, Field: "vaults", Detail: "Choose at least one vault."},
			{Code: fault.CodeInvalid, Field: "share_items", Detail: "Leave this out."},
			{Code: fault.CodeInvalid, Field: "manage_people", Detail: "Clear this option."},
			{Code: fault.CodeInvalid, Field: "lifetime", Detail: "Choose one."},
		},
	}
}

func (s sample) webhooks() WebhooksProps {
	return WebhooksProps{
		Shell: s.shell(NavWebhooks), URL: s.text, Types: []string{"share.opened"},
		Webhooks: []WebhookRow{
			{
				ID: "h1", URL: s.text, Types: []string{"share.opened"}, State: "active", By: s.text,
				CreatedAt: now, Waiting: 3, Failed: 1, OldUntil: now,
			},
			{ID: "h2", URL: "https://example.com/hooks", State: "paused", CreatedAt: now},
			{ID: "h3", URL: "https://example.com/other", State: "gone", CreatedAt: now},
		},
		Problems: []fault.Problem{
			{Code: fault.CodeInvalid, Field: "url", Detail: s.text},
			{Code: fault.CodeInvalid, Field: "types", Detail: "Choose at least one event."},
		},
	}
}

func (s sample) webhook(row int) WebhookProps {
	return WebhookProps{
		Shell: s.shell(NavWebhooks), Webhook: s.webhooks().Webhooks[row], After: "9", Next: "3",
		Test: &WebhookAnswer{Status: 200, Words: s.text, Accepted: row == 0},
		Deliveries: []DeliveryRow{
			{ID: "d1", ShareID: "s1", Type: "share.opened", State: "waiting", Happened: now},
			{
				ID: "d2", ShareID: "s1", Type: "share.created", State: "waiting", Happened: now,
				Tries: 2, TriedAt: now, NextAt: now, Answer: WebhookAnswer{Words: s.text},
			},
			{
				ID: "d3", ShareID: "s2", Type: "share.revoked", State: "failed", Happened: now, Tries: 1,
				TriedAt: now, Answer: WebhookAnswer{Status: 500, Words: s.text},
			},
			{ID: "d4", ShareID: "s2", Type: s.text, State: "delivered", Happened: now, Tries: 1, TriedAt: now},
		},
	}
}

func (s sample) webhookSecret(isNew bool) WebhookSecretProps {
	return WebhookSecretProps{
		Shell: s.shell(NavWebhooks), Webhook: s.webhooks().Webhooks[0], Secret: token, New: isNew,
	}
}

func (s sample) serviceToken() ServiceTokenProps {
	return ServiceTokenProps{
		Shell: s.shell(NavServiceAccounts), Account: s.serviceAccounts().Accounts[0], Token: token,
	}
}

func (s sample) failure(status int) ErrorProps {
	return ErrorProps{
		Shell: s.shell(NavNone), Status: status, Code: "some_code", RequestID: "r1",
		RetryAfter: 90 * time.Second,
		Problems:   []fault.Problem{{Code: "some_code", Detail: s.text}},
		Back:       Paths{Base: s.base}.Items(ItemsFilter{}),
	}
}

// pages returns all documents in their main states, by name.
func (s sample) pages() map[string]templ.Component {
	off, older, empty := s.share(), s.rejected(), s.items(0)
	off.Policy = share.Combine(share.Policy{}, nil)
	older.Problems, older.Recipients, older.MailOff = nil, nil, true
	unreachable, searched := empty, empty
	unreachable.Unreachable, searched.Filter.Text = true, s.text
	field := ItemField{ID: "password", Label: s.text, Type: vault.FieldConcealed, Value: secret}
	behindProxy := s.shell(NavUsers)
	behindProxy.UntrustedProxy = s.text
	pages := map[string]templ.Component{
		"api docs":         APIDocsPage(APIDocsProps{Shell: s.shell(NavNone), Docs: s.docs()}),
		"api docs outside": APIDocsPage(APIDocsProps{Shell: s.signedOut(), Docs: s.docs()}),
		"signin":           SignInPage(SignInProps{Shell: s.signedOut(), Next: s.text}),
		"signin refused": SignInPage(
			SignInProps{Shell: s.signedOut(), Email: s.text, Code: fault.CodeSigninFailed},
		),
		"signin too often": SignInPage(
			SignInProps{
				Shell: s.signedOut(), Code: fault.CodeTooManyAttempts, RetryAfter: time.Minute,
			},
		),
		"signin busy": SignInPage(
			SignInProps{
				Shell: s.signedOut(), Code: fault.CodeUnavailable, RetryAfter: 2 * time.Second,
			},
		),
		"users behind a proxy": UsersPage(UsersProps{Shell: behindProxy}),
		"items":                ItemsPage(s.items(50)),
		"items none":           ItemsPage(empty),
		"items not found":      ItemsPage(searched),
		"items down":           ItemsPage(unreachable),
		"item": ItemPage(
			ItemProps{
				Shell: s.shell(NavItems), Item: s.view(), MayShare: true, MayReveal: true,
				Links: []ItemLink{{s.rows()[0], true}, {s.rows()[1], false}},
			},
		),
		"item view only": ItemPage(ItemProps{Shell: s.shell(NavItems), Item: s.view()}),
		"revealed": RevealedPage(
			RevealProps{Shell: s.shell(NavItems), Item: s.view().ItemRef, Field: field},
		),
		"share":         SharePage(s.share()),
		"share refused": SharePage(s.rejected()),
		"share off":     SharePage(off),
		"share again":   SharePage(older),
		"shared":        SharedPage(s.shared(share.Anyone)),
		"shared named":  SharedPage(s.shared(share.Recipients)),
		"preview": PreviewPage(
			PreviewProps{
				Shell: s.shell(NavItems), Item: s.view().ItemRef,
				Content: RecipientItemProps{
					Title: s.text, Category: "Login", Sharer: s.text, Tags: []string{s.text},
					Sections: []RecipientSection{{Title: s.text, Fields: []RecipientField{
						{Label: s.text, Value: s.text},
						{Label: s.text, Fault: s.text},
						{Label: s.text, Type: "Url", Value: "javascript:alert(1)" + s.text},
						{Label: s.text, Code: &RecipientCode{Codes: []string{"123456"}}},
					}}},
					Files: []RecipientFile{{Name: s.text, Size: "1 kB"}},
				},
				Terms: s.shared(share.Anyone).Terms,
			},
		),
		"history": HistoryPage(
			HistoryProps{
				Shell: s.shell(NavHistory),
				Filter: HistoryFilter{
					Text: s.text, Status: share.Active, With: s.text, From: s.text, After: "a",
				},
				Shares: s.rows(), Next: "n", Truncated: true,
				People: &Lookup{
					Field: "by", Label: "Shared by",
					Text: s.text,
					Icon: "users",
					Hits: []Hit{{s.text, s.text}},
				},
			},
		),
		"history none":   HistoryPage(HistoryProps{Shell: s.shell(NavHistory)}),
		"share detail":   ShareDetailPage(s.detail()),
		"policy":         PolicyPage(s.policy()),
		"policy preview": PolicyPreviewPage(s.preview()),
		"users": UsersPage(
			UsersProps{
				Shell: s.shell(NavUsers),
				Users: []UserRow{
					{User: *s.shell(NavUsers).User, CreatedAt: now},
					{User: User{ID: "u2"}, Disabled: true, CreatedAt: now},
				},
			},
		),
		"vaults": VaultsPage(
			VaultsProps{
				Shell: s.shell(NavVaults), Filter: ListFilter{s.text, "a"}, Next: "n",
				Grants: []GrantRow{
					{
						VaultID: "v1", Vault: s.text, ID: "g", User: s.text, Group: true,
						Rights: Rights{View: true},
					},
					s.grantee(),
					{VaultID: "v2", Vault: "Empty"},
				},
			},
		),
		"vault access": VaultAccessPage(VaultAccessProps{
			Shell: s.shell(NavVaults), Filter: ListFilter{s.text, "a"}, Vault: Option{"v1", s.text},
			Name: s.text, Archived: true, Kept: true, MayView: true, Items: 2, Links: 1,
			Who:  &Lookup{Field: "who", Icon: "users", Text: s.text, Hits: []Hit{{s.text, s.text}}},
			Form: GrantForm{Editing: s.text, Rights: Rights{View: true}},
			Problems: []fault.Problem{
				{Code: fault.CodeInvalid, Field: "who", Detail: s.text},
				{Code: fault.CodeInvalid, Field: "confirm", Detail: s.text},
				{Code: fault.CodeInvalid, Field: "name", Detail: s.text},
			},
			Grants: []GrantRow{s.grantee()}, Next: "n",
		}),
		"groups": GroupsPage(GroupsProps{
			Shell: s.shell(NavGroups), Filter: ListFilter{s.text, "a"}, Name: s.text, Next: "n",
			Groups: []GroupRow{{"g", s.text, 2, 1}},
		}),
		"no groups": GroupsPage(GroupsProps{Shell: s.shell(NavGroups), None: true}),
		"group": GroupPage(GroupProps{
			Shell: s.shell(NavGroups), Filter: ListFilter{s.text, "a"}, Group: GroupRow{"g", s.text, 2, 1},
			Name: s.text, Losers: 1, Next: "n",
			Who:     &Lookup{Field: "person", Icon: "users", Text: s.text, Hits: []Hit{{s.text, s.text}}},
			Members: []User{{ID: "u", Name: s.text, Email: "ada@example.com"}},
			Grants: []GrantRow{{
				VaultID: "v1", Vault: s.text, ID: "g", User: s.text, Group: true, Rights: Rights{View: true},
			}},
		}),
		"mail":     MailPage(s.mail()),
		"mail off": MailPage(MailProps{Shell: s.shell(NavMail), Off: true}),
		"mail failed": MailPage(MailProps{
			Shell: s.shell(NavMail), To: s.text, Test: &MailTest{To: s.text, Reason: s.text},
			Problems: []fault.Problem{{
				Code: fault.CodeRecipientInvalid, Field: "to", Detail: s.text,
			}},
		}),
		"audit":    AuditPage(s.audit()),
		"programs": ServiceAccountsPage(s.serviceAccounts()),
		"programs none": ServiceAccountsPage(
			ServiceAccountsProps{
				Shell: s.shell(NavServiceAccounts), Vaults: []Option{{"v1", s.text}},
			},
		),
		"programs down": ServiceAccountsPage(
			ServiceAccountsProps{Shell: s.shell(NavServiceAccounts), Unreachable: true},
		),
		"token":           ServiceTokenPage(s.serviceToken()),
		"webhooks":        WebhooksPage(s.webhooks()),
		"webhooks none":   WebhooksPage(WebhooksProps{Shell: s.shell(NavWebhooks)}),
		"webhook":         WebhookPage(s.webhook(0)),
		"webhook paused":  WebhookPage(s.webhook(1)),
		"webhook gone":    WebhookPage(s.webhook(2)),
		"webhook added":   WebhookSecretPage(s.webhookSecret(true)),
		"webhook rotated": WebhookSecretPage(s.webhookSecret(false)),
		"outbox": OutboxPage(
			OutboxProps{
				Shell: s.shell(NavOutbox),
				Mails: []OutboxMail{{"ann@client.example", s.text, s.text, now}},
			},
		),
		"outbox public": OutboxPage(OutboxProps{Shell: s.signedOut()}),
		"error nobody": ErrorPage(
			ErrorProps{Shell: s.signedOut(), Status: 404, Code: fault.CodeNotFound},
		),
	}
	maps.Copy(pages, s.native())
	maps.Copy(pages, s.setUp())
	maps.Copy(pages, s.peoplePages())
	for _, status := range statuses {
		pages["error "+strconv.Itoa(status)] = ErrorPage(s.failure(status))
	}
	return pages
}

var statuses = []int{400, 401, 403, 404, 405, 409, 413, 421, 422, 429, 500, 503}

// render returns a component as HTML.
func render(t testing.TB, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// tree is a parsed page, or an element of it.
type tree struct{ *html.Node }

func parse(t testing.TB, c templ.Component) tree {
	t.Helper()
	root, err := html.Parse(strings.NewReader(render(t, c)))
	if err != nil {
		t.Fatal(err)
	}
	return tree{root}
}

// elements returns all elements in order, including those in templates.
func (n tree) elements() []tree {
	var all []tree
	for d := range n.Descendants() {
		if d.Type == html.ElementNode {
			all = append(all, tree{d})
		}
	}
	return all
}

// elementsWith returns the elements with an attribute. Value "" matches any value.
func (n tree) elementsWith(attribute, value string) []tree {
	var all []tree
	for _, e := range n.elements() {
		if got, ok := e.attr(attribute); ok && (value == "" || got == value) {
			all = append(all, e)
		}
	}
	return all
}

// byTestID returns the first element with a test ID.
func (n tree) byTestID(t testing.TB, testID string) tree {
	t.Helper()
	found := n.elementsWith("data-testid", testID)
	if len(found) == 0 {
		t.Fatalf("no element has the test ID %q", testID)
	}
	return found[0]
}

func (n tree) attr(name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func (n tree) text() string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// grantee is a person with rights of their own and of a group.
func (s sample) grantee() GrantRow {
	return GrantRow{
		VaultID: "v1", Vault: s.text, ID: "u", User: s.text, Email: "ada@example.com",
		Rights: Rights{View: true, Reveal: true, Share: true},
		Sources: []RightSource{
			{Rights: Rights{View: true, Share: true}},
			{Group: s.text, Rights: Rights{View: true, Reveal: true}},
		},
	}
}
