package account

import (
	"context"
	"errors"
	"fmt"
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

// BrowserLifetime is how long a browser is known after its last sign-in.
const BrowserLifetime = 180 * 24 * time.Hour

// SignIn checks a password and starts a session. A wrong email address and a wrong password are the
// same error: fault.Unauthenticated, signin_failed. Too many attempts are fault.TooMany, and more
// people than can wait fault.Unavailable, both with RetryAfter; neither stores anything.
//
// Where the person has a second factor, there is no session yet: NewSession.Step is for SecondStep.
//
// Only failed attempts count, and they count for the account in the caller's network and for that
// network; those of a known browser count for it alone. A right password changes no count that
// another caller could notice.
func (s *Service) SignIn(
	ctx context.Context,
	email, password string,
	from Caller,
) (NewSession, error) {
	if err := s.requirePasswords(); err != nil {
		return NewSession{}, err
	}
	canonical, valid := CanonicalEmail(email)
	if valid {
		email = canonical
	}
	known, err := s.isKnown(ctx, canonical, from.Browser)
	if err != nil {
		return NewSession{}, err
	}
	counters := s.counters(email, from, known)
	place, err := s.admit(ctx, counters, known)
	if err != nil {
		return NewSession{}, err
	}
	defer place.leave()
	user, hash, right, err := s.verify(ctx, place, canonical, password)
	if err != nil {
		return NewSession{}, err
	}
	if !right {
		return NewSession{}, s.refuse(ctx, counters, user, from)
	}
	return s.admitted(ctx, user, hash, from)
}

// isKnown reports whether the token is of a browser that signed in as this user before.
func (s *Service) isKnown(ctx context.Context, canonical, token string) (bool, error) {
	hash, err := hashToken(token)
	if err != nil || canonical == "" {
		return false, nil
	}
	email, err := s.c.Sessions.BrowserUser(ctx, hash, s.c.Clock())
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil && email == canonical, err
}

// counters returns what an attempt counts for.
func (s *Service) counters(email string, from Caller, known bool) []counter {
	key := func(parts ...string) []byte {
		return s.c.Keyring.MAC(seal.Addresses, append([]string{"signin"}, parts...)...)[:16]
	}
	if known {
		return []counter{{key: key("browser", from.Browser), free: 5, most: 2}}
	}
	var list []counter
	for _, n := range networks(from.Addr) {
		list = append(
			list,
			counter{key("account", email, n.name), n.perAccount, from.Shared, n.most},
			counter{key("network", n.name), n.free, true, n.most},
		)
	}
	return list
}

// admit returns a place in the line, or an error if the attempt must wait.
func (s *Service) admit(ctx context.Context, counters []counter, known bool) (*place, error) {
	tallies, err := s.tallies(ctx, counters, make([]int, len(counters)))
	if err != nil {
		return nil, err
	}
	if err := s.pace(ctx, counters, tallies); err != nil {
		return nil, err
	}
	place, err := s.line.join(counters, known)
	if err != nil {
		return nil, err
	}
	// Again, now that later attempts see this one: of many at once no more are checked than of as
	// many one by one.
	if _, err := s.tallies(ctx, counters, place.ahead); err != nil {
		place.leave()
		return nil, err
	}
	return place, nil
}

// tallies returns the counters' tallies, or fault.TooMany if one of them makes the attempt wait.
func (s *Service) tallies(ctx context.Context, counters []counter, ahead []int) ([]Tally, error) {
	tallies, err := s.c.Attempts.Tallies(ctx, keys(counters))
	if err != nil {
		return nil, err
	}
	wait, now := time.Duration(0), s.c.Clock()
	for i, c := range counters {
		wait = max(wait, c.wait(tallies[i], ahead[i], now))
	}
	if wait > 0 {
		return nil, tooMany(wait)
	}
	return tallies, nil
}

func keys(counters []counter) (list [][]byte) {
	for _, c := range counters {
		list = append(list, c.key)
	}
	return list
}

// pace waits for the turn that the paced counters allow.
func (s *Service) pace(ctx context.Context, counters []counter, tallies []Tally) error {
	wait, now := time.Duration(0), s.c.Clock()
	for i, c := range counters {
		spacing := c.spacing(tallies[i], now)
		if spacing == 0 {
			continue
		}
		turn, ok := s.pacer.reserve(c.key, spacing, now)
		if !ok {
			return tooMany(turn)
		}
		wait = max(wait, turn)
	}
	return pause(ctx, wait)
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

// verify checks a password when it is its turn, and returns its stored hash. It does the same work
// whether or not the user exists or is disabled. No user has the address "".
func (s *Service) verify(
	ctx context.Context,
	place *place,
	canonical, password string,
) (user User, hash string, right bool, err error) {
	user, hash, err = s.c.Users.UserByEmail(ctx, canonical)
	exists := err == nil
	if !exists {
		if fault.KindOf(err) != fault.NotFound {
			return User{}, "", false, err
		}
		user, hash = User{}, s.hasher.dummy
	}
	if hash == "" { // nobody's password: an invited person has none
		hash, exists = s.hasher.dummy, false
	}
	if err := place.await(ctx); err != nil {
		return User{}, "", false, err
	}
	right, err = s.matches(ctx, password, hash)
	return user, hash, right && exists && !user.Disabled, err
}

// refuse counts a failed attempt and returns the error that says so.
func (s *Service) refuse(
	ctx context.Context,
	counters []counter,
	user User,
	from Caller,
) error {
	now, peer := s.c.Clock(), Network(from.Addr)
	var entries []audit.Entry
	if s.refusals.add(peer, now) {
		// The address is not stored as typed, since people type passwords there.
		entry, err := s.entry(audit.SignInRefused, "", user.ID, "peer", peer)
		if err != nil {
			return err
		}
		entries = append(entries, entry)
	}
	// Hanging up before the answer saves nobody from being counted.
	ctx = context.WithoutCancel(ctx)
	if err := s.c.Attempts.AddAttempt(ctx, keys(counters), now, entries...); err != nil {
		return err
	}
	return wrongPassword()
}

func wrongPassword() error {
	return fault.New(fault.Unauthenticated, fault.CodeSigninFailed, "Wrong email or password.")
}

var errToken = errors.New("not a session token")
