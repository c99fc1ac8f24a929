package account_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/netip"
	"slices"
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
	"itemshare/seal"
	"itemshare/vault/strength"
)

const password = "correct horse battery staple"

// testService is a service over a real database, with a clock that the test advances.
type testService struct {
	*account.Service
	config account.Config
	db     *db.DB
	url    string

	mu  sync.Mutex
	now time.Time
}

func (s *testService) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *testService) advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func newTestService(t *testing.T) *testService {
	t.Helper()
	s := &testService{url: dbtest.URL(t), now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	var err error
	if s.db, err = db.Open(t.Context(), db.Config{URL: s.url, Clock: s.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.db.Close() })
	random := make([]byte, 32)
	rand.Read(random)
	master, err := seal.ParseMasterKey(base64.StdEncoding.EncodeToString(random))
	if err != nil {
		t.Fatal(err)
	}
	keyring, err := seal.Unlock(t.Context(), master, s.db)
	if err != nil {
		t.Fatal(err)
	}
	s.config = account.Config{
		Users: s.db, Own: s.db, Factors: s.db,
		Externals: s.db, Passkeys: s.db, Sessions: s.db, Attempts: s.db, Programs: s.db,
		Audit: audit.NewLog(keyring.Box(seal.Audit), keyring.Hasher(seal.Addresses)), Keyring: keyring,
		Clock: s.clock, Random: rand.Reader, CheapHashes: true,
		Strength: func(text string, known ...string) int { return int(strength.Estimate(text, known...)) },
	}
	s.Service = account.New(s.config)
	return s
}

// addrOf returns the IP address that stands for a named peer.
func addrOf(peer string) netip.Addr {
	if addr, err := netip.ParseAddr(peer); err == nil {
		return addr
	}
	sum := sha256.Sum256([]byte(peer))
	return netip.AddrFrom4([4]byte{10, sum[0], sum[1], sum[2]})
}

// SignIn signs in from a peer, without a known browser.
func (s *testService) SignIn(
	ctx context.Context,
	email, password, peer string,
) (string, account.Identity, error) {
	session, err := s.Service.SignIn(ctx, email, password, account.Caller{Addr: addrOf(peer)})
	return session.Token, session.Identity, err
}

func (s *testService) addUser(t *testing.T, email string) account.User {
	t.Helper()
	user, err := s.AddUser(
		t.Context(),
		"",
		account.NewUser{Email: email, Name: "Ada", Role: account.Member, Password: password},
	)
	if err != nil {
		t.Fatal(err)
	}
	return user
}

// events returns the kind, actor, subject and detail of every audit event, oldest first.
func (s *testService) events(t *testing.T) (list []audit.Event) {
	t.Helper()
	page, err := audit.NewReader(s.db, s.config.Audit).
		List(context.Background(), audit.Query{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range slices.Backward(page.Events) {
		e.At = time.Time{}
		list = append(list, e.Event)
	}
	return list
}

func (s *testService) kinds(t *testing.T) (kinds []audit.Kind) {
	for _, e := range s.events(t) {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func TestAddUser(t *testing.T) {
	s := newTestService(t)
	user, err := s.AddUser(
		t.Context(),
		"boss",
		account.NewUser{
			Email:    " Ada@Example.com",
			Name:     " Ada ",
			Role:     account.Admin,
			Password: password,
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	want := account.User{
		ID:        user.ID,
		Email:     "ada@example.com",
		Name:      "Ada",
		Role:      account.Admin,
		CreatedAt: s.clock(),
	}
	if diff := cmp.Diff(want, user); diff != "" || len(user.ID) != 26 {
		t.Errorf("user %q (-want +got):\n%s", user.ID, diff)
	}
	stored, err := s.UserByEmail(t.Context(), "ADA@example.com")
	if diff := cmp.Diff(want, stored); diff != "" || err != nil {
		t.Errorf("stored: %v\n%s", err, diff)
	}
	events := []audit.Event{{
		Kind: audit.UserAdded, Actor: "boss", Subject: user.ID,
		Detail: map[string]string{"email": "ada@example.com", "role": "admin"},
	}}
	if diff := cmp.Diff(events, s.events(t)); diff != "" {
		t.Error(diff)
	}
}

func TestAddUserTwice(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	_, err := s.AddUser(
		t.Context(),
		"",
		account.NewUser{
			Email:    "ADA@example.com",
			Name:     "Other",
			Role:     account.Member,
			Password: password,
		},
	)
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("err = %v, want Conflict", err)
	}
	if kinds := s.kinds(t); len(kinds) != 1 {
		t.Errorf("a refused change left an entry: %v", kinds)
	}
}

func TestAddUserReportsAllProblems(t *testing.T) {
	s := newTestService(t)
	tests := []struct {
		why    string
		user   account.NewUser
		fields []string
	}{
		{"everything", account.NewUser{}, []string{"email", "name", "role", "password"}},
		{
			"a name of spaces",
			account.NewUser{
				Email:    "a@b.example",
				Name:     "  ",
				Role:     account.Member,
				Password: password,
			},
			[]string{"name"},
		},
		{
			"a name of two lines",
			account.NewUser{
				Email:    "a@b.example",
				Name:     "A\nB",
				Role:     account.Member,
				Password: password,
			},
			[]string{"name"},
		},
		{
			"a name that PostgreSQL cannot keep",
			account.NewUser{
				Email:    "a@b.example",
				Name:     "A\x00B",
				Role:     account.Member,
				Password: password,
			},
			[]string{"name"},
		},
		{
			"a name that is no text",
			account.NewUser{
				Email:    "a@b.example",
				Name:     "A\xff",
				Role:     account.Member,
				Password: password,
			},
			[]string{"name"},
		},
		{
			"a name that turns the text around",
			account.NewUser{
				Email:    "a@b.example",
				Name:     "A\u202eB",
				Role:     account.Member,
				Password: password,
			},
			[]string{"name"},
		},
		{
			"a name of 101",
			account.NewUser{
				Email:    "a@b.example",
				Name:     strings.Repeat("é", 101),
				Role:     account.Member,
				Password: password,
			},
			[]string{"name"},
		},
		{
			"another role",
			account.NewUser{Email: "a@b.example", Name: "A", Role: "root", Password: password},
			[]string{"role"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			_, err := s.AddUser(t.Context(), "", tt.user)
			var fields []string
			for _, p := range fault.ProblemsOf(err) {
				fields = append(fields, p.Field)
				if p.Detail == "" {
					t.Errorf("%s: no words", p.Field)
				}
			}
			if diff := cmp.Diff(tt.fields, fields); diff != "" ||
				fault.KindOf(err) != fault.Invalid {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
	if users, err := s.Users(t.Context()); len(users) != 0 || err != nil {
		t.Errorf("users %v, %v", users, err)
	}
}

func TestGrants(t *testing.T) {
	s := newTestService(t)
	user := s.addUser(t, "ada@example.com")
	set := func(vault string, view, share bool) {
		t.Helper()
		grant := account.Grant{UserID: user.ID, VaultID: vault, View: view, Share: share}
		if err := s.SetGrant(t.Context(), "boss", grant); err != nil {
			t.Fatal(err)
		}
	}
	set("team", true, true)
	set("read", true, false)
	set("shareonly", false, true) // share sets view
	set("gone", true, true)
	set("gone", false, false)
	set("team", true, true) // again is fine
	_, identity, err := s.SignIn(t.Context(), "ada@example.com", password, "peer")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		vault       string
		view, share bool
	}{
		{"team", true, true},
		{"read", true, false},
		{"shareonly", true, true},
		{"gone", false, false},
		{"other", false, false},
		{"", false, false},
	}
	for _, tt := range tests {
		if identity.MayView(tt.vault) != tt.view || identity.MayShare(tt.vault) != tt.share {
			t.Errorf(
				"%s: view %v share %v",
				tt.vault,
				identity.MayView(tt.vault),
				identity.MayShare(tt.vault),
			)
		}
	}
	if grants, err := s.GrantsOf(t.Context(), []string{identity.User.ID}); len(grants) != 3 ||
		err != nil {
		t.Errorf("grants %v, %v", grants, err)
	}
	before := len(s.events(t))
	err = s.SetGrant(
		t.Context(),
		"boss",
		account.Grant{UserID: "nobody", VaultID: "team", View: true},
	)
	if fault.KindOf(err) != fault.NotFound || len(s.events(t)) != before {
		t.Errorf("a grant to nobody: %v", err)
	}
}

// TestNothingSecretIsStored asserts that neither the password nor the tokens of session and
// browser are in any file of the database.
func TestNothingSecretIsStored(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, "ada@example.com")
	session, err := s.Service.SignIn(
		t.Context(), "ada@example.com", password, account.Caller{Addr: addrOf("192.0.2.99")},
	)
	if err != nil {
		t.Fatal(err)
	}
	token := session.Token
	browser, err := base64.RawURLEncoding.DecodeString(session.Browser)
	if err != nil || len(browser) != 32 {
		t.Fatalf("browser %q: %v", session.Browser, err)
	}
	s.SignIn(t.Context(), "my secret typed as address", "wrong password typed", "192.0.2.99")
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 32 {
		t.Fatalf("token %q: %v", token, err)
	}
	content := dbtest.Content(t, s.url)
	for _, secret := range []string{
		token, string(raw), session.Browser, string(browser), password, "my secret typed",
		"wrong password", "192.0.2.99",
	} {
		if bytes.Contains(content, []byte(secret)) {
			t.Errorf("the database holds %q", secret)
		}
	}
	if !bytes.Contains(content, []byte("ada@example.com")) {
		t.Error("not even the address of the user is there: this test looks at the wrong place")
	}
}
