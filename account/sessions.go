package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"itemshare/audit"
	"itemshare/fault"
)

// NewSession is what a sign-in gives the browser. The tokens are for cookies; neither is stored.
type NewSession struct {
	Token    string // of the session
	Browser  string // by which the next sign-in knows the browser
	Step     string // in place of all else: the proof that SecondStep needs, for a cookie
	Identity Identity
}

func (s *Service) start(
	ctx context.Context, user User, passwordHash string, from Caller,
) (NewSession, error) {
	return s.startAs(ctx, user, passwordHash, from, false)
}

// startAs starts a session, which can do nothing but set up a second factor where it enrolls.
func (s *Service) startAs(
	ctx context.Context, user User, passwordHash string, from Caller, enrolls bool,
) (NewSession, error) {
	token, tokenHash, err := s.newCookie()
	if err != nil {
		return NewSession{}, err
	}
	browserToken, browserHash, err := s.newCookie()
	if err != nil {
		return NewSession{}, err
	}
	now := s.c.Clock().UTC().Truncate(time.Second)
	session := Session{
		TokenHash: tokenHash,
		UserID:    user.ID,
		CreatedAt: now,
		LastUsed:  now,
		ExpiresAt: now.Add(Lifetime),
		Device:    from.Device,
		Enrolls:   enrolls,
	}
	browser := Browser{TokenHash: browserHash, ExpiresAt: now.Add(BrowserLifetime)}
	if before, err := hashToken(from.Browser); err == nil {
		browser.Replaces = before
	}
	entry, err := s.entry(audit.SignedIn, user.ID, user.ID, "peer", Network(from.Addr))
	if err != nil {
		return NewSession{}, err
	}
	err = s.c.Sessions.AddSession(ctx, session, browser, passwordHash, entry)
	if fault.KindOf(err) == fault.NotFound { // changed or disabled while the password was checked
		return NewSession{}, wrongPassword()
	}
	if err != nil {
		return NewSession{}, err
	}
	_, identity, err := s.c.Sessions.FindSession(ctx, session.TokenHash)
	return NewSession{Token: token, Browser: browserToken, Identity: identity}, err
}

// newCookie returns a random token for a cookie, and the hash under which it is stored.
func (s *Service) newCookie() (string, [32]byte, error) {
	var token [32]byte
	if _, err := io.ReadFull(s.c.Random, token[:]); err != nil {
		return "", token, fmt.Errorf("make a token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(token[:]), sha256.Sum256(token[:]), nil
}

// Authenticate returns the identity behind a session's token. A session that is unknown, expired,
// idle for 30 minutes or of a disabled user is fault.Unauthenticated.
func (s *Service) Authenticate(ctx context.Context, token string) (Identity, error) {
	hash, err := hashToken(token)
	if err != nil {
		return Identity{}, err
	}
	session, identity, err := s.c.Sessions.FindSession(ctx, hash)
	if fault.KindOf(err) == fault.NotFound {
		return Identity{}, fault.Of(fault.Unauthenticated)
	}
	if err != nil {
		return Identity{}, err
	}
	now := s.c.Clock()
	if !now.Before(session.ExpiresAt) || now.Sub(session.LastUsed) >= Idle {
		return Identity{}, fault.Of(fault.Unauthenticated)
	}
	if now.Sub(session.LastUsed) >= touchEvery {
		err = s.c.Sessions.TouchSession(ctx, hash, now)
	}
	// A full disk must not stop people from reading.
	if err != nil && fault.KindOf(err) != fault.Unavailable {
		return Identity{}, err
	}
	if identity.Enrolls {
		identity.Grants, identity.User.Role = map[string]Grant{}, Member
	}
	return identity, nil
}

// SignOut ends a session. A session that no longer exists is not an error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	hash, err := hashToken(token)
	if err != nil {
		return nil
	}
	_, identity, err := s.c.Sessions.FindSession(ctx, hash)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	entry, err := s.entry(audit.SignedOut, identity.User.ID, identity.User.ID)
	if err != nil {
		return err
	}
	return s.c.Sessions.EndSession(ctx, hash, entry)
}

// EraseSessions deletes at most limit sessions that have ended, and as many known browsers and
// counters that are over. It returns how many. The sweeper calls it.
func (s *Service) EraseSessions(ctx context.Context, limit int) (int, error) {
	now := s.c.Clock()
	sessions, err := s.c.Sessions.EraseSessions(ctx, now, now.Add(-Idle), limit)
	if err != nil {
		return sessions, err
	}
	others, err := s.c.Sessions.EraseSignIns(ctx, now, limit)
	return max(sessions, others), err
}

func hashToken(token string) ([32]byte, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	// The length is checked as well, since the decoder ignores line breaks.
	if err != nil || len(raw) != 32 || len(token) != 43 {
		return [32]byte{}, fault.Because(fault.Unauthenticated, errToken)
	}
	return sha256.Sum256(raw), nil
}
