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

	"itemshare/audit"
)

// countingEraser is an eraser that counts how many of each thing remain.
type countingEraser struct {
	mu        sync.Mutex
	remaining map[string]int
	calls     []string
	before    map[string]time.Time
	busy      int // number of scrubs that do not finish
	scrubs    int
	fail      string
	due       time.Time // when the oldest overdue thing was due
}

func (e *countingEraser) ErasureDue(context.Context, time.Time) (time.Time, error) { return e.due, nil }

func (e *countingEraser) eraseSome(what string, at time.Time, limit int) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, what)
	e.before[what] = at
	if what == e.fail {
		return 0, errors.New("database is busy")
	}
	n := min(limit, e.remaining[what])
	e.remaining[what] -= n
	return n, nil
}

func (e *countingEraser) ExpireShares(
	_ context.Context, now time.Time, limit int, _ func(string) (audit.Entry, error),
) (int, error) {
	return e.eraseSome("shares", now, limit)
}

func (e *countingEraser) EraseContent(_ context.Context, now time.Time, limit int) (int, error) {
	return e.eraseSome("content", now, limit)
}

func (e *countingEraser) EraseStages(_ context.Context, before time.Time, limit int) (int, error) {
	return e.eraseSome("stages", before, limit)
}

func (e *countingEraser) EraseCodes(_ context.Context, now time.Time, limit int) (int, error) {
	return e.eraseSome("codes", now, limit)
}

func (e *countingEraser) EraseHistory(_ context.Context, before time.Time, limit int) (int, error) {
	return e.eraseSome("history", before, limit)
}

// setRemaining sets the number of things that remain to be erased.
func (e *countingEraser) setRemaining(what string, n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.remaining[what] = n
}

func (e *countingEraser) Scrub(context.Context) (bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.scrubs++
	if e.busy > 0 {
		e.busy--
		return false, nil
	}
	return true, nil
}

// testClocks are a wall clock and a monotonic clock that can be set apart.
type testClocks struct {
	wall time.Time
	up   time.Duration
}

func (c *testClocks) advance(d time.Duration) { c.wall, c.up = c.wall.Add(d), c.up+d }

func newEraser() *countingEraser {
	return &countingEraser{remaining: map[string]int{}, before: map[string]time.Time{}}
}

func testSweeper(e *countingEraser, c *testClocks, days int) (*Sweeper, *bytes.Buffer) {
	var log bytes.Buffer
	return NewSweeper(SweeperConfig{
		Eraser: e, Clock: func() time.Time { return c.wall },
		Uptime: func() time.Duration { return c.up }, HistoryDays: days,
		Also: []EraseFunc{
			func(_ context.Context, now time.Time, limit int) (int, error) {
				return e.eraseSome("sessions", now, limit)
			},
		},
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	}), &log
}

func TestSweepErasesUntilNothingIsLeft(t *testing.T) {
	e, c := newEraser(), &testClocks{wall: time.Unix(1_800_000_000, 0)}
	for _, what := range []string{"shares", "content", "stages", "codes", "history", "sessions"} {
		e.remaining[what] = 250
	}
	s, _ := testSweeper(e, c, 30)
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for what, left := range e.remaining {
		if left != 0 {
			t.Errorf("%d %s are left", left, what)
		}
	}
	for what, age := range map[string]time.Duration{"content": 0, "stages": time.Hour, "history": 30 * day} {
		if got := c.wall.Sub(e.before[what]); got != age {
			t.Errorf("%s are erased at an age of %v, want %v", what, got, age)
		}
	}
	if e.scrubs != 1 {
		t.Errorf("%d scrubs", e.scrubs)
	}
}

func TestHistoryIsKeptUnlessDaysAreSet(t *testing.T) {
	e, c := newEraser(), &testClocks{wall: time.Unix(1_800_000_000, 0)}
	e.remaining["history"] = 1
	s, _ := testSweeper(e, c, 0)
	if err := s.Sweep(t.Context()); err != nil || e.remaining["history"] != 1 {
		t.Errorf("%d left, %v", e.remaining["history"], err)
	}
}

