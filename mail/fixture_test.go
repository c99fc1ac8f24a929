package mail_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"log/slog"
	"sync"
	"testing"
	"time"

	"itemshare/db"
	"itemshare/db/dbtest"
	"itemshare/mail"
	"itemshare/seal"
)

// queueFixture is a mail queue in a real database, with a clock that tests set.
type queueFixture struct {
	*mail.Sealer
	db  *db.DB
	raw *sql.DB
	url string
	log safeBuffer

	failed func(context.Context, mail.Failure) error // of workers started after it is set

	mu  sync.Mutex
	now time.Time
}

// safeBuffer is a buffer that several goroutines write to.
type safeBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

func (f *queueFixture) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *queueFixture) pass(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

func newQueue(t *testing.T) *queueFixture {
	t.Helper()
	f := &queueFixture{url: dbtest.URL(t), now: at}
	f.db = f.open(t)
	random := make([]byte, 32)
	rand.Read(random)
	master, err := seal.ParseMasterKey(base64.StdEncoding.EncodeToString(random))
	if err != nil {
		t.Fatal(err)
	}
	keyring, err := seal.Unlock(t.Context(), master, f.db)
	if err != nil {
		t.Fatal(err)
	}
	f.Sealer = mail.NewSealer(keyring.Box(seal.Mail))
	f.raw = dbtest.Raw(t, f.url)
	return f
}

func (f *queueFixture) open(t *testing.T) *db.DB {
	t.Helper()
	store, err := db.Open(t.Context(), db.Config{URL: f.url, Clock: f.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// queue adds a message, as the transaction of a code does.
func (f *queueFixture) queue(t *testing.T, id string, m mail.Message) {
	t.Helper()
	until := f.clock().Add(10 * time.Minute)
	sealed, err := f.Prepare(id, m, until)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.raw.Exec(dbtest.Say(f.url, `INSERT INTO mail_queue
		(id, topic, sealed, until, due_at) VALUES (?, ?, ?, ?, ?)`),
		id, []byte(id), sealed, until.Unix(), f.clock().Unix()); err != nil {
		t.Fatal(err)
	}
}

func (f *queueFixture) count(t *testing.T, where string) (n int) {
	t.Helper()
	if err := f.raw.QueryRow(`SELECT count(*) FROM mail_queue WHERE ` + where).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// wait waits until the number of rows that satisfy where is as wanted.
func (f *queueFixture) wait(t *testing.T, where string, want int) {
	t.Helper()
	for range 1000 {
		if f.count(t, where) == want {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%d rows are %s, want %d", f.count(t, where), where, want)
}

// run starts a worker. stop stops it and waits until it has ended.
func (f *queueFixture) run(
	t *testing.T,
	store *db.DB,
	sender mail.Sender,
) (worker *mail.Worker, stop func()) {
	t.Helper()
	worker = mail.NewWorker(mail.WorkerConfig{
		Queue: store, Sealer: f.Sealer, Sender: sender,
		Clock: f.clock, Random: rand.Reader, Log: slog.New(slog.NewTextHandler(&f.log, nil)),
		Failed: f.failed,
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { worker.Run(ctx); close(done) }()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return worker, stop
}
