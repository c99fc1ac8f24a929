package db

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// Keysets returns the wrapped keysets by purpose.
func (db *DB) Keysets(ctx context.Context) (map[seal.Purpose][]byte, error) {
	keysets := map[seal.Purpose][]byte{}
	err := each(db.read(ctx), func(rows *sql.Rows) error {
		var purpose seal.Purpose
		var wrapped []byte
		err := rows.Scan(&purpose, &wrapped)
		keysets[purpose] = wrapped
		return err
	}, `SELECT purpose, wrapped FROM keysets`)
	if err != nil {
		return nil, db.wrap("read keysets", err)
	}
	return keysets, nil
}

// AddKeysets stores the keysets of purposes that have none yet.
func (db *DB) AddKeysets(ctx context.Context, wrapped map[seal.Purpose][]byte) error {
	return db.write(ctx, "add keysets", func(t *tx) error {
		for _, purpose := range slices.Sorted(maps.Keys(wrapped)) { // one order for all: no deadlock
			_, err := t.exec(
				`INSERT INTO keysets (purpose, wrapped) VALUES (?, ?) ON CONFLICT (purpose) DO NOTHING`,
				string(purpose),
				wrapped[purpose],
			)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// SwapKeysets replaces every keyset with its other wrapping. Where the stored ones
// differ from those in from it changes nothing: fault.Conflict.
func (db *DB) SwapKeysets(
	ctx context.Context,
	from, to map[seal.Purpose][]byte,
	entry audit.Entry,
) error {
	return db.write(ctx, "swap keysets", func(t *tx) error {
		stored := 0
		if err := t.row(`SELECT count(*) FROM keysets`).Scan(&stored); err != nil {
			return err
		}
		if stored != len(from) || len(to) != len(from) {
			return keysetsChanged()
		}
		for _, purpose := range slices.Sorted(maps.Keys(from)) {
			changed, err := t.exec(
				`UPDATE keysets SET wrapped = ? WHERE purpose = ? AND wrapped = ?`,
				to[purpose],
				string(purpose),
				from[purpose],
			)
			if err != nil {
				return err
			}
			if changed != 1 {
				return keysetsChanged()
			}
		}
		return insertEntry(t, entry)
	})
}

func keysetsChanged() error {
	return fault.New(
		fault.Conflict,
		fault.CodeConflict,
		"The keys changed meanwhile. Run this again.",
	)
}
