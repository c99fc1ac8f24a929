package db

import (
	"context"
	"net/url"
	"sync"
	"testing"
	"time"

	"itemshare/db/dbtest"
	"itemshare/fault"
)

// TestManyOpenPostgresAtOnce starts several processes' worth of databases on an empty schema.
func TestManyOpenPostgresAtOnce(t *testing.T) {
	address := dbtest.Schema(t)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			db, err := Open(t.Context(), Config{URL: address, Clock: time.Now})
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			if err := db.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
	all.Wait()
}

// TestClosedConnectionsAreNotUsed ends every pooled connection at the server: the next statement
// uses another one.
func TestClosedConnectionsAreNotUsed(t *testing.T) {
	address := dbtest.Schema(t)
	named, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := named.Query()
	query.Set("application_name", "idle")
	named.RawQuery = query.Encode()
	db, admin := openURL(t, named.String()), openURL(t, address)
	addUser(t, db, "ada")
	var ended int
	row := admin.writers.QueryRowContext(t.Context(), `SELECT count(pg_terminate_backend(pid))
		FROM pg_stat_activity WHERE application_name = 'idle'`)
	if err := row.Scan(&ended); err != nil || ended == 0 {
		t.Fatalf("%d connections ended, %v", ended, err)
	}
	time.Sleep(2 * pingTime)
	addUser(t, db, "bob")
}

// TestNothingWaitsForGood asserts that waiting for another's lock, or for a server that the
// network no longer reaches, ends as unavailable.
func TestNothingWaitsForGood(t *testing.T) {
	address := dbtest.Schema(t)
	through := dbtest.NewWire(t, address)
	near, far := openURL(t, address), openURL(t, through.URL)
	addUser(t, near, "ada")
	held, err := near.writers.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Rollback() // it only holds a lock
	if _, err := held.Exec(`UPDATE users SET name = name`); err != nil {
		t.Fatal(err)
	}
	through.Swallow()
	var all sync.WaitGroup
	for _, c := range []struct {
		why  string
		most time.Duration
		do   func() error
	}{
		{"a lock", 6 * time.Second, func() error { return rename(near) }},
		{"a read into nothing", readTime + time.Second, func() error { return far.Ready(context.Background()) }},
		{"a write into nothing", writeTime + time.Second, func() error { return rename(far) }},
	} {
		all.Go(func() {
			began := time.Now()
			err := c.do()
			if took := time.Since(began); fault.KindOf(err) != fault.Unavailable || took > c.most {
				t.Errorf("%s: %v after %v", c.why, err, took)
			}
		})
	}
	all.Wait()
}

func rename(db *DB) error {
	return db.write(context.Background(), "test", func(tx *tx) error {
		_, err := tx.exec(`UPDATE users SET name = 'Ada'`)
		return err
	})
}
