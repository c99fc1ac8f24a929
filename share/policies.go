package share

import (
	"context"
	"fmt"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
)

// AffectedShare is a live share that a policy would not allow, and why.
type AffectedShare struct {
	Summary
	Reasons []fault.Problem
}

// AffectedPage is one page of affected shares. Next is set while there is more to
// look at, even where a page found nothing.
type AffectedPage struct {
	Shares []AffectedShare
	Next   string
}

const (
	affectedPage = 50    // affected shares of a page
	lookBatch    = 200   // live shares read at once
	lookMost     = 5_000 // live shares looked at for one page
)

// Policies gives the account's rule and those of the vaults that have one.
func (s *Service) Policies(ctx context.Context) (account Policy, vaults map[string]Policy, err error) {
	vaults, err = s.store.ListPolicies(ctx)
	if err != nil {
		return Policy{}, nil, fmt.Errorf("read policies: %w", err)
	}
	account, ok := vaults[""]
	if !ok {
		account = Default()
	}
	delete(vaults, "")
	return account, vaults, nil
}

// RevokeResult is what a new policy ended: how many links of ours were revoked, and how
// many native ones it would not allow, which go on until they are ended where they
// were made.
type RevokeResult struct{ Revoked, Native int }

// SetPolicy sets the rule of the account (vaultID "") or of one vault, which may
// only tighten. With revoke it then ends every live share of ours that is not
// allowed any more.
func (s *Service) SetPolicy(ctx context.Context, by Sharer, vaultID string, p Policy, revoke bool) (RevokeResult, error) {
	if _, err := s.proposed(ctx, vaultID, p); err != nil {
		return RevokeResult{}, err
	}
	now := s.clock()
	entry, err := s.entry(now, audit.PolicyChanged, by.ID, vaultID, map[string]string{
		"rule": strings.Join(p.Sentences(), " "), "affected": map[bool]string{false: "keep", true: "revoke"}[revoke],
	})
	if err != nil {
		return RevokeResult{}, err
	}
	if err := s.store.SetPolicy(ctx, vaultID, p, now, entry); err != nil {
		return RevokeResult{}, fmt.Errorf("set the policy: %w", err)
	}
	if !revoke {
		return RevokeResult{}, nil
	}
	return s.revokeAffected(ctx, by, vaultID, p)
}

func (s *Service) revokeAffected(ctx context.Context, by Sharer, vaultID string, p Policy) (done RevokeResult, err error) {
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

// Affected lists live shares that the policy would not allow. It changes nothing.
func (s *Service) Affected(ctx context.Context, vaultID string, p Policy, after string, limit int) (AffectedPage, error) {
	rule, err := s.proposed(ctx, vaultID, p)
	if err != nil {
		return AffectedPage{}, err
	}
	if limit <= 0 || limit > affectedPage {
		limit = affectedPage
	}
	page := AffectedPage{Next: after}
	for looked := 0; looked < lookMost; looked += lookBatch {
		records, more, err := s.store.List(ctx, Filter{VaultID: vaultID, State: Active, After: page.Next, Limit: lookBatch, Now: s.clock()})
		if err != nil {
			return AffectedPage{}, fmt.Errorf("list live shares: %w", err)
		}
		for i, record := range records {
			share, err := s.affected(rule(record.VaultID), record)
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

// affected judges one live share as if it were made under the rule.
func (s *Service) affected(rule Effective, record Record) (AffectedShare, error) {
	summary, err := s.summary(record)
	if err != nil {
		return AffectedShare{}, err
	}
	w := wish{audience: record.Terms.Audience, expiry: time.Duration(record.Terms.ExpiresAt-record.Terms.CreatedAt) * time.Second}
	for _, r := range summary.Recipients {
		if !r.Removed() {
			w.recipients = append(w.recipients, r.Recipient)
		}
	}
	if record.Files {
		w.files = []int64{record.LargestFile}
	}
	reasons := append(rule.check(w), rule.checkViews(record.Terms.MaxViews)...)
	return AffectedShare{summary, reasons}, nil
}

// proposed gives the effective rule of any vault once p is set, and refuses a
// vault's rule that is looser than the account's.
func (s *Service) proposed(ctx context.Context, vaultID string, p Policy) (func(vaultID string) Effective, error) {
	account, vaults, err := s.Policies(ctx)
	if err != nil {
		return nil, err
	}
	if vaultID == "" {
		account = p
	} else {
		if err := s.knowsVault(ctx, vaultID); err != nil {
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

func (s *Service) knowsVault(ctx context.Context, vaultID string) error {
	vaults, err := s.vault.Vaults(ctx)
	if err != nil {
		return fmt.Errorf("list vaults: %w", err)
	}
	for _, v := range vaults {
		if v.ID == vaultID {
			return nil
		}
	}
	return fault.Field("vault", fault.CodeInvalid, "This vault is not there any more. Choose another.")
}
