package onepassword

import (
	"context"
	"runtime"
	"testing"
)

// TestATurnIsNeverLost: whoever gives up just as the turn comes hands it on.
func TestATurnIsNeverLost(t *testing.T) {
	for i := range 1000 {
		q := &queue{most: 2}
		if err := q.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- q.enter(ctx) }()
		for !q.holds(1) {
			runtime.Gosched()
		}
		cancel()
		q.leave()
		if err := <-done; err == nil {
			q.leave()
		}
		if q.running || !q.holds(0) {
			t.Fatalf("round %d: the queue runs with nobody in it", i)
		}
	}
}

func (q *queue) holds(n int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) == n
}
