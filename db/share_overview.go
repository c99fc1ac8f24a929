package db

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"itemshare/share"
)

// What an admin's front page counts. Each statement reads at most limit entries of one index.

// CountCreated counts shares by their ids, which begin with the time of creation.
func (db *DB) CountCreated(
	ctx context.Context, since, before string, limit int,
) (n int, err error) {
	err = db.read(ctx).row(`SELECT count(*) FROM
		(SELECT id FROM shares WHERE id >= ? AND id < ? LIMIT ?) found`, since, before, limit).Scan(&n)
	return n, db.wrap("count shares", err)
}

// CountEnding counts the active shares that end soon.
func (db *DB) CountEnding(
	ctx context.Context, now, until time.Time, limit int,
) (n int, err error) {
	err = db.read(ctx).row(`SELECT count(*) FROM (SELECT due_at FROM shares
		WHERE state = 'active' AND due_at > ? AND due_at <= ? LIMIT ?) found`,
		now.Unix(), until.Unix(), limit).Scan(&n)
	return n, db.wrap("count shares that end", err)
}

// NewestActive returns the newest active shares.
func (db *DB) NewestActive(
	ctx context.Context, now time.Time, limit int,
) ([]share.ActiveShare, error) {
	list, err := collect(
		db.read(ctx),
		func(rows *sql.Rows) (a share.ActiveShare, err error) {
			return a, rows.Scan(&a.VaultID, &a.OwnerID)
		},
		`SELECT s.vault_id, s.owner_id FROM shares s WHERE s.state = ? AND s.id < ? AND s.expires_at > ?
		ORDER BY s.id DESC LIMIT ?`,
		string(share.Active), afterAll, now.Unix(), limit,
	)
	return list, db.wrap("list active shares", err)
}

// CopiesOf returns what shares hold.
func (db *DB) CopiesOf(ctx context.Context, ids []string) (list []share.Copy, err error) {
	for batch := range slices.Chunk(ids, maxTitles) {
		found, err := collect(db.read(ctx), func(rows *sql.Rows) (c share.Copy, err error) {
			return c, rows.Scan(&c.ShareID, &c.VaultID, &c.ItemID, &c.Version)
		}, `SELECT id, vault_id, item_id, item_version FROM shares WHERE id IN (`+
			placeholders(maxTitles)+`)`, padded(batch, maxTitles)...)
		if err != nil {
			return nil, db.wrap("read what shares hold", err)
		}
		list = append(list, found...)
	}
	return list, nil
}
