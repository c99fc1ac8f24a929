package db

import (
	"context"
	"database/sql"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

// AddServiceAccount stores a service account with its grants: a user without a
// password whose address is its id.
func (db *DB) AddServiceAccount(
	ctx context.Context,
	a account.ServiceAccount,
	tokenHash [32]byte,
	entry audit.Entry,
) error {
	return db.write(ctx, "add service account", func(t *tx) error {
		_, err := t.exec(
			`INSERT INTO users (`+userColumns+`, password_hash, kind) VALUES (?, ?, ?, ?, 0, ?, '', 'program')`,
			a.ID,
			a.ID,
			a.Name,
			string(account.Member),
			a.CreatedAt.Unix(),
		)
		if t.isUnique(err) {
			return fault.New(
				fault.Conflict,
				fault.CodeConflict,
				"There is a service account with this id already.",
			)
		}
		if err == nil {
			_, err = t.exec(
				`INSERT INTO service_accounts (user_id, token_hash, created_by, expires_at, may_read_events,
					may_manage_people)
				VALUES (?, ?, ?, ?, ?, ?)`,
				a.ID,
				tokenHash[:],
				a.CreatedBy,
				secondsOf(a.ExpiresAt),
				boolToInt(a.Events),
				boolToInt(a.People),
			)
		}
		for _, g := range a.Grants {
			if err == nil {
				g.UserID = a.ID
				err = insertGrant(t, g)
			}
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

const accountColumns = `SELECT u.id, u.name, u.created_at, c.name, c.disabled, c.role <> 'admin',
		a.expires_at, a.last_used, a.revoked_at, a.may_read_events, a.may_manage_people`

// serviceAccounts selects a row for each grant of an account, and one row for an
// account without grants.
const serviceAccounts = accountColumns + `, ` + ownColumns + `
	FROM service_accounts a JOIN users u ON u.id = a.user_id
	LEFT JOIN users c ON c.id = a.created_by LEFT JOIN grants g ON g.user_id = a.user_id`

// tokenKey is the key under which the account of a token is remembered: the token's hash.
type tokenKey [32]byte

// FindServiceAccount returns the account that a token belongs to, or fault.NotFound.
func (db *DB) FindServiceAccount(
	ctx context.Context,
	tokenHash [32]byte,
) (account.ServiceAccount, error) {
	found, err := remembered(ctx, db, tokenKey(tokenHash),
		func(a account.ServiceAccount) int { return len(a.Grants) * entryOverhead },
		func() (account.ServiceAccount, error) { return db.findServiceAccount(ctx, tokenHash) })
	return found, db.wrap("find service account", err)
}

func (db *DB) findServiceAccount(
	ctx context.Context, tokenHash [32]byte,
) (account.ServiceAccount, error) {
	list, err := db.listServiceAccounts(
		db.lookUp(ctx), serviceAccounts+` WHERE a.token_hash = ?`, tokenHash[:],
	)
	if err == nil && len(list) == 0 {
		err = fault.Of(fault.NotFound)
	}
	if err != nil {
		return account.ServiceAccount{}, err
	}
	return list[0], nil
}

// ListServiceAccounts returns all service accounts by name.
func (db *DB) ListServiceAccounts(ctx context.Context) ([]account.ServiceAccount, error) {
	list, err := db.listServiceAccounts(db.read(ctx), serviceAccounts+` ORDER BY u.name, u.id, g.vault_id`)
	return list, db.wrap("list service accounts", err)
}

func (db *DB) listServiceAccounts(
	from reader,
	query string,
	args ...any,
) (list []account.ServiceAccount, err error) {
	err = each(from, func(rows *sql.Rows) error {
		a, grant, err := scanServiceAccount(rows)
		if err != nil {
			return err
		}
		if len(list) == 0 || list[len(list)-1].ID != a.ID {
			list = append(list, a)
		}
		if last := &list[len(list)-1]; grant.VaultID != "" {
			last.Grants = append(last.Grants, grant)
		}
		return nil
	}, query, args...)
	return list, err
}

func scanServiceAccount(rows *sql.Rows) (a account.ServiceAccount, g account.Grant, err error) {
	var scan grantScan
	a, err = scanAccount(rows, scan.places()...)
	return a, scan.grant(a.ID), err
}

// scanAccount reads accountColumns and the columns after them.
func scanAccount(rows *sql.Rows, more ...any) (a account.ServiceAccount, err error) {
	var created, expires, used, revoked int64
	var by sql.NullString
	var suspended, demoted sql.NullBool
	columns := []any{
		&a.ID, &a.Name, &created, &by, &suspended, &demoted, &expires, &used, &revoked, &a.Events, &a.People,
	}
	err = rows.Scan(append(columns, more...)...)
	a.CreatedBy, a.CreatorSuspended, a.CreatorMember = by.String, suspended.Bool, demoted.Bool
	a.CreatedAt, a.ExpiresAt = timeOf(created), timeOf(expires)
	a.LastUsed, a.RevokedAt = timeOf(used), timeOf(revoked)
	return a, err
}

// ServiceAccountByID returns an account, or fault.NotFound.
func (db *DB) ServiceAccountByID(ctx context.Context, id string) (account.ServiceAccount, error) {
	list, err := db.listServiceAccounts(db.lookUp(ctx), serviceAccounts+` WHERE a.user_id = ?`, id)
	if err == nil && len(list) == 0 {
		return account.ServiceAccount{}, fault.Of(fault.NotFound)
	}
	if err != nil {
		return account.ServiceAccount{}, db.wrap("find service account", err)
	}
	return list[0], nil
}

// ServiceAccountsAfter returns at most limit service accounts by name, without their grants.
func (db *DB) ServiceAccountsAfter(
	ctx context.Context, after string, limit int,
) ([]account.ServiceAccount, error) {
	query, args := afterUser(accountColumns+` FROM users u JOIN service_accounts a
		ON a.user_id = u.id LEFT JOIN users c ON c.id = a.created_by
		WHERE u.kind = 'program'`, nil, after)
	list, err := collect(db.read(ctx), func(rows *sql.Rows) (account.ServiceAccount, error) {
		return scanAccount(rows)
	}, query+` ORDER BY u.name, u.id LIMIT ?`, append(args, limit)...)
	return list, db.wrap("list service accounts", err)
}

// TouchServiceAccount sets the last use unless that is less than a minute ago: of
// many requests at once one writes.
func (db *DB) TouchServiceAccount(ctx context.Context, id string, now time.Time) error {
	return db.write(ctx, "touch service account", func(t *tx) error {
		_, err := t.exec(
			`UPDATE service_accounts SET last_used = ? WHERE user_id = ? AND last_used <= ?`,
			now.Unix(),
			id,
			now.Add(-time.Minute).Unix(),
		)
		return err
	})
}

// RevokeServiceAccount ends an account's token. Only the first of several calls counts.
func (db *DB) RevokeServiceAccount(
	ctx context.Context,
	id string,
	now time.Time,
	entry audit.Entry,
) error {
	return db.write(ctx, "revoke service account", func(t *tx) error {
		if err := t.lock(policyLock); err != nil {
			return err
		}
		// This locks the row before it is read.
		if err := mustChange(
			t.exec(`UPDATE service_accounts SET user_id = user_id WHERE user_id = ?`, id),
		); err != nil {
			return err
		}
		revoked, err := t.exec(
			`UPDATE service_accounts SET revoked_at = ? WHERE user_id = ? AND revoked_at = 0`,
			now.Unix(),
			id,
		)
		if err != nil || revoked == 0 {
			return err
		}
		return insertEntry(t, entry)
	})
}

// secondsOf returns a time in Unix seconds, and 0 for the zero time.
func secondsOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// timeOf returns the time of Unix seconds, and the zero time for 0.
func timeOf(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
