package vault

import (
	"context"
	"errors"
	"time"

	"itemshare/fault"
)

// Limits are the rules that an account, such as one of 1Password, sets for sharing one item.
// Durations are whole seconds; the types are the SDK's names ("Authenticated", "Public"; "Email",
// "Domain"). A MaxViews of 0 is unlimited.
type Limits struct {
	MaxExpiry             time.Duration
	DefaultExpiry         time.Duration
	MaxViews              int
	AllowedTypes          []string
	AllowedRecipientTypes []string
	Files                 FileLimits
}

// FileLimits are the rules for items that are shared with files. MaxSize is in bytes per file, 0 for
// unlimited. For the others, nil and 0 mean that the rule of Limits applies.
type FileLimits struct {
	Allowed               bool
	MaxSize               int64
	MaxExpiry             time.Duration
	DefaultExpiry         time.Duration
	MaxViews              int
	AllowedTypes          []string
	AllowedRecipientTypes []string
}

// Limiter is a Backend whose account has its own rules for sharing. They can only restrict the
// application's rules further. Errors are those of Backend.
type Limiter interface {
	Limits(ctx context.Context, vaultID, itemID string) (Limits, error)
	// Account returns the name of the account's provider for sentences, such as "1Password".
	Account() string
}

// Linker is a Limiter whose account creates share links itself. Such a native link shares the whole
// item, including files. Its views and its expiry are known to the account alone.
type Linker interface {
	Limiter
	// CheckRecipients asks the account about canonical email addresses and domains. It returns a
	// refusal for each that is not allowed, in their order.
	CheckRecipients(
		ctx context.Context,
		vaultID, itemID string,
		recipients []string,
	) ([]Refusal, error)
	// MakeLink has the account create a link. Terms that the account rejects are fault.Invalid.
	// After fault.Unavailable a link may exist, unless the error is ErrNotMade as well.
	MakeLink(ctx context.Context, vaultID, itemID string, terms LinkTerms) (Link, error)
}

// ErrNotMade marks an error of MakeLink after which certainly no link exists: the account was not
// asked, or accepted no requests.
var ErrNotMade = errors.New("no link was created")

// A Refusal says why an account does not allow a recipient. Recipient is the text that was passed to
// CheckRecipients.
type Refusal struct {
	Recipient string
	Problem   fault.Problem
}

// LinkTerms are the settings of a native link. Recipients are canonical email addresses and domains;
// without any, anyone with the link can view the item. ExpireAfter is the name of a duration, such
// as "SevenDays".
type LinkTerms struct {
	Recipients  []string
	ExpireAfter string
	OneTime     bool
}

// Link is a native link. URL is shown once and never stored; ItemVersion is the version that was
// shared.
type Link struct {
	URL         string `json:"-"`
	ItemVersion uint32
}

// Refresher is a Backend that caches lists.
type Refresher interface {
	// AsOf returns when the oldest of the vaults' lists was read, or the zero time if none was.
	AsOf(vaultIDs []string) time.Time
	// Refresh reads the vaults' lists again.
	Refresh(ctx context.Context, vaultIDs []string) error
}
