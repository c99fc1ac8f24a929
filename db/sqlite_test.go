package db

import (
	"bytes"
	"context"
	"database/sql"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"itemshare/fault"
	"itemshare/share"
)

func openAt(t *testing.T, path string) *DB {
	t.Helper()
	db, err := Open(t.Context(), Config{URL: "sqlite:" + path, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestEveryConnectionIsSet takes every connection of both pools at once and checks each one's
// settings.
func TestEveryConnectionIsSet(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "a.db"))
	for name, pool := range map[string]*sql.DB{"writer": db.writers, "reader": db.readers} {
		size := pool.Stats().MaxOpenConnections
		if name == "writer" && size != 1 || name == "reader" && size < 2 {
			t.Errorf("%d connections of the %s", size, name)
		}
		readOnly := "0"
		if name == "reader" {
			readOnly = "1"
		}
		for range size {
			conn, err := pool.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			for pragma, want := range map[string]string{
				"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1",
				"busy_timeout": "5000", "temp_store": "2", "query_only": readOnly,
			} {
				var got string
				if err := conn.QueryRowContext(t.Context(), `PRAGMA `+pragma).Scan(&got); err != nil ||
					got != want {
					t.Errorf("%s: %s = %q, %v; want %s", name, pragma, got, err, want)
				}
			}
			if name == "reader" {
				if _, err := conn.ExecContext(t.Context(), `CREATE TABLE x (n)`); err == nil {
					t.Error("a reader could write")
				}
			}
		}
	}
}

// TestPlansAreKept runs statements that SQLite would plan again for each bound value, and counts
// allocations: go-sqlite3 loads the names and types of all columns again after that.
func TestPlansAreKept(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "a.db"))
	addSharer(t, db, "ada")
	createShare(t, db, 1)
	link := draft(1).Record
	allocations := testing.AllocsPerRun(100, func() {
		if _, err := db.ByLink(t.Context(), link.LinkID, link.TokenHash, morning); err != nil {
			t.Error(err)
		}
	})
	if allocations > 80 {
		t.Errorf(
			"%.0f allocations to find a share by its link: is it prepared each time?",
			allocations,
		)
	}
}

