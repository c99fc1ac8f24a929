package share

import (
	"context"
	"fmt"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
)

// AffectedShare is an active share that breaks a policy, and why.
type AffectedShare struct {
	Summary
	Reasons []fault.Problem
}

// AffectedPage is one page of affected shares. Next is set while there are more shares to
// judge, even if the page is empty.
type AffectedPage struct {
	Shares []AffectedShare
	Next   string
}

const (
	affectedPage = 50    // affected shares of a page
	judgeBatch   = 200   // active shares loaded at once
	judgeMost    = 5_000 // active shares judged for one page
)

// Policies returns the account's policy and those of the vaults that have one.
func (s *Service) Policies(
	ctx context.Context,
) (account Policy, vaults map[string]Policy, err error) {
	vaults, err = s.store.ListPolicies(ctx)
	if err != nil {
		return Policy{}, nil, fmt.Errorf("load policies: %w", err)
	}
	account, ok := vaults[""]
	if !ok {
		account = Default()
	}
	delete(vaults, "")
	return account, vaults, nil
}

// RevokeResult is how many links a new policy revoked, and how many native ones break it,
// which only their own account can revoke.
type RevokeResult struct{ Revoked, Native int }

// SetPolicy stores the policy of the account (vaultID "") or of a vault, which can only be
// stricter. With revoke it then revokes every active share that breaks it.
func (s *Service) SetPolicy(
	ctx context.Context,
	by Sharer,
	vaultID string,
	p Policy,
	revoke bool,
) (RevokeResult, error) {
	if _, err := s.proposed(ctx, vaultID, p); err != nil {
		return RevokeResult{}, err
	}
	now := s.clock()
	entry, err := s.entry(now, audit.PolicyChanged, by.ID, vaultID, map[string]string{
		"rule": strings.Join(
			p.Sentences(),
			" ",
		), "affected": map[bool]string{false: "keep", true: "revoke"}[revoke],
	})
	if err != nil {
		return RevokeResult{}, err
	}
	if err := s.store.SetPolicy(ctx, vaultID, p, now, entry); err != nil {
		return RevokeResult{}, fmt.Errorf("store the policy: %w", err)
	}
	if !revoke {
		return RevokeResult{}, nil
	}
	return s.revokeAffected(ctx, by, vaultID, p)
}

func (s *Service) revokeAffected(
	ctx context.Context,
	by Sharer,
	vaultID string,
	p Policy,
) (done RevokeResult, err error) {
	for after := ""; ; {
		page, err := s.Affected(ctx, vaultID, p, after, affectedPage)
		if err != nil {
			return done, err
		}
		for _, share := range page.Shares {
			if share.Native {
				done.Native++
				continue
			}
			ended, err := s.end(ctx, by, share.ID, "policy")
			if err != nil {
				return done, err
			}
			if ended {
				done.Revoked++
			}
		}
		if after = page.Next; after == "" {
			return done, nil
		}
	}
}

// Affected returns active shares that would break the policy. It changes nothing.
func (s *Service) Affected(
	ctx context.Context,
	vaultID string,
	p Policy,
	after string,
	limit int,
) (AffectedPage, error) {
	effective, err := s.proposed(ctx, vaultID, p)
	if err != nil {
		return AffectedPage{}, err
	}
	if limit <= 0 || limit > affectedPage {
		limit = affectedPage
	}
	page := AffectedPage{Next: after}
	for judged := 0; judged < judgeMost; judged += judgeBatch {
		records, more, err := s.store.List(
			ctx,
			Filter{
				VaultID: vaultID,
				State:   Active,
				After:   page.Next,
				Limit:   judgeBatch,
				Now:     s.clock(),
			},
		)
		if err != nil {
			return AffectedPage{}, fmt.Errorf("list active shares: %w", err)
		}
		for i, record := range records {
			share, err := s.affected(effective(record.VaultID), record)
			if err != nil {
				return AffectedPage{}, err
			}
			page.Next = record.ID
			if len(share.Reasons) == 0 {
				continue
			}
			if page.Shares = append(page.Shares, share); len(page.Shares) == limit {
				return page.ended(!more && i == len(records)-1), nil
			}
		}
		if !more {
			return page.ended(true), nil
		}
	}
	return page, nil
}

func (p AffectedPage) ended(ended bool) AffectedPage {
	if ended {
		p.Next = ""
	}
	return p
}

// affected judges an active share as if it were created under the policy.
func (s *Service) affected(policy Effective, record Record) (AffectedShare, error) {
	summary, err := s.summary(record)
	if err != nil {
		return AffectedShare{}, err
	}
	p := proposal{
		audience: record.Terms.Audience,
		expiry:   time.Duration(record.Terms.ExpiresAt-record.Terms.CreatedAt) * time.Second,
	}
	for _, r := range summary.Recipients {
		if !r.Removed() {
			p.recipients = append(p.recipients, r.Recipient)
		}
	}
	if record.Files {
		p.files = []int64{record.LargestFile}
	}
	reasons := append(policy.check(p), policy.checkViews(record.Terms.MaxViews)...)
	return AffectedShare{summary, reasons}, nil
}

// proposed returns the effective policy of any vault once p is set. It rejects a vault's
// policy that is looser than the account's.
func (s *Service) proposed(
	ctx context.Context,
	vaultID string,
	p Policy,
) (func(vaultID string) Effective, error) {
	account, vaults, err := s.Policies(ctx)
	if err != nil {
		return nil, err
	}
	if vaultID == "" {
		account = p
	} else {
		if err := s.requireVault(ctx, vaultID); err != nil {
			return nil, err
		}
		if err := fault.Fields(p.loosens(account)); err != nil {
			return nil, err
		}
		vaults[vaultID] = p
	}
	return func(vaultID string) Effective {
		if own, ok := vaults[vaultID]; ok {
			return Combine(account, &own)
		}
		return Combine(account, nil)
	}, nil
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
