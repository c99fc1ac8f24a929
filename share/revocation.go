package share

import (
	"context"
	"time"

	"itemshare/audit"
)

// Revocation is an order to revoke the active links that break a policy, given when the
// policy was saved. Links created later are judged by that policy already. Times are in Unix
// seconds.
type Revocation struct {
	ID            string
	VaultID       string            // "" for the links of every vault
	Rules         map[string]Policy // by which links are judged, the account's under ""; nil in lists
	OrderedBy     string            // a user's ID
	OrderedByName string            // loaded from the user; not stored
	OrderedAt     int64
	Total         int    // active links when the work began, 0 until they are counted
	Judged        int    // of Total
	JudgedTo      string // links with this ID and newer ones are judged; "" before the first
	Revoked       int
	Native        int // break the policy, and only their own account can revoke them
	Worker        string
	LeasedUntil   int64
	EndedAt       int64 // 0 while it goes on
	Outcome       RevocationOutcome
}

// RevocationOutcome is how an order ended.
type RevocationOutcome string

// The outcomes.
const (
	RevocationRunning  RevocationOutcome = ""
	RevocationDone     RevocationOutcome = "done"
	RevocationReplaced RevocationOutcome = "replaced" // a later policy counts
)

// Running reports whether links are still being judged.
func (r Revocation) Running() bool { return r.Outcome == RevocationRunning }

// RevocationStep is the next part of an order: the links that were judged after
// Order.JudgedTo. Judged, JudgedTo, Native and LeasedUntil replace the order's own.
type RevocationStep struct {
	Order       Revocation // as the worker knows it
	Now         time.Time
	Total       int
	Judged      int
	JudgedTo    string
	Native      int
	LeasedUntil int64
	Revoke      []Ending
	Last        bool // ends the order
	// Summary returns the audit entry of an order that this step ends.
	Summary func(Revocation) (audit.Entry, error)
}

// Ending is a share to revoke, and the audit entry of it.
type Ending struct {
	ShareID string
	Entry   audit.Entry
}

// Revocations stores orders to revoke links, on which one worker at a time works: the one
// that leased the order, while the lease lasts.
type Revocations interface {
	// TakeRevocation leases the oldest order that no other worker has leased, and reports
	// whether there is one.
	TakeRevocation(
		ctx context.Context,
		worker string,
		now, until time.Time,
	) (Revocation, bool, error)
	// RevokeJudged takes a step in one transaction and returns the order as it is then. It
	// reports false, and changes nothing, where the order ended, was given back or is
	// not where the worker left it.
	RevokeJudged(ctx context.Context, step RevocationStep) (Revocation, bool, error)
	// ReturnRevocations ends the leases of a worker.
	ReturnRevocations(ctx context.Context, worker string) error
	// CountActive returns how many shares of a vault are active, of every vault for "",
	// and at most a million.
	CountActive(ctx context.Context, vaultID string) (int, error)
	// ListRevocations returns the orders that go on, and those that ended at or after the
	// given time, newest first.
	ListRevocations(ctx context.Context, endedSince time.Time) ([]Revocation, error)
}

// PolicyChange stores a policy in place of the one before. It ends the orders to revoke
// links that it replaces, those of the same scope or, where Revoke is of the account, all.
// Every other order is given back, so that it goes on by the policies as they are now.
type PolicyChange struct {
	VaultID string  // "" is the account
	Policy  *Policy // nil removes a vault's own
	Now     time.Time
	Entry   audit.Entry
	Revoke  *Revocation // the order given with it, nil to keep all links
}
