package standin_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"strings"
	"testing"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/vault"
	"itemshare/vault/onepassword/standin"
)

// TestPolicyIsEnforced as the SDK's documentation says: by the account, whatever
// policy the caller shows, and more strictly for an item with files where it says so.
func TestPolicyIsEnforced(t *testing.T) {
	hour, day := sdk.ItemShareDurationOneHour, sdk.ItemShareDurationOneDay
	week, month := sdk.ItemShareDurationSevenDays, sdk.ItemShareDurationThirtyDays
	email := []sdk.ValidRecipient{
		sdk.NewValidRecipientTypeVariantEmail(
			&sdk.ValidRecipientEmailInner{Email: "ann@company.example"},
		),
	}
	domain := []sdk.ValidRecipient{
		sdk.NewValidRecipientTypeVariantDomain(
			&sdk.ValidRecipientDomainInner{Domain: "company.example"},
		),
	}
	for _, c := range []struct {
		why    string
		files  bool
		change func(*sdk.ItemShareAccountPolicy)
		params sdk.ItemShareParams
		lasts  time.Duration // 0: refused
	}{
		{"the usual length", false, nil, sdk.ItemShareParams{}, 7 * 24 * time.Hour},
		{"the longest", false, nil, sdk.ItemShareParams{ExpireAfter: &month}, 30 * 24 * time.Hour},
		{
			"longer than allowed",
			false,
			func(p *sdk.ItemShareAccountPolicy) { p.MaxExpiry = week },
			sdk.ItemShareParams{ExpireAfter: &month},
			0,
		},
		{"a length that is none", false, nil, sdk.ItemShareParams{ExpireAfter: new(sdk.ItemShareDuration)}, 0},
		{
			"its own usual length",
			false,
			func(p *sdk.ItemShareAccountPolicy) { p.DefaultExpiry = hour },
			sdk.ItemShareParams{},
			time.Hour,
		},
		{
			"anyone where it must be named people",
			false,
			func(p *sdk.ItemShareAccountPolicy) { p.AllowedTypes = []sdk.AllowedType{sdk.AllowedTypeAuthenticated} },
			sdk.ItemShareParams{},
			0,
		},
		{
			"named people where it must be anyone",
			false,
			func(p *sdk.ItemShareAccountPolicy) { p.AllowedTypes = []sdk.AllowedType{sdk.AllowedTypePublic} },
			sdk.ItemShareParams{Recipients: email},
			0,
		},
		{"a domain where it must be people", false, func(p *sdk.ItemShareAccountPolicy) {
			p.AllowedRecipientTypes = []sdk.AllowedRecipientType{sdk.AllowedRecipientTypeEmail}
		}, sdk.ItemShareParams{Recipients: domain}, 0},
		{"a domain", false, nil, sdk.ItemShareParams{Recipients: domain}, 7 * 24 * time.Hour},
		{"files", true, nil, sdk.ItemShareParams{}, 7 * 24 * time.Hour},
		{
			"files where there may be none",
			true,
			func(p *sdk.ItemShareAccountPolicy) { p.Files.Allowed = false },
			sdk.ItemShareParams{},
			0,
		},
		{
			"no files where there may be none",
			false,
			func(p *sdk.ItemShareAccountPolicy) { p.Files.Allowed = false },
			sdk.ItemShareParams{},
			7 * 24 * time.Hour,
		},
		{
			"a file that is too large",
			true,
			func(p *sdk.ItemShareAccountPolicy) { p.Files.MaxSize = 9 },
			sdk.ItemShareParams{},
			0,
		},
		{
			"a file that just fits",
			true,
			func(p *sdk.ItemShareAccountPolicy) { p.Files.MaxSize = 10 },
			sdk.ItemShareParams{},
			7 * 24 * time.Hour,
		},
		{
			"longer than files may",
			true,
			func(p *sdk.ItemShareAccountPolicy) { p.Files.MaxExpiry = &day },
			sdk.ItemShareParams{ExpireAfter: &week},
			0,
		},
		{
			"longer than files may, without files",
			false,
			func(p *sdk.ItemShareAccountPolicy) { p.Files.MaxExpiry = &day },
			sdk.ItemShareParams{ExpireAfter: &week},
			7 * 24 * time.Hour,
		},
		{
			"the usual length of files",
			true,
			func(p *sdk.ItemShareAccountPolicy) { p.Files.DefaultExpiry = &day },
			sdk.ItemShareParams{},
			24 * time.Hour,
		},
		{"files for anyone", true, func(p *sdk.ItemShareAccountPolicy) {
			p.Files.AllowedTypes = []sdk.AllowedType{sdk.AllowedTypeAuthenticated}
		}, sdk.ItemShareParams{}, 0},
		{"files for a domain", true, func(p *sdk.ItemShareAccountPolicy) {
			p.Files.AllowedRecipientTypes = []sdk.AllowedRecipientType{sdk.AllowedRecipientTypeEmail}
		}, sdk.ItemShareParams{Recipients: domain}, 0},
	} {
		t.Run(c.why, func(t *testing.T) {
			account := standin.New(time.Now, rand.Reader)
			item := vault.Item{Title: "It", Category: vault.Document}
			if c.files {
				item.Files = []vault.File{{ID: "f", Name: "f"}}
			}
			info, items, err := account.Add(
				"Vault",
				[]vault.Item{item},
				func(string) (io.ReadCloser, error) {
					return io.NopCloser(bytes.NewReader(make([]byte, 10))), nil
				},
			)
			if err != nil {
				t.Fatal(err)
			}
			client := account.Client()
			shown, err := client.Items().
				Shares().
				GetAccountPolicy(t.Context(), info.ID, items[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			if policy := shown; c.change != nil {
				c.change(&policy)
				account.SetPolicy(policy)
			}
			got, err := client.Items().Get(t.Context(), info.ID, items[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			link, err := client.Items().Shares().Create(t.Context(), got, shown, c.params)
			switch made := account.Links(); {
			case c.lasts == 0 && (err == nil || len(made) > 0):
				t.Errorf("made %+v", made)
			case c.lasts > 0 && (err != nil || len(made) != 1 || made[0].Expiry != c.lasts ||
				!strings.HasPrefix(link, "https://share.1password.com/s#")):
				t.Errorf("%v, made %+v", err, made)
			}
		})
	}
}

// TestOverlapsAreCounted, or else it would prove nothing.
func TestOverlapsAreCounted(t *testing.T) {
	account := standin.New(time.Now, rand.Reader)
	end := make(chan struct{})
	account.On("Vaults.List", standin.Trouble{Hang: end})
	done := make(chan error)
	for range 2 {
		go func() { _, err := account.Client().Vaults().List(t.Context()); done <- err }()
	}
	for account.Calls("") < 2 {
		time.Sleep(time.Millisecond)
	}
	close(end)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil || account.Overlaps() != 1 {
		t.Errorf("%v, %d overlaps", err, account.Overlaps())
	}
}
