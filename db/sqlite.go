package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
)

// oldestSQLite is the first version without the WAL-reset bug, by which two
// connections that checkpoint at once could lose commits.
const oldestSQLite = 3_051_003

// busyTimeout is how long a connection waits for another process's lock, and
// scrubTimeout how long a scrub keeps writers waiting for readers to end.
const (
	busyTimeout  = 5 * time.Second
	scrubTimeout = 25 * time.Millisecond
)

func sqlite(path string) dialect {
	return dialect{
		goose:       goose.DialectSQLite3,
		migrations:  "sqlite",
		file:        path,
		grouped:     true,
		lockOpening: func() (io.Closer, error) { return lockFolder(path) },
		writers:     func() (*sql.DB, error) { return openSQLiteWriter(path) },
		readers:     func() (*sql.DB, error) { return openSQLiteReaders(path) },
		classify:    classifySQLite,
		undone:      undoneSQLite,
		scrub:       scrubSQLite,
	}
}

// setting is one parameter of a connection.
type setting struct{ name, value string }

// sqliteDSN returns the file's DSN, with the settings of every connection to it.
func sqliteDSN(path string, readOnly bool, others ...setting) string {
	set := url.Values{
		"_txlock":          {"immediate"},
		"_journal_mode":    {"WAL"},
		"_synchronous":     {"FULL"},
		"_foreign_keys":    {"true"},
		"_secure_delete":   {"true"},
		"_busy_timeout":    {fmt.Sprint(busyTimeout.Milliseconds())},
		"_stmt_cache_size": {"128"},
	}
	if readOnly {
		set.Set("mode", "ro")
		set.Set("_query_only", "true")
		set.Set("_txlock", "deferred") // a transaction is a snapshot
	}
	for _, other := range others {
		set.Set(other.name, other.value)
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + set.Encode()
}

// sqliteConnector opens connections of one DSN. They sort in memory, so that no
// temporary file holds rows, and leave the log to the checkpointer until it is long.
type sqliteConnector struct {
	dsn    string
	driver sqlite3.SQLiteDriver
}

func newSQLiteConnector(dsn string) *sqliteConnector {
	c := &sqliteConnector{dsn: dsn}
	c.driver.ConnectHook = func(conn *sqlite3.SQLiteConn) error {
		_, err := conn.Exec(
			fmt.Sprintf(`PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = %d`, logPages), nil,
		)
		return err
	}
	return c
}

func (c *sqliteConnector) Connect(
	context.Context,
) (driver.Conn, error) {
	return c.driver.Open(c.dsn)
}
func (c *sqliteConnector) Driver() driver.Driver { return &c.driver }

func openSQLiteWriter(path string) (*sql.DB, error) {
	if version, number, _ := sqlite3.Version(); number < oldestSQLite {
		return nil, fmt.Errorf("SQLite %s is too old: 3.51.3 or later is needed", version)
	}
	if err := errors.Join(keepPlans(), makePrivate(path)); err != nil {
		return nil, err
	}
	pool := sql.OpenDB(newSQLiteConnector(sqliteDSN(path, false)))
	pool.SetMaxOpenConns(1)
	pool.SetMaxIdleConns(1)
	return pool, nil
}

// makePrivate creates the file, readable for its owner alone; SQLite gives its log
// files the same mode. It does not open a file that exists: closing it would drop the
// locks that other connections of this process hold.
func makePrivate(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// lockFolder keeps other processes from opening a database in the same folder until
// the lock is closed: of two that create its tables at once both would fail.
func lockFolder(path string) (io.Closer, error) {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", folder.Name(), err), folder.Close())
	}
	return folder, nil
}

// openSQLiteReaders opens as many connections as there are processors, and at least
// two: on two processors one connection answered 70,000 lookups a second, two 120,000,
// and eight no more.
func openSQLiteReaders(path string) (*sql.DB, error) {
	size := max(2, runtime.NumCPU())
	pool := sql.OpenDB(newSQLiteConnector(sqliteDSN(path, true)))
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}

func classifySQLite(err error) class {
	var failure sqlite3.Error
	if !errors.As(err, &failure) {
		return other
	}
	switch failure.ExtendedCode {
	case sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey, sqlite3.ErrConstraintRowID:
		return unique
	case sqlite3.ErrConstraintForeignKey:
		return foreign
	}
	switch failure.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrFull, sqlite3.ErrIoErr, sqlite3.ErrNomem,
		sqlite3.ErrCantOpen, sqlite3.ErrReadonly, sqlite3.ErrInterrupt, sqlite3.ErrProtocol:
		return unavailable
	}
	return other
}

// undoneSQLite: after a failed read or write of the file its log may hold the commit, which
// the next start would find. Every other error comes before that.
func undoneSQLite(err error) bool {
	var failure sqlite3.Error
	return errors.As(err, &failure) && failure.Code != sqlite3.ErrIoErr
}

// scrubSQLite moves the log into the file, where secure_delete has overwritten the
// erased rows, and truncates the log. Readers that still use the log prevent it. It does
// nothing where nothing was erased since it last truncated the log.
func scrubSQLite(ctx context.Context, db *DB) (bool, error) {
	db.checkpointer.Lock()
	defer db.checkpointer.Unlock()
	conn, err := db.writers.Conn(ctx) // the only one: no write is under way
	if err != nil {
		return false, err
	}
	defer conn.Close()
	var version int64 // another one once another process has written, which may have erased
	err = conn.QueryRowContext(context.Background(), `PRAGMA data_version`).Scan(&version)
	if err != nil {
		return false, err
	}
	if last := db.scrubbed.Load(); last != nil && *last == version {
		return true, nil
	}
	clean, err := truncateLog(conn)
	if clean {
		db.scrubbed.Store(&version)
	}
	return clean, err
}

// truncateLog reports whether it truncated the log. While a reader needs what the log
// held a while ago, as a backup does, it keeps no writer waiting.
func truncateLog(conn *sql.Conn) (bool, error) {
	busy, log, moved, err := checkpoint(conn, "PASSIVE")
	if err != nil || busy || moved < log {
		return false, err
	}
	if err := setBusyTimeout(conn, scrubTimeout); err != nil {
		return false, err
	}
	busy, _, _, err = checkpoint(conn, "TRUNCATE")
	return err == nil && !busy, errors.Join(err, setBusyTimeout(conn, busyTimeout))
}

// rower is a connection, or a pool of one.
type rower interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// checkpoint returns how many pages the log holds, and how many of them are in the file.
func checkpoint(conn rower, mode string) (busy bool, log, moved int, err error) {
	err = conn.QueryRowContext(context.Background(), `PRAGMA wal_checkpoint(`+mode+`)`).
		Scan(&busy, &log, &moved)
	return busy, log, moved, err
}

func setBusyTimeout(conn *sql.Conn, wait time.Duration) error {
	_, err := conn.ExecContext(
		context.Background(),
		fmt.Sprintf(`PRAGMA busy_timeout = %d`, wait.Milliseconds()),
	)
	return err
}
