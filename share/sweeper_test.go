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
}

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
		Eraser: r, Clock: func() time.Time { return c.wall }, Uptime: func() time.Duration { return c.up }, HistoryDays: days,
		Also: []EraseFunc{func(_ context.Context, now time.Time, limit int) (int, error) { return r.erase("sessions", now, limit) }},
		Log:  slog.New(slog.NewTextHandler(&log, nil)),
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

func TestRunScrubsUntilCleanIsPokedAndStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, start := newRows(), time.Now()
		r.busy = 3
		s := NewSweeper(SweeperConfig{Eraser: r, Clock: time.Now, Uptime: func() time.Duration { return time.Since(start) }, Log: slog.New(slog.DiscardHandler)})
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
