package db

import (
	"context"
	"database/sql"
	"errors"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

// waysOf selects a person's ways to sign in: a password, the provider with an issuer, and passkeys,
// which count for nothing for someone whom any provider knows.
const waysOf = `SELECT u.password_hash <> '', e.issuer IS NOT NULL AND e.issuer = ?,
	CASE WHEN e.issuer IS NULL THEN (SELECT count(*) FROM passkeys p WHERE p.user_id = u.id) ELSE 0 END
	FROM users u LEFT JOIN external_identities e ON e.user_id = u.id WHERE u.id = ? AND ` + isPerson

func scanWays(scan func(...any) error) (w account.Ways, err error) {
	err = scan(&w.Password, &w.Provider, &w.Passkeys)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Of(fault.NotFound)
	}
	return w, err
}

// WaysOf returns a person's ways to sign in, or fault.NotFound.
func (db *DB) WaysOf(ctx context.Context, userID, issuer string) (account.Ways, error) {
	ways, err := scanWays(db.read(ctx).row(waysOf, issuer, userID).Scan)
	return ways, db.wrap("find ways to sign in", err)
}

// RemovePassword removes a password with its second factor, and ends the person's sessions.
func (db *DB) RemovePassword(
	ctx context.Context, userID, before, issuer string, entry audit.Entry,
) error {
	return db.write(ctx, "remove a password", func(t *tx) error {
		if err := lockPerson(t, userID); err != nil {
			return err
		}
		ways, err := scanWays(t.row(waysOf, issuer, userID).Scan)
		if err == nil && !ways.BesidePassword() {
			err = account.LastWay()
		}
		if err == nil {
			err = mustChange(t.exec(`UPDATE users SET password_hash = '' WHERE id = ? AND password_hash = ?`,
				userID, before))
		}
		if err == nil {
			err = deleteFactor(t, userID)
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

// lockPerson makes changes of a person's ways to sign in wait for each other. Without it, of two at
// once each could leave the other as the last.
func lockPerson(t *tx, userID string) error {
	return mustChange(t.exec(`UPDATE users SET id = id WHERE id = ? AND disabled = 0`, userID))
}

// deleteFactor deletes a second factor with its recovery codes.
func deleteFactor(t *tx, userID string) (err error) {
	for _, table := range []string{"second_factors", "recovery_codes"} {
		if err == nil {
			_, err = t.exec(`DELETE FROM `+table+` WHERE user_id = ?`, userID)
		}
	}
	return err
}
