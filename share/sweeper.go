package share

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"itemshare/audit"
)

const (
	sweepEvery   = 20 * time.Second     // so that erasing takes well under a minute
	batchTime    = 5 * time.Millisecond // that one transaction should take
	stageTime    = time.Hour            // a share that is being created takes no longer
	scrubPause   = time.Second          // after the first try to scrub, doubled after each
	clockDrift   = time.Minute          // by which the clocks may part between two checks
	clockSettles = 5 * time.Minute      // how long erasing pauses after a step of the clock
	behindAfter  = 5 * time.Minute      // an erasure that is due for longer is logged
	remindEvery  = 10 * time.Minute     // how often it is logged again
)

// EraseFunc erases at most limit rows of another room that ended by now, or does other
// work that is due by now, and returns how many rows it changed.
type EraseFunc func(ctx context.Context, now time.Time, limit int) (int, error)

// Eraser is what the sweeper needs of the store. Every call does at most limit
// rows in one short transaction and returns how many, 0 once nothing is left.
type Eraser interface {
	// ExpireShares marks as expired what passed its expiry, and stores the entry of each.
	ExpireShares(
		ctx context.Context,
		now time.Time,
		limit int,
		entry func(shareID string) (audit.Entry, error),
	) (int, error)
	// EraseContent erases sealed content and chunks that are due.
	EraseContent(ctx context.Context, now time.Time, limit int) (int, error)
	// EraseStages erases chunks staged before the given time whose share was never created.
	EraseStages(ctx context.Context, before time.Time, limit int) (int, error)
	// EraseCodes erases codes, views, counters and request keys that no longer count.
	EraseCodes(ctx context.Context, now time.Time, limit int) (int, error)
	// EraseHistory erases titles and addresses of shares that ended before the given
	// time, and the details of their audit events, which hold addresses too.
	EraseHistory(ctx context.Context, before time.Time, limit int) (int, error)
	// ErasureDue returns since when the oldest erasure that is due by now has been due,
	// the zero time where none is.
	ErasureDue(ctx context.Context, now time.Time) (time.Time, error)
	// Scrub overwrites what erasing left behind (SQLite: a truncating checkpoint;
	// PostgreSQL: vacuum) and reports whether nothing is left.
	Scrub(ctx context.Context) (bool, error)
}

// SweeperConfig configures a Sweeper. Clock is the wall clock, Uptime the
// monotonic time since any fixed moment. HistoryDays 0 never erases the history.
type SweeperConfig struct {
	Eraser      Eraser
	Audit       *audit.Log
	Also        []EraseFunc // sessions, mail, audit events of counted views
	Clock       func() time.Time
	Uptime      func() time.Duration
	HistoryDays int
	Log         *slog.Logger
}

// Sweeper erases what ended, in small batches. It never decides whether a share
// opens: a late, doubled or missing sweep harms nothing but secrecy at rest. After a
// step of the wall clock, by a time server or a suspend, it pauses for clockSettles.
type Sweeper struct {
	c        SweeperConfig
	poke     chan struct{}
	clock    clockWatch
	pace     pace
	reminded time.Duration // uptime when it was logged that erasing is behind
}

// NewSweeper returns a sweeper. It starts nothing; the clocks agree as of now.
func NewSweeper(c SweeperConfig) *Sweeper {
	s := &Sweeper{c: c, poke: make(chan struct{}, 1), pace: newPace(batchTime)}
	s.clock.offset = s.difference()
	s.reminded = c.Uptime() - remindEvery
	return s
}

// Poke makes the next sweep start at once.
func (s *Sweeper) Poke() {
	select {
	case s.poke <- struct{}{}:
	default: // one is due already
	}
}

// Run sweeps until ctx ends.
func (s *Sweeper) Run(ctx context.Context) {
	for {
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.c.Log.Error("sweep failed, the next one goes on", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-s.poke:
		case <-time.After(sweepEvery):
		}
	}
}

