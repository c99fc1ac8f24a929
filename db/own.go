package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

// UserByID finds a person and their password's hash, else it is fault.NotFound.
func (db *DB) UserByID(
	ctx context.Context, userID string,
) (u account.User, passwordHash string, err error) {
	row := db.read(ctx).row(`SELECT `+userFields+`, u.password_hash FROM users u
		WHERE id = ? AND `+isPerson, userID)
	if u, err = scanUser(row.Scan, &passwordHash); errors.Is(err, sql.ErrNoRows) {
		return u, "", fault.Of(fault.NotFound)
	}
	return u, passwordHash, db.wrap("find a person", err)
}

// SetName changes a person's name.
func (db *DB) SetName(ctx context.Context, userID, name string, entry audit.Entry) error {
	return db.write(ctx, "set a name", func(t *tx) error {
		err := mustChange(
			t.exec(`UPDATE users SET name = ? WHERE id = ? AND kind = 'person'`, name, userID),
		)
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// SetEmails stores whether a person wants emails about their new links.
func (db *DB) SetEmails(ctx context.Context, userID string, wanted bool) error {
	return db.write(ctx, "set a person's emails", func(t *tx) error {
		return mustChange(t.exec(`UPDATE users SET tell = ? WHERE id = ? AND kind = 'person'`,
			boolToInt(wanted), userID))
	})
}

// ReplacePassword replaces the hash before with another, and ends the user's sessions.
func (db *DB) ReplacePassword(
	ctx context.Context, userID, before, after string, entry audit.Entry,
) error {
	return db.write(ctx, "replace a password", func(t *tx) error {
		err := mustChange(t.exec(`UPDATE users SET password_hash = ?
			WHERE id = ? AND kind = 'person' AND password_hash = ?`, after, userID, before))
		if err != nil {
			return err
		}
		if err := endSessions(t, userID); err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// SessionsOf returns a user's sessions that last beyond now and were used since idleSince.
func (db *DB) SessionsOf(
	ctx context.Context, userID string, now, idleSince time.Time,
) ([]account.Session, error) {
	list, err := collect(db.read(ctx), func(rows *sql.Rows) (s account.Session, err error) {
		var hash []byte
		var begun, used, ends int64
		err = rows.Scan(&hash, &begun, &used, &ends, &s.Device)
		copy(s.TokenHash[:], hash)
		s.UserID, s.CreatedAt = userID, time.Unix(begun, 0).UTC()
		s.LastUsed, s.ExpiresAt = time.Unix(used, 0).UTC(), time.Unix(ends, 0).UTC()
		return s, err
	}, `SELECT token_hash, created_at, last_used, expires_at, device FROM sessions
		WHERE user_id = ? AND expires_at > ? AND last_used > ?
		ORDER BY last_used DESC, created_at DESC, token_hash`,
		userID, now.Unix(), idleSince.Unix())
	return list, db.wrap("list sessions", err)
}

// EndSessions deletes sessions of a user. If there are none, no entry is stored.
func (db *DB) EndSessions(
	ctx context.Context, userID string, tokenHashes [][32]byte, entry audit.Entry,
) (int, error) {
	return write(ctx, db, "end sessions", func(t *tx) (int, error) {
		n := 0
		for _, hash := range tokenHashes {
			ended, err := t.exec(
				`DELETE FROM sessions WHERE token_hash = ? AND user_id = ?`, hash[:], userID,
			)
			if err != nil {
				return 0, err
			}
			n += int(ended)
		}
		if n == 0 {
			return 0, nil
		}
		return n, insertEntry(t, entry)
	})
}
