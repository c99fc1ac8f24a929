package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"itemshare/fault"
)

// groupSize is how many pieces of work are in one transaction at most.
const groupSize = 256

// piece is one fn that waits to be written. done receives its answer.
type piece struct {
	ctx  context.Context
	fn   func(*tx) error
	done chan error
}

// group writes what waits in one transaction and commits once for all. Whoever waits while nobody writes
// does so, for themselves and the others: a goroutine that did nothing else would have to be woken for
// each write, and to wake its caller.
type group struct {
	db      *DB
	queue   chan piece
	writing chan struct{} // has an element while somebody writes
	commits atomic.Int64  // so far

	mu     sync.RWMutex // held for reading by everybody who waits
	closed bool
}

func newGroup(db *DB) *group {
	return &group{db: db, queue: make(chan piece, groupSize), writing: make(chan struct{}, 1)}
}

// do waits for the commit even when ctx ends: once fn may have run, only the
// commit decides.
func (g *group) do(ctx context.Context, fn func(*tx) error) error {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.closed {
		return errClosed
	}
	p := piece{ctx: ctx, fn: fn, done: make(chan error, 1)}
	g.queue <- p
	for {
		select {
		case err := <-p.done:
			return err
		case g.writing <- struct{}{}:
			if first, any := g.waiting(); any {
				g.commit(first)
			}
			<-g.writing
		}
	}
}

// close accepts no more work and waits until the accepted work is done.
func (g *group) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
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

// turn is one transaction of the writer, on its connection: a *sql.Tx would start a goroutine for each
// row that is read.
type turn struct {
	*sql.Conn
	memory *memory
	looked bool // for commits of other processes
	ends   bool // the epoch
}

func (g *group) begin() (*turn, error) {
	conn, err := g.db.writers.Conn(context.Background())
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	own := &turn{Conn: conn, memory: g.db.memory}
	if err := own.run(`BEGIN IMMEDIATE`); err != nil {
		return nil, errors.Join(fmt.Errorf("begin: %w", err), conn.Close())
	}
	return own, nil
}

// commit ends the transaction, with nothing saved where it returns an error that proves so.
func (own *turn) commit() error {
	err := own.run(`COMMIT`)
	if err != nil {
		own.rollback() // SQLite may have left it open
		return err
	}
	own.end()
	return nil
}

func (own *turn) rollback() {
	_ = own.run(`ROLLBACK`) // SQLite has often done so itself
	own.end()
}

// end returns the connection. An epoch ends before anybody is answered.
func (own *turn) end() {
	if own.ends {
		own.memory.epoch.Add(1)
	}
	_ = own.Close()
}

func (own *turn) run(statement string) error {
	_, err := own.ExecContext(context.Background(), statement)
	return err
}

// epoch returns the epoch, which commits of other processes have ended.
func (own *turn) epoch() (int64, error) {
	if own.looked {
		return own.memory.epoch.Load(), nil
	}
	var version int64
	err := own.QueryRowContext(context.Background(), `PRAGMA data_version`).Scan(&version)
	if err != nil {
		return 0, err
	}
	own.looked = true
	return own.memory.see(own.Conn, version), nil
}

// errUndone says that a transaction was undone because one piece of it could not be undone alone.
var errUndone = errors.New("a piece failed after it may have changed something")

// together runs pieces without savepoints, which are two of ten statements of a piece. Where one fails
// after it may have changed something, all is undone, and nobody has an answer yet.
func (g *group) together(first piece) (members []piece, answers []error, err error) {
	own, err := g.begin()
	if err != nil {
		return []piece{first}, nil, err
	}
	for p, more := first, true; more; {
		t := g.db.newTx(context.Background(), own)
		answer := p.ctx.Err()
		if answer == nil {
			answer = g.db.contain(p.fn, t)
		}
		members, answers = append(members, p), append(answers, answer)
		if t.failed || answer != nil && (t.changed || g.db.class(answer) == unavailable) {
			own.rollback()
			return members, nil, errUndone
		}
		more = false
		if len(members) < groupSize {
			p, more = g.waiting()
		}
	}
	defer g.commits.Add(1)
	return members, answers, g.db.outcome(own.commit())
}

// oneByOne runs pieces again, each under a savepoint. Its own error is the answer to all of them.
func (g *group) oneByOne(members []piece) (answers []error, err error) {
	own, err := g.begin()
	if err != nil {
		return nil, err
	}
	for _, p := range members {
		answer, broken := g.step(g.db.newTx(context.Background(), own), p)
		if broken != nil {
			own.rollback()
			return nil, broken
		}
		answers = append(answers, answer)
	}
	defer g.commits.Add(1)
	return answers, g.db.outcome(own.commit())
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
	case p := <-g.queue:
		return p, true
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
