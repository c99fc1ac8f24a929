package db

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

// open gives an empty database of its own.
func open(t testing.TB) *DB {
	t.Helper()
	return openURL(t, newURL(t))
}

// openTwice gives two handles of one empty database, as two processes have them.
func openTwice(t testing.TB) []*DB {
	t.Helper()
	url := newURL(t)
	return []*DB{openURL(t, url), openURL(t, url)}
}

// newURL names an empty database: a file of SQLite, or a schema of the PostgreSQL whose
// address stands in ITEMSHARE_TEST_POSTGRES.
func newURL(t testing.TB) string {
	t.Helper()
	if server := os.Getenv("ITEMSHARE_TEST_POSTGRES"); server != "" {
		return newSchema(t, server)
	}
	return "sqlite:" + t.TempDir() + "/itemshare.db"
}

func openURL(t testing.TB, url string) *DB {
	t.Helper()
	db, err := Open(context.Background(), Config{URL: url, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

func TestOpen(t *testing.T) {
	db := open(t)
	if err := db.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// newSchema makes a schema that lives as long as the test, and gives its address.
func newSchema(t testing.TB, server string) string {
	t.Helper()
	pool, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), schemas.Add(1))
	if _, err := pool.Exec(`CREATE SCHEMA ` + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := pool.Exec(`DROP SCHEMA ` + name + ` CASCADE`); err != nil {
			t.Error(err)
		}
		pool.Close()
	})
	return server + "&search_path=" + name
}

var schemas atomic.Int64
