package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"itemshare/audit"
	"itemshare/share"
)

// Restore puts a backup in place of a database that holds nothing yet and that
// nobody has open. It works on a copy, brings it up to date and shows it to approve, which
// proves that the key fits and gives the audit entry of the restoration. Then all
// shares and tokens are ended, since what was revoked meanwhile must not open again. Nothing is
// changed when anything of this fails.
func Restore(ctx context.Context, config Config, backup string, approve func(context.Context, *DB) (audit.Entry, error)) error {
	target, err := dialectOf(config.URL)
	if err != nil {
		return err
	}
	if target.file == "" {
		return errors.New("a backup is restored to an SQLite database")
	}
	if err := refuseUsed(ctx, target.file); err != nil {
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
	return putInPlace(part, target.file)
}

// revive opens the copy of a backup and ends what is in it.
func revive(ctx context.Context, config Config, path string, approve func(context.Context, *DB) (audit.Entry, error)) (err error) {
	config.URL = "sqlite:" + path
	db, err := Open(ctx, config)
	if err != nil {
		return fmt.Errorf("this is no backup of itemshare: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	entry, err := approve(ctx, db)
	if err != nil {
		return err
	}
	return db.write(ctx, func(t *tx) error {
		if err := endAll(t, entry.At.Unix()); err != nil {
			return fmt.Errorf("end all shares: %w", err)
		}
		return insertEntry(t, entry)
	})
}

// endAll ends every share: what was active is revoked, or expired by its time. Links
// of the vault's own account live on there, so their rows do too. Tokens of programs
// end, since some of them may have been revoked after the backup was made.
func endAll(t *tx, now int64) error {
	for _, change := range []struct {
		query string
		args  []any
	}{
		{`UPDATE shares SET state = ?, ended_at = expires_at WHERE state = ? AND expires_at <= ?`, []any{string(share.Expired), string(share.Active), now}},
		{`UPDATE shares SET state = ?, ended_at = ? WHERE state = ? AND native = 0`, []any{string(share.Revoked), now, string(share.Active)}},
		{`UPDATE shares SET due_at = NULL WHERE due_at IS NOT NULL AND (native = 0 OR state <> ?)`, []any{string(share.Active)}}, // no content is left to erase
		{`UPDATE share_recipients SET state = (SELECT state FROM shares WHERE id = share_id) WHERE state = ?`, []any{string(share.Active)}},
		{`UPDATE service_accounts SET revoked_at = ? WHERE revoked_at = 0`, []any{now}},
		{`UPDATE share_views SET until = opened_at WHERE until > ?`, []any{now}},
	} {
		if _, err := t.exec(change.query, change.args...); err != nil {
			return err
		}
	}
	for _, table := range transient() { // a plain copy of the file may have rows in them
		if _, err := t.exec(`DELETE FROM ` + table); err != nil {
			return err
		}
	}
	return nil
}

// refuseUsed looks whether a database is in use or has anything in it.
func refuseUsed(ctx context.Context, path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	// Only the sole connection can end the write-ahead log: any other one makes this fail.
	pool := sql.OpenDB(newSQLiteConnector(sqliteDSN(path, false, setting{"_journal_mode", "DELETE"}, setting{"_busy_timeout", "0"})))
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	var tables int
	err := pool.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name IN ('users', 'vaults', 'shares')`).Scan(&tables)
	if classifySQLite(err) == unavailable {
		return fmt.Errorf("%s is in use: stop the server first", path)
	}
	if err != nil || tables == 0 {
		return err
	}
	var used bool
	err = pool.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM vaults) OR EXISTS (SELECT 1 FROM shares)`).Scan(&used)
	if err == nil && used {
		err = fmt.Errorf("%s is not empty: restore to another data folder", path)
	}
	return err
}

// copyBeside copies a file to a private one beside path.
func copyBeside(from, path string) (string, error) {
	part := path + ".part"
	raw, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer raw.Close()
	to, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	_, err = to.ReadFrom(raw)
	return part, errors.Join(err, to.Close())
}

// removeDatabase removes a database's file and its logs, as far as they are there.
func removeDatabase(path string) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		os.Remove(path + suffix) //nolint:errcheck
	}
}
