package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// transientTables returns the tables that a backup leaves empty: the sealed contents
// of shares, so that no restored link opens again, and rows that mean nothing
// elsewhere.
func transientTables() []string {
	return []string{
		"share_content", "share_chunks", "share_stages", "share_recent_views", "share_codes",
		"share_code_log", "share_requests", "imports", "import_chunks",
		"mail_queue", "mail_failures", "sessions", "signin_attempts", "known_browsers", "warnings", "user_codes",
		"audit_checkpoints", // a restored chain is proved anew
	}
}

// Backup writes a consistent copy of the running database, of either engine, to a new SQLite file,
// readable for its owner alone. The rows that a backup leaves out are never written to the file,
// and the file gets its name once it is complete.
func (db *DB) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s exists already", path)
	}
	part, err := createBeside(ctx, path)
	if err != nil {
		return fmt.Errorf("create the copy: %w", err)
	}
	defer removeDatabase(part)
	if source := db.dialect.file; source != "" {
		err = fill(ctx, part, source)
	} else {
		err = db.fillByRows(ctx, part)
	}
	if err != nil {
		return db.wrap("copy the database", err)
	}
	return renameDurably(part, path)
}

// createPart creates an empty file beside path, under a name that no other file has and
// with mode 0600.
func createPart(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), ".itemshare-*.part")
}

// createBeside creates an empty database of the newest schema beside path.
func createBeside(ctx context.Context, path string) (string, error) {
	file, err := createPart(path)
	if err != nil {
		return "", err
	}
	if err := file.Close(); err != nil {
		return "", err
	}
	empty, err := Open(ctx, Config{URL: "sqlite:" + file.Name()})
	if err == nil {
		err = empty.Close()
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// fillByRows copies all tables but the transient ones, row by row, from one snapshot.
func (db *DB) fillByRows(ctx context.Context, path string) error {
	source, err := db.readers.BeginTx(
		ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
	)
	if err != nil {
		return err
	}
	defer source.Rollback() // nothing was written
	pool := sql.OpenDB(
		newSQLiteConnector(sqliteDSN(path, false, setting{"_journal_mode", "DELETE"})),
	)
	defer pool.Close()
	target, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	to := &tx{ctx: ctx, sql: target, dialect: &dialect{}}
	if err := copyLasting(db.newTx(ctx, source), to); err != nil {
		return errors.Join(err, target.Rollback())
	}
	if err := target.Commit(); err != nil {
		return err
	}
	return checkIntegrity(ctx, pool)
}

// copyLasting copies all tables but the transient ones.
func copyLasting(from, to *tx) error {
	if err := from.allowIdle(); err != nil {
		return err
	}
	if err := sameSchema(from, to); err != nil {
		return err
	}
	for _, table := range allTables() {
		if slices.Contains(transientTables(), table.name) {
			continue
		}
		if _, err := copyTable(from, to, table); err != nil {
			return fmt.Errorf("%s: %w", table.name, err)
		}
	}
	return nil
}

// fill copies all tables but the transient ones from one snapshot of the source.
func fill(ctx context.Context, path, source string) error {
	pool := sql.OpenDB(
		newSQLiteConnector(sqliteDSN(path, false, setting{"_journal_mode", "DELETE"})),
	)
	defer pool.Close()
	pool.SetMaxOpenConns(1) // ATTACH is valid for one connection
	live := "file:" + (&url.URL{Path: source}).EscapedPath() + "?mode=ro"
	if _, err := pool.ExecContext(ctx, `ATTACH DATABASE ? AS live`, live); err != nil {
		return err
	}
	sqlTx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := copyTables(&tx{ctx: ctx, sql: sqlTx, dialect: &dialect{}}); err != nil {
		return errors.Join(err, sqlTx.Rollback())
	}
	if err := sqlTx.Commit(); err != nil {
		return err
	}
	if _, err := pool.ExecContext(ctx, `DETACH DATABASE live`); err != nil {
		return err
	}
	return checkIntegrity(ctx, pool)
}

// copyTables copies each table after those it refers to.
func copyTables(t *tx) error {
	for _, table := range allTables() {
		if slices.Contains(transientTables(), table.name) {
			continue
		}
		names, err := t.columns(table)
		if err != nil {
			return err
		}
		// A migration may have added rows.
		if _, err := t.exec(`DELETE FROM main.` + table.name); err != nil {
			return err
		}
		columns := strings.Join(names, ", ")
		if _, err := t.exec(`INSERT INTO main.` + table.name + ` (` + columns + `) SELECT ` + columns +
			` FROM live.` + table.name); err != nil {
			return fmt.Errorf("%s: %w", table.name, err)
		}
	}
	return nil
}

func checkIntegrity(ctx context.Context, pool *sql.DB) error {
	var found string
	if err := pool.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("the copy is damaged: %s", found)
	}
	return nil
}

// renameDurably renames a finished file and syncs its folder.
func renameDurably(part, path string) error {
	if err := os.Rename(part, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
