package onepassword

import (
	"context"
	"runtime"
	"testing"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"
)

// TestTurnIsNeverLost asserts that a caller that gives up just as its turn comes passes the turn
// on.
func TestTurnIsNeverLost(t *testing.T) {
	for i := range 1000 {
		q := &queue{maxWaiting: 2}
		if err := q.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- q.enter(ctx) }()
		for !q.hasWaiting(1) {
			runtime.Gosched()
		}
		cancel()
		q.leave()
		if err := <-done; err == nil {
			q.leave()
		}
		if q.running || !q.hasWaiting(0) {
			t.Fatalf("round %d: the queue runs with nobody in it", i)
		}
	}
}

// hasWaiting reports whether n calls wait in the queue.
func (q *queue) hasWaiting(n int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) == n
}

// TestLateAlarmDoesNotHitTheNextCall asserts that calls that end just as they count as hung do
// not leave the queue closed.
func TestLateAlarmDoesNotHitTheNextCall(t *testing.T) {
	const limit = 2 * time.Millisecond
	c := newCalls(Config{
		CallTime: limit, ConnectTime: time.Second, Clock: time.Now,
		Connect: func(context.Context) (Client, error) { return &sdk.Client{}, nil },
	})
	for i := range 400 {
		_ = c.do(
			t.Context(),
			readItem,
			func(context.Context, Client) error { // ends in time or just too late
				for end := time.Now().Add(limit + limit/8); time.Now().Before(end); {
					runtime.Gosched()
				}
				return nil
			},
		)
		for c.queue.lockedState(func(q *queue) bool { return q.running }) {
			runtime.Gosched()
		}
		time.Sleep(50 * time.Microsecond)
		if c.queue.lockedState(func(q *queue) bool { return q.hung }) {
			t.Fatalf("round %d: nothing runs, and the queue is closed", i)
		}
	}
}

// lockedState returns what the function reads from the queue under its lock.
func (q *queue) lockedState(what func(*queue) bool) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return what(q)
}
