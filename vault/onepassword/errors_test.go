package onepassword_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/onepassword"
	"itemshare/vault/onepassword/standin"
)

// sdkError is an error text of SDK v0.4.1 and the error that the backend must make of it.
type sdkError struct {
	why  string
	err  error
	kind fault.Kind
	says string
}

func sdkErrors() []sdkError {
	text := errors.New
	return []sdkError{
		{"no network", standin.ErrNoNetwork, fault.Unavailable, "can't reach 1Password"},
		{
			"a refused connection",
			text(
				`Post "https://my.1password.com/api": proxyconnect tcp: ` +
					`dial tcp 127.0.0.1:1: connect: connection refused (recovered by wazero)`,
			),
			fault.Unavailable,
			"can't reach 1Password",
		},
		{
			"a wrong certificate",
			text(
				`Post "https://x": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
			),
			fault.Unavailable,
			"can't reach 1Password",
		},
		{
			"its own timeout",
			text("an error occurred: request timeout"),
			fault.Unavailable,
			"didn't respond in time",
		},
		{
			"our deadline",
			text(
				`Post "https://my.1password.com/api": context deadline exceeded (recovered by wazero)`,
			),
			fault.Unavailable,
			"didn't respond in time",
		},
		{"the rate limit, by type", standin.ErrLimited, fault.Unavailable, "rate limit is used up"},
		{
			"the rate limit, in a text",
			text("performing a vault operation: rate limit exceeded"),
			fault.Unavailable,
			"rate limit is used up",
		},
		{
			"a token of the wrong form",
			text(
				"error initializing client: invalid user input: encountered the following " +
					"errors: service account token had invalid format",
			),
			fault.Unavailable,
			"wrong, expired or revoked",
		},
		{
			"a token that cannot be read",
			standin.ErrBadToken,
			fault.Unavailable,
			"wrong, expired or revoked",
		},
		{"a token to rotate", standin.ErrRotate, fault.Unavailable, "wrong, expired or revoked"},
		{
			"an ended session",
			standin.ErrSignedOut,
			fault.Unavailable,
			"ended this server's session",
		},
		{
			"a vault that was not granted",
			standin.ErrDenied,
			fault.Unavailable,
			"have access to this vault",
		},
		{"no item", text("item couldn't be found"), fault.NotFound, ""},
		{"an archived item", text("item is not in an active state"), fault.NotFound, ""},
		{"no vault", text("vault couldn't be found"), fault.NotFound, ""},
		{"nothing there", text("resource not found"), fault.NotFound, ""},
		{
			"a file beyond the SDK's bound",
			text("cannot upload or download files larger than 50MB"),
			fault.Invalid,
			"50 MiB",
		},
		{"anything new", errUnknown, fault.Unavailable, "The server's log has the details"},
		{
			"a value that says otherwise",
			text(`error reading field "item couldn't be found"`),
			fault.Unavailable,
			"The server's log has the details",
		},
		{
			"a lost connection that names an item",
			text(`dial tcp: no such host: item couldn't be found`),
			fault.Unavailable,
			"can't reach 1Password",
		},
	}
}

// TestErrorMessages asserts that each error of the SDK gets its kind and message, and that only
// the account's own answer means that an item does not exist.
func TestErrorMessages(t *testing.T) {
	for _, c := range sdkErrors() {
		t.Run(c.why, func(t *testing.T) {
			b := newBackend(t)
			b.account.On("", standin.Trouble{Err: c.err})
			item := b.contents.Items[0]
			_, itemErr := b.Item(t.Context(), item.VaultID, item.ID)
			checkError(t, "an item", itemErr, c)
			b.advance(time.Hour)
			_, fileErr := b.OpenFile(t.Context(), item.VaultID, item.ID, item.ID)
			checkError(t, "a file", fileErr, c)
			b.advance(time.Hour)
			_, listErr := b.Vaults(t.Context())
			checkError(t, "the vaults", listErr, c)
		})
	}
}

func checkError(t *testing.T, what string, err error, c sdkError) {
	t.Helper()
	e, ok := fault.As(err)
	if !ok || e.Kind != c.kind {
		t.Fatalf("%s: %v", what, err)
	}
	if !strings.Contains(e.Problems[0].Detail, c.says) {
		t.Errorf("%s: %q, want %q", what, e.Problems[0].Detail, c.says)
	}
	if c.kind == fault.Unavailable && e.RetryAfter <= 0 {
		t.Errorf("%s: no time to try again", what)
	}
	if text := err.Error(); strings.Contains(text, "\n") || strings.Contains(text, "wasm stack") {
		t.Errorf("%s: more than the first line: %q", what, text)
	}
}

// TestSharingErrorMessages asserts that each error about sharing says what the account does not
// allow, and why.
func TestSharingErrorMessages(t *testing.T) {
	strict := func(b *testBackend) sdk.ItemShareAccountPolicy {
		return sdk.ItemShareAccountPolicy{
			MaxExpiry: sdk.ItemShareDurationOneDay, DefaultExpiry: sdk.ItemShareDurationOneHour,
			AllowedTypes: []sdk.AllowedType{
				sdk.AllowedTypeAuthenticated,
			}, AllowedRecipientTypes: []sdk.AllowedRecipientType{sdk.AllowedRecipientTypeEmail},
		}
	}
	ann := []string{"ann@company.example"}
	const login, lease = 0, 3
	for _, c := range []struct {
		why     string
		prepare func(*testBackend)
		item    int
		terms   vault.LinkTerms
		kind    fault.Kind
		says    string
	}{
		{
			"without Share items",
			func(b *testBackend) { b.account.Bar(b.contents.Vaults[0].ID, true) },
			login,
			vault.LinkTerms{ExpireAfter: "OneHour"},
			fault.Forbidden,
			"the Share items permission",
		},
		{
			"a vault not granted",
			func(b *testBackend) { b.account.Hide(b.contents.Vaults[0].ID, true) },
			login,
			vault.LinkTerms{ExpireAfter: "OneHour"},
			fault.Unavailable,
			"have access to this vault",
		},
		{
			"longer than the policy",
			func(b *testBackend) { b.account.SetPolicy(strict(b)) },
			login,
			vault.LinkTerms{ExpireAfter: "SevenDays", Recipients: ann},
			fault.Invalid,
			"rejected these settings",
		},
		{
			"for anyone",
			func(b *testBackend) { b.account.SetPolicy(strict(b)) },
			login,
			vault.LinkTerms{ExpireAfter: "OneHour"},
			fault.Invalid,
			"rejected these settings",
		},
		{
			"a whole domain",
			func(b *testBackend) { b.account.SetPolicy(strict(b)) },
			login,
			vault.LinkTerms{ExpireAfter: "OneHour", Recipients: []string{"company.example"}},
			fault.Invalid,
			"these recipients",
		},
		{
			"with files",
			func(b *testBackend) { b.account.SetPolicy(strict(b)) },
			lease,
			vault.LinkTerms{ExpireAfter: "OneHour", Recipients: ann},
			fault.Invalid,
			"doesn't allow sharing files",
		},
		{
			"within the policy",
			func(b *testBackend) { b.account.SetPolicy(strict(b)) },
			login,
			vault.LinkTerms{ExpireAfter: "OneDay", Recipients: ann, OneTime: true},
			fault.Internal,
			"",
		},
		{
			"the answer is lost",
			func(b *testBackend) { b.account.On("Shares.Create", standin.Trouble{Err: standin.ErrNoNetwork}) },
			login,
			vault.LinkTerms{ExpireAfter: "OneDay"},
			fault.Unavailable,
			"may have been created",
		},
		{
			"the rate limit",
			func(b *testBackend) { b.account.On("Shares.Create", standin.Trouble{Err: standin.ErrLimited}) },
			login,
			vault.LinkTerms{ExpireAfter: "OneDay"},
			fault.Unavailable,
			"rate limit is used up.",
		},
		{
			"not asked at all",
			func(b *testBackend) { b.account.On("Items.Get", standin.Trouble{Err: standin.ErrNoNetwork}) },
			login,
			vault.LinkTerms{ExpireAfter: "OneDay"},
			fault.Unavailable,
			"can't reach 1Password.",
		},
	} {
		t.Run(c.why, func(t *testing.T) {
			b := newBackend(t)
			c.prepare(b)
			item := b.contents.Items[c.item]
			link, err := b.MakeLink(t.Context(), item.VaultID, item.ID, c.terms)
			if c.kind == fault.Internal {
				if links := b.account.Links(); err != nil || len(links) != 1 ||
					links[0].URL != link.URL ||
					!links[0].OneTime ||
					links[0].Expiry != 24*time.Hour {
					t.Fatalf("%+v, %v", links, err)
				}
				return
			}
			e, ok := fault.As(err)
			if !ok || e.Kind != c.kind || !strings.Contains(e.Problems[0].Detail, c.says) ||
				link.URL != "" {
				t.Fatalf("%v", err)
			}
			if certain := c.why != "the answer is lost"; certain &&
				strings.Contains(e.Problems[0].Detail, "may have been created") {
				t.Errorf("doubt where there is none: %s", e.Problems[0].Detail)
			}
			if certain := errors.Is(err, vault.ErrNotMade); c.kind == fault.Unavailable &&
				certain != (c.why != "the answer is lost") {
				t.Errorf("certainly not made: %v", certain)
			}
			if len(b.account.Links()) != 0 {
				t.Error("a link was created")
			}
		})
	}
}

// TestLateLinkMayExist asserts that a link whose caller left before the account answered counts
// as possibly created.
func TestLateLinkMayExist(t *testing.T) {
	b := newBackend(t, func(c *onepassword.Config) { c.CallTime = 40 * time.Millisecond })
	end := make(chan struct{})
	defer close(end)
	b.account.On("Shares.Create", standin.Trouble{Hang: end})
	item := b.contents.Items[0]
	_, err := b.MakeLink(t.Context(), item.VaultID, item.ID, vault.LinkTerms{ExpireAfter: "OneDay"})
	wantUnavailable(t, "a late link", err, "may have been created")
	if errors.Is(err, vault.ErrNotMade) {
		t.Error("a link that may be there is said not to be")
	}
}

// TestErrorsContainNoToken asserts that no error contains the token, wherever it stands in an
// error of the SDK, nor a share link, a quoted value or a recipient.
func TestErrorsContainNoToken(t *testing.T) {
	const (
		link   = "https://share.1password.com/s#secret-of-a-link"
		value  = "hunter2-the-value"
		person = "ann@client.example"
	)
	for _, text := range []string{
		"%s", "error: %s", "invalid service account token: %s", "bad service account token, please rotate it: %s",
		"rate limit exceeded for %s", "you are not authenticated as %s", "dial tcp: %s", "item couldn't be found: %s",
		"have the right permissions %s", "resource not found\n%s\nwasm stack trace: %s",
		"bad input passed by the user: %s",
		`invalid value: string "%s"`, "invalid value: string `%s`", `half quoted "%s`, "POST %s",
	} {
		for _, secret := range []string{token, token[4:], link, `"` + value + `"`, person} {
			b := newBackend(t)
			all := strings.ReplaceAll(text, "%s", secret)
			b.account.On("", standin.Trouble{Err: errors.New(all)})
			b.connect = func() error { return fmt.Errorf("error initializing client: %w", errors.New(all)) }
			if secret != token && secret != token[4:] {
				b.connect = nil
			}
			for _, err := range errorsOfEveryCall(t, b) {
				if err == nil {
					t.Errorf("%q went well", text)
					continue
				}
				said := err.Error()
				for _, p := range fault.ProblemsOf(err) {
					said += p.Detail
				}
				if strings.Contains(said, token) || strings.Contains(said, token[8:]) ||
					strings.Contains(said, "secret-of-a-link") ||
					strings.Contains(said, value) ||
					strings.Contains(said, "ann@") ||
					strings.Contains(said, "client.example") {
					t.Errorf("%q says %q", text, said)
				}
			}
		}
	}
}

// errorsOfEveryCall calls every method of the backend and returns the errors.
func errorsOfEveryCall(t *testing.T, b *testBackend) []error {
	t.Helper()
	item, ctx := b.contents.Items[0], t.Context()
	calls := []func(context.Context) error{
		func(ctx context.Context) error { _, err := b.Vaults(ctx); return err },
		func(ctx context.Context) error { _, err := b.Item(ctx, item.VaultID, item.ID); return err },
		func(ctx context.Context) error { _, err := b.OpenFile(ctx, item.VaultID, item.ID, "x"); return err },
		func(ctx context.Context) error { _, err := b.Limits(ctx, item.VaultID, item.ID); return err },
		func(ctx context.Context) error {
			_, err := b.CheckRecipients(ctx, item.VaultID, item.ID, []string{"ann@company.example"})
			return err
		},
		func(ctx context.Context) error {
			_, err := b.MakeLink(ctx, item.VaultID, item.ID, vault.LinkTerms{ExpireAfter: "OneDay"})
			return err
		},
		func(ctx context.Context) error { return b.Refresh(ctx, []string{item.VaultID}) },
	}
	var all []error
	for _, call := range calls {
		all = append(all, call(ctx))
		b.advance(time.Hour)
	}
	return all
}
