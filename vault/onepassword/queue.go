package onepassword

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// queue lets one call run at a time and a bounded number wait, in order of arrival.
type queue struct {
	maxWaiting int

	mu      sync.Mutex
	running bool
	hung    bool         // the running call is past its deadline, and no other may wait
	waiting []chan error // nil means that it may run
}

var (
	errFull = errors.New("the queue is full")
	errHung = errors.New("an earlier call has not ended")
)

// enter waits until the caller may run a call, which leave ends.
func (q *queue) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	switch {
	case !q.running:
		q.running = true
		q.mu.Unlock()
		return nil
	case q.hung, len(q.waiting) >= q.maxWaiting:
		defer q.mu.Unlock()
		if q.hung {
			return errHung
		}
		return errFull
	}
	turn := make(chan error, 1)
	q.waiting = append(q.waiting, turn)
	q.mu.Unlock()
	select {
	case err := <-turn:
		return err
	case <-ctx.Done():
		q.giveUp(turn)
		return ctx.Err()
	}
}

// giveUp removes a waiting caller from the queue, and passes on a turn that it was given meanwhile.
func (q *queue) giveUp(turn chan error) {
	q.mu.Lock()
	if i := slices.Index(q.waiting, turn); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
		q.mu.Unlock()
		return
	}
	q.mu.Unlock()
	if err := <-turn; err == nil {
		q.leave()
	}
}

// leave ends a call and starts the next.
func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.hung = false
	if len(q.waiting) == 0 {
		q.running = false
		return
	}
	q.waiting[0] <- nil
	q.waiting = slices.Delete(q.waiting, 0, 1)
}

// hang marks the running call as past its deadline and turns away those that wait.
func (q *queue) hang() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.hung = true
	for _, turn := range q.waiting {
		turn <- errHung
	}
	q.waiting = nil
}
