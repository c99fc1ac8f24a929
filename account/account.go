// Package account owns people and programs: who they are, how they sign in, which
// vaults they may view and share from. It stores passwords only as argon2id hashes and tokens only
// as SHA-256 hashes. Its errors never say whether the email address or the password was wrong, nor
// what was wrong with a token.
package account

import (
	"context"
	"time"

	"itemshare/audit"
)

// Role says what a user may manage. Which items they see is a matter of grants.
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

// Grant says what one user may do in one vault. Share implies View.
type Grant struct {
	UserID  string
	VaultID string
	View    bool
	Share   bool
}

// Identity is a signed-in user with their grants, as a request carries it.
type Identity struct {
	User   User
	Grants map[string]Grant // by vault id
}

// MayView reports whether the user may view items of the vault.
func (i Identity) MayView(vaultID string) bool { return i.Grants[vaultID].View }

// MayShare reports whether the user may share items of the vault.
func (i Identity) MayShare(vaultID string) bool {
	g := i.Grants[vaultID]
	return g.View && g.Share
}

// Admin reports whether the user manages the installation.
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

// Users stores users. Each change is one transaction that also stores the audit entry. A missing
// user is fault.NotFound, an email address that is in use fault.Conflict.
type Users interface {
	AddUser(ctx context.Context, user User, passwordHash string, entry audit.Entry) error
	// SetPassword also ends all the user's sessions.
	SetPassword(ctx context.Context, userID, passwordHash string, entry audit.Entry) error
	// SetDisabled also ends all the user's sessions when it disables.
	SetDisabled(ctx context.Context, userID string, disabled bool, entry audit.Entry) error
	UserByEmail(ctx context.Context, email string) (user User, passwordHash string, err error)
	ListUsers(
		ctx context.Context,
	) ([]User, error) // by name; an installation has hundreds, not millions
	Grants
}

// Grants stores what each user may do in each vault.
type Grants interface {
	// SetGrant replaces the user's grant for the vault. A grant of neither view nor share removes
	// access.
	SetGrant(ctx context.Context, grant Grant, entry audit.Entry) error
	ListGrants(ctx context.Context) ([]Grant, error)
}

// Sessions stores sessions.
type Sessions interface {
	// AddSession stores a session. It is fault.NotFound if the user's password has changed or the
	// user has been disabled meanwhile.
	AddSession(ctx context.Context, session Session, passwordHash string, entry audit.Entry) error
	// FindSession returns the session with its user and grants in one query. A session that does
	// not exist, or whose user is disabled, is fault.NotFound.
	FindSession(ctx context.Context, tokenHash [32]byte) (Session, Identity, error)
	// TouchSession sets the last use unless that is less than a minute ago.
	TouchSession(ctx context.Context, tokenHash [32]byte, now time.Time) error
	// EndSession deletes a session. If it does not exist, no audit entry is stored.
	EndSession(ctx context.Context, tokenHash [32]byte, entry audit.Entry) error
	// EraseSessions deletes at most limit sessions that have expired by now or were last used before
	// idleSince, and returns how many.
	EraseSessions(ctx context.Context, now, idleSince time.Time, limit int) (int, error)
}

// Attempts counts attempts to sign in, so that delays survive restarts and apply to all processes.
type Attempts interface {
	// Attempt adds one attempt to each counter. If one of them must still wait (see Counter.Wait),
	// it returns how long and counts nothing. Simultaneous calls see each other's attempts. Counters
	// start again AttemptMemory after their last attempt.
	Attempt(ctx context.Context, counters []Counter, now time.Time) (wait time.Duration, err error)
	// ForgiveAttempts deletes the account's attempts and the peer's last one. Attempts of others
	// from the same network remain counted.
	ForgiveAttempts(ctx context.Context, account, peer []byte) error
	// Record stores an audit entry that belongs to no other change.
	Record(ctx context.Context, entry audit.Entry) error
}