func TestWritersBeginImmediately(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	one, other := openAt(t, path), openAt(t, path)
	held := make(chan error)
	err := one.write(t.Context(), "test", func(*tx) error {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		go func() { held <- other.write(ctx, "test", func(*tx) error { return nil }) }()
		select {
		case <-held:
			t.Error("two transactions that write at once")
		case <-time.After(100 * time.Millisecond):
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	<-held
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, filepath.Join(dir, "a name with ? and % and #.db"))
	addSharer(t, db, "ada")
	seen := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		seen++
		info, err := entry.Info()
		if err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %o", entry.Name(), info.Mode().Perm())
		}
		return err
	})
	if err != nil || seen != 3 {
		t.Errorf("%d files, want database, log and index: %v", seen, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, url := range []string{"", "sqlite:", "mysql://x", "/tmp/a.db"} {
		if db, err := Open(t.Context(), Config{URL: url}); err == nil {
			db.Close()
			t.Errorf("%q was opened", url)
		}
	}
	damaged := filepath.Join(t.TempDir(), "a.db")
	if err := os.WriteFile(damaged, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Config{URL: "sqlite:" + damaged}); err == nil {
		t.Error("a file that is no database was opened")
	}
	_, err := Open(t.Context(), Config{URL: "postgres://u:topsecret@127.0.0.1:1/x\x7f"})
	if err == nil || strings.Contains(err.Error(), "topsecret") {
		t.Errorf("password in %v", err)
	}
}

// TestErasedBytesAreGone asserts that the raw files contain the sealed bytes before erasing and
// scrubbing and not afterwards, and that no other file appears.
func TestErasedBytesAreGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db := openAt(t, path)
	addSharer(t, db, "ada")
	marker := bytes.Repeat([]byte("MARKER-of-sealed-bytes "), 300)
	for n := range 20 {
		d := draft(
			n,
			views(1),
			to(bob),
			func(d *share.Draft) { d.Ciphertext, d.Record.Files = marker, true },
		)
		if err := db.StageChunk(t.Context(), d.Record.ID, 0, 0, marker, morning); err != nil {
			t.Fatal(err)
		}
		if err := db.Create(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, db, shareID(1), bob, "MARKER code", morning, share.Opened)
	if !isOnDisk(t, path, "MARKER") {
		t.Fatal("the marker was never there")
	}
	for n := range 10 {
		revoke(t, db, shareID(n), morning, true)
	}
	sweep(t, db, after(3*time.Hour), false)
	if n := countRows(
		t,
		db,
		`share_content`,
	) + countRows(t, db, `share_chunks`) + countRows(t, db, `share_codes`); n != 0 {
		t.Fatalf("%d rows are left", n)
	}
	rows, err := db.readers.Query(`SELECT id FROM shares`) // a reader that does not go away
	if err != nil || !rows.Next() {
		t.Fatal(err)
	}
	addSharer(t, db, "ben")
	createShare(t, db, 30, expiringAfter(24*time.Hour))
	revoke(t, db, shareID(30), after(3*time.Hour), true)
	sweep(t, db, after(4*time.Hour), false)
	if clean, err := db.Scrub(t.Context()); err != nil || clean {
		t.Errorf("with a reader in the log: %v, %v", clean, err)
	}
	rows.Close()
	if clean, err := db.Scrub(t.Context()); err != nil || !clean {
		t.Fatalf("scrub: %v, %v", clean, err)
	}
	if isOnDisk(t, path, "MARKER") {
		t.Error("sealed bytes are still there")
	}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() != 0 {
		t.Errorf("the log: %v, %v", info, err)
	}
	conn, err := db.writers.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var patience int
	if err := conn.QueryRowContext(t.Context(), `PRAGMA busy_timeout`).Scan(&patience); err != nil ||
		patience != 5000 {
		t.Errorf("after a scrub the writer waits %d ms: %v", patience, err)
	}
}

// TestScrubKeepsNoWriterWaiting asserts that Scrub does nothing if nothing was erased, and does
// not wait for a reader that needs an older state of the log.
func TestScrubKeepsNoWriterWaiting(t *testing.T) {
	db, l := openRecorded(t)
	const waiting = `PRAGMA wal_checkpoint(TRUNCATE)`
	scrub := func(why string, wantClean, mayWait bool) {
		t.Helper()
		clear(l.seen)
		clean, err := db.Scrub(t.Context())
		if err != nil || clean != wantClean {
			t.Errorf("%s: clean %v, %v", why, clean, err)
		}
		if _, waited := l.seen[waiting]; waited != mayWait {
			t.Errorf("%s: writers may have to wait: %v", why, waited)
		}
	}
	scrub("after a start, for what the last process erased", true, true)
	addSharer(t, db, "ada")
	for n := range 3 {
		createShare(t, db, n)
	}
	scrub("after creating shares", true, false)
	rows, err := db.readers.Query(`SELECT id FROM shares`)
	if err != nil || !rows.Next() {
		t.Fatal(err)
	}
	for n := range 3 {
		revoke(t, db, shareID(n), morning, true)
	}
	sweep(t, db, after(3*time.Hour), false)
	scrub("while a reader began before", false, false)
	rows.Close()
	scrub("once it has ended", true, true)
	scrub("again", true, false)
	other := exec.Command(os.Args[0], "-test.run=^TestOtherProcessErases$")
	other.Env = append(os.Environ(), "ITEMSHARE_TEST_ERASE="+db.dialect.file)
	if out, err := other.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	scrub("after another process has erased", true, true)
}

// TestOtherProcessErases is the other process of TestScrubKeepsNoWriterWaiting.
func TestOtherProcessErases(t *testing.T) {
	path := os.Getenv("ITEMSHARE_TEST_ERASE")
	if path == "" {
		return
	}
	db := openAt(t, path)
	if err := db.write(t.Context(), "erase", func(t *tx) error {
		_, err := t.exec(`DELETE FROM share_requests`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	createShare(t, db, 9)
}

// isOnDisk reports whether a text is in the database's file or its log.
func isOnDisk(t *testing.T, path, text string) bool {
	t.Helper()
	found := false
	for _, suffix := range []string{"", "-wal"} {
		raw, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		found = found || bytes.Contains(raw, []byte(text))
	}
	return found
}

// TestFullDisk asserts that a database that cannot grow returns fault.Unavailable, and works
// again once there is room.
func TestFullDisk(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "a.db"))
	addSharer(t, db, "ada")
	var pages int
	if err := db.writers.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		t.Helper()
		if err := db.writers.QueryRow(`PRAGMA max_page_count = ` + strconv.Itoa(n)).Scan(new(int)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages)
	large := draft(1, func(d *share.Draft) { d.Ciphertext = make([]byte, 1<<20) })
	if err := db.Create(t.Context(), large); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("full: %v", err)
	}
	limit(1 << 20)
	if err := db.Create(t.Context(), large); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if n := runtime.NumGoroutine(); n > 200 {
		t.Errorf("%d goroutines", n)
	}
}

// TestManyOpenAtOnce starts several processes' worth of databases on one file that is not there yet.
func TestManyOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	simultaneously(4, func(int) {
		db, err := Open(t.Context(), Config{URL: "sqlite:" + path, Clock: time.Now})
		if err != nil {
			t.Error(err)
			return
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}
