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

// FactorOf returns a person's second factor, or fault.NotFound.
func (db *DB) FactorOf(ctx context.Context, userID string) (account.Factor, error) {
	f := account.Factor{UserID: userID}
	var created int64
	err := db.read(ctx).row(`SELECT sealed, created_at, last_step,
			(SELECT count(*) FROM recovery_codes r WHERE r.user_id = f.user_id)
		FROM second_factors f WHERE user_id = ?`, userID).
		Scan(&f.Sealed, &created, &f.LastStep, &f.Recovery)
	if errors.Is(err, sql.ErrNoRows) {
		return f, fault.Of(fault.NotFound)
	}
	f.CreatedAt = time.Unix(created, 0).UTC()
	return f, db.wrap("find a second factor", err)
}

// AddFactor stores a second factor with its recovery codes. One that exists is fault.Conflict.
func (db *DB) AddFactor(
	ctx context.Context, f account.Factor, recovery [][]byte, entry audit.Entry,
) error {
	return db.write(ctx, "add a second factor", func(t *tx) error {
		_, err := t.exec(
			`INSERT INTO second_factors (user_id, sealed, created_at, last_step) VALUES (?, ?, ?, ?)`,
			f.UserID, f.Sealed, f.CreatedAt.Unix(), f.LastStep,
		)
		if t.isUnique(err) {
			return fault.New(fault.Conflict, fault.CodeConflict,
				"You have a second factor already. Turn it off to set up another.")
		}
		if err == nil {
			err = replaceRecovery(t, f.UserID, recovery)
		}
		if err == nil {
			_, err = t.exec(`UPDATE sessions SET enrolls = 0 WHERE user_id = ?`, f.UserID)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

func replaceRecovery(t *tx, userID string, macs [][]byte) error {
	if _, err := t.exec(`DELETE FROM recovery_codes WHERE user_id = ?`, userID); err != nil {
		return err
	}
	for _, mac := range macs {
		_, err := t.exec(`INSERT INTO recovery_codes (user_id, code_mac) VALUES (?, ?)`, userID, mac)
		if err != nil {
			return err
		}
	}
	return nil
}

// UseStep accepts the code of a step later than every one before, else it is fault.NotFound.
func (db *DB) UseStep(ctx context.Context, userID string, step int64) error {
	return db.write(ctx, "use a one-time password", func(t *tx) error {
		return mustChange(t.exec(
			`UPDATE second_factors SET last_step = ? WHERE user_id = ? AND last_step < ?`,
			step, userID, step,
		))
	})
}

// UseRecovery deletes a recovery code, or is fault.NotFound.
func (db *DB) UseRecovery(
	ctx context.Context, userID string, mac []byte, entry audit.Entry,
) error {
	return db.write(ctx, "use a recovery code", func(t *tx) error {
		err := mustChange(t.exec(
			`DELETE FROM recovery_codes WHERE user_id = ? AND code_mac = ?`, userID, mac,
		))
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// SetRecovery replaces all recovery codes of a person with a second factor.
func (db *DB) SetRecovery(
	ctx context.Context, userID string, macs [][]byte, entry audit.Entry,
) error {
	return db.write(ctx, "replace recovery codes", func(t *tx) error {
		err := mustChange(
			t.exec(`UPDATE second_factors SET user_id = user_id WHERE user_id = ?`, userID),
		)
		if err == nil {
			err = replaceRecovery(t, userID, macs)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// RemoveFactor deletes a second factor, or is fault.NotFound.
func (db *DB) RemoveFactor(
	ctx context.Context, userID string, signOut bool, entry audit.Entry,
) error {
	return db.write(ctx, "remove a second factor", func(t *tx) error {
		err := mustChange(t.exec(`DELETE FROM second_factors WHERE user_id = ?`, userID))
		if err == nil {
			err = replaceRecovery(t, userID, nil)
		}
		switch {
		case err != nil:
		case signOut:
			err = endSessions(t, userID)
		default:
			_, err = t.exec(`UPDATE sessions SET enrolls = 1 WHERE user_id = ? AND EXISTS
				(SELECT 1 FROM signin_settings WHERE require_second_factor = 1)`, userID)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// GuardsOf returns what keeps the passwords of some people from being enough to sign in as them.
func (db *DB) GuardsOf(
	ctx context.Context, userIDs []string, passwords bool,
) (map[string]account.Guard, error) {
	guards := map[string]account.Guard{}
	if len(userIDs) == 0 {
		return guards, nil
	}
	err := each(db.read(ctx), func(rows *sql.Rows) error {
		var id string
		var password, factor, provider, passkey bool
		if err := rows.Scan(&id, &password, &factor, &provider, &passkey); err != nil {
			return err
		}
		switch password = password && passwords; {
		case password && factor:
			guards[id] = account.ByFactor
		case password:
		case provider:
			guards[id] = account.ByProvider
		case passkey:
			guards[id] = account.ByPasskey
		}
		return nil
	}, `SELECT u.id, u.password_hash <> '',
		EXISTS (SELECT 1 FROM second_factors f WHERE f.user_id = u.id),
		EXISTS (SELECT 1 FROM external_identities e WHERE e.user_id = u.id),
		EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = u.id)
		FROM users u WHERE u.id IN (`+placeholders(len(userIDs))+`)`, arguments(userIDs)...)
	return guards, db.wrap("list second factors", err)
}

// FactorRequired reports whether a second factor is required. It isn't until someone says so.
func (db *DB) FactorRequired(ctx context.Context) (required bool, err error) {
	err = db.read(ctx).row(`SELECT require_second_factor FROM signin_settings`).Scan(&required)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return required, db.wrap("read the settings of signing in", err)
}

// RequireFactor says whether a second factor is required.
func (db *DB) RequireFactor(ctx context.Context, required bool, entry audit.Entry) error {
	return db.write(ctx, "change the settings of signing in", func(t *tx) error {
		_, err := t.exec(`INSERT INTO signin_settings (one, require_second_factor) VALUES (1, ?)
			ON CONFLICT (one) DO UPDATE SET require_second_factor = excluded.require_second_factor`,
			boolToInt(required))
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}
