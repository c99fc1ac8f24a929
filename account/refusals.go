package account

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"itemshare/audit"
)

// How many refused sign-ins a minute have an audit event each. The others are counted by the minute
// and network.
const (
	refusalsOfNetwork = 10
	refusalsOfAll     = 60
	networksCounted   = 16 // the others are counted together
)

// refusals counts refused sign-ins by the minute. It is in memory, of each process by itself: what
// was only counted in the minute of a crash is lost.
type refusals struct {
	mu      sync.Mutex
	minute  time.Time
	all     int
	single  map[string]int // events of their own, by network
	counted map[string]int // the others, by network; "" for networks beyond the limit
	ended   []refusalCount // of earlier minutes
}

type refusalCount struct {
	at      time.Time // the minute
	network string
	count   int
}

// add counts a refusal and reports whether that gets an event of its own.
func (r *refusals) add(network string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turn(now)
	r.all++
	switch {
	case r.all <= refusalsOfAll && r.single[network] < refusalsOfNetwork:
		r.single[network]++
		return true
	case r.counted[network] == 0 && len(r.counted) >= networksCounted:
		network = ""
	}
	r.counted[network]++
	return false
}

// take returns what was counted in minutes that have ended, once.
func (r *refusals) take(now time.Time) []refusalCount {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turn(now)
	ended := r.ended
	r.ended = nil
	return ended
}

// turn starts a new minute if the last one has ended. The caller holds the lock.
func (r *refusals) turn(now time.Time) {
	minute := now.UTC().Truncate(time.Minute)
	if minute.Equal(r.minute) {
		return
	}
	for _, network := range slices.Sorted(maps.Keys(r.counted)) {
		r.ended = append(r.ended, refusalCount{r.minute, network, r.counted[network]})
	}
	r.minute, r.all, r.single, r.counted = minute, 0, map[string]int{}, map[string]int{}
}

// CountRefusals stores how many sign-ins were refused, beyond those that have an audit event each,
// in the minutes that have ended. It does so until ctx ends, and then for the current minute too.
func (s *Service) CountRefusals(ctx context.Context, log *slog.Logger) {
	for stopping := false; !stopping; {
		now := s.c.Clock()
		select {
		case <-ctx.Done():
			now, stopping = now.Add(time.Minute), true
		case <-time.After(10 * time.Second):
		}
		err := s.record(context.WithoutCancel(ctx), s.refusals.take(now))
		if err != nil {
			log.Error("cannot store the number of refused sign-ins", "error", err)
		}
	}
}

func (s *Service) record(ctx context.Context, counts []refusalCount) error {
	for _, c := range counts {
		event := audit.Event{At: c.at, Kind: audit.SignInRefused, Detail: map[string]string{
			"peer": c.network, "count": strconv.Itoa(c.count),
		}}
		entry, err := s.c.Audit.Entry(event)
		if err != nil {
			return err
		}
		if err := s.c.Attempts.Record(ctx, entry); err != nil {
			return err
		}
	}
	return nil
}
