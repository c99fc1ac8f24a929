package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/local"
)

// SealedVersions returns the earlier versions of an item without their bodies, newest first.
func (db *DB) SealedVersions(
	ctx context.Context, vaultID, itemID string,
) ([]local.SealedItem, error) {
	versions, err := collect(db.read(ctx), func(rows *sql.Rows) (local.SealedItem, error) {
		item := local.SealedItem{VaultID: vaultID, ID: itemID}
		err := rows.Scan(&item.Version, &item.Overview)
		return item, err
	}, `SELECT version, overview FROM item_versions
		WHERE vault_id = ? AND item_id = ? AND stage_id = '' ORDER BY version DESC`,
		vaultID, itemID)
	return versions, db.wrap("read an item's versions", err)
}

// SealedVersion returns an earlier version of an item, or fault.NotFound.
func (db *DB) SealedVersion(
	ctx context.Context, vaultID, itemID string, version uint32,
) (local.SealedItem, error) {
	item := local.SealedItem{VaultID: vaultID, ID: itemID, Version: version}
	err := db.read(ctx).row(`SELECT overview, body FROM item_versions
		WHERE vault_id = ? AND item_id = ? AND version = ? AND stage_id = ''`,
		vaultID, itemID, version).Scan(&item.Overview, &item.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return local.SealedItem{}, fault.Of(fault.NotFound)
	}
	return item, db.wrap("read a version", err)
}

