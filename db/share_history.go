package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// List gives one page of the history, newest first.
func (db *DB) List(ctx context.Context, f share.Filter) (records []share.Record, more bool, err error) {
	ids, err := db.listIDs(ctx, f)
	if err != nil {
		return nil, false, db.failed("list shares", err)
	}
	if more = len(ids) > f.Limit; more {
		ids = ids[:f.Limit]
	}
	if len(ids) == 0 {
		return nil, false, nil
	}
	query := `SELECT ` + shareColumns + shareTables + ` WHERE s.id IN (` + marks(f.Limit) + `) ORDER BY s.id DESC, r.position`
	args := make([]any, f.Limit)
	for i := range args {
		args[i] = ids[min(i, len(ids)-1)] // filled up, so that one text serves every page
	}
	rows, err := db.read().query(ctx, query, args...)
	if err != nil {
		return nil, false, db.failed("list shares", err)
	}
	records, err = scanRecords(rows, f.Now)
	return records, more, db.failed("list shares", err)
}

// listIDs gives the newest ids of a page and, where there is one, the next.
func (db *DB) listIDs(ctx context.Context, f share.Filter) ([]string, error) {
	spans, err := db.spans(ctx, f)
	if err != nil {
		return nil, err
	}
	var ids []string
	for some := range slices.Chunk(spans, maxSpans) {
		if ids, err = db.readSpans(ctx, ids, some, f.Limit+1); err != nil {
			return nil, err
		}
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	ids = slices.Compact(ids)
	return ids[:min(len(ids), f.Limit+1)], nil
}

// readSpans adds the newest ids of the spans.
func (db *DB) readSpans(ctx context.Context, ids []string, spans []span, limit int) ([]string, error) {
	query, args := union(spans, limit)
	rows, err := db.read().query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return scanTexts(rows, ids)
}

// scanTexts reads and closes rows of one text each.
func scanTexts(rows *sql.Rows, texts []string) ([]string, error) {
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}

// ViewsOf gives the openings of a share, newest first.
func (db *DB) ViewsOf(ctx context.Context, id string, limit int) ([]share.StoredView, error) {
	rows, err := db.read().query(ctx, `SELECT opened_at, address, agent FROM share_views
		WHERE share_id = ? ORDER BY opened_at DESC LIMIT ?`, id, limit)
	if err != nil {
		return nil, db.failed("read views", err)
	}
	defer rows.Close()
	var views []share.StoredView
	for rows.Next() {
		var v share.StoredView
		if err := rows.Scan(&v.At, &v.Address, &v.Agent); err != nil {
			return nil, db.failed("read views", err)
		}
		views = append(views, v)
	}
	return views, db.failed("read views", rows.Err())
}

// liveCount is as far as active shares of one item are counted.
const liveCount = 100

// LiveItems tells which items have active shares, and how many, as far as to liveCount.
func (db *DB) LiveItems(ctx context.Context, ownerID, vaultID string, itemIDs []string, now time.Time) (map[string]int, error) {
	live := map[string]int{}
	for some := range slices.Chunk(itemIDs, maxSpans) {
		if err := db.liveItems(ctx, live, ownerID, vaultID, some, now); err != nil {
			return nil, db.failed("count live shares", err)
		}
	}
	return live, nil
}

func (db *DB) liveItems(ctx context.Context, live map[string]int, ownerID, vaultID string, itemIDs []string, now time.Time) error {
	args := make([]any, 0, len(itemIDs)+4)
	for _, id := range itemIDs {
		args = append(args, id)
	}
	args = append(args, vaultID, now.Unix())
	mine := ``
	if ownerID != "" {
		mine, args = ` AND owner_id = ?`, append(args, ownerID)
	}
	rows, err := db.read().query(ctx, `WITH wanted (id) AS (VALUES (CAST(? AS TEXT))`+strings.Repeat(`, (?)`, len(itemIDs)-1)+`),
		counts AS MATERIALIZED (SELECT id, (SELECT count(*) FROM (SELECT 1 FROM shares
			WHERE item_id = wanted.id AND state = 'active' AND vault_id = ? AND expires_at > ?`+mine+` LIMIT ?) found) AS n FROM wanted)
		SELECT id, n FROM counts WHERE n > 0`, append(args, liveCount)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return err
		}
		live[id] = n
	}
	return rows.Err()
}

