package db

import (
	"context"
	"time"

	"itemshare/fault"
	"itemshare/mail"
)

// insertMail queues a sealed message in the transaction of what it is about, and
// erases an older one of the same topic. Times are Unix seconds.
func insertMail(t *tx, id string, topic, sealed []byte, until, now int64) error {
	if _, err := t.exec(`DELETE FROM mail_queue WHERE topic = ?`, topic); err != nil {
		return fault.Wrap("supersede mail", err)
	}
	_, err := t.exec(`INSERT INTO mail_queue (id, topic, sealed, until, due_at) VALUES (?, ?, ?, ?, ?)`,
		id, topic, sealed, until, now)
	return fault.Wrap("queue mail", err)
}

// TakeMail leases messages that are due. A lease is a later due time. The rows
// are chosen once, before any is changed: chosen in a condition they could be
// chosen again for each row, and more be leased than asked for.
func (db *DB) TakeMail(ctx context.Context, now time.Time, lease time.Duration, limit int) (taken []mail.Queued, err error) {
	err = db.write(ctx, func(t *tx) error {
		taken = nil
		rows, err := t.query(`WITH due AS MATERIALIZED
			(SELECT id FROM mail_queue WHERE due_at <= ? ORDER BY due_at LIMIT ?`+t.dialect.skipLocked+`)
			UPDATE mail_queue SET due_at = ? WHERE id IN (SELECT id FROM due)
			RETURNING id, sealed, until, tries`,
			now.Unix(), limit, now.Add(lease).Unix())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var m mail.Queued
			var until int64
			if err := rows.Scan(&m.ID, &m.Sealed, &until, &m.Tries); err != nil {
				return err
			}
			m.Until = time.Unix(until, 0).UTC()
			taken = append(taken, m)
		}
		return rows.Err()
	})
	return taken, fault.Wrap("take mail", err)
}

// DoneMail erases a message.
func (db *DB) DoneMail(ctx context.Context, id string) error {
	return db.write(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM mail_queue WHERE id = ?`, id)
		return fault.Wrap("erase mail", err)
	})
}

// RetryMail counts a try; the message is due again at the given time.
func (db *DB) RetryMail(ctx context.Context, id string, at time.Time) error {
	return db.write(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE mail_queue SET tries = tries + 1, due_at = ? WHERE id = ?`, at.Unix(), id)
		return fault.Wrap("put mail off", err)
	})
}

// EraseMail deletes at most limit messages that are outdated by now.
func (db *DB) EraseMail(ctx context.Context, now time.Time, limit int) (n int, err error) {
	err = db.write(ctx, func(t *tx) error {
		erased, err := t.exec(`DELETE FROM mail_queue WHERE id IN
			(SELECT id FROM mail_queue WHERE until <= ? ORDER BY until LIMIT ?)`, now.Unix(), limit)
		n = int(erased)
		return err
	})
	return n, fault.Wrap("erase outdated mail", err)
}