// StageVersions adds earlier versions of items that come with a stage.
func (db *DB) StageVersions(
	ctx context.Context, stage string, versions []local.SealedItem, now time.Time,
) error {
	return db.write(ctx, "stage versions", func(t *tx) error {
		if err := touchItemStage(t, stage, now); err != nil {
			return err
		}
		for _, v := range versions {
			_, err := t.exec(`INSERT INTO item_versions
				(vault_id, item_id, version, stage_id, overview, body) VALUES (?, ?, ?, ?, ?, ?)`,
				v.VaultID, v.ID, v.Version, stage, v.Overview, v.Body)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// keepVersions makes what the stage's items were before their newest earlier version, and erases
// what is older than the versions that are kept. Files that no version needs any more go back to
// the stage; it reports whether there are any.
func keepVersions(t *tx, stage string) (erased bool, err error) {
	for _, query := range []string{
		`INSERT INTO item_versions (vault_id, item_id, version, overview, body)
			SELECT i.vault_id, i.id, i.version, i.overview, b.body
			FROM staged_items s JOIN items i ON i.vault_id = s.vault_id AND i.id = s.item_id
			JOIN item_bodies b ON b.stage_id = i.stage_id AND b.item_id = i.id
			WHERE s.stage_id = ?`,
		`UPDATE item_versions SET stage_id = '' WHERE stage_id = ? AND stage_id <> ''`,
	} {
		if _, err := t.exec(query, stage); err != nil {
			return false, err
		}
	}
	if err := eraseVersions(t, stage); err != nil {
		return false, err
	}
	n, err := t.exec(`UPDATE files SET stage_id = ? WHERE id IN (
		SELECT f.id FROM staged_items s JOIN files f
		ON f.vault_id = s.vault_id AND f.item_id = s.item_id AND f.gone_version <= s.version - ?
		WHERE s.stage_id = ?)`, stage, vault.MaxVersions, stage)
	return n > 0, err
}

// eraseVersions erases the versions of the stage's items that are older than those that are kept.
func eraseVersions(t *tx, stage string) error {
	old, err := collect(t, func(rows *sql.Rows) (v local.SealedItem, err error) {
		err = rows.Scan(&v.VaultID, &v.ID, &v.Version)
		return v, err
	}, `SELECT v.vault_id, v.item_id, v.version FROM staged_items s JOIN item_versions v
		ON v.vault_id = s.vault_id AND v.item_id = s.item_id AND v.version < s.version - ?
		WHERE s.stage_id = ?`, vault.MaxVersions, stage)
	if err != nil {
		return err
	}
	for _, v := range old {
		_, err := t.exec(`DELETE FROM item_versions
			WHERE vault_id = ? AND item_id = ? AND version = ? AND stage_id = ''`,
			v.VaultID, v.ID, v.Version)
		if err != nil {
			return err
		}
	}
	return nil
}

// markGone notes which files items do not have any more, or have again.
func markGone(t *tx, files []local.GoneFile) error {
	for _, file := range files {
		gone := sql.NullInt64{Int64: int64(file.Version), Valid: file.Version > 0}
		if _, err := t.exec(`UPDATE files SET gone_version = ? WHERE id = ?`, gone, file.ID); err != nil {
			return err
		}
	}
	return nil
}

// checkDropped rejects changes that erase an item which is not as it was read.
func checkDropped(t *tx, items []local.DroppedItem) error {
	for _, item := range items {
		if item.Version == 0 && !item.Archived {
			continue
		}
		var version uint32
		var archived int64
		err := t.row(`SELECT version, archived_at FROM items WHERE vault_id = ? AND id = ?`,
			item.VaultID, item.ID).Scan(&version, &archived)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return fault.Of(fault.NotFound)
		case err != nil:
			return err
		case item.Version != 0 && version != item.Version:
			return vault.Changed()
		case item.Archived && archived == 0:
			return fault.New(fault.Conflict, fault.CodeConflict,
				"Only archived items can be deleted. Archive the item first.")
		}
	}
	return nil
}

// dropItems erases items and their versions, and gives their files to the stage, which erases them a
// few chunks at a time. It reports whether there are any.
func dropItems(t *tx, stage string, items []local.DroppedItem, changed int64) (bool, error) {
	files := int64(0)
	for _, item := range items {
		for _, query := range []string{
			`DELETE FROM item_bodies WHERE (stage_id, item_id) IN (
				SELECT stage_id, id FROM items WHERE vault_id = ? AND id = ?)`,
			`DELETE FROM items WHERE vault_id = ? AND id = ?`,
			`DELETE FROM item_versions WHERE vault_id = ? AND item_id = ? AND stage_id = ''`,
		} {
			if _, err := t.exec(query, item.VaultID, item.ID); err != nil {
				return false, err
			}
		}
		n, err := t.exec(`UPDATE files SET stage_id = ? WHERE vault_id = ? AND item_id = ?
			AND stage_id IS NULL`, stage, item.VaultID, item.ID)
		if err != nil {
			return false, err
		}
		files += n
		if _, err := t.exec(`UPDATE vaults SET changed = ?, removed = ? WHERE id = ?`,
			changed, changed, item.VaultID); err != nil {
			return false, err
		}
		if item.MovedTo == "" {
			continue
		}
		if _, err := t.exec(`UPDATE shares SET vault_id = ? WHERE item_id = ? AND vault_id = ?`,
			item.MovedTo, item.ID, item.VaultID); err != nil {
			return false, err
		}
	}
	return files > 0, nil
}

// SetArchived archives an item at a time, or restores it at the zero time.
func (db *DB) SetArchived(
	ctx context.Context, vaultID, itemID string, at time.Time, entry audit.Entry,
) (bool, error) {
	return write(ctx, db, "archive an item", func(t *tx) (bool, error) {
		if err := requireEditor(t, entry.Actor, vaultID); err != nil {
			return false, err
		}
		changed, err := raiseVaultChanges(t)
		if err != nil {
			return false, err
		}
		// Locks the row before it is read.
		err = mustChange(t.exec(
			`UPDATE items SET id = id WHERE vault_id = ? AND id = ?`, vaultID, itemID,
		))
		if err != nil {
			return false, err
		}
		n, err := t.exec(`UPDATE items SET archived_at = ?, changed = ?
			WHERE vault_id = ? AND id = ? AND (archived_at = 0) <> (? = 0)`,
			secondsOf(at), changed, vaultID, itemID, secondsOf(at))
		if err != nil || n == 0 {
			return false, err
		}
		if _, err := t.exec(`UPDATE vaults SET changed = ? WHERE id = ?`, changed, vaultID); err != nil {
			return false, err
		}
		return true, insertEntry(t, entry)
	})
}

// raiseVaultChanges raises the counter of changes, which keeps two changes of vaults apart until the
// commit, and returns it.
func raiseVaultChanges(t *tx) (changed int64, err error) {
	err = t.row(`UPDATE vault_changes SET changed = changed + 1 WHERE one = 1 RETURNING changed`).
		Scan(&changed)
	return changed, err
}
