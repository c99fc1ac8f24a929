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
	"math"
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
	ann   = share.Sharer{ID: "ann", Name: "Ann Sharer"}
	ben   = share.Sharer{ID: "ben", Name: "Ben Other"}
	start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// bench is the service over a real database and the embedded vault, with a clock
// that the test sets and mail in memory.
type bench struct {
	*share.Service
	t     testing.TB
	db    *db.DB
	url   string // of the database
	vault *local.Vault
	log   *audit.Log
	team  vault.Info
	item  vault.Item
	now   time.Time
	mails []mailed

	config share.Config // what the service is made of
}

type mailed struct {
	id, to, subject, text string
	drop                  bool
	until                 time.Time
}

// PrepareCode is the mailer: it remembers the mail, and seals nothing.
func (b *bench) PrepareCode(
	id, _, to, subject, text string,
	drop bool,
	until time.Time,
) ([]byte, error) {
	b.mails = append(b.mails, mailed{id, to, subject, text, drop, until})
	return []byte("sealed"), nil
}

var files = map[string][]byte{
	"small.txt": []byte("hello"),
	"empty":     {},
	"large.bin": bytes.Repeat([]byte("0123456789abcdef"), 1<<16+1),
}

func open(t testing.TB) *bench {
	t.Helper()
	return openWith(t, func(l *local.Vault) vault.Backend { return l })
}

// openWith is a bench whose service has another vault around the embedded one.
func openWith(t testing.TB, around func(*local.Vault) vault.Backend) *bench {
	t.Helper()
	b := &bench{t: t, now: start}
	clock := func() time.Time { return b.now }
	b.url = dbtest.URL(t)
	b.db = must(db.Open(t.Context(), db.Config{URL: b.url, Clock: clock}))(t)
	t.Cleanup(func() {
		if err := b.db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	master := must(
		seal.ParseMasterKey(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))),
	)(
		t,
	)
	keys := must(seal.Unlock(t.Context(), master, b.db))(t)
	b.log = audit.NewLog(keys.Box(seal.Audit))
	b.vault = local.New(
		local.Config{
			Store:  b.db,
			Box:    keys.Box(seal.Items),
			Audit:  b.log,
			Clock:  clock,
			Random: rand.Reader,
		},
	)
	b.config = share.Config{
		Store: b.db, Vault: around(b.vault), Keyring: keys, Mailer: b, Audit: b.log,
		Clock: clock, Random: rand.Reader, BaseURL: "https://share.example/base",
	}
	b.Service = share.New(b.config)
	for _, who := range []share.Sharer{ann, ben} {
		user := account.User{
			ID:        who.ID,
			Name:      who.Name,
			Email:     who.ID + "@home.example",
			Role:      account.Member,
			CreatedAt: b.now,
		}
		entry := must(
			b.log.Entry(audit.Event{At: b.now, Kind: audit.UserAdded, Subject: who.ID}),
		)(
			t,
		)
		if err := b.db.AddUser(t.Context(), user, "hash", entry); err != nil {
			t.Fatal(err)
		}
	}
	b.team = must(b.vault.AddVault(t.Context(), "", "Team"))(t)
	for _, who := range []share.Sharer{ann, ben} {
		b.grant(account.Grant{UserID: who.ID, VaultID: b.team.ID, View: true, Share: true})
	}
	b.item = b.add("Staging database")
	return b
}

// grant replaces what a person may do in a vault.
func (b *bench) grant(g account.Grant) {
	b.t.Helper()
	entry := must(
		b.log.Entry(audit.Event{At: b.now, Kind: audit.GrantChanged, Subject: g.UserID}),
	)(
		b.t,
	)
	if err := b.db.SetGrant(b.t.Context(), g, entry); err != nil {
		b.t.Fatal(err)
	}
}

// rebuild makes the service anew of what was changed.
func (b *bench) rebuild(change func(*share.Config)) {
	change(&b.config)
	b.Service = share.New(b.config)
}

