package db

import (
	"context"
	"testing"
	"time"

	"itemshare/db/dbtest"
)

// open gives an empty database of its own.
func open(t testing.TB) *DB {
	t.Helper()
	return openURL(t, dbtest.URL(t))
}

// openTwice gives two handles of one empty database, as two processes have them.
func openTwice(t testing.TB) []*DB {
	t.Helper()
	url := dbtest.URL(t)
	return []*DB{openURL(t, url), openURL(t, url)}
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
