package db

import (
	"context"
	"database/sql"
	"errors"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

const anyPerson = `SELECT EXISTS (SELECT 1 FROM users WHERE kind = 'person')`

// HasPeople reports whether there is a person, or was one who is removed.
func (db *DB) HasPeople(ctx context.Context) (has bool, err error) {
	err = db.read(ctx).row(anyPerson).Scan(&has)
	return has, db.wrap("ask for people", err)
}

// AddFirstAdmin stores the first person. The lock makes the second of two at once see the first.
func (db *DB) AddFirstAdmin(
	ctx context.Context, u account.User, passwordHash string, entry audit.Entry,
) error {
	return db.write(ctx, "add the first admin", func(t *tx) error {
		if err := t.lock(policyLock); err != nil {
			return err
		}
		var has bool
		if err := t.row(anyPerson).Scan(&has); err != nil {
			return err
		}
		if has {
			return fault.Of(fault.NotFound)
		}
		_, err := t.exec(
			`INSERT INTO users (`+userColumns+`, password_hash) VALUES (?, ?, ?, ?, 0, ?, ?)`,
			u.ID, u.Email, u.Name, string(u.Role), u.CreatedAt.Unix(), passwordHash,
		)
		if err == nil {
			_, err = t.exec(`INSERT INTO installation (one, setting_up) VALUES (1, 1)
				ON CONFLICT (one) DO UPDATE SET setting_up = 1`)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// Installation returns what is known of the installation, the zero value before there is anything.
func (db *DB) Installation(ctx context.Context) (in account.Installation, err error) {
	err = db.read(ctx).row(`SELECT organization, setting_up, mail_tested FROM installation`).
		Scan(&in.Organization, &in.SettingUp, &in.MailTested)
	if errors.Is(err, sql.ErrNoRows) {
		return account.Installation{}, nil
	}
	return in, db.wrap("read what is known of the installation", err)
}

// SetOrganization names whose installation it is.
func (db *DB) SetOrganization(ctx context.Context, name string, entry audit.Entry) error {
	return db.write(ctx, "name the organization", func(t *tx) error {
		_, err := t.exec(`INSERT INTO installation (one, organization) VALUES (1, ?)
			ON CONFLICT (one) DO UPDATE SET organization = excluded.organization`, name)
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// EndSetUp closes the set-up.
func (db *DB) EndSetUp(ctx context.Context) error {
	return db.write(ctx, "close the set-up", func(t *tx) error {
		_, err := t.exec(`UPDATE installation SET setting_up = 0`)
		return err
	})
}

// SetMailTested notes that a mail server has accepted a test email.
func (db *DB) SetMailTested(ctx context.Context) error {
	return db.write(ctx, "note that email was tested", func(t *tx) error {
		_, err := t.exec(`INSERT INTO installation (one, mail_tested) VALUES (1, 1)
			ON CONFLICT (one) DO UPDATE SET mail_tested = 1`)
		return err
	})
}
