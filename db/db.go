// Package db owns the guarantees about rows: what a transaction makes durable, what
// is claimed once, what is unique. It has one SQL text for two engines, whose
// differences are in one dialect value. It knows nothing of pages, links or keys:
// secrets arrive here sealed.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"

	"itemshare/fault"
)

// Config is where the database is. URL is sqlite:PATH or postgres://…
type Config struct {
	URL   string
	Clock func() time.Time
	Log   *slog.Logger
	// KeepSchema makes Open return ErrOlder rather than migrate the database.
	KeepSchema bool
	Telemetry  Telemetry // nil if nothing is measured
}

// Telemetry takes notes of writes.
type Telemetry interface {
	// Write begins a write. The function that it returns gets the code of its error, or "".
	Write(ctx context.Context, operation string) func(code string)
	// Committed counts a transaction of that many writes.
	Committed(writes int, took time.Duration)
}

// DB is an open database of the newest schema. It implements every store that
// the other rooms declare, and it is safe for use by many goroutines.
type DB struct {
	dialect    dialect
	keepSchema bool
	clock      func() time.Time
	log        *slog.Logger
	telemetry  Telemetry
	writers    *sql.DB // SQLite: one connection
	readers    *sql.DB // read-only
	group      *group  // nil where each write has a transaction of its own
	memory     *memory // nil the same
	// SQLite: moves the log into the file.
	checkpointer *checkpointer
	// SQLite: data_version at the last scrub, nil if this process may have erased since.
	scrubbed atomic.Pointer[int64]
	limits   readLimits
}

// Open opens the database and migrates its schema before anything reads it. It
// creates a database that does not exist.
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
	return &DB{
		dialect: dialect, keepSchema: config.KeepSchema, clock: config.Clock, log: log,
		telemetry: config.Telemetry,
	}
}

func (db *DB) open(ctx context.Context) (err error) {
	opening, err := db.dialect.lockOpening()
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer opening.Close()
	if db.dialect.reach != nil {
		if err := db.dialect.reach(ctx, &db.dialect); err != nil {
			return db.wrap("open database", err)
		}
	}
	if db.writers, err = db.dialect.writers(); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if err := db.writers.PingContext(ctx); err != nil {
		return db.wrap("open database", err)
	}
	if err := db.migrate(ctx); errors.Is(err, ErrNewer) || errors.Is(err, ErrOlder) {
		return err
	} else if err != nil {
		return db.wrap("migrate database", err)
	}
	if db.readers, err = db.dialect.readers(); err != nil {
		return fmt.Errorf("open database for reading: %w", err)
	}
	if db.dialect.grouped {
		db.memory = newMemory()
		db.group = newGroup(db)
		db.checkpointer = newCheckpointer(db)
	}
	return db.Ready(ctx)
}

// Ready returns an error unless the database answers a query as requests send it, and accepts
// writes.
func (db *DB) Ready(ctx context.Context) error {
	var found bool
	err := db.read(ctx).row(`SELECT EXISTS (SELECT 1 FROM keysets WHERE purpose = ?)`, "").Scan(&found)
	if err != nil || db.dialect.isReadOnly == "" {
		return db.wrap("reach database", err)
	}
	var readOnly bool
	err = db.writers.QueryRowContext(ctx, db.dialect.isReadOnly).Scan(&readOnly)
	if err == nil && readOnly {
		return fault.Because(fault.Unavailable, errReadOnly)
	}
	return db.wrap("reach database", err)
}

var errReadOnly = errors.New("the database accepts no writes")

// Now returns the time by the clock of the machine that the database runs on.
func (db *DB) Now(ctx context.Context) (time.Time, error) {
	if db.dialect.goose != goose.DialectPostgres {
		return db.clock(), nil
	}
	var seconds int64
	err := db.read(ctx).row(`SELECT CAST(extract(epoch FROM clock_timestamp()) AS bigint)`).
		Scan(&seconds)
	return timeOf(seconds), db.wrap("ask for the time", err)
}

// Pools returns the pools of connections by what they are for.
func (db *DB) Pools() map[string]*sql.DB {
	return map[string]*sql.DB{"write": db.writers, "read": db.readers}
}

// Close finishes the writes that wait and closes everything, readers first, so that
// SQLite can remove its log.
func (db *DB) Close() error {
	if db.group != nil {
		db.group.close()
	}
	var errs []error
	if db.checkpointer != nil {
		errs = append(errs, db.checkpointer.close())
	}
	for _, pool := range []*sql.DB{db.readers, db.writers} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

// readTime is how long a read may last. A reader keeps erased bytes in SQLite's log
// for no longer.
const readTime = 5 * time.Second

// readLimits returns contexts that end readTime after the second of the call: all
// reads of a second share one, since a context for each read costs more than reading
// a row does.
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
		context.AfterFunc(ctx, cancel) // not earlier: other reads share it
		l.begun, l.ctx = now, ctx
	}
	return l.ctx
}