// Sweep erases all that is due, then overwrites what erasing left behind. One
// eraser that fails stops none of the others.
func (s *Sweeper) Sweep(ctx context.Context) error {
	var failed []error
	for _, e := range s.erasers() {
		if err := s.drain(ctx, e.erase); err != nil {
			failed = append(failed, fmt.Errorf("erase %s: %w", e.what, err))
		}
	}
	return errors.Join(append(failed, s.scrub(ctx), s.checkBehind(ctx))...)
}

// checkBehind logs that erasing is behind, whatever the reason.
func (s *Sweeper) checkBehind(ctx context.Context) error {
	now := s.c.Clock()
	due, err := s.c.Eraser.ErasureDue(ctx, now)
	if err != nil {
		return fmt.Errorf("look for overdue erasures: %w", err)
	}
	up := s.c.Uptime()
	if due.IsZero() || now.Sub(due) < behindAfter || up-s.reminded < remindEvery {
		return nil
	}
	s.reminded = up
	s.c.Log.Warn(
		"erasing is behind: sealed content is kept longer than it should be",
		"due",
		due.UTC(),
	)
	return nil
}

type eraser struct {
	what  string
	erase EraseFunc
}

func (s *Sweeper) erasers() []eraser {
	db := s.c.Eraser
	all := []eraser{
		{"expired shares", s.expire},
		{"content", db.EraseContent},
		{"stages", func(ctx context.Context, now time.Time, limit int) (int, error) {
			return db.EraseStages(ctx, now.Add(-stageTime), limit)
		}},
		{"codes", db.EraseCodes},
	}
	if s.c.HistoryDays > 0 {
		all = append(
			all,
			eraser{"history", func(ctx context.Context, now time.Time, limit int) (int, error) {
				return db.EraseHistory(ctx, now.Add(-time.Duration(s.c.HistoryDays)*day), limit)
			}},
		)
	}
	for _, erase := range s.c.Also {
		all = append(all, eraser{"other rows", erase})
	}
	return all
}

// expire marks shares as expired, each with its event.
func (s *Sweeper) expire(ctx context.Context, now time.Time, limit int) (int, error) {
	return s.c.Eraser.ExpireShares(ctx, now, limit, func(id string) (audit.Entry, error) {
		return s.c.Audit.Entry(audit.Event{At: now, Kind: audit.ShareExpired, Subject: id})
	})
}

// drain erases batch after batch until nothing is left. After each it pauses for as long
// as the batch took, so that requests have half of the time.
func (s *Sweeper) drain(ctx context.Context, erase EraseFunc) error {
	for s.steady() {
		began := s.c.Uptime()
		n, err := erase(ctx, s.c.Clock(), s.pace.batch)
		if err != nil || n == 0 {
			return err
		}
		if err := s.pace.rest(ctx, n, s.c.Uptime()-began); err != nil {
			return err
		}
	}
	return nil
}

// scrub tries until nothing is left, at longer and longer intervals: each try may keep
// writers waiting. It erases no row, so no clock stops it.
func (s *Sweeper) scrub(ctx context.Context) error {
	for pause := scrubPause; ; pause *= 2 {
		clean, err := s.c.Eraser.Scrub(ctx)
		if err != nil {
			return fmt.Errorf("scrub: %w", err)
		}
		if clean || pause > sweepEvery/2 {
			return nil // the next sweep goes on
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// difference is the wall clock minus the monotonic clock. Unix time leaves out the
// monotonic reading that a time of this process carries.
func (s *Sweeper) difference() int64 {
	return s.c.Clock().UnixNano() - int64(s.c.Uptime())
}

// steady reports whether the clocks are as far apart as at the last check, and logs
// where erasing pauses for a step and where it goes on.
func (s *Sweeper) steady() bool {
	switch s.clock.check(s.difference(), s.c.Uptime()) {
	case clockStepped:
		s.c.Log.Warn(
			"the clock was changed: erasing pauses until it is set back or has kept its time",
			"wait",
			clockSettles.String(),
		)
		return false
	case clockSettling:
		return false
	case clockSettled:
		s.c.Log.Warn("the clock has kept its new time: erasing goes on")
	}
	return true
}
