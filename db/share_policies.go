package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// PolicyOf returns the stored policies of the account and of one vault, nil where
// none is stored.
func (db *DB) PolicyOf(ctx context.Context, vaultID string) (account, vault *share.Policy, err error) {
	stored, err := db.policies(ctx, ` WHERE vault_id IN ('', ?)`, vaultID)
	if err != nil {
		return nil, nil, err
	}
	if p, ok := stored[""]; ok {
		account = &p
	}
	if p, ok := stored[vaultID]; ok && vaultID != "" {
		vault = &p
	}
	return account, vault, nil
}

// ListPolicies returns all stored policies, the account's under "".
func (db *DB) ListPolicies(ctx context.Context) (map[string]share.Policy, error) {
	return db.policies(ctx, ``)
}

func (db *DB) policies(ctx context.Context, where string, args ...any) (map[string]share.Policy, error) {
	stored := map[string]share.Policy{}
	err := each(db.read(ctx), func(rows *sql.Rows) error {
		var id, rules string
		var p share.Policy
		if err := rows.Scan(&id, &rules); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(rules), &p); err != nil {
			return err
		}
		stored[id] = p
		return nil
	}, `SELECT vault_id, rules FROM share_policies`+where, args...)
	return stored, db.wrap("read policies", err)
}

// SetPolicy replaces the policy of the account (vaultID "") or of one vault.
func (db *DB) SetPolicy(ctx context.Context, vaultID string, policy share.Policy, now time.Time, entry audit.Entry) error {
	rules, err := json.Marshal(policy)
	if err != nil {
		return fault.Wrap("set a policy", err)
	}
	return db.write(ctx, "set a policy", func(t *tx) error {
		_, err := t.exec(`INSERT INTO share_policies (vault_id, rules, changed_at) VALUES (?, ?, ?)
			ON CONFLICT (vault_id) DO UPDATE SET rules = excluded.rules, changed_at = excluded.changed_at`,
			vaultID, string(rules), now.Unix())
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// LinksBy returns who creates links where the vault's own account can. Without a
// stored choice that account does.
func (db *DB) LinksBy(ctx context.Context) (share.LinksBy, error) {
	choice := share.LinksNative
	err := db.read(ctx).row(`SELECT links_by FROM share_settings`).Scan(&choice)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return choice, db.wrap("read who creates links", err)
}

// SetLinksBy replaces the choice of who creates links.
func (db *DB) SetLinksBy(ctx context.Context, choice share.LinksBy, now time.Time, entry audit.Entry) error {
	return db.write(ctx, "set who creates links", func(t *tx) error {
		_, err := t.exec(`INSERT INTO share_settings (one, links_by, changed_at) VALUES (1, ?, ?)
			ON CONFLICT (one) DO UPDATE SET links_by = excluded.links_by, changed_at = excluded.changed_at`,
			string(choice), now.Unix())
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}
