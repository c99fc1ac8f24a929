package db

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"itemshare/vault/local"
)

// StageItems stores items where nothing shows them, in place of those with the same ids in the stage.
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
				`INSERT INTO staged_items (stage_id, vault_id, item_id, version, base, overview)
				VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (stage_id, item_id) DO UPDATE SET
					version = excluded.version, base = excluded.base, overview = excluded.overview`,
				stage,
				item.VaultID,
				item.ID,
				item.Version,
				item.Base,
				item.Overview,
			)
			if err != nil {
				return err
			}
			_, err = t.exec(
				`INSERT INTO item_bodies (stage_id, item_id, body) VALUES (?, ?, ?)
				ON CONFLICT (stage_id, item_id) DO UPDATE SET body = excluded.body`,
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

// DropItemStage erases a stage and its rows. A stage that has gone live has none.
func (db *DB) DropItemStage(ctx context.Context, stage string) error {
	return db.dropItemStage(ctx, stage, math.MaxInt64)
}

// dropItemStage erases a stage that was last added to before the given time. It
// locks the stage's row first, so that it leaves a stage alone that goes live at the
// same moment. Chunks of files go a few at a time: every byte of them is overwritten. By then the
// stage has no items, so that it can't go live in between.
func (db *DB) dropItemStage(ctx context.Context, stage string, before int64) error {
	for {
		more, err := write(ctx, db, "drop a stage", func(t *tx) (bool, error) {
			if locked, err := lockStage(t, stage, before); err != nil || !locked {
				return false, err
			}
			return eraseItemStage(t, stage)
		})
		if err != nil || !more {
			return err
		}
	}
}

// eraseItemStage reports whether something is left.
func eraseItemStage(t *tx, stage string) (bool, error) {
	for _, query := range []string{
		`DELETE FROM item_bodies WHERE (stage_id, item_id) IN
			(SELECT stage_id, item_id FROM staged_items WHERE stage_id = ?)`,
		`DELETE FROM staged_items WHERE stage_id = ?`,
		`DELETE FROM item_versions WHERE stage_id = ? AND stage_id <> ''`,
	} {
		if _, err := t.exec(query, stage); err != nil {
			return false, err
		}
	}
	n, err := t.exec(`DELETE FROM file_chunks WHERE (file_id, number) IN (
		SELECT c.file_id, c.number FROM files f JOIN file_chunks c ON c.file_id = f.id
		WHERE f.stage_id = ? LIMIT ?)`, stage, chunkBatch)
	if err != nil || n == chunkBatch {
		return true, err
	}
	for _, query := range []string{
		`DELETE FROM files WHERE stage_id = ?`,
		`DELETE FROM item_stages WHERE id = ?`,
	} {
		if _, err := t.exec(query, stage); err != nil {
			return false, err
		}
	}
	return false, nil
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
