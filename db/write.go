package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"itemshare/fault"
)

const (
	writeTime = 10 * time.Second // for one transaction where each write has its own
	retries   = 5                // of a transaction that lost against another one
)

// write runs fn in a write transaction and returns its result. On SQLite whoever
// writes runs everything that waits in one durable transaction; on
// PostgreSQL fn has a transaction of its own. Where that is undone because of
// another one, fn runs again. An error from fn undoes fn's part alone. When write
// returns no error, what fn did is durable; when it returns fault.Unknown, nobody
// knows. op names the operation in the error.
func write[T any](ctx context.Context, db *DB, op string, fn func(*tx) (T, error)) (T, error) {
	var result T
	err := db.write(ctx, op, func(t *tx) (err error) {
		result, err = fn(t)
		return err
	})
	if err != nil {
		var zero T
		return zero, err
	}
	return result, nil
}

// write is the function write for an fn without a result.
func (db *DB) write(ctx context.Context, op string, fn func(*tx) error) error {
	if db.telemetry == nil {
		return db.writeDurably(ctx, op, fn)
	}
	end := db.telemetry.Write(ctx, op)
	err := db.writeDurably(ctx, op, fn)
	code := ""
	if err != nil {
		code = string(fault.CodeOf(err))
	}
	end(code)
	return err
}

func (db *DB) writeDurably(ctx context.Context, op string, fn func(*tx) error) error {
	if db.group != nil {
		return db.wrap(op, db.group.do(ctx, checked(ctx, fn)))
	}
	return db.wrap(op, db.writeAlone(ctx, fn))
}

// writeAlone runs fn in a transaction of its own, and again when the engine
// reports that the transaction lost against another.
func (db *DB) writeAlone(ctx context.Context, fn func(*tx) error) (err error) {
	for range retries {
		if err = ctx.Err(); err != nil {
			return err
		}
		if err = db.runOnce(fn); err == nil || db.class(err) != conflicting {
			return err
		}
	}
	return fault.Because(fault.Unavailable, err)
}

func (db *DB) runOnce(fn func(*tx) error) error {
	defer db.committed(1, time.Now())
	ctx, cancel := context.WithTimeout(context.Background(), writeTime)
	defer cancel()
	sqlTx, err := db.begin(ctx)
	if err != nil {
		return err
	}
	if err := db.contain(fn, db.newTx(ctx, sqlTx)); err != nil {
		sqlTx.Rollback() // what counts is fn's own error
		return err
	}
	return db.outcome(sqlTx.Commit())
}

// committed tells telemetry of a transaction that began at a time.
func (db *DB) committed(writes int, begun time.Time) {
	if db.telemetry != nil {
		db.telemetry.Committed(writes, time.Since(begun))
	}
}

// begin begins a write transaction.
func (db *DB) begin(ctx context.Context) (*sql.Tx, error) {
	sqlTx, err := db.writers.BeginTx(ctx, nil)
	if err != nil || db.dialect.setUp == "" {
		return sqlTx, err
	}
	if _, err := sqlTx.ExecContext(ctx, db.dialect.setUp); err != nil {
		sqlTx.Rollback() // what counts is the first error
		return nil, err
	}
	return sqlTx, nil
}

// outcome returns what an error of COMMIT means: fault.Unknown unless it proves that nothing was saved.
func (db *DB) outcome(err error) error {
	switch {
	case err == nil:
		return nil
	case err == context.Canceled, err == context.DeadlineExceeded, // of database/sql: not sent
		errors.Is(err, sql.ErrTxDone):
		return fmt.Errorf("commit: %w", err)
	case db.dialect.undone(err):
		return fmt.Errorf("commit: %w", err)
	}
	return fault.Unknown(fmt.Errorf("commit: %w", err))
}

// contain runs fn and turns a panic into an error.
func (db *DB) contain(fn func(*tx) error, t *tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			db.log.Error("panic in a write", "stack", string(debug.Stack()))
			err = fmt.Errorf("panic in a write: %v", p)
		}
	}()
	return fn(t)
}
