package share

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// rows is an eraser over counts: how much of each thing is left.
type rows struct {
	mu     sync.Mutex
	left   map[string]int
	calls  []string
	before map[string]time.Time
	busy   int // scrubs that fail to finish
	scrubs int
	fail   string
	due    time.Time // of what is overdue
}

func (r *rows) ErasureDue(context.Context, time.Time) (time.Time, error) { return r.due, nil }

func (r *rows) erase(what string, at time.Time, limit int) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, what)
	r.before[what] = at
	if what == r.fail {
		return 0, errors.New("database is busy")
	}
	n := min(limit, r.left[what])
	r.left[what] -= n
	return n, nil
}

func (r *rows) ExpireShares(_ context.Context, now time.Time, limit int) (int, error) {
	return r.erase("shares", now, limit)
}

func (r *rows) EraseContent(_ context.Context, now time.Time, limit int) (int, error) {
	return r.erase("content", now, limit)
}

func (r *rows) EraseStages(_ context.Context, before time.Time, limit int) (int, error) {
	return r.erase("stages", before, limit)
}

func (r *rows) EraseCodes(_ context.Context, now time.Time, limit int) (int, error) {
	return r.erase("codes", now, limit)
}

func (r *rows) EraseHistory(_ context.Context, before time.Time, limit int) (int, error) {
	return r.erase("history", before, limit)
}

// set leaves n of a thing to erase.
func (r *rows) set(what string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left[what] = n
}

func (r *rows) Scrub(context.Context) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.scrubs++
	if r.busy > 0 {
		r.busy--
		return false, nil
	}
	return true, nil
}

// clocks are a wall clock and a monotonic one that can be set apart.
type clocks struct {
	wall time.Time
	up   time.Duration
}

func (c *clocks) pass(d time.Duration) { c.wall, c.up = c.wall.Add(d), c.up+d }

func newRows() *rows { return &rows{left: map[string]int{}, before: map[string]time.Time{}} }

func testSweeper(r *rows, c *clocks, days int) (*Sweeper, *bytes.Buffer) {
	var log bytes.Buffer
	return NewSweeper(SweeperConfig{
		Eraser: r, Clock: func() time.Time { return c.wall },
		Uptime: func() time.Duration { return c.up }, HistoryDays: days,
		Also: []EraseFunc{
			func(_ context.Context, now time.Time, limit int) (int, error) { return r.erase("sessions", now, limit) },
		},
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	}), &log
}

func TestSweepErasesUntilNothingIsLeft(t *testing.T) {
	r, c := newRows(), &clocks{wall: time.Unix(1_800_000_000, 0)}
	for _, what := range []string{"shares", "content", "stages", "codes", "history", "sessions"} {
		r.left[what] = 250
	}
	s, _ := testSweeper(r, c, 30)
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for what, left := range r.left {
		if left != 0 {
			t.Errorf("%d %s are left", left, what)
		}
	}
	for what, age := range map[string]time.Duration{"content": 0, "stages": time.Hour, "history": 30 * day} {
		if got := c.wall.Sub(r.before[what]); got != age {
			t.Errorf("%s are erased at an age of %v, want %v", what, got, age)
		}
	}
	if r.scrubs != 1 {
		t.Errorf("%d scrubs", r.scrubs)
	}
}

func TestHistoryIsKeptUnlessDaysAreSet(t *testing.T) {
	r, c := newRows(), &clocks{wall: time.Unix(1_800_000_000, 0)}
	r.left["history"] = 1
	s, _ := testSweeper(r, c, 0)
	if err := s.Sweep(t.Context()); err != nil || r.left["history"] != 1 {
		t.Errorf("%d left, %v", r.left["history"], err)
	}
}

func TestOneFailureStopsNoOther(t *testing.T) {
	r, c := newRows(), &clocks{wall: time.Unix(1_800_000_000, 0)}
	r.fail, r.left["codes"] = "content", 1
	s, _ := testSweeper(r, c, 0)
	if err := s.Sweep(t.Context()); err == nil || !strings.Contains(err.Error(), "erase content") {
		t.Errorf("error %v", err)
	}
	if r.left["codes"] != 0 || r.scrubs != 1 {
		t.Errorf("%d codes left, %d scrubs", r.left["codes"], r.scrubs)
	}
}

