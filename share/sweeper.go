package share

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

const (
	sweepEvery  = 20 * time.Second // so that erasing takes well under a minute
	sweepLimit  = 100              // rows of one short transaction
	stageTime   = time.Hour        // a share that is being made takes no longer
	scrubPause  = time.Second      // between tries to overwrite what is left
	clockDrift  = time.Minute      // wall and monotonic clock may disagree by this
	remindEvery = 10 * time.Minute // how often a pause is logged again
)

// EraseFunc erases at most limit rows of another room that ended by now, and
// tells how many.
type EraseFunc func(ctx context.Context, now time.Time, limit int) (int, error)

// SweeperConfig is what a Sweeper is made of. Clock is the wall clock, Uptime the
// monotonic time since any fixed moment. HistoryDays 0 keeps the history.
type SweeperConfig struct {
	Eraser      Eraser
	Also        []EraseFunc // sessions, mail
	Clock       func() time.Time
	Uptime      func() time.Duration
	HistoryDays int
	Log         *slog.Logger
}

// Sweeper erases what ended, in small batches. It never decides whether a share
// opens: a late, doubled or missing sweep harms nothing but secrecy at rest. While
// wall and monotonic clock disagree it erases nothing.
type Sweeper struct {
	c        SweeperConfig
	poke     chan struct{}
	offset   int64 // wall minus monotonic clock at the start, in nanoseconds
	reminded time.Duration
}

// NewSweeper makes a sweeper. It starts nothing; the clocks agree as of now.
func NewSweeper(c SweeperConfig) *Sweeper {
	s := &Sweeper{c: c, poke: make(chan struct{}, 1)}
	s.offset = s.difference()
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
	return errors.Join(append(failed, s.scrub(ctx))...)
}

type eraser struct {
	what  string
	erase EraseFunc
}

func (s *Sweeper) erasers() []eraser {
	db := s.c.Eraser
	all := []eraser{
		{"expired shares", db.ExpireShares},
		{"content", db.EraseContent},
		{"stages", func(ctx context.Context, now time.Time, limit int) (int, error) {
			return db.EraseStages(ctx, now.Add(-stageTime), limit)
		}},
		{"codes", db.EraseCodes},
	}
	if s.c.HistoryDays > 0 {
		all = append(all, eraser{"history", func(ctx context.Context, now time.Time, limit int) (int, error) {
			return db.EraseHistory(ctx, now.Add(-time.Duration(s.c.HistoryDays)*day), limit)
		}})
	}
	for _, erase := range s.c.Also {
		all = append(all, eraser{"other rows", erase})
	}
	return all
}

// drain erases batch after batch until nothing is left.
func (s *Sweeper) drain(ctx context.Context, erase EraseFunc) error {
	for s.steady() {
		n, err := erase(ctx, s.c.Clock(), sweepLimit)
		if err != nil || n == 0 {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// scrub tries until nothing is left. It erases no row, so no clock stops it.
func (s *Sweeper) scrub(ctx context.Context) error {
	for range sweepEvery / scrubPause {
		clean, err := s.c.Eraser.Scrub(ctx)
		if err != nil {
			return fmt.Errorf("scrub: %w", err)
		}
		if clean {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(scrubPause):
		}
	}
	return nil // the next sweep goes on
}

// difference is the wall clock minus the monotonic clock. Unix time leaves out the
// monotonic reading that a time of this process carries.
func (s *Sweeper) difference() int64 {
	return s.c.Clock().UnixNano() - int64(s.c.Uptime())
}

// steady tells whether the clocks still agree, and logs where they do not.
func (s *Sweeper) steady() bool {
	drift := time.Duration(s.difference() - s.offset).Abs()
	if drift <= clockDrift {
		return true
	}
	if up := s.c.Uptime(); up-s.reminded >= remindEvery {
		s.reminded = up
		s.c.Log.Warn("the clock was changed: nothing is erased until it is right again or the server starts anew", "drift", drift.Round(time.Second).String())
	}
	return false
}
