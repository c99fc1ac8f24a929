package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"time"

	"itemshare/audit"
	"itemshare/fault"
)

// chainLock is the number of the lock under which the audit chain grows.
const chainLock = 7301

const eventColumns = `id, at, kind, actor, subject, detail, detail_hash, number, hash, mac`

// insertEntry stores an audit entry in the transaction of the change it records.
// The sealer numbers it within a second.
func insertEntry(t *tx, e audit.Entry) error {
	return fault.Wrap("add audit entry", t.insert(entryRow(e)))
}

func entryRow(e audit.Entry) statement {
	hash := e.DetailHash()
	return statement{
		`INSERT INTO audit_events (at, kind, actor, subject, detail, detail_hash, address_mac)
		VALUES (?, ?, ?, ?, ?, ?, ?)`,
		[]any{e.At.UnixMilli(), string(e.Kind), e.Actor, e.Subject, e.Detail, hash[:], e.AddressMAC},
	}
}

// eraseDetails erases the sealed details, and the hashes of addresses in them, of at most max events about a subject,
// and returns max less the number erased: 0 when some may be left. The chain still
// proves the events by the details' hashes.
func eraseDetails(t *tx, subject string, max int) (left int, err error) {
	n, err := t.exec(`UPDATE audit_events SET detail = NULL, address_mac = NULL WHERE id IN
		(SELECT id FROM audit_events WHERE number IS NOT NULL AND subject = ? AND detail IS NOT NULL LIMIT ?)`,
		subject, max)
	if err != nil || int(n) == max {
		return max - int(n), fault.Wrap("erase audit details", err)
	}
	waiting, err := t.exec(`UPDATE audit_events SET detail = NULL, address_mac = NULL WHERE id IN
		(SELECT id FROM audit_events WHERE number IS NULL AND subject = ? AND detail IS NOT NULL LIMIT ?)`,
		subject, max-int(n))
	return max - int(n+waiting), fault.Wrap("erase audit details", err)
}

// Record stores an audit entry that belongs to no other change.
func (db *DB) Record(ctx context.Context, entry audit.Entry) error {
	return db.write(
		ctx,
		"record an audit entry",
		func(t *tx) error { return insertEntry(t, entry) },
	)
}

// SealRecords links at most limit records to the chain, in the order they were
// added, and returns how many.
func (db *DB) SealRecords(
	ctx context.Context,
	limit int,
	next func(audit.Link, audit.Record) audit.Link,
) (int, error) {
	return write(ctx, db, "seal audit events", func(t *tx) (int, error) {
		if err := t.lock(chainLock); err != nil {
			return 0, err
		}
		unsealed, err := collect(
			t,
			scanEvent,
			`SELECT `+eventColumns+` FROM audit_events WHERE number IS NULL ORDER BY id LIMIT ?`,
			limit,
		)
		if err != nil || len(unsealed) == 0 {
			return 0, err
		}
		link, err := chainHead(t)
		if err != nil {
			return 0, err
		}
		for _, r := range unsealed {
			link = next(link, r)
			if _, err := t.exec(`UPDATE audit_events SET number = ?, hash = ?, mac = ? WHERE id = ?`,
				link.Number, link.Hash, link.MAC, r.ID); err != nil {
				return 0, err
			}
		}
		return len(unsealed), nil
	})
}

// chainHead returns the last link, the zero Link of an empty chain.
func chainHead(t *tx) (link audit.Link, err error) {
	err = t.row(`SELECT number, hash, mac FROM audit_events WHERE number > 0 ORDER BY number DESC LIMIT 1`).
		Scan(&link.Number, &link.Hash, &link.MAC)
	if errors.Is(err, sql.ErrNoRows) {
		return audit.Link{}, nil
	}
	return link, err
}

// SealedRecords returns at most limit sealed records by number, from the one after
// the given number on.
func (db *DB) SealedRecords(ctx context.Context, after int64, limit int) ([]audit.Record, error) {
	list, err := collect(
		db.read(ctx),
		scanEvent,
		`SELECT `+eventColumns+` FROM audit_events WHERE number > ? ORDER BY number LIMIT ?`,
		after,
		limit,
	)
	return list, db.wrap("read audit events", err)
}

