package db

import (
	"bytes"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"itemshare/db/dbtest"
	"itemshare/migrations"
)

// TestMigrationIsLogged asserts that opening an older database logs one line, and that opening a
// new or a current one logs none.
func TestMigrationIsLogged(t *testing.T) {
	url := dbtest.Empty(t)
	migrateTo(t, url, 4)
	for _, c := range []struct {
		why, url string
		lines    int
	}{
		{"an older database", url, 1},
		{"the same again", url, 0},
		{"a new database", dbtest.Empty(t), 0},
	} {
		var log bytes.Buffer
		config := Config{URL: c.url, Clock: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil))}
		db, err := Open(t.Context(), config)
		if err != nil {
			t.Fatal(c.why, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if strings.Count(log.String(), "\n") != c.lines ||
			c.lines == 1 && !strings.Contains(log.String(), "was migrated") ||
			c.lines == 1 && !strings.Contains(log.String(), "from=4 to=") {
			t.Errorf("%s: the log is %q, want %d lines", c.why, log.String(), c.lines)
		}
	}
}

// migrateTo creates a database as an older version did.
func migrateTo(t *testing.T, url string, version int64) {
	t.Helper()
	dialect, err := dialectOf(url)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := dialect.writers()
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	folder, err := fs.Sub(migrations.Files, dialect.migrations)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(
		dialect.goose, pool, folder, goose.WithDisableGlobalRegistry(true),
	)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
}
