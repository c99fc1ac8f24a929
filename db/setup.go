package db

import (
	"context"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

const anyPerson = `SELECT EXISTS (SELECT 1 FROM users WHERE kind = 'person')`

// HasPeople reports whether there is a person, or was one who is removed.
func (db *DB) HasPeople(ctx context.Context) (has bool, err error) {
	err = db.read(ctx).row(anyPerson).Scan(&has)
	return has, db.wrap("ask for people", err)
}

// AddFirstAdmin stores the first person. The lock makes the second of two at once see the first.
func (db *DB) AddFirstAdmin(
	ctx context.Context, u account.User, passwordHash string, entry audit.Entry,
) error {
	return db.write(ctx, "add the first admin", func(t *tx) error {
		if err := t.lock(policyLock); err != nil {
			return err
		}
		var has bool
		if err := t.row(anyPerson).Scan(&has); err != nil {
			return err
		}
		if has {
			return fault.Of(fault.NotFound)
		}
		_, err := t.exec(
			`INSERT INTO users (`+userColumns+`, password_hash) VALUES (?, ?, ?, ?, 0, ?, ?)`,
			u.ID, u.Email, u.Name, string(u.Role), u.CreatedAt.Unix(), passwordHash,
		)
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}
