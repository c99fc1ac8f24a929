package account_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

// madePasskey is a ceremony that ends with a passkey of an ID. Whether it proves something is tested in
// package passkey.
func madePasskey(id string) func(account.User) (account.Passkey, error) {
	return func(account.User) (account.Passkey, error) {
		return account.Passkey{ID: []byte(id), Credential: []byte("public")}, nil
	}
}

// joinWithPasskey uses a code for a passkey from a browser on Linux.
func (s *testService) joinWithPasskey(t *testing.T, code account.Code, id string) (account.NewSession, error) {
	t.Helper()
	from := peer("zoe")
	from.Device = "Chrome on Linux"
	return s.JoinWithPasskey(t.Context(), string(code), madePasskey(id), from)
}

// requireFactor makes everybody with a password set up a second factor.
func (s *testService) requireFactor(t *testing.T) {
	t.Helper()
	if err := s.RequireFactor(t.Context(), "", true); err != nil {
		t.Fatal(err)
	}
}

// TestJoinWithPasskey asserts that an invitation makes its person a member with a passkey in place of a
// password, which meets a required second factor, and that a ceremony that fails leaves it as it is.
func TestJoinWithPasskey(t *testing.T) {
	for name, off := range map[string]bool{"passwords on": false, "passwords off": true} {
		t.Run(name, func(t *testing.T) {
			s := newTestService(t)
			if off {
				s.Service = s.WithoutPasswords()
			}
			s.requireFactor(t)
			issued := s.invite(t, "zoe@company.example", account.Grant{VaultID: "v", Share: true})
			ctx, canceled := t.Context(), errors.New("canceled")
			_, err := s.JoinWithPasskey(ctx, string(issued.Code), func(user account.User) (account.Passkey, error) {
				if user.ID != issued.User.ID {
					t.Errorf("a ceremony for %+v", user)
				}
				return account.Passkey{}, canceled
			}, peer("zoe"))
			if !errors.Is(err, canceled) {
				t.Errorf("a ceremony that fails: %v", err)
			}
			session, err := s.joinWithPasskey(t, issued.Code, "one")
			me := session.Identity
			if err != nil || me.User.Pending || me.Enrolls || session.Step != "" || !me.MayShare("v") {
				t.Fatalf("%+v, %v", me, err)
			}
			ways, err := s.WaysOf(ctx, me.User.ID)
			if want := (account.Ways{Passkeys: 1}); err != nil || ways != want {
				t.Errorf("%+v, %v", ways, err)
			}
			_, keys, err := s.PasskeyHolder(ctx, me.User.ID)
			if err != nil || keys[0].Name != "Chrome on Linux" || !keys[0].CreatedAt.Equal(s.clock()) {
				t.Errorf("%+v, %v", keys, err)
			}
			_, err = s.joinWithPasskey(t, issued.Code, "two")
			wantKind(t, "the code again", err, fault.Gone)
			_, _, err = s.PasskeyJoiner(ctx, string(issued.Code), peer("zoe"))
			wantKind(t, "another ceremony", err, fault.Gone)
			kinds := s.kinds(t)
			if !slices.Contains(kinds, audit.UserJoined) || !slices.Contains(kinds, audit.PasskeyAdded) ||
				slices.Contains(kinds, audit.PasswordRemoved) {
				t.Errorf("events %v", kinds)
			}
		})
	}
}

