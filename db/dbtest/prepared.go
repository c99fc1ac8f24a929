package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pressly/goose/v3"

	"itemshare/migrations"
)

// File names a SQLite database of the newest schema, on either engine. Its migrations ran
// once for all tests of the process: each gets a copy.
func File(t testing.TB) string {
	t.Helper()
	content, err := prepared()
	if err != nil {
		t.Fatalf("prepare a database: %v", err)
	}
	path := filepath.Join(t.TempDir(), "itemshare.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// prepared returns the content of a migrated file.
var prepared = sync.OnceValues(func() (content []byte, err error) {
	folder, err := os.MkdirTemp("", "itemshare-prepared")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "itemshare.db")
	if err := migrateFile(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// preparing has the settings of the program, but for the disk's.
const preparing = "?_txlock=immediate&_journal_mode=WAL&_foreign_keys=1&_synchronous=OFF"

// migrateFile applies every migration to a new file.
func migrateFile(path string) error {
	pool, err := sql.Open("sqlite3", "file:"+path+preparing)
	if err != nil {
		return err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	folder, err := fs.Sub(migrations.Files, "sqlite")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(
		goose.DialectSQLite3, pool, folder, goose.WithDisableGlobalRegistry(true),
	)
	if err != nil {
		return err
	}
	_, err = provider.Up(context.Background())
	return err
}
