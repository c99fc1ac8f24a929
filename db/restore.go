package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"itemshare/audit"
)

// Restore replaces an empty database, which no process has open, by a backup. It
// works on a copy: it migrates the copy and calls approve, which proves that the key
// fits and returns the audit entry of the restoration. Then it ends all shares and
// tokens, since those revoked after the backup must not work again. When any of this
// fails nothing is changed.
func Restore(
	ctx context.Context,
	config Config,
	backup string,
	approve func(context.Context, *DB) (audit.Entry, error),
) error {
	target, err := dialectOf(config.URL)
	if err != nil {
		return err
	}
	if target.file == "" {
		return restoreByRows(ctx, config, backup, approve)
	}
	if err := checkUnused(ctx, target.file); err != nil {
		return err
	}
	part, err := copyBeside(backup, target.file)
	if err != nil {
		return fmt.Errorf("copy the backup: %w", err)
	}
	defer removeDatabase(part)
	if err := revive(ctx, config, part, approve); err != nil {
		return err
	}
	removeDatabase(target.file)
	return renameDurably(part, target.file)
}

// restoreByRows revives a copy of the backup in a temporary folder, and copies it into the empty
// database in one transaction.
func restoreByRows(
	ctx context.Context,
	config Config,
	backup string,
	approve func(context.Context, *DB) (audit.Entry, error),
) error {
	if err := checkEmpty(ctx, config); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "itemshare-restore-") // of mode 0700
	if err != nil {
		return fmt.Errorf("copy the backup: %w", err)
	}
	defer os.RemoveAll(folder)
	part, err := copyBeside(backup, filepath.Join(folder, "backup"))
	if err != nil {
		return fmt.Errorf("copy the backup: %w", err)
	}
	if err := revive(ctx, config, part, approve); err != nil {
		return err
	}
	return Copy(ctx, Config{URL: "sqlite:" + part, Clock: config.Clock}, config, func(string, int64) {})
}

// checkEmpty returns an error where a database has rows that no migration added.
func checkEmpty(ctx context.Context, config Config) error {
	db, err := Open(ctx, config)
	if err != nil {
		return err
	}
	sqlTx, err := db.readers.BeginTx(ctx, nil)
	if err != nil {
		return errors.Join(db.wrap("read the database", err), db.Close())
	}
	used, err := hasRows(db.newTx(ctx, sqlTx))
	if err == nil && used {
		err = errors.New("the database is not empty: restore to an empty one")
	}
	return errors.Join(err, sqlTx.Rollback(), db.Close())
}

// revive opens the copy of a backup and ends its shares and tokens.
func revive(
	ctx context.Context,
	config Config,
	path string,
	approve func(context.Context, *DB) (audit.Entry, error),
) (err error) {
	config.URL = "sqlite:" + path
	db, err := Open(ctx, config)
	if errors.Is(err, ErrNewer) {
		return err
	}
	if err != nil {
		return fmt.Errorf("this is not a backup of itemshare: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	entry, err := approve(ctx, db)
	if err != nil {
		return err
	}
	return db.write(ctx, "end all shares", func(t *tx) error {
		if err := endAll(t, entry.At.Unix()); err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// endAll ends every share: active ones are revoked, or expired by their time. Native
// links stay valid in the vault's own account, so their rows stay active. Tokens of
// service accounts end, since some may have been revoked after the backup.
func endAll(t *tx, now int64) error {
	for _, change := range []struct {
		query string
		args  []any
	}{
		{
			`UPDATE shares SET state = 'expired', ended_at = expires_at WHERE state = 'active' AND expires_at <= ?`,
			[]any{now},
		},
		{`UPDATE shares SET state = 'revoked', ended_at = ? WHERE state = 'active' AND native = 0`, []any{now}},
		// No content is left to erase.
		{`UPDATE shares SET due_at = NULL WHERE due_at IS NOT NULL AND (native = 0 OR state <> 'active')`, nil},
		{
			`UPDATE share_recipients SET state = (SELECT state FROM shares WHERE id = share_id) WHERE state = 'active'`,
			nil,
		},
		{`UPDATE service_accounts SET revoked_at = ? WHERE revoked_at = 0`, []any{now}},
		{`UPDATE share_views SET until = opened_at WHERE until > ?`, []any{now}},
	} {
		if _, err := t.exec(change.query, change.args...); err != nil {
			return err
		}
	}
	for _, table := range transientTables() { // a plain copy of the file may have rows
		if _, err := t.exec(`DELETE FROM ` + table); err != nil {
			return err
		}
	}
	return nil
}

// checkUnused returns an error where a database is in use or has rows.
func checkUnused(ctx context.Context, path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	// Only a sole connection can end the write-ahead log: any other makes this fail.
	pool := sql.OpenDB(newSQLiteConnector(sqliteDSN(path, false,
		setting{"_journal_mode", "DELETE"}, setting{"_busy_timeout", "0"})))
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	var tables int
	err := pool.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema
		WHERE name IN ('users', 'vaults', 'shares')`).Scan(&tables)
	if classifySQLite(err) == unavailable {
		return fmt.Errorf("%s is in use: stop the server first", path)
	}
	if err != nil || tables == 0 {
		return err
	}
	var used bool
	err = pool.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM vaults)
		OR EXISTS (SELECT 1 FROM shares)`).
		Scan(&used)
	if err == nil && used {
		err = fmt.Errorf("%s is not empty: restore to another data folder", path)
	}
	return err
}

// copyBeside copies a file to a private one beside path, and leaves nothing if it fails.
func copyBeside(from, path string) (part string, err error) {
	source, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer source.Close()
	target, err := createPart(path)
	if err != nil {
		return "", err
	}
	_, err = target.ReadFrom(source)
	if err = errors.Join(err, target.Close()); err != nil {
		return "", errors.Join(err, os.Remove(target.Name()))
	}
	return target.Name(), nil
}

// removeDatabase removes a database's file and those of its logs that exist.
func removeDatabase(path string) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		os.Remove(path + suffix)
	}
}
