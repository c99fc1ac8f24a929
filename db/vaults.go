package db

import (
	"bytes"
	"context"
	"database/sql"
	"slices"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault/local"
)

// RenameVault changes the sealed name of a vault, if the vaults still have the names that were read:
// the store can't compare names. The counter makes every process read them again.
func (db *DB) RenameVault(
	ctx context.Context, read []local.SealedVault, vaultID string, name []byte, entry audit.Entry,
) error {
	return db.write(ctx, "rename a vault", func(t *tx) error {
		if err := requireVaultManager(t, entry.Actor, vaultID); err != nil {
			return err
		}
		if _, err := raiseVaultChanges(t); err != nil {
			return err
		}
		now, err := collect(t, func(rows *sql.Rows) (v local.SealedVault, err error) {
			err = rows.Scan(&v.ID, &v.Name)
			return v, err
		}, `SELECT id, name FROM vaults ORDER BY id`)
		if err != nil {
			return err
		}
		if !slices.EqualFunc(now, read, func(a, b local.SealedVault) bool {
			return a.ID == b.ID && bytes.Equal(a.Name, b.Name)
		}) {
			return fault.New(fault.Conflict, fault.CodeConflict,
				"Another vault was added or renamed in the meantime. Check the list of vaults, then try again.")
		}
		if err := mustChange(t.exec(`UPDATE vaults SET name = ? WHERE id = ?`, name, vaultID)); err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// SetVaultArchived archives a vault at a time, or restores it at the zero time.
func (db *DB) SetVaultArchived(
	ctx context.Context, vaultID string, at time.Time, entry audit.Entry,
) error {
	return db.write(ctx, "archive a vault", func(t *tx) error {
		if err := t.lock(policyLock); err != nil {
			return err
		}
		if err := requireVaultManager(t, entry.Actor, vaultID); err != nil {
			return err
		}
		if _, err := raiseVaultChanges(t); err != nil {
			return err
		}
		if err := mustChange(t.exec(`UPDATE vaults SET id = id WHERE id = ?`, vaultID)); err != nil {
			return err
		}
		n, err := t.exec(`UPDATE vaults SET archived_at = ? WHERE id = ? AND (archived_at = 0) <> (? = 0)`,
			secondsOf(at), vaultID, secondsOf(at))
		if err != nil || n == 0 {
			return err
		}
		return insertEntry(t, entry)
	})
}
