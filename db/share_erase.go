package db

import (
	"context"
	"database/sql"
	"time"

	"itemshare/audit"
)

// chunkBatch is how many chunks, of 1 MiB each, one transaction erases: every
// byte of them is overwritten.
const chunkBatch = 8

// ExpireShares marks shares past their expiry as expired. Only lists and erasing
// depend on it: a claim checks the expiry itself.
func (db *DB) ExpireShares(
	ctx context.Context,
	now time.Time,
	limit int,
	entry func(shareID string) (audit.Entry, error),
) (int, error) {
	return write(ctx, db, "erase expired shares", func(t *tx) (int, error) {
		ids, err := collect(
			t,
			scanText,
			`SELECT id FROM shares WHERE state = 'active' AND due_at <= ?
			ORDER BY due_at LIMIT ?`+t.dialect.skipLocked,
			now.Unix(),
			limit,
		)
		if err != nil || len(ids) == 0 {
			return 0, err
		}
		in := ` IN (` + placeholders(len(ids)) + `)`
		_, err = t.exec(
			`UPDATE shares SET state = 'expired', ended_at = expires_at, due_at = erase_at WHERE id`+in,
			arguments(ids)...)
		if err != nil {
			return 0, err
		}
		_, err = t.exec(
			`UPDATE share_recipients SET state = 'expired' WHERE share_id`+in,
			arguments(ids)...)
		for _, id := range ids {
			if err == nil {
				err = insertNewEntry(t, func() (audit.Entry, error) { return entry(id) })
			}
		}
		return len(ids), err
	})
}

// EraseContent erases the sealed bytes of ended shares that are due: chunks first, a
// few in each transaction, and the contents after the last of them.
func (db *DB) EraseContent(ctx context.Context, now time.Time, limit int) (int, error) {
	return write(ctx, db, "erase content", func(t *tx) (int, error) {
		ids, err := collect(t, scanText, `SELECT id FROM shares
			WHERE state IN ('expired', 'viewed', 'revoked') AND due_at <= ? LIMIT ?`+t.dialect.skipLocked,
			now.Unix(), limit)
		if err != nil {
			return 0, err
		}
		if len(ids) == 0 {
			return 0, nil
		}
		in := ` IN (` + placeholders(len(ids)) + `)`
		n, err := t.exec(`DELETE FROM share_chunks WHERE (share_id, file, chunk) IN
			(SELECT share_id, file, chunk FROM share_chunks WHERE share_id`+in+` LIMIT ?)`,
			append(arguments(ids), chunkBatch)...)
		if err != nil || n == chunkBatch {
			return int(n), err // more of them may be left
		}
		if _, err := t.exec(`DELETE FROM share_content WHERE share_id`+in, arguments(ids)...); err != nil {
			return 0, err
		}
		_, err = t.exec(`UPDATE shares SET due_at = NULL WHERE id`+in, arguments(ids)...)
		return len(ids), err
	})
}

// eraseChunks erases at most max chunks of a share, and returns max less the number
// erased: 0 when some may be left.
func eraseChunks(t *tx, shareID string, max int) (left int, err error) {
	n, err := t.exec(`DELETE FROM share_chunks WHERE (share_id, file, chunk) IN
		(SELECT share_id, file, chunk FROM share_chunks WHERE share_id = ? LIMIT ?)`, shareID, max)
	return max - int(n), err
}

// EraseStages erases chunks staged before the given time for shares that were never
// created.
func (db *DB) EraseStages(ctx context.Context, before time.Time, limit int) (int, error) {
	return write(ctx, db, "erase stages", func(t *tx) (int, error) {
		ids, err := collect(t, scanText, `SELECT share_id FROM share_stages WHERE staged_at < ?
			ORDER BY staged_at LIMIT ?`+t.dialect.skipLocked, before.Unix(), limit)
		if err != nil {
			return 0, err
		}
		left := chunkBatch
		for n, id := range ids {
			if left, err = dropStage(t, id, left); err != nil || left == 0 {
				return n + 1, err
			}
		}
		return len(ids), nil
	})
}

