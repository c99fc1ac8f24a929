package db

import (
	"context"
	"database/sql"
	"time"

	"itemshare/fault"
	"itemshare/mail"
)

// insertMail queues a sealed message in the transaction of the change it is about,
// and erases an older message of the same topic. Times are Unix seconds.
func insertMail(t *tx, id string, topic, sealed []byte, until, now int64) error {
	if _, err := t.exec(`DELETE FROM mail_queue WHERE topic = ?`, topic); err != nil {
		return fault.Wrap("supersede mail", err)
	}
	_, err := t.exec(
		`INSERT INTO mail_queue (id, topic, sealed, until, due_at, queued_at) VALUES (?, ?, ?, ?, ?, ?)`,
		id,
		topic,
		sealed,
		until,
		now,
		now,
	)
	return fault.Wrap("queue mail", err)
}

// TakeMail leases at most limit messages that are due. A lease is a later due time.
// The rows are chosen once, before any is changed: chosen in a condition they could
// be chosen again for each row, and more than limit be leased.
func (db *DB) TakeMail(
	ctx context.Context,
	now time.Time,
	lease time.Duration,
	limit int,
) ([]mail.Queued, error) {
	return write(ctx, db, "take mail", func(t *tx) ([]mail.Queued, error) {
		return collect(t, scanMail, `WITH due AS MATERIALIZED
			(SELECT id FROM mail_queue WHERE due_at <= ? ORDER BY due_at LIMIT ?`+t.dialect.skipLocked+`)
			UPDATE mail_queue SET due_at = ? WHERE id IN (SELECT id FROM due)
			RETURNING id, sealed, until, tries`,
			now.Unix(), limit, now.Add(lease).Unix())
	})
}

func scanMail(rows *sql.Rows) (m mail.Queued, err error) {
	var until int64
	err = rows.Scan(&m.ID, &m.Sealed, &until, &m.Tries)
	m.Until = time.Unix(until, 0).UTC()
	return m, err
}

// DoneMail erases a message, and the failure of an earlier one to the same address.
func (db *DB) DoneMail(ctx context.Context, id string) error {
	return db.write(ctx, "erase mail", func(t *tx) error {
		_, err := t.exec(`DELETE FROM mail_failures WHERE topic =
			(SELECT topic FROM mail_queue WHERE id = ?)`, id)
		if err == nil {
			err = forgetCodeFailure(t, id)
		}
		if err != nil {
			return err
		}
		return deleteMail(t, id)
	})
}

func deleteMail(t *tx, id string) error {
	_, err := t.exec(`DELETE FROM mail_queue WHERE id = ?`, id)
	return err
}

// RetryMail counts a try; the message is due again at the given time.
func (db *DB) RetryMail(ctx context.Context, id string, at time.Time) error {
	return db.write(ctx, "postpone mail", func(t *tx) error {
		return postponeMail(t, id, at.Unix())
	})
}

func postponeMail(t *tx, id string, at int64) error {
	_, err := t.exec(`UPDATE mail_queue SET tries = tries + 1, due_at = ? WHERE id = ?`, at, id)
	return err
}

// EraseMail erases at most limit messages that are outdated by now, and returns how many.
func (db *DB) EraseMail(ctx context.Context, now time.Time, limit int) (int, error) {
	return write(ctx, db, "erase outdated mail", func(t *tx) (int, error) {
		erased, err := t.exec(`DELETE FROM mail_queue WHERE id IN
			(SELECT id FROM mail_queue WHERE until <= ? ORDER BY until LIMIT ?)`, now.Unix(), limit)
		return int(erased), err
	})
}