// must gives a value or ends the test.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func (b *bench) add(title string) vault.Item {
	b.t.Helper()
	item := vault.Item{
		VaultID: b.team.ID, Title: title, Category: vault.Login,
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
	return must(b.vault.AddItem(b.t.Context(), item, func(id string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(files[id])), nil
	}))(b.t)
}

// request is the smallest request for the item that is right.
func (b *bench) request(change ...func(*share.Request)) share.Request {
	r := share.Request{
		VaultID:     b.team.ID,
		ItemID:      b.item.ID,
		Access:      "anyone",
		ExpireAfter: "OneDay",
	}
	for _, c := range change {
		c(&r)
	}
	return r
}

func once(r *share.Request)      { r.OneTime = true }
func withFiles(r *share.Request) { r.Files = true }

func to(recipients ...string) func(*share.Request) {
	return func(r *share.Request) { r.Access, r.Recipients = "recipients", recipients }
}

func (b *bench) make(change ...func(*share.Request)) link {
	b.t.Helper()
	return linkOf(b.t, must(b.Create(b.t.Context(), ann, b.request(change...)))(b.t))
}

// link is what a recipient has, derived by what the protocol says rather than by the code under test.
type link struct {
	share.CreatedShare
	secret    []byte
	id, token string
}

func linkOf(t testing.TB, c share.CreatedShare) link {
	t.Helper()
	text, ok := strings.CutPrefix(c.Link, "https://share.example/base/s#")
	if !ok || len(text) != 43 {
		t.Fatalf("a link of another form, of %d characters", len(c.Link))
	}
	l := link{CreatedShare: c, secret: must(base64.RawURLEncoding.DecodeString(text))(t)}
	l.id, l.token = text64(l.derive(t, "share-id", 16)), text64(l.derive(t, "access-token", 32))
	return l
}

func text64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

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

func viewOf(n byte) string { return text64(bytes.Repeat([]byte{n}, 16)) }

func (b *bench) open(l link, view byte) (share.OpenedShare, error) {
	return b.Open(
		context.Background(),
		share.OpenRequest{ID: l.id, Token: l.token, View: viewOf(view), Agent: "curl/8"},
	)
}

func (b *bench) openAs(l link, view byte, email, code string) (share.OpenedShare, error) {
	return b.Open(
		context.Background(),
		share.OpenRequest{ID: l.id, Token: l.token, View: viewOf(view), Email: email, Code: code},
	)
}

// code asks for a code and reads it in the mail.
func (b *bench) code(l link, email string) string {
	b.t.Helper()
	if err := b.SendCode(b.t.Context(), l.id, l.token, email); err != nil {
		b.t.Fatal(err)
	}
	return regexp.MustCompile(`\b\d{8}\b`).FindString(b.mails[len(b.mails)-1].text)
}

// want compares an error's code, "" for none.
func want(t testing.TB, what string, err error, code fault.Code) {
	t.Helper()
	got := fault.Code("")
	if err != nil {
		got = fault.CodeOf(err)
	}
	if got != code {
		t.Errorf("%s: %q (%v), want %q", what, got, err, code)
	}
}

// problems are the codes and fields of an error, sorted.
func problems(err error) string {
	var all []string
	for _, p := range fault.ProblemsOf(err) {
		all = append(all, string(p.Code)+"@"+p.Field)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// events are the details of the audit events of a kind, newest first.
func (b *bench) events(kind audit.Kind) []audit.Event {
	b.t.Helper()
	records := must(
		b.db.FindRecords(
			b.t.Context(),
			audit.Filter{Kind: kind, Before: math.MaxInt64, Limit: 100},
		),
	)(
		b.t,
	)
	var all []audit.Event
	for _, r := range records {
		all = append(all, must(b.log.Event(r.Entry))(b.t))
	}
	return all
}
