package db

import (
	"context"
	"database/sql"
	"errors"

	"itemshare/fault"
	"itemshare/vault/local"
)

// VaultChanges is a counter that rises with each change of any vault.
func (db *DB) VaultChanges(ctx context.Context) (changed int64, err error) {
	err = db.read().row(ctx, `SELECT changed FROM vault_changes WHERE one = 1`).Scan(&changed)
	return changed, db.failed("read the vaults' change counter", err)
}

// SealedVaults gives all vaults by id.
func (db *DB) SealedVaults(ctx context.Context) (vaults []local.SealedVault, err error) {
	rows, err := db.read().query(ctx, `SELECT id, name, changed FROM vaults ORDER BY id`)
	if err != nil {
		return nil, db.failed("read vaults", err)
	}
	defer rows.Close()
	for rows.Next() {
		var v local.SealedVault
		if err := rows.Scan(&v.ID, &v.Name, &v.Changed); err != nil {
			return nil, db.failed("read vaults", err)
		}
		vaults = append(vaults, v)
	}
	return vaults, db.failed("read vaults", rows.Err())
}

// SealedOverviews gives the items of a vault by id, without their bodies.
func (db *DB) SealedOverviews(ctx context.Context, vaultID string) (items []local.SealedItem, err error) {
	rows, err := db.read().query(ctx, `SELECT id, version, overview FROM items WHERE vault_id = ? ORDER BY id`, vaultID)
	if err != nil {
		return nil, db.failed("read overviews", err)
	}
	defer rows.Close()
	for rows.Next() {
		item := local.SealedItem{VaultID: vaultID}
		if err := rows.Scan(&item.ID, &item.Version, &item.Overview); err != nil {
			return nil, db.failed("read overviews", err)
		}
		items = append(items, item)
	}
	return items, db.failed("read overviews", rows.Err())
}

// SealedItem gives one item at its version of now, or fault.NotFound. A body
// that is lost is nil.
func (db *DB) SealedItem(ctx context.Context, vaultID, itemID string) (local.SealedItem, error) {
	item := local.SealedItem{VaultID: vaultID, ID: itemID}
	err := db.read().row(ctx, `SELECT i.version, i.overview, b.body FROM items i
		LEFT JOIN item_bodies b ON b.stage_id = i.stage_id AND b.item_id = i.id
		WHERE i.vault_id = ? AND i.id = ?`, vaultID, itemID).Scan(&item.Version, &item.Overview, &item.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return local.SealedItem{}, fault.Of(fault.NotFound)
	}
	return item, db.failed("read an item", err)
}

// SealedChunk gives one chunk of a file, or fault.NotFound.
func (db *DB) SealedChunk(ctx context.Context, fileID string, number int) (sealed []byte, err error) {
	err = db.read().row(ctx, `SELECT sealed FROM file_chunks WHERE file_id = ? AND number = ?`, fileID, number).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Of(fault.NotFound)
	}
	return sealed, db.failed("read a file", err)
}
