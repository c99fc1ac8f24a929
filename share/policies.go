package share

import (
	"context"
	"fmt"
	"strings"

	"itemshare/audit"
	"itemshare/fault"
)

// Policies returns the account's policy and those of the vaults that have one.
func (s *Service) Policies(
	ctx context.Context,
) (account Policy, vaults map[string]Policy, err error) {
	all, err := s.policies(ctx)
	if err != nil {
		return Policy{}, nil, err
	}
	account = all.account()
	delete(all, "")
	return account, all, nil
}

// policySet are all policies by vault, the account's under "" if it is stored.
type policySet map[string]Policy

func (s *Service) policies(ctx context.Context) (policySet, error) {
	all, err := s.store.ListPolicies(ctx)
	if err != nil {
		return nil, fmt.Errorf("load policies: %w", err)
	}
	return all, nil
}

func (p policySet) account() Policy {
	if account, ok := p[""]; ok {
		return account
	}
	return Default()
}

// of returns the effective policy of a vault.
func (p policySet) of(vaultID string) Effective {
	if own, ok := p[vaultID]; ok && vaultID != "" {
		return Combine(p.account(), &own)
	}
	return Combine(p.account(), nil)
}

// SetPolicy stores the policy of the account (vaultID "") or of a vault, which can only be
// stricter. With revoke it orders that every active share that breaks it is revoked. Where
// that takes long it goes on in the background: Orders returns how far it is.
func (s *Service) SetPolicy(
	ctx context.Context,
	by Sharer,
	vaultID string,
	p Policy,
	revoke bool,
) (RevokeResult, error) {
	rules, err := s.proposed(ctx, vaultID, p)
	if err != nil {
		return RevokeResult{}, err
	}
	now := s.clock()
	change := PolicyChange{VaultID: vaultID, Policy: &p, Now: now}
	change.Entry, err = s.entry(now, audit.PolicyChanged, by.ID, vaultID, map[string]string{
		"rule":     strings.Join(p.Sentences(), " "),
		"affected": map[bool]string{false: "keep", true: "revoke"}[revoke],
	})
	if err != nil {
		return RevokeResult{}, err
	}
	if revoke {
		if change.Revoke, err = s.newRevocation(now, by, vaultID, rules); err != nil {
			return RevokeResult{}, err
		}
	}
	if err := s.store.SetPolicy(ctx, change); err != nil {
		return RevokeResult{}, fmt.Errorf("store the policy: %w", err)
	}
	if !revoke {
		return RevokeResult{}, nil
	}
	return s.beginRevocation(ctx, *change.Revoke), nil
}

// RemovePolicy removes a vault's own policy: then the account's applies.
func (s *Service) RemovePolicy(ctx context.Context, by Sharer, vaultID string) error {
	if err := s.requireVault(ctx, vaultID); err != nil {
		return err
	}
	now := s.clock()
	entry, err := s.entry(now, audit.PolicyChanged, by.ID, vaultID, map[string]string{
		"rule": "Same as account.", "affected": "keep",
	})
	if err != nil {
		return err
	}
	change := PolicyChange{VaultID: vaultID, Now: now, Entry: entry}
	return fault.Wrap("remove a policy", s.store.SetPolicy(ctx, change))
}

// proposed returns all policies as they are once p is set. It rejects a vault's policy that
// is looser than the account's.
func (s *Service) proposed(ctx context.Context, vaultID string, p Policy) (policySet, error) {
	all, err := s.policies(ctx)
	if err != nil {
		return nil, err
	}
	if vaultID != "" {
		if err := s.requireVault(ctx, vaultID); err != nil {
			return nil, err
		}
		if err := fault.Fields(p.loosens(all.account())); err != nil {
			return nil, err
		}
	}
	all[vaultID] = p
	return all, nil
}

func (s *Service) requireVault(ctx context.Context, vaultID string) error {
	vaults, err := s.vault.Vaults(ctx)
	if err != nil {
		return fmt.Errorf("list vaults: %w", err)
	}
	for _, v := range vaults {
		if v.ID == vaultID {
			return nil
		}
	}
	return fault.Field(
		"vault",
		fault.CodeInvalid,
		"This vault doesn't exist anymore. Choose another.",
	)
}
