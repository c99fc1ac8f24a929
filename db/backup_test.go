package db

import (
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/share"
)

// newUsedDatabase returns a database with shares of every kind and state, whose every sealed text
// is a marker.
func newUsedDatabase(t *testing.T) (*DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.db")
	db := openAt(t, path)
	addSharer(t, db, "ada")
	addSharer(t, db, "ben")
	seedShares(t, db)
	d := draft(
		500,
		to(bob),
		views(0),
		func(d *share.Draft) { d.Ciphertext, d.Record.Files = []byte("MARKER content"), true },
	)
	if err := db.StageChunk(t.Context(), d.Record.ID, 0, 0, []byte("MARKER chunk"), morning); err != nil {
		t.Fatal(err)
	}
	if err := db.Create(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	wantCode(t, db, d.Record.ID, bob, "1", morning, share.Opened)
	if _, err := tryClaim(db, d.Record.ID, 1, morning, proofOf(bob, "1")); err != nil {
		t.Fatal(err)
	}
	createShare(t, db, 501, native, to(bob))
	addServiceAccount(t, db, "deploy", "v")
	queueMail(t, db, "MARKER mail", "topic", morning)
	return db, path
}

func approve(ctx context.Context, db *DB) (audit.Entry, error) {
	e := auditEntry(audit.Restored, "")
	e.At = after(30 * time.Minute)
	return e, nil
}

func restoreTo(t *testing.T, path, backup string) error {
	t.Helper()
	return Restore(t.Context(), Config{URL: "sqlite:" + path, Clock: time.Now}, backup, approve)
}

func TestBackupAndRestore(t *testing.T) {
	db, path := newUsedDatabase(t)
	dir := t.TempDir()
	backup := filepath.Join(dir, "backup")
	if !isOnDisk(t, path, "MARKER") {
		t.Fatal("the marker was never there")
	}
	if err := db.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(backup)
	if err != nil || strings.Contains(string(raw), "MARKER") ||
		strings.Contains(string(raw), "sealed content of") ||
		!strings.Contains(string(raw), "sealed title") {
		t.Errorf("what the backup holds is wrong: %v", err)
	}
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := db.Backup(t.Context(), backup); err == nil {
		t.Error("a backup was overwritten")
	}

	target := filepath.Join(dir, "restored.db")
	if err := restoreTo(t, target, backup); err != nil {
		t.Fatal(err)
	}
	if names := files(t, dir); !slices.Equal(names, []string{"backup", "restored.db"}) {
		t.Errorf("left behind: %v", names)
	}
	wantRestored(t, db, openAt(t, target))
}

// wantRestored asserts that a restored database equals the one that was backed up.
func wantRestored(t *testing.T, db, again *DB) {
	t.Helper()
	for _, table := range tables(t, db) {
		want := countRows(t, db, table)
		switch {
		case slices.Contains(transientTables(), table):
			want = 0
		case table == "audit_events":
			want++
		}
		if got := countRows(t, again, table); got != want {
			t.Errorf("%s: %d rows, want %d", table, got, want)
		}
	}
	if n := countRows(t, again, `audit_events WHERE kind = 'restored'`); n != 1 {
		t.Errorf("%d entries of the restoration", n)
	}
	before, _, err := db.List(t.Context(), share.Filter{Limit: 100, Now: after(30 * time.Minute)})
	if err != nil || len(before) != 50 {
		t.Fatal(len(before), err)
	}
	for _, was := range before {
		is := recordOf(t, again, was.ID, after(30*time.Minute))
		want := was.State
		if want == share.Active && !was.Native { // what 1Password made goes on there
			want = share.Revoked
		}
		if is.State != want || is.Views != was.Views || string(is.Title) != string(was.Title) ||
			len(is.Recipients) != len(was.Recipients) {
			t.Errorf("%s was %s and is %s", was.ID, was.State, is.State)
		}
	}
	if n, err := expire(again)(t.Context(), after(1000*time.Hour), 10); n != 1 || err != nil {
		t.Errorf("%d links of 1Password end in their time, %v", n, err)
	}
	program, err := again.FindServiceAccount(t.Context(), sha256.Sum256([]byte("deploy")))
	if err != nil || !program.RevokedAt.Equal(after(30*time.Minute)) {
		t.Errorf("a program's token: %+v, %v", program, err)
	}
	for _, view := range []int{1, 2} {
		wantClaim(t, again, shareID(500), view, morning, proofOf(bob, "1"), share.OutcomeRevoked)
	}
	for _, state := range []share.State{share.Active, share.Revoked} {
		found, _, err := again.List(
			t.Context(),
			share.Filter{
				HasText:     true,
				AddressMACs: [][]byte{hash(bob)},
				State:       state,
				Limit:       100,
				Now:         morning,
			},
		)
		if err != nil || (len(found) == 0) != (state == share.Active) {
			t.Errorf("%d shares of bob are %s: %v", len(found), state, err)
		}
	}
}

func tables(t *testing.T, db *DB) []string {
	t.Helper()
	names, err := collect(db.read(t.Context()), scanText, `SELECT name FROM sqlite_schema
		WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'`)
	if err != nil || len(names) < 20 {
		t.Fatal(names, err)
	}
	return names
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestBackupOfABusyDatabase asserts that a backup during writes is one snapshot: it has no share
// without its audit entry.
func TestBackupOfABusyDatabase(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "a.db"))
	addSharer(t, db, "ada")
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := db.Create(context.Background(), draft(n)); err != nil {
				t.Error(err)
			}
		}
	}()
	time.Sleep(20 * time.Millisecond)
	backup := filepath.Join(t.TempDir(), "backup")
	err := db.Backup(t.Context(), backup)
	close(stop)
	<-stopped
	if err != nil {
		t.Fatal(err)
	}
	copied := openAt(t, backup)
	shares, entries := countRows(
		t,
		copied,
		`shares`,
	), countRows(
		t,
		copied,
		`audit_events WHERE kind = 'share.created'`,
	)
	if shares == 0 || shares != entries {
		t.Errorf("%d shares, %d entries", shares, entries)
	}
}

