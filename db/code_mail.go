package db

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"itemshare/account"
)

// FailCodeMail stores why the email with a code was not delivered. It postpones the email, or deletes it
// if it was given up. One that a newer code replaced is no code's any more.
func (db *DB) FailCodeMail(ctx context.Context, f account.StoredFailure) error {
	var retry int64
	if !f.RetryAt.IsZero() {
		retry = f.RetryAt.Unix()
	}
	return db.write(ctx, "store a mail failure", func(t *tx) error {
		_, err := t.exec(`UPDATE user_codes SET mail_failed_at = ?, mail_retry_at = ?, mail_reason = ?
			WHERE mail_id = ?`, f.At.Unix(), retry, f.Reason, f.MessageID)
		switch {
		case err != nil:
			return err
		case retry > 0:
			return postponeMail(t, f.MessageID, retry)
		}
		return deleteMail(t, f.MessageID)
	})
}

// forgetCodeFailure forgets that an email with a code was not delivered, since it is now.
func forgetCodeFailure(t *tx, messageID string) error {
	_, err := t.exec(`UPDATE user_codes SET mail_failed_at = 0, mail_reason = NULL WHERE mail_id = ?
		AND mail_failed_at > 0`, messageID)
	return err
}

const codeFailures = `SELECT user_id, mail_id, mail_failed_at, mail_retry_at, mail_reason
	FROM user_codes WHERE mail_failed_at > ? AND used_at = 0`

func scanCodeFailure(rows *sql.Rows) (f account.StoredFailure, err error) {
	var at, retry int64
	err = rows.Scan(&f.UserID, &f.MessageID, &at, &retry, &f.Reason)
	f.At, f.RetryAt = timeOf(at), timeOf(retry)
	return f, err
}

// LatestCodeFailures returns the newest failures since a time, newest first.
func (db *DB) LatestCodeFailures(
	ctx context.Context, since time.Time, limit int,
) ([]account.StoredFailure, error) {
	list, err := collect(db.read(ctx), scanCodeFailure,
		codeFailures+` ORDER BY mail_failed_at DESC LIMIT ?`, since.Unix(), limit)
	return list, db.wrap("list mail failures", err)
}

// CodeFailuresOf returns the failures of some people.
func (db *DB) CodeFailuresOf(
	ctx context.Context, userIDs []string,
) ([]account.StoredFailure, error) {
	var all []account.StoredFailure
	for batch := range slices.Chunk(userIDs, partyBatch) {
		found, err := collect(db.read(ctx), scanCodeFailure,
			codeFailures+` AND user_id IN (`+placeholders(partyBatch)+`)`,
			append([]any{0}, padded(batch, partyBatch)...)...)
		if err != nil {
			return nil, db.wrap("find mail failures", err)
		}
		all = append(all, found...)
	}
	return all, nil
}
