// Package account owns people and programs: who they are, how they sign in, which
// vaults they may view and share from. It knows passwords only as argon2id hashes and
// tokens only as SHA-256 hashes, and it refuses to say which of a wrong address and a
// wrong password it was, and what was wrong with a token.
package account

import (
	"context"
	"time"

	"itemshare/audit"
)

// Role is what somebody may manage. It says nothing of which items they see.
type Role string

// The roles.
const (
	Admin  Role = "admin"
	Member Role = "member"
)

// User is one person. Email is canonical (lower case) and unique.
type User struct {
	ID        string
	Email     string
	Name      string
	Role      Role
	Disabled  bool
	CreatedAt time.Time
}

// Grant is what one user may do in one vault. Share without View is not a state:
// setting share sets view.
type Grant struct {
	UserID  string
	VaultID string
	View    bool
	Share   bool
}

// Identity is a signed-in person with their grants, as a request carries it.
type Identity struct {
	User   User
	Grants map[string]Grant // by vault id
}

// MayView tells whether the person may see items of the vault.
func (i Identity) MayView(vaultID string) bool { return i.Grants[vaultID].View }

// MayShare tells whether the person may share items of the vault.
func (i Identity) MayShare(vaultID string) bool {
	g := i.Grants[vaultID]
	return g.View && g.Share
}

// Admin tells whether the person manages the installation.
func (i Identity) Admin() bool { return i.User.Role == Admin }

// Session is one signed-in browser. Times are UTC; it ends at the earlier of
// LastUsed + idle and ExpiresAt.
type Session struct {
	TokenHash [32]byte // SHA-256 of the cookie's random token
	UserID    string
	CreatedAt time.Time
	LastUsed  time.Time
	ExpiresAt time.Time
}

// Users stores people. Each call is one transaction that also keeps the audit
// entry. A missing user is fault.NotFound, a taken address fault.Conflict.
type Users interface {
	AddUser(ctx context.Context, user User, passwordHash string, entry audit.Entry) error
	// SetPassword also ends all the user's sessions.
	SetPassword(ctx context.Context, userID, passwordHash string, entry audit.Entry) error
	// SetDisabled also ends all the user's sessions when it disables.
	SetDisabled(ctx context.Context, userID string, disabled bool, entry audit.Entry) error
	UserByEmail(ctx context.Context, email string) (user User, passwordHash string, err error)
	ListUsers(ctx context.Context) ([]User, error) // by name; an installation has hundreds, not millions
	Grants
}

// Grants stores who may do what in which vault.
type Grants interface {
	// SetGrant replaces what the user may do in the vault; nothing is a grant too.
	SetGrant(ctx context.Context, grant Grant, entry audit.Entry) error
	ListGrants(ctx context.Context) ([]Grant, error)
}

// Sessions stores sessions.
type Sessions interface {
	// AddSession keeps a session unless the user's password is another one by now, or
	// the user is kept out: fault.NotFound.
	AddSession(ctx context.Context, session Session, passwordHash string, entry audit.Entry) error
	// FindSession gives the session with its user and grants in one round, or
	// fault.NotFound; a disabled user's sessions are not found.
	FindSession(ctx context.Context, tokenHash [32]byte) (Session, Identity, error)
	// TouchSession sets the last use unless that is less than a minute ago.
	TouchSession(ctx context.Context, tokenHash [32]byte, now time.Time) error
	// EndSession deletes a session; one that is not there leaves no entry.
	EndSession(ctx context.Context, tokenHash [32]byte, entry audit.Entry) error
	// EraseSessions deletes at most limit sessions that ended by now or were idle since idleSince.
	EraseSessions(ctx context.Context, now, idleSince time.Time, limit int) (int, error)
}

// Attempts counts tries to sign in, so that the delays hold across restarts and
// processes.
type Attempts interface {
	// Attempt adds one try under each counter unless one of them must still wait
	// (see Counter.Wait), and then tells how long, counting nothing. Of
	// simultaneous calls each sees what the others counted. Tries are forgotten
	// a day after the last.
	Attempt(ctx context.Context, counters []Counter, now time.Time) (wait time.Duration, err error)
	// ForgiveAttempts forgets the account's tries and takes back the peer's last
	// one: others who sign in from there stay counted.
	ForgiveAttempts(ctx context.Context, account, peer []byte) error
	// Record keeps an audit entry that belongs to no other change.
	Record(ctx context.Context, entry audit.Entry) error
}
