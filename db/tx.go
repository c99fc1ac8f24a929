package db

import (
	"context"
	"database/sql"
)

// tx is a write transaction, or one piece of a group's. Statements run under its
// own context, never under a request's: a caller that hangs up must not interrupt
// the others of its group.
type tx struct {
	ctx     context.Context
	sql     *sql.Tx
	dialect *dialect
}

// exec runs a statement and tells how many rows it changed.
func (t *tx) exec(query string, args ...any) (affected int64, err error) {
	result, err := t.sql.ExecContext(t.ctx, t.dialect.rebind(query), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// query gives rows; the caller closes them before the next statement.
func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	return t.sql.QueryContext(t.ctx, t.dialect.rebind(query), args...)
}

// row gives one row; sql.ErrNoRows comes from its Scan.
func (t *tx) row(query string, args ...any) *sql.Row {
	return t.sql.QueryRowContext(t.ctx, t.dialect.rebind(query), args...)
}

// lock takes a lock of this number until the commit. On SQLite all writes are
// serial anyway.
func (t *tx) lock(number int64) error {
	if t.dialect.lock == "" {
		return nil
	}
	_, err := t.exec(t.dialect.lock, number)
	return err
}

// reader reads outside of any transaction. Each read ends after readTime, so
// rows are taken into memory before anything slow is done with them. A caller's
// context counts until the read begins: interrupting costs more than a read does.
type reader struct{ db *DB }

func (db *DB) read() reader { return reader{db} }

// query gives rows; the caller closes them.
func (r reader) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r.db.readers.QueryContext(r.db.limits.context(), r.db.dialect.rebind(query), args...)
}

// row gives one row; sql.ErrNoRows comes from its Scan.
func (r reader) row(ctx context.Context, query string, args ...any) *sql.Row {
	if ctx.Err() == nil {
		ctx = r.db.limits.context()
	}
	return r.db.readers.QueryRowContext(ctx, r.db.dialect.rebind(query), args...)
}
