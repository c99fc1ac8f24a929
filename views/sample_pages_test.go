package views

import (
	"maps"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

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
				Shell: s.shell(NavUsers), Ways: SignInWays{Provider: s.text},
				Users: []UserRow{
					{User: *s.shell(NavUsers).User, CreatedAt: now, Guard: account.ByPasskey},
					{User: User{ID: "u2"}, Disabled: true, CreatedAt: now, Guard: account.ByProvider},
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
