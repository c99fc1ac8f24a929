package db

import (
	"context"
	"errors"
	"testing"
	"time"

	"itemshare/db/dbtest"
)

// open returns an empty database.
func open(t testing.TB) *DB {
	t.Helper()
	return openURL(t, dbtest.URL(t))
}

// openTwice opens one empty database twice, as two processes do.
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

// addFutureMigration records a migration that this version does not have.
func addFutureMigration(t *testing.T, db *DB) {
	t.Helper()
	_, err := db.writers.Exec(
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)`,
	)
	if err != nil {
		t.Fatal(err)
	}
}

// TestOpenRejectsANewerSchema asserts that a program does not open a database that a newer one
// migrated: it would read and write rows that it does not understand.
func TestOpenRejectsANewerSchema(t *testing.T) {
	url := dbtest.URL(t)
	addFutureMigration(t, openURL(t, url))
	opened, err := Open(t.Context(), Config{URL: url, Clock: time.Now})
	if err == nil {
		opened.Close()
	}
	if !errors.Is(err, ErrNewer) {
		t.Errorf("opened: %v", err)
	}
}