func TestRestoreRefuses(t *testing.T) {
	db, path := newUsedDatabase(t)
	dir := t.TempDir()
	backup := filepath.Join(dir, "backup")
	if err := db.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.db")
	open := openAt(t, other)
	if err := restoreTo(t, other, backup); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("empty, but in use: %v", err)
	}
	if err := open.Ready(t.Context()); err != nil {
		t.Errorf("its server: %v", err)
	}
	open.Close()
	if err := restoreTo(t, other, backup); err != nil {
		t.Errorf("empty: %v", err)
	}
	if err := restoreTo(t, other, backup); err == nil ||
		!strings.Contains(err.Error(), "not empty") {
		t.Errorf("not empty: %v", err)
	}
	db.Close()
	if err := restoreTo(t, path, backup); err == nil {
		t.Error("a database that was lived in is replaced")
	}
	noKey := errors.New("the key does not fit")
	fresh := filepath.Join(dir, "fresh.db")
	err := Restore(
		t.Context(),
		Config{URL: "sqlite:" + fresh},
		backup,
		func(context.Context, *DB) (audit.Entry, error) { return audit.Entry{}, noKey },
	)
	if !errors.Is(err, noKey) {
		t.Errorf("without the key: %v", err)
	}
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("a letter ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := restoreTo(t, fresh, text); err == nil {
		t.Error("a text was restored")
	}
	if err := restoreTo(t, fresh, filepath.Join(dir, "nothing")); err == nil {
		t.Error("nothing was restored")
	}
	if names := files(t, dir); !slices.Equal(names, []string{"backup", "other.db", "text"}) {
		t.Errorf("left behind: %v", names)
	}
}

