package views

import (
	"strconv"
	"time"

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
			Undelivered: s.failures(), Included: s.included().Extent(),
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

func (s sample) failure(status int) ErrorProps {
	return ErrorProps{
		Shell: s.shell(NavNone), Status: status, Code: "some_code", RequestID: "r1",
		RetryAfter: 90 * time.Second,
		Problems:   []fault.Problem{{Code: "some_code", Detail: s.text}},
		Back:       Paths{Base: s.base}.Items(ItemsFilter{}),
	}
}
