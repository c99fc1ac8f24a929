package db

import (
	"context"
	"testing"
	"time"
)

// open gives an empty database of its own.
func open(t testing.TB) *DB {
	t.Helper()
	db, err := Open(context.Background(), Config{URL: "sqlite:" + t.TempDir() + "/itemshare.db", Clock: time.Now})
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
