package webhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/db"
	"itemshare/db/dbtest"
	"itemshare/seal"
	"itemshare/webhook"
)

// loopback is the network of the receivers in these tests.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// fixture is an installation with a clock that tests set.
type fixture struct {
	t       *testing.T
	url     string
	key     string
	db      *db.DB
	keyring *seal.Keyring
	log     *audit.Log
	sealer  *audit.Sealer
	hooks   *webhook.Service

	mu  sync.Mutex
	now time.Time
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	var raw [32]byte
	_, _ = rand.Read(raw[:])
	f := &fixture{
		t: t, url: dbtest.URL(t), key: base64.StdEncoding.EncodeToString(raw[:]),
		now: time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC),
	}
	f.db, f.keyring = unlock(t.Context(), f.url, f.key, f.clock)
	t.Cleanup(func() { _ = f.db.Close() })
	f.log = audit.NewLog(f.keyring.Box(seal.Audit), f.keyring.Hasher(seal.Addresses))
	f.sealer = audit.NewSealer(f.db, f.keyring.Hasher(seal.Chain), slog.New(slog.DiscardHandler))
	f.hooks = f.service(loopback)
	f.must(f.db.AddUser(t.Context(), account.User{
		ID: "ada", Email: "ada@company.example", Name: "Ada", Role: account.Member, CreatedAt: f.now,
	}, "hash", f.entry(audit.Event{Kind: audit.UserAdded})))
	return f
}

// unlock opens a database with a key.
func unlock(
	ctx context.Context, url, key string, clock func() time.Time,
) (*db.DB, *seal.Keyring) {
	database, err := db.Open(ctx, db.Config{URL: url, Clock: clock})
	if err != nil {
		panic(err)
	}
	master, err := seal.ParseMasterKey(key)
	if err != nil {
		panic(err)
	}
	keyring, err := seal.Unlock(ctx, master, database)
	if err != nil {
		panic(err)
	}
	return database, keyring
}

func (f *fixture) service(allowed []netip.Prefix) *webhook.Service {
	return webhook.New(webhook.Config{
		Store: f.db, Box: f.keyring.Box(seal.Webhooks), Audit: f.log,
		Sender: webhook.NewSender(allowed), Allowed: allowed, Clock: f.clock, Random: rand.Reader,
	})
}

func workerOf(
	database *db.DB, keyring *seal.Keyring, allowed []netip.Prefix, clock func() time.Time,
) *webhook.Worker {
	return webhook.NewWorker(webhook.WorkerConfig{
		Queue: database, Box: keyring.Box(seal.Webhooks),
		Audit:  audit.NewLog(keyring.Box(seal.Audit), keyring.Hasher(seal.Addresses)),
		Sender: webhook.NewSender(allowed), Clock: clock, Random: rand.Reader,
		Log: slog.New(slog.DiscardHandler), Every: 5 * time.Millisecond,
	})
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fixture) pass(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

func (f *fixture) entry(e audit.Event) audit.Entry {
	f.t.Helper()
	if e.At.IsZero() {
		e.At = f.clock()
	}
	entry, err := f.log.Entry(e)
	f.must(err)
	return entry
}

// share stores a share of Ada's.
func (f *fixture) share(id string) {
	f.t.Helper()
	_, err := dbtest.Raw(f.t, f.url).Exec(dbtest.Say(f.url, `INSERT INTO shares (id, link_id, token_hash,
		created_at, expires_at, max_views, audience, owner_id, vault_id, item_id, item_version, title,
		included, files, largest_file, bytes, state, ended_at, erase_at, due_at)
		VALUES ('`+id+`', CAST('`+id+`' AS BLOB), x'00', 1764493200, 1764579600, 2, 'recipients', 'ada',
			'vault1', 'item1', 1, x'00', x'00', 0, 0, 1, 'active', 0, 1764579600, 1764579600)`))
	f.must(err)
}

// happen records events and adds them to the chain.
func (f *fixture) happen(events ...audit.Event) {
	f.t.Helper()
	for _, e := range events {
		f.must(f.db.Record(f.t.Context(), f.entry(e)))
	}
	f.must(f.sealer.Seal(f.t.Context()))
}

// run works until the test ends.
func (f *fixture) run() {
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	worker := workerOf(f.db, f.keyring, loopback, f.clock)
	running.Go(func() { worker.Run(ctx) })
	f.t.Cleanup(func() {
		stop()
		running.Wait()
	})
}

// wait waits until a webhook's messages are as ok wants them.
func (f *fixture) wait(id string, ok func([]webhook.Delivery) bool) []webhook.Delivery {
	f.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		list, _, err := f.hooks.Deliveries(f.t.Context(), id, 0)
		f.must(err)
		if ok(list) {
			return list
		}
		if time.Now().After(deadline) {
			f.t.Fatalf("the messages are %+v", list)
		}
	}
}

