package db

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"itemshare/fault"
)

const (
	groupSize = 256              // pieces of work in one transaction at most
	writeTime = 10 * time.Second // for one transaction where each write has its own
	retries   = 5                // of a transaction that lost against another
)

// write runs fn in a write transaction. On SQLite one writer goroutine takes
// what waits and runs it in one durable transaction, each fn under a savepoint;
// on PostgreSQL fn has a transaction of its own. An error from fn undoes fn's
// part alone. When write returns nil, what fn did is durable.
func (db *DB) write(ctx context.Context, fn func(*tx) error) error {
	if db.group != nil {
		return db.kind(db.group.do(ctx, fn))
	}
	return db.kind(db.writeAlone(ctx, fn))
}

// writeAlone gives fn a transaction of its own, and another one when the engine
// says that it lost against somebody else's.
func (db *DB) writeAlone(ctx context.Context, fn func(*tx) error) (err error) {
	for range retries {
		if err = ctx.Err(); err != nil {
			return err
		}
		if err = db.once(fn); err == nil || db.class(err) != conflicting {
			return err
		}
	}
	return fault.Because(fault.Unavailable, err)
}

func (db *DB) once(fn func(*tx) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), writeTime)
	defer cancel()
	sqlTx, err := db.writers.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := db.contain(fn, &tx{ctx, sqlTx, &db.dialect}); err != nil {
		sqlTx.Rollback() //nolint:errcheck // what counts is fn's own error
		return err
	}
	return sqlTx.Commit()
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

// piece is one fn that waits for the writer, and where its answer goes.
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

	mu     sync.RWMutex // held for reading while a piece is put into the queue
	closed bool
}

func newGroup(db *DB) *group {
	g := &group{db: db, queue: make(chan piece, groupSize), stopped: make(chan struct{})}
	go g.run()
	return g
}

// do waits for the truth: once fn may have run, only the commit tells.
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

// close takes no more work and waits until what was taken is done.
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
// a refusal is told only after the commit: it may rest on what another piece
// of the group has just done.
func (g *group) commit(first piece) {
	members := make([]piece, 0, 16)
	answers := make([]error, 0, 16)
	err := g.transaction(first, func(p piece, answer error) {
		members, answers = append(members, p), append(answers, answer)
	})
	for i, p := range members {
		if err != nil {
			p.done <- fault.Because(fault.Unavailable, err)
		} else {
			p.done <- answers[i]
		}
	}
}

// transaction commits once for all pieces and notes what each fn answered. Its
// error is everyone's.
func (g *group) transaction(first piece, note func(piece, error)) error {
	sqlTx, err := g.db.writers.BeginTx(context.Background(), nil)
	if err != nil {
		note(first, nil)
		return fmt.Errorf("begin: %w", err)
	}
	t := &tx{context.Background(), sqlTx, &g.db.dialect}
	p := first
	for n := 1; ; n++ {
		answer, broken := g.step(t, p)
		note(p, answer)
		if broken != nil {
			sqlTx.Rollback() //nolint:errcheck // the engine has often done so itself
			return broken
		}
		more := false
		if n < groupSize {
			p, more = g.waiting()
		}
		if !more {
			break
		}
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// waiting takes the next piece if there is one now.
func (g *group) waiting() (piece, bool) {
	select {
	case p, ok := <-g.queue:
		return p, ok
	default:
		return piece{}, false
	}
}

// step runs one piece under a savepoint. broken says that the transaction as a
// whole is lost: SQLite ends it by itself when the disk is full or fails.
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
