package db

import (
	"database/sql"
	"errors"

	"itemshare/fault"
	"itemshare/vault/local"
)

// checkImporter rejects the items of an import in the browser whose owner has lost a right since it began:
// to edit each vault that it changes or, for new vaults, to be an admin.
func checkImporter(t *tx, stage string, changes local.Changes) error {
	if changes.Import.ID == "" {
		return nil
	}
	var userID string
	var isActive, isAdmin bool
	err := t.row(`SELECT u.id, u.disabled = 0, u.role = 'admin' FROM imports i JOIN users u ON u.id = i.user_id
		WHERE i.id = ?`, changes.Import.ID).Scan(&userID, &isActive, &isAdmin)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.Of(fault.NotFound) // canceled
	}
	if err != nil {
		return err
	}
	if !isActive || len(changes.Vaults) > 0 && !isAdmin {
		return rightEnded()
	}
	vaults, err := importedVaults(t, stage, changes)
	if err != nil {
		return err
	}
	for vaultID := range vaults {
		var mayEdit bool
		err := t.row(`SELECT COALESCE(MAX(may_edit), 0) = 1 AND COALESCE(MAX(archived_at), 0) = 0 FROM `+rightsOf,
			userID, vaultID, userID, vaultID).Scan(&mayEdit)
		if err != nil {
			return err
		}
		if !mayEdit {
			return rightEnded()
		}
	}
	return nil
}

// importedVaults returns the vaults that an import changes, but for those that it adds.
func importedVaults(t *tx, stage string, changes local.Changes) (map[string]bool, error) {
	all := map[string]bool{}
	err := each(t, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		all[id] = true
		return err
	}, `SELECT DISTINCT vault_id FROM staged_items WHERE stage_id = ?`, stage)
	for _, item := range changes.DropItems {
		all[item.VaultID] = true
	}
	for _, v := range changes.Vaults {
		delete(all, v.ID)
	}
	return all, err
}

func rightEnded() error {
	return fault.New(fault.Forbidden, fault.CodeForbidden,
		"Your permission to edit a vault ended in the meantime, so nothing was imported. Ask an admin for access.")
}
