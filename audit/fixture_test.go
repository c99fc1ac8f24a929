package audit_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"itemshare/audit"
	"itemshare/db"
	"itemshare/db/dbtest"
	"itemshare/seal"
)

// logFixture is a log over a real database, with a connection for an attacker.
type logFixture struct {
	*audit.Log
	db   *db.DB
	mac  audit.MAC
	path string
	raw  *sql.DB
}

func newLog(t *testing.T) *logFixture {
	t.Helper()
	f := &logFixture{path: strings.TrimPrefix(dbtest.File(t), "sqlite:")}
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
	f.Log, f.mac = audit.NewLog(keyring.Box(seal.Audit), keyring.Hasher(seal.Addresses)), keyring.Hasher(seal.Chain)
	if f.raw, err = sql.Open("sqlite3", "file:"+f.path+"?_txlock=immediate&_busy_timeout=5000"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.raw.Close() })
	return f
}

func (f *logFixture) open(t *testing.T) *db.DB {
	t.Helper()
	store, err := db.Open(t.Context(), db.Config{URL: "sqlite:" + f.path, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func (f *logFixture) sealer() *audit.Sealer {
	return audit.NewSealer(f.db, f.mac, slog.New(slog.DiscardHandler))
}

func (f *logFixture) seal(t *testing.T) {
	t.Helper()
	if err := f.sealer().Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// add stores events numbered from first, one per second.
func (f *logFixture) add(t *testing.T, first, count int) {
	t.Helper()
	for n := first; n < first+count; n++ {
		entry, err := f.Entry(audit.Event{
			At: time.Date(
				2026,
				3,
				1,
				0,
				0,
				n,
				0,
				time.UTC,
			), Kind: []audit.Kind{audit.ShareCreated, audit.ShareOpened}[n%2],
			Actor: fmt.Sprint(
				"actor",
				n%3,
			), Subject: fmt.Sprint("share", n%5), Detail: map[string]string{"n": fmt.Sprint(n)},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.db.Record(t.Context(), entry); err != nil {
			t.Fatal(err)
		}
	}
}

func (f *logFixture) verify(head string) (audit.Report, error) {
	return audit.Verify(context.Background(), f.db, f.mac, head)
}

// tamper executes statements as an attacker of the database, and fails if one changes nothing.
func (f *logFixture) tamper(t *testing.T, statements ...string) {
	t.Helper()
	for _, s := range statements {
		result, err := f.raw.Exec(s)
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		if n, _ := result.RowsAffected(); n == 0 {
			t.Fatalf("%s changed nothing", s)
		}
	}
}
