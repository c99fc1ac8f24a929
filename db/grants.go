package db

import (
	"context"
	"database/sql"
	"slices"

	"itemshare/account"
	"itemshare/audit"
)

// SetGrant replaces what a user or a group may do in a vault. A grant of nothing has no row.
func (db *DB) SetGrant(ctx context.Context, g account.Grant, entry audit.Entry) error {
	return db.write(ctx, "set grant", func(t *tx) error {
		if err := t.lock(policyLock); err != nil {
			return err
		}
		of := holderOf(g)
		// Without this, no grant to somebody who does not exist would be no error.
		if err := mustChange(t.exec(`UPDATE `+of.holders+` SET id = id WHERE `+of.there, of.id)); err != nil {
			return err
		}
		_, err := t.exec(
			`DELETE FROM `+of.grants+` WHERE `+of.column+` = ? AND vault_id = ?`, of.id, g.VaultID,
		)
		if err == nil && g.View {
			// An import may have granted the same at this moment.
			err = insertGrant(t, g)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// grantHolder says where the grants of a user or a group are.
type grantHolder struct{ id, holders, there, grants, column string }

func holderOf(g account.Grant) grantHolder {
	if g.GroupID != "" {
		return grantHolder{g.GroupID, "user_groups", "id = ?", "group_grants", "group_id"}
	}
	return grantHolder{g.UserID, "users", "id = ? AND removed_at = 0", "grants", "user_id"}
}

// insertGrant stores a grant in place of one that may be there.
func insertGrant(t *tx, g account.Grant) error {
	of := holderOf(g)
	_, err := t.exec(
		`INSERT INTO `+of.grants+` (`+of.column+`, vault_id, may_view, may_reveal, may_share, may_edit,
			may_manage) VALUES (?, ?, 1, ?, ?, ?, ?)
		ON CONFLICT (`+of.column+`, vault_id) DO UPDATE SET may_reveal = excluded.may_reveal,
			may_share = excluded.may_share, may_edit = excluded.may_edit,
			may_manage = excluded.may_manage`,
		of.id, g.VaultID, boolToInt(!g.NoReveal), boolToInt(g.Share), boolToInt(g.Edit),
		boolToInt(g.Manage),
	)
	return err
}

// The columns of a grant g, of a user's own and of a group's. They are NULL where a query joins none.
const (
	grantColumns = `g.vault_id, g.may_view, 1 - g.may_reveal, g.may_share, g.may_edit, g.may_manage,
		(SELECT v.archived_at FROM vaults v WHERE v.id = g.vault_id)`
	ownColumns   = grantColumns + `, ''`
	groupColumns = grantColumns + `, g.group_id`
)

// rightsOf are the rows of what one user may do in one vault, by their own grant and by those of their
// groups: a FROM for the user's and the vault's ID, twice.
const rightsOf = `(SELECT g.may_reveal, g.may_share, g.may_edit, g.may_manage, v.archived_at
	FROM grants g LEFT JOIN vaults v ON v.id = g.vault_id WHERE g.user_id = ? AND g.vault_id = ?
	UNION ALL SELECT g.may_reveal, g.may_share, g.may_edit, g.may_manage, v.archived_at
	FROM group_members m JOIN group_grants g ON g.group_id = m.group_id
	LEFT JOIN vaults v ON v.id = g.vault_id WHERE m.user_id = ? AND g.vault_id = ?) AS rights`

// grantScan reads ownColumns or groupColumns: its places, and after the scan the grant.
type grantScan struct {
	vault, group                        sql.NullString
	view, noReveal, share, edit, manage sql.NullBool
	archived                            sql.NullInt64
}

func (s *grantScan) places() []any {
	return []any{
		&s.vault, &s.view, &s.noReveal, &s.share, &s.edit, &s.manage, &s.archived, &s.group,
	}
}

// grant returns the grant of a user. Its VaultID is "" for none.
func (s *grantScan) grant(userID string) account.Grant {
	return account.Grant{
		UserID: userID, GroupID: s.group.String, VaultID: s.vault.String, View: s.view.Bool,
		NoReveal: s.noReveal.Bool, Share: s.share.Bool, Edit: s.edit.Bool, Manage: s.manage.Bool,
		Archived: s.archived.Int64 > 0,
	}
}

// scanGrant reads a user's ID and the columns of a grant.
func scanGrant(rows *sql.Rows) (account.Grant, error) {
	var user string
	var g grantScan
	err := rows.Scan(append([]any{&user}, g.places()...)...)
	return g.grant(user), err
}

// GrantsOf returns the own grants of some users and service accounts.
func (db *DB) GrantsOf(ctx context.Context, userIDs []string) ([]account.Grant, error) {
	if len(userIDs) == 0 {
		return nil, nil
	}
	list, err := collect(db.read(ctx), scanGrant, `SELECT user_id, `+ownColumns+` FROM grants g
		WHERE user_id IN (`+placeholders(len(userIDs))+`) ORDER BY user_id, vault_id`,
		arguments(userIDs)...)
	return list, db.wrap("list grants", err)
}

// RightsOf returns the own grants of some users and those of their groups.
func (db *DB) RightsOf(ctx context.Context, userIDs []string) ([]account.Grant, error) {
	return db.rights(ctx, "", userIDs)
}

// rights returns the grants that some users have by themselves or by a group, in one vault or, for "",
// in any: by user, vault and group, the own one first.
func (db *DB) rights(
	ctx context.Context, vaultID string, userIDs []string,
) (all []account.Grant, err error) {
	for batch := range slices.Chunk(userIDs, partyBatch) {
		users := ` IN (` + placeholders(partyBatch) + `)`
		args := padded(batch, partyBatch)
		if vaultID != "" {
			users += ` AND g.vault_id = ?`
			args = append(args, vaultID)
		}
		found, err := collect(db.read(ctx), scanGrant,
			`SELECT g.user_id AS person, `+ownColumns+` AS through FROM grants g WHERE g.user_id`+users+`
			UNION ALL SELECT m.user_id, `+groupColumns+` FROM group_members m
			JOIN group_grants g ON g.group_id = m.group_id WHERE m.user_id`+users+`
			ORDER BY person, vault_id, through`, append(args, args...)...)
		if err != nil {
			return nil, db.wrap("list rights", err)
		}
		all = append(all, found...)
	}
	return all, nil
}
