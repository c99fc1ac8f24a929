package db

import (
	"context"
	"database/sql"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

// AddPasskey stores a passkey of a person who has fewer than most.
func (db *DB) AddPasskey(
	ctx context.Context, p account.Passkey, most int, entry audit.Entry,
) error {
	return db.write(ctx, "add a passkey", func(t *tx) error {
		// The person's row is locked first: of many at once each counts those before.
		if err := lockPerson(t, p.UserID); err != nil {
			return err
		}
		if err := insertPasskey(t, p.UserID, p, most); err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// insertPasskey stores a passkey of a person whose row is locked.
func insertPasskey(t *tx, userID string, p account.Passkey, most int) error {
	var count int
	err := t.row(`SELECT count(*) FROM passkeys WHERE user_id = ?`, userID).Scan(&count)
	if err != nil {
		return err
	}
	if count < most {
		_, err = t.exec(
			`INSERT INTO passkeys (id, user_id, sealed_name, credential, created_at) VALUES (?, ?, ?, ?, ?)`,
			p.ID, userID, p.SealedName, p.Credential, p.CreatedAt.Unix(),
		)
	}
	if t.isUnique(err) || count >= most {
		return fault.New(fault.Conflict, fault.CodeConflict,
			"This passkey is here already, or there are too many. Remove one first.")
	}
	return err
}

// PasskeysOf returns a person's passkeys, the oldest first.
func (db *DB) PasskeysOf(ctx context.Context, userID string) ([]account.Passkey, error) {
	list, err := collect(db.read(ctx), func(rows *sql.Rows) (account.Passkey, error) {
		p := account.Passkey{UserID: userID}
		var created, used int64
		err := rows.Scan(&p.ID, &p.SealedName, &p.Credential, &created, &used)
		p.CreatedAt, p.LastUsed = time.Unix(created, 0).UTC(), timeOf(used)
		return p, err
	}, `SELECT id, sealed_name, credential, created_at, last_used FROM passkeys
		WHERE user_id = ? ORDER BY created_at, id`, userID)
	return list, db.wrap("list passkeys", err)
}

// UsePasskey replaces the credential of a passkey that wasn't used since the sign-in began.
func (db *DB) UsePasskey(
	ctx context.Context, proof account.PasskeyProof, now time.Time,
) error {
	key := proof.Before
	return db.write(ctx, "use a passkey", func(t *tx) error {
		return mustChange(t.exec(`UPDATE passkeys SET credential = ?, last_used = ?
			WHERE id = ? AND user_id = ? AND credential = ? AND last_used < ? AND NOT EXISTS
			(SELECT 1 FROM external_identities e WHERE e.user_id = passkeys.user_id)`,
			proof.After, now.Unix(), key.ID, key.UserID, key.Credential, proof.Begun.Unix()))
	})
}

// RemovePasskey deletes a person's passkey, or is fault.NotFound.
func (db *DB) RemovePasskey(
	ctx context.Context, userID string, id []byte, passwords bool, entry audit.Entry,
) error {
	return db.write(ctx, "remove a passkey", func(t *tx) error {
		err := lockPerson(t, userID)
		if err == nil {
			err = mustChange(
				t.exec(`DELETE FROM passkeys WHERE id = ? AND user_id = ?`, id, userID),
			)
		}
		if err == nil {
			err = keepPasskeyOrPassword(t, userID, passwords)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// keepPasskeyOrPassword returns fault.Conflict where a person has neither a passkey nor, where passwords
// count, a password. Someone who signs in with a provider needs none.
func keepPasskeyOrPassword(t *tx, userID string, passwords bool) error {
	var stays bool
	err := t.row(`SELECT EXISTS (SELECT 1 FROM passkeys WHERE user_id = ?)
		OR EXISTS (SELECT 1 FROM external_identities WHERE user_id = ?)
		OR EXISTS (SELECT 1 FROM users WHERE id = ? AND password_hash <> '' AND ? = 1)`,
		userID, userID, userID, boolToInt(passwords)).Scan(&stays)
	if err == nil && !stays {
		err = account.LastWay()
	}
	return err
}
