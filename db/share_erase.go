package db

import (
	"context"
	"time"

	"itemshare/fault"
)

// chunkBatch is how many chunks, of 1 MiB each, one transaction erases: every
// byte of them is overwritten.
const chunkBatch = 8

// erase runs one short transaction of a sweep.
func (db *DB) erase(ctx context.Context, what string, fn func(*tx) (int, error)) (n int, err error) {
	err = db.write(ctx, func(t *tx) (err error) {
		n, err = fn(t)
		return err
	})
	return n, fault.Wrap("erase "+what, err)
}

// ExpireShares marks what passed its expiry. Nothing waits for it but lists and
// the erasing: whether a share opens is judged by its claim.
func (db *DB) ExpireShares(ctx context.Context, now time.Time, limit int) (int, error) {
	return db.erase(ctx, "expired shares", func(t *tx) (int, error) {
		ids, err := t.texts(`SELECT id FROM shares WHERE state = 'active' AND due_at <= ?
			ORDER BY due_at LIMIT ?`+t.dialect.skipLocked, now.Unix(), limit)
		if err != nil || len(ids) == 0 {
			return 0, err
		}
		in := ` IN (` + marks(len(ids)) + `)`
		_, err = t.exec(`UPDATE shares SET state = 'expired', ended_at = expires_at, due_at = erase_at WHERE id`+in, anys(ids, nil)...)
		if err != nil {
			return 0, err
		}
		_, err = t.exec(`UPDATE share_recipients SET state = 'expired' WHERE share_id`+in, anys(ids, nil)...)
		return len(ids), err
	})
}

// EraseContent erases the sealed bytes of ended shares that are due. Chunks go
// first, some at a time, and the share is done with the last of them.
func (db *DB) EraseContent(ctx context.Context, now time.Time, limit int) (int, error) {
	return db.erase(ctx, "content", func(t *tx) (int, error) {
		ids, err := t.texts(`SELECT id FROM shares WHERE state IN ('expired', 'viewed', 'revoked') AND due_at <= ?
			LIMIT ?`+t.dialect.skipLocked, now.Unix(), limit)
		if err != nil {
			return 0, err
		}
		left := chunkBatch
		for n, id := range ids {
			if left, err = eraseChunks(t, id, left); err != nil || left == 0 {
				return n + 1, err
			}
			if _, err := t.exec(`DELETE FROM share_content WHERE share_id = ?`, id); err != nil {
				return 0, err
			}
			if _, err := t.exec(`UPDATE shares SET due_at = NULL WHERE id = ?`, id); err != nil {
				return 0, err
			}
		}
		return len(ids), nil
	})
}

// eraseChunks erases a share's chunks, max of them at most. It tells how many more
// could have been: none when there may be some left.
func eraseChunks(t *tx, shareID string, max int) (left int, err error) {
	n, err := t.exec(`DELETE FROM share_chunks WHERE (share_id, file, chunk) IN
		(SELECT share_id, file, chunk FROM share_chunks WHERE share_id = ? LIMIT ?)`, shareID, max)
	return max - int(n), err
}

// EraseStages erases what was staged before the given time for shares that were
// never made.
func (db *DB) EraseStages(ctx context.Context, before time.Time, limit int) (int, error) {
	return db.erase(ctx, "stages", func(t *tx) (int, error) {
		ids, err := t.texts(`SELECT share_id FROM share_stages WHERE staged_at < ? ORDER BY staged_at LIMIT ?`+t.dialect.skipLocked, before.Unix(), limit)
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

// EraseCodes erases codes that are outdated, and what no limit counts any more.
func (db *DB) EraseCodes(ctx context.Context, now time.Time, limit int) (int, error) {
	return db.erase(ctx, "codes", func(t *tx) (int, error) {
		total := 0
		for _, old := range []struct {
			query string
			by    time.Time
		}{ // the outer condition repeats the inner: a code may be used, and last longer, while this waits for its row
			{`DELETE FROM share_codes WHERE expires_at <= ? AND (share_id, address_mac, code_mac) IN
				(SELECT share_id, address_mac, code_mac FROM share_codes WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`, now},
			{`DELETE FROM share_code_log WHERE at <= ? AND id IN
				(SELECT id FROM share_code_log WHERE at <= ? ORDER BY at LIMIT ?)`, now.Add(-codeDay)},
			{`DELETE FROM share_requests WHERE created_at <= ? AND (owner_id, key) IN
				(SELECT owner_id, key FROM share_requests WHERE created_at <= ? ORDER BY created_at LIMIT ?)`, now.Add(-codeDay)},
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
	return db.erase(ctx, "history", func(t *tx) (int, error) {
		ids, err := t.texts(`SELECT id FROM shares WHERE ended_at > 0 AND ended_at < ? AND title IS NOT NULL
			ORDER BY ended_at LIMIT ?`+t.dialect.skipLocked, before.Unix(), limit)
		if err != nil || len(ids) == 0 {
			return 0, err
		}
		// Where anyone may open no address is kept, and there can be very many views.
		named, err := t.texts(`SELECT id FROM shares WHERE audience = 'recipients' AND id IN (`+marks(len(ids))+`)`, anys(ids, nil)...)
		if err != nil {
			return 0, err
		}
		for left := detailBatch; len(named) > 0; named = named[1:] {
			id := named[0]
			if left, err = eraseDetails(t, id, left); err != nil || left == 0 {
				return 1, err // the share itself waits for its last detail
			}
			if err := eraseAddresses(t, id); err != nil {
				return 0, err
			}
		}
		_, err = t.exec(`UPDATE shares SET title = NULL WHERE id IN (`+marks(len(ids))+`)`, anys(ids, nil)...)
		return len(ids), err
	})
}

// eraseAddresses erases whom a share named.
func eraseAddresses(t *tx, id string) error {
	for _, query := range []string{
		`UPDATE share_recipients SET address = NULL, mac = NULL`,
		`UPDATE share_views SET address = NULL, address_mac = NULL, domain_mac = NULL`,
		`DELETE FROM share_viewers`,
	} {
		if _, err := t.exec(query+` WHERE share_id = ?`, id); err != nil {
			return err
		}
	}
	return nil
}

// Scrub overwrites what erasing left behind and tells whether nothing is left.
func (db *DB) Scrub(ctx context.Context) (bool, error) {
	clean, err := db.dialect.scrub(ctx, db)
	return clean, db.failed("scrub", err)
}

// texts gives rows of one text each.
func (t *tx) texts(query string, args ...any) ([]string, error) {
	rows, err := t.query(query, args...)
	if err != nil {
		return nil, err
	}
	return scanTexts(rows, nil)
}
