package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

// AddGroup stores a new group. A name in use is fault.Conflict.
func (db *DB) AddGroup(ctx context.Context, g account.Group, entry audit.Entry) error {
	return db.write(ctx, "add group", func(t *tx) error {
		_, err := t.exec(
			`INSERT INTO user_groups (id, name, name_key, created_at) VALUES (?, ?, ?, ?)`,
			g.ID, g.Name, groupKey(g.Name), g.CreatedAt.Unix(),
		)
		if t.isUnique(err) {
			return groupNameTaken()
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// groupKey returns what names of groups are compared by.
func groupKey(name string) string { return strings.ToLower(name) }

func groupNameTaken() error {
	return fault.New(fault.Conflict, fault.CodeConflict,
		"There is a group of that name already. Choose another name.")
}

// RenameGroup changes the name of a group.
func (db *DB) RenameGroup(ctx context.Context, id, name string, entry audit.Entry) error {
	return db.write(ctx, "rename group", func(t *tx) error {
		err := mustChange(t.exec(
			`UPDATE user_groups SET name = ?, name_key = ? WHERE id = ?`, name, groupKey(name), id,
		))
		if t.isUnique(err) {
			return groupNameTaken()
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// DeleteGroup deletes a group with its memberships and grants.
func (db *DB) DeleteGroup(ctx context.Context, id string, entry audit.Entry) error {
	return db.write(ctx, "delete group", func(t *tx) error {
		if err := t.lock(policyLock); err != nil {
			return err
		}
		if err := mustChange(t.exec(`DELETE FROM user_groups WHERE id = ?`, id)); err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// SetMember adds a person to a group or removes them.
func (db *DB) SetMember(
	ctx context.Context, groupID, userID string, member bool, entry audit.Entry,
) error {
	return db.write(ctx, "set member", func(t *tx) error {
		if err := t.lock(policyLock); err != nil {
			return err
		}
		// Nobody and nothing are told apart from what is so already; both rows stay until the commit.
		err := mustChange(t.exec(`UPDATE user_groups SET id = id WHERE id = ?`, groupID))
		if err == nil {
			err = mustChange(
				t.exec(`UPDATE users SET id = id WHERE id = ? AND `+isPerson, userID),
			)
		}
		if err != nil {
			return err
		}
		change := `DELETE FROM group_members WHERE group_id = ? AND user_id = ?`
		if member {
			change = `INSERT INTO group_members (group_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING`
		}
		n, err := t.exec(change, groupID, userID)
		if err != nil || n == 0 {
			return err
		}
		return insertEntry(t, entry)
	})
}

const groupRow = `g.id, g.name, g.created_at,
	(SELECT count(*) FROM group_members m WHERE m.group_id = g.id),
	(SELECT count(*) FROM group_grants v WHERE v.group_id = g.id)`

func scanGroup(scan func(...any) error, before ...any) (g account.Group, err error) {
	var created int64
	err = scan(append(before, &g.ID, &g.Name, &created, &g.Members, &g.Vaults)...)
	g.CreatedAt = time.Unix(created, 0).UTC()
	return g, err
}

// GroupByID returns a group, or fault.NotFound.
func (db *DB) GroupByID(ctx context.Context, id string) (account.Group, error) {
	return db.groupWhere(ctx, `g.id = ?`, id)
}

// GroupByName returns the group with a name, ignoring case, or fault.NotFound.
func (db *DB) GroupByName(ctx context.Context, name string) (account.Group, error) {
	return db.groupWhere(ctx, `g.name_key = ?`, groupKey(name))
}

func (db *DB) groupWhere(ctx context.Context, where, value string) (account.Group, error) {
	row := db.read(ctx).row(`SELECT `+groupRow+` FROM user_groups g WHERE `+where, value)
	g, err := scanGroup(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return g, fault.Of(fault.NotFound)
	}
	return g, db.wrap("find group", err)
}

// GroupsAfter returns at most limit groups by name.
func (db *DB) GroupsAfter(ctx context.Context, after string, limit int) ([]account.Group, error) {
	query, args := `SELECT `+groupRow+` FROM user_groups g`, []any{}
	if after != "" {
		query += ` WHERE g.name_key > (SELECT name_key FROM user_groups WHERE id = ?)`
		args = append(args, after)
	}
	list, err := collect(db.read(ctx), func(rows *sql.Rows) (account.Group, error) {
		return scanGroup(rows.Scan)
	}, query+` ORDER BY g.name_key LIMIT ?`, append(args, limit)...)
	return list, db.wrap("list groups", err)
}

// GroupsOf returns the groups of each of some users, by name.
func (db *DB) GroupsOf(
	ctx context.Context, userIDs []string,
) (map[string][]account.Group, error) {
	all := map[string][]account.Group{}
	for batch := range slices.Chunk(userIDs, partyBatch) {
		err := each(db.read(ctx), func(rows *sql.Rows) error {
			var user string
			g, err := scanGroup(rows.Scan, &user)
			all[user] = append(all[user], g)
			return err
		}, `SELECT m.user_id, `+groupRow+` FROM group_members m JOIN user_groups g ON g.id = m.group_id
			WHERE m.user_id IN (`+placeholders(partyBatch)+`) ORDER BY m.user_id, g.name_key`,
			padded(batch, partyBatch)...)
		if err != nil {
			return nil, db.wrap("list groups of people", err)
		}
	}
	return all, nil
}

// MembersAfter returns at most limit members of a group by name.
func (db *DB) MembersAfter(
	ctx context.Context, groupID, after string, limit int,
) ([]account.User, error) {
	query, args := afterUser(
		`SELECT `+userFields+` FROM users u WHERE u.id IN
			(SELECT user_id FROM group_members WHERE group_id = ?)`,
		[]any{groupID}, after,
	)
	list, err := collect(
		db.read(ctx),
		func(rows *sql.Rows) (account.User, error) { return scanUser(rows.Scan) },
		query+` ORDER BY name, id LIMIT ?`, append(args, limit)...,
	)
	return list, db.wrap("list members", err)
}

// GroupGrants returns what a group gives its members, by vault.
func (db *DB) GroupGrants(ctx context.Context, groupID string) ([]account.Grant, error) {
	list, err := collect(db.read(ctx), scanGrant,
		`SELECT '', `+groupColumns+` FROM group_grants g WHERE g.group_id = ? ORDER BY g.vault_id`,
		groupID)
	return list, db.wrap("list grants of a group", err)
}

// LosersOf returns how many members of a group have no other access to some vault that it gives rights
// in.
func (db *DB) LosersOf(ctx context.Context, groupID string) (n int, err error) {
	err = db.read(ctx).row(`SELECT count(DISTINCT m.user_id)
		FROM group_members m JOIN group_grants g ON g.group_id = m.group_id
		WHERE m.group_id = ?
		AND NOT EXISTS (SELECT 1 FROM grants o WHERE o.user_id = m.user_id AND o.vault_id = g.vault_id)
		AND NOT EXISTS (SELECT 1 FROM group_members x JOIN group_grants y ON y.group_id = x.group_id
			WHERE x.user_id = m.user_id AND y.vault_id = g.vault_id AND x.group_id <> m.group_id)`,
		groupID).Scan(&n)
	return n, db.wrap("count who depends on a group", err)
}