// TestJoinWithPasskeyByAWrongCode asserts that a wrong code is answered and counted as with a password,
// and that one that ended in between joins nobody.
func TestJoinWithPasskeyByAWrongCode(t *testing.T) {
	s := newTestService(t)
	ctx := t.Context()
	_, wrongPasskey := s.joinWithPasskey(t, "ABCD-EFGH-JKLM-NPQR", "one")
	_, wrongPassword := s.Join(ctx, "ABCD-EFGH-JKLM-NPQR", password, peer("zoe"))
	if wrongPasskey == nil || wrongPasskey.Error() != wrongPassword.Error() {
		t.Errorf("%v, and with a password %v", wrongPasskey, wrongPassword)
	}
	ends := map[string]func(account.Issued) error{
		"withdrawn": func(i account.Issued) error { return s.Withdraw(ctx, "", i.User.ID) },
		"replaced": func(i account.Issued) error {
			_, err := s.InviteAgain(ctx, "", i.User.ID, account.Post{})
			return err
		},
		"suspended": func(i account.Issued) error { return s.Suspend(ctx, "", i.User.ID, true) },
		"used": func(i account.Issued) error {
			_, err := s.Join(ctx, string(i.Code), password, peer("other"))
			return err
		},
	}
	for name, end := range ends {
		issued := s.invite(t, name+"@company.example")
		_, err := s.JoinWithPasskey(ctx, string(issued.Code), func(account.User) (account.Passkey, error) {
			return account.Passkey{ID: []byte(name), Credential: []byte("public")}, end(issued)
		}, peer("zoe"))
		if err == nil {
			t.Errorf("%s in between: it joins", name)
		}
		keys, err := s.db.PasskeysOf(ctx, issued.User.ID)
		if err != nil || len(keys) != 0 {
			t.Errorf("%s in between: %d passkeys, %v", name, len(keys), err)
		}
	}
	for range 30 {
		_, wrongPasskey = s.joinWithPasskey(t, "ABCD-EFGH-JKLM-NPQR", "one")
	}
	wantKind(t, "many guesses", wrongPasskey, fault.TooMany)
}

// TestTwoJoinWithOneCode asserts that of two browsers with one code one joins, with one way to sign in.
func TestTwoJoinWithOneCode(t *testing.T) {
	s := newTestService(t)
	for i := range 5 {
		issued := s.invite(t, string(rune('a'+i))+"@company.example")
		var both sync.WaitGroup
		var errs [2]error
		for j := range errs {
			both.Go(func() {
				_, errs[j] = s.joinWithPasskey(t, issued.Code, string(rune('a'+i))+string(rune('a'+j)))
			})
		}
		both.Wait()
		keys, err := s.db.PasskeysOf(t.Context(), issued.User.ID)
		if err != nil || len(keys) != 1 || (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("%d passkeys, %v, %v", len(keys), errs, err)
		}
		wantKind(t, "the other", errors.Join(errs[0], errs[1]), fault.Gone)
	}
}

// TestPasskeyOfSomeoneElse asserts that a passkey which somebody has joins nobody else, and leaves the
// invitation as it is.
func TestPasskeyOfSomeoneElse(t *testing.T) {
	s := newTestService(t)
	first, second := s.invite(t, "a@company.example"), s.invite(t, "b@company.example")
	if _, err := s.joinWithPasskey(t, first.Code, "one"); err != nil {
		t.Fatal(err)
	}
	_, err := s.joinWithPasskey(t, second.Code, "one")
	wantKind(t, "the same passkey", err, fault.Conflict)
	if _, err := s.joinWithPasskey(t, second.Code, "two"); err != nil {
		t.Errorf("another passkey then: %v", err)
	}
}

