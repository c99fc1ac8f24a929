package cli

import (
	"context"
	"time"

	"itemshare/audit"
	"itemshare/db"
	"itemshare/share"
	"itemshare/telemetry"
)

// store is the database, and wakes the workers that have something to do.
type store struct {
	*db.DB
	metrics *telemetry.Metrics // nil if nothing is measured
	queued  func()             // wakes the worker of the mail queue
	ended   func()             // wakes the sweeper
}

// Create makes a share live, and counts it.
func (s store) Create(ctx context.Context, draft share.Draft) error {
	err := s.DB.Create(ctx, draft)
	if err == nil && s.metrics != nil {
		s.metrics.Created(string(draft.Record.Terms.Audience))
	}
	return err
}

// Claim claims a view of a share, and counts what became of it.
func (s store) Claim(ctx context.Context, claim share.Claim) (share.ClaimResult, error) {
	result, err := s.DB.Claim(ctx, claim)
	if err == nil && s.metrics != nil {
		s.metrics.Claimed(result.Outcome.String())
	}
	return result, err
}

// IssueCode stores a code and its message, and wakes the mail worker.
func (s store) IssueCode(ctx context.Context, issue share.CodeIssue) (share.IssueResult, error) {
	issued, err := s.DB.IssueCode(ctx, issue)
	if err == nil {
		s.queued()
	}
	return issued, err
}

// Revoke revokes a share and wakes the sweeper.
func (s store) Revoke(
	ctx context.Context,
	id string,
	now time.Time,
	entry audit.Entry,
) (bool, error) {
	revoked, err := s.DB.Revoke(ctx, id, now, entry)
	if revoked {
		s.ended()
	}
	return revoked, err
}

// RevokeJudged revokes shares that break a policy, and wakes the sweeper after the last.
func (s store) RevokeJudged(
	ctx context.Context,
	step share.RevocationStep,
) (share.Revocation, bool, error) {
	after, ok, err := s.DB.RevokeJudged(ctx, step)
	if ok && step.Last {
		s.ended()
	}
	return after, ok, err
}