// Revoke ends an active share now, and tells whether it was active.
func (db *DB) Revoke(ctx context.Context, id string, now time.Time, entry audit.Entry) (revoked bool, err error) {
	err = db.write(ctx, func(t *tx) error {
		h, outcome, err := hold(t, id, now)
		if revoked = err == nil && outcome == share.Opened && h.revocable(now); !revoked {
			if outcome == share.OutcomeMissing {
				err = fault.Of(fault.NotFound)
			}
			return err
		}
		if err := h.end(t, share.Revoked, now, now.Unix()); err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
	return revoked && err == nil, fault.Wrap("revoke a share", err)
}

// RemoveRecipient takes one recipient off. Of a share that has ended, or of one
// taken off before, nothing changes.
func (db *DB) RemoveRecipient(ctx context.Context, id string, position int, now time.Time, entry audit.Entry) error {
	return fault.Wrap("remove a recipient", db.write(ctx, func(t *tx) error {
		h, outcome, err := hold(t, id, now)
		if err == nil && outcome == share.OutcomeMissing {
			err = fault.Of(fault.NotFound)
		}
		if err != nil || outcome != share.Opened {
			return err
		}
		removed, err := h.remove(t, position, now)
		if err != nil || !removed {
			return err
		}
		if err := h.endIfOver(t, now); err != nil {
			return err
		}
		return insertEntry(t, entry)
	}))
}

// remove marks a recipient as removed and ends the views and codes of its
// addresses: of a domain those that are not named beside it.
func (h held) remove(t *tx, position int, now time.Time) (bool, error) {
	var kind share.RecipientKind
	var mac []byte
	var removedAt int64
	err := t.row(`SELECT kind, mac, removed_at FROM share_recipients WHERE share_id = ? AND position = ?`, h.id, position).
		Scan(&kind, &mac, &removedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return false, fault.Of(fault.NotFound)
	}
	if err != nil || removedAt != 0 {
		return false, err
	}
	_, err = t.exec(`UPDATE share_recipients SET removed_at = ? WHERE share_id = ? AND position = ?`, now.Unix(), h.id, position)
	if err != nil {
		return false, err
	}
	whose := `address_mac = ?`
	if kind == share.Domain {
		whose = `domain_mac = ? AND address_mac NOT IN
			(SELECT mac FROM share_recipients WHERE share_id = ? AND kind = 'email' AND removed_at = 0 AND mac IS NOT NULL)`
	}
	args := []any{now.Unix(), h.id, now.Add(-share.ViewTimeFiles).Unix(), now.Unix(), mac}
	if kind == share.Domain {
		args = append(args, h.id)
	}
	_, err = t.exec(`UPDATE share_views SET until = ? WHERE share_id = ? AND opened_at >= ? AND until > ? AND `+whose, args...)
	if err != nil {
		return false, err
	}
	_, err = t.exec(`DELETE FROM share_codes WHERE share_id = ? AND `+whose, append([]any{h.id}, args[4:]...)...)
	return true, err
}

// endIfOver ends an active share of which a removal left no recipient or no view.
func (h held) endIfOver(t *tx, now time.Time) error {
	var left int
	err := t.row(`SELECT count(*) FROM share_recipients WHERE share_id = ? AND removed_at = 0`, h.id).Scan(&left)
	if err != nil || h.state != share.Active {
		return err
	}
	if left == 0 {
		return h.end(t, share.Revoked, now, now.Unix())
	}
	over, err := h.noViewLeft(t)
	if err != nil || !over {
		return err
	}
	return h.end(t, share.Viewed, now, h.until(now))
}
