package db

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// SQLite's log moves into the file beside the writer, on a connection of its own, once checkpointPages
// wait. Otherwise the writer would do that itself each 1,000 pages, and everybody would wait for it. A
// log that is written without a pause never ends, so at logPages (32 MiB) the writer moves the little
// that is left by then and begins the log anew.
const (
	checkpointEvery = 100 * time.Millisecond
	checkpointPages = 1000
	logPages        = 8000
)

// checkpointer is the goroutine that does so. Its lock keeps it away from a scrub.
type checkpointer struct {
	sync.Mutex
	db      *DB
	pool    *sql.DB
	stop    context.CancelFunc
	stopped chan struct{}
}

func newCheckpointer(db *DB) *checkpointer {
	ctx, stop := context.WithCancel(context.Background())
	pool := sql.OpenDB(newSQLiteConnector(sqliteDSN(db.dialect.file, false)))
	pool.SetMaxOpenConns(1)
	c := &checkpointer{db: db, pool: pool, stop: stop, stopped: make(chan struct{})}
	go c.run(ctx)
	return c
}

func (c *checkpointer) close() error {
	c.stop()
	<-c.stopped
	return c.pool.Close()
}

// run looks at the log where something was committed since it last did.
func (c *checkpointer) run(ctx context.Context) {
	defer close(c.stopped)
	ticker := time.NewTicker(checkpointEvery)
	defer ticker.Stop()
	for seen := int64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if now := c.db.group.commits.Load(); now != seen {
			seen = now
			if err := c.work(); err != nil {
				c.db.log.Warn("the database's log was not moved into its file", "err", err)
			}
		}
	}
}

// work moves the log without keeping anybody waiting, if enough of it waits.
func (c *checkpointer) work() error {
	c.Lock()
	defer c.Unlock()
	_, log, moved, err := checkpoint(c.pool, "NOOP")
	if err == nil && log-moved >= checkpointPages {
		_, _, _, err = checkpoint(c.pool, "PASSIVE")
	}
	return err
}
