package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"itemshare/audit"
	"itemshare/fault"
)

// Checkpoint returns how far the audit chain was proved, or fault.NotFound.
func (db *DB) Checkpoint(ctx context.Context) (c audit.Checkpoint, err error) {
	var at, whole int64
	err = db.read(ctx).
		row(`SELECT number, hash, at, whole_at, mac FROM audit_checkpoints WHERE one = 1`).
		Scan(&c.Link.Number, &c.Link.Hash, &at, &whole, &c.MAC)
	if errors.Is(err, sql.ErrNoRows) {
		return audit.Checkpoint{}, fault.Of(fault.NotFound)
	}
	c.At, c.WholeAt = time.UnixMilli(at).UTC(), time.UnixMilli(whole).UTC()
	return c, db.wrap("read the audit checkpoint", err)
}

// SetCheckpoint stores how far the audit chain was proved.
func (db *DB) SetCheckpoint(ctx context.Context, c audit.Checkpoint) error {
	return db.write(ctx, "store the audit checkpoint", func(t *tx) error {
		_, err := t.exec(
			`INSERT INTO audit_checkpoints (one, number, hash, at, whole_at, mac)
			VALUES (1, ?, ?, ?, ?, ?) ON CONFLICT (one) DO UPDATE SET number = excluded.number,
			hash = excluded.hash, at = excluded.at, whole_at = excluded.whole_at, mac = excluded.mac`,
			c.Link.Number, c.Link.Hash, c.At.UnixMilli(), c.WholeAt.UnixMilli(), c.MAC,
		)
		return err
	})
}

// DropCheckpoint removes the checkpoint.
func (db *DB) DropCheckpoint(ctx context.Context) error {
	return db.write(ctx, "drop the audit checkpoint", func(t *tx) error {
		_, err := t.exec(`DELETE FROM audit_checkpoints`)
		return err
	})
}
