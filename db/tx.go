package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// tx is a write transaction, or one piece of a group's. Statements run under its
// own context, never under a request's: a caller that hangs up must not interrupt
// the others of its group.
type tx struct {
	ctx     context.Context
	sql     session
	turn    *turn // nil but in a transaction of the writer
	dialect *dialect
	erased  func() // called after a statement that may have erased, unless nil
	changed bool   // a statement may have changed rows
	failed  bool   // a statement failed
}

// session is what a transaction's statements run on: a *sql.Tx, or the writer's batch.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (db *DB) newTx(ctx context.Context, on session) *tx {
	own, _ := on.(*turn)
	return &tx{
		ctx: ctx, sql: on, turn: own, dialect: &db.dialect, erased: func() { db.scrubbed.Store(nil) },
	}
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(query string, args ...any) (affected int64, err error) {
	t.note(query)
	result, err := t.sql.ExecContext(t.ctx, t.dialect.rebind(query), args...)
	if err != nil {
		t.failed = true
		return 0, err
	}
	affected, err = result.RowsAffected()
	t.changed = t.changed || affected > 0
	if t.erased != nil && affected > 0 && erases(query) {
		t.erased()
	}
	return affected, err
}

// note ends the epoch of what is remembered with a statement that may change it.
func (t *tx) note(query string) {
	if t.turn != nil && !t.turn.ends {
		t.turn.ends = endsEpoch(query)
	}
}

// statement is an INSERT with its values. The zero value inserts nothing.
type statement struct {
	query string
	args  []any
}

// insert runs all statements in this order: as one where the engine can, since each costs a round trip.
func (t *tx) insert(all ...statement) error {
	all = slices.DeleteFunc(all, func(s statement) bool { return s.query == "" })
	if t.dialect.joins && len(all) > 1 {
		all = []statement{joined(all)}
	}
	for _, s := range all {
		if _, err := t.exec(s.query, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// joined returns one statement that does what all do. What they refer to is checked at its end.
func joined(all []statement) statement {
	last := len(all) - 1
	parts, args := make([]string, last), []any{}
	for i, s := range all {
		if args = append(args, s.args...); i < last {
			parts[i] = `step` + strconv.Itoa(i) + ` AS (` + s.query + `)`
		}
	}
	return statement{`WITH ` + strings.Join(parts, `, `) + ` ` + all[last].query, args}
}

// erases reports whether a statement deletes rows or empties columns.
func erases(query string) bool {
	return strings.HasPrefix(query, "DELETE") || strings.Contains(query, "= NULL")
}

// query returns rows, which the caller closes before the next statement.
func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	t.changed = t.changed || !strings.HasPrefix(query, "SELECT")
	t.note(query)
	rows, err := t.sql.QueryContext(t.ctx, t.dialect.rebind(query), args...)
	t.failed = t.failed || err != nil
	return rows, err
}

// row returns one row; its Scan returns sql.ErrNoRows where there is none.
func (t *tx) row(query string, args ...any) txRow {
	t.changed = t.changed || !strings.HasPrefix(query, "SELECT")
	t.note(query)
	return txRow{t.sql.QueryRowContext(t.ctx, t.dialect.rebind(query), args...), t}
}

// txRow is one row of a transaction, which notes that reading it failed.
type txRow struct {
	row *sql.Row
	tx  *tx
}

// Scan is as that of sql.Row.
func (r txRow) Scan(places ...any) error {
	err := r.row.Scan(places...)
	r.tx.failed = r.tx.failed || err != nil && !errors.Is(err, sql.ErrNoRows)
	return err
}

// lock takes the lock of this number until the commit. On SQLite writes are serial
// anyway.
func (t *tx) lock(number int64) error { return t.execLock(t.dialect.lock, number) }

// lockShared takes the lock of this number beside others that share it.
func (t *tx) lockShared(number int64) error { return t.execLock(t.dialect.lockShared, number) }

func (t *tx) execLock(statement string, number int64) error {
	if statement == "" {
		return nil
	}
	_, err := t.exec(statement, number)
	return err
}

// reader reads outside of any transaction. Each read ends after readTime, so
// rows are read into memory before anything slow is done with them. The caller's
// context counts until the read begins: interrupting a read costs more than the
// read itself.
type reader struct {
	db    *DB
	ctx   context.Context
	brief bool
}

func (db *DB) read(ctx context.Context) reader { return reader{db: db, ctx: ctx} }

// lookUp reads a few rows by their key. That ends by itself, so that nothing watches its time: the watch
// would be a goroutine and several allocations for each read.
func (db *DB) lookUp(ctx context.Context) reader {
	return reader{db: db, ctx: ctx, brief: db.dialect.grouped}
}

// query returns rows, which the caller closes.
func (r reader) query(query string, args ...any) (*sql.Rows, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	return r.db.readers.QueryContext(r.limit(), r.db.dialect.rebind(query), args...)
}

// row returns one row; its Scan returns sql.ErrNoRows where there is none.
func (r reader) row(query string, args ...any) *sql.Row {
	ctx := r.ctx
	if ctx.Err() == nil {
		ctx = r.limit()
	}
	return r.db.readers.QueryRowContext(ctx, r.db.dialect.rebind(query), args...)
}

func (r reader) limit() context.Context {
	if r.brief {
		return context.Background()
	}
	return r.db.limits.context()
}
