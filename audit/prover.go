package audit

import (
	"bytes"
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"itemshare/fault"
)

// How often a Prover works. New events are checked on from the last one that was proved. The whole
// chain is checked once a day, in small steps between which the Prover rests for a multiple of the
// time that a step took.
const (
	proveEvery = 30 * time.Second
	proveFirst = 2 * time.Second
	wholeEvery = 24 * time.Hour
	retryShare = 100 // of the time that a check took which found the chain broken
	restDaily  = 9
	restNow    = 1 // where someone waits for the result
)

// ProverConfig is the configuration of a Prover; every field is required.
type ProverConfig struct {
	Store       Store
	Checkpoints Checkpoints
	MAC         MAC
	Clock       func() time.Time
	Log         *slog.Logger
}

// State is what a Prover knows.
type State struct {
	Report
	At      time.Time // when it last checked, the zero time before the first check ended
	WholeAt time.Time // when the last check of the whole chain began that ended
	Broken  *Broken   // nil for an intact chain
	Running bool      // whether a check of the whole chain is under way
	Checked int64     // how many events that check has passed
}

// Prover verifies the chain in the background, for a page that shows the result. Of several, in
// several processes, each trusts what another one has proved and stored as a checkpoint.
type Prover struct {
	config ProverConfig
	wake   chan struct{}

	mu    sync.Mutex
	state State

	// Of Run alone.
	proved  Link // the last proved event, zero before the first check ended
	walk    walk
	wholeBy time.Time // when the next check of the whole chain is due
}

// walk is a check of the whole chain under way.
type walk struct {
	last  Link
	began time.Time
	took  time.Duration // without the rests
	rest  int
}

// NewProver returns a Prover that has verified nothing yet.
func NewProver(c ProverConfig) *Prover {
	return &Prover{config: c, wake: make(chan struct{}, 1)}
}

// State returns what the Prover knows now.
func (p *Prover) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

func (p *Prover) update(change func(*State)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.state)
}

// CheckAll has the whole chain checked soon, unless that is under way.
func (p *Prover) CheckAll() {
	p.update(func(s *State) {
		if !s.Running {
			s.Running, s.Checked = true, 0
		}
	})
	select {
	case p.wake <- struct{}{}:
	default: // it is awake
	}
}

// Run verifies the chain until ctx ends.
func (p *Prover) Run(ctx context.Context) {
	var last time.Time // when new events were checked
	for ctx.Err() == nil {
		now := p.config.Clock()
		if due := last.Add(p.pause()); !now.Before(due) || last.After(now) { // or the clock was set back
			p.report(ctx, p.proveNew(ctx))
			last = now
		}
		wait := last.Add(p.pause()).Sub(now)
		if p.isWalking(now) {
			took, err := p.step(ctx)
			p.report(ctx, err)
			if wait = time.Duration(p.walk.rest) * took; err != nil {
				wait = proveEvery
			}
		}
		select {
		case <-ctx.Done():
		case <-p.wake:
		case <-time.After(wait):
		}
	}
}

// pause is how long to wait for new events: shortly for the very first ones.
func (p *Prover) pause() time.Duration {
	if state := p.State(); !state.At.IsZero() && state.Count == 0 && state.Unsealed > 0 {
		return proveFirst
	}
	return proveEvery
}

func (p *Prover) report(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		p.config.Log.Error("the audit chain could not be checked", "err", err)
	}
}

// isWalking reports whether a check of the whole chain is under way, and starts one that is due.
func (p *Prover) isWalking(now time.Time) bool {
	asked := p.State().Running
	if !p.walk.began.IsZero() {
		return true
	}
	due := !now.Before(p.wholeBy) || p.wholeBy.Sub(now) > wholeEvery
	if !asked && !due {
		return false
	}
	p.walk = walk{began: now, rest: restDaily}
	if asked || p.proved.Number == 0 {
		p.walk.rest = restNow
	}
	p.update(func(s *State) { s.Running, s.Checked = true, 0 })
	return true
}

// step checks one batch of the whole chain, and returns how long that took.
func (p *Prover) step(ctx context.Context) (took time.Duration, err error) {
	start := p.config.Clock()
	last, more, broken, err := p.batch(ctx, p.walk.last)
	took = max(p.config.Clock().Sub(start), 0)
	p.walk.took += took
	if err != nil {
		return took, err
	}
	p.walk.last = last
	p.update(func(s *State) { s.Checked = last.Number })
	switch {
	case broken != nil:
		return took, p.foundBroken(ctx, last, broken)
	case !more:
		return took, p.finishWalk(ctx)
	}
	return took, nil
}

// batch checks the events after one that is proved, and returns the last that is intact.
func (p *Prover) batch(ctx context.Context, last Link) (Link, bool, *Broken, error) {
	records, err := p.config.Store.SealedRecords(ctx, last.Number, verifyBatch)
	if err != nil {
		return last, false, nil, fmt.Errorf("read the audit chain: %w", err)
	}
	for _, r := range records {
		if broken := p.config.MAC.check(last, r); broken != nil {
			return last, false, broken, nil
		}
		last = r.Link
	}
	return last, len(records) == verifyBatch, nil, nil
}

