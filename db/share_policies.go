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

// PolicyOf gives the stored rules of the account and of one vault, nil where none
// is stored.
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

// ListPolicies gives all stored rules: the account's under "".
func (db *DB) ListPolicies(ctx context.Context) (map[string]share.Policy, error) {
	return db.policies(ctx, ``)
}

func (db *DB) policies(ctx context.Context, where string, args ...any) (map[string]share.Policy, error) {
	rows, err := db.read().query(ctx, `SELECT vault_id, rules FROM share_policies`+where, args...)
	if err != nil {
		return nil, db.failed("read policies", err)
	}
	defer rows.Close()
	stored := map[string]share.Policy{}
	for rows.Next() {
		var id, rules string
		var p share.Policy
		if err := rows.Scan(&id, &rules); err != nil {
			return nil, db.failed("read policies", err)
		}
		if err := json.Unmarshal([]byte(rules), &p); err != nil {
			return nil, db.failed("read policies", err)
		}
		stored[id] = p
	}
	return stored, db.failed("read policies", rows.Err())
}

// SetPolicy replaces the rules of the account, or of one vault.
func (db *DB) SetPolicy(ctx context.Context, vaultID string, policy share.Policy, now time.Time, entry audit.Entry) error {
	rules, err := json.Marshal(policy)
	if err != nil {
		return fault.Wrap("set a policy", err)
	}
	return fault.Wrap("set a policy", db.write(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO share_policies (vault_id, rules, changed_at) VALUES (?, ?, ?)
			ON CONFLICT (vault_id) DO UPDATE SET rules = excluded.rules, changed_at = excluded.changed_at`,
			vaultID, string(rules), now.Unix())
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	}))
}

// LinksBy is who makes links where the vault's account can: it does, unless chosen
// otherwise.
func (db *DB) LinksBy(ctx context.Context) (share.LinksBy, error) {
	choice := share.LinksNative
	err := db.read().row(ctx, `SELECT links_by FROM share_settings`).Scan(&choice)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return choice, db.failed("read who makes links", err)
}

// SetLinksBy replaces the choice.
func (db *DB) SetLinksBy(ctx context.Context, choice share.LinksBy, now time.Time, entry audit.Entry) error {
	return fault.Wrap("set who makes links", db.write(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO share_settings (one, links_by, changed_at) VALUES (1, ?, ?)
			ON CONFLICT (one) DO UPDATE SET links_by = excluded.links_by, changed_at = excluded.changed_at`, string(choice), now.Unix())
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	}))
}
