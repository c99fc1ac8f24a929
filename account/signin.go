package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// How long a session lasts.
const (
	Idle     = 30 * time.Minute
	Lifetime = 12 * time.Hour
)

// touchEvery is the precision of a stored last use.
const touchEvery = time.Minute

// SignIn checks a password and starts a session. It returns the session's token, for the cookie,
// which is not stored. Peer is the caller's network address, IPv6 by /64. A wrong email address and
// a wrong password are the same error: fault.Unauthenticated, signin_failed. Too many attempts are
// fault.TooMany with RetryAfter.
func (s *Service) SignIn(
	ctx context.Context,
	email, password, peer string,
) (string, Identity, error) {
	canonical, valid := CanonicalEmail(email)
	if valid {
		email = canonical
	}
	account := s.c.Keyring.MAC(seal.Addresses, "signin", "account", email)
	network := s.c.Keyring.MAC(seal.Addresses, "signin", "peer", peer)
	wait, err := s.c.Attempts.Attempt(
		ctx,
		[]Counter{{account, freeForAccount}, {network, freeForPeer}},
		s.c.Clock(),
	)
	if err != nil {
		return "", Identity{}, err
	}
	if wait > 0 {
		return "", Identity{}, tooMany(wait)
	}
	user, hash, err := s.verify(ctx, canonical, password, peer)
	if err != nil {
		return "", Identity{}, err
	}
	if err := s.c.Attempts.ForgiveAttempts(ctx, account, network); err != nil {
		return "", Identity{}, err
	}
	return s.start(ctx, user, hash, peer)
}

func tooMany(wait time.Duration) error {
	seconds := int((wait + time.Second - 1) / time.Second)
	text := fmt.Sprintf("%d seconds", seconds)
	switch {
	case seconds == 1:
		text = "1 second"
	case seconds > 90:
		text = fmt.Sprintf("%d minutes", (seconds+59)/60)
	}
	return fault.Wait(
		fault.CodeTooManyAttempts,
		"Too many attempts to sign in. Try again in "+text+".",
		wait,
	)
}

// verify checks a password and returns its stored hash. It does the same work whether or not the
// user exists or is disabled. No user has the address "".
func (s *Service) verify(
	ctx context.Context,
	canonical, password, peer string,
) (User, string, error) {
	user, hash, err := s.c.Users.UserByEmail(ctx, canonical)
	exists := err == nil
	if !exists {
		if fault.KindOf(err) != fault.NotFound {
			return User{}, "", err
		}
		user, hash = User{}, dummyHash
	}
	right, err := s.hasher.matches(ctx, password, hash)
	if err != nil {
		return User{}, "", err
	}
	if right && exists && !user.Disabled {
		return user, hash, nil
	}
	// The address is not stored as typed, since people type passwords there.
	entry, err := s.entry(audit.SignInRefused, "", user.ID, "peer", peer)
	if err != nil {
		return User{}, "", err
	}
	if err := s.c.Attempts.Record(ctx, entry); err != nil {
		return User{}, "", err
	}
	return User{}, "", wrongPassword()
}

func wrongPassword() error {
	return fault.New(fault.Unauthenticated, fault.CodeSigninFailed, "Wrong email or password.")
}

func (s *Service) start(
	ctx context.Context,
	user User,
	passwordHash, peer string,
) (string, Identity, error) {
	var token [32]byte
	if _, err := io.ReadFull(s.c.Random, token[:]); err != nil {
		return "", Identity{}, fmt.Errorf("make a session token: %w", err)
	}
	now := s.c.Clock().UTC().Truncate(time.Second)
	session := Session{
		TokenHash: sha256.Sum256(token[:]),
		UserID:    user.ID,
		CreatedAt: now,
		LastUsed:  now,
		ExpiresAt: now.Add(Lifetime),
	}
	entry, err := s.entry(audit.SignedIn, user.ID, user.ID, "peer", peer)
	if err != nil {
		return "", Identity{}, err
	}
	err = s.c.Sessions.AddSession(ctx, session, passwordHash, entry)
	if fault.KindOf(err) == fault.NotFound { // changed or disabled while the password was checked
		return "", Identity{}, wrongPassword()
	}
	if err != nil {
		return "", Identity{}, err
	}
	_, identity, err := s.c.Sessions.FindSession(ctx, session.TokenHash)
	if err != nil {
		return "", Identity{}, err
	}
	return base64.RawURLEncoding.EncodeToString(token[:]), identity, nil
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

// EraseSessions deletes at most limit sessions that have ended, and returns how many. The sweeper
// calls it.
func (s *Service) EraseSessions(ctx context.Context, limit int) (int, error) {
	now := s.c.Clock()
	return s.c.Sessions.EraseSessions(ctx, now, now.Add(-Idle), limit)
}

var errToken = errors.New("not a session token")

func hashToken(token string) ([32]byte, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	// The length is checked as well, since the decoder ignores line breaks.
	if err != nil || len(raw) != 32 || len(token) != 43 {
		return [32]byte{}, fault.Because(fault.Unauthenticated, errToken)
	}
	return sha256.Sum256(raw), nil
}
