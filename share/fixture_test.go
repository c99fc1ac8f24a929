package share_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/db"
	"itemshare/db/dbtest"
	"itemshare/fault"
	"itemshare/seal"
	"itemshare/share"
	"itemshare/vault"
	"itemshare/vault/local"
)

var (
	ann   = share.Sharer{ID: "ann", Name: "Ann Sharer", Reveals: true}
	ben   = share.Sharer{ID: "ben", Name: "Ben Other", Reveals: true}
	start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// testService is a service over a real database and the embedded vault, with a clock that the
// test sets and emails in memory.
type testService struct {
	*share.Service
	t     testing.TB
	db    *db.DB
	url   string // of the database
	vault *local.Vault
	log   *audit.Log
	team  vault.Info
	item  vault.Item
	now   time.Time
	mails []preparedCode

	config share.Config // of the service
}

// preparedCode is an email with a code, as the service handed it to the mailer.
type preparedCode struct {
	id, to, subject, text string
	drop                  bool
	until                 time.Time
}

// PrepareCode implements share.Mailer: it records the email and seals nothing.
func (s *testService) PrepareCode(
	id, _, to, subject, text string,
	drop bool,
	until time.Time,
) ([]byte, error) {
	s.mails = append(s.mails, preparedCode{id, to, subject, text, drop, until})
	return []byte("sealed"), nil
}

var files = map[string][]byte{
	"small.txt": []byte("hello"),
	"empty":     {},
	"large.bin": bytes.Repeat([]byte("0123456789abcdef"), 1<<16+1),
}

func newService(t testing.TB) *testService {
	t.Helper()
	return newServiceWith(t, func(l *local.Vault) vault.Backend { return l })
}

// newServiceWith returns a service whose vault is what around makes of the embedded one.
func newServiceWith(t testing.TB, around func(*local.Vault) vault.Backend) *testService {
	t.Helper()
	s := &testService{t: t, now: start}
	clock := func() time.Time { return s.now }
	s.url = dbtest.URL(t)
	s.db = must(db.Open(t.Context(), db.Config{URL: s.url, Clock: clock}))(t)
	t.Cleanup(func() {
		if err := s.db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	master := must(
		seal.ParseMasterKey(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))),
	)(t)
	keys := must(seal.Unlock(t.Context(), master, s.db))(t)
	s.log = audit.NewLog(keys.Box(seal.Audit), keys.Hasher(seal.Addresses))
	s.vault = local.New(
		local.Config{
			Store:  s.db,
			Box:    keys.Box(seal.Items),
			Audit:  s.log,
			Clock:  clock,
			Random: rand.Reader,
		},
	)
	s.config = share.Config{
		Store: s.db, Vault: around(s.vault), Keyring: keys, Mailer: s, Audit: s.log,
		Clock: clock, Random: rand.Reader, BaseURL: "https://share.example/base",
	}
	s.Service = share.New(s.config)
	for _, who := range []share.Sharer{ann, ben} {
		user := account.User{
			ID:        who.ID,
			Name:      who.Name,
			Email:     who.ID + "@home.example",
			Role:      account.Member,
			CreatedAt: s.now,
		}
		entry := must(
			s.log.Entry(audit.Event{At: s.now, Kind: audit.UserAdded, Subject: who.ID}),
		)(t)
		if err := s.db.AddUser(t.Context(), user, "hash", entry); err != nil {
			t.Fatal(err)
		}
	}
	s.team = must(s.vault.AddVault(t.Context(), "", "Team"))(t)
	for _, who := range []share.Sharer{ann, ben} {
		s.setGrant(account.Grant{UserID: who.ID, VaultID: s.team.ID, View: true, Share: true})
	}
	s.item = s.addItem("Staging database")
	return s
}

// setGrant replaces what a user may do in a vault.
func (s *testService) setGrant(g account.Grant) {
	s.t.Helper()
	entry := must(
		s.log.Entry(audit.Event{At: s.now, Kind: audit.GrantChanged, Subject: g.UserID}),
	)(s.t)
	if err := s.db.SetGrant(s.t.Context(), g, entry); err != nil {
		s.t.Fatal(err)
	}
}

// rebuild replaces the service by one with the changed configuration.
func (s *testService) rebuild(change func(*share.Config)) {
	change(&s.config)
	s.Service = share.New(s.config)
}

// must returns a function that returns value, or ends the test if err is not nil.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func (s *testService) addItem(title string) vault.Item {
	s.t.Helper()
	item := vault.Item{
		VaultID: s.team.ID, Title: title, Category: vault.Login,
		Fields: []vault.Field{
			{ID: "username", Title: "user", Type: vault.FieldText, Value: "root"},
			{ID: "password", Title: "password", Type: vault.FieldConcealed, Value: "correct horse"},
			{ID: "otp", Title: "code", Type: vault.FieldTOTP, Value: "JBSWY3DPEHPK3PXP"},
		},
	}
	for _, name := range []string{"small.txt", "empty", "large.bin"} {
		item.Files = append(
			item.Files,
			vault.File{ID: name, Name: name, Size: int64(len(files[name]))},
		)
	}
	return must(s.vault.AddItem(s.t.Context(), item, func(id string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(files[id])), nil
	}))(s.t)
}

