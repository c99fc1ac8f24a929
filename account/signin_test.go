package account_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

func signIn(t *testing.T, s *testService, email string) string {
	t.Helper()
	token, _, err := s.SignIn(t.Context(), email, password, "peer")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestSignIn(t *testing.T) {
	s := newTestService(t)
	user := s.addUser(t, "ada@example.com")
	token, identity, err := s.SignIn(t.Context(), " ADA@Example.com ", password, "192.0.2.1")
	if err != nil || identity.User.ID != user.ID || len(token) != 43 {
		t.Fatalf("token %q, user %q, %v", token, identity.User.ID, err)
	}
	again, err := s.Authenticate(t.Context(), token)
	if diff := cmp.Diff(identity, again); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if other := signIn(t, s, "ada@example.com"); other == token {
		t.Error("two sessions have one token")
	}
	want := audit.Event{
		Kind:    audit.SignedIn,
		Actor:   user.ID,
		Subject: user.ID,
		Detail:  map[string]string{"peer": "192.0.2.1"},
	}
	if diff := cmp.Diff(want, s.events(t)[1]); diff != "" {
		t.Error(diff)
	}
}

func TestSignInFailuresAreAlike(t *testing.T) {
	s := newTestService(t)
	ada := s.addUser(t, "ada@example.com")
	s.addUser(t, "eve@example.com")
	if err := s.SetDisabled(t.Context(), "boss", "eve@example.com", true); err != nil {
		t.Fatal(err)
	}
	_, _, want := s.SignIn(t.Context(), "ada@example.com", "wrong password", "peer")
	if fault.KindOf(want) != fault.Unauthenticated || fault.CodeOf(want) != fault.CodeSigninFailed {
		t.Fatalf("err = %v", want)
	}
	tests := []struct{ why, email, password string }{
		{"unknown", "nobody@example.com", password},
		{"disabled with the right password", "eve@example.com", password},
		{"disabled with a wrong one", "eve@example.com", "wrong password"},
		{"no address at all", "", ""},
		{"an address that PostgreSQL cannot look for", "a\x00da@example.com", password},
		{"an address that is no text", "\xff", "\xff\x00"},
		{"a very long password", "ada@example.com", strings.Repeat("x", 100_000)},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			before := len(s.events(t))
			_, identity, err := s.SignIn(t.Context(), tt.email, tt.password, "peer")
			if diff := cmp.Diff(fault.ProblemsOf(want), fault.ProblemsOf(err)); diff != "" ||
				fault.KindOf(err) != fault.KindOf(want) {
				t.Errorf("%v\n%s", err, diff)
			}
			if identity.User.ID != "" {
				t.Error("a refusal tells who it is")
			}
			events := s.events(t)
			if len(events) != before+1 || events[before].Kind != audit.SignInRefused ||
				events[before].Actor != "" {
				t.Errorf("events %v", events[before:])
			}
		})
	}
	if first := s.events(t)[3]; first.Subject != ada.ID {
		t.Errorf("the refusal is about %q, want %q", first.Subject, ada.ID)
	}
}

// TestUnknownUserTakesAsLong asserts that an unknown user is rejected as slowly as a known one:
// without a dummy hash it would be some forty times faster. It compares the fastest attempts,
// since a busy machine only adds time.
func TestUnknownUserTakesAsLong(t *testing.T) {
	s := newTestService(t)
	s.config.CheapHashes = false
	s.Service = account.New(s.config)
	s.addUser(t, "ada@example.com")
	var known, unknown []time.Duration
	for round := range 9 {
		for _, who := range []struct {
			email string
			took  *[]time.Duration
		}{{"ada@example.com", &known}, {"nobody@example.com", &unknown}} {
			s.advance(time.Hour)
			began := time.Now()
			_, _, err := s.SignIn(
				t.Context(),
				who.email,
				"wrong password",
				fmt.Sprint("peer", round),
			)
			*who.took = append(*who.took, time.Since(began))
			if fault.KindOf(err) != fault.Unauthenticated {
				t.Fatal(err)
			}
		}
	}
	a, b := slices.Min(known), slices.Min(unknown)
	t.Logf("fastest: known %v, unknown %v", a, b)
	if ratio := float64(a) / float64(b); ratio > 3 || ratio < 1.0/3 {
		t.Errorf("known %v, unknown %v", a, b)
	}
}

