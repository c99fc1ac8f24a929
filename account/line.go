package account

import (
	"context"
	"fmt"
	"sync"
	"time"

	"itemshare/fault"
)

// The line before the password hash. The last places are for browsers that signed in before.
const (
	longestLine     = 64
	placesForKnown  = 16
	hashesAtOnce    = 2
	lineWait        = 2 * time.Second // when to try again if the line is full
	networkLineWait = time.Second
)

// line orders the attempts whose passwords are to be checked: those of known browsers first, and of
// each kind the earliest. It is in memory, of each process by itself.
type line struct {
	mu       sync.Mutex
	length   int            // those being checked among them
	inFlight map[string]int // by the key of a counter
	running  int
	known    []*place
	others   []*place
}

func newLine() *line { return &line{inFlight: map[string]int{}} }

// place is one attempt's place in the line.
type place struct {
	line     *line
	known    bool
	counters []counter
	ahead    []int // the attempts of each counter that were in line already
	turn     chan struct{}
	running  bool
}

// join returns a place, which the caller leaves. A full line is fault.Unavailable; too many attempts
// of one counter are fault.TooMany. Both come at once.
func (l *line) join(counters []counter, known bool) (*place, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := &place{line: l, known: known, counters: counters, turn: make(chan struct{})}
	for _, c := range counters {
		ahead := l.inFlight[string(c.key)]
		if ahead >= c.most {
			return nil, tooMany(networkLineWait)
		}
		p.ahead = append(p.ahead, ahead)
	}
	most := longestLine
	if !known {
		most -= placesForKnown
	}
	if l.length >= most {
		return nil, lineFull()
	}
	l.length++
	for _, c := range counters {
		l.inFlight[string(c.key)]++
	}
	return p, nil
}

func lineFull() error {
	err := fault.New(
		fault.Unavailable,
		fault.CodeUnavailable,
		"Many people are signing in right now. Nothing was lost. Try again in a moment.",
	)
	err.RetryAfter = lineWait
	return err
}

// await returns when it is this place's turn to be checked.
func (p *place) await(ctx context.Context) error {
	l := p.line
	l.mu.Lock()
	if p.known {
		l.known = append(l.known, p)
	} else {
		l.others = append(l.others, p)
	}
	l.callNext()
	l.mu.Unlock()
	select {
	case <-p.turn:
		return nil
	case <-ctx.Done():
		return fault.Because(
			fault.Unavailable, fmt.Errorf("wait for a password hash: %w", ctx.Err()),
		)
	}
}

// callNext hands free turns to the first in line. The caller holds the lock.
func (l *line) callNext() {
	for l.running < hashesAtOnce {
		queue := &l.known
		if len(*queue) == 0 {
			queue = &l.others
		}
		if len(*queue) == 0 {
			return
		}
		next := (*queue)[0]
		*queue = (*queue)[1:]
		l.running++
		next.running = true
		close(next.turn)
	}
}

// leave frees the place, before its turn or after it.
func (p *place) leave() {
	l := p.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.running {
		l.running--
	}
	l.known, l.others = without(l.known, p), without(l.others, p)
	l.length--
	for _, c := range p.counters {
		if l.inFlight[string(c.key)]--; l.inFlight[string(c.key)] == 0 {
			delete(l.inFlight, string(c.key))
		}
	}
	l.callNext()
}

func without(queue []*place, p *place) []*place {
	for i, other := range queue {
		if other == p {
			return append(queue[:i:i], queue[i+1:]...)
		}
	}
	return queue
}
