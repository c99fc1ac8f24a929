package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"itemshare/fault"
)

// newNumbersDatabase returns a database with a table of numbers.
func newNumbersDatabase(t *testing.T) *DB {
	t.Helper()
	db := openAt(t, t.TempDir()+"/numbers.db")
	if _, err := db.writers.Exec(`CREATE TABLE numbers (n INTEGER PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	return db
}

func insert(n int) func(*tx) error {
	return func(t *tx) error {
		_, err := t.exec(`INSERT INTO numbers (n) VALUES (?)`, n)
		return err
	}
}

// blockWriter blocks the writer until the returned function is called, so that writes meanwhile
// form one group.
func blockWriter(t *testing.T, db *DB) (release func()) {
	t.Helper()
	started, end := make(chan bool), make(chan bool)
	go db.write(context.Background(), "test", func(*tx) error {
		close(started)
		<-end
		return nil
	})
	<-started
	return func() { close(end) }
}

// writeTogether starts all writes while the writer is blocked and returns their errors.
func writeTogether(t *testing.T, db *DB, writes ...func(*tx) error) []error {
	t.Helper()
	answers := make([]error, len(writes))
	var all sync.WaitGroup
	release := blockWriter(t, db)
	for i, fn := range writes {
		all.Go(func() { answers[i] = db.write(context.Background(), "test", fn) })
		for len(db.group.queue) != i+1 {
			if t.Context().Err() != nil {
				t.Fatal("the queue does not fill")
			}
		}
	}
	release()
	all.Wait()
	return answers
}

func TestOneFailureUndoesItsOwnPartAlone(t *testing.T) {
	db := newNumbersDatabase(t)
	wrong := errors.New("wrong")
	answers := writeTogether(t, db, insert(1),
		func(t *tx) error { return errors.Join(insert(2)(t), wrong) },
		insert(3),
		func(t *tx) error { insert(4)(t); panic("a bug") },
		insert(3),
		insert(5))
	for i, want := range []string{
		"",
		"wrong",
		"",
		"panic in a write: a bug",
		"UNIQUE constraint failed: numbers.n",
		"",
	} {
		if got := fmt.Sprint(answers[i]); want == "" && answers[i] != nil ||
			!strings.Contains(got, want) {
			t.Errorf("write %d: %v, want %q", i, answers[i], want)
		}
	}
	if n := countRows(t, db, `numbers WHERE n IN (1, 3, 5)`); n != 3 ||
		countRows(t, db, `numbers`) != 3 {
		t.Errorf("%d of the good rows, %d in all", n, countRows(t, db, `numbers`))
	}
}

func TestACallerWhoLeft(t *testing.T) {
	db := newNumbersDatabase(t)
	ctx, leave := context.WithCancel(t.Context())
	release := blockWriter(t, db)
	var early, other error
	var all sync.WaitGroup
	all.Go(func() { early = db.write(ctx, "test", insert(1)) })
	for len(db.group.queue) != 1 {
	}
	all.Go(func() { other = db.write(t.Context(), "test", insert(2)) })
	leave()
	release()
	all.Wait()
	if !errors.Is(early, context.Canceled) || fault.KindOf(early) != fault.Unavailable ||
		other != nil {
		t.Errorf("who left: %v; the other: %v", early, other)
	}
	if n := countRows(t, db, `numbers WHERE n = 1`); n != 0 {
		t.Error("the write of a caller who had left ran")
	}

	ctx, leave = context.WithCancel(t.Context())
	err := db.write(ctx, "test", func(t *tx) error {
		leave()
		return insert(3)(t)
	})
	if n := countRows(t, db, `numbers WHERE n = 3`); err != nil || n != 1 {
		t.Errorf("who left while it ran: %v, %d rows; the truth is that it was done", err, n)
	}
}

// TestFailedCommit makes the commit of a whole group fail, by a deferred foreign key.
func TestFailedCommit(t *testing.T) {
	db := newNumbersDatabase(t)
	if _, err := db.writers.Exec(
		`CREATE TABLE refs (n INTEGER REFERENCES numbers (n) DEFERRABLE INITIALLY DEFERRED)`,
	); err != nil {
		t.Fatal(err)
	}
	answers := writeTogether(t, db, insert(1), func(t *tx) error {
		_, err := t.exec(`INSERT INTO refs (n) VALUES (99)`)
		return err
	}, func(*tx) error { return fault.Of(fault.Conflict) })
	for i, err := range answers {
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("write %d: %v; nothing of its group was kept", i, err)
		}
	}
	if n := countRows(t, db, `numbers`); n != 0 {
		t.Errorf("%d rows", n)
	}
	if err := db.write(t.Context(), "test", insert(7)); err != nil {
		t.Errorf("the next write: %v", err)
	}
}

// TestLostTransaction ends the whole transaction in one write, as SQLite does when the disk is
// full.
func TestLostTransaction(t *testing.T) {
	db := newNumbersDatabase(t)
	answers := writeTogether(t, db, insert(1), func(t *tx) error {
		t.exec(`ROLLBACK`)
		return errors.New("disk is full")
	}, insert(2))
	for i, err := range answers[:2] {
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if answers[2] != nil {
		t.Errorf("who still waited: %v", answers[2])
	}
	if n := countRows(t, db, `numbers`); n != 1 {
		t.Errorf("%d rows, want the last one's", n)
	}
}

func TestCloseLetsTheWaitingEnd(t *testing.T) {
	db := newNumbersDatabase(t)
	var all sync.WaitGroup
	var errs [20]error
	release := blockWriter(t, db)
	for i := range errs {
		all.Go(func() { errs[i] = db.write(context.Background(), "test", insert(i)) })
	}
	for len(db.group.queue) != len(errs) {
	}
	closed := make(chan error)
	go func() { closed <- db.Close() }()
	release()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	all.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		t.Error(err)
	}
	if err := db.write(t.Context(), "test", insert(99)); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a write after the end: %v", err)
	}
}

func TestReadsWithoutACaller(t *testing.T) {
	db := newNumbersDatabase(t)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	var one int
	if err := db.read(ctx).row(`SELECT 1`).Scan(&one); !errors.Is(err, context.Canceled) {
		t.Errorf("row: %v", err)
	}
	if _, err := db.read(ctx).query(`SELECT 1`); !errors.Is(err, context.Canceled) {
		t.Errorf("query: %v", err)
	}
}
