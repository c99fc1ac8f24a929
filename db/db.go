// Package db keeps the promises about rows: what a transaction makes durable,
// what is claimed once, what is unique. It has one SQL text for two engines,
// whose differences stand in one dialect value. It knows nothing of pages,
// links or keys: whatever it stores of a secret comes in sealed.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Config says where the database is. URL is sqlite:PATH or postgres://…
type Config struct {
	URL   string
	Clock func() time.Time
	Log   *slog.Logger
}

// DB is an open database of the newest schema. It implements every store that
// the other rooms declare, and it is safe for use by many goroutines.
type DB struct {
	dialect dialect
	clock   func() time.Time
	log     *slog.Logger
	writers *sql.DB // SQLite: one connection
	readers *sql.DB // reads alone
	group   *group  // nil where each write has a transaction of its own
	limits  readLimits
}

// Open opens the database, making it where there is none, brings its schema up
// to date and only then lets readers in.
func Open(ctx context.Context, config Config) (*DB, error) {
	dialect, err := dialectOf(config.URL)
	if err != nil {
		return nil, err
	}
	db := newDB(dialect, config)
	if err := db.open(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func newDB(dialect dialect, config Config) *DB {
	log := config.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &DB{dialect: dialect, clock: config.Clock, log: log}
}

func (db *DB) open(ctx context.Context) (err error) {
	alone, err := db.dialect.alone()
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer alone.Close()
	if db.writers, err = db.dialect.writers(); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if err := db.writers.PingContext(ctx); err != nil {
		return db.failed("open database", err)
	}
	if err := db.migrate(ctx); err != nil {
		return db.failed("migrate database", err)
	}
	if db.readers, err = db.dialect.readers(); err != nil {
		return fmt.Errorf("open database for reading: %w", err)
	}
	if db.dialect.grouped {
		db.group = newGroup(db)
	}
	return db.Ready(ctx)
}

// Ready tells whether the database answers.
func (db *DB) Ready(ctx context.Context) error {
	var one int
	return db.failed("reach database", db.read().row(ctx, `SELECT 1`).Scan(&one))
}

// Close lets the writes that wait come to their end and closes everything,
// readers first, so that SQLite can put its log away.
func (db *DB) Close() error {
	if db.group != nil {
		db.group.close()
	}
	var errs []error
	for _, pool := range []*sql.DB{db.readers, db.writers} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

// readTime is how long a read may last: no reader keeps erased bytes in
// SQLite's log for longer.
const readTime = 5 * time.Second

// readLimits hands out contexts that end readTime after the second they were
// asked for in: one a second for all reads, since one for each read costs more
// than reading a row does.
type readLimits struct {
	mu    sync.Mutex
	begun time.Time
	ctx   context.Context
}

func (l *readLimits) context() context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); l.ctx == nil || now.Sub(l.begun) >= time.Second {
		ctx, cancel := context.WithDeadline(context.Background(), now.Add(readTime))
		context.AfterFunc(ctx, cancel) // not sooner: other reads share it
		l.begun, l.ctx = now, ctx
	}
	return l.ctx
}
