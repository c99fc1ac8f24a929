package db

import (
	"context"
	"maps"
	"slices"

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
