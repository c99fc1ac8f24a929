package account_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/db/dbtest"
	"itemshare/fault"
)

// withFactor sets up a second factor for a person, and returns its secret and the recovery codes.
func (s *testService) withFactor(t *testing.T, me account.Identity) (string, []account.Code) {
	t.Helper()
	e, err := s.BeginFactor(me, "itemshare example.com")
	if err != nil {
		t.Fatal(err)
	}
	codes, err := s.ConfirmFactor(t.Context(), me, e.Sealed, s.codeOf(t, e.Secret))
	if err != nil || len(codes) != 10 {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
	return e.Secret, codes
}

// codeOf returns the current code of an authenticator app.
func (s *testService) codeOf(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, s.clock())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// step signs in with the password and returns the proof for the second step.
func (s *testService) step(t *testing.T, email string) string {
	t.Helper()
	session, err := s.Service.SignIn(t.Context(), email, password, account.Caller{Addr: addrOf("peer")})
	if err != nil || session.Step == "" || session.Token != "" {
		t.Fatalf("the password alone: %+v, %v", session, err)
	}
	return session.Step
}

func (s *testService) second(t *testing.T, step, code string) error {
	t.Helper()
	session, err := s.SecondStep(t.Context(), step, code, account.Caller{Addr: addrOf("peer")})
	if err == nil {
		if _, err := s.Authenticate(t.Context(), session.Token); err != nil {
			t.Errorf("the session: %v", err)
		}
	}
	return err
}

func TestSecondFactor(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	_, me := s.identity(t, "ada@example.com", "")
	e, err := s.BeginFactor(me, "itemshare example.com")
	if err != nil || !strings.HasPrefix(e.URL, "otpauth://totp/itemshare%20example.com:ada@example.com?secret=") {
		t.Fatalf("%q, %v", e.URL, err)
	}
	_, err = s.ConfirmFactor(t.Context(), me, e.Sealed, "000000")
	if fault.KindOf(err) != fault.Invalid || fault.ProblemsOf(err)[0].Field != "code" {
		t.Errorf("a wrong code: %v", err)
	}
	if _, err := s.FactorOf(t.Context(), me.User.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("stored without a proof: %v", err)
	}
	secret, codes := s.withFactor(t, me)
	code := s.codeOf(t, secret)
	step := s.step(t, "ada@example.com")
	if err := s.second(t, step, code); fault.CodeOf(err) != fault.CodeCodeInvalid {
		t.Errorf("the code of the set-up again: %v", err)
	}
	s.advance(31 * time.Second)
	code = s.codeOf(t, secret)
	if err := s.second(t, step, " "+code[:3]+" "+code[3:]); err != nil {
		t.Errorf("the next code: %v", err)
	}
	if err := s.second(t, s.step(t, "ada@example.com"), code); fault.CodeOf(err) != fault.CodeCodeInvalid {
		t.Errorf("a code twice: %v", err)
	}
	typed := strings.ToLower(strings.ReplaceAll(string(codes[3]), "-", " "))
	if err := s.second(t, s.step(t, "ada@example.com"), typed); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	if err := s.second(t, s.step(t, "ada@example.com"), string(codes[3])); fault.CodeOf(err) !=
		fault.CodeCodeInvalid {
		t.Errorf("a recovery code twice: %v", err)
	}
	if f, err := s.FactorOf(t.Context(), me.User.ID); err != nil || f.Recovery != 9 {
		t.Errorf("%d recovery codes are left, %v", f.Recovery, err)
	}
	content := dbtest.Content(t, s.url)
	for _, text := range []string{secret, string(codes[0]), string(codes[3]), step} {
		if bytes.Contains(content, []byte(text)) {
			t.Errorf("the database holds %q", text)
		}
	}
}

// TestSecondStepOnce asserts that of many at once with one code a single one signs in.
func TestSecondStepOnce(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	_, me := s.identity(t, "ada@example.com", "")
	secret, codes := s.withFactor(t, me)
	s.advance(31 * time.Second)
	for _, code := range []string{s.codeOf(t, secret), string(codes[0])} {
		step := s.step(t, "ada@example.com")
		var wg sync.WaitGroup
		var mu sync.Mutex
		right := 0
		for range 2 { // as many as are let in line at once
			wg.Go(func() {
				_, err := s.SecondStep(t.Context(), step, code, account.Caller{Addr: addrOf("peer")})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					right++
				}
			})
		}
		wg.Wait()
		if right != 1 {
			t.Errorf("%d signed in with one code", right)
		}
	}
}

