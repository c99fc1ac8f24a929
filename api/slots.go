package api

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"

	"itemshare/account"
	"itemshare/fault"
)

// DefaultLargeAnswers is how many large answers are sent at once where nothing else is
// configured: each holds at most 2 MiB.
const DefaultLargeAnswers = 32

// slotTime is how long a request waits for a slot before it is answered with 503.
const slotTime = 10 * time.Second

// answerSlots bounds how many large answers are in memory at once: in all, and for one
// network, which gets a quarter, so that slow readers in one place do not keep out the
// others. Requests wait for a slot in the order in which they came.
type answerSlots struct {
	all        *semaphore.Weighted
	perNetwork int64
	wait       time.Duration

	mu       sync.Mutex
	networks map[string]*networkSlots
}

type networkSlots struct {
	*semaphore.Weighted
	requests int // that have a slot or wait for one
}

func newAnswerSlots(total int) *answerSlots {
	if total == 0 {
		total = DefaultLargeAnswers
	}
	return &answerSlots{
		all: semaphore.NewWeighted(int64(total)), perNetwork: int64(max(1, total/4)), wait: slotTime,
		networks: map[string]*networkSlots{},
	}
}

// acquire waits for a slot, which release frees. If there is none in time, it is
// fault.Unavailable.
func (s *answerSlots) acquire(ctx context.Context, network string) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	own := s.enter(network)
	if own.Acquire(ctx, 1) != nil {
		s.leave(network)
		return nil, errBusy()
	}
	if s.all.Acquire(ctx, 1) != nil {
		own.Release(1)
		s.leave(network)
		return nil, errBusy()
	}
	return func() {
		s.all.Release(1)
		own.Release(1)
		s.leave(network)
	}, nil
}

func errBusy() error {
	return fault.New(
		fault.Unavailable, fault.CodeUnavailable,
		"The server is busy. Try again in a moment. This doesn't use up a view.",
	)
}

func (s *answerSlots) enter(network string) *networkSlots {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.networks[network]
	if own == nil {
		own = &networkSlots{Weighted: semaphore.NewWeighted(s.perNetwork)}
		s.networks[network] = own
	}
	own.requests++
	return own
}

func (s *answerSlots) leave(network string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.networks[network]
	if own.requests--; own.requests == 0 {
		delete(s.networks, network)
	}
}

// large returns the answer of a call that may be large: it waits for a slot, and has it
// until the answer is sent.
func (a *API) large(answer answerFunc) answerFunc {
	return func(c echo.Context, me account.Identity) error {
		release, err := a.slots.acquire(c.Request().Context(), network(c))
		if err != nil {
			return err
		}
		defer release()
		return answer(c, me)
	}
}

// answerFunc answers a request of a caller whom its route admits.
type answerFunc = func(c echo.Context, me account.Identity) error

// network returns the caller's network, "" where it is not known.
func network(c echo.Context) string {
	addr, err := netip.ParseAddr(c.RealIP())
	if err != nil {
		return ""
	}
	return account.Network(addr)
}
