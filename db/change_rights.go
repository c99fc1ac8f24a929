package db

import (
	"slices"

	"itemshare/fault"
	"itemshare/vault/local"
)

// Whoever sends a change was allowed to when their request came. Its files may take minutes to come, and
// meanwhile they may be suspended or lose the right. So the transaction of the change asks once more,
// beside policyLock: a change that is committed before the right ends is there, one after it is not.
// The command line has no user, and may change everything.

// isActive reports whether a user, given twice, is neither suspended nor removed, nor a service account
// that is revoked or whose creator is suspended.
const isActive = `(EXISTS (SELECT 1 FROM users WHERE id = ? AND disabled = 0)
	AND NOT EXISTS (SELECT 1 FROM service_accounts a LEFT JOIN users c ON c.id = a.created_by
		WHERE a.user_id = ? AND (a.revoked_at > 0 OR c.disabled = 1)))`

// requireEditor returns fault.Forbidden unless a user may still edit the items of vaults.
func requireEditor(t *tx, userID string, vaultIDs ...string) error {
	for _, vaultID := range vaultIDs {
		err := requireStill(t, userID, "edit items", `(SELECT CASE WHEN MAX(may_edit) = 1 AND MAX(may_reveal) = 1
			AND COALESCE(MAX(archived_at), 0) = 0 THEN 1 ELSE 0 END FROM `+rightsOf+`) = 1`,
			userID, vaultID, userID, vaultID)
		if err != nil {
			return err
		}
	}
	return nil
}

// managesPeople reports whether a user, given twice, is an admin, or a service account that may manage
// people and vaults; managesVault whether a user may manage a vault: its parameters are those of rightsOf.
const (
	managesPeople = `(EXISTS (SELECT 1 FROM users WHERE id = ? AND role = 'admin')
		OR EXISTS (SELECT 1 FROM service_accounts WHERE user_id = ? AND may_manage_people = 1))`
	managesVault = `COALESCE((SELECT MAX(may_manage) FROM ` + rightsOf + `), 0) = 1`
)

// requireVaultAdder returns fault.Forbidden unless a user may still add vaults.
func requireVaultAdder(t *tx, userID string) error {
	return requireStill(t, userID, "add vaults", managesPeople, userID, userID)
}

// requireVaultManager returns fault.Forbidden unless a user may still manage a vault.
func requireVaultManager(t *tx, userID, vaultID string) error {
	return requireStill(t, userID, "manage the vault", `(`+managesVault+` OR `+managesPeople+`)`,
		userID, vaultID, userID, vaultID, userID, userID)
}

// lockRights keeps what a user may do as it is until the commit, unless that is "". It comes before the
// lock of the vaults' change counter.
func lockRights(t *tx, userID string) error {
	if userID == "" {
		return nil
	}
	return t.lockShared(policyLock)
}

// requireStill returns fault.Forbidden unless a user, "" for the command line, is active and a condition
// holds. Who also takes policyLock for themselves alone does so before.
func requireStill(t *tx, userID, todo, condition string, args ...any) error {
	if userID == "" {
		return nil
	}
	if err := t.lockShared(policyLock); err != nil {
		return err
	}
	var holds bool
	err := t.row(`SELECT `+isActive+` AND `+condition, append([]any{userID, userID}, args...)...).Scan(&holds)
	if err == nil && !holds {
		err = fault.New(fault.Forbidden, fault.CodeForbidden, "Your permission to "+todo+
			" ended in the meantime, so nothing was changed. Ask an admin for access.")
	}
	return err
}

// requireChanger returns fault.Forbidden unless the user who makes changes may still edit the items of
// each vault that they change and, for new vaults, may add some.
func requireChanger(t *tx, stage string, changes local.Changes) error {
	if changes.By == "" {
		return nil
	}
	if len(changes.Vaults) > 0 {
		if err := requireVaultAdder(t, changes.By); err != nil {
			return err
		}
	}
	vaults, err := changedVaults(t, stage, changes)
	if err != nil {
		return err
	}
	return requireEditor(t, changes.By, vaults...)
}

// changedVaults returns the vaults whose items change, but for those that are new.
func changedVaults(t *tx, stage string, changes local.Changes) ([]string, error) {
	all, err := collect(t, scanText, `SELECT DISTINCT vault_id FROM staged_items WHERE stage_id = ?`, stage)
	for _, item := range changes.DropItems {
		all = append(all, item.VaultID)
	}
	for _, v := range changes.Vaults {
		all = slices.DeleteFunc(all, func(id string) bool { return id == v.ID })
	}
	return all, err
}
