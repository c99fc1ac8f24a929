package account

import (
	"testing"
	"time"
)

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
		{"bounded, or a stranger keeps the owner out", 14, 0, 5 * time.Minute},
		{"no overflow", 1 << 40, 0, 5 * time.Minute},
		{"a clock set back counts as now", 6, -time.Hour, 2 * time.Second},
		{"forgotten after a day", 1000, 24 * time.Hour, 0},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			if got := (Counter{Free: 5}).Wait(tt.tries, tt.since); got != tt.want {
				t.Errorf("waits %v, want %v", got, tt.want)
			}
		})
	}
}
