package cli

import (
	"context"
	"time"

	"itemshare/audit"
	"itemshare/db"
	"itemshare/share"
)

// store is the database, and wakes the workers that have something to do.
type store struct {
	*db.DB
	queued func() // wakes the worker of the mail queue
	ended  func() // wakes the sweeper
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
