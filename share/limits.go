package share

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"itemshare/fault"
	"itemshare/vault"
)

// EffectivePolicy returns the policy for sharing an item, or for what is in no vault if both ids are
// "". If the vault's own account has a policy and can't be reached, there is none: fault.Unavailable.
func (s *Service) EffectivePolicy(ctx context.Context, vaultID, itemID string) (Effective, error) {
	stored, err := s.store.PolicyOf(ctx, vaultID)
	if err != nil {
		return Effective{}, fmt.Errorf("load the policy: %w", err)
	}
	account := Default()
	if stored.Account != nil {
		account = *stored.Account
	}
	if vaultID == "" { // only the account's policy applies
		policy := Combine(account, nil)
		policy.version, policy.maxFile = stored.Version, s.maxFile
		return policy, nil
	}
	policy := Combine(account, stored.Vault)
	policy.version, policy.maxFile = stored.Version, s.maxFile
	limiter, ok := s.vault.(vault.Limiter)
	if !ok {
		return policy, nil
	}
	own, err := limitsOf(ctx, limiter, vaultID, itemID)
	if err != nil {
		return Effective{}, err
	}
	policy.upstream = &own
	return policy.Narrowed(own.plain, own.by), nil
}

// AccountPolicy returns the policy of the vault's own account for an item, without and
// with its files. A vault without such an account is fault.NotFound.
func (s *Service) AccountPolicy(
	ctx context.Context,
	vaultID, itemID string,
) (plain, files Policy, err error) {
	limiter, ok := s.vault.(vault.Limiter)
	if !ok {
		return Policy{}, Policy{}, fault.Of(fault.NotFound)
	}
	own, err := limitsOf(ctx, limiter, vaultID, itemID)
	return own.plain, own.files, err
}

func limitsOf(
	ctx context.Context,
	limiter vault.Limiter,
	vaultID, itemID string,
) (upstream, error) {
	var limits vault.Limits
	err := withTimeout(ctx, vaultTime, func(ctx context.Context) (err error) {
		limits, err = limiter.Limits(ctx, vaultID, itemID)
		return err
	})
	if err != nil {
		return upstream{}, fault.Wrap("load the account's limits", err)
	}
	t := upstream{by: Origin(limiter.Account()), plain: policyOf(limits)}
	t.files = t.plain.Narrow(filesPolicy(t.plain, limits.Files))
	return t, nil
}

// withTimeout calls a vault. One that takes longer is fault.Unavailable.
func withTimeout(
	ctx context.Context,
	timeout time.Duration,
	call func(context.Context) error,
) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := call(ctx)
	if errors.Is(err, context.DeadlineExceeded) && fault.KindOf(err) == fault.Internal {
		err = fault.Because(fault.Unavailable, err)
	}
	return err
}

// policyOf returns an account's limits as a policy. Unknown names allow nothing.
func policyOf(l vault.Limits) Policy {
	return Policy{
		MaxExpiry: l.MaxExpiry, DefaultExpiry: l.DefaultExpiry, MaxViews: l.MaxViews,
		AllowedTypes: typesOf(l.AllowedTypes), AllowedRecipientTypes: kindsOf(l.AllowedRecipientTypes),
		FilesAllowed: l.Files.Allowed, FilesMaxSize: l.Files.MaxSize,
	}
}

// filesPolicy returns the policy for links with files: p with the limits that l sets.
func filesPolicy(p Policy, l vault.FileLimits) Policy {
	if l.MaxExpiry > 0 {
		p.MaxExpiry = l.MaxExpiry
	}
	if l.DefaultExpiry > 0 {
		p.DefaultExpiry = l.DefaultExpiry
	}
	if l.MaxViews > 0 {
		p.MaxViews = l.MaxViews
	}
	if l.AllowedTypes != nil {
		p.AllowedTypes = typesOf(l.AllowedTypes)
	}
	if l.AllowedRecipientTypes != nil {
		p.AllowedRecipientTypes = kindsOf(l.AllowedRecipientTypes)
	}
	return p
}

func typesOf(names []string) []Type {
	var all []Type
	for _, t := range []Type{Authenticated, Public} {
		if slices.Contains(names, string(t)) {
			all = append(all, t)
		}
	}
	return all
}

func kindsOf(names []string) []RecipientKind {
	var all []RecipientKind
	for name, kind := range recipientKinds() {
		if slices.Contains(names, name) {
			all = append(all, kind)
		}
	}
	slices.Sort(all)
	return all
}

// recipientKinds returns the kinds by the SDK's names.
func recipientKinds() map[string]RecipientKind {
	return map[string]RecipientKind{"Email": Email, "Domain": Domain}
}
