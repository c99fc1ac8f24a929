package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"itemshare/audit"
	"itemshare/fault"
)

// chainLock is the number of the lock under which the audit chain grows.
const chainLock = 7301

const eventColumns = `id, at, kind, actor, subject, detail, detail_hash, number, hash, mac`

// insertEntry keeps an audit entry in the transaction of what it tells of. The
// sealer numbers it within a second.
func insertEntry(t *tx, e audit.Entry) error {
	hash := e.DetailHash()
	_, err := t.exec(`INSERT INTO audit_events (at, kind, actor, subject, detail, detail_hash) VALUES (?, ?, ?, ?, ?, ?)`,
		e.At.UnixMilli(), string(e.Kind), e.Actor, e.Subject, e.Detail, hash[:])
	return fault.Wrap("keep audit entry", err)
}

// eraseDetails erases the sealed details of events about one subject, max of them
// at most, and tells how many more could have been: none when there may be some
// left. The chain still proves them by their hashes.
func eraseDetails(t *tx, subject string, max int) (left int, err error) {
	n, err := t.exec(`UPDATE audit_events SET detail = NULL WHERE id IN
		(SELECT id FROM audit_events WHERE subject = ? AND detail IS NOT NULL LIMIT ?)`, subject, max)
	return max - int(n), fault.Wrap("erase audit details", err)
}

// Record keeps an audit entry that belongs to no other change.
func (db *DB) Record(ctx context.Context, entry audit.Entry) error {
	return db.write(ctx, func(t *tx) error { return insertEntry(t, entry) })
}

// SealRecords links at most limit records to the chain, in the order they came.
func (db *DB) SealRecords(ctx context.Context, limit int, next func(audit.Link, audit.Record) audit.Link) (sealed int, err error) {
	err = db.write(ctx, func(t *tx) error {
		sealed = 0
		if err := t.lock(chainLock); err != nil {
			return err
		}
		waiting, err := auditRecords(t.query(`SELECT `+eventColumns+` FROM audit_events WHERE number IS NULL ORDER BY id LIMIT ?`, limit))
		if err != nil || len(waiting) == 0 {
			return err
		}
		link, err := chainHead(t)
		if err != nil {
			return err
		}
		for _, r := range waiting {
			link = next(link, r)
			if _, err := t.exec(`UPDATE audit_events SET number = ?, hash = ?, mac = ? WHERE id = ?`,
				link.Number, link.Hash, link.MAC, r.ID); err != nil {
				return err
			}
		}
		sealed = len(waiting)
		return nil
	})
	return sealed, fault.Wrap("seal audit events", err)
}

// chainHead is the last link, the zero one of an empty chain.
func chainHead(t *tx) (link audit.Link, err error) {
	err = t.row(`SELECT number, hash, mac FROM audit_events WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1`).
		Scan(&link.Number, &link.Hash, &link.MAC)
	if errors.Is(err, sql.ErrNoRows) {
		return audit.Link{}, nil
	}
	return link, err
}

// SealedRecords gives sealed records by number, those above after.
func (db *DB) SealedRecords(ctx context.Context, after int64, limit int) ([]audit.Record, error) {
	list, err := auditRecords(db.read().query(ctx,
		`SELECT `+eventColumns+` FROM audit_events WHERE number > ? ORDER BY number LIMIT ?`, after, limit))
	return list, db.failed("read audit events", err)
}

// CountUnsealed tells how many records wait for the sealer.
func (db *DB) CountUnsealed(ctx context.Context) (n int, err error) {
	err = db.read().row(ctx, `SELECT count(*) FROM audit_events WHERE number IS NULL`).Scan(&n)
	return n, db.failed("count audit events", err)
}

// FindRecords gives records newest first.
func (db *DB) FindRecords(ctx context.Context, f audit.Filter) ([]audit.Record, error) {
	query, args := findRecords(f)
	list, err := auditRecords(db.read().query(ctx, query, args...))
	return list, db.failed("find audit events", err)
}

func findRecords(f audit.Filter) (query string, args []any) {
	query, args = `SELECT `+eventColumns+` FROM audit_events WHERE id < ?`, []any{f.Before}
	for _, where := range []struct{ column, value string }{
		{"kind", string(f.Kind)}, {"actor", f.Actor}, {"subject", f.Subject},
	} {
		if where.value != "" {
			query, args = query+` AND `+where.column+` = ?`, append(args, where.value)
		}
	}
	return query + ` ORDER BY id DESC LIMIT ?`, append(args, f.Limit)
}

// auditRecords reads all rows, and closes them.
func auditRecords(rows *sql.Rows, err error) (list []audit.Record, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r audit.Record
		var at int64
		var number sql.NullInt64
		if err := rows.Scan(&r.ID, &at, &r.Kind, &r.Actor, &r.Subject, &r.Detail, &r.DetailHash,
			&number, &r.Link.Hash, &r.Link.MAC); err != nil {
			return nil, err
		}
		r.At, r.Link.Number = time.UnixMilli(at).UTC(), number.Int64
		list = append(list, r)
	}
	return list, rows.Err()
}