// received is a message that a receiver accepted.
type received struct {
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	At      int64             `json:"at"`
}

// receiver accepts messages unless answer says otherwise.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []received
	tries  int
	answer func(w http.ResponseWriter, body string) bool // true where it has answered
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, request *http.Request) {
	raw, _ := io.ReadAll(request.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries++
	if r.answer != nil && r.answer(w, string(raw)) {
		return
	}
	header := request.Header.Get
	at, _ := strconv.ParseInt(header("webhook-timestamp"), 10, 64)
	r.got = append(r.got, received{map[string]string{
		"webhook-id": header("webhook-id"), "webhook-timestamp": header("webhook-timestamp"),
		"webhook-signature": header("webhook-signature"),
	}, string(raw), at})
	_, _ = io.WriteString(w, "thanks")
}

func (r *receiver) set(answer func(http.ResponseWriter, string) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func (r *receiver) count() (got, tries int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.got), r.tries
}

func status(code int, words string) func(http.ResponseWriter, string) bool {
	return func(w http.ResponseWriter, _ string) bool {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, words)
		return true
	}
}

// verify verifies messages under each of some secrets, by the words of the scheme and with npm's
// standardwebhooks. A short run, which needs no Node, leaves the latter out.
func verify(t *testing.T, messages []received, secrets ...string) error {
	t.Helper()
	for _, secret := range secrets {
		for _, m := range messages {
			if !m.isSigned(t, secret) {
				return fmt.Errorf("message %s isn't signed", m.Headers["webhook-id"])
			}
		}
	}
	if testing.Short() {
		return nil
	}
	return verifyWithNPM(t, messages, secrets)
}

func (m received) isSigned(t *testing.T, secret string) bool {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(m.Headers["webhook-id"] + "." + m.Headers["webhook-timestamp"] + "." + m.Body))
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return slices.Contains(strings.Fields(m.Headers["webhook-signature"]), want)
}

func verifyWithNPM(t *testing.T, messages []received, secrets []string) error {
	t.Helper()
	module, err := filepath.Abs("../tools/npm/node_modules/standardwebhooks")
	if err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(map[string]any{
		"module": module, "secrets": secrets, "messages": messages,
	})
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "node", "testdata/verify.mjs")
	command.Stdin, command.Env = strings.NewReader(string(input)), os.Environ()
	out, err := command.CombinedOutput()
	if err == nil && strings.TrimSpace(string(out)) != strconv.Itoa(len(messages)) {
		t.Fatalf("%d messages, and it verified %s", len(messages), out)
	}
	return err
}

// wantSealed asserts that no row of webhooks holds a text.
func (f *fixture) wantSealed(texts ...string) {
	f.t.Helper()
	rows, err := dbtest.Raw(f.t, f.url).Query(
		`SELECT body, answer FROM webhook_deliveries UNION ALL SELECT sealed, sealed FROM webhooks`)
	f.must(err)
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var one, other []byte
		f.must(rows.Scan(&one, &other))
		for _, text := range texts {
			if strings.Contains(string(one)+string(other), text) {
				f.t.Errorf("a row holds %q", text)
			}
		}
	}
	if f.must(rows.Err()); n < 2 {
		f.t.Errorf("%d rows", n)
	}
}
