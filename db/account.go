package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

const userColumns = `id, email, name, role, disabled, created_at`

// AddUser keeps a new user; an address that is taken is fault.Conflict.
func (db *DB) AddUser(ctx context.Context, u account.User, passwordHash string, entry audit.Entry) error {
	return db.write(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO users (`+userColumns+`, password_hash) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			u.ID, u.Email, u.Name, string(u.Role), bit(u.Disabled), u.CreatedAt.Unix(), passwordHash)
		if t.isUnique(err) {
			return fault.New(fault.Conflict, fault.CodeConflict, "There is a user with this email address already.")
		}
		if err != nil {
			return fault.Wrap("add user", err)
		}
		return insertEntry(t, entry)
	})
}

// SetPassword replaces a user's password hash and ends their sessions.
func (db *DB) SetPassword(ctx context.Context, userID, passwordHash string, entry audit.Entry) error {
	return db.write(ctx, func(t *tx) error {
		if err := one(t.exec(`UPDATE users SET password_hash = ? WHERE id = ? AND kind = 'person'`, passwordHash, userID)); err != nil {
			return fault.Wrap("set password", err)
		}
		if err := endSessions(t, userID); err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// SetDisabled keeps a user out and ends their sessions, or lets them in again.
func (db *DB) SetDisabled(ctx context.Context, userID string, disabled bool, entry audit.Entry) error {
	return db.write(ctx, func(t *tx) error {
		if err := one(t.exec(`UPDATE users SET disabled = ? WHERE id = ? AND kind = 'person'`, bit(disabled), userID)); err != nil {
			return fault.Wrap("set disabled", err)
		}
		if err := endSessions(t, userID); err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

func endSessions(t *tx, userID string) error {
	_, err := t.exec(`DELETE FROM sessions WHERE user_id = ?`, userID)
	return fault.Wrap("end sessions", err)
}

// UserByEmail finds a user by the canonical address.
func (db *DB) UserByEmail(ctx context.Context, email string) (u account.User, passwordHash string, err error) {
	row := db.read().row(ctx, `SELECT `+userColumns+`, password_hash FROM users WHERE email = ? AND kind = 'person'`, email)
	if u, err = user(row.Scan, &passwordHash); errors.Is(err, sql.ErrNoRows) {
		return u, "", fault.Of(fault.NotFound)
	}
	return u, passwordHash, db.failed("find user", err)
}

// ListUsers gives all users by name.
func (db *DB) ListUsers(ctx context.Context) (list []account.User, err error) {
	rows, err := db.read().query(ctx, `SELECT `+userColumns+` FROM users WHERE kind = 'person' ORDER BY name, id`)
	if err != nil {
		return nil, db.failed("list users", err)
	}
	defer rows.Close()
	for rows.Next() {
		u, err := user(rows.Scan)
		if err != nil {
			return nil, db.failed("list users", err)
		}
		list = append(list, u)
	}
	return list, db.failed("list users", rows.Err())
}

// user scans userColumns and what follows them.
func user(scan func(...any) error, more ...any) (u account.User, err error) {
	var created int64
	err = scan(append([]any{&u.ID, &u.Email, &u.Name, &u.Role, &u.Disabled, &created}, more...)...)
	u.CreatedAt = time.Unix(created, 0).UTC()
	return u, err
}

// SetGrant replaces what a user may do in a vault. Nothing is no row.
func (db *DB) SetGrant(ctx context.Context, g account.Grant, entry audit.Entry) error {
	return db.write(ctx, func(t *tx) error {
		// The user's own row says whether there is one, also when nothing is granted.
		if err := one(t.exec(`UPDATE users SET id = id WHERE id = ?`, g.UserID)); err != nil {
			return fault.Wrap("find user", err)
		}
		_, err := t.exec(`DELETE FROM grants WHERE user_id = ? AND vault_id = ?`, g.UserID, g.VaultID)
		if err == nil && (g.View || g.Share) {
			// An import may have granted the same at this moment.
			_, err = t.exec(`INSERT INTO grants (user_id, vault_id, may_view, may_share) VALUES (?, ?, 1, ?)
				ON CONFLICT (user_id, vault_id) DO UPDATE SET may_share = excluded.may_share`,
				g.UserID, g.VaultID, bit(g.Share))
		}
		if err != nil {
			return fault.Wrap("set grant", err)
		}
		return insertEntry(t, entry)
	})
}

// ListGrants gives what everybody may do.
func (db *DB) ListGrants(ctx context.Context) (list []account.Grant, err error) {
	rows, err := db.read().query(ctx, `SELECT user_id, vault_id, may_view, may_share FROM grants ORDER BY user_id, vault_id`)
	if err != nil {
		return nil, db.failed("list grants", err)
	}
	defer rows.Close()
	for rows.Next() {
		var g account.Grant
		if err := rows.Scan(&g.UserID, &g.VaultID, &g.View, &g.Share); err != nil {
			return nil, db.failed("list grants", err)
		}
		list = append(list, g)
	}
	return list, db.failed("list grants", rows.Err())
}

// forgotten is so many rows of counters at a time: each try sweeps behind itself.
const forgotten = 10

// Attempt counts one try under each counter, or tells how long one must wait.
func (db *DB) Attempt(ctx context.Context, counters []account.Counter, now time.Time) (wait time.Duration, err error) {
	counters = slices.SortedFunc(slices.Values(counters), func(a, b account.Counter) int { return bytes.Compare(a.Key, b.Key) })
	err = db.write(ctx, func(t *tx) error {
		wait = 0
		if err := forgetAttempts(t, now); err != nil {
			return err
		}
		for _, c := range counters { // in one order for all: no deadlock
			w, err := waitOf(t, c, now)
			if err != nil {
				return err
			}
			wait = max(wait, w)
		}
		if wait > 0 {
			return nil
		}
		for _, c := range counters {
			if err := count(t, c, now); err != nil {
				return err
			}
		}
		return nil
	})
	return wait, fault.Wrap("count sign-in", err)
}

// waitOf locks the counter's row until the commit, making it where there is none.
func waitOf(t *tx, c account.Counter, now time.Time) (time.Duration, error) {
	var tries int
	var last int64
	err := t.row(`INSERT INTO signin_attempts (attempt_key, tries, last_at) VALUES (?, 0, ?)
		ON CONFLICT (attempt_key) DO UPDATE SET tries = signin_attempts.tries RETURNING tries, last_at`, c.Key, now.Unix()).Scan(&tries, &last)
	return c.Wait(tries, now.Sub(time.Unix(last, 0))), err
}

func count(t *tx, c account.Counter, now time.Time) error {
	_, err := t.exec(`UPDATE signin_attempts SET tries = CASE WHEN last_at <= ? THEN 1 ELSE tries + 1 END, last_at = ?
		WHERE attempt_key = ?`, now.Add(-account.Forgotten).Unix(), now.Unix(), c.Key)
	return err
}

func forgetAttempts(t *tx, now time.Time) error {
	_, err := t.exec(`WITH old AS MATERIALIZED
		(SELECT attempt_key FROM signin_attempts WHERE last_at <= ? ORDER BY last_at LIMIT ?`+t.dialect.skipLocked+`)
		DELETE FROM signin_attempts WHERE attempt_key IN (SELECT attempt_key FROM old)`,
		now.Add(-account.Forgotten).Unix(), forgotten)
	return err
}

// ForgiveAttempts forgets an account's tries and takes back one of the peer's.
func (db *DB) ForgiveAttempts(ctx context.Context, accountKey, peerKey []byte) error {
	return db.write(ctx, func(t *tx) error {
		// Changed in the order in which Attempt locks them, which keys alone decide.
		_, err := t.exec(`UPDATE signin_attempts SET tries = tries WHERE attempt_key = ?`, slices.MinFunc([][]byte{accountKey, peerKey}, bytes.Compare))
		if err == nil {
			_, err = t.exec(`DELETE FROM signin_attempts WHERE attempt_key = ?`, accountKey)
		}
		if err == nil {
			_, err = t.exec(`UPDATE signin_attempts SET tries = tries - 1 WHERE attempt_key = ? AND tries > 0`, peerKey)
		}
		return fault.Wrap("forgive sign-in", err)
	})
}

// one turns a change of no row into fault.NotFound.
func one(changed int64, err error) error {
	if err == nil && changed == 0 {
		return fault.Of(fault.NotFound)
	}
	return err
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
