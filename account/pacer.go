package account

import (
	"context"
	"sync"
	"time"

	"itemshare/fault"
)

// longestPace is the longest time that an attempt is held up for the sake of spacing.
const longestPace = 1500 * time.Millisecond

// pacer spaces out attempts by key. It is in memory, of each process by itself, and keeps a key no
// longer than longestPace and a second.
type pacer struct {
	mu   sync.Mutex
	next map[string]time.Time // when the next attempt may start
}

func newPacer() *pacer { return &pacer{next: map[string]time.Time{}} }

// reserve returns how long to wait for the next turn. If that is longer than longestPace, nothing
// is reserved and ok is false.
func (p *pacer) reserve(key []byte, spacing time.Duration, now time.Time) (wait time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for k, next := range p.next {
		if !next.After(now) {
			delete(p.next, k)
		}
	}
	next := p.next[string(key)]
	if next.Before(now) {
		next = now
	}
	if wait = next.Sub(now); wait > longestPace {
		return wait, false
	}
	p.next[string(key)] = next.Add(spacing)
	return wait, true
}

// pause waits, unless the caller gives up first.
func pause(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fault.Because(fault.Unavailable, ctx.Err())
	}
}
