package db

import (
	"context"
	"database/sql"
	"errors"

	"itemshare/fault"
	"itemshare/vault/local"
)

// VaultChanges returns a counter that rises with each change of any vault.
func (db *DB) VaultChanges(ctx context.Context) (changed int64, err error) {
	err = db.lookUp(ctx).row(`SELECT changed FROM vault_changes WHERE one = 1`).Scan(&changed)
	return changed, db.wrap("read the vaults' change counter", err)
}

// SealedVaults returns all vaults by id.
func (db *DB) SealedVaults(ctx context.Context) ([]local.SealedVault, error) {
	vaults, err := collect(db.read(ctx), func(rows *sql.Rows) (v local.SealedVault, err error) {
		err = rows.Scan(&v.ID, &v.Name, &v.Source, &v.Changed, &v.Removed, &v.ArchivedAt)
		return v, err
	}, `SELECT id, name, source, changed, removed, archived_at FROM vaults ORDER BY id`)
	return vaults, db.wrap("read vaults", err)
}

// SealedOverviews returns the items of a vault by id, without their bodies.
func (db *DB) SealedOverviews(ctx context.Context, vaultID string) ([]local.SealedItem, error) {
	items, err := collect(db.read(ctx), func(rows *sql.Rows) (local.SealedItem, error) {
		item := local.SealedItem{VaultID: vaultID}
		err := rows.Scan(&item.ID, &item.Version, &item.ArchivedAt, &item.Overview)
		return item, err
	}, `SELECT id, version, archived_at, overview FROM items WHERE vault_id = ? ORDER BY id`, vaultID)
	return items, db.wrap("read overviews", err)
}

// OverviewsSince returns at most limit items of a vault that have changed since the counter had a value,
// without their bodies.
func (db *DB) OverviewsSince(
	ctx context.Context, vaultID string, since int64, limit int,
) ([]local.SealedItem, error) {
	items, err := collect(db.read(ctx), func(rows *sql.Rows) (local.SealedItem, error) {
		item := local.SealedItem{VaultID: vaultID}
		err := rows.Scan(&item.ID, &item.Version, &item.ArchivedAt, &item.Overview)
		return item, err
	}, `SELECT id, version, archived_at, overview FROM items
		WHERE vault_id = ? AND changed > ? ORDER BY changed LIMIT ?`, vaultID, since, limit)
	return items, db.wrap("read changed overviews", err)
}

// itemKey is the key under which the sealed rows of an item are remembered.
type itemKey struct{ vaultID, itemID string }

// SealedItem returns the current version of an item, or fault.NotFound. The body is
// nil where it is lost.
func (db *DB) SealedItem(ctx context.Context, vaultID, itemID string) (local.SealedItem, error) {
	item, err := remembered(ctx, db, itemKey{vaultID, itemID},
		func(i local.SealedItem) int { return len(i.Overview) + len(i.Body) },
		func() (local.SealedItem, error) { return db.sealedItem(ctx, vaultID, itemID) })
	if errors.Is(err, sql.ErrNoRows) {
		return local.SealedItem{}, fault.Of(fault.NotFound)
	}
	return item, db.wrap("read an item", err)
}

func (db *DB) sealedItem(ctx context.Context, vaultID, itemID string) (local.SealedItem, error) {
	item := local.SealedItem{VaultID: vaultID, ID: itemID}
	err := db.lookUp(ctx).row(`SELECT i.version, i.archived_at, i.overview, b.body FROM items i
		LEFT JOIN item_bodies b ON b.stage_id = i.stage_id AND b.item_id = i.id
		WHERE i.vault_id = ? AND i.id = ?`, vaultID, itemID).
		Scan(&item.Version, &item.ArchivedAt, &item.Overview, &item.Body)
	return item, err
}

// SealedChunk returns one chunk of a file, or fault.NotFound.
func (db *DB) SealedChunk(
	ctx context.Context,
	fileID string,
	number int,
) (sealed []byte, err error) {
	err = db.lookUp(ctx).
		row(`SELECT sealed FROM file_chunks WHERE file_id = ? AND number = ?`, fileID, number).
		Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Of(fault.NotFound)
	}
	return sealed, db.wrap("read a file", err)
}
