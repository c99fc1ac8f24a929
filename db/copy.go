package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// copyLock is the number of the lock under which an installation is copied in.
const copyLock = 7302

// Copy copies a whole installation, of either engine to either, and changes nothing at
// the source. It reads one snapshot and writes one transaction, which it commits once it
// has read every table back and found it equal by count and hash: an interrupted copy
// leaves an empty database, and can be run again. Where the target equals the source it
// succeeds without writing; a target with other rows is an error. Copy calls report with
// each table and its number of rows.
func Copy(ctx context.Context, from, to Config, report func(table string, rows int64)) (err error) {
	source, err := openSnapshot(ctx, from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.close()) }()
	target, err := Open(ctx, to)
	if err != nil {
		return fmt.Errorf("the target: %w", err)
	}
	return errors.Join(target.receive(ctx, source, report), target.Close())
}

// snapshot is a database as it was at one moment, for reading.
type snapshot struct {
	db     *DB
	sqlTx  *sql.Tx
	tx     *tx
	newest int64 // the id of the last audit event
}

func openSnapshot(ctx context.Context, config Config) (*snapshot, error) {
	dialect, err := dialectOf(config.URL)
	if err != nil {
		return nil, err
	}
	if dialect.file != "" {
		if _, err := os.Stat(dialect.file); err != nil {
			return nil, fmt.Errorf("there is no database at %s", dialect.file)
		}
	}
	s := &snapshot{db: newDB(dialect, config)}
	if reach := s.db.dialect.reach; reach != nil {
		if err := reach(ctx, &s.db.dialect); err != nil {
			return nil, s.db.wrap("read the source", err)
		}
	}
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *snapshot) begin(ctx context.Context) (err error) {
	if s.db.readers, err = s.db.dialect.readers(); err != nil {
		return fmt.Errorf("open the source: %w", err)
	}
	s.sqlTx, err = s.db.readers.BeginTx(
		ctx,
		&sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
	)
	if err == nil {
		s.tx = s.db.newTx(ctx, s.sqlTx)
		err = s.tx.allowIdle()
	}
	if err == nil {
		err = s.tx.row(newestEvent).Scan(&s.newest)
	}
	// A file that no server had open, such as a backup, is not in the mode that readers need.
	if err != nil && ctx.Err() == nil && (s.db.dialect.file != "" || s.db.class(err) == other) {
		return fmt.Errorf(
			"the source holds no installation, or is a backup that must be restored first: %w",
			err,
		)
	}
	return s.db.wrap("read the source", err)
}

func (s *snapshot) close() error {
	if s.sqlTx != nil {
		s.sqlTx.Rollback() // nothing was written
	}
	return s.db.Close()
}

const newestEvent = `SELECT coalesce(max(id), 0) FROM audit_events`

// checkUnchanged returns an error where the source was written to meanwhile: every
// change that matters leaves an audit event, and would be missing from the copy.
func (s *snapshot) checkUnchanged(ctx context.Context) error {
	var newest int64
	if err := s.db.readers.QueryRowContext(ctx, newestEvent).Scan(&newest); err != nil {
		return s.db.wrap("read the source", err)
	}
	if newest != s.newest {
		return errors.New(
			"the source was written to while it was copied: stop its server and run the copy again",
		)
	}
	return nil
}

// receive copies the source into an empty database, or compares the two.
func (db *DB) receive(ctx context.Context, source *snapshot, report func(string, int64)) error {
	sqlTx, err := db.begin(ctx)
	if err != nil {
		return db.wrap("write to the target", err)
	}
	t := db.newTx(ctx, sqlTx)
	if err := receiveTables(source.tx, t, report); err != nil {
		sqlTx.Rollback() // what counts is the first error
		return db.wrap("copy", err)
	}
	if err := source.checkUnchanged(ctx); err != nil {
		return errors.Join(err, sqlTx.Rollback())
	}
	return db.wrap("finish the copy", db.outcome(sqlTx.Commit()))
}

func receiveTables(from, to *tx, report func(string, int64)) error {
	if err := to.allowIdle(); err != nil {
		return err
	}
	if err := to.lock(copyLock); err != nil {
		return fmt.Errorf("another copy to the target is running: %w", err)
	}
	if err := sameSchema(from, to); err != nil {
		return err
	}
	used, err := hasRows(to)
	if err != nil {
		return err
	}
	if used {
		return compare(from, to, report)
	}
	return fillAndCheck(from, to, report)
}

// allowIdle lets a transaction stay idle while the other database is read.
func (t *tx) allowIdle() error {
	if t.dialect.allowIdle == "" {
		return nil
	}
	_, err := t.exec(t.dialect.allowIdle)
	return err
}

func sameSchema(from, to *tx) error {
	var versions [2]int64
	for i, t := range []*tx{from, to} {
		if err := t.row(
			`SELECT max(version_id) FROM goose_db_version WHERE is_applied`,
		).Scan(&versions[i]); err != nil {
			return err
		}
	}
	if versions[0] != versions[1] {
		return errors.New("the source has the tables of another release: " +
			"start this release's server on it once, stop it, then copy")
	}
	return nil
}

// hasRows reports whether a database has rows that no migration added.
func hasRows(t *tx) (used bool, err error) {
	for _, table := range allTables() {
		if table.seeded {
			continue
		}
		if err = t.row(`SELECT EXISTS (SELECT 1 FROM ` + table.name + `)`).Scan(&used); err != nil ||
			used {
			break
		}
	}
	return used, err
}

// compare returns an error unless the target is an equal copy of the source.
func compare(from, to *tx, report func(string, int64)) error {
	for i, table := range allTables() {
		want, err := from.sum(table)
		if err != nil {
			return err
		}
		got, err := to.sum(table)
		switch {
		case err != nil:
			return err
		case got != want && i == 0: // the keysets
			return errors.New("the target holds another installation: copy to an empty database")
		case got != want:
			return fmt.Errorf("the target holds this installation already, with other rows in %s: "+
				"copy to an empty database", table.name)
		}
		report(table.name, got.rows)
	}
	return nil
}

// fillAndCheck copies all tables and reads them back.
func fillAndCheck(from, to *tx, report func(string, int64)) error {
	var want []tableSum
	for _, table := range allTables() {
		copied, err := copyTable(from, to, table)
		if err != nil {
			return fmt.Errorf("%s: %w", table.name, err)
		}
		want = append(want, copied)
		report(table.name, copied.rows)
	}
	for i, table := range allTables() {
		if got, err := to.sum(table); err != nil {
			return fmt.Errorf("read %s back: %w", table.name, err)
		} else if got != want[i] {
			return fmt.Errorf("the copy of %s differs: %d rows of %d", table.name, got.rows, want[i].rows)
		}
	}
	return nil
}
