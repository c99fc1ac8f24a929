package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"itemshare/fault"
)

const (
	groupSize = 256              // pieces of work in one transaction at most
	writeTime = 10 * time.Second // for one transaction where each write has its own
	retries   = 5                // of a transaction that lost against another one
)

// write runs fn in a write transaction and returns its result. On SQLite one
// writer goroutine runs everything that waits in one durable transaction; on
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
		return db.wrap(op, db.group.do(ctx, fn))
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
	return db.commit(sqlTx)
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

// commit ends a transaction. Its error is fault.Unknown unless it proves that nothing was saved.
func (db *DB) commit(sqlTx *sql.Tx) error {
	err := sqlTx.Commit()
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

// piece is one fn that waits for the writer. done receives its answer.
type piece struct {
	ctx  context.Context
	fn   func(*tx) error
	done chan error
}

// group is the writer goroutine: it runs what waits in one transaction and
// commits once for all.
type group struct {
	db      *DB
	queue   chan piece
	stopped chan struct{}
	commits atomic.Int64 // so far

	mu     sync.RWMutex // held for reading while a piece is put into the queue
	closed bool
}

func newGroup(db *DB) *group {
	g := &group{db: db, queue: make(chan piece, groupSize), stopped: make(chan struct{})}
	go g.run()
	return g
}

// do waits for the commit even when ctx ends: once fn may have run, only the
// commit decides.
func (g *group) do(ctx context.Context, fn func(*tx) error) error {
	p := piece{ctx: ctx, fn: fn, done: make(chan error, 1)}
	g.mu.RLock()
	if g.closed {
		g.mu.RUnlock()
		return errClosed
	}
	g.queue <- p
	g.mu.RUnlock()
	return <-p.done
}

// close accepts no more work and waits until the accepted work is done.
func (g *group) close() {
	g.mu.Lock()
	if !g.closed {
		g.closed = true
		close(g.queue)
	}
	g.mu.Unlock()
	<-g.stopped
}

func (g *group) run() {
	defer close(g.stopped)
	for first := range g.queue {
		g.commit(first)
	}
}

// commit runs first and everything that waits by then in one transaction. Even
// errors are answered only after the commit: they may depend on what another
// piece of the group has just done.
func (g *group) commit(first piece) {
	begun := time.Now()
	members, answers, err := g.together(first)
	if errors.Is(err, errUndone) {
		answers, err = g.oneByOne(members)
	}
	g.db.committed(len(members), begun)
	for i, p := range members {
		if err != nil {
			p.done <- brokenBy(err)
		} else {
			p.done <- answers[i]
		}
	}
}

// errUndone says that a transaction was undone because one piece of it could not be undone alone.
var errUndone = errors.New("a piece failed after it may have changed something")

// together runs pieces without savepoints, which are two of ten statements of a piece. Where one fails
// after it may have changed something, all is undone, and nobody has an answer yet.
func (g *group) together(first piece) (members []piece, answers []error, err error) {
	sqlTx, err := g.db.writers.BeginTx(context.Background(), nil)
	if err != nil {
		return []piece{first}, nil, fmt.Errorf("begin: %w", err)
	}
	for p, more := first, true; more; {
		t := g.db.newTx(context.Background(), sqlTx)
		answer := p.ctx.Err()
		if answer == nil {
			answer = g.db.contain(p.fn, t)
		}
		members, answers = append(members, p), append(answers, answer)
		if t.failed || answer != nil && (t.changed || g.db.class(answer) == unavailable) {
			sqlTx.Rollback() // the engine has often done so itself
			return members, nil, errUndone
		}
		more = false
		if len(members) < groupSize {
			p, more = g.waiting()
		}
	}
	defer g.commits.Add(1)
	return members, answers, g.db.commit(sqlTx)
}

// oneByOne runs pieces again, each under a savepoint. Its own error is the answer to all of them.
func (g *group) oneByOne(members []piece) (answers []error, err error) {
	sqlTx, err := g.db.writers.BeginTx(context.Background(), nil)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	for _, p := range members {
		answer, broken := g.step(g.db.newTx(context.Background(), sqlTx), p)
		if broken != nil {
			sqlTx.Rollback()
			return nil, broken
		}
		answers = append(answers, answer)
	}
	defer g.commits.Add(1)
	return answers, g.db.commit(sqlTx)
}

// brokenBy returns the answer to a piece whose transaction failed.
func brokenBy(err error) error {
	if fault.CodeOf(err) == fault.CodeUnknownOutcome {
		return err
	}
	return fault.Because(fault.Unavailable, err)
}

// waiting returns the next piece if there is one now.
func (g *group) waiting() (piece, bool) {
	select {
	case p, ok := <-g.queue:
		return p, ok
	default:
		return piece{}, false
	}
}

// step runs one piece under a savepoint. broken means that the whole transaction
// is lost: SQLite ends it by itself when the disk is full or fails.
func (g *group) step(t *tx, p piece) (answer, broken error) {
	if err := p.ctx.Err(); err != nil {
		return err, nil
	}
	if _, err := t.exec(`SAVEPOINT piece`); err != nil {
		return nil, fmt.Errorf("savepoint: %w", err)
	}
	answer = g.db.contain(p.fn, t)
	if answer != nil {
		if _, err := t.exec(`ROLLBACK TO piece`); err != nil {
			return nil, answer
		}
	}
	if _, err := t.exec(`RELEASE piece`); err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	return answer, nil
}
