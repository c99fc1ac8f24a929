package onepassword_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/onepassword"
	"itemshare/vault/onepassword/standin"
)

// TestLimitsAreComplete asserts that every limit of the account is returned, those for items with
// files too, and that nil in the SDK means no limit.
func TestLimitsAreComplete(t *testing.T) {
	b := newBackend(t)
	item := b.contents.Items[0]
	day, hour, two := sdk.ItemShareDurationOneDay, sdk.ItemShareDurationOneHour, uint32(2)
	b.account.SetPolicy(sdk.ItemShareAccountPolicy{
		MaxExpiry: sdk.ItemShareDurationFourteenDays, DefaultExpiry: sdk.ItemShareDurationSevenDays, MaxViews: &two,
		AllowedTypes: []sdk.AllowedType{
			sdk.AllowedTypePublic,
		}, AllowedRecipientTypes: []sdk.AllowedRecipientType{sdk.AllowedRecipientTypeDomain},
		Files: sdk.ItemShareFiles{
			Allowed:       true,
			MaxSize:       4096,
			MaxExpiry:     &day,
			DefaultExpiry: &hour,
			AllowedTypes:  []sdk.AllowedType{sdk.AllowedTypeAuthenticated},
		},
	})
	want := vault.Limits{
		MaxExpiry: 14 * 24 * time.Hour, DefaultExpiry: 7 * 24 * time.Hour, MaxViews: 2,
		AllowedTypes: []string{"Public"}, AllowedRecipientTypes: []string{"Domain"},
		Files: vault.FileLimits{
			Allowed:       true,
			MaxSize:       4096,
			MaxExpiry:     24 * time.Hour,
			DefaultExpiry: time.Hour,
			AllowedTypes:  []string{"Authenticated"},
		},
	}
	got, err := b.Limits(t.Context(), item.VaultID, item.ID)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestUnknownDurationIsAnError asserts that an unknown duration is an error.
func TestUnknownDurationIsAnError(t *testing.T) {
	b := newBackend(t)
	b.account.SetPolicy(
		sdk.ItemShareAccountPolicy{
			MaxExpiry:     "NinetyDays",
			DefaultExpiry: sdk.ItemShareDurationOneDay,
		},
	)
	item := b.contents.Items[0]
	if _, err := b.Limits(t.Context(), item.VaultID, item.ID); fault.KindOf(
		err,
	) != fault.Unavailable {
		t.Error(err)
	}
}

// TestShareReadsItsRulesOnce asserts that the page, the check of recipients and the link use one
// request for the policy within a minute, and that it is requested again later.
func TestShareReadsItsRulesOnce(t *testing.T) {
	b := newBackend(t)
	item := b.contents.Items[0]
	all := []string{"ann@company.example", "company.example"}
	terms := vault.LinkTerms{ExpireAfter: "OneHour", Recipients: all[1:]}
	share := func() {
		t.Helper()
		if _, err := b.Limits(t.Context(), item.VaultID, item.ID); err != nil {
			t.Error(err)
		}
		if problems, err := b.CheckRecipients(t.Context(), item.VaultID, item.ID, all); err != nil ||
			len(problems) > 0 {
			t.Error(problems, err)
		}
		if _, err := b.MakeLink(t.Context(), item.VaultID, item.ID, terms); err != nil {
			t.Error(err)
		}
	}
	share()
	if n, all := b.account.Calls("Shares.GetAccountPolicy"), b.account.Calls(""); n != 1 ||
		all != 5 {
		t.Errorf("%d policies in %d calls", n, all)
	}
	b.advance(time.Minute)
	share()
	if n := b.account.Calls("Shares.GetAccountPolicy"); n != 2 {
		t.Errorf("%d policies", n)
	}
}

// itemsWithoutRecipients is an account whose check of recipients returns none of them.
type itemsWithoutRecipients struct{ sdk.ItemsAPI }

func (o itemsWithoutRecipients) Shares() sdk.ItemsSharesAPI {
	return sharesWithoutRecipients{o.ItemsAPI.Shares()}
}

type sharesWithoutRecipients struct{ sdk.ItemsSharesAPI }

func (sharesWithoutRecipients) ValidateRecipients(
	context.Context,
	sdk.ItemShareAccountPolicy,
	[]string,
) ([]sdk.ValidRecipient, error) {
	return nil, nil
}

// TestLostRecipientsMakeNoPublicLink asserts that recipients that the check loses do not lead to
// a link for anyone.
func TestLostRecipientsMakeNoPublicLink(t *testing.T) {
	var b *testBackend
	b = newBackend(t, func(c *onepassword.Config) {
		c.Connect = func(context.Context) (onepassword.Client, error) {
			client := b.account.Client()
			client.ItemsAPI = itemsWithoutRecipients{client.ItemsAPI}
			return client, nil
		}
	})
	item := b.contents.Items[0]
	_, err := b.MakeLink(
		t.Context(),
		item.VaultID,
		item.ID,
		vault.LinkTerms{ExpireAfter: "OneHour", Recipients: []string{"ann@company.example"}},
	)
	if fault.KindOf(err) != fault.Invalid || len(b.account.Links()) != 0 {
		t.Errorf("%v, %d links", err, len(b.account.Links()))
	}
}

// TestFewCallsFindRejectedRecipients asserts that finding two rejected recipients among 50 takes
// fewer than 50 calls.
func TestFewCallsFindRejectedRecipients(t *testing.T) {
	b := newBackend(t)
	item := b.contents.Items[0]
	var all []string
	for i := range 50 {
		all = append(all, string(rune('a'+i%26))+string(rune('a'+i/26))+"@company.example")
	}
	all[7], all[40] = "company.", "nobody@"
	problems, err := b.CheckRecipients(t.Context(), item.VaultID, item.ID, all)
	if err != nil || len(problems) != 2 {
		t.Errorf("%v, %v", problems, err)
	}
	if n := b.account.Calls("Shares.ValidateRecipients"); n > 25 {
		t.Errorf("%d questions", n)
	}
	b.advance(time.Minute)
	b.account.On("Shares.ValidateRecipients", standin.Trouble{Err: standin.ErrLimited})
	_, err = b.CheckRecipients(t.Context(), item.VaultID, item.ID, all)
	wantUnavailable(t, "limited", err, "rate limit")
}

// TestEachRecipientIsCheckedOnce asserts that a recipient is checked once, though a form checks
// all of its recipients each time one is added.
func TestEachRecipientIsCheckedOnce(t *testing.T) {
	b := newBackend(t)
	item := b.contents.Items[0]
	var typed []string
	check := func() {
		t.Helper()
		refusals, err := b.CheckRecipients(t.Context(), item.VaultID, item.ID, typed)
		if err != nil || len(refusals) != 1 || refusals[0].Recipient != "nobody@" {
			t.Fatalf("%v, %v", refusals, err)
		}
	}
	typed = append(typed, "nobody@")
	check()
	for _, name := range strings.Split("abcdefghij", "") {
		typed = append(typed, name+"@company.example")
		check()
	}
	check()
	if n := b.account.Calls("Shares.ValidateRecipients"); n != len(typed) {
		t.Errorf("%d questions about %d recipients", n, len(typed))
	}
	b.advance(time.Minute) // the account's policy may have changed: every recipient is checked again
	check()
	if n := b.account.Calls("Shares.ValidateRecipients"); n <= len(typed) {
		t.Errorf("%d questions after a minute", n)
	}
}
