package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/mail"
	"itemshare/share"
)

const (
	failuresOfShare = 50                  // of one share, the newest
	failureAge      = 30 * 24 * time.Hour // how long a failure is stored
)

// FailMail stores why a message was not delivered. It postpones the message, or deletes it and
// stores the entry if it was given up. A message that a newer one replaced is left alone: the newer
// one tells.
func (db *DB) FailMail(ctx context.Context, f share.StoredFailure, entry *audit.Entry) error {
	return db.write(ctx, "store a mail failure", func(t *tx) error {
		var topic []byte
		err := t.row(`SELECT topic FROM mail_queue WHERE id = ?`, f.MessageID).Scan(&topic)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			err = storeFailure(t, topic, f)
		}
		if err != nil {
			return fault.Wrap("store a failure", err)
		}
		if entry == nil {
			return postponeMail(t, f.MessageID, f.RetryAt)
		}
		if err := deleteMail(t, f.MessageID); err != nil {
			return err
		}
		return insertEntry(t, *entry)
	})
}

// storeFailure replaces the failure of the same topic, and deletes the share's oldest ones.
func storeFailure(t *tx, topic []byte, f share.StoredFailure) error {
	_, err := t.exec(`INSERT INTO mail_failures
			(topic, message_id, share_id, failed_at, retry_at, address, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (topic) DO UPDATE SET message_id = excluded.message_id,
			failed_at = excluded.failed_at, retry_at = excluded.retry_at,
			address = excluded.address, reason = excluded.reason`,
		topic, f.MessageID, f.ShareID, f.At, f.RetryAt, f.Address, f.Reason)
	if err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM mail_failures WHERE topic IN (SELECT topic FROM mail_failures
		WHERE share_id = ? ORDER BY failed_at DESC LIMIT 1000 OFFSET ?)`, f.ShareID, failuresOfShare)
	return err
}

const failureColumns = `SELECT message_id, share_id, failed_at, retry_at, address, reason
	FROM mail_failures `

func scanFailure(rows *sql.Rows) (f share.StoredFailure, err error) {
	err = rows.Scan(&f.MessageID, &f.ShareID, &f.At, &f.RetryAt, &f.Address, &f.Reason)
	return f, err
}

// failureBatch is of how many shares one statement reads the failures: those of a page.
const failureBatch = 50

// FailuresOf returns the mail failures of shares, newest first.
func (db *DB) FailuresOf(ctx context.Context, shareIDs []string) ([]share.StoredFailure, error) {
	var failures []share.StoredFailure
	for batch := range slices.Chunk(shareIDs, failureBatch) {
		found, err := collect(db.read(ctx), scanFailure,
			failureColumns+`WHERE share_id IN (`+placeholders(failureBatch)+`)`, padded(batch, failureBatch)...)
		if err != nil {
			return nil, db.wrap("read mail failures", err)
		}
		failures = append(failures, found...)
	}
	slices.SortStableFunc(failures, func(a, b share.StoredFailure) int {
		return cmp.Compare(b.At, a.At)
	})
	return failures, nil
}

// LatestFailures returns the newest mail failures of all shares, newest first.
func (db *DB) LatestFailures(
	ctx context.Context, now time.Time, limit int,
) ([]share.StoredFailure, error) {
	failures, err := collect(db.read(ctx), scanFailure,
		failureColumns+`WHERE failed_at > ? ORDER BY failed_at DESC LIMIT ?`,
		now.Add(-failureAge).Unix(), limit)
	return failures, db.wrap("read mail failures", err)
}

const mailBacklog = `SELECT count(*), min(queued_at) FROM mail_queue`

// MailBacklog returns how many messages wait in the queue, and since when the oldest does.
func (db *DB) MailBacklog(ctx context.Context) (mail.Backlog, error) {
	var backlog mail.Backlog
	var oldest sql.NullInt64
	err := db.read(ctx).row(mailBacklog).Scan(&backlog.Waiting, &oldest)
	backlog.Oldest = timeOf(oldest.Int64)
	return backlog, db.wrap("read the mail queue", err)
}

// EraseMailFailures erases at most limit failures that are older than thirty days.
func (db *DB) EraseMailFailures(ctx context.Context, now time.Time, limit int) (int, error) {
	return write(ctx, db, "erase mail failures", func(t *tx) (int, error) {
		erased, err := t.exec(`DELETE FROM mail_failures WHERE topic IN (SELECT topic FROM mail_failures
			WHERE failed_at <= ? ORDER BY failed_at LIMIT ?)`, now.Add(-failureAge).Unix(), limit)
		return int(erased), err
	})
}
