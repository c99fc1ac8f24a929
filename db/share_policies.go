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

// policyLock is the number of the lock that orders new shares and changes of what they are
// judged by, policies, grants and persons: a share created before the change is
// committed before it, so that the change can revoke it; one created after it sees the
// change.
const policyLock = 7303

// policyRules selects the rules of the account and of one vault.
const policyRules = `(SELECT rules FROM share_policies WHERE vault_id = ''),
	(SELECT rules FROM share_policies WHERE vault_id = ? AND vault_id <> '')`

// rulesPair is what policyRules selects.
type rulesPair struct{ account, vault sql.NullString }

// version returns the stored texts, "" where nothing is stored.
func (r rulesPair) version() string {
	if !r.account.Valid && !r.vault.Valid {
		return ""
	}
	return r.account.String + "\n" + r.vault.String
}

// policyKey is the key under which the policies for a vault are remembered.
type policyKey string

// PolicyOf returns the stored policies of the account and of one vault.
func (db *DB) PolicyOf(ctx context.Context, vaultID string) (share.StoredPolicies, error) {
	stored, err := remembered(ctx, db, policyKey(vaultID),
		func(p share.StoredPolicies) int { return len(p.Version) },
		func() (share.StoredPolicies, error) { return db.policyOf(ctx, vaultID) })
	return stored, db.wrap("read policies", err)
}

func (db *DB) policyOf(ctx context.Context, vaultID string) (share.StoredPolicies, error) {
	var rules rulesPair
	err := db.lookUp(ctx).row(`SELECT `+policyRules, vaultID).Scan(&rules.account, &rules.vault)
	if err != nil {
		return share.StoredPolicies{}, err
	}
	account, accountErr := parsePolicy(rules.account)
	vault, vaultErr := parsePolicy(rules.vault)
	return share.StoredPolicies{Account: account, Vault: vault, Version: rules.version()},
		errors.Join(accountErr, vaultErr)
}

// parsePolicy returns nil for rules that are not stored.
func parsePolicy(rules sql.NullString) (*share.Policy, error) {
	if !rules.Valid {
		return nil, nil
	}
	var p share.Policy
	err := json.Unmarshal([]byte(rules.String), &p)
	return &p, err
}

// checkJudgement returns fault.Conflict unless the request of a draft would be judged
// by the same policies, for an owner who may still share from the vault. Everyone who can sign in may
// share what is in no vault.
func checkJudgement(t *tx, draft share.Draft) error {
	if err := t.lockShared(policyLock); err != nil {
		return err
	}
	asked := judgement{draft.Record.OwnerID, draft.Record.VaultID, draft.PolicyVersion, draft.Unseen}
	if same, err := t.holds(asked); err != nil || same {
		return err
	}
	if err := askJudgement(t, draft); err != nil {
		return err
	}
	t.remember(asked)
	return nil
}

// judgement is what checkJudgement depends on beside the database.
type judgement struct {
	ownerID, vaultID, policyVersion string
	unseen                          bool
}

func askJudgement(t *tx, draft share.Draft) error {
	var rules rulesPair
	var mayShare bool
	r := draft.Record
	err := t.row(
		`SELECT `+policyRules+`,
			`+isActive+`
			AND (? = '' OR (SELECT CASE WHEN MAX(may_share) = 1 AND MAX(may_reveal) >= ?
				AND COALESCE(MAX(archived_at), 0) = 0 THEN 1 ELSE 0 END FROM `+rightsOf+`) = 1)`,
		r.VaultID,
		r.OwnerID,
		r.OwnerID,
		r.VaultID,
		boolToInt(!draft.Unseen),
		r.OwnerID,
		r.VaultID,
		r.OwnerID,
		r.VaultID,
	).Scan(&rules.account, &rules.vault, &mayShare)
	switch {
	case err != nil:
		return err
	case rules.version() != draft.PolicyVersion:
		return fault.New(
			fault.Conflict,
			fault.CodeConflict,
			"The sharing policy changed before the link was created, so there is no link. Check the "+
				"settings, then try again.",
		)
	case !mayShare:
		return fault.New(
			fault.Conflict,
			fault.CodeConflict,
			"Your permission to share from this vault ended before the link was created, so there is no link.",
		)
	}
	return nil
}

// ListPolicies returns all stored policies, the account's under "".
func (db *DB) ListPolicies(ctx context.Context) (map[string]share.Policy, error) {
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
	}, `SELECT vault_id, rules FROM share_policies`)
	return stored, db.wrap("read policies", err)
}

// SetPolicy replaces a policy, with what that means for the orders to revoke links.
func (db *DB) SetPolicy(ctx context.Context, change share.PolicyChange) error {
	return db.write(ctx, "set a policy", func(t *tx) error {
		if err := replacePolicy(t, change); err != nil {
			return err
		}
		if err := orderRevocation(t, change); err != nil {
			return err
		}
		return insertEntry(t, change.Entry)
	})
}

func replacePolicy(t *tx, change share.PolicyChange) error {
	if err := t.lock(policyLock); err != nil {
		return err
	}
	if change.Policy == nil {
		_, err := t.exec(`DELETE FROM share_policies WHERE vault_id = ?`, change.VaultID)
		return err
	}
	rules, err := json.Marshal(change.Policy)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO share_policies (vault_id, rules, changed_at) VALUES (?, ?, ?)
		ON CONFLICT (vault_id) DO UPDATE SET rules = excluded.rules, changed_at = excluded.changed_at`,
		change.VaultID, string(rules), change.Now.Unix())
	return err
}

// LinksBy returns who creates links where the vault's own account can. Without a
// stored choice that account does.
func (db *DB) LinksBy(ctx context.Context) (share.LinksBy, error) {
	choice := share.LinksNative
	err := db.lookUp(ctx).row(`SELECT links_by FROM share_settings`).Scan(&choice)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return choice, db.wrap("read who creates links", err)
}

// SetLinksBy replaces the choice of who creates links.
func (db *DB) SetLinksBy(
	ctx context.Context,
	choice share.LinksBy,
	now time.Time,
	entry audit.Entry,
) error {
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
