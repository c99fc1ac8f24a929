package account

import (
	"context"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// Own stores what people change of their own account.
type Own interface {
	// UserByID returns a person and their password's hash, or fault.NotFound.
	UserByID(ctx context.Context, userID string) (user User, passwordHash string, err error)
	SetName(ctx context.Context, userID, name string, entry audit.Entry) error
	// SetEmails stores whether a person wants emails about their new links.
	SetEmails(ctx context.Context, userID string, wanted bool) error
	// ReplacePassword replaces a password's hash and ends all the user's sessions and known browsers.
	// It is fault.NotFound if the hash is not before any more.
	ReplacePassword(ctx context.Context, userID, before, after string, entry audit.Entry) error
	// WaysOf returns a person's ways to sign in, or fault.NotFound. Issuer is of the provider, "" for
	// none.
	WaysOf(ctx context.Context, userID, issuer string) (Ways, error)
	// RemovePassword removes a password with its second factor, and ends all the user's sessions and
	// known browsers. It is fault.NotFound if the hash is not before any more, and fault.Conflict if
	// the password is the person's only way to sign in.
	RemovePassword(ctx context.Context, userID, before, issuer string, entry audit.Entry) error
	// SessionsOf returns the user's sessions that last beyond now and were used since idleSince, those
	// used last first.
	SessionsOf(ctx context.Context, userID string, now, idleSince time.Time) ([]Session, error)
	// EndSessions ends those of the user's sessions, and returns how many there were. If there were
	// none, no audit entry is stored.
	EndSessions(
		ctx context.Context, userID string, tokenHashes [][32]byte, entry audit.Entry,
	) (int, error)
}

// OwnSession is one of a person's sessions as they see it.
type OwnSession struct {
	ID        string
	Device    string
	CreatedAt time.Time
	LastUsed  time.Time
	Current   bool // the one that asks
}

// sessionID names a session on its owner's page. It doesn't tell the token.
func sessionID(hash [32]byte) string { return hex.EncodeToString(hash[:16]) }

// Rename changes a person's own name.
func (s *Service) Rename(ctx context.Context, me Identity, name string) error {
	name = trimName(name)
	if !isName(name) {
		return fault.Fields([]fault.Problem{nameProblem()})
	}
	entry, err := s.entry(audit.UserRenamed, me.User.ID, me.User.ID, "name", name)
	if err != nil {
		return err
	}
	return s.c.Own.SetName(ctx, me.User.ID, name, entry)
}

// SetEmails sets whether a person wants emails about the links that they create from now on. Each
// link can be set otherwise.
func (s *Service) SetEmails(ctx context.Context, me Identity, wanted bool) error {
	return s.c.Own.SetEmails(ctx, me.User.ID, wanted)
}

// ChangePassword replaces a person's own password. All their sessions end, the one that asks
// included: the result is a new one.
func (s *Service) ChangePassword(
	ctx context.Context, me Identity, current, password string, from Caller,
) (NewSession, error) {
	if s.c.NoPasswords {
		return NewSession{}, passwordsOff()
	}
	if err := fault.Fields(s.checkPassword(password, me.User)); err != nil {
		return NewSession{}, err
	}
	user, before, err := s.confirm(ctx, me, "current", current)
	if err != nil {
		return NewSession{}, err
	}
	after, err := s.hasher.hash(ctx, password)
	if err != nil {
		return NewSession{}, err
	}
	entry, err := s.entry(audit.PasswordChanged, user.ID, user.ID)
	if err != nil {
		return NewSession{}, err
	}
	err = s.c.Own.ReplacePassword(ctx, user.ID, before, after, entry)
	if fault.KindOf(err) == fault.NotFound { // changed at the same time elsewhere
		return NewSession{}, wrongCurrent("current")
	}
	if err != nil {
		return NewSession{}, err
	}
	return s.start(ctx, user, after, from)
}

// confirm asks for a person's password again, in a form's field. Wrong ones count for the person
// alone, whose session it takes to try; an empty one is no attempt.
func (s *Service) confirm(
	ctx context.Context, me Identity, field, password string,
) (user User, hash string, err error) {
	if password == "" {
		return user, "", fault.Field(field, fault.CodeInvalid, "Enter your current password.")
	}
	counters := s.ownCounters("password", me.User.ID)
	place, err := s.admit(ctx, counters, true)
	if err != nil {
		return user, "", inField(err, field)
	}
	defer place.leave()
	if user, hash, err = s.c.Own.UserByID(ctx, me.User.ID); err != nil {
		return user, "", err
	}
	if err := place.await(ctx); err != nil {
		return user, "", err
	}
	right, err := s.matches(ctx, password, hash)
	if err != nil || right {
		return user, hash, err
	}
	return user, "", s.countOwn(ctx, counters, wrongCurrent(field))
}

// ownCounters returns what a wrong password or code of a person counts for who is signed in, or whose
// password was right.
func (s *Service) ownCounters(what, userID string) []counter {
	key := s.c.Keyring.MAC(seal.Addresses, "signin", "own "+what, userID)[:16]
	return []counter{{key: key, free: 5, most: 2}}
}

// countOwn counts a failed attempt and returns the error that says so.
func (s *Service) countOwn(
	ctx context.Context, counters []counter, refusal error, entries ...audit.Entry,
) error {
	// Hanging up before the answer saves nobody from being counted.
	ctx = context.WithoutCancel(ctx)
	if err := s.c.Attempts.AddAttempt(ctx, keys(counters), s.c.Clock(), entries...); err != nil {
		return err
	}
	return refusal
}

func wrongCurrent(field string) error {
	return fault.Field(field, fault.CodeInvalid, "This isn't your current password.")
}

// inField says at a form's field that too many attempts were made.
func inField(err error, field string) error {
	if e, ok := fault.As(err); ok && e.Kind == fault.TooMany {
		for i := range e.Problems {
			e.Problems[i].Field = field
			e.Problems[i].Detail = strings.Replace(e.Problems[i].Detail, " to sign in", "", 1)
		}
	}
	return err
}

// SessionsOf returns a person's own sessions, those used last first. The token is that of the session
// that asks.
func (s *Service) SessionsOf(ctx context.Context, me Identity, token string) ([]OwnSession, error) {
	current, err := hashToken(token)
	if err != nil {
		return nil, err
	}
	now := s.c.Clock()
	sessions, err := s.c.Own.SessionsOf(ctx, me.User.ID, now, now.Add(-Idle))
	list := make([]OwnSession, 0, len(sessions))
	for _, one := range sessions {
		list = append(list, OwnSession{
			ID: sessionID(one.TokenHash), Device: one.Device, CreatedAt: one.CreatedAt,
			LastUsed: one.LastUsed, Current: one.TokenHash == current,
		})
	}
	return list, err
}

// EndOwnSession ends one of a person's own sessions. One that has ended is not an error.
func (s *Service) EndOwnSession(ctx context.Context, me Identity, id string) error {
	return s.endSessions(ctx, me, func(hash [32]byte) bool { return sessionID(hash) == id })
}

// EndOtherSessions ends all of a person's sessions but the one with the token.
func (s *Service) EndOtherSessions(ctx context.Context, me Identity, token string) error {
	current, err := hashToken(token)
	if err != nil {
		return err
	}
	return s.endSessions(ctx, me, func(hash [32]byte) bool { return hash != current })
}

func (s *Service) endSessions(
	ctx context.Context, me Identity, chosen func(hash [32]byte) bool,
) error {
	now := s.c.Clock()
	sessions, err := s.c.Own.SessionsOf(ctx, me.User.ID, now, now.Add(-Idle))
	if err != nil {
		return err
	}
	var hashes [][32]byte
	for _, one := range sessions {
		if chosen(one.TokenHash) {
			hashes = append(hashes, one.TokenHash)
		}
	}
	if len(hashes) == 0 {
		return nil
	}
	entry, err := s.entry(
		audit.SessionsEnded, me.User.ID, me.User.ID, "sessions", strconv.Itoa(len(hashes)),
	)
	if err != nil {
		return err
	}
	_, err = s.c.Own.EndSessions(ctx, me.User.ID, hashes, entry)
	return err
}
