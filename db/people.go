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

// keepAnAdmin returns fault.Conflict where a user is the only one who can sign in and manage the
// installation. The caller holds policyLock, so that of two such changes the second sees the first.
func keepAnAdmin(t *tx, userID string) error {
	const admin = `SELECT 1 FROM users WHERE role = 'admin' AND disabled = 0 AND pending = 0 AND ` + isPerson
	var last bool
	err := t.row(`SELECT EXISTS (`+admin+` AND id = ?) AND NOT EXISTS (`+admin+` AND id <> ?)`,
		userID, userID).Scan(&last)
	if err == nil && last {
		err = account.LastAdmin()
	}
	return err
}

// AddPending stores an invited person, their grants, their groups and their code. An address in use
// is fault.Conflict, a group that doesn't exist fault.NotFound.
func (db *DB) AddPending(ctx context.Context, invited account.Invited, entry audit.Entry) error {
	u := invited.User
	return db.write(ctx, "invite a person", func(t *tx) error {
		if err := t.lock(policyLock); err != nil {
			return err
		}
		_, err := t.exec(
			`INSERT INTO users (`+userColumns+`, password_hash, pending) VALUES (?, ?, ?, ?, 0, ?, '', 1)`,
			u.ID, u.Email, u.Name, string(u.Role), u.CreatedAt.Unix(),
		)
		if t.isUnique(err) {
			return fault.Of(fault.Conflict)
		}
		for _, g := range invited.Grants {
			if err == nil {
				err = insertGrant(t, g)
			}
		}
		for _, id := range invited.GroupIDs {
			if err == nil {
				err = mustChange(t.exec(`INSERT INTO group_members (group_id, user_id)
					SELECT id, ? FROM user_groups WHERE id = ?`, u.ID, id))
			}
		}
		if err == nil {
			err = setCode(t, u.ID, invited.Code)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// SetCode replaces the code of a person who is pending, or of one who is not.
func (db *DB) SetCode(
	ctx context.Context, userID string, pending bool, code account.PersonCode, entry audit.Entry,
) error {
	return db.write(ctx, "set a person's code", func(t *tx) error {
		err := mustChange(t.exec(
			`UPDATE users SET id = id WHERE id = ? AND pending = ? AND disabled = 0 AND `+isPerson,
			userID, boolToInt(pending),
		))
		if err == nil {
			err = setCode(t, userID, code)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// setCode stores a code and queues its email, in place of the ones before.
func setCode(t *tx, userID string, code account.PersonCode) error {
	var mailID string
	if code.Mail != nil {
		mailID = code.Mail.ID
	}
	_, err := t.exec(
		`INSERT INTO user_codes (user_id, code_mac, created_at, expires_at, mail_id)
			VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (user_id) DO UPDATE SET code_mac = excluded.code_mac,
			created_at = excluded.created_at, expires_at = excluded.expires_at, used_at = 0,
			mail_id = excluded.mail_id, mail_failed_at = 0, mail_retry_at = 0, mail_reason = NULL`,
		userID, code.MAC, code.CreatedAt.Unix(), code.ExpiresAt.Unix(), mailID,
	)
	if err != nil {
		return err
	}
	if m := code.Mail; m != nil {
		return insertMail(t, m.ID, m.Topic, m.Sealed, m.Until.Unix(), code.CreatedAt.Unix())
	}
	return deleteCodeMail(t, userID)
}

// deleteCodeMail takes back the email with a person's code if it waits.
func deleteCodeMail(t *tx, userID string) error {
	_, err := t.exec(`DELETE FROM mail_queue WHERE topic = ?`, account.CodeTopic(userID))
	return err
}

const codeFields = `COALESCE(c.created_at, 0), COALESCE(c.expires_at, 0), COALESCE(c.used_at, 0)`

// codeScan reads codeFields.
type codeScan struct{ created, expires, used int64 }

func (c *codeScan) places() []any { return []any{&c.created, &c.expires, &c.used} }

func (c *codeScan) code() account.PersonCode {
	return account.PersonCode{
		CreatedAt: timeOf(c.created), ExpiresAt: timeOf(c.expires), UsedAt: timeOf(c.used),
	}
}

// PersonByCode returns whose code it is, else fault.NotFound.
func (db *DB) PersonByCode(
	ctx context.Context, mac []byte,
) (account.User, account.PersonCode, error) {
	var scan codeScan
	user, err := scanUser(db.read(ctx).row(
		`SELECT `+userFields+`, `+codeFields+` FROM user_codes c JOIN users u ON u.id = c.user_id
		WHERE c.code_mac = ? AND `+isPerson, mac,
	).Scan, scan.places()...)
	if errors.Is(err, sql.ErrNoRows) {
		return user, account.PersonCode{}, fault.Of(fault.NotFound)
	}
	return user, scan.code(), db.wrap("find a person by a code", err)
}

// UseCode ends a code and gives its person a password or a passkey. Their sessions end.
func (db *DB) UseCode(ctx context.Context, use account.CodeUse, now time.Time) error {
	return db.write(ctx, "use a person's code", func(t *tx) error {
		var userID string
		err := t.row(`UPDATE user_codes SET used_at = ? WHERE code_mac = ? AND used_at = 0
			AND expires_at > ? RETURNING user_id`, now.Unix(), use.MAC, now.Unix()).Scan(&userID)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.Of(fault.NotFound)
		}
		if err == nil {
			err = mustChange(t.exec(`UPDATE users SET password_hash = ?, pending = 0
				WHERE id = ? AND disabled = 0 AND `+isPerson, use.PasswordHash, userID))
		}
		if err == nil {
			err = deleteFactor(t, userID) // it may be lost too
		}
		if err == nil && use.Passkey != nil {
			err = insertPasskey(t, userID, *use.Passkey, use.MostPasskeys)
		}
		if err == nil {
			err = endSessions(t, userID)
		}
		if err == nil {
			err = deleteCodeMail(t, userID)
		}
		for _, entry := range use.Entries {
			if err == nil {
				err = insertEntry(t, entry)
			}
		}
		return err
	})
}

// Withdraw deletes a pending person with what refers to them.
func (db *DB) Withdraw(ctx context.Context, userID string, entry audit.Entry) error {
	return db.write(ctx, "withdraw an invitation", func(t *tx) error {
		if err := t.lock(policyLock); err != nil {
			return err
		}
		err := mustChange(t.exec(`DELETE FROM users WHERE id = ? AND pending = 1`, userID))
		if err == nil {
			err = deleteCodeMail(t, userID)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// PersonByID returns a person who was not removed, else fault.NotFound.
func (db *DB) PersonByID(
	ctx context.Context, id string, now time.Time,
) (p account.Person, err error) {
	var scan codeScan
	p.User, err = scanUser(db.read(ctx).row(
		`SELECT `+userFields+`, `+codeFields+`,
			(SELECT count(*) FROM sessions s
				WHERE s.user_id = u.id AND s.expires_at > ? AND s.last_used > ?)
		FROM users u LEFT JOIN user_codes c ON c.user_id = u.id WHERE u.id = ? AND `+isPerson,
		now.Unix(), now.Add(-account.Idle).Unix(), id,
	).Scan, append(scan.places(), &p.Sessions)...)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fault.Of(fault.NotFound)
	}
	p.Code = scan.code()
	return p, db.wrap("find a person", err)
}

// ChangePerson sets a person's name and role.
func (db *DB) ChangePerson(
	ctx context.Context, userID, name string, role account.Role, entry audit.Entry,
) error {
	return db.write(ctx, "change a person", func(t *tx) error {
		if err := t.lock(policyLock); err != nil {
			return err
		}
		if role != account.Admin {
			if err := keepAnAdmin(t, userID); err != nil {
				return err
			}
		}
		err := mustChange(t.exec(`UPDATE users SET name = ?, role = ? WHERE id = ? AND `+isPerson,
			name, string(role), userID))
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// Remove leaves of a person their name and ID, to which the history refers.
func (db *DB) Remove(
	ctx context.Context, userID string, now time.Time, entry audit.Entry, tokens []account.Ended,
) error {
	return db.write(ctx, "remove a person", func(t *tx) error {
		if err := t.lock(policyLock); err != nil {
			return err
		}
		if err := keepAnAdmin(t, userID); err != nil {
			return err
		}
		err := mustChange(t.exec(`UPDATE users SET removed_at = ?, disabled = 1, role = 'member',
			email = id, password_hash = '', last_seen = 0 WHERE id = ? AND pending = 0 AND `+isPerson,
			now.Unix(), userID))
		if err == nil {
			err = endSessions(t, userID)
		}
		for _, table := range []string{
			"grants", "group_members", "user_codes", "second_factors", "recovery_codes",
			"external_identities", "passkeys",
		} {
			if err == nil {
				_, err = t.exec(`DELETE FROM `+table+` WHERE user_id = ?`, userID)
			}
		}
		if err == nil {
			err = deleteCodeMail(t, userID)
		}
		if err == nil {
			err = endTokens(t, userID, now, tokens)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// endTokens revokes every service account that a person created.
func endTokens(t *tx, userID string, now time.Time, tokens []account.Ended) error {
	for _, token := range tokens {
		ended, err := t.exec(
			`UPDATE service_accounts SET revoked_at = ? WHERE user_id = ? AND revoked_at = 0`,
			now.Unix(), token.ID)
		if err == nil && ended > 0 {
			err = insertEntry(t, token.Entry)
		}
		if err != nil {
			return err
		}
	}
	// One that was created since stays suspended with its creator, and ends all the same.
	_, err := t.exec(
		`UPDATE service_accounts SET revoked_at = ? WHERE created_by = ? AND revoked_at = 0`,
		now.Unix(), userID)
	return err
}

// CreatedBy returns the service accounts that a person created, by name.
func (db *DB) CreatedBy(ctx context.Context, userID string) ([]account.ServiceAccount, error) {
	list, err := db.listServiceAccounts(
		db.read(ctx), serviceAccounts+` WHERE a.created_by = ? ORDER BY u.name, u.id, g.vault_id`, userID)
	return list, db.wrap("list a person's service accounts", err)
}
