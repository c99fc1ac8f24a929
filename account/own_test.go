package account_test

import (
	"fmt"
	"testing"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

const betterPassword = "velvet turbine oregano ledger"

// identity signs a person in and returns the token and who it is of.
func (s *testService) identity(t *testing.T, email, device string) (string, account.Identity) {
	t.Helper()
	session, err := s.Service.SignIn(t.Context(), email, password, account.Caller{
		Addr: addrOf("peer"), Device: device,
	})
	if err != nil {
		t.Fatal(err)
	}
	return session.Token, session.Identity
}

func TestRename(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	token, me := s.identity(t, "ada@example.com", "")
	if err := s.Rename(t.Context(), me, " Ada Lovelace "); err != nil {
		t.Fatal(err)
	}
	if again, err := s.Authenticate(t.Context(), token); err != nil || again.User.Name != "Ada Lovelace" {
		t.Errorf("%q, %v", again.User.Name, err)
	}
	if err := s.Rename(t.Context(), me, "A\nB"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("two lines: %v", err)
	}
	if kinds := s.kinds(t); kinds[len(kinds)-1] != audit.UserRenamed {
		t.Errorf("events %v", kinds)
	}
}

func TestChangePassword(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	elsewhere, _ := s.identity(t, "ada@example.com", "")
	token, me := s.identity(t, "ada@example.com", "")
	change := func(current, chosen string) (account.NewSession, error) {
		return s.ChangePassword(t.Context(), me, current, chosen, account.Caller{Addr: addrOf("peer")})
	}
	for _, c := range []struct{ why, current, chosen, field string }{
		{"a wrong current one", "wrong", betterPassword, "current"},
		{"too short", password, "short", "password"},
		{"of the address", password, "ada@example.com1", "password"},
		{"easy to guess", password, "password12345", "password"},
	} {
		_, err := change(c.current, c.chosen)
		if problems := fault.ProblemsOf(err); fault.KindOf(err) != fault.Invalid ||
			problems[0].Field != c.field || problems[0].Detail == "" {
			t.Errorf("%s: %v", c.why, err)
		}
	}
	session, err := change(password, betterPassword)
	if err != nil {
		t.Fatal(err)
	}
	for _, old := range []string{token, elsewhere} {
		if _, err := s.Authenticate(t.Context(), old); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("a session from before: %v", err)
		}
	}
	if _, err := s.Authenticate(t.Context(), session.Token); err != nil {
		t.Errorf("the new session: %v", err)
	}
	if _, _, err := s.SignIn(t.Context(), "ada@example.com", password, "x"); err == nil {
		t.Error("the old password still works")
	}
	if _, _, err := s.SignIn(t.Context(), "ada@example.com", betterPassword, "x"); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

// TestGuessingTheCurrentPassword asserts that whoever holds a session can't try passwords without end.
func TestGuessingTheCurrentPassword(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	_, me := s.identity(t, "ada@example.com", "")
	guess := func(current string) error {
		_, err := s.ChangePassword(t.Context(), me, current, betterPassword, account.Caller{})
		return err
	}
	for n := range 5 {
		if err := guess(fmt.Sprint("guess", n)); fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
	}
	err := guess(password)
	if fault.KindOf(err) != fault.TooMany || fault.ProblemsOf(err)[0].Field != "current" {
		t.Errorf("the sixth: %v", err)
	}
	if _, _, err := s.SignIn(t.Context(), "ada@example.com", password, "peer"); err != nil {
		t.Errorf("the owner can't sign in: %v", err)
	}
}

func TestOwnSessions(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	s.addUser(t, "eve@example.com")
	phone, _ := s.identity(t, "ada@example.com", "Safari on iPhone")
	laptop, _ := s.identity(t, "ada@example.com", "Firefox on Linux")
	token, me := s.identity(t, "ada@example.com", "Chrome on Windows")
	foreign, eve := s.identity(t, "eve@example.com", "")
	list, err := s.SessionsOf(t.Context(), me, token)
	if err != nil || len(list) != 3 {
		t.Fatalf("%v, %v", list, err)
	}
	ids := map[string]string{}
	for _, one := range list {
		ids[one.Device] = one.ID
		if one.Current != (one.Device == "Chrome on Windows") {
			t.Errorf("%s is current: %v", one.Device, one.Current)
		}
	}
	ends := func(token string) bool {
		_, err := s.Authenticate(t.Context(), token)
		return fault.KindOf(err) == fault.Unauthenticated
	}
	if err := s.EndOwnSession(t.Context(), eve, ids["Safari on iPhone"]); err != nil || ends(phone) {
		t.Errorf("someone else ended it: %v", err)
	}
	if err := s.EndOwnSession(t.Context(), me, ids["Safari on iPhone"]); err != nil || !ends(phone) {
		t.Errorf("one session: %v", err)
	}
	if ends(laptop) || ends(token) {
		t.Error("another session ended too")
	}
	if err := s.EndOtherSessions(t.Context(), me, token); err != nil || !ends(laptop) {
		t.Errorf("the others: %v", err)
	}
	if ends(token) || ends(foreign) {
		t.Error("more than the others ended")
	}
}