// TestResetWithPasskey asserts that a code for a new password adds a passkey as well, in place of the
// password and the second factor. Someone who signs in with a provider has no use for one.
func TestResetWithPasskey(t *testing.T) {
	s := newTestService(t)
	ctx := t.Context()
	user := s.addUser(t, "ada@example.com")
	token, me := s.identity(t, "ada@example.com", "")
	s.withFactor(t, me)
	reset := func() account.Code {
		t.Helper()
		issued, err := s.Reset(ctx, "", user.ID, account.Post{})
		if err != nil {
			t.Fatal(err)
		}
		return issued.Code
	}
	if _, err := s.joinWithPasskey(t, reset(), "one"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Authenticate(ctx, token)
	wantKind(t, "the session before", err, fault.Unauthenticated)
	_, err = s.Service.SignIn(ctx, "ada@example.com", password, peer("a"))
	wantKind(t, "the password", err, fault.Unauthenticated)
	_, err = s.FactorOf(ctx, user.ID)
	wantKind(t, "the second factor", err, fault.NotFound)
	if kinds := s.kinds(t); !slices.Contains(kinds, audit.PasswordRemoved) ||
		slices.Contains(kinds, audit.UserJoined) {
		t.Errorf("events %v", kinds)
	}
	code := reset()
	_, err = s.SignInExternal(ctx, account.External{
		Issuer: "https://id.example", Subject: "1", Email: "ada@example.com", Verified: true,
	}, peer("a"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.joinWithPasskey(t, code, "two")
	wantKind(t, "a code from before the provider", err, fault.Unauthenticated)
	_, err = s.joinWithPasskey(t, reset(), "two")
	wantKind(t, "someone who signs in with the provider", err, fault.Unauthenticated)
}

// TestResetWithoutPasswords asserts that no code is made that nobody could use.
func TestResetWithoutPasswords(t *testing.T) {
	s := newTestService(t)
	ctx := t.Context()
	ada, bob := s.addUser(t, "ada@example.com"), s.addUser(t, "bob@example.com")
	_, err := s.SignInExternal(ctx, account.External{
		Issuer: "https://id.example", Subject: "1", Email: "bob@example.com", Verified: true,
	}, peer("a"))
	if err != nil {
		t.Fatal(err)
	}
	s.Service = s.WithoutPasswords()
	_, err = s.Reset(ctx, "", bob.ID, account.Post{})
	wantKind(t, "someone who signs in with the provider", err, fault.Conflict)
	issued, err := s.Reset(ctx, "", ada.ID, account.Post{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Join(ctx, string(issued.Code), password, peer("a"))
	wantKind(t, "a password", err, fault.Unauthenticated)
	if _, err := s.joinWithPasskey(t, issued.Code, "one"); err != nil {
		t.Errorf("a passkey: %v", err)
	}
}

// letterBox keeps the last email that was to be sealed.
type letterBox struct{ text string }

func (l *letterBox) PrepareCode(
	_, _, _, subject, text string, _ bool, _ time.Time,
) ([]byte, error) {
	l.text = subject + "\n" + text
	return []byte("sealed"), nil
}

// TestEmailsSayHowToSignIn asserts that emails with a code name the ways that there are, and no other.
func TestEmailsSayHowToSignIn(t *testing.T) {
	s := newTestService(t)
	with := s.WithProvider("https://id.example")
	box := &letterBox{}
	post := account.Post{Mailer: box, Join: "https://share.example/join"}
	for i, c := range []struct {
		service          *account.Service
		invited, renewed string // words of the two emails
		passwords        bool
	}{
		{s.Service, "choose a password or create a passkey:", "choose one, or create a passkey:", true},
		{with, "create a passkey, or sign in with your organization's account:", "choose one,", true},
		{s.WithoutPasswords(), "Open this link and create a passkey:", "link and create one:", false},
		{with.WithoutPasswords(), "link and create a passkey, or sign in with", "new passkey", false},
	} {
		email := string(rune('a'+i)) + "@company.example"
		issued, err := c.service.Invite(t.Context(), "", account.NewInvite{
			Email: email, Name: "Zoe", Role: account.Member,
		}, post)
		if err != nil {
			t.Fatal(err)
		}
		check := func(want string, code account.Code) {
			t.Helper()
			if !strings.Contains(box.text, want) || !strings.Contains(box.text, "#"+string(code)) ||
				strings.Contains(box.text, "choose") != c.passwords ||
				strings.Contains(box.text, "new password") && !c.passwords {
				t.Errorf("%s", strings.ReplaceAll(box.text, string(code), "[code]"))
			}
		}
		check(c.invited, issued.Code)
		_, err = c.service.JoinWithPasskey(t.Context(), string(issued.Code), madePasskey(email), peer("a"))
		if err == nil {
			issued, err = c.service.Reset(t.Context(), "", issued.User.ID, post)
		}
		if err != nil {
			t.Fatal(err)
		}
		check(c.renewed, issued.Code)
	}
}
