package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// copyLock is the number of the lock under which an installation moves in.
const copyLock = 7302

// Copy copies a whole installation, of either engine to either, and changes nothing
// at the source. It reads one snapshot and writes one transaction, which is committed once every
// table was read back and found equal by count and hash: a copy that was cut off leaves an
// empty database, and is run again. Over a copy that is there whole and equal it succeeds
// without writing; over anything else that holds rows it refuses. told is called with each
// table and its rows.
func Copy(ctx context.Context, from, to Config, told func(table string, rows int64)) (err error) {
	source, err := openSnapshot(ctx, from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.close()) }()
	target, err := Open(ctx, to)
	if err != nil {
		return fmt.Errorf("the target: %w", err)
	}
	return errors.Join(target.receive(ctx, source, told), target.Close())
}

// snapshot is a database as it was at one moment, to be read alone.
type snapshot struct {
	db     *DB
	tx     *tx
	newest int64 // the audit event that came last
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
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *snapshot) begin(ctx context.Context) (err error) {
	if s.db.readers, err = s.db.dialect.readers(); err != nil {
		return fmt.Errorf("open the source: %w", err)
	}
	sqlTx, err := s.db.readers.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err == nil {
		s.tx = &tx{ctx, sqlTx, &s.db.dialect}
		err = s.tx.unhurried()
	}
	if err == nil {
		err = s.tx.row(newestEvent).Scan(&s.newest)
	}
	// A file that no server had open, a backup for one, is not in the mode that readers need.
	if err != nil && ctx.Err() == nil && (s.db.dialect.file != "" || s.db.class(err) == other) {
		return fmt.Errorf("the source holds no installation, or is a backup that must be restored first: %w", err)
	}
	return s.db.failed("read the source", err)
}

func (s *snapshot) close() error {
	if s.tx != nil {
		s.tx.sql.Rollback() //nolint:errcheck // nothing was written
	}
	return s.db.Close()
}

const newestEvent = `SELECT coalesce(max(id), 0) FROM audit_events`

// still refuses where the source went on meanwhile: whatever counts there leaves an
// audit event, and would be missing from the copy.
func (s *snapshot) still(ctx context.Context) error {
	var newest int64
	if err := s.db.readers.QueryRowContext(ctx, newestEvent).Scan(&newest); err != nil {
		return s.db.failed("read the source", err)
	}
	if newest != s.newest {
		return errors.New("the source was written to while it was copied: stop its server and run the copy again")
	}
	return nil
}

// receive copies into an empty database, or compares with what is there.
func (db *DB) receive(ctx context.Context, source *snapshot, told func(string, int64)) error {
	sqlTx, err := db.writers.BeginTx(ctx, nil)
	if err != nil {
		return db.failed("write to the target", err)
	}
	t := &tx{ctx, sqlTx, &db.dialect}
	if err := move(source.tx, t, told); err != nil {
		sqlTx.Rollback() //nolint:errcheck // what counts is the first error
		return db.failed("copy", err)
	}
	if err := source.still(ctx); err != nil {
		return errors.Join(err, sqlTx.Rollback())
	}
	return db.failed("finish the copy", sqlTx.Commit())
}

func move(from, to *tx, told func(string, int64)) error {
	if err := to.unhurried(); err != nil {
		return err
	}
	if err := to.lock(copyLock); err != nil {
		return fmt.Errorf("another copy to the target is on its way: %w", err)
	}
	if err := sameSchema(from, to); err != nil {
		return err
	}
	used, err := holdsRows(to)
	if err != nil {
		return err
	}
	if used {
		return compare(from, to, told)
	}
	return fillAndCheck(from, to, told)
}

// unhurried lets a transaction wait while the other database is read.
func (t *tx) unhurried() error {
	if t.dialect.unhurried == "" {
		return nil
	}
	_, err := t.exec(t.dialect.unhurried)
	return err
}

func sameSchema(from, to *tx) error {
	var versions [2]int64
	for i, t := range []*tx{from, to} {
		if err := t.row(`SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&versions[i]); err != nil {
			return err
		}
	}
	if versions[0] != versions[1] {
		return errors.New("the source has the tables of another release: start this release's server on it once, stop it and copy then")
	}
	return nil
}

// holdsRows tells whether a database has any row that no migration put there.
func holdsRows(t *tx) (used bool, err error) {
	for _, table := range allTables() {
		if table.seeded {
			continue
		}
		if err = t.row(`SELECT EXISTS (SELECT 1 FROM ` + table.name + `)`).Scan(&used); err != nil || used {
			break
		}
	}
	return used, err
}

// compare takes a copy that was made before for done when nothing differs.
func compare(from, to *tx, told func(string, int64)) error {
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
			return fmt.Errorf("the target holds this installation already, with other rows in %s: copy to an empty database", table.name)
		}
		told(table.name, got.rows)
	}
	return nil
}

// fillAndCheck copies all tables and reads them back.
func fillAndCheck(from, to *tx, told func(string, int64)) error {
	var want []tableSum
	for _, table := range allTables() {
		copied, err := copyTable(from, to, table)
		if err != nil {
			return fmt.Errorf("%s: %w", table.name, err)
		}
		want = append(want, copied)
		told(table.name, copied.rows)
	}
	for i, table := range allTables() {
		if got, err := to.sum(table); err != nil {
			return fmt.Errorf("read %s back: %w", table.name, err)
		} else if got != want[i] {
			return fmt.Errorf("%s came out other than it went in: %d rows of %d", table.name, got.rows, want[i].rows)
		}
	}
	return nil
}
