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

// touchEvery is how exactly the last use is kept.
const touchEvery = time.Minute

// SignIn checks a password and starts a session; the token is for the cookie and
// kept nowhere. Peer is the caller's network address, IPv6 by /64. A wrong
// address and a wrong password are alike: fault.Unauthenticated, signin_failed.
// Too many tries are fault.TooMany with RetryAfter.
func (s *Service) SignIn(ctx context.Context, email, password, peer string) (string, Identity, error) {
	canonical, address := CanonicalEmail(email)
	if address {
		email = canonical
	}
	account := s.c.Keyring.MAC(seal.Addresses, "signin", "account", email)
	network := s.c.Keyring.MAC(seal.Addresses, "signin", "peer", peer)
	wait, err := s.c.Attempts.Attempt(ctx, []Counter{{account, freeOfAccount}, {network, freeOfPeer}}, s.c.Clock())
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
	return fault.Wait(fault.CodeTooManyAttempts, "There were too many tries to sign in. Try again in "+text+".", wait)
}

// verify does the same work whether the user is known, disabled or neither, and
// gives the hash that the password was held against. Nobody has the address "".
func (s *Service) verify(ctx context.Context, canonical, password, peer string) (User, string, error) {
	user, hash, err := s.c.Users.UserByEmail(ctx, canonical)
	known := err == nil
	if !known {
		if fault.KindOf(err) != fault.NotFound {
			return User{}, "", err
		}
		user, hash = User{}, nobody
	}
	right, err := s.hasher.matches(ctx, password, hash)
	if err != nil {
		return User{}, "", err
	}
	if right && known && !user.Disabled {
		return user, hash, nil
	}
	// The address as typed is not kept: people type passwords there.
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
	return fault.New(fault.Unauthenticated, fault.CodeSigninFailed, "This email address and password do not belong together.")
}

func (s *Service) start(ctx context.Context, user User, passwordHash, peer string) (string, Identity, error) {
	var token [32]byte
	if _, err := io.ReadFull(s.c.Random, token[:]); err != nil {
		return "", Identity{}, fmt.Errorf("make a session token: %w", err)
	}
	now := s.c.Clock().UTC().Truncate(time.Second)
	session := Session{TokenHash: sha256.Sum256(token[:]), UserID: user.ID, CreatedAt: now, LastUsed: now, ExpiresAt: now.Add(Lifetime)}
	entry, err := s.entry(audit.SignedIn, user.ID, user.ID, "peer", peer)
	if err != nil {
		return "", Identity{}, err
	}
	err = s.c.Sessions.AddSession(ctx, session, passwordHash, entry)
	if fault.KindOf(err) == fault.NotFound { // changed or kept out while the password was checked
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

// Authenticate tells who a session's token belongs to. One that is unknown,
// ended, idle for 30 minutes or a disabled user's is fault.Unauthenticated.
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
	// A full disk must not keep people from reading.
	if err != nil && fault.KindOf(err) != fault.Unavailable {
		return Identity{}, err
	}
	return identity, nil
}

// SignOut ends a session. One that is not there any more is fine.
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

// EraseSessions deletes at most limit sessions that are over; the sweeper calls it.
func (s *Service) EraseSessions(ctx context.Context, limit int) (int, error) {
	now := s.c.Clock()
	return s.c.Sessions.EraseSessions(ctx, now, now.Add(-Idle), limit)
}

var errToken = errors.New("not a session token")

func hashToken(token string) ([32]byte, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	// The length is checked as well, since the decoder passes over line breaks.
	if err != nil || len(raw) != 32 || len(token) != 43 {
		return [32]byte{}, fault.Because(fault.Unauthenticated, errToken)
	}
	return sha256.Sum256(raw), nil
}