// countingAttempts counts the writes for failed attempts.
type countingAttempts struct {
	account.Attempts
	writes int
}

func (c *countingAttempts) AddAttempt(
	ctx context.Context, keys [][]byte, now time.Time, entries ...audit.Entry,
) error {
	c.writes++
	return c.Attempts.AddAttempt(ctx, keys, now, entries...)
}

func (c *countingAttempts) Record(ctx context.Context, entry audit.Entry) error {
	c.writes++
	return c.Attempts.Record(ctx, entry)
}

// TestAccountDelays asserts that failed attempts at an account in one network delay the next, and
// that a rejection before the password is checked stores nothing.
func TestAccountDelays(t *testing.T) {
	s := newTestService(t)
	stored := &countingAttempts{Attempts: s.db}
	s.config.Attempts = stored
	s.Service = account.New(s.config)
	s.addUser(t, "ada@example.com")
	try := func(password string) error {
		_, _, err := s.SignIn(t.Context(), "ada@example.com", password, "peer")
		return err
	}
	for n := range 5 {
		s.advance(time.Millisecond)
		if err := try("wrong password"); fault.KindOf(err) != fault.Unauthenticated {
			t.Fatalf("try %d: %v", n, err)
		}
	}
	for _, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		before := stored.writes
		e, _ := fault.As(try(password))
		if e == nil || e.Kind != fault.TooMany || e.Code() != fault.CodeTooManyAttempts ||
			e.RetryAfter > want ||
			e.RetryAfter < want-time.Second {
			t.Fatalf("the right password too soon: %+v, want a wait of %v", e, want)
		}
		if stored.writes != before || before == 0 {
			t.Fatalf("a refusal stored something: %d writes after %d", stored.writes, before)
		}
		s.Service = account.New(s.config) // a restart forgets nothing
		s.advance(want)
		if err := try("wrong password"); fault.KindOf(err) != fault.Unauthenticated {
			t.Fatalf("after %v: %v", want, err)
		}
	}
	s.advance(8 * time.Second)
	if err := try(password); err != nil {
		t.Fatalf("the right password after the wait: %v", err)
	}
	if err := try(password); err != nil {
		t.Fatalf("a right password makes the next one wait: %v", err)
	}
}

// TestSimultaneousGuesses asserts that of 200 simultaneous guesses no more are checked than of
// 200 one after another.
func TestSimultaneousGuesses(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	var mu sync.Mutex
	outcomes := map[fault.Kind]int{}
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			_, _, err := s.SignIn(t.Context(), "ada@example.com", "wrong password", "peer")
			mu.Lock()
			defer mu.Unlock()
			outcomes[fault.KindOf(err)]++
		})
	}
	all.Wait()
	if diff := cmp.Diff(map[fault.Kind]int{fault.Unauthenticated: 5, fault.TooMany: 195}, outcomes); diff != "" {
		t.Error(diff)
	}
}

func TestSessionEnds(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	lives := func(token string) bool {
		t.Helper()
		_, err := s.Authenticate(t.Context(), token)
		if err != nil && fault.KindOf(err) != fault.Unauthenticated {
			t.Fatal(err)
		}
		return err == nil
	}
	idle := signIn(t, s, "ada@example.com")
	s.advance(30*time.Minute - time.Second)
	if !lives(idle) {
		t.Error("ended before 30 minutes")
	}
	s.advance(30 * time.Minute)
	if lives(idle) {
		t.Error("idle for 30 minutes and alive")
	}
	used := signIn(t, s, "ada@example.com")
	for range 12*3 - 1 {
		s.advance(20 * time.Minute)
		if !lives(used) {
			t.Fatal("ended though used")
		}
	}
	s.advance(20 * time.Minute)
	if lives(used) {
		t.Error("alive after 12 hours")
	}
	if n, err := s.EraseSessions(t.Context(), 100); n != 2 || err != nil {
		t.Errorf("erased %d, %v", n, err)
	}
}

