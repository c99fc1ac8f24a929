package db

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/local"
)

// GoLive makes a stage visible together with new vaults, grants and audit
// entries. It locks the rights first, then the change counter, which keeps two of these apart, and then
// the stage, so that nothing drops the stage meanwhile.
func (db *DB) GoLive(
	ctx context.Context,
	stage string,
	changes local.Changes,
	entries []audit.Entry,
) error {
	return db.write(
		ctx,
		"make items live",
		func(t *tx) error { return makeLive(t, stage, changes, entries) },
	)
}

func makeLive(t *tx, stage string, changes local.Changes, entries []audit.Entry) error {
	if err := lockRights(t, changes.By); err != nil {
		return err
	}
	changed, err := raiseVaultChanges(t)
	if err != nil {
		return err
	}
	if err := checkStage(t, stage, changes.Items, changes.Files); err != nil {
		return err
	}
	if err := checkVaults(t, changes); err != nil {
		return err
	}
	for _, v := range changes.Vaults {
		if _, err := t.exec(`INSERT INTO vaults (id, name, source, changed) VALUES (?, ?, ?, ?)`,
			v.ID, v.Name, v.Source, changed); err != nil {
			return err
		}
	}
	if err := checkArchived(t, stage); err != nil {
		return err
	}
	if err := checkVersions(t, stage); err != nil {
		return err
	}
	if err := checkDropped(t, changes.DropItems); err != nil {
		return err
	}
	if err := requireChanger(t, stage, changes); err != nil {
		return err
	}
	if err := moveStage(t, stage, changed, changes); err != nil {
		return err
	}
	for _, item := range changes.Archived {
		if err := mustChange(t.exec(`UPDATE items SET archived_at = ? WHERE vault_id = ? AND id = ?`,
			item.At, item.VaultID, item.ItemID)); err != nil {
			return err
		}
	}
	if err := grantOwners(t, changes); err != nil {
		return err
	}
	if err := finishImport(t, changes.Import); err != nil {
		return err
	}
	for _, entry := range entries {
		if err := insertEntry(t, entry); err != nil {
			return err
		}
	}
	return nil
}

// checkStage locks the stage and rejects one that does not hold all items and files.
func checkStage(t *tx, stage string, items, files int) error {
	if _, err := lockStage(t, stage, math.MaxInt64); err != nil {
		return err
	}
	var stagedItems, stagedFiles int
	err := t.row(`SELECT (SELECT count(*) FROM staged_items WHERE stage_id = ?),
		(SELECT count(*) FROM files WHERE stage_id = ?)`, stage, stage).
		Scan(&stagedItems, &stagedFiles)
	if err != nil {
		return err
	}
	if stagedItems != items || stagedFiles != files {
		return fault.New(
			fault.Conflict,
			fault.CodeConflict,
			"This took too long, so nothing was saved. Start again.",
		)
	}
	return nil
}

// checkVaults rejects changes that depend on vaults which have changed since:
// another process may have created one of the same name, or imported the same items.
func checkVaults(t *tx, changes local.Changes) error {
	if len(changes.Vaults) > 0 {
		var count int
		if err := t.row(`SELECT count(*) FROM vaults`).Scan(&count); err != nil {
			return err
		}
		if count != changes.VaultCount {
			return fault.New(
				fault.Conflict,
				fault.CodeConflict,
				"Another vault was added in the meantime. Check the list of vaults, then try again.",
			)
		}
	}
	for _, v := range changes.Unchanged {
		var changed int64
		if err := t.row(`SELECT changed FROM vaults WHERE id = ?`, v.ID).Scan(&changed); err != nil {
			return err
		}
		if changed != v.Changed {
			return fault.New(
				fault.Conflict,
				fault.CodeConflict,
				"The vault was changed in the meantime, so nothing was imported. Import again.",
			)
		}
	}
	return nil
}

// checkArchived rejects a stage with items of a vault that is archived.
func checkArchived(t *tx, stage string) error {
	var vaultID string
	err := t.row(`SELECT v.id FROM vaults v WHERE v.archived_at > 0
		AND EXISTS (SELECT 1 FROM staged_items s WHERE s.stage_id = ? AND s.vault_id = v.id) LIMIT 1`, stage).
		Scan(&vaultID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return vault.VaultArchived()
}

// checkVersions rejects a stage whose items are based on others than the live versions.
func checkVersions(t *tx, stage string) error {
	var item string
	err := t.row(`SELECT s.item_id FROM staged_items s LEFT JOIN items i ON i.vault_id = s.vault_id AND i.id = s.item_id
		WHERE s.stage_id = ? AND COALESCE(i.version, 0) <> s.base LIMIT 1`, stage).
		Scan(&item)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return vault.Changed()
}

// moveStage moves the stage's rows to where they are seen, and what they replace to the earlier
// versions. The stage stays, as one to erase, while it holds files that no item has any more.
func moveStage(t *tx, stage string, changed int64, changes local.Changes) error {
	if _, err := t.exec(`UPDATE files SET stage_id = NULL WHERE stage_id = ?`, stage); err != nil {
		return err
	}
	if len(changes.DropItems) > 0 {
		// The files refer to it.
		if err := touchItemStage(t, stage, time.Unix(0, 0)); err != nil {
			return err
		}
	}
	if err := markGone(t, changes.GoneFiles); err != nil {
		return err
	}
	oldFiles, err := keepVersions(t, stage)
	if err != nil {
		return err
	}
	if err := moveItems(t, stage, changed); err != nil {
		return err
	}
	droppedFiles, err := dropItems(t, stage, changes.DropItems, changed)
	if err != nil {
		return err
	}
	if oldFiles || droppedFiles {
		_, err = t.exec(`UPDATE item_stages SET staged_at = 0 WHERE id = ?`, stage)
	} else {
		_, err = t.exec(`DELETE FROM item_stages WHERE id = ?`, stage)
	}
	return err
}

// moveItems makes the stage's items the live ones.
func moveItems(t *tx, stage string, changed int64) error {
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`DELETE FROM item_bodies WHERE (stage_id, item_id) IN (SELECT i.stage_id, i.id
			FROM staged_items s JOIN items i ON i.vault_id = s.vault_id AND i.id = s.item_id
			WHERE s.stage_id = ?)`, []any{stage}},
		{
			`INSERT INTO items (vault_id, id, version, overview, stage_id, changed)
			SELECT vault_id, item_id, version, overview, stage_id, CAST(? AS BIGINT)
			FROM staged_items WHERE stage_id = ?
			ON CONFLICT (vault_id, id) DO UPDATE SET version = excluded.version,
				overview = excluded.overview, stage_id = excluded.stage_id, changed = excluded.changed`,
			[]any{changed, stage},
		},
		{`UPDATE vaults SET changed = ?
			WHERE id IN (SELECT vault_id FROM staged_items WHERE stage_id = ?)`, []any{changed, stage}},
		{`DELETE FROM staged_items WHERE stage_id = ?`, []any{stage}},
	} {
		if _, err := t.exec(step.query, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// grantOwners grants every right.
func grantOwners(t *tx, changes local.Changes) error {
	for _, owner := range changes.Owners {
		for _, vaultID := range changes.OwnedVaults {
			err := insertGrant(t, account.Grant{
				UserID: owner, VaultID: vaultID, View: true, Share: true, Edit: true, Manage: true,
			})
			if t.isForeign(err) {
				return fault.New(fault.NotFound, fault.CodeNotFound, "There is no such user.")
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
