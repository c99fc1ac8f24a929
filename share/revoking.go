package share

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strconv"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

const (
	answerWithin  = 500 * time.Millisecond  // for which saving a policy waits for its revocations
	stepTime      = 2500 * time.Microsecond // that one step should take
	leaseTime     = 15 * time.Second        // after which another process takes over
	revokeEvery   = 5 * time.Second         // how often orders of other processes are looked for
	shownEnded    = 24 * time.Hour          // for which ended orders are listed
	returnTimeout = 5 * time.Second         // for giving back orders when the process stops
)

// RevokeResult is how many links a new policy revoked so far, and how many native ones break
// it, which only their own account can revoke. More are revoked while it is Running.
type RevokeResult struct {
	Revoked int
	Native  int
	Running bool
}

// newRevocation returns an order to revoke the links that break the policies. The request that
// gives it works on it first, under the order's own ID.
func (s *Service) newRevocation(
	now time.Time, by Sharer, vaultID string, rules policySet,
) (*Revocation, error) {
	id, err := seal.NewID(now, s.random)
	if err != nil {
		return nil, fmt.Errorf("create an ID: %w", err)
	}
	judgedBy := policySet{"": rules.account()}
	if vaultID == "" {
		judgedBy = maps.Clone(rules)
	} else {
		judgedBy[vaultID] = rules[vaultID]
	}
	return &Revocation{
		ID: id, VaultID: vaultID, Rules: judgedBy, OrderedBy: by.ID, OrderedAt: now.Unix(),
		Worker: id, LeasedUntil: now.Add(leaseTime).Unix(),
	}, nil
}

// beginRevocation works on a new order for a moment, so that few links are revoked before the
// answer, and leaves the rest to the background. An error is left to it too: the policy is
// saved, and the order stands.
func (s *Service) beginRevocation(ctx context.Context, order Revocation) RevokeResult {
	at, err := s.workOn(ctx, order, answerWithin)
	if err != nil || at.Running() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), returnTimeout)
		defer cancel()
		_ = s.store.ReturnRevocations(ending, order.ID) // else its lease ends by itself
		s.pokeRevocations()
	}
	return RevokeResult{Revoked: at.Revoked, Native: at.Native, Running: at.Running()}
}

func (s *Service) pokeRevocations() {
	select {
	case s.ordered <- struct{}{}:
	default: // the worker looks already
	}
}

// RunRevocations works on orders to revoke links until ctx ends. Several processes may run it.
func (s *Service) RunRevocations(ctx context.Context, log *slog.Logger) {
	worker, err := seal.NewID(s.clock(), s.random)
	if err != nil {
		log.Error("links that break a policy are not revoked in the background", "error", err)
		return
	}
	for {
		if err := s.workOff(ctx, worker); err != nil && ctx.Err() == nil {
			log.Error("revoking links failed, the next try goes on", "error", err)
		}
		select {
		case <-ctx.Done():
			s.stopRevoking(ctx, worker, log)
			return
		case <-s.ordered:
		case <-time.After(revokeEvery):
		}
	}
}

// stopRevoking lets another process go on at once.
func (s *Service) stopRevoking(ctx context.Context, worker string, log *slog.Logger) {
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), returnTimeout)
	defer cancel()
	if err := s.store.ReturnRevocations(ending, worker); err != nil {
		log.Error("giving back orders to revoke links failed", "error", err)
	}
}

// workOff works on orders until there is none that it may take.
func (s *Service) workOff(ctx context.Context, worker string) error {
	for {
		now := s.clock()
		order, ok, err := s.store.TakeRevocation(ctx, worker, now, now.Add(leaseTime))
		if err != nil || !ok {
			return err
		}
		if _, err := s.workOn(ctx, order, 0); err != nil {
			return err
		}
	}
}

// workOn works on an order that its worker has leased until it has ended, or was given back,
// or, unless within is 0, that time has passed. It returns the order as it then is.
func (s *Service) workOn(
	ctx context.Context, order Revocation, within time.Duration,
) (Revocation, error) {
	now, err := s.policies(ctx)
	if err != nil {
		return order, err
	}
	if order.Total == 0 {
		if order.Total, err = s.store.CountActive(ctx, order.VaultID); err != nil {
			return order, fmt.Errorf("count active shares: %w", err)
		}
	}
	pace := newPace(stepTime)
	for began := s.clock(); order.Running(); {
		at := s.clock()
		if within > 0 && at.Sub(began) >= within {
			return order, nil
		}
		step, err := s.nextStep(ctx, order, now, pace.batch)
		if err != nil {
			return order, err
		}
		after, held, err := s.store.RevokeJudged(ctx, step)
		if err != nil || !held {
			return order, fault.Wrap("revoke shares", err)
		}
		after.Rules, order = order.Rules, after
		if err := pace.rest(ctx, step.Judged, s.clock().Sub(at)); err != nil {
			return order, err
		}
	}
	return order, nil
}

// nextStep judges the next active shares. One is revoked where it breaks the policies by which
// the order was given and, since a later policy counts too, those of now.
func (s *Service) nextStep(
	ctx context.Context, order Revocation, current policySet, limit int,
) (RevocationStep, error) {
	records, more, err := s.activeAfter(ctx, order.VaultID, order.JudgedTo, limit)
	if err != nil {
		return RevocationStep{}, err
	}
	now := s.clock()
	step := RevocationStep{
		Order: order, Now: now, Total: max(order.Total, order.Judged+len(records)),
		Judged: len(records), JudgedTo: order.JudgedTo,
		LeasedUntil: now.Add(leaseTime).Unix(), Last: !more, Summary: s.revocationEntry,
	}
	for _, r := range records {
		step.JudgedTo = r.ID
		if len(s.broken(order.Rules, r)) == 0 || len(s.broken(current, r)) == 0 {
			continue
		}
		if r.Native {
			step.Native++
			continue
		}
		entry, err := s.revokedEntry(now, order.OrderedBy, r.ID, "policy")
		if err != nil {
			return RevocationStep{}, err
		}
		step.Revoke = append(step.Revoke, Ending{r.ID, entry})
	}
	return step, nil
}

// revokedEntry is the audit entry of a share that someone revokes, and why.
func (s *Service) revokedEntry(now time.Time, by, id, why string) (audit.Entry, error) {
	return s.entry(now, audit.ShareRevoked, by, id, map[string]string{"by": why})
}

// revocationEntry is the audit entry of an order that has ended.
func (s *Service) revocationEntry(r Revocation) (audit.Entry, error) {
	detail := map[string]string{"revoked": strconv.Itoa(r.Revoked)}
	if r.Native > 0 {
		detail["elsewhere"] = strconv.Itoa(r.Native)
	}
	return s.entry(s.clock(), audit.PolicyApplied, r.OrderedBy, r.VaultID, detail)
}

// Orders returns the orders to revoke links that go on and those that ended within a day,
// newest first.
func (s *Service) Orders(ctx context.Context) ([]Revocation, error) {
	orders, err := s.store.ListRevocations(ctx, s.clock().Add(-shownEnded))
	return orders, fault.Wrap("list orders to revoke links", err)
}