// TestLastUseIsStoredOnceAMinute asserts that the last use of a session is stored once a minute:
// pages are requested by GET, which writes nothing else.
func TestLastUseIsStoredOnceAMinute(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	token := signIn(t, s, "ada@example.com")
	raw, _ := base64.RawURLEncoding.DecodeString(token)
	begun := s.clock()
	for _, step := range []struct{ after, want time.Duration }{
		{
			59 * time.Second,
			0,
		}, {
			time.Second,
			60 * time.Second,
		}, {
			59 * time.Second,
			60 * time.Second,
		}, {
			2 * time.Second,
			121 * time.Second,
		},
	} {
		s.advance(step.after)
		if _, err := s.Authenticate(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		session, _, err := s.db.FindSession(t.Context(), sha256.Sum256(raw))
		if got := session.LastUsed.Sub(begun); got != step.want || err != nil {
			t.Errorf("last use at %v, want %v, %v", got, step.want, err)
		}
	}
}

func TestSessionsEndWithTheirUser(t *testing.T) {
	tests := []struct {
		why  string
		end  func(*testService, string) error
		all  bool // the other session ends too
		kind audit.Kind
	}{
		{
			"sign-out",
			func(s *testService, token string) error { return s.SignOut(t.Context(), token) },
			false,
			audit.SignedOut,
		},
		{"another password", func(s *testService, _ string) error {
			return s.SetPassword(t.Context(), "", "ada@example.com", "another good password")
		}, true, audit.PasswordChanged},
		{
			"disabled",
			func(s *testService, _ string) error { return s.SetDisabled(t.Context(), "", "ada@example.com", true) },
			true,
			audit.UserDisabled,
		},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			s := newTestService(t)
			s.addUser(t, "ada@example.com")
			s.addUser(t, "eve@example.com")
			token, second, eve := signIn(
				t,
				s,
				"ada@example.com",
			), signIn(
				t,
				s,
				"ada@example.com",
			), signIn(
				t,
				s,
				"eve@example.com",
			)
			if err := tt.end(s, token); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Authenticate(t.Context(), token); fault.KindOf(
				err,
			) != fault.Unauthenticated {
				t.Errorf("the old cookie: %v", err)
			}
			if _, err := s.Authenticate(t.Context(), second); (err != nil) != tt.all {
				t.Errorf("the user's other session: %v", err)
			}
			if _, err := s.Authenticate(t.Context(), eve); err != nil {
				t.Errorf("somebody else's session: %v", err)
			}
			if kinds := s.kinds(t); kinds[len(kinds)-1] != tt.kind {
				t.Errorf("audit %v", kinds)
			}
			before := len(s.events(t))
			if err := s.SignOut(t.Context(), token); err != nil || len(s.events(t)) != before {
				t.Errorf("signing out again: %v", err)
			}
		})
	}
}

func TestPasswordChange(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	if err := s.SetPassword(t.Context(), "", "ada@example.com", "short"); fault.KindOf(
		err,
	) != fault.Invalid {
		t.Errorf("a bad password: %v", err)
	}
	if err := s.SetPassword(t.Context(), "", "nobody@example.com", "another good password"); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("nobody's: %v", err)
	}
	if err := s.SetPassword(t.Context(), "", "ada@example.com", "another good password"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.SignIn(t.Context(), "ada@example.com", password, "peer"); fault.KindOf(
		err,
	) != fault.Unauthenticated {
		t.Errorf("the old password: %v", err)
	}
	if _, _, err := s.SignIn(t.Context(), "ada@example.com", "another good password", "peer"); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestEnabledAgain(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	old := signIn(t, s, "ada@example.com")
	for _, disabled := range []bool{true, false} {
		if err := s.SetDisabled(t.Context(), "", "ada@example.com", disabled); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Authenticate(t.Context(), old); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("an old session came back to life: %v", err)
	}
	signIn(t, s, "ada@example.com")
}

func TestMalformedSessionTokens(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	token := signIn(t, s, "ada@example.com")
	for why, text := range map[string]string{
		"nothing": "", "cut": token[:42], "padded": token + "=", "longer": token + "A",
		"another": strings.Repeat("A", 43), "no base64": strings.Repeat("!", 43),
		"a line break within": token[:20] + "\n" + token[20:],
	} {
		if _, err := s.Authenticate(t.Context(), text); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%s: %v", why, err)
		}
		if err := s.SignOut(t.Context(), text); err != nil {
			t.Errorf("%s: sign out: %v", why, err)
		}
	}
}
