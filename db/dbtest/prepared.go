package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
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
	content, err := preparedFile()
	if err != nil {
		t.Fatalf("prepare a database: %v", err)
	}
	path := filepath.Join(t.TempDir(), "itemshare.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// preparing has the settings of the program, but for the disk's.
const preparing = "?_txlock=immediate&_journal_mode=WAL&_foreign_keys=1&_synchronous=OFF"

// preparedFile returns the content of a migrated file.
var preparedFile = sync.OnceValues(func() (content []byte, err error) {
	folder, err := os.MkdirTemp("", "itemshare-prepared")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "itemshare.db")
	if err := migrate(goose.DialectSQLite3, "sqlite3", "file:"+path+preparing); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// database names a database of the newest schema on the tests' PostgreSQL, a copy as File's are.
func database(t testing.TB) string {
	t.Helper()
	server := os.Getenv("ITEMSHARE_TEST_POSTGRES")
	template, err := preparedDatabase()
	if err != nil {
		t.Fatalf("prepare a database: %v", err)
	}
	pool := Raw(t, server)
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), schemas.Add(1))
	if _, err := pool.Exec(`CREATE DATABASE ` + name + ` TEMPLATE ` + template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := pool.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
	})
	return withDatabase(server, name)
}

// preparedDatabase returns the name of a migrated database, which stays as long as its server.
var preparedDatabase = sync.OnceValues(func() (name string, err error) {
	server := os.Getenv("ITEMSHARE_TEST_POSTGRES")
	pool, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	name = fmt.Sprint("prepared_", os.Getpid())
	if _, err := pool.Exec(`CREATE DATABASE ` + name); err != nil {
		return "", err
	}
	return name, migrate(goose.DialectPostgres, "pgx", withDatabase(server, name))
})

// withDatabase returns the address of another database on a server.
func withDatabase(server, name string) string {
	address, err := url.Parse(server)
	if err != nil {
		panic("ITEMSHARE_TEST_POSTGRES must be a URL")
	}
	address.Path = "/" + name
	return address.String()
}

// migrate applies every migration to a new database.
func migrate(dialect goose.Dialect, driver, source string) error {
	pool, err := sql.Open(driver, source)
	if err != nil {
		return err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	engine := map[goose.Dialect]string{goose.DialectSQLite3: "sqlite", goose.DialectPostgres: "postgres"}
	folder, err := fs.Sub(migrations.Files, engine[dialect])
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(dialect, pool, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = provider.Up(context.Background())
	return err
}