// TestRestoreAfterAFailedOne asserts that what an earlier restore left behind, after an error or
// a kill, does not prevent the next one.
func TestRestoreAfterAFailedOne(t *testing.T) {
	db, path := newUsedDatabase(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	target := filepath.Join(dir, "restored.db")
	if err := restoreTo(t, target, dir); err == nil {
		t.Error("a folder was restored")
	}
	if names := files(t, dir); len(names) > 0 {
		t.Errorf("left behind: %v", names)
	}
	if err := os.WriteFile(target+".part", []byte("half a copy"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := restoreTo(t, target, path); err != nil {
		t.Errorf("beside the half copy of a restore that was killed: %v", err)
	}
}

// TestRestoreOfANewerBackup asserts that the error names the version that the backup needs.
func TestRestoreOfANewerBackup(t *testing.T) {
	db, path := newUsedDatabase(t)
	addFutureMigration(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	err := restoreTo(t, filepath.Join(t.TempDir(), "restored.db"), path)
	if !errors.Is(err, ErrNewer) || strings.Contains(err.Error(), "not a backup") {
		t.Errorf("restored: %v", err)
	}
}

// TestRestoreOfAPlainCopy asserts that a copy of the database file can be restored, with its
// sealed contents.
func TestRestoreOfAPlainCopy(t *testing.T) {
	db, path := newUsedDatabase(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(t.TempDir(), "restored.db")
	if err := restoreTo(t, target, path); err != nil {
		t.Fatal(err)
	}
	again := openAt(t, target)
	for _, table := range transientTables() {
		if n := countRows(t, again, table); n != 0 {
			t.Errorf("%s: %d rows", table, n)
		}
	}
	if isOnDisk(t, target, "MARKER") {
		t.Error("sealed bytes came along")
	}
}

// TestBackupOfPostgres backs up PostgreSQL to a file and restores the file to PostgreSQL: what is
// no share is there as it was, and every share and token has ended.
func TestBackupOfPostgres(t *testing.T) {
	first, second := emptyPostgresURL(t), emptyPostgresURL(t)
	noError(t, copyTo(t, filledDatabase(t), first))
	backup := filepath.Join(t.TempDir(), "backup")
	source := openURL(t, first)
	noError(t, source.Backup(t.Context(), backup))
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	to := Config{URL: second, Clock: time.Now}
	noError(t, Restore(t.Context(), to, backup, approve))
	if err := Restore(t.Context(), to, backup, approve); err == nil {
		t.Error("a database with rows was restored over")
	}

	target := openURL(t, second)
	ended := []string{"shares", "share_recipients", "share_views", "audit_events", "service_accounts"}
	for _, table := range allTables() {
		want, got := rowsOf(t, source, table), rowsOf(t, target, table)
		switch {
		case slices.Contains(transientTables(), table.name):
			if got.rows != 0 {
				t.Errorf("%s: %d rows", table.name, got.rows)
			}
		case slices.Contains(ended, table.name):
			if table.name == "audit_events" {
				want.rows++
			}
			if got.rows != want.rows {
				t.Errorf("%s: %d rows, want %d", table.name, got.rows, want.rows)
			}
		case got != want || got.rows == 0:
			t.Errorf("%s: %d rows, want the %d of the source", table.name, got.rows, want.rows)
		}
	}
	var live int
	noError(t, target.read(t.Context()).row(`SELECT (SELECT count(*) FROM shares WHERE state = 'active'
		AND native = 0) + (SELECT count(*) FROM service_accounts WHERE revoked_at = 0)`).Scan(&live))
	if live != 0 {
		t.Errorf("%d shares and tokens are live", live)
	}
	noError(t, target.Record(t.Context(), auditEntry(audit.SignedIn, ""))) // ids go on
}

func rowsOf(t *testing.T, db *DB, table table) tableSum {
	t.Helper()
	sqlTx, err := db.readers.BeginTx(t.Context(), nil)
	noError(t, err)
	defer sqlTx.Rollback()
	sum, err := db.newTx(t.Context(), sqlTx).sum(table)
	noError(t, err)
	return sum
}
