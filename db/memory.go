package db

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
)

// What creating a share reads before it writes is remembered where one connection writes all that this
// process writes: the account of a token, the policies, the sealed rows of an item, and that they allow
// it. It is remembered for an epoch, which every transaction ends that may change such a row: one of this
// process by its statements, one of another process by the data_version of the writer's connection. A
// write that depends on it looks at both inside its own transaction, where nobody can change anything
// before the commit. If the epoch has ended, it does nothing, and its request runs again without memory.
// Nothing that is remembered opens anything: no token and no value of an item.
type memory struct {
	epoch atomic.Int64 // from 1 on

	hits, misses atomic.Int64 // for RememberedReads

	mu      sync.Mutex
	of      int64 // the epoch of entries
	entries map[any]any
	bytes   int // about

	// Of the writer alone: its connection, and the last data_version of that.
	conn any
	seen int64
}

// The most that is remembered, and the most of one item.
const (
	mostRemembered = 8 << 20
	mostOfItem     = 256 << 10
	entryOverhead  = 1 << 10
)

func newMemory() *memory {
	m := &memory{}
	m.epoch.Store(1)
	return m
}

func (m *memory) get(key any, epoch int64) (value any, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of != epoch {
		return nil, false
	}
	value, ok = m.entries[key]
	return value, ok
}

// put remembers a value that was read in an epoch or later. Where too much is remembered it forgets all.
func (m *memory) put(key, value any, size int, epoch int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	size += entryOverhead
	if epoch < m.of {
		return
	}
	if epoch > m.of || m.bytes+size > mostRemembered {
		m.of, m.entries, m.bytes = epoch, map[any]any{}, 0
	}
	m.entries[key] = value
	m.bytes += size
}

// see compares the data_version of the writer's connection with the last one, and returns the epoch.
func (m *memory) see(conn *sql.Conn, version int64) int64 {
	_ = conn.Raw(func(driver any) error {
		if driver != m.conn || version != m.seen {
			m.conn, m.seen = driver, version
			m.epoch.Add(1)
		}
		return nil
	})
	return m.epoch.Load()
}

// recall is what one run of a request has to do with the memory.
type recall struct {
	epoch   int64
	used    bool // something was answered from memory
	checked bool // a write found that all of it is still true
}

type recallKey struct{}

func recallOf(ctx context.Context) *recall {
	r, _ := ctx.Value(recallKey{}).(*recall)
	return r
}

// Remembering runs work that reads and then writes, and may read from memory. If it did and no write found
// that what it read is still true, whatever came of it doesn't count: it runs again, from the database.
func (db *DB) Remembering(ctx context.Context, work func(context.Context) error) error {
	if db.memory == nil {
		return work(ctx)
	}
	r := &recall{epoch: db.memory.epoch.Load()}
	err := work(context.WithValue(ctx, recallKey{}, r))
	if r.used && !r.checked {
		return work(ctx)
	}
	return err
}

// RememberedReads returns how many reads were answered from memory, how many not, and whether there is a
// memory.
func (db *DB) RememberedReads() (hits, misses int64, ok bool) {
	if db.memory == nil {
		return 0, 0, false
	}
	return db.memory.hits.Load(), db.memory.misses.Load(), true
}

// remembered returns what read does, from memory in a context of Remembering.
func remembered[T any](
	ctx context.Context, db *DB, key any, size func(T) int, read func() (T, error),
) (T, error) {
	r := recallOf(ctx)
	if r == nil || r.checked {
		return read()
	}
	if value, ok := db.memory.get(key, r.epoch); ok {
		db.memory.hits.Add(1)
		r.used = true
		return value.(T), nil
	}
	db.memory.misses.Add(1)
	value, err := read()
	if err == nil && size(value) <= mostOfItem {
		db.memory.put(key, value, size(value), r.epoch)
	}
	return value, err
}

// errOver is the answer to a write whose request remembered something from an epoch that has ended.
var errOver = errors.New("what was remembered is no longer true")

// checked returns a write that does nothing where what its request remembered is no longer true. The
// first write of a request is checked: from then on the request is like one that has read all that at
// that moment, and reads the rest from the database.
func checked(ctx context.Context, fn func(*tx) error) func(*tx) error {
	r := recallOf(ctx)
	if r == nil || !r.used || r.checked {
		return fn
	}
	return func(t *tx) error {
		epoch, err := t.epoch()
		if err != nil {
			return err
		}
		r.checked = epoch == r.epoch
		if !r.checked {
			return errOver
		}
		return fn(t)
	}
}

// epoch returns the epoch in which a transaction is, 0 where there is none: without a memory, and
// where the transaction may have ended it.
func (t *tx) epoch() (int64, error) {
	if t.turn == nil || t.turn.ends {
		return 0, nil
	}
	return t.turn.epoch()
}

// holds reports whether this transaction may rely on something that remember was told in its epoch.
func (t *tx) holds(key any) (bool, error) {
	epoch, err := t.epoch()
	if err != nil || epoch == 0 {
		return false, err
	}
	_, known := t.turn.memory.get(key, epoch)
	return known, nil
}

// remember notes that something is true until the epoch ends.
func (t *tx) remember(key any) {
	if epoch, err := t.epoch(); err == nil && epoch != 0 {
		t.turn.memory.put(key, nil, 0, epoch)
	}
}

// apart are the tables of which nothing is remembered, and whose changes change no other one.
var apart = map[string]bool{
	"shares": true, "share_content": true, "share_recipients": true, "share_requests": true,
	"share_stages": true, "share_chunks": true, "share_views": true, "share_viewers": true,
	"share_recent_views": true, "share_view_minutes": true, "share_codes": true,
	"share_code_log": true, "audit_events": true, "audit_checkpoints": true, "mail_queue": true,
	"mail_failures": true, "sessions": true, "signin_attempts": true, "webhooks": true,
	"webhook_deliveries": true, "warnings": true,
}

// endsEpoch reports whether a statement may change what is remembered.
func endsEpoch(query string) bool {
	for _, begin := range []string{"SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK TO"} {
		if strings.HasPrefix(query, begin) {
			return false
		}
	}
	for _, begin := range []string{"INSERT INTO ", "UPDATE ", "DELETE FROM "} {
		if rest, ok := strings.CutPrefix(query, begin); ok {
			return !apart[rest[:max(strings.IndexAny(rest, " \n\t("), 0)]]
		}
	}
	return true
}
