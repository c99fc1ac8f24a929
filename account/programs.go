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
	CreatedAt time.Time
	ExpiresAt time.Time
	LastUsed  time.Time // to the minute
	RevokedAt time.Time
}

// TokenState is whether a service account's token is good.
type TokenState string

// The states. Revoked comes before expired.
const (
	TokenLive    TokenState = "live"
	TokenExpired TokenState = "expired"
	TokenRevoked TokenState = "revoked"
)

// State is the state of the account's token at a time.
func (a ServiceAccount) State(now time.Time) TokenState {
	switch {
	case !a.RevokedAt.IsZero():
		return TokenRevoked
	case !a.ExpiresAt.IsZero() && !now.Before(a.ExpiresAt):
		return TokenExpired
	}
	return TokenLive
}

// SharesItems tells whether the account may share items, which goes for all its vaults.
func (a ServiceAccount) SharesItems() bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Share })
}

// identity is the account as a request carries it. Its address is its id, which is none
// of anybody's.
func (a ServiceAccount) identity() Identity {
	identity := Identity{
		User:   User{ID: a.ID, Email: a.ID, Name: a.Name, Role: Member, CreatedAt: a.CreatedAt},
		Grants: make(map[string]Grant, len(a.Grants)),
	}
	for _, g := range a.Grants {
		identity.Grants[g.VaultID] = g
	}
	return identity
}

// Program tells whether this is a service account.
func (i Identity) Program() bool { return i.User.ID != "" && i.User.Email == i.User.ID }

// Token is what a service account signs in with. It is shown once and kept nowhere:
// string(token) is the only way to its text.
type Token string

// Format keeps the token out of what is printed by accident.
func (t Token) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[token]") }

// String is for those who ask for the text by the interface.
func (t Token) String() string { return "[token]" }

// MarshalText is for JSON and the log.
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// ServiceAccounts stores service accounts. Each change is one transaction that also
// keeps the audit entry.
type ServiceAccounts interface {
	// AddServiceAccount keeps an account with its grants; an id that is taken is
	// fault.Conflict. CreatedBy is a user's id here, "" for the command line.
	AddServiceAccount(ctx context.Context, a ServiceAccount, tokenHash [32]byte, entry audit.Entry) error
	// FindServiceAccount gives the account of a token in one round, whether or not it
	// is live, or fault.NotFound.
	FindServiceAccount(ctx context.Context, tokenHash [32]byte) (ServiceAccount, error)
	// TouchServiceAccount sets the last use unless that is less than a minute ago.
	TouchServiceAccount(ctx context.Context, id string, now time.Time) error
	// RevokeServiceAccount ends the token for good. One that is revoked already leaves no
	// entry; none of this id is fault.NotFound.
	RevokeServiceAccount(ctx context.Context, id string, now time.Time, entry audit.Entry) error
	ListServiceAccounts(ctx context.Context) ([]ServiceAccount, error) // by name
}