func TestOneFailureStopsNoOther(t *testing.T) {
	e, c := newEraser(), &testClocks{wall: time.Unix(1_800_000_000, 0)}
	e.fail, e.remaining["codes"] = "content", 1
	s, _ := testSweeper(e, c, 0)
	if err := s.Sweep(t.Context()); err == nil || !strings.Contains(err.Error(), "erase content") {
		t.Errorf("error %v", err)
	}
	if e.remaining["codes"] != 0 || e.scrubs != 1 {
		t.Errorf("%d codes left, %d scrubs", e.remaining["codes"], e.scrubs)
	}
}

func TestNothingIsErasedWhileTheClocksDisagree(t *testing.T) {
	for _, jump := range []time.Duration{2 * time.Minute, -2 * time.Minute, 20 * 365 * day} {
		t.Run(fmt.Sprint(jump), func(t *testing.T) {
			e, c := newEraser(), &testClocks{wall: time.Unix(1_800_000_000, 0)}
			s, log := testSweeper(e, c, 30)
			e.remaining["content"] = 1
			c.advance(time.Hour)
			c.wall = c.wall.Add(jump)
			for range 3 {
				if err := s.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if len(e.calls) > 0 {
				t.Errorf("called %q", e.calls)
			}
			if n := strings.Count(log.String(), "the clock was changed"); n != 1 {
				t.Errorf("logged %d times:\n%s", n, log)
			}
			c.wall = c.wall.Add(-jump + 30*time.Second)
			if err := s.Sweep(t.Context()); err != nil || e.remaining["content"] != 0 {
				t.Errorf("once they agree, %d is left, %v", e.remaining["content"], err)
			}
		})
	}
}

// TestErasingGoesOnAfterAStep asserts that erasing goes on by itself after a suspend or a late
// time server sets the clocks apart for good, once they have kept the new difference for a while.
func TestErasingGoesOnAfterAStep(t *testing.T) {
	for _, jump := range []time.Duration{2 * time.Minute, -2 * time.Minute, 9 * time.Hour} {
		t.Run(fmt.Sprint(jump), func(t *testing.T) {
			e, c := newEraser(), &testClocks{wall: time.Unix(1_800_000_000, 0)}
			s, log := testSweeper(e, c, 30)
			e.remaining["content"] = 1
			c.wall = c.wall.Add(jump)
			sweepFor(t, s, c, clockSettles-sweepEvery)
			if len(e.calls) > 0 {
				t.Errorf("called %q before the clock has settled", e.calls)
			}
			sweepFor(t, s, c, 2*sweepEvery)
			if e.remaining["content"] != 0 || !strings.Contains(log.String(), "erasing goes on") {
				t.Errorf("%d is left; logged\n%s", e.remaining["content"], log)
			}
		})
	}
}

// sweepFor sweeps as often as Run does, for the length of time.
func sweepFor(t *testing.T, s *Sweeper, c *testClocks, length time.Duration) {
	t.Helper()
	for passed := time.Duration(0); passed < length; passed += sweepEvery {
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.advance(sweepEvery)
	}
}

// TestAnotherStepBeginsTheWaitAnew asserts that a second step restarts the wait, so that a clock
// that was set a moment ago is not trusted.
func TestAnotherStepBeginsTheWaitAnew(t *testing.T) {
	e, c := newEraser(), &testClocks{wall: time.Unix(1_800_000_000, 0)}
	s, _ := testSweeper(e, c, 30)
	e.remaining["content"] = 1
	c.wall = c.wall.Add(time.Hour)
	sweepFor(t, s, c, clockSettles-sweepEvery)
	c.wall = c.wall.Add(20 * 365 * day)
	sweepFor(t, s, c, clockSettles-sweepEvery)
	if len(e.calls) > 0 {
		t.Errorf("called %q", e.calls)
	}
}

// TestASlowDriftStopsNothing asserts that erasing goes on while a clock is slewed for days: it is
// never far from where it was at the last sweep.
func TestASlowDriftStopsNothing(t *testing.T) {
	e, c := newEraser(), &testClocks{wall: time.Unix(1_800_000_000, 0)}
	s, log := testSweeper(e, c, 30)
	for range 100 {
		c.advance(sweepEvery)
		c.wall = c.wall.Add(2 * time.Second)
		e.remaining["content"] = 1
		if err := s.Sweep(t.Context()); err != nil || e.remaining["content"] != 0 {
			t.Fatalf("%d is left, %v; logged\n%s", e.remaining["content"], err, log)
		}
	}
}

// TestASweeperThatIsBehindSaysSo asserts that a sweeper that is behind logs a warning at most
// every ten minutes, whatever the reason.
func TestASweeperThatIsBehindSaysSo(t *testing.T) {
	e, c := newEraser(), &testClocks{wall: time.Unix(1_800_000_000, 0)}
	s, log := testSweeper(e, c, 30)
	e.remaining["content"], e.fail, e.due = 1, "content", c.wall
	for range 2 * remindEvery / sweepEvery {
		s.Sweep(t.Context()) // fails on purpose
		c.advance(sweepEvery)
	}
	if n := strings.Count(log.String(), "erasing is behind"); n != 2 ||
		!strings.Contains(log.String(), "due=2027-01-15T08:00:00.000Z") {
		t.Errorf("logged %d times:\n%s", n, log)
	}
}

// TestSweepYieldsToRequests: a batch has as many rows as a few milliseconds allow, and is
// followed by a pause of its own length.
func TestSweepYieldsToRequests(t *testing.T) {
	for _, test := range []struct {
		perRow      time.Duration
		left        int
		least, most int // rows of the last full batches
	}{
		{perRow: time.Microsecond, left: 20_000, least: batchMost, most: batchMost},
		{perRow: 50 * time.Microsecond, left: 5_000, least: 64, most: 256},
		{perRow: 10 * time.Millisecond, left: 100, least: batchLeast, most: batchLeast},
	} {
		synctest.Test(t, func(t *testing.T) {
			e, start := newEraser(), time.Now()
			var limits []int
			var busy time.Duration
			left := test.left
			s := NewSweeper(SweeperConfig{
				Eraser: e, Clock: time.Now, Log: slog.New(slog.DiscardHandler),
				Uptime: func() time.Duration { return time.Since(start) },
				Also: []EraseFunc{func(_ context.Context, _ time.Time, limit int) (int, error) {
					n := min(limit, left)
					left -= n
					limits = append(limits, limit)
					took := time.Duration(n) * test.perRow
					busy += took
					time.Sleep(took)
					return n, nil
				}},
			})
			if err := s.Sweep(t.Context()); err != nil || left != 0 {
				t.Fatalf("%d left, %v", left, err)
			}
			if last := limits[len(limits)-3]; last < test.least || last > test.most {
				t.Errorf("%v a row: batches of %v", test.perRow, limits)
			}
			if took := time.Since(start); took != 2*busy {
				t.Errorf("%v a row: busy for %v of %v", test.perRow, busy, took)
			}
		})
	}
}

// TestScrubbingBacksOff: each try may keep writers waiting, so one that a long reader
// prevents is repeated after one second, two, four and so on.
func TestScrubbingBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c := newEraser(), &testClocks{wall: time.Unix(1_800_000_000, 0)}
		e.busy = 1000
		s, _ := testSweeper(e, c, 0)
		start := time.Now()
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); e.scrubs != 5 || took != 15*time.Second {
			t.Errorf("%d scrubs in %v", e.scrubs, took)
		}
	})
}

func TestRunScrubsUntilCleanIsPokedAndStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, start := newEraser(), time.Now()
		e.busy = 3
		s := NewSweeper(
			SweeperConfig{
				Eraser: e,
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
		if e.scrubs != 4 {
			t.Errorf("%d scrubs, want 3 busy and a clean one", e.scrubs)
		}
		e.setRemaining("content", 1)
		s.Poke()
		s.Poke()
		synctest.Wait()
		if e.remaining["content"] != 0 {
			t.Error("a poke does not sweep at once")
		}
		e.setRemaining("content", 1)
		time.Sleep(time.Minute)
		synctest.Wait()
		if e.remaining["content"] != 0 {
			t.Error("no sweep within a minute")
		}
		cancel()
		<-done
	})
}
