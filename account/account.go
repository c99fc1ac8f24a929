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
	Pending   bool // invited, and hasn't joined yet
	CreatedAt time.Time
	LastSeen  time.Time // zero for never
	Tell      bool      // wants emails about new links; known of an Identity alone
	// CodeExpires is when the code to join, or to set a new password, expires; zero for none.
	CodeExpires time.Time
}

// Grant says what one user, or each member of one group, may do in one vault. Share, Edit and Manage
// imply View. NoReveal withholds concealed values; it excludes Edit, which shows them. Manage is about
// the vault itself: its name, its archive and who may do what.
type Grant struct {
	UserID   string
	GroupID  string // the group that it comes from, "" for a user's own
	VaultID  string
	View     bool
	NoReveal bool
	Share    bool
	Edit     bool
	Manage   bool
	Archived bool // the vault is archived: of all rights only Manage counts
}

// The names of rights.
const (
	rightView   = "view"
	rightReveal = "reveal"
	rightShare  = "share"
	rightEdit   = "edit"
	rightManage = "manage"
)

// Rights returns the names of the rights in a grant.
func (g Grant) Rights() []string {
	rights := []string{}
	for _, r := range []struct {
		name    string
		granted bool
	}{
		{rightView, g.View},
		{rightReveal, g.View && !g.NoReveal},
		{rightShare, g.Share},
		{rightEdit, g.Edit},
		{rightManage, g.Manage},
	} {
		if r.granted {
			rights = append(rights, r.name)
		}
	}
	return rights
}

// GrantOf returns the grant of rights by their names: each includes view, and edit includes reveal. Ok is
// false for no name and for one that no right has.
func GrantOf(names []string) (g Grant, ok bool) {
	g, ok = Grant{View: true, NoReveal: true}, len(names) > 0
	for _, name := range names {
		switch name {
		case rightView:
		case rightReveal:
			g.NoReveal = false
		case rightShare:
			g.Share = true
		case rightEdit:
			g.Edit, g.NoReveal = true, false
		case rightManage:
			g.Manage = true
		default:
			ok = false
		}
	}
	return g, ok
}

// Union returns what somebody may do in a vault who has both grants: each right that either gives. So
// values can be revealed unless every grant withholds them.
func (g Grant) Union(other Grant) Grant {
	switch {
	case !other.View:
		return g
	case !g.View:
		return other
	}
	g.NoReveal = g.NoReveal && other.NoReveal
	g.Share = g.Share || other.Share
	g.Edit = g.Edit || other.Edit
	g.Manage = g.Manage || other.Manage
	g.Archived = g.Archived || other.Archived
	return g
}

// Identity is a signed-in user with what they may do, as a request carries it.
type Identity struct {
	User   User
	Grants map[string]Grant // by vault id: the union of their own grant and of their groups'
	Events bool             // a service account that may read the events of the audit log
	People bool             // a service account that may manage people, as admins do
	// Enrolls says that the person must set up a second factor first, and can do nothing else.
	Enrolls bool
}

// AddGrant unites a grant with those that the user has already.
func (i Identity) AddGrant(g Grant) {
	i.Grants[g.VaultID] = i.Grants[g.VaultID].Union(g)
}

// MayView reports whether the user may view items of the vault.
func (i Identity) MayView(vaultID string) bool {
	g := i.Grants[vaultID]
	return g.View && !g.Archived
}

// MayManage reports whether the user may rename and archive the vault and decide who may do what
// there. Admins may do so in every vault.
func (i Identity) MayManage(vaultID string) bool { return i.Admin() || i.Grants[vaultID].Manage }

// ManagesVaults reports whether there is a vault that the user may manage.
func (i Identity) ManagesVaults() bool {
	if i.Admin() {
		return true
	}
	for _, g := range i.Grants {
		if g.Manage {
			return true
		}
	}
	return false
}

// MayReveal reports whether the user may see concealed values of the vault's items.
func (i Identity) MayReveal(vaultID string) bool {
	return i.MayView(vaultID) && !i.Grants[vaultID].NoReveal
}

// MayShare reports whether the user may share items of the vault. Somebody who may not reveal values
// shares without seeing them: package share allows them only recipients who have no account here.
func (i Identity) MayShare(vaultID string) bool {
	return i.Grants[vaultID].Share && i.MayView(vaultID)
}

