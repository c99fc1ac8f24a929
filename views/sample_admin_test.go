package views

import (
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

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
