package db

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault/local"
)

// StageItems stores items where nothing shows them.
func (db *DB) StageItems(
	ctx context.Context,
	stage string,
	items []local.SealedItem,
	now time.Time,
) error {
	return db.write(ctx, "stage items", func(t *tx) error {
		if err := touchItemStage(t, stage, now); err != nil {
			return err
		}
		for _, item := range items {
			_, err := t.exec(
				`INSERT INTO staged_items (stage_id, vault_id, item_id, version, overview) VALUES (?, ?, ?, ?, ?)`,
				stage,
				item.VaultID,
				item.ID,
				item.Version,
				item.Overview,
			)
			if err != nil {
				return err
			}
			_, err = t.exec(
				`INSERT INTO item_bodies (stage_id, item_id, body) VALUES (?, ?, ?)`,
				stage,
				item.ID,
				item.Body,
			)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// StageFile adds a file to a stage, before its chunks.
func (db *DB) StageFile(
	ctx context.Context,
	stage string,
	file local.SealedFile,
	now time.Time,
) error {
	return db.write(ctx, "stage a file", func(t *tx) error {
		if err := touchItemStage(t, stage, now); err != nil {
			return err
		}
		_, err := t.exec(
			`INSERT INTO files (id, vault_id, item_id, stage_id) VALUES (?, ?, ?, ?)`,
			file.ID,
			file.VaultID,
			file.ItemID,
			stage,
		)
		return err
	})
}

// StageFileChunk stores one sealed chunk of a staged file.
func (db *DB) StageFileChunk(
	ctx context.Context,
	stage, fileID string,
	number int,
	sealed []byte,
	now time.Time,
) error {
	return db.write(ctx, "stage a file", func(t *tx) error {
		if err := touchItemStage(t, stage, now); err != nil {
			return err
		}
		_, err := t.exec(
			`INSERT INTO file_chunks (file_id, number, sealed) VALUES (?, ?, ?)`,
			fileID,
			number,
			sealed,
		)
		return err
	})
}

func touchItemStage(t *tx, stage string, now time.Time) error {
	_, err := t.exec(`INSERT INTO item_stages (id, staged_at) VALUES (?, ?)
		ON CONFLICT (id) DO UPDATE SET staged_at = excluded.staged_at`, stage, now.Unix())
	return err
}

// GoLive makes a stage visible together with new vaults, grants and audit
// entries. It locks the change counter first, which keeps two of these apart, and
// the stage second, so that nothing drops the stage meanwhile.
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
	var changed int64
	err := t.row(`UPDATE vault_changes SET changed = changed + 1 WHERE one = 1 RETURNING changed`).
		Scan(&changed)
	if err != nil {
		return err
	}
	if err := checkStage(t, stage, changes.Items); err != nil {
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
	if err := checkVersions(t, stage); err != nil {
		return err
	}
	if err := moveStage(t, stage, changed, changes.DropFiles); err != nil {
		return err
	}
	if err := dropItems(t, changes.DropItems, changed); err != nil {
		return err
	}
	if err := grantOwners(t, changes); err != nil {
		return err
	}
	for _, entry := range entries {
		if err := insertEntry(t, entry); err != nil {
			return err
		}
	}
	return nil
}

// lockStage locks a stage's row and reports whether there is one that was last
// added to before the given time.
func lockStage(t *tx, stage string, before int64) (bool, error) {
	locked, err := t.exec(
		`UPDATE item_stages SET staged_at = staged_at WHERE id = ? AND staged_at < ?`,
		stage,
		before,
	)
	return locked == 1, err
}

// checkStage locks the stage and rejects one that does not hold all items.
func checkStage(t *tx, stage string, items int) error {
	if _, err := lockStage(t, stage, math.MaxInt64); err != nil {
		return err
	}
	var staged int
	if err := t.row(`SELECT count(*) FROM staged_items WHERE stage_id = ?`, stage).Scan(&staged); err != nil {
		return err
	}
	if staged != items {
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

// checkVersions rejects a stage whose items do not follow the live versions.
func checkVersions(t *tx, stage string) error {
	var item string
	err := t.row(`SELECT s.item_id FROM staged_items s LEFT JOIN items i ON i.vault_id = s.vault_id AND i.id = s.item_id
		WHERE s.stage_id = ? AND COALESCE(i.version, 0) <> s.version - 1 LIMIT 1`, stage).
		Scan(&item)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return itemChanged()
}

func itemChanged() error {
	return fault.New(
		fault.Conflict,
		fault.CodeConflict,
		"The item was changed in the meantime. Look at it again, then repeat your change.",
	)
}

// moveStage moves the stage's rows to where they are seen, and erases the rows that
// they replace.
func moveStage(t *tx, stage string, changed int64, dropped []string) error {
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`DELETE FROM item_bodies WHERE (stage_id, item_id) IN (SELECT i.stage_id, i.id
			FROM staged_items s JOIN items i ON i.vault_id = s.vault_id AND i.id = s.item_id
			WHERE s.stage_id = ?)`, []any{stage}},
		{`INSERT INTO items (vault_id, id, version, overview, stage_id)
			SELECT vault_id, item_id, version, overview, stage_id FROM staged_items WHERE stage_id = ?
			ON CONFLICT (vault_id, id) DO UPDATE SET
				version = excluded.version, overview = excluded.overview, stage_id = excluded.stage_id`, []any{stage}},
		{`UPDATE files SET stage_id = NULL WHERE stage_id = ?`, []any{stage}},
		{`UPDATE vaults SET changed = ?
			WHERE id IN (SELECT vault_id FROM staged_items WHERE stage_id = ?)`, []any{changed, stage}},
		{`DELETE FROM staged_items WHERE stage_id = ?`, []any{stage}},
		{`DELETE FROM item_stages WHERE id = ?`, []any{stage}},
	} {
		if _, err := t.exec(step.query, step.args...); err != nil {
			return err
		}
	}
	for _, file := range dropped {
		if _, err := t.exec(`DELETE FROM files WHERE id = ?`, file); err != nil {
			return err
		}
	}
	return nil
}

// dropItems erases items with their files.
func dropItems(t *tx, items []local.SealedItem, changed int64) error {
	for _, item := range items {
		for _, step := range []struct {
			query string
			args  []any
		}{
			{`DELETE FROM item_bodies WHERE (stage_id, item_id) IN (
				SELECT stage_id, id FROM items WHERE vault_id = ? AND id = ?)`, []any{item.VaultID, item.ID}},
			{`DELETE FROM items WHERE vault_id = ? AND id = ?`, []any{item.VaultID, item.ID}},
			{`DELETE FROM files WHERE vault_id = ? AND item_id = ?`, []any{item.VaultID, item.ID}},
			{`UPDATE vaults SET changed = ? WHERE id = ?`, []any{changed, item.VaultID}},
		} {
			if _, err := t.exec(step.query, step.args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// grantOwners grants every right.
func grantOwners(t *tx, changes local.Changes) error {
	for _, owner := range changes.Owners {
		for _, vaultID := range changes.OwnedVaults {
			_, err := t.exec(
				`INSERT INTO grants (user_id, vault_id, may_view, may_share) VALUES (?, ?, 1, 1)
				ON CONFLICT (user_id, vault_id) DO UPDATE SET may_share = 1`,
				owner,
				vaultID,
			)
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

// DropItemStage erases a stage and its rows. A stage that has gone live has none.
func (db *DB) DropItemStage(ctx context.Context, stage string) error {
	return db.dropItemStage(ctx, stage, math.MaxInt64)
}

// dropItemStage erases a stage that was last added to before the given time. It
// locks the stage's row first, so that it leaves a stage alone that goes live at the
// same moment.
func (db *DB) dropItemStage(ctx context.Context, stage string, before int64) error {
	return db.write(ctx, "drop a stage", func(t *tx) error {
		if locked, err := lockStage(t, stage, before); err != nil || !locked {
			return err
		}
		return eraseItemStage(t, stage)
	})
}

func eraseItemStage(t *tx, stage string) error {
	for _, query := range []string{
		`DELETE FROM item_bodies WHERE (stage_id, item_id) IN
			(SELECT stage_id, item_id FROM staged_items WHERE stage_id = ?)`,
		`DELETE FROM staged_items WHERE stage_id = ?`,
		`DELETE FROM files WHERE stage_id = ?`,
		`DELETE FROM item_stages WHERE id = ?`,
	} {
		if _, err := t.exec(query, stage); err != nil {
			return err
		}
	}
	return nil
}

// SweepItemStages drops the stages last added to before the given time, each in
// a transaction of its own.
func (db *DB) SweepItemStages(ctx context.Context, before time.Time) error {
	for {
		var stage string
		err := db.read(ctx).
			row(`SELECT id FROM item_stages WHERE staged_at < ? ORDER BY staged_at LIMIT 1`, before.Unix()).
			Scan(&stage)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return db.wrap("sweep stages", err)
		}
		if err := db.dropItemStage(ctx, stage, before.Unix()); err != nil {
			return err
		}
	}
}
