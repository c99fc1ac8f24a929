package api

import (
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"itemshare/account"
	"itemshare/fault"
)

// budget limits how often each service account may ask: a minute's requests at once, which come
// back evenly. It is in memory, of each process by itself.
type budget struct {
	perMinute int    // 0 for any number
	policy    string // the header RateLimit-Policy
	clock     func() time.Time

	mu       sync.Mutex
	limiters map[string]*rate.Limiter // by account
}

func newBudget(perMinute int, clock func() time.Time) *budget {
	return &budget{
		perMinute: perMinute, policy: fmt.Sprintf(`"account";q=%d;w=60`, perMinute),
		clock: clock, limiters: map[string]*rate.Limiter{},
	}
}

// take counts one request. It returns how many are left, or how long to wait; a request that has to
// wait is not counted.
func (b *budget) take(accountID string) (left float64, wait time.Duration) {
	now := b.clock()
	b.mu.Lock()
	defer b.mu.Unlock()
	limiter := b.limiter(accountID, now)
	reservation := limiter.ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
		return 0, wait
	}
	return limiter.TokensAt(now), 0
}

func (b *budget) limiter(accountID string, now time.Time) *rate.Limiter {
	limiter, ok := b.limiters[accountID]
	if !ok {
		b.forget(now)
		limiter = rate.NewLimiter(rate.Limit(float64(b.perMinute)/60), b.perMinute)
		b.limiters[accountID] = limiter
	}
	return limiter
}

// manyLimiters is the number of accounts from which on those with a full budget are forgotten.
const manyLimiters = 1000

func (b *budget) forget(now time.Time) {
	if len(b.limiters) < manyLimiters {
		return
	}
	for id, limiter := range b.limiters {
		if limiter.TokensAt(now) >= float64(b.perMinute) {
			delete(b.limiters, id)
		}
	}
}

// Admit counts a request of a service account, and answers with what is left in a header.
// Past the limit it returns fault.TooMany.
func (a *API) Admit(c echo.Context, me account.Identity) error {
	b := a.budget
	if b.perMinute == 0 {
		return nil
	}
	left, wait := b.take(me.User.ID)
	most := float64(b.perMinute)
	full := math.Ceil((most - left) / most * 60) // seconds until the budget is full
	header := c.Response().Header()
	header.Set("RateLimit-Policy", b.policy)
	header.Set("RateLimit", `"account";r=`+strconv.Itoa(int(left))+`;t=`+strconv.Itoa(int(full)))
	if wait > 0 {
		return fault.Wait(
			fault.CodeTooManyAttempts,
			fmt.Sprintf(
				"This service account has reached its rate limit (%d per minute). Retry after "+
					"the time in Retry-After.",
				b.perMinute,
			),
			wait,
		)
	}
	return nil
}