// finishWalk stores that the whole chain is intact.
func (p *Prover) finishWalk(ctx context.Context) error {
	began := p.walk.began
	if last := p.walk.last; last.Number >= p.proved.Number {
		p.proved = last
	} else if p.proved.Number > 0 {
		// Events that were there before are gone from the end.
		return p.foundBroken(ctx, last, &Broken{last.Number + 1, endMissing})
	}
	p.walk = walk{}
	p.wholeBy = began.Add(wholeEvery)
	p.update(func(s *State) { s.WholeAt, s.Running, s.Broken = began, false, nil })
	return p.conclude(ctx, began)
}

// conclude publishes that the chain is intact up to the last proved event, and stores it.
func (p *Prover) conclude(ctx context.Context, at time.Time) error {
	report, err := conclude(ctx, p.config.Store, p.proved, nil)
	if err != nil {
		return err
	}
	stored := p.State().Count
	p.update(func(s *State) { s.Report, s.At = report, at })
	whole := p.State().WholeAt
	if report.Count == 0 || whole.IsZero() || stored == report.Count && !at.Equal(whole) {
		return nil
	}
	c := Checkpoint{
		Link: Link{Number: p.proved.Number, Hash: p.proved.Hash},
		At:   at.UTC().Truncate(time.Millisecond), WholeAt: whole.UTC().Truncate(time.Millisecond),
	}
	c.MAC = p.config.MAC.checkpoint(c)
	return fault.Wrap("store the audit checkpoint", p.config.Checkpoints.SetCheckpoint(ctx, c))
}

// proveNew checks the events that follow the last proved one. It leaves the chain to a check of the
// whole where nothing is proved yet or something is broken.
func (p *Prover) proveNew(ctx context.Context) error {
	if p.State().Broken != nil {
		return nil
	}
	if err := p.adopt(ctx); err != nil || p.State().WholeAt.IsZero() {
		return err
	}
	at := p.config.Clock()
	there, err := p.isThere(ctx, p.proved)
	if err != nil {
		return err
	}
	if !there {
		return p.foundBroken(ctx, p.proved, &Broken{p.proved.Number, endMissing})
	}
	for more := true; more; {
		var broken *Broken
		if p.proved, more, broken, err = p.batch(ctx, p.proved); err != nil {
			return err
		}
		if broken != nil {
			return p.foundBroken(ctx, p.proved, broken)
		}
	}
	return p.conclude(ctx, at)
}

// isThere reports whether the event of a link is still in the chain, true for the zero Link.
func (p *Prover) isThere(ctx context.Context, link Link) (bool, error) {
	if link.Number == 0 {
		return true, nil
	}
	records, err := p.config.Store.SealedRecords(ctx, link.Number-1, 1)
	if err != nil {
		return false, fmt.Errorf("read the audit chain: %w", err)
	}
	return len(records) == 1 && records[0].Link.Number == link.Number &&
		bytes.Equal(records[0].Link.Hash, link.Hash), nil
}

// adopt takes over what the checkpoint says beyond what this Prover has proved. A checkpoint that no
// Prover of this installation has stored counts for nothing.
func (p *Prover) adopt(ctx context.Context) error {
	c, err := p.config.Checkpoints.Checkpoint(ctx)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the audit checkpoint: %w", err)
	}
	if !hmac.Equal(c.MAC, p.config.MAC.checkpoint(c)) {
		p.config.Log.Warn("the audit checkpoint is not this installation's: the whole chain is checked")
		return p.config.Checkpoints.DropCheckpoint(ctx)
	}
	if c.Link.Number > p.proved.Number {
		p.proved = c.Link
	}
	if c.WholeAt.After(p.State().WholeAt) {
		p.wholeBy = c.WholeAt.Add(wholeEvery)
		p.update(func(s *State) { s.WholeAt = c.WholeAt })
	}
	return nil
}

// foundBroken publishes that the chain is broken after the event last. The whole is checked again
// soon, and after a restart.
func (p *Prover) foundBroken(ctx context.Context, last Link, broken *Broken) error {
	if p.State().Broken == nil {
		p.config.Log.Error(
			"the audit chain is broken", "event", broken.Number, "reason", broken.Reason,
		)
	}
	now := p.config.Clock()
	p.update(func(s *State) {
		s.Report, s.At, s.Broken = Report{Count: last.Number}, now, broken
		s.Running, s.WholeAt = false, time.Time{}
	})
	p.wholeBy = now.Add(max(proveEvery, retryShare*p.walk.took))
	p.proved, p.walk = Link{}, walk{}
	err := p.config.Checkpoints.DropCheckpoint(ctx)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return fault.Wrap("drop the audit checkpoint", err)
}
