package vault

import (
	"context"
	"errors"
	"time"

	"itemshare/fault"
)

// Limits are the rules for sharing one item that its account sets by itself, as
// 1Password does. Durations are whole seconds; the types are the SDK's names
// ("Authenticated", "Public"; "Email", "Domain"); MaxViews 0 is unlimited.
type Limits struct {
	MaxExpiry             time.Duration
	DefaultExpiry         time.Duration
	MaxViews              int
	AllowedTypes          []string
	AllowedRecipientTypes []string
	Files                 FileLimits
}

// FileLimits say what holds where files come along. MaxSize is in bytes of one
// file, 0 unlimited. Of the others nil and 0 mean: as for any item.
type FileLimits struct {
	Allowed               bool
	MaxSize               int64
	MaxExpiry             time.Duration
	DefaultExpiry         time.Duration
	MaxViews              int
	AllowedTypes          []string
	AllowedRecipientTypes []string
}

// Limiter is a Backend whose account has rules of its own for sharing. They only
// narrow the application's. Errors are those of Backend.
type Limiter interface {
	Limits(ctx context.Context, vaultID, itemID string) (Limits, error)
	// Account names whose rules and links these are, for sentences: "1Password".
	Account() string
}

// Linker is a Limiter that makes links itself. Such a link shares the whole item,
// files included, and lives with the account: its views and its end are seen
// there alone.
type Linker interface {
	Limiter
	// CheckRecipients asks the account about addresses and domains in canonical form and returns
	// one refusal for each that it does not allow, in their order.
	CheckRecipients(ctx context.Context, vaultID, itemID string, recipients []string) ([]Refusal, error)
	// MakeLink has the account make a link. What the account refuses is
	// fault.Invalid; after fault.Unavailable it is not known whether a link was made,
	// unless the error is ErrNotMade, too.
	MakeLink(ctx context.Context, vaultID, itemID string, terms LinkTerms) (Link, error)
}

// ErrNotMade says of an error of MakeLink that certainly no link was made: the
// account was not asked, or answered that it takes no requests now.
var ErrNotMade = errors.New("no link was made")

// A Refusal is a recipient that an account does not allow, and why. Recipient is the text that
// CheckRecipients was given.
type Refusal struct {
	Recipient string
	Problem   fault.Problem
}

// LinkTerms are what a native link is asked for with: canonical addresses and
// domains, none for anyone with the link; a duration's name ("SevenDays").
type LinkTerms struct {
	Recipients  []string
	ExpireAfter string
	OneTime     bool
}

// Link is a native link. URL is shown once and kept nowhere; ItemVersion is the
// version that was shared.
type Link struct {
	URL         string `json:"-"`
	ItemVersion uint32
}

// Refresher is a Backend that remembers lists for a short while.
type Refresher interface {
	// AsOf is when the oldest of the vaults' lists was read, zero where none was yet.
	AsOf(vaultIDs []string) time.Time
	// Refresh reads them anew.
	Refresh(ctx context.Context, vaultIDs []string) error
}