// EraseCodes erases outdated codes, views counted by the minute that are over, and
// counters and request keys older than a day.
func (db *DB) EraseCodes(ctx context.Context, now time.Time, limit int) (int, error) {
	return write(ctx, db, "erase codes", func(t *tx) (int, error) {
		total := 0
		for _, old := range []struct {
			query string
			by    time.Time
		}{
			// The outer condition repeats the inner: a code may be used, and last longer, while
			// this waits for its row.
			{`DELETE FROM share_codes WHERE expires_at <= ? AND (share_id, address_mac, code_mac) IN
				(SELECT share_id, address_mac, code_mac FROM share_codes WHERE expires_at <= ? ORDER BY
					expires_at LIMIT ?)`, now},
			{`DELETE FROM share_recent_views WHERE until <= ? AND (share_id, slot) IN
				(SELECT share_id, slot FROM share_recent_views WHERE until <= ? ORDER BY until LIMIT ?)`, now},
			{`DELETE FROM share_code_log WHERE at <= ? AND id IN
				(SELECT id FROM share_code_log WHERE at <= ? ORDER BY at LIMIT ?)`, now.Add(-codeDay)},
			{`DELETE FROM share_requests WHERE created_at <= ? AND (owner_id, key) IN
				(SELECT owner_id, key FROM share_requests WHERE created_at <= ? ORDER BY created_at LIMIT ?)`, now.Add(
				-codeDay,
			)},
		} {
			n, err := t.exec(old.query, old.by.Unix(), old.by.Unix(), limit-total)
			if err != nil {
				return 0, err
			}
			total += int(n)
		}
		return total, nil
	})
}

// detailBatch is how many details of audit events one transaction erases.
const detailBatch = 500

// EraseHistory erases titles and addresses, and the hashes of addresses, of
// shares that ended before the given time. The rest of the rows stays.
func (db *DB) EraseHistory(ctx context.Context, before time.Time, limit int) (int, error) {
	return write(ctx, db, "erase history", func(t *tx) (int, error) {
		ids, err := collect(
			t,
			scanText,
			`SELECT id FROM shares WHERE ended_at > 0 AND ended_at < ? AND title IS NOT NULL
			ORDER BY ended_at LIMIT ?`+t.dialect.skipLocked,
			before.Unix(),
			limit,
		)
		if err != nil || len(ids) == 0 {
			return 0, err
		}
		in := ` IN (` + placeholders(len(ids)) + `)`
		// A share that anyone may open holds no address, and may have very many views.
		withAddresses, err := collect(
			t,
			scanText,
			`SELECT id FROM shares WHERE audience = 'recipients' AND id`+in,
			arguments(ids)...)
		if err != nil {
			return 0, err
		}
		left := detailBatch
		for _, id := range withAddresses {
			if left, err = eraseDetails(t, id, left); err != nil || left == 0 {
				return 1, err // the share itself waits for its last detail
			}
			if err := eraseAddresses(t, id); err != nil {
				return 0, err
			}
		}
		_, err = t.exec(
			`UPDATE shares SET title = NULL, included = NULL WHERE id`+in,
			arguments(ids)...)
		return len(ids), err
	})
}

// eraseAddresses erases the addresses of a share.
func eraseAddresses(t *tx, id string) error {
	for _, query := range []string{
		`UPDATE share_recipients SET address = NULL, mac = NULL`,
		`UPDATE share_views SET address = NULL, address_mac = NULL, domain_mac = NULL`,
		`DELETE FROM share_viewers`,
		`DELETE FROM mail_failures`,
		`DELETE FROM webhook_deliveries`,
	} {
		if _, err := t.exec(query+` WHERE share_id = ?`, id); err != nil {
			return err
		}
	}
	return nil
}

// ErasureDue returns since when the oldest erasure that is due by now has been due: a
// value that every process reads, whether or not a sweeper runs. It is the zero time
// where none is due.
func (db *DB) ErasureDue(ctx context.Context, now time.Time) (time.Time, error) {
	var oldest sql.NullInt64
	err := db.read(ctx).row(`SELECT min(due_at) FROM (
			SELECT min(due_at) AS due_at FROM shares WHERE state = 'active' AND due_at <= ?
			UNION ALL SELECT min(due_at) FROM shares WHERE state = 'expired' AND due_at <= ?
			UNION ALL SELECT min(due_at) FROM shares WHERE state = 'viewed' AND due_at <= ?
			UNION ALL SELECT min(due_at) FROM shares WHERE state = 'revoked' AND due_at <= ?) oldest`,
		now.Unix(), now.Unix(), now.Unix(), now.Unix()).Scan(&oldest)
	return timeOf(oldest.Int64), db.wrap("look for overdue erasures", err)
}

// Scrub overwrites what erasing left behind and reports whether nothing is left.
func (db *DB) Scrub(ctx context.Context) (bool, error) {
	clean, err := db.dialect.scrub(ctx, db)
	return clean, db.wrap("scrub", err)
}