// request returns the smallest valid request for the item, changed by each function.
func (s *testService) request(change ...func(*share.Request)) share.Request {
	r := share.Request{
		VaultID:     s.team.ID,
		ItemID:      s.item.ID,
		Access:      "anyone",
		ExpireAfter: "OneDay",
	}
	for _, c := range change {
		c(&r)
	}
	return r
}

func oneTime(r *share.Request)   { r.OneTime = true }
func withFiles(r *share.Request) { r.Files = true }

func to(recipients ...string) func(*share.Request) {
	return func(r *share.Request) { r.Access, r.Recipients = "recipients", recipients }
}

func (s *testService) createShare(change ...func(*share.Request)) link {
	s.t.Helper()
	return parseLink(s.t, must(s.Create(s.t.Context(), ann, s.request(change...)))(s.t))
}

// link is what a recipient has. It derives keys as docs/share-link-v1.md says, without the code
// under test.
type link struct {
	share.CreatedShare
	secret    []byte
	id, token string
}

func parseLink(t testing.TB, c share.CreatedShare) link {
	t.Helper()
	text, ok := strings.CutPrefix(c.Link, "https://share.example/base/s#")
	if !ok || len(text) != 43 {
		t.Fatalf("a link of another form, of %d characters", len(c.Link))
	}
	l := link{CreatedShare: c, secret: must(base64.RawURLEncoding.DecodeString(text))(t)}
	l.id, l.token = encode(l.derive(t, "share-id", 16)), encode(l.derive(t, "access-token", 32))
	return l
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func (l link) derive(t testing.TB, info string, length int) []byte {
	t.Helper()
	return must(hkdf.Key(sha256.New, l.secret, nil, "itemshare/v1 "+info, length))(t)
}

func (l link) unseal(t testing.TB, key, nonce, sealed []byte, terms share.Terms) []byte {
	t.Helper()
	aead := must(cipher.NewGCM(must(aes.NewCipher(key))(t)))(t)
	data := fmt.Sprintf(
		"itemshare/v1\n%s\n%d\n%d\n%d\n%s",
		l.id,
		terms.CreatedAt,
		terms.ExpiresAt,
		terms.MaxViews,
		terms.Audience,
	)
	return must(aead.Open(nil, nonce, sealed, []byte(data)))(t)
}

func (l link) content(t testing.TB, o share.OpenedShare) (c share.Content) {
	t.Helper()
	if err := json.Unmarshal(
		l.unseal(t, l.derive(t, "content-key", 32), o.Nonce, o.Ciphertext, o.Terms),
		&c,
	); err != nil {
		t.Fatal(err)
	}
	return c
}

func (l link) chunk(
	t testing.TB,
	f share.ContentFile,
	chunk int,
	last bool,
	sealed []byte,
	terms share.Terms,
) []byte {
	t.Helper()
	nonce := binary.BigEndian.AppendUint32(
		must(base64.RawURLEncoding.DecodeString(f.NoncePrefix))(t),
		uint32(chunk),
	)
	nonce = append(nonce, map[bool]byte{true: 1}[last])
	return l.unseal(t, l.derive(t, fmt.Sprintf("file-key %d", f.Index), 32), nonce, sealed, terms)
}

func viewOf(n byte) string { return encode(bytes.Repeat([]byte{n}, 16)) }

func (s *testService) open(l link, view byte) (share.OpenedShare, error) {
	return s.Open(
		context.Background(),
		share.OpenRequest{ID: l.id, Token: l.token, View: viewOf(view), Agent: "curl/8"},
	)
}

func (s *testService) openAs(l link, view byte, email, code string) (share.OpenedShare, error) {
	return s.Open(
		context.Background(),
		share.OpenRequest{ID: l.id, Token: l.token, View: viewOf(view), Email: email, Code: code},
	)
}

// requestCode requests a code and returns it from the email.
func (s *testService) requestCode(l link, email string) string {
	s.t.Helper()
	if err := s.SendCode(s.t.Context(), l.id, l.token, email); err != nil {
		s.t.Fatal(err)
	}
	return regexp.MustCompile(`\b\d{8}\b`).FindString(s.mails[len(s.mails)-1].text)
}

// wantCode asserts that an error has the code, "" meaning no error.
func wantCode(t testing.TB, what string, err error, code fault.Code) {
	t.Helper()
	got := fault.Code("")
	if err != nil {
		got = fault.CodeOf(err)
	}
	if got != code {
		t.Errorf("%s: %q (%v), want %q", what, got, err, code)
	}
}

// problemsOf returns the codes and fields of an error, sorted.
func problemsOf(err error) string {
	var all []string
	for _, p := range fault.ProblemsOf(err) {
		all = append(all, string(p.Code)+"@"+p.Field)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// events returns the audit events of a kind, newest first.
func (s *testService) events(kind audit.Kind) []audit.Event {
	s.t.Helper()
	records := must(
		s.db.FindRecords(
			s.t.Context(),
			audit.Filter{
				Kind: kind, Limit: 100, Before: audit.Position{At: time.Now().AddDate(100, 0, 0)},
			},
		),
	)(s.t)
	var all []audit.Event
	for _, r := range records {
		all = append(all, must(s.log.Event(r.Entry))(s.t))
	}
	return all
}