func TestNothingIsErasedWhileTheClocksDisagree(t *testing.T) {
	for _, jump := range []time.Duration{2 * time.Minute, -2 * time.Minute, 20 * 365 * day} {
		t.Run(fmt.Sprint(jump), func(t *testing.T) {
			r, c := newRows(), &clocks{wall: time.Unix(1_800_000_000, 0)}
			s, log := testSweeper(r, c, 30)
			r.left["content"] = 1
			c.pass(time.Hour)
			c.wall = c.wall.Add(jump)
			for range 3 {
				if err := s.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if len(r.calls) > 0 {
				t.Errorf("called %q", r.calls)
			}
			if n := strings.Count(log.String(), "the clock was changed"); n != 1 {
				t.Errorf("logged %d times:\n%s", n, log)
			}
			c.wall = c.wall.Add(-jump + 30*time.Second)
			if err := s.Sweep(t.Context()); err != nil || r.left["content"] != 0 {
				t.Errorf("once they agree, %d is left, %v", r.left["content"], err)
			}
		})
	}
}

// TestErasingGoesOnAfterAStep: a suspend or a late time server sets the clocks apart for
// good. Erasing goes on by itself once they have kept the new difference for a while.
func TestErasingGoesOnAfterAStep(t *testing.T) {
	for _, jump := range []time.Duration{2 * time.Minute, -2 * time.Minute, 9 * time.Hour} {
		t.Run(fmt.Sprint(jump), func(t *testing.T) {
			r, c := newRows(), &clocks{wall: time.Unix(1_800_000_000, 0)}
			s, log := testSweeper(r, c, 30)
			r.left["content"] = 1
			c.wall = c.wall.Add(jump)
			sweepFor(t, s, c, clockSettles-sweepEvery)
			if len(r.calls) > 0 {
				t.Errorf("called %q before the clock has settled", r.calls)
			}
			sweepFor(t, s, c, 2*sweepEvery)
			if r.left["content"] != 0 || !strings.Contains(log.String(), "erasing goes on") {
				t.Errorf("%d is left; logged\n%s", r.left["content"], log)
			}
		})
	}
}

// sweepFor sweeps as often as Run does.
func sweepFor(t *testing.T, s *Sweeper, c *clocks, length time.Duration) {
	t.Helper()
	for passed := time.Duration(0); passed < length; passed += sweepEvery {
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.pass(sweepEvery)
	}
}

// TestAnotherStepBeginsTheWaitAnew, so that no clock is trusted that was set a moment ago.
func TestAnotherStepBeginsTheWaitAnew(t *testing.T) {
	r, c := newRows(), &clocks{wall: time.Unix(1_800_000_000, 0)}
	s, _ := testSweeper(r, c, 30)
	r.left["content"] = 1
	c.wall = c.wall.Add(time.Hour)
	sweepFor(t, s, c, clockSettles-sweepEvery)
	c.wall = c.wall.Add(20 * 365 * day)
	sweepFor(t, s, c, clockSettles-sweepEvery)
	if len(r.calls) > 0 {
		t.Errorf("called %q", r.calls)
	}
}

// TestASlowDriftStopsNothing: a clock that is slewed for days is never far from where it
// was at the last sweep.
func TestASlowDriftStopsNothing(t *testing.T) {
	r, c := newRows(), &clocks{wall: time.Unix(1_800_000_000, 0)}
	s, log := testSweeper(r, c, 30)
	for range 100 {
		c.pass(sweepEvery)
		c.wall = c.wall.Add(2 * time.Second)
		r.left["content"] = 1
		if err := s.Sweep(t.Context()); err != nil || r.left["content"] != 0 {
			t.Fatalf("%d is left, %v; logged\n%s", r.left["content"], err, log)
		}
	}
}

// TestASweeperThatIsBehindSaysSo, whatever the reason, at most every ten minutes.
func TestASweeperThatIsBehindSaysSo(t *testing.T) {
	r, c := newRows(), &clocks{wall: time.Unix(1_800_000_000, 0)}
	s, log := testSweeper(r, c, 30)
	r.left["content"], r.fail, r.due = 1, "content", c.wall
	for range 2 * remindEvery / sweepEvery {
		s.Sweep(t.Context()) // fails on purpose
		c.pass(sweepEvery)
	}
	if n := strings.Count(log.String(), "erasing is behind"); n != 2 ||
		!strings.Contains(log.String(), "due=2027-01-15T08:00:00.000Z") {
		t.Errorf("logged %d times:\n%s", n, log)
	}
}

// TestScrubbingBacksOff: each try may keep writers waiting, so one that a long reader
// prevents is repeated after one second, two, four and so on.
func TestScrubbingBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := newRows(), &clocks{wall: time.Unix(1_800_000_000, 0)}
		r.busy = 1000
		s, _ := testSweeper(r, c, 0)
		start := time.Now()
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); r.scrubs != 5 || took != 15*time.Second {
			t.Errorf("%d scrubs in %v", r.scrubs, took)
		}
	})
}

func TestRunScrubsUntilCleanIsPokedAndStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, start := newRows(), time.Now()
		r.busy = 3
		s := NewSweeper(
			SweeperConfig{
				Eraser: r,
				Clock:  time.Now,
				Uptime: func() time.Duration { return time.Since(start) },
				Log:    slog.New(slog.DiscardHandler),
			},
		)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { s.Run(ctx); close(done) }()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if r.scrubs != 4 {
			t.Errorf("%d scrubs, want 3 busy and a clean one", r.scrubs)
		}
		r.set("content", 1)
		s.Poke()
		s.Poke()
		synctest.Wait()
		if r.left["content"] != 0 {
			t.Error("a poke does not sweep at once")
		}
		r.set("content", 1)
		time.Sleep(time.Minute)
		synctest.Wait()
		if r.left["content"] != 0 {
			t.Error("no sweep within a minute")
		}
		cancel()
		<-done
	})
}
