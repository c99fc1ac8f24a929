package dbtest

import (
	"database/sql"
	"testing"
)

// Grouped runs the same few statements for whoever asks, as plainly as can be: prepared,
// one transaction for all that wait, nothing else. Benchmarks compare with it what a
// share costs beyond its rows.
type Grouped struct {
	pool  *sql.DB
	queue chan pieceOfWork
	stmts []*sql.Stmt
}

type pieceOfWork struct {
	rows [][]any // the values of each statement
	done chan error
}

// NewGrouped takes over a pool of one connection, until the test ends.
func NewGrouped(t testing.TB, pool *sql.DB, queries ...string) *Grouped {
	t.Helper()
	g := &Grouped{pool: pool, queue: make(chan pieceOfWork, 256)}
	for _, query := range queries {
		stmt, err := pool.Prepare(query)
		if err != nil {
			t.Fatal(err)
		}
		g.stmts = append(g.stmts, stmt)
	}
	stopped := make(chan bool)
	go func() {
		g.run()
		close(stopped)
	}()
	t.Cleanup(func() {
		close(g.queue)
		<-stopped
		_ = pool.Close()
	})
	return g
}

// Do runs each statement once with its values, and returns when that is committed.
func (g *Grouped) Do(rows ...[]any) error {
	work := pieceOfWork{rows, make(chan error, 1)}
	g.queue <- work
	return <-work.done
}

func (g *Grouped) run() {
	for work := range g.queue {
		group := []pieceOfWork{work}
		for len(g.queue) > 0 {
			group = append(group, <-g.queue)
		}
		err := g.commit(group)
		for _, work := range group {
			work.done <- err
		}
	}
}

func (g *Grouped) commit(group []pieceOfWork) error {
	tx, err := g.pool.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, work := range group {
		for i, values := range work.rows {
			if _, err := tx.Stmt(g.stmts[i]).Exec(values...); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}
