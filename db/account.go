package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

const (
	userColumns = `id, email, name, role, disabled, created_at`
	// isPerson selects people who were not removed.
	isPerson = `kind = 'person' AND removed_at = 0`
	// userFields are what a list shows of a user u.
	userFields = `u.id, u.email, u.name, u.role, u.disabled, u.created_at, u.pending,
		(SELECT COALESCE(max(s.last_used), u.last_seen) FROM sessions s WHERE s.user_id = u.id),
		COALESCE((SELECT i.expires_at FROM user_codes i WHERE i.user_id = u.id AND i.used_at = 0), 0)`
)

// AddUser stores a new user. An address in use is fault.Conflict.
func (db *DB) AddUser(
	ctx context.Context,
	u account.User,
	passwordHash string,
	entry audit.Entry,
) error {
	return db.write(ctx, "add user", func(t *tx) error {
		_, err := t.exec(
			`INSERT INTO users (`+userColumns+`, password_hash) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			u.ID,
			u.Email,
			u.Name,
			string(u.Role),
			boolToInt(u.Disabled),
			u.CreatedAt.Unix(),
			passwordHash,
		)
		if t.isUnique(err) {
			return fault.New(
				fault.Conflict,
				fault.CodeConflict,
				"There is a user with this email address already.",
			)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// SetPassword replaces a user's password hash and ends their sessions.
func (db *DB) SetPassword(
	ctx context.Context,
	userID, passwordHash string,
	entry audit.Entry,
) error {
	return db.write(ctx, "set password", func(t *tx) error {
		err := mustChange(
			t.exec(
				`UPDATE users SET password_hash = ?, pending = 0 WHERE id = ? AND `+isPerson,
				passwordHash,
				userID,
			),
		)
		if err != nil {
			return err
		}
		if err := endSessions(t, userID); err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// SetDisabled disables a user and ends their sessions, or enables a user again.
func (db *DB) SetDisabled(
	ctx context.Context,
	userID string,
	disabled bool,
	entry audit.Entry,
) error {
	return db.write(ctx, "set disabled", func(t *tx) error {
		if err := t.lock(policyLock); err != nil {
			return err
		}
		if disabled {
			if err := keepAnAdmin(t, userID); err != nil {
				return err
			}
		}
		err := mustChange(
			t.exec(
				`UPDATE users SET disabled = ? WHERE id = ? AND `+isPerson,
				boolToInt(disabled),
				userID,
			),
		)
		if err != nil {
			return err
		}
		if err := endSessions(t, userID); err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// endSessions ends a user's sessions, and no browser is known as theirs any more.
func endSessions(t *tx, userID string) error {
	_, err := t.exec(`DELETE FROM sessions WHERE user_id = ?`, userID)
	if err == nil {
		_, err = t.exec(`DELETE FROM known_browsers WHERE user_id = ?`, userID)
	}
	return err
}

// UserByEmail finds a user by the canonical address, else it is fault.NotFound.
func (db *DB) UserByEmail(
	ctx context.Context,
	email string,
) (u account.User, passwordHash string, err error) {
	row := db.read(ctx).
		row(`SELECT `+userFields+`, u.password_hash FROM users u WHERE email = ? AND `+isPerson, email)
	if u, err = scanUser(row.Scan, &passwordHash); errors.Is(err, sql.ErrNoRows) {
		return u, "", fault.Of(fault.NotFound)
	}
	return u, passwordHash, db.wrap("find user", err)
}

// ListUsers returns all users by name.
func (db *DB) ListUsers(ctx context.Context) ([]account.User, error) {
	list, err := collect(
		db.read(ctx),
		func(rows *sql.Rows) (account.User, error) { return scanUser(rows.Scan) },
		`SELECT `+userFields+` FROM users u WHERE `+isPerson+` ORDER BY name, id`,
	)
	return list, db.wrap("list users", err)
}

// UsersAfter returns at most limit users by name.
func (db *DB) UsersAfter(ctx context.Context, after string, limit int) ([]account.User, error) {
	query, args := afterUser(
		`SELECT `+userFields+` FROM users u WHERE `+isPerson,
		nil,
		after,
	)
	list, err := collect(
		db.read(ctx),
		func(rows *sql.Rows) (account.User, error) { return scanUser(rows.Scan) },
		query+` ORDER BY name, id LIMIT ?`, append(args, limit)...,
	)
	return list, db.wrap("list users", err)
}

// afterUser lets a query of the users u go on after the one with an ID, "" for none.
func afterUser(query string, args []any, id string) (string, []any) {
	if id == "" {
		return query, args
	}
	return query + ` AND (u.name, u.id) > (SELECT name, id FROM users WHERE id = ?)`,
		append(args, id)
}

const partyColumns = `SELECT u.id, u.name, CASE WHEN u.kind = 'person' AND u.removed_at = 0
	THEN u.email ELSE '' END FROM users u`

// PartiesAfter returns at most limit people and then service accounts by name.
func (db *DB) PartiesAfter(ctx context.Context, after string, limit int) ([]account.Party, error) {
	query, args := partyColumns, []any{}
	if after != "" {
		query += ` WHERE (u.kind, u.name, u.id) > (SELECT kind, name, id FROM users WHERE id = ?)`
		args = append(args, after)
	}
	list, err := collect(
		db.read(
			ctx,
		),
		scanParty,
		query+` ORDER BY u.kind, u.name, u.id LIMIT ?`,
		append(args, limit)...,
	)
	return list, db.wrap("list people and service accounts", err)
}

// partyBatch is how many people and service accounts one statement reads by ID at most.
const partyBatch = 50

// PartiesByID returns people and service accounts. Unknown IDs have none.
func (db *DB) PartiesByID(ctx context.Context, ids []string) ([]account.Party, error) {
	var all []account.Party
	for batch := range slices.Chunk(ids, partyBatch) {
		found, err := collect(
			db.read(ctx),
			scanParty,
			partyColumns+` WHERE u.id IN (`+placeholders(
				partyBatch,
			)+`)`,
			padded(batch, partyBatch)...,
		)
		if err != nil {
			return nil, db.wrap("read people and service accounts", err)
		}
		all = append(all, found...)
	}
	return all, nil
}

func scanParty(rows *sql.Rows) (p account.Party, err error) {
	err = rows.Scan(&p.ID, &p.Name, &p.Email)
	return p, err
}

// scanUser reads userFields and the columns after them.
func scanUser(scan func(...any) error, more ...any) (u account.User, err error) {
	var created, seen, expires int64
	places := []any{
		&u.ID, &u.Email, &u.Name, &u.Role, &u.Disabled, &created, &u.Pending, &seen, &expires,
	}
	err = scan(append(places, more...)...)
	u.CreatedAt, u.LastSeen = time.Unix(created, 0).UTC(), timeOf(seen)
	u.CodeExpires = timeOf(expires)
	return u, err
}