// CountUnsealed returns how many records wait for the sealer.
func (db *DB) CountUnsealed(ctx context.Context) (n int, err error) {
	err = db.read(ctx).row(`SELECT count(*) FROM audit_events WHERE number IS NULL`).Scan(&n)
	return n, db.wrap("count audit events", err)
}

// CountRecords counts the records of a kind in a time: those that are sealed and those that wait.
func (db *DB) CountRecords(
	ctx context.Context, kind audit.Kind, from, to time.Time, limit int,
) (n int, err error) {
	args := []any{string(kind), from.UnixMilli(), to.UnixMilli(), limit}
	query := `SELECT (` + countRecords(isSealed) + `) + (` + countRecords(isWaiting) + `)`
	err = db.read(ctx).row(query, append(args, args...)...).Scan(&n)
	return min(n, limit), db.wrap("count audit events", err)
}

func countRecords(which string) string {
	return `SELECT count(*) FROM (SELECT id FROM audit_events WHERE ` + which +
		` AND kind = ? AND at >= ? AND at < ? LIMIT ?) found`
}

// FindRecords returns records newest first. It reads those that wait for the sealer first: one that
// is sealed in between is found twice, and returned once.
func (db *DB) FindRecords(ctx context.Context, f audit.Filter) (list []audit.Record, err error) {
	var waiting []audit.Record
	for _, which := range []string{isWaiting, isSealed} {
		waiting = list
		query, args := findRecords(f, which)
		if list, err = collect(db.read(ctx), scanEvent, query, args...); err != nil {
			return nil, db.wrap("find audit events", err)
		}
	}
	if len(waiting) == 0 {
		return list, nil
	}
	list = append(list, waiting...)
	slices.SortStableFunc(list, func(a, b audit.Record) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID))
	})
	list = slices.CompactFunc(list, func(a, b audit.Record) bool { return a.ID == b.ID })
	return list[:min(len(list), f.Limit)], nil
}

// An event gets into the indexes of pages when the sealer numbers it. Those that wait are few, of about
// a second, and are read one by one.
const (
	isWaiting = `number IS NULL`
	isSealed  = `number IS NOT NULL`
)

// findRecords reads one range of an index, whatever the filter; several subjects are a range each.
func findRecords(f audit.Filter, which string) (query string, args []any) {
	query = `SELECT ` + eventColumns + ` FROM audit_events WHERE ` + which + ` AND (at, id) < (?, ?)`
	args = []any{int64(math.MaxInt64), int64(math.MaxInt64)}
	if f.Before != (audit.Position{}) {
		args = []any{f.Before.At.UnixMilli(), f.Before.ID}
	}
	for _, where := range []struct{ column, value string }{
		{"kind", string(f.Kind)}, {"actor", f.Actor}, {"subject", f.Subject},
	} {
		if where.value != "" {
			query, args = query+` AND `+where.column+` = ?`, append(args, where.value)
		}
	}
	if len(f.Subjects) > 0 {
		n := (len(f.Subjects) + maxTitles - 1) / maxTitles * maxTitles // few different statements
		query += ` AND subject IN (` + placeholders(n) + `)`
		args = append(args, padded(f.Subjects, n)...)
	}
	if f.AddressMAC != nil {
		query, args = query+` AND address_mac = ?`, append(args, f.AddressMAC)
	}
	if !f.From.IsZero() {
		query, args = query+` AND at >= ?`, append(args, f.From.UnixMilli())
	}
	return query + ` ORDER BY at DESC, id DESC LIMIT ?`, append(args, f.Limit)
}

// scanEvent reads eventColumns.
func scanEvent(rows *sql.Rows) (r audit.Record, err error) {
	var at int64
	var number sql.NullInt64
	err = rows.Scan(
		&r.ID,
		&at,
		&r.Kind,
		&r.Actor,
		&r.Subject,
		&r.Detail,
		&r.DetailHash,
		&number,
		&r.Link.Hash,
		&r.Link.MAC,
	)
	r.At, r.Link.Number = time.UnixMilli(at).UTC(), number.Int64
	return r, err
}
