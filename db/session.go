package db

import (
	"context"
	"database/sql"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

// AddSession stores a new session and its browser, of a user who is enabled and still
// has the password, else it is fault.NotFound. The user's row is locked first, so that
// a change of the password either ends this session or prevents it.
func (db *DB) AddSession(
	ctx context.Context,
	s account.Session,
	browser account.Browser,
	passwordHash string,
	entry audit.Entry,
) error {
	return db.write(ctx, "add session", func(t *tx) error {
		err := mustChange(
			t.exec(`UPDATE users SET last_seen = ? WHERE id = ? AND kind = 'person' AND disabled = 0
			AND password_hash = ?`, s.CreatedAt.Unix(), s.UserID, passwordHash),
		)
		if err != nil {
			return err
		}
		_, err = t.exec(
			`INSERT INTO sessions
				(token_hash, user_id, created_at, last_used, expires_at, device, enrolls)
				VALUES (?, ?, ?, ?, ?, ?, ?)`,
			s.TokenHash[:], s.UserID, s.CreatedAt.Unix(), s.LastUsed.Unix(), s.ExpiresAt.Unix(),
			s.Device, boolToInt(s.Enrolls),
		)
		if err != nil {
			return err
		}
		if err := addBrowser(t, s.UserID, browser); err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

const sessionColumns = `SELECT s.created_at, s.last_used, s.expires_at, s.device, s.enrolls,
	u.id, u.email, u.name, u.role, u.created_at, u.tell, `

// findSession selects a session's user with a row for each own grant, or one row without any, and a
// row for each grant of their groups.
const findSession = sessionColumns + ownColumns + `
	FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN grants g ON g.user_id = u.id
	WHERE s.token_hash = ? AND u.disabled = 0
	UNION ALL ` + sessionColumns + groupColumns + `
	FROM sessions s JOIN users u ON u.id = s.user_id JOIN group_members m ON m.user_id = u.id
	JOIN group_grants g ON g.group_id = m.group_id
	WHERE s.token_hash = ? AND u.disabled = 0`

// FindSession returns a session with its user and what they may do, or fault.NotFound.
func (db *DB) FindSession(
	ctx context.Context,
	tokenHash [32]byte,
) (account.Session, account.Identity, error) {
	session := account.Session{TokenHash: tokenHash}
	identity := account.Identity{Grants: map[string]account.Grant{}}
	err := each(
		db.lookUp(ctx),
		func(rows *sql.Rows) error { return scanSession(rows, &session, &identity) },
		findSession, tokenHash[:], tokenHash[:],
	)
	if err == nil && identity.User.ID == "" {
		return session, identity, fault.Of(fault.NotFound)
	}
	return session, identity, db.wrap("find session", err)
}

func scanSession(rows *sql.Rows, s *account.Session, i *account.Identity) error {
	var begun, used, ends, created int64
	var g grantScan
	u := &i.User
	err := rows.Scan(append(
		[]any{
			&begun, &used, &ends, &s.Device, &s.Enrolls, &u.ID, &u.Email, &u.Name, &u.Role, &created, &u.Tell,
		}, g.places()...,
	)...)
	if err != nil {
		return err
	}
	i.Enrolls = s.Enrolls
	s.UserID, u.CreatedAt = u.ID, time.Unix(created, 0).UTC()
	s.CreatedAt, s.LastUsed, s.ExpiresAt = time.Unix(begun, 0).
		UTC(),
		time.Unix(used, 0).
			UTC(),
		time.Unix(ends, 0).
			UTC()
	if grant := g.grant(u.ID); grant.VaultID != "" {
		grant.GroupID = "" // it may be united of several
		i.AddGrant(grant)
	}
	return nil
}

// TouchSession sets the last use unless that is less than a minute ago: of many
// requests at once one writes.
func (db *DB) TouchSession(ctx context.Context, tokenHash [32]byte, now time.Time) error {
	return db.write(ctx, "touch session", func(t *tx) error {
		_, err := t.exec(
			`UPDATE sessions SET last_used = ? WHERE token_hash = ? AND last_used <= ?`,
			now.Unix(),
			tokenHash[:],
			now.Add(-time.Minute).Unix(),
		)
		return err
	})
}

// EndSession deletes a session. One that does not exist leaves no entry.
func (db *DB) EndSession(ctx context.Context, tokenHash [32]byte, entry audit.Entry) error {
	return db.write(ctx, "end session", func(t *tx) error {
		ended, err := t.exec(`DELETE FROM sessions WHERE token_hash = ?`, tokenHash[:])
		if err != nil || ended == 0 {
			return err
		}
		return insertEntry(t, entry)
	})
}

// EraseSessions deletes at most limit sessions that are over, and returns how many.
func (db *DB) EraseSessions(ctx context.Context, now, idleSince time.Time, limit int) (int, error) {
	return write(ctx, db, "erase sessions", func(t *tx) (n int, err error) {
		for _, over := range []struct {
			column string
			by     time.Time
		}{{"expires_at", now}, {"last_used", idleSince}} {
			// The outer condition repeats the inner: a session may be used while this waits for its row.
			erased, err := t.exec(`DELETE FROM sessions WHERE `+over.column+` <= ? AND token_hash IN
				(SELECT token_hash FROM sessions WHERE `+over.column+` <= ? ORDER BY `+over.column+` LIMIT ?)`,
				over.by.Unix(), over.by.Unix(), limit-n)
			if err != nil {
				return 0, err
			}
			n += int(erased)
		}
		return n, nil
	})
}
