package account_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/db"
	"itemshare/fault"
)

func (s *testService) addPerson(t *testing.T, name string, role account.Role) account.User {
	t.Helper()
	user, err := s.AddUser(t.Context(), "", account.NewUser{
		Email: name + "@company.example", Name: name, Role: role, Password: password,
	})
	if err != nil {
		t.Fatal(err)
	}
	return user
}

func (s *testService) invite(t *testing.T, email string, grants ...account.Grant) account.Issued {
	t.Helper()
	issued, err := s.Invite(t.Context(), "", account.NewInvite{
		Email: email, Name: "Zoe Zimmer", Role: account.Member, Grants: grants,
	}, account.Post{Join: "https://share.example/join"})
	if err != nil {
		t.Fatal(err)
	}
	return issued
}

// wantKind asserts the kind of an error.
func wantKind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if got := fault.KindOf(err); err == nil || got != want {
		t.Errorf("%s: %v, want kind %v", what, err, want)
	}
}

// TestInvitation: a code works once, however it is typed, with the role and grants chosen before.
func TestInvitation(t *testing.T) {
	s := newTestService(t)
	issued := s.invite(t, "zoe@company.example", account.Grant{VaultID: "v", Share: true})
	_, err := s.Service.SignIn(t.Context(), "zoe@company.example", password, peer("a"))
	wantKind(t, "signing in while pending", err, fault.Unauthenticated)
	_, err = s.Join(t.Context(), string(issued.Code), "zoe zimmer", peer("a"))
	wantKind(t, "her name as password", err, fault.Invalid)
	typed := strings.ToLower(strings.ReplaceAll(string(issued.Code), "-", " ")) + " "
	session, err := s.Join(t.Context(), typed, password, peer("a"))
	if err != nil || session.Identity.User.Pending || !session.Identity.MayShare("v") {
		t.Fatalf("%+v, %v", session.Identity, err)
	}
	_, err = s.Join(t.Context(), string(issued.Code), password, peer("a"))
	wantKind(t, "a used code", err, fault.Gone)
	if _, err := s.Service.SignIn(t.Context(), "zoe@company.example", password, peer("a")); err != nil {
		t.Error(err)
	}
	_, err = s.InviteAgain(t.Context(), "", issued.User.ID, account.Post{})
	wantKind(t, "inviting again who has joined", err, fault.Conflict)
}

