package account_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/db"
	"itemshare/db/dbtest"
	"itemshare/fault"
)

func (s *testService) addServiceAccount(
	t *testing.T,
	n account.NewServiceAccount,
) (account.ServiceAccount, string) {
	t.Helper()
	made, token, err := s.AddServiceAccount(t.Context(), "", n)
	if err != nil {
		t.Fatal(err)
	}
	return made, string(token)
}

func TestAddServiceAccount(t *testing.T) {
	s := newTestService(t)
	ada := s.addUser(t, "ada@example.com")
	made, token, err := s.AddServiceAccount(t.Context(), ada.ID, account.NewServiceAccount{
		Name: " Deploys ", Vaults: []string{"w", "v", "w"}, ShareItems: true, Lifetime: 30 * 24 * time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := account.ServiceAccount{
		ID: made.ID, Name: "Deploys", CreatedBy: ada.Name, CreatedAt: s.clock(), ExpiresAt: s.clock().AddDate(0, 0, 30),
		CreatorMember: true,
		Grants: []account.Grant{
			{UserID: made.ID, VaultID: "v", View: true, Share: true},
			{UserID: made.ID, VaultID: "w", View: true, Share: true},
		},
	}
	list, err := s.ServiceAccounts(t.Context())
	if diff := cmp.Diff([]account.ServiceAccount{want}, list); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	me, err := s.AuthenticateToken(t.Context(), string(token))
	if err != nil || !me.Program() || me.Admin() || me.User.ID != made.ID ||
		me.User.Name != "Deploys" {
		t.Errorf("%+v, %v", me, err)
	}
	if !me.MayView("v") || !me.MayShare("w") || me.MayView("x") || me.MayView("") {
		t.Errorf("grants %v", me.Grants)
	}
	event := audit.Event{
		Kind:    audit.ServiceAccountAdded,
		Actor:   ada.ID,
		Subject: made.ID,
		Detail: map[string]string{
			"name": "Deploys", "vaults": "v w", "share": "true", "edit": "false",
			"reveal": "true", "events": "false", "people": "false", "expires_at": "2026-03-31T09:00:00Z",
		},
	}
	if diff := cmp.Diff(event, s.events(t)[1]); diff != "" {
		t.Error(diff)
	}
}

func TestReadOnlyServiceAccount(t *testing.T) {
	s := newTestService(t)
	_, token := s.addServiceAccount(
		t,
		account.NewServiceAccount{Name: "Reads", Vaults: []string{"v"}},
	)
	s.advance(100 * 365 * 24 * time.Hour) // no end
	me, err := s.AuthenticateToken(t.Context(), token)
	if err != nil || !me.MayView("v") || me.MayShare("v") {
		t.Errorf("%+v, %v", me, err)
	}
}

// TestManagingPeopleNeedsNoVault asserts that a service account that may manage people needs no vault,
// and that no other one, and nobody without a token, may do so by it.
func TestManagingPeopleNeedsNoVault(t *testing.T) {
	s := newTestService(t)
	for _, people := range []bool{true, false} {
		n := account.NewServiceAccount{Name: "Onboarding", ManagePeople: people}
		if !people {
			n.Vaults = []string{"v"}
		}
		_, token := s.addServiceAccount(t, n)
		me, err := s.AuthenticateToken(t.Context(), token)
		if err != nil || me.People != people || me.Admin() || me.MayManage("v") {
			t.Errorf("%+v, %v", me, err)
		}
		if err := account.PeopleManager.Check(me, ""); (err == nil) != people {
			t.Errorf("may manage people: %v", err)
		}
	}
	person := account.Identity{User: account.User{ID: "a", Role: account.Admin}, People: true}
	if account.PeopleManager.Check(person, "") == nil {
		t.Error("a person may send what is for programs")
	}
}

// TestEventsNeedNoVault asserts that a service account that may read events needs no vault, and that no
// other one may read them.
func TestEventsNeedNoVault(t *testing.T) {
	s := newTestService(t)
	for _, events := range []bool{true, false} {
		n := account.NewServiceAccount{Name: "Logs", ReadEvents: events}
		if !events {
			n.Vaults = []string{"v"}
		}
		_, token := s.addServiceAccount(t, n)
		me, err := s.AuthenticateToken(t.Context(), token)
		if err != nil || me.Events != events || len(me.Grants) != len(n.Vaults) {
			t.Errorf("%+v, %v", me, err)
		}
		if err := account.EventReader.Check(me, ""); (err == nil) != events {
			t.Errorf("may read events: %v", err)
		}
		if account.EventReader.Check(account.Identity{Events: true}, "") == nil {
			t.Error("somebody without a token may read events")
		}
	}
}

func TestAddServiceAccountReportsAllProblems(t *testing.T) {
	s := newTestService(t)
	within := &account.Identity{Grants: map[string]account.Grant{
		"seen": {
			VaultID: "seen",
			View:    true,
		}, "shared": {VaultID: "shared", View: true, Share: true},
	}}
	day := 24 * time.Hour
	tests := []struct {
		why    string
		n      account.NewServiceAccount
		fields []string
	}{
		{
			"everything",
			account.NewServiceAccount{Lifetime: -1},
			[]string{"name", "vaults", "lifetime"},
		},
		{
			"a name of two lines",
			account.NewServiceAccount{Name: "A\nB", Vaults: []string{"v"}},
			[]string{"name"},
		},
		{
			"a name that PostgreSQL cannot keep",
			account.NewServiceAccount{Name: "A\x00", Vaults: []string{"v"}},
			[]string{"name"},
		},
		{
			"a name that is no text",
			account.NewServiceAccount{Name: "A\xff", Vaults: []string{"v"}},
			[]string{"name"},
		},
		{
			"more than ten years",
			account.NewServiceAccount{Name: "A", Vaults: []string{"v"}, Lifetime: 3651 * day},
			[]string{"lifetime"},
		},
		{
			"editing without seeing",
			account.NewServiceAccount{
				Name: "A", Vaults: []string{"v"}, EditItems: true, NoReveal: true,
			},
			[]string{"edit_items"},
		},
		{
			"a vault that the admin does not see",
			account.NewServiceAccount{
				Name:    "A",
				Vaults:  []string{"seen", "hidden"},
				Grantor: within,
			},
			[]string{"vaults"},
		},
		{
			"sharing from where the admin may not",
			account.NewServiceAccount{
				Name:       "A",
				Vaults:     []string{"seen", "shared"},
				ShareItems: true,
				Grantor:    within,
			},
			[]string{"share_items"},
		},
		{
			"managing people for somebody who may not",
			account.NewServiceAccount{
				Name: "A", Vaults: []string{"seen"}, NoReveal: true, ManagePeople: true, Grantor: within,
			},
			[]string{"manage_people"},
		},
		{
			"managing people for an admin",
			account.NewServiceAccount{
				Name: "A", ManagePeople: true,
				Grantor: &account.Identity{User: account.User{Role: account.Admin}},
			},
			nil,
		},
		{
			"an admin who sees nothing",
			account.NewServiceAccount{
				Name:    "A",
				Vaults:  []string{"seen"},
				Grantor: &account.Identity{},
			},
			[]string{"vaults"},
		},
		{
			"reading what the admin reads",
			account.NewServiceAccount{
				Name:     "A",
				Vaults:   []string{"seen", "shared"},
				Lifetime: 3650 * day,
				Grantor:  within,
			},
			nil,
		},
		{
			"sharing what the admin shares",
			account.NewServiceAccount{
				Name:       "A",
				Vaults:     []string{"shared"},
				ShareItems: true,
				Grantor:    within,
			},
			nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			before := len(s.events(t))
			_, token, err := s.AddServiceAccount(t.Context(), "", tt.n)
			var fields []string
			for _, p := range fault.ProblemsOf(err) {
				fields = append(fields, p.Field)
				if p.Detail == "" {
					t.Errorf("%s: no words", p.Field)
				}
			}
			if diff := cmp.Diff(tt.fields, fields); diff != "" ||
				(err == nil) != (tt.fields == nil) {
				t.Errorf("%v\n%s", err, diff)
			}
			if err != nil && (token != "" || len(s.events(t)) != before) {
				t.Error("a refusal left something")
			}
		})
	}
}

// TestAddServiceAccountOnce asserts that a form sent many times at once adds one service account.
func TestAddServiceAccountOnce(t *testing.T) {
	s := newTestService(t)
	n := account.NewServiceAccount{Name: "Deploys", Vaults: []string{"v"}, RequestKey: "one-use"}
	var all sync.WaitGroup
	var mu sync.Mutex
	made, subjects := []string{}, map[string]bool{}
	for range 8 {
		all.Go(func() {
			a, _, err := s.AddServiceAccount(t.Context(), "ada", n)
			mu.Lock()
			defer mu.Unlock()
			e, _ := fault.As(err)
			switch {
			case err == nil:
				made = append(made, a.ID)
			case e.Code() == fault.CodeAlreadyCreated:
				subjects[e.CreatedID] = true
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(made) != 1 || len(subjects) != 1 || !subjects[made[0]] {
		t.Errorf("made %v, refused for %v", made, subjects)
	}
	for _, other := range []struct{ by, once string }{
		{"eve", "one-use"}, {"ada", "another"}, {"ada", ""}, {"ada", ""},
	} {
		n.RequestKey = other.once
		if _, _, err := s.AddServiceAccount(t.Context(), other.by, n); err != nil {
			t.Errorf("%v: %v", other, err)
		}
	}
}

func TestInvalidTokensAreAlike(t *testing.T) {
	s := newTestService(t)
	n := account.NewServiceAccount{Name: "A", Vaults: []string{"v"}, Lifetime: time.Hour}
	_, expired := s.addServiceAccount(t, n)
	s.advance(time.Hour)
	revoked, gone := s.addServiceAccount(t, n)
	_, good := s.addServiceAccount(t, n)
	if err := s.RevokeServiceAccount(t.Context(), "boss", revoked.ID); err != nil {
		t.Fatal(err)
	}
	s.addUser(t, "ada@example.com")
	tests := []struct{ why, token string }{
		{"expired", expired},
		{"revoked", gone},
		{"unknown", "itemshare_" + strings.Repeat("A", 43)},
		{"none", ""},
		{"the prefix alone", "itemshare_"},
		{"without the prefix", strings.TrimPrefix(good, "itemshare_")},
		{"another prefix", "ops_" + strings.TrimPrefix(good, "itemshare_")},
		{"too long", good + "A"},
		{"a line break at its end", good + "\n"},
		{"in capitals", strings.ToUpper(good)},
		{"a session's", signIn(t, s, "ada@example.com")},
		{"very long", "itemshare_" + strings.Repeat("A", 100_000)},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			me, err := s.AuthenticateToken(t.Context(), tt.token)
			want := []fault.Problem{{Code: fault.CodeUnauthenticated}}
			if diff := cmp.Diff(want, fault.ProblemsOf(err)); diff != "" ||
				fault.KindOf(err) != fault.Unauthenticated {
				t.Errorf("%v\n%s", err, diff)
			}
			if err != nil && err.Error() != "unauthenticated: not a service account's token" {
				t.Errorf("the log tells them apart: %v", err)
			}
			if me.User.ID != "" || me.Program() {
				t.Error("a refusal tells who it is")
			}
		})
	}
	if _, err := s.AuthenticateToken(t.Context(), good); err != nil {
		t.Errorf("the good one: %v", err)
	}
	if _, err := s.Authenticate(t.Context(), good); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("as a session: %v", err)
	}
}

// TestRevocationAppliesToAllProcesses asserts that another process rejects a revoked token from
// the next request on.
func TestRevocationAppliesToAllProcesses(t *testing.T) {
	s := newTestService(t)
	made, token := s.addServiceAccount(
		t,
		account.NewServiceAccount{Name: "A", Vaults: []string{"v"}},
	)
	database, err := db.Open(t.Context(), db.Config{URL: s.url, Clock: s.clock})
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	config := s.config
	config.Users, config.Sessions, config.Attempts, config.Programs = database, database, database, database
	other := account.New(config)
	for range 3 {
		if _, err := other.AuthenticateToken(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // again is fine, and no event
		if err := s.RevokeServiceAccount(t.Context(), "boss", made.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := other.AuthenticateToken(t.Context(), token); fault.KindOf(
		err,
	) != fault.Unauthenticated {
		t.Errorf("after revocation: %v", err)
	}
	events := s.events(t)
	want := audit.Event{Kind: audit.ServiceAccountRevoked, Actor: "boss", Subject: made.ID}
	if diff := cmp.Diff(want, events[len(events)-1]); diff != "" || len(events) != 2 {
		t.Errorf("%d events\n%s", len(events), diff)
	}
	list, err := s.ServiceAccounts(t.Context())
	if err != nil || len(list) != 1 || !list[0].RevokedAt.Equal(s.clock()) ||
		list[0].State(s.clock()) != account.TokenRevoked {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestLastUseOfAToken asserts that the last use is stored to the minute, and that a use within
// the same minute writes nothing.
func TestLastUseOfAToken(t *testing.T) {
	s := newTestService(t)
	_, token := s.addServiceAccount(t, account.NewServiceAccount{Name: "A", Vaults: []string{"v"}})
	begun := s.clock()
	for _, step := range []struct{ pass, want time.Duration }{
		{0, 0},
		{59 * time.Second, 0},
		{time.Second, time.Minute},
		{30 * time.Second, time.Minute},
		{30 * time.Second, 2 * time.Minute},
	} {
		s.advance(step.pass)
		if _, err := s.AuthenticateToken(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		list, err := s.ServiceAccounts(t.Context())
		if err != nil || !list[0].LastUsed.Equal(begun.Add(step.want)) {
			t.Errorf("after %v: %v, %v", s.clock().Sub(begun), list[0].LastUsed, err)
		}
	}
}

// TestProgramsNeverSignIn asserts that service accounts cannot sign in and are not found, named
// or changed as people are.
func TestProgramsNeverSignIn(t *testing.T) {
	s := newTestService(t)
	made, token := s.addServiceAccount(
		t,
		account.NewServiceAccount{Name: "A", Vaults: []string{"v"}},
	)
	for _, secret := range []string{"", token, password} {
		if _, _, err := s.SignIn(t.Context(), made.ID, secret, "peer"); fault.CodeOf(
			err,
		) != fault.CodeSigninFailed {
			t.Errorf("signs in: %v", err)
		}
	}
	for what, err := range map[string]error{
		"a password": s.SetPassword(t.Context(), "boss", made.ID, password),
		"disabled":   s.SetDisabled(t.Context(), "boss", made.ID, true),
	} {
		if err == nil {
			t.Errorf("a program gets %s", what)
		}
	}
	if _, err := s.UserByEmail(t.Context(), made.ID); err == nil {
		t.Error("found by its address")
	}
	if users, err := s.Users(t.Context()); len(users) != 0 || err != nil {
		t.Errorf("among people: %v, %v", users, err)
	}
	if _, err := s.AuthenticateToken(t.Context(), token); err != nil {
		t.Errorf("and works on: %v", err)
	}
}

// TestTokensStayHidden asserts that a token is in no printed value and in no file of the
// database.
func TestTokensStayHidden(t *testing.T) {
	s := newTestService(t)
	made, token, err := s.AddServiceAccount(
		t.Context(),
		"",
		account.NewServiceAccount{Name: "Deploys", Vaults: []string{"v"}},
	)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.AuthenticateToken(t.Context(), string(token)); err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&printed, nil))
	log.Info(
		"made",
		"token",
		token,
		"all",
		struct{ Token account.Token }{token},
		"err",
		fmt.Errorf("with %v", token),
	)
	slog.New(slog.NewTextHandler(&printed, nil)).Info("made", "token", token)
	raw, err := json.Marshal(map[string]any{"token": token})
	fmt.Fprintf(
		&printed,
		"%v %+v %#v %s %q %x %d %v %s",
		token,
		token,
		token,
		token,
		token,
		token,
		token,
		[]account.Token{token},
		raw,
	)
	fmt.Fprintln(&printed, token, token.String(), made, errors.Join(err))
	_, wrong := s.AuthenticateToken(t.Context(), string(token)+"x")
	fmt.Fprintln(&printed, wrong)
	secret := strings.TrimPrefix(string(token), "itemshare_")
	for _, form := range []string{secret, fmt.Sprintf("%x", secret)} {
		if strings.Contains(printed.String(), form) {
			t.Errorf("printed: %s", printed.String())
		}
	}
	content := dbtest.Content(t, s.url)
	if bytes.Contains(content, []byte(secret)) {
		t.Error("the database holds the token")
	}
	if !bytes.Contains(content, []byte("Deploys")) {
		t.Error("not even the name is there: this test looks at the wrong place")
	}
}

// TestTokensOfASuspendedPerson asserts that tokens work again once their person is reinstated.
func TestTokensOfASuspendedPerson(t *testing.T) {
	s := newTestService(t)
	var ada account.User
	for _, name := range []string{"grace", "ada"} { // the last admin can't be suspended
		var err error
		ada, err = s.AddUser(t.Context(), "", account.NewUser{
			Email: name + "@company.example", Name: name, Role: account.Admin, Password: password,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	n := account.NewServiceAccount{Name: "A", Vaults: []string{"v"}}
	_, hers, err := s.AddServiceAccount(t.Context(), ada.ID, n)
	if err != nil {
		t.Fatal(err)
	}
	_, other := s.addServiceAccount(t, account.NewServiceAccount{Name: "B", Vaults: []string{"v"}})
	for _, suspended := range []bool{true, false} {
		if err := s.SetDisabled(t.Context(), "boss", ada.Email, suspended); err != nil {
			t.Fatal(err)
		}
		_, err := s.AuthenticateToken(t.Context(), string(hers))
		if suspended != (fault.KindOf(err) == fault.Unauthenticated) || !suspended && err != nil {
			t.Errorf("suspended %t: %v", suspended, err)
		}
		if _, err := s.AuthenticateToken(t.Context(), other); err != nil {
			t.Errorf("another's token, suspended %t: %v", suspended, err)
		}
		list, err := s.ServiceAccounts(t.Context())
		if err != nil || suspended != (list[0].State(s.clock()) == account.TokenSuspended) {
			t.Errorf("suspended %t: %+v, %v", suspended, list[0], err)
		}
	}
}
