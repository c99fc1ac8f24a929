package vaulttest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/fault"
	"itemshare/vault"
)

// limits expects enforceable rules for items that exist.
func (s suite) limits(t *testing.T, limiter vault.Limiter) {
	if limiter.Account() == "" {
		t.Error("the account has no name")
	}
	item := s.Items[0]
	got, err := limiter.Limits(t.Context(), item.VaultID, item.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.MaxExpiry < time.Hour || got.DefaultExpiry < time.Hour ||
		got.DefaultExpiry > got.MaxExpiry ||
		got.MaxViews < 0 {
		t.Errorf(
			"links last %s, usually %s, for %d views",
			got.MaxExpiry,
			got.DefaultExpiry,
			got.MaxViews,
		)
	}
	for _, name := range slices.Concat(got.AllowedTypes, got.Files.AllowedTypes) {
		if name != "Authenticated" && name != "Public" {
			t.Errorf("a way of sharing named %q", name)
		}
	}
	for _, name := range slices.Concat(got.AllowedRecipientTypes, got.Files.AllowedRecipientTypes) {
		if name != "Email" && name != "Domain" {
			t.Errorf("recipients named %q", name)
		}
	}
	if _, err := limiter.Limits(t.Context(), item.VaultID, "nothing"); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("no such item: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := limiter.Limits(ctx, item.VaultID, s.Items[1].ID); err == nil ||
		fault.KindOf(err) == fault.NotFound {
		t.Errorf("a cancelled look: %v", err)
	}
}

// recipients expects one refusal for each recipient that is not allowed, and no other.
func (s suite) recipients(t *testing.T, linker vault.Linker) {
	item := s.Items[0]
	for _, c := range []struct {
		why         string
		all, refuse []string
	}{
		{"nobody", nil, nil},
		{"one address", []string{"ann@company.example"}, nil},
		{"no address at all", []string{"not an address"}, []string{"not an address"}},
		{
			"some among others",
			[]string{"ann@company.example", "bob@", "carl@company.example", "dora@company.example", "nothing at all"},
			[]string{"bob@", "nothing at all"},
		},
	} {
		refusals, err := linker.CheckRecipients(t.Context(), item.VaultID, item.ID, c.all)
		if err != nil || len(refusals) != len(c.refuse) {
			t.Errorf("%s: %v, %v", c.why, refusals, err)
			continue
		}
		for i, text := range c.refuse {
			if p := refusals[i].Problem; refusals[i].Recipient != text || p.Field != "recipients" ||
				p.Code == "" ||
				!strings.Contains(p.Detail, text) {
				t.Errorf("%s: %q is refused with %+v", c.why, text, p)
			}
		}
	}
	ann := []string{"ann@company.example"}
	if _, err := linker.CheckRecipients(t.Context(), item.VaultID, "nothing", ann); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("no such item: %v", err)
	}
}

// links expects a URL and the shared version for an item that exists and allowed terms. The link that
// it creates is for an address that no one has, for an hour.
func (s suite) links(t *testing.T, linker vault.Linker) {
	item := s.Items[0]
	terms := vault.LinkTerms{
		Recipients:  []string{"nobody@company.example"},
		ExpireAfter: "OneHour",
		OneTime:     true,
	}
	link, err := linker.MakeLink(t.Context(), item.VaultID, item.ID, terms)
	if err != nil || !strings.HasPrefix(link.URL, "https://") || link.ItemVersion != item.Version {
		t.Errorf("a link to version %d: %v", link.ItemVersion, err)
	}
	for _, c := range []struct {
		why  string
		item string
		vault.LinkTerms
		kind fault.Kind
	}{
		{"no such item", "nothing", terms, fault.NotFound},
		{"no such length", item.ID, vault.LinkTerms{ExpireAfter: "Forever"}, fault.Invalid},
		{
			"a recipient that is none",
			item.ID,
			vault.LinkTerms{Recipients: []string{"nobody@"}, ExpireAfter: "OneHour"},
			fault.Invalid,
		},
	} {
		link, err := linker.MakeLink(t.Context(), item.VaultID, c.item, c.LinkTerms)
		if fault.KindOf(err) != c.kind || link.URL != "" {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

// age expects lists to have an age, which a refresh does not increase.
func (s suite) age(t *testing.T, cached vault.Refresher) {
	if at := cached.AsOf([]string{"nothing"}); !at.IsZero() {
		t.Errorf("a list that was never read is of %s", at)
	}
	s.browse(t, vault.Query{Vaults: s.ids(), Limit: 1000})
	before := cached.AsOf(s.ids())
	if before.IsZero() {
		t.Error("lists that were read have no age")
	}
	if err := cached.Refresh(t.Context(), s.ids()); err != nil {
		t.Fatal(err)
	}
	if after := cached.AsOf(s.ids()); after.Before(before) {
		t.Errorf("refreshed from %s to %s", before, after)
	}
}
