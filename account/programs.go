package account

import (
	"context"
	"fmt"
	"slices"
	"time"

	"itemshare/audit"
)

// ServiceAccount is a program: it has grants and owns shares as people do, and signs
// in with a token alone. Times are UTC in whole seconds, zero for never.
type ServiceAccount struct {
	ID        string
	Name      string
	CreatedBy string  // the user's name, "" for the command line
	Grants    []Grant // by vault
	Events    bool    // it may read the events of the audit log
	People    bool    // it may manage people, groups, vaults and who may do what in them
	CreatedAt time.Time
	ExpiresAt time.Time
	LastUsed  time.Time // to the minute
	RevokedAt time.Time

	CreatorSuspended bool // the user who created it is disabled
	CreatorMember    bool // the user who created it is a member, no admin
}

// TokenState says whether a service account's token can be used.
type TokenState string

// The states. A token that is in several counts as revoked, else as expired. It is suspended while
// the user who created it is disabled, and if it manages people, while that user is no admin.
const (
	TokenLive      TokenState = "live"
	TokenExpired   TokenState = "expired"
	TokenRevoked   TokenState = "revoked"
	TokenSuspended TokenState = "suspended"
)

// State is the state of the account's token at a time.
func (a ServiceAccount) State(now time.Time) TokenState {
	switch {
	case !a.RevokedAt.IsZero():
		return TokenRevoked
	case !a.ExpiresAt.IsZero() && !now.Before(a.ExpiresAt):
		return TokenExpired
	case a.CreatorSuspended, a.People && a.CreatorMember:
		return TokenSuspended
	}
	return TokenLive
}

// SharesItems reports whether the account may share items, which applies to all of its vaults.
func (a ServiceAccount) SharesItems() bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Share })
}

// EditsItems reports whether the account may create, change and delete items, which applies to all of
// its vaults.
func (a ServiceAccount) EditsItems() bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Edit })
}

// Reveals reports whether the account may see concealed values of items, which applies to all of its
// vaults.
func (a ServiceAccount) Reveals() bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return !g.NoReveal })
}

// identity returns the account as a request carries it. Its email is its ID, which no user has.
func (a ServiceAccount) identity() Identity {
	identity := Identity{
		User:   User{ID: a.ID, Email: a.ID, Name: a.Name, Role: Member, CreatedAt: a.CreatedAt},
		Grants: make(map[string]Grant, len(a.Grants)),
		Events: a.Events,
		People: a.People,
	}
	for _, g := range a.Grants {
		identity.AddGrant(g)
	}
	return identity
}

// Program reports whether this is a service account.
func (i Identity) Program() bool { return i.User.ID != "" && i.User.Email == i.User.ID }

// Token is the secret with which a service account signs in. It is shown once and never stored.
// Only string(token) returns its text.
type Token string

// Format keeps the token out of what is printed by accident.
func (t Token) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[token]") }

// String returns a placeholder, not the token.
func (t Token) String() string { return "[token]" }

// MarshalText returns a placeholder, not the token.
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// ServiceAccounts stores service accounts. Each change is one transaction that also stores the
// audit entry.
type ServiceAccounts interface {
	// AddServiceAccount stores an account with its grants. An ID that is in use is fault.Conflict.
	// CreatedBy is a user's ID here, "" for the command line.
	AddServiceAccount(
		ctx context.Context,
		a ServiceAccount,
		tokenHash [32]byte,
		entry audit.Entry,
	) error
	// FindServiceAccount returns the account of a token in one query, whatever its state, or
	// fault.NotFound.
	FindServiceAccount(ctx context.Context, tokenHash [32]byte) (ServiceAccount, error)
	// TouchServiceAccount sets the last use unless that is less than a minute ago.
	TouchServiceAccount(ctx context.Context, id string, now time.Time) error
	// RevokeServiceAccount ends the token permanently. If it is already revoked, no audit entry is
	// stored. An unknown ID is fault.NotFound.
	RevokeServiceAccount(ctx context.Context, id string, now time.Time, entry audit.Entry) error
	ListServiceAccounts(ctx context.Context) ([]ServiceAccount, error) // by name
	// ServiceAccountsAfter returns at most limit accounts by name without their grants, from the one
	// after an ID on, "" for the first.
	ServiceAccountsAfter(ctx context.Context, after string, limit int) ([]ServiceAccount, error)
	// ServiceAccountByID returns an account, whatever its state, or fault.NotFound.
	ServiceAccountByID(ctx context.Context, id string) (ServiceAccount, error)
}
