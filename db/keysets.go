package db

import (
	"context"
	"maps"
	"slices"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// Keysets gives the wrapped keysets by purpose.
func (db *DB) Keysets(ctx context.Context) (map[seal.Purpose][]byte, error) {
	rows, err := db.read().query(ctx, `SELECT purpose, wrapped FROM keysets`)
	if err != nil {
		return nil, db.failed("read keysets", err)
	}
	defer rows.Close()
	all := map[seal.Purpose][]byte{}
	for rows.Next() {
		var purpose seal.Purpose
		var wrapped []byte
		if err := rows.Scan(&purpose, &wrapped); err != nil {
			return nil, db.failed("read keysets", err)
		}
		all[purpose] = wrapped
	}
	return all, db.failed("read keysets", rows.Err())
}

// AddKeysets keeps those whose purpose is not there yet.
func (db *DB) AddKeysets(ctx context.Context, wrapped map[seal.Purpose][]byte) error {
	return db.write(ctx, func(t *tx) error {
		for _, purpose := range slices.Sorted(maps.Keys(wrapped)) { // one order for all: no deadlock
			_, err := t.exec(`INSERT INTO keysets (purpose, wrapped) VALUES (?, ?) ON CONFLICT (purpose) DO NOTHING`,
				string(purpose), wrapped[purpose])
			if err != nil {
				return fault.Wrap("keep keysets", err)
			}
		}
		return nil
	})
}

// SwapKeysets puts every keyset's other wrapping in its place. Where those stored
// are not the ones in from any more it changes nothing: fault.Conflict.
func (db *DB) SwapKeysets(ctx context.Context, from, to map[seal.Purpose][]byte, entry audit.Entry) error {
	return db.write(ctx, func(t *tx) error {
		stored := 0
		if err := t.row(`SELECT count(*) FROM keysets`).Scan(&stored); err != nil {
			return fault.Wrap("count keysets", err)
		}
		if stored != len(from) || len(to) != len(from) {
			return fault.New(fault.Conflict, fault.CodeConflict, "The keys changed meanwhile. Run this again.")
		}
		for _, purpose := range slices.Sorted(maps.Keys(from)) {
			changed, err := t.exec(`UPDATE keysets SET wrapped = ? WHERE purpose = ? AND wrapped = ?`,
				to[purpose], string(purpose), from[purpose])
			if err != nil {
				return fault.Wrap("swap keysets", err)
			}
			if changed != 1 {
				return fault.New(fault.Conflict, fault.CodeConflict, "The keys changed meanwhile. Run this again.")
			}
		}
		return insertEntry(t, entry)
	})
}
