package db

import (
	"context"
	"database/sql"
	"time"

	"itemshare/account"
)

// The parties with rights in a vault: groups before people and service accounts, each by name. Service
// accounts whose token is not valid are left out.
const granteesOf = `SELECT 0 AS place, g.id, g.name, '' AS email
	FROM group_grants v JOIN user_groups g ON g.id = v.group_id WHERE v.vault_id = ?
	UNION SELECT 1, u.id, u.name, CASE u.kind WHEN 'person' THEN u.email ELSE '' END
	FROM grants g JOIN users u ON u.id = g.user_id
	LEFT JOIN service_accounts a ON a.user_id = u.id
	LEFT JOIN users c ON c.id = a.created_by
	WHERE g.vault_id = ? AND (u.kind = 'person' OR a.revoked_at = 0
		AND (a.expires_at = 0 OR a.expires_at > ?) AND COALESCE(c.disabled, 0) = 0)
	UNION SELECT 1, u.id, u.name, u.email
	FROM group_grants v JOIN group_members m ON m.group_id = v.group_id
	JOIN users u ON u.id = m.user_id WHERE v.vault_id = ?`

// GranteesAfter returns at most limit of those with rights in a vault, from the one after an ID on.
func (db *DB) GranteesAfter(
	ctx context.Context, vaultID, after string, limit int, now time.Time,
) ([]account.Grantee, error) {
	place, name, err := db.granteePlace(ctx, after)
	if err != nil {
		return nil, db.wrap("find a place in a list", err)
	}
	list, err := collect(db.read(ctx), func(rows *sql.Rows) (account.Grantee, error) {
		var of account.Grantee
		var place int
		var id string
		err := rows.Scan(&place, &id, &of.Name, &of.Email)
		of.VaultID = vaultID
		if place == 0 {
			of.GroupID = id
		} else {
			of.UserID = id
		}
		return of, err
	}, `SELECT place, id, name, email FROM (`+granteesOf+`) AS parties
		WHERE (place, name, id) > (?, ?, ?) ORDER BY place, name, id LIMIT ?`,
		vaultID, vaultID, now.Unix(), vaultID, place, name, after, limit)
	if err != nil {
		return nil, db.wrap("list who has access", err)
	}
	return list, db.addSources(ctx, vaultID, list)
}

// granteePlace returns where a party stands in the list of those with rights in a vault: an unknown one
// before all others.
func (db *DB) granteePlace(ctx context.Context, id string) (place int, name string, err error) {
	place = -1
	if id == "" {
		return place, "", nil
	}
	err = each(db.read(ctx), func(rows *sql.Rows) error { return rows.Scan(&place, &name) },
		`SELECT 0, name FROM user_groups WHERE id = ? UNION ALL SELECT 1, name FROM users WHERE id = ?`,
		id, id)
	return place, name, err
}

// addSources adds what each of the parties may do in a vault, and where that comes from.
func (db *DB) addSources(ctx context.Context, vaultID string, list []account.Grantee) error {
	places := map[string]int{}
	var users []string
	for i, of := range list {
		places[of.GroupID+of.UserID] = i
		if of.UserID != "" {
			users = append(users, of.UserID)
		}
	}
	sources, err := db.rights(ctx, vaultID, users)
	if err != nil {
		return err
	}
	groups, err := collect(db.read(ctx), scanGrant,
		`SELECT '', `+groupColumns+` FROM group_grants g WHERE g.vault_id = ?`, vaultID)
	if err != nil {
		return db.wrap("list grants of groups", err)
	}
	for _, g := range append(sources, groups...) {
		holder := g.UserID
		if holder == "" {
			holder = g.GroupID
		}
		if i, ok := places[holder]; ok {
			list[i].Add(g)
		}
	}
	return nil
}
