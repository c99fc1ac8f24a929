package account

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// tallyOf returns a tally of so many attempts, the last of them made since ago.
func tallyOf(attempts int, since time.Duration) (t Tally) {
	for range attempts {
		t = t.Add(noon.Add(-since))
	}
	return t
}

func TestCounterWait(t *testing.T) {
	tests := []struct {
		why   string
		tries int
		since time.Duration
		want  time.Duration
	}{
		{"nothing yet", 0, 0, 0},
		{"the last free try is ahead", 4, 0, 0},
		{"the free ones are used", 5, 0, time.Second},
		{"each next one doubles", 6, 0, 2 * time.Second},
		{"and doubles", 9, 0, 16 * time.Second},
		{"part of it has passed", 9, 10 * time.Second, 6 * time.Second},
		{"all of it has passed", 9, 16 * time.Second, 0},
		{"the last power below the bound", 13, 0, 256 * time.Second},
		{"bounded", 14, 0, 5 * time.Minute},
		{"no overflow", 10_000, 0, 5 * time.Minute},
		{"a clock set back counts as now", 6, -time.Minute, 2 * time.Second},
		{"a clock set back by a year is bounded", 6, -365 * 24 * time.Hour, 5 * time.Minute},
		{"twenty are free again after an hour", 20, time.Hour, 0},
		{"a thousand are forgotten after a day", 1000, 24 * time.Hour, 0},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			got := counter{free: 5}.wait(tallyOf(tt.tries, tt.since), 0, noon)
			if got != tt.want {
				t.Errorf("waits %v, want %v", got, tt.want)
			}
		})
	}
}

// TestAttemptsAheadCount asserts that attempts ahead in the line count as if they had failed
// already.
func TestAttemptsAheadCount(t *testing.T) {
	for ahead, want := range map[int]time.Duration{
		0: 0, 1: 0, 2: time.Second, 3: 2 * time.Second,
	} {
		if got := (counter{free: 5}).wait(tallyOf(3, time.Minute), ahead, noon); got != want {
			t.Errorf("%d ahead: waits %v, want %v", ahead, got, want)
		}
	}
}

func TestCountsDecay(t *testing.T) {
	tally := tallyOf(32, 0)
	for after, want := range map[time.Duration]float64{
		0: 32, 15 * time.Minute: 16, 30 * time.Minute: 8, time.Hour: 2, 75 * time.Minute: 1,
		2 * time.Hour: 0,
	} {
		if got := tally.Count(noon.Add(after)); got < want-0.01 || got > want+0.01 {
			t.Errorf("after %v %v count, want %v", after, got, want)
		}
	}
	if got := tallyOf(5000, 0).Count(noon); got > mostAttempts {
		t.Errorf("%v attempts count", got)
	}
}

func TestSpacing(t *testing.T) {
	for attempts, want := range map[int]time.Duration{
		99: 0, 100: 10 * time.Millisecond, 109: 100 * time.Millisecond, 900: time.Second,
	} {
		paced := counter{free: 100, paced: true}
		if got := paced.spacing(tallyOf(attempts, 0), noon); got != want {
			t.Errorf("%d attempts: %v apart, want %v", attempts, got, want)
		}
		if got := paced.wait(tallyOf(attempts, 0), 0, noon); got != 0 {
			t.Errorf("%d attempts: refused for %v", attempts, got)
		}
	}
}