// TestInvitationsEnd: after seven days, by a newer one, and when withdrawn.
func TestInvitationsEnd(t *testing.T) {
	s := newTestService(t)
	first := s.invite(t, "zoe@company.example")
	_, err := s.Invite(t.Context(), "", account.NewInvite{
		Email: "ZOE@company.example", Name: "Zoe", Role: account.Member,
	}, account.Post{})
	wantKind(t, "an address that is taken", err, fault.Invalid)
	second, err := s.InviteAgain(t.Context(), "", first.User.ID, account.Post{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Join(t.Context(), string(first.Code), password, peer("a"))
	wantKind(t, "an older code", err, fault.Unauthenticated)
	s.advance(account.InviteLifetime)
	_, err = s.Join(t.Context(), string(second.Code), password, peer("a"))
	wantKind(t, "an outdated code", err, fault.Gone)
	third, err := s.InviteAgain(t.Context(), "", first.User.ID, account.Post{})
	if err == nil {
		err = s.Withdraw(t.Context(), "", first.User.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Join(t.Context(), string(third.Code), password, peer("a"))
	wantKind(t, "a withdrawn code", err, fault.Unauthenticated)
	s.invite(t, "zoe@company.example") // the address is free again
}

// TestInvitationsEndForAProvider: an outdated invitation admits nobody through a provider either, unless
// anybody with the domain may join.
func TestInvitationsEndForAProvider(t *testing.T) {
	s := newTestService(t)
	s.invite(t, "zoe@company.example")
	s.advance(account.InviteLifetime)
	zoe := account.External{Issuer: "https://id.example", Subject: "1", Email: "zoe@company.example", Verified: true}
	_, err := s.SignInExternal(t.Context(), zoe, peer("a"))
	wantKind(t, "an outdated invitation", err, fault.Unauthenticated)
	zoe.MayJoin = true
	if _, err := s.SignInExternal(t.Context(), zoe, peer("a")); err != nil {
		t.Errorf("a domain that may join: %v", err)
	}
}

// TestGuessingCodes: wrong codes count as wrong passwords do, and grow nothing.
func TestGuessingCodes(t *testing.T) {
	s := newTestService(t)
	issued := s.invite(t, "zoe@company.example")
	kinds := map[fault.Kind]int{}
	for range 40 {
		_, err := s.Join(t.Context(), "ABCD-EFGH-JKLM-NPQR", password, peer("mallory"))
		kinds[fault.KindOf(err)]++
	}
	if kinds[fault.Unauthenticated] != 5 || kinds[fault.TooMany] != 35 {
		t.Errorf("%v", kinds)
	}
	_, err := s.Join(t.Context(), string(issued.Code), password, peer("mallory"))
	wantKind(t, "the right code of a guesser", err, fault.TooMany)
	if _, err := s.Join(t.Context(), string(issued.Code), password, peer("zoe")); err != nil {
		t.Errorf("who guessed keeps others out: %v", err)
	}
}

// TestCodesAreForTheirKindOfPerson: an invitation for those who haven't joined, a new password for those
// who have and aren't suspended.
func TestCodesAreForTheirKindOfPerson(t *testing.T) {
	s := newTestService(t)
	ctx, invited := t.Context(), s.invite(t, "zoe@company.example").User
	joined, out := s.addPerson(t, "joined", account.Member), s.addPerson(t, "out", account.Member)
	if err := s.Suspend(ctx, "", out.ID, true); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who   account.User
		words string
		do    func(id string) error
	}{
		{joined, "joined already", func(id string) error {
			_, err := s.InviteAgain(ctx, "", id, account.Post{})
			return err
		}},
		{joined, "joined already", func(id string) error { return s.Withdraw(ctx, "", id) }},
		{invited, "haven't joined", func(id string) error {
			_, err := s.Reset(ctx, "", id, account.Post{})
			return err
		}},
		{invited, "haven't joined", func(id string) error { return s.Remove(ctx, "", id, settled) }},
		{out, "suspended", func(id string) error {
			_, err := s.Reset(ctx, "", id, account.Post{})
			return err
		}},
	} {
		err := c.do(c.who.ID)
		wantKind(t, c.words, err, fault.Conflict)
		if problems := fault.ProblemsOf(err); len(problems) != 1 || !strings.Contains(problems[0].Detail, c.words) {
			t.Errorf("%v, want %q", problems, c.words)
		}
	}
}

// TestReset: a code sets a new password, which ends sessions; the old one works until then.
func TestReset(t *testing.T) {
	s := newTestService(t)
	zoe := s.addPerson(t, "zoe", account.Member)
	before, err := s.Service.SignIn(t.Context(), zoe.Email, password, peer("a"))
	if err != nil {
		t.Fatal(err)
	}
	issued, err := s.Reset(t.Context(), "", zoe.ID, account.Post{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Authenticate(t.Context(), before.Token); err != nil {
		t.Errorf("asking for a reset ended a session: %v", err)
	}
	const another = "quite another passphrase"
	if _, err := s.Join(t.Context(), string(issued.Code), another, peer("a")); err != nil {
		t.Fatal(err)
	}
	_, err = s.Authenticate(t.Context(), before.Token)
	wantKind(t, "the session before", err, fault.Unauthenticated)
	_, err = s.Service.SignIn(t.Context(), zoe.Email, password, peer("a"))
	wantKind(t, "the old password", err, fault.Unauthenticated)
}

// TestOneCodeUsedTwiceAtOnce: of many who use a code at the same time, one joins.
func TestOneCodeUsedTwiceAtOnce(t *testing.T) {
	s := newTestService(t)
	issued := s.invite(t, "zoe@company.example")
	var all sync.WaitGroup
	var mu sync.Mutex
	joined := 0
	for i := range 6 {
		all.Go(func() {
			_, err := s.Join(t.Context(), string(issued.Code), password, peer(string(rune('a'+i))))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				joined++
			} else if fault.KindOf(err) != fault.Gone {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if joined != 1 {
		t.Errorf("%d joined", joined)
	}
}

// TestRemoval: out at once with sessions and tokens, and the address is free again.
func TestRemoval(t *testing.T) {
	s := newTestService(t)
	boss := s.addPerson(t, "boss", account.Admin)
	zoe := s.addPerson(t, "zoe", account.Admin)
	session, err := s.Service.SignIn(t.Context(), zoe.Email, password, peer("a"))
	if err != nil {
		t.Fatal(err)
	}
	program, token, err := s.AddServiceAccount(
		t.Context(), zoe.ID, account.NewServiceAccount{Name: "Deploys", Vaults: []string{"v"}})
	if err != nil {
		t.Fatal(err)
	}
	wantKind(t, "removing oneself", s.Remove(t.Context(), zoe.ID, zoe.ID, settled), fault.Conflict)
	err = s.Remove(t.Context(), boss.ID, zoe.ID, func(ctx context.Context) (string, error) {
		_, err := s.Authenticate(ctx, session.Token)
		wantKind(t, "the session while links are dealt with", err, fault.Unauthenticated)
		return settled(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Authenticate(t.Context(), session.Token)
	wantKind(t, "the session", err, fault.Unauthenticated)
	_, err = s.AuthenticateToken(t.Context(), string(token))
	wantKind(t, "the token", err, fault.Unauthenticated)
	if a, err := s.ServiceAccount(t.Context(), program.ID); err != nil || a.RevokedAt.IsZero() {
		t.Errorf("%+v, %v", a, err)
	}
	_, err = s.Service.SignIn(t.Context(), zoe.Email, password, peer("a"))
	wantKind(t, "signing in", err, fault.Unauthenticated)
	if users, err := s.Users(t.Context()); err != nil || len(users) != 1 {
		t.Errorf("%v, %v", users, err)
	}
	if known, err := s.Parties(t.Context(), []string{zoe.ID}); err != nil ||
		known[zoe.ID] != (account.Party{ID: zoe.ID, Name: "zoe"}) {
		t.Errorf("the history knows %+v, %v", known, err)
	}
	s.addPerson(t, "zoe", account.Member)
	wantKind(t, "removing again", s.Remove(t.Context(), boss.ID, zoe.ID, settled), fault.NotFound)
}

// settled stands for what became of the links of somebody who is removed.
func settled(context.Context) (string, error) { return "0 kept", nil }

// TestLastAdmin: two processes that take away the last two admins at the same moment leave one.
func TestLastAdmin(t *testing.T) {
	for round := range 3 {
		s := newTestService(t)
		one, two := s.addPerson(t, "one", account.Admin), s.addPerson(t, "two", account.Admin)
		s.addPerson(t, "member", account.Member)
		s.invitePending(t)
		other := s.another(t)
		var all sync.WaitGroup
		errs := make([]error, 2)
		all.Go(func() { errs[0] = s.take(t, round, "", one) })
		all.Go(func() { errs[1] = other.take(t, round, "", two) })
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("round %d: %v, %v", round, errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil {
				wantKind(t, "the last admin", err, fault.Conflict)
			}
		}
	}
}

// invitePending invites an admin, who doesn't count before they join.
func (s *testService) invitePending(t *testing.T) {
	t.Helper()
	_, err := s.Invite(t.Context(), "", account.NewInvite{
		Email: "later@company.example", Name: "Later", Role: account.Admin,
	}, account.Post{})
	if err != nil {
		t.Fatal(err)
	}
}

// another returns a second process on the same database.
func (s *testService) another(t *testing.T) *testService {
	t.Helper()
	second, err := db.Open(t.Context(), db.Config{URL: s.url, Clock: s.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { second.Close() })
	config := s.config
	config.Users, config.Sessions, config.Attempts, config.Programs = second, second, second, second
	return &testService{Service: account.New(config), config: config, db: second, url: s.url, now: s.now}
}

// take takes the admin's role from a user in one of three ways.
func (s *testService) take(t *testing.T, round int, by string, u account.User) error {
	switch round % 3 {
	case 0:
		return s.Suspend(t.Context(), by, u.ID, true)
	case 1:
		return s.ChangePerson(t.Context(), by, u.ID, u.Name, account.Member)
	}
	return s.Remove(t.Context(), by, u.ID, settled)
}

// TestPersonIsShown: status, sessions and when somebody was last seen.
func TestPersonIsShown(t *testing.T) {
	s := newTestService(t)
	issued := s.invite(t, "zoe@company.example")
	p, err := s.Person(t.Context(), issued.User.ID)
	if err != nil || !p.Pending || !p.LastSeen.IsZero() || !p.Code.ExpiresAt.Equal(issued.ExpiresAt) {
		t.Errorf("%+v, %v", p, err)
	}
	begun := s.clock()
	session, err := s.Join(t.Context(), string(issued.Code), password, peer("a"))
	if err != nil {
		t.Fatal(err)
	}
	s.advance(5 * time.Minute)
	if _, err := s.Authenticate(t.Context(), session.Token); err != nil {
		t.Fatal(err)
	}
	p, err = s.Person(t.Context(), issued.User.ID)
	if err != nil || p.Pending || p.Sessions != 1 || !p.LastSeen.Equal(begun.Add(5*time.Minute)) {
		t.Errorf("%+v, %v", p, err)
	}
	if err := s.SignOut(t.Context(), session.Token); err != nil {
		t.Fatal(err)
	}
	p, err = s.Person(t.Context(), issued.User.ID)
	if err != nil || p.Sessions != 0 || !p.LastSeen.Equal(begun) {
		t.Errorf("%+v, %v", p, err)
	}
}

func peer(name string) account.Caller { return account.Caller{Addr: addrOf(name)} }
