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

// EffectivePolicy is the rule for sharing an item of a vault. Where the vault's own
// account has rules it is asked for them; while it cannot be, there is no rule.
func (s *Service) EffectivePolicy(ctx context.Context, vaultID, itemID string) (Effective, error) {
	stored, err := s.store.PolicyOf(ctx, vaultID)
	if err != nil {
		return Effective{}, fmt.Errorf("read the policy: %w", err)
	}
	account := Default()
	if stored.Account != nil {
		account = *stored.Account
	}
	rule := Combine(account, stored.Vault)
	rule.version = stored.Version
	limiter, ok := s.vault.(vault.Limiter)
	if !ok {
		return rule, nil
	}
	theirs, err := limitsOf(ctx, limiter, vaultID, itemID)
	if err != nil {
		return Effective{}, err
	}
	rule.theirs = &theirs
	return rule.Narrowed(theirs.plain, theirs.by), nil
}

// AccountPolicy gives the rule that the vault's own account sets for an item, alone,
// and how it is where files come along.
func (s *Service) AccountPolicy(ctx context.Context, vaultID, itemID string) (plain, files Policy, err error) {
	limiter, ok := s.vault.(vault.Limiter)
	if !ok {
		return Policy{}, Policy{}, fault.Of(fault.NotFound)
	}
	theirs, err := limitsOf(ctx, limiter, vaultID, itemID)
	return theirs.plain, theirs.files, err
}

func limitsOf(ctx context.Context, limiter vault.Limiter, vaultID, itemID string) (theirs, error) {
	var limits vault.Limits
	err := asked(ctx, vaultTime, func(ctx context.Context) (err error) {
		limits, err = limiter.Limits(ctx, vaultID, itemID)
		return err
	})
	if err != nil {
		return theirs{}, fault.Wrap("ask for the account's limits", err)
	}
	t := theirs{by: Origin(limiter.Account()), plain: policyOf(limits)}
	t.files = t.plain.Narrow(filesPolicy(t.plain, limits.Files))
	return t, nil
}

// asked gives the vault its time. One that takes longer is unavailable.
func asked(ctx context.Context, most time.Duration, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	err := ask(ctx)
	if errors.Is(err, context.DeadlineExceeded) && fault.KindOf(err) == fault.Internal {
		err = fault.Because(fault.Unavailable, err)
	}
	return err
}

// policyOf is an account's limits as a rule of ours. Names that we do not know
// allow nothing.
func policyOf(l vault.Limits) Policy {
	return Policy{
		MaxExpiry: l.MaxExpiry, DefaultExpiry: l.DefaultExpiry, MaxViews: l.MaxViews,
		AllowedTypes: typesOf(l.AllowedTypes), AllowedRecipientTypes: kindsOf(l.AllowedRecipientTypes),
		FilesAllowed: l.Files.Allowed, FilesMaxSize: l.Files.MaxSize,
	}
}

// filesPolicy is the rule for an item with files: where nothing is said, as for any item.
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

// recipientKinds are the kinds by the SDK's names.
func recipientKinds() map[string]RecipientKind {
	return map[string]RecipientKind{"Email": Email, "Domain": Domain}
}
