package share

import (
	"context"
	"fmt"
	"time"

	"itemshare/fault"
)

// AffectedShare is an active share that breaks a policy, and why.
type AffectedShare struct {
	Summary
	Reasons []fault.Problem
}

// AffectedPage is one page of affected shares. Next is set while there are more shares to
// judge, even if the page is empty. Count is how many active shares of all pages break the
// policy, or at least that many with AtLeast: only the newest ones were judged.
type AffectedPage struct {
	Shares  []AffectedShare
	Next    string
	Count   int
	Native  int // of Count, created by the vault's own account
	AtLeast bool
}

const (
	affectedPage = 50    // affected shares of a page
	judgeBatch   = 200   // active shares loaded at once
	judgeMost    = 5_000 // active shares judged for one page, and for the count
)

// Affected returns active shares that would break the policy. It changes nothing.
func (s *Service) Affected(
	ctx context.Context,
	vaultID string,
	p Policy,
	after string,
	limit int,
) (AffectedPage, error) {
	rules, err := s.proposed(ctx, vaultID, p)
	if err != nil {
		return AffectedPage{}, err
	}
	if limit <= 0 || limit > affectedPage {
		limit = affectedPage
	}
	page, err := s.affectedPage(ctx, vaultID, rules, after, limit)
	if err != nil {
		return AffectedPage{}, err
	}
	return page, s.countAffected(ctx, vaultID, rules, &page)
}

// affectedPage lists one page of affected shares.
func (s *Service) affectedPage(
	ctx context.Context, vaultID string, rules policySet, after string, limit int,
) (AffectedPage, error) {
	var page AffectedPage
	var failed error
	next, err := s.judgeActive(
		ctx,
		vaultID,
		rules,
		after,
		func(r Record, why []fault.Problem) bool {
			summary, err := s.summary(r)
			failed = err
			page.Shares = append(page.Shares, AffectedShare{summary, why})
			return err == nil && len(page.Shares) < limit
		},
	)
	page.Next = next
	if failed != nil {
		err = failed
	}
	return page, err
}

// countAffected counts the newest active shares that break the policies.
func (s *Service) countAffected(
	ctx context.Context, vaultID string, rules policySet, page *AffectedPage,
) error {
	next, err := s.judgeActive(ctx, vaultID, rules, "", func(r Record, _ []fault.Problem) bool {
		page.Count++
		if r.Native {
			page.Native++
		}
		return true
	})
	page.AtLeast = next != ""
	return err
}

// judgeActive calls affected with the active shares after an ID that break the policies, newest
// first, until it returns false. It judges judgeMost shares at most, and returns the ID after
// which the next page begins, "" once all were judged.
func (s *Service) judgeActive(
	ctx context.Context,
	vaultID string,
	rules policySet,
	after string,
	affected func(Record, []fault.Problem) bool,
) (next string, err error) {
	for judged := 0; judged < judgeMost; judged += judgeBatch {
		records, more, err := s.activeAfter(ctx, vaultID, after, judgeBatch)
		if err != nil {
			return "", err
		}
		for i, record := range records {
			after = record.ID
			reasons := s.broken(rules, record)
			if len(reasons) == 0 || affected(record, reasons) {
				continue
			}
			if !more && i == len(records)-1 {
				return "", nil
			}
			return after, nil
		}
		if !more {
			return "", nil
		}
	}
	return after, nil
}

// activeAfter returns active shares of a vault, of every vault for "", newest first.
func (s *Service) activeAfter(
	ctx context.Context, vaultID, after string, limit int,
) (records []Record, more bool, err error) {
	records, more, err = s.store.List(ctx, Filter{
		VaultID: vaultID, State: Active, After: after, Limit: limit, Now: s.clock(),
	})
	if err != nil {
		return nil, false, fmt.Errorf("list active shares: %w", err)
	}
	return records, more, nil
}

// broken returns why an active share would be rejected if it were created under the policies.
// A recipient whose address can't be opened is at no allowed domain.
func (s *Service) broken(rules policySet, record Record) []fault.Problem {
	p := proposal{
		audience: record.Terms.Audience,
		expiry:   time.Duration(record.Terms.ExpiresAt-record.Terms.CreatedAt) * time.Second,
	}
	for _, r := range record.Recipients {
		if r.RemovedAt == 0 {
			recipient, err := s.openRecipient(record.ID, r)
			if err != nil {
				recipient = Recipient{Kind: r.Kind}
			}
			p.recipients = append(p.recipients, recipient)
		}
	}
	if record.Files {
		p.files = []int64{record.LargestFile}
	}
	policy := rules.of(record.VaultID)
	return append(policy.check(p), policy.checkViews(record.Terms.MaxViews)...)
}