// MayEdit reports whether the user may create, change and delete items of the vault.
func (i Identity) MayEdit(vaultID string) bool {
	return i.Grants[vaultID].Edit && i.MayReveal(vaultID)
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
	Device    string // browser and system in coarse words, "" if unknown
	Enrolls   bool   // can do nothing but set up a second factor
}

// Users stores users. Each change is one transaction that also stores the audit entry. A missing
// user is fault.NotFound, an email address that is in use fault.Conflict.
type Users interface {
	AddUser(ctx context.Context, user User, passwordHash string, entry audit.Entry) error
	// SetPassword also ends all the user's sessions and known browsers.
	SetPassword(ctx context.Context, userID, passwordHash string, entry audit.Entry) error
	// SetDisabled also ends all the user's sessions and known browsers when it disables.
	SetDisabled(ctx context.Context, userID string, disabled bool, entry audit.Entry) error
	UserByEmail(ctx context.Context, email string) (user User, passwordHash string, err error)
	ListUsers(
		ctx context.Context,
	) ([]User, error) // by name; an installation has hundreds, not millions
	// UsersAfter returns at most limit users by name, from the one after an ID on, "" for the first.
	UsersAfter(ctx context.Context, after string, limit int) ([]User, error)
	// PartiesAfter returns at most limit people and then service accounts by name, from the one
	// after an ID on, "" for the first.
	PartiesAfter(ctx context.Context, after string, limit int) ([]Party, error)
	// PartiesByID returns those that exist, in any order.
	PartiesByID(ctx context.Context, ids []string) ([]Party, error)
	Grants
	People
	Installations
	Groups
}

// Grants stores what each user and each group may do in each vault.
type Grants interface {
	// SetGrant replaces the grant of a user, or of a group, for the vault. One without View removes
	// it. A user or group that does not exist is fault.NotFound.
	SetGrant(ctx context.Context, grant Grant, entry audit.Entry) error
	// GrantsOf returns the own grants of some users and service accounts, by vault.
	GrantsOf(ctx context.Context, userIDs []string) ([]Grant, error)
	// RightsOf returns the own grants of some users and those of their groups, each with where it
	// comes from, by user and vault.
	RightsOf(ctx context.Context, userIDs []string) ([]Grant, error)
	// GranteesAfter returns at most limit of those with a grant for a vault by name, from the one
	// after an ID on, "" for the first. It leaves out service accounts whose token is not valid.
	GranteesAfter(
		ctx context.Context, vaultID, after string, limit int, now time.Time,
	) ([]Grantee, error)
}

// Sessions stores sessions.
type Sessions interface {
	// AddSession stores a session and the browser that has it. It is fault.NotFound if the user's
	// password has changed or the user has been disabled meanwhile.
	AddSession(
		ctx context.Context, session Session, browser Browser, passwordHash string, entry audit.Entry,
	) error
	// BrowserUser returns the email address of the enabled user whose browser it is, or
	// fault.NotFound.
	BrowserUser(ctx context.Context, tokenHash [32]byte, now time.Time) (email string, err error)
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
	// EraseSignIns deletes at most limit each of known browsers that have expired and of tallies that
	// are forgotten, and returns how many.
	EraseSignIns(ctx context.Context, now time.Time, limit int) (int, error)
}

// Browser is a browser that a user signed in with before, which has a count of its own for attempts
// to sign in as that user. Each sign-in replaces it by a new one, and a change of the password ends
// it.
type Browser struct {
	TokenHash [32]byte // SHA-256 of the cookie's random token
	ExpiresAt time.Time
	Replaces  [32]byte // the hash of the browser's token before
}

// Attempts counts failed attempts to sign in, so that delays survive restarts and apply to all
// processes.
type Attempts interface {
	// Tallies returns the tally of each key, the zero value for a key without one.
	Tallies(ctx context.Context, keys [][]byte) ([]Tally, error)
	// AddAttempt adds one attempt to the tally of each key and stores the audit entries, in one
	// transaction. It keeps at most MostCounters tallies: those that are not forgotten for longest.
	AddAttempt(ctx context.Context, keys [][]byte, now time.Time, entries ...audit.Entry) error
	// Record stores an audit entry that belongs to no other change.
	Record(ctx context.Context, entry audit.Entry) error
}