func TestSecondStepIsBounded(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	_, me := s.identity(t, "ada@example.com", "")
	first, err := s.Service.SignIn(
		t.Context(), "ada@example.com", password, account.Caller{Addr: addrOf("home")},
	)
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := s.withFactor(t, me)
	step := s.step(t, "ada@example.com")
	for n := range 5 { // from any number of networks
		_, err := s.SecondStep(t.Context(), step, "000000", account.Caller{
			Addr: addrOf(fmt.Sprint("network", n)),
		})
		if fault.CodeOf(err) != fault.CodeCodeInvalid {
			t.Fatal(err)
		}
	}
	s.advance(time.Second / 2)
	if err := s.second(t, step, "000000"); fault.KindOf(err) != fault.TooMany {
		t.Errorf("the sixth: %v", err)
	}
	s.advance(30 * time.Second)
	for range 3 {
		s.second(t, step, "000000")
	}
	// A browser that signed in before has a count of its own.
	_, err = s.SecondStep(t.Context(), step, s.codeOf(t, secret), account.Caller{
		Addr: addrOf("home"), Browser: first.Browser,
	})
	if err != nil {
		t.Errorf("the owner's browser: %v", err)
	}
}

func TestStepEnds(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	_, me := s.identity(t, "ada@example.com", "")
	secret, _ := s.withFactor(t, me)
	over := func(why, step string) {
		t.Helper()
		s.advance(31 * time.Second)
		if err := s.second(t, step, s.codeOf(t, secret)); fault.CodeOf(err) != fault.CodeUnauthenticated {
			t.Errorf("%s: %v", why, err)
		}
	}
	step := s.step(t, "ada@example.com")
	over("a proof that is none", "AAAA")
	over("a proof that was cut", step[:len(step)-4])
	s.advance(account.StepTime)
	over("a proof that is too old", step)
	step = s.step(t, "ada@example.com")
	if err := s.SetPassword(t.Context(), "", "ada@example.com", betterPassword); err != nil {
		t.Fatal(err)
	}
	over("another password", step)
	session, err := s.Service.SignIn(t.Context(), "ada@example.com", betterPassword, account.Caller{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetDisabled(t.Context(), "", "ada@example.com", true); err != nil {
		t.Fatal(err)
	}
	over("a suspended person", session.Step)
}

func TestTurnOffFactor(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	token, me := s.identity(t, "ada@example.com", "")
	secret, before := s.withFactor(t, me)
	if err := s.TurnOffFactor(t.Context(), me, "wrong"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without a proof: %v", err)
	}
	after, err := s.RenewRecovery(t.Context(), me, password)
	if err != nil || len(after) != 10 {
		t.Fatalf("%d, %v", len(after), err)
	}
	if err := s.second(t, s.step(t, "ada@example.com"), string(before[0])); err == nil {
		t.Error("an earlier recovery code works")
	}
	s.advance(31 * time.Second)
	if err := s.TurnOffFactor(t.Context(), me, s.codeOf(t, secret)); err != nil {
		t.Errorf("with a code: %v", err)
	}
	signIn(t, s, "ada@example.com")
	if again, err := s.Authenticate(t.Context(), token); err != nil || again.Enrolls {
		t.Errorf("enrolls %v, %v", again.Enrolls, err)
	}
	s.withFactor(t, me)
	if err := s.ClearFactor(t.Context(), "boss", me.User.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Authenticate(t.Context(), token); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("a session outlived the reset: %v", err)
	}
	signIn(t, s, "ada@example.com")
	want := []audit.Kind{audit.FactorRemoved, audit.SignedIn}
	if kinds := s.kinds(t); fmt.Sprint(kinds[len(kinds)-2:]) != fmt.Sprint(want) {
		t.Errorf("events %v", kinds)
	}
}

func TestRequiredFactor(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	user := s.addUser(t, "boss@example.com")
	grant := account.Grant{UserID: user.ID, VaultID: "team", View: true}
	if err := s.SetGrant(t.Context(), "", grant); err != nil {
		t.Fatal(err)
	}
	earlier, _ := s.identity(t, "boss@example.com", "")
	if err := s.RequireFactor(t.Context(), user.ID, true); err != nil {
		t.Fatal(err)
	}
	if me, err := s.Authenticate(t.Context(), earlier); err != nil || me.Enrolls {
		t.Errorf("a session from before: %v, %v", me.Enrolls, err)
	}
	token, _ := s.identity(t, "boss@example.com", "")
	me, err := s.Authenticate(t.Context(), token)
	if err != nil || !me.Enrolls || me.MayView("team") {
		t.Fatalf("without a second factor: %+v, %v", me, err)
	}
	if err := account.SignedIn.Check(me, ""); fault.CodeOf(err) != fault.CodeFactorRequired {
		t.Errorf("may do more: %v", err)
	}
	if err := account.Enrolling.Check(me, ""); err != nil {
		t.Errorf("may not set one up: %v", err)
	}
	s.withFactor(t, me)
	if me, err = s.Authenticate(t.Context(), token); err != nil || me.Enrolls || !me.MayView("team") {
		t.Errorf("with a second factor: %+v, %v", me, err)
	}
	if err := s.TurnOffFactor(t.Context(), me, password); err != nil {
		t.Fatal(err)
	}
	if me, err = s.Authenticate(t.Context(), token); err != nil || !me.Enrolls {
		t.Errorf("after turning it off: %+v, %v", me, err)
	}
}
