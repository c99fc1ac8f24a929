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

// List returns one page of the history, newest first, and whether there are more. The records are
// without what lists don't show: linkColumns.
func (db *DB) List(
	ctx context.Context,
	f share.Filter,
) (records []share.Record, more bool, err error) {
	ids, err := db.listIDs(ctx, f)
	if err != nil {
		return nil, false, db.wrap("list shares", err)
	}
	if more = len(ids) > f.Limit; more {
		ids = ids[:f.Limit]
	}
	if len(ids) == 0 {
		return nil, false, nil
	}
	query := listedQuery + ` WHERE s.id IN (` + placeholders(f.Limit) + `) ORDER BY s.id DESC, r.position`
	records, err = db.records(db.read(ctx), f.Now, len(ids), listedColumns, query, padded(ids, f.Limit)...)
	return records, more, db.wrap("list shares", err)
}

// padded returns n arguments of at most as many ids, of which the last repeats, so that
// lists of all lengths share one text.
func padded(ids []string, n int) []any {
	args := make([]any, n)
	for i := range args {
		args[i] = ids[min(i, len(ids)-1)]
	}
	return args
}

// SharesWith returns the IDs of at most limit shares with a recipient, newest first. The shares of
// each state are a range of the index.
func (db *DB) SharesWith(ctx context.Context, mac []byte, limit int) ([]string, error) {
	var all []string
	for _, state := range []share.State{share.Active, share.Expired, share.Viewed, share.Revoked} {
		ids, err := collect(
			db.read(ctx), scanText,
			`SELECT share_id FROM share_recipients WHERE mac = ? AND state = ?
			ORDER BY share_id DESC LIMIT ?`,
			mac, string(state), limit,
		)
		if err != nil {
			return nil, db.wrap("find shares of a recipient", err)
		}
		all = append(all, ids...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	slices.Reverse(all)
	return all[:min(len(all), limit)], nil
}

// maxTitles is how many titles one statement reads at most: those of an audit page.
const maxTitles = 50

// TitlesOf returns the sealed titles of shares. Unknown ids have none.
func (db *DB) TitlesOf(ctx context.Context, ids []string) ([]share.SealedTitle, error) {
	var titles []share.SealedTitle
	for batch := range slices.Chunk(ids, maxTitles) {
		found, err := collect(db.read(ctx), func(rows *sql.Rows) (t share.SealedTitle, err error) {
			err = rows.Scan(&t.ShareID, &t.OwnerID, &t.Title)
			return t, err
		}, `SELECT id, owner_id, title FROM shares WHERE id IN (`+placeholders(maxTitles)+`)`, padded(
			batch,
			maxTitles,
		)...)
		if err != nil {
			return nil, db.wrap("read titles", err)
		}
		titles = append(titles, found...)
	}
	return titles, nil
}

// listIDs returns the newest ids of a page, and one more where there is one.
func (db *DB) listIDs(ctx context.Context, f share.Filter) ([]string, error) {
	var ids []string
	for batch := range slices.Chunk(spans(f), maxSpans) {
		query, args := union(batch, f.Limit+1)
		newest, err := collect(db.read(ctx), scanText, query, args...)
		if err != nil {
			return nil, err
		}
		ids = append(ids, newest...)
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	ids = slices.Compact(ids)
	ids = slices.DeleteFunc(ids, func(id string) bool { return id < f.Since })
	return ids[:min(len(ids), f.Limit+1)], nil
}

// maxLiveCount is how many active shares of one item are counted at most.
const maxLiveCount = 100

// LiveItems returns the items that have active shares, and how many each has, up to
// maxLiveCount. An ownerID of "" counts everyone's shares.
func (db *DB) LiveItems(
	ctx context.Context,
	ownerID, vaultID string,
	itemIDs []string,
	now time.Time,
) (map[string]int, error) {
	live := map[string]int{}
	for batch := range slices.Chunk(itemIDs, maxSpans) {
		if err := db.liveItems(ctx, live, ownerID, vaultID, batch, now); err != nil {
			return nil, db.wrap("count live shares", err)
		}
	}
	return live, nil
}

func (db *DB) liveItems(
	ctx context.Context,
	live map[string]int,
	ownerID, vaultID string,
	itemIDs []string,
	now time.Time,
) error {
	args := append(arguments(itemIDs), vaultID, now.Unix())
	ofOwner := ``
	if ownerID != "" {
		ofOwner, args = ` AND owner_id = ?`, append(args, ownerID)
	}
	query := `WITH wanted (id) AS (VALUES (CAST(? AS TEXT))` + strings.Repeat(
		`, (?)`,
		len(itemIDs)-1,
	) + `),
		counts AS MATERIALIZED (SELECT id, (SELECT count(*) FROM (SELECT 1 FROM shares
			WHERE item_id = wanted.id AND state = 'active' AND vault_id = ? AND expires_at > ?` + ofOwner + `
				LIMIT ?) found)
			AS n FROM wanted)
		SELECT id, n FROM counts WHERE n > 0`
	return each(db.read(ctx), func(rows *sql.Rows) error {
		var id string
		var n int
		err := rows.Scan(&id, &n)
		live[id] = n
		return err
	}, query, append(args, maxLiveCount)...)
}

// Revoke ends an active share now, and reports whether it was active.
func (db *DB) Revoke(
	ctx context.Context,
	id string,
	now time.Time,
	entry audit.Entry,
) (bool, error) {
	return write(ctx, db, "revoke a share", func(t *tx) (bool, error) {
		l, outcome, err := lockShare(t, id, now)
		if err == nil && outcome == share.OutcomeMissing {
			err = fault.Of(fault.NotFound)
		}
		if err != nil || outcome != share.Opened || !l.isRevocable(now) {
			return false, err
		}
		if err := l.end(t, share.Revoked, now, now.Unix()); err != nil {
			return false, err
		}
		return true, insertEntry(t, entry)
	})
}

// RemoveRecipient removes one recipient, and stores the entry last where that revokes the share. It
// changes nothing of a share that has ended or of a recipient removed before.
func (db *DB) RemoveRecipient(
	ctx context.Context,
	id string,
	position int,
	now time.Time,
	entry, last audit.Entry,
) error {
	return db.write(ctx, "remove a recipient", func(t *tx) error {
		l, outcome, err := lockShare(t, id, now)
		if err == nil && outcome == share.OutcomeMissing {
			err = fault.Of(fault.NotFound)
		}
		if err != nil || outcome != share.Opened {
			return err
		}
		removed, err := l.removeRecipient(t, position, now)
		if err != nil || !removed {
			return err
		}
		revoked, err := l.endIfOver(t, now)
		if err == nil {
			err = insertEntry(t, entry)
		}
		if err == nil && revoked {
			err = insertEntry(t, last)
		}
		return err
	})
}

// removeRecipient marks a recipient as removed and ends the views and codes of its
// addresses; of a domain, those of addresses that are not recipients themselves.
func (l lockedShare) removeRecipient(t *tx, position int, now time.Time) (bool, error) {
	var kind share.RecipientKind
	var mac []byte
	var removedAt int64
	err := t.row(`SELECT kind, mac, removed_at FROM share_recipients WHERE share_id = ? AND position = ?`,
		l.id, position).
		Scan(&kind, &mac, &removedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return false, fault.Of(fault.NotFound)
	}
	if err != nil || removedAt != 0 {
		return false, err
	}
	_, err = t.exec(
		`UPDATE share_recipients SET removed_at = ? WHERE share_id = ? AND position = ?`,
		now.Unix(),
		l.id,
		position,
	)
	if err != nil {
		return false, err
	}
	ofRecipient := `address_mac = ?`
	if kind == share.Domain {
		ofRecipient = `domain_mac = ? AND address_mac NOT IN
			(SELECT mac FROM share_recipients WHERE share_id = ? AND kind = 'email' AND removed_at = 0 AND mac
				IS NOT NULL)`
	}
	args := []any{now.Unix(), l.id, now.Add(-share.ViewTimeFiles).Unix(), now.Unix(), mac}
	if kind == share.Domain {
		args = append(args, l.id)
	}
	_, err = t.exec(
		`UPDATE share_views SET until = ? WHERE share_id = ? AND opened_at >= ? AND until > ? AND `+ofRecipient,
		args...)
	if err != nil {
		return false, err
	}
	_, err = t.exec(
		`DELETE FROM share_codes WHERE share_id = ? AND `+ofRecipient,
		append([]any{l.id}, args[4:]...)...)
	return true, err
}

// endIfOver ends an active share that a removal left without recipients or views, and reports
// whether it revoked it.
func (l lockedShare) endIfOver(t *tx, now time.Time) (revoked bool, err error) {
	var left int
	err = t.row(`SELECT count(*) FROM share_recipients WHERE share_id = ? AND removed_at = 0`, l.id).
		Scan(&left)
	if err != nil || l.state != share.Active {
		return false, err
	}
	if left == 0 {
		return true, l.end(t, share.Revoked, now, now.Unix())
	}
	over, err := l.usedUp(t)
	if err != nil || !over {
		return false, err
	}
	return false, l.end(t, share.Viewed, now, l.viewEnd(now))
}
