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

// UserByExternal returns the person whom a provider knows by a subject, or fault.NotFound.
func (db *DB) UserByExternal(
	ctx context.Context, issuer, subject string,
) (account.User, error) {
	user, err := scanUser(db.read(ctx).row(`SELECT `+userFields+`
		FROM external_identities e JOIN users u ON u.id = e.user_id
		WHERE e.issuer = ? AND e.subject = ? AND `+isPerson, issuer, subject).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return user, fault.Of(fault.NotFound)
	}
	return user, db.wrap("find a provider's person", err)
}

// BindExternal lets a person sign in with a provider alone. Their password and code end.
func (db *DB) BindExternal(
	ctx context.Context, userID string, e account.External, now time.Time, entry audit.Entry,
) error {
	return db.write(ctx, "bind a provider's person", func(t *tx) error {
		err := mustChange(t.exec(`UPDATE users SET password_hash = '', pending = 0
			WHERE id = ? AND disabled = 0 AND `+isPerson+`
			AND NOT EXISTS (SELECT 1 FROM external_identities WHERE user_id = users.id)`, userID))
		if err == nil {
			err = insertExternal(t, userID, e, now)
		}
		if err == nil {
			_, err = t.exec(`DELETE FROM user_codes WHERE user_id = ?`, userID)
		}
		if err == nil {
			err = deleteCodeMail(t, userID)
		}
		if err == nil {
			err = endSessions(t, userID)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// insertExternal stores whom a provider knows. One who is known already is fault.Conflict.
func insertExternal(t *tx, userID string, e account.External, now time.Time) error {
	_, err := t.exec(
		`INSERT INTO external_identities (issuer, subject, user_id, bound_at) VALUES (?, ?, ?, ?)`,
		e.Issuer, e.Subject, userID, now.Unix(),
	)
	if t.isUnique(err) {
		return fault.Of(fault.Conflict)
	}
	return err
}

// AddExternal adds a person who signs in with a provider. An address in use is fault.Conflict.
func (db *DB) AddExternal(
	ctx context.Context, u account.User, e account.External, entry audit.Entry,
) error {
	return db.write(ctx, "add a provider's person", func(t *tx) error {
		_, err := t.exec(
			`INSERT INTO users (`+userColumns+`, password_hash) VALUES (?, ?, ?, ?, 0, ?, '')`,
			u.ID, u.Email, u.Name, string(u.Role), u.CreatedAt.Unix(),
		)
		if t.isUnique(err) {
			return fault.Of(fault.Conflict)
		}
		if err == nil {
			err = insertExternal(t, u.ID, e, u.CreatedAt)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// IsExternal reports whether a person signs in with a provider.
func (db *DB) IsExternal(ctx context.Context, userID string) (bound bool, err error) {
	err = db.read(ctx).row(
		`SELECT EXISTS (SELECT 1 FROM external_identities WHERE user_id = ?)`, userID,
	).Scan(&bound)
	return bound, db.wrap("find a provider's person", err)
}
