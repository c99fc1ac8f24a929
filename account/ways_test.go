package account_test

import (
	"slices"
	"sync"
	"testing"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

// addKey adds a passkey with an ID to a person's own account.
func (s *testService) addKey(t *testing.T, me account.Identity, token, id string) error {
	t.Helper()
	return s.AddPasskey(t.Context(), me, token, account.Passkey{
		ID: []byte(id), Credential: []byte("public"),
	}, password)
}

// TestRemovePassword: it takes the password, and another way to sign in. The second factor and other
// sessions end with it.
func TestRemovePassword(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	token, me := s.identity(t, "ada@example.com", "")
	s.withFactor(t, me)
	ctx := t.Context()
	_, err := s.RemovePassword(ctx, me, password, peer("a"))
	wantKind(t, "the only way to sign in", err, fault.Conflict)
	if err := s.addKey(t, me, token, "one"); err != nil {
		t.Fatal(err)
	}
	_, err = s.RemovePassword(ctx, me, "wrong", peer("a"))
	wantKind(t, "a wrong password", err, fault.Invalid)
	session, err := s.RemovePassword(ctx, me, password, peer("a"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Authenticate(ctx, session.Token); err != nil {
		t.Errorf("the new session: %v", err)
	}
	_, err = s.Authenticate(ctx, token)
	wantKind(t, "the session before", err, fault.Unauthenticated)
	_, err = s.Service.SignIn(ctx, "ada@example.com", password, peer("a"))
	wantKind(t, "the password", err, fault.Unauthenticated)
	_, err = s.Service.SignIn(ctx, "ada@example.com", "", peer("b"))
	wantKind(t, "no password", err, fault.Unauthenticated)
	_, err = s.FactorOf(ctx, me.User.ID)
	wantKind(t, "the second factor", err, fault.NotFound)
	ways, err := s.WaysOf(ctx, me.User.ID)
	if want := (account.Ways{Passkeys: 1}); err != nil || ways != want {
		t.Errorf("%+v, %v", ways, err)
	}
	if kinds := s.kinds(t); !slices.Contains(kinds, audit.PasswordRemoved) {
		t.Errorf("events %v", kinds)
	}
}

// TestPasskeysWithoutPassword: adding one takes a session that has just begun, and the last one stays.
func TestPasskeysWithoutPassword(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	token, me := s.identity(t, "ada@example.com", "")
	ctx := t.Context()
	if err := s.addKey(t, me, token, "one"); err != nil {
		t.Fatal(err)
	}
	session, err := s.RemovePassword(ctx, me, password, peer("a"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.addKey(t, me, session.Token, "two"); err != nil {
		t.Errorf("a session that has just begun: %v", err)
	}
	s.advance(account.FreshTime)
	wantKind(t, "an older session", s.addKey(t, me, session.Token, "three"), fault.Invalid)
	if err := s.RemovePasskey(ctx, me, []byte("one")); err != nil {
		t.Errorf("one of two: %v", err)
	}
	wantKind(t, "the last", s.RemovePasskey(ctx, me, []byte("two")), fault.Conflict)
	if err := s.RemovePasskey(ctx, me, []byte("one")); err != nil {
		t.Errorf("one that is gone: %v", err)
	}
}

// TestPasswordsOffCountForNothing: a password that is stored from before is no way to sign in.
func TestPasswordsOffCountForNothing(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	token, me := s.identity(t, "ada@example.com", "")
	if err := s.addKey(t, me, token, "one"); err != nil {
		t.Fatal(err)
	}
	s.Service = s.WithoutPasswords()
	wantKind(t, "the last passkey", s.RemovePasskey(t.Context(), me, []byte("one")), fault.Conflict)
	_, err := s.RemovePassword(t.Context(), me, password, peer("a"))
	wantKind(t, "removing the password", err, fault.Conflict)
	_, err = s.ChangePassword(t.Context(), me, password, "another long passphrase", peer("a"))
	wantKind(t, "changing the password", err, fault.Conflict)
	s.advance(account.FreshTime)
	wantKind(t, "adding one by password", s.addKey(t, me, token, "two"), fault.Invalid)
	if ways, err := s.WaysOf(t.Context(), me.User.ID); err != nil || ways.Password {
		t.Errorf("%+v, %v", ways, err)
	}
}

// TestProviderBesidePassword: the provider counts where it is the one that knows the person, and then
// passkeys don't.
func TestProviderBesidePassword(t *testing.T) {
	s := newTestService(t)
	const issuer = "https://id.example"
	s.addUser(t, "ada@example.com")
	token, me := s.identity(t, "ada@example.com", "")
	if err := s.addKey(t, me, token, "one"); err != nil {
		t.Fatal(err)
	}
	_, err := s.SignInExternal(t.Context(), account.External{
		Issuer: issuer, Subject: "1", Email: "ada@example.com", Verified: true,
	}, peer("a"))
	if err == nil {
		err = s.SetPassword(t.Context(), "", "ada@example.com", password)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"", "https://other.example"} {
		_, err = s.WithProvider(other).RemovePassword(t.Context(), me, password, peer("a"))
		wantKind(t, "with the provider "+other, err, fault.Conflict)
	}
	if _, err := s.WithProvider(issuer).RemovePassword(t.Context(), me, password, peer("a")); err != nil {
		t.Error(err)
	}
}

// TestTwoLastWays: of the password and the only passkey, removed at once, one goes and one stays.
func TestTwoLastWays(t *testing.T) {
	s := newTestService(t)
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		email := name + "@example.com"
		s.addUser(t, email)
		token, me := s.identity(t, email, "")
		if err := s.addKey(t, me, token, name); err != nil {
			t.Fatal(err)
		}
		_, hash, err := s.db.UserByID(t.Context(), me.User.ID)
		if err != nil {
			t.Fatal(err)
		}
		entry, err := s.config.Audit.Entry(audit.Event{At: s.clock(), Kind: audit.PasswordRemoved})
		if err != nil {
			t.Fatal(err)
		}
		var both sync.WaitGroup
		var errs [2]error
		both.Go(func() { errs[0] = s.db.RemovePassword(t.Context(), me.User.ID, hash, "", entry) })
		both.Go(func() { errs[1] = s.RemovePasskey(t.Context(), me, []byte(name)) })
		both.Wait()
		ways, err := s.WaysOf(t.Context(), me.User.ID)
		if err != nil || ways.Password == (ways.Passkeys == 1) {
			t.Errorf("%s: %+v after %v, %v", name, ways, errs, err)
		}
	}
}
