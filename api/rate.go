package api

import (
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
)

// budget counts how often each service account asks: a bucket of a minute's
// requests that fills up evenly. It is kept in memory, by each process for itself.
type budget struct {
	most   float64 // a minute's requests, 0 for any number
	policy string  // the header RateLimit-Policy
	clock  func() time.Time

	mu     sync.Mutex
	levels map[string]level
}

// level is how much was left at a time.
type level struct {
	left float64
	at   time.Time
}

func newBudget(perMinute int, clock func() time.Time) *budget {
	return &budget{
		most: float64(perMinute), policy: fmt.Sprintf(`"account";q=%d;w=60`, perMinute), clock: clock, levels: map[string]level{},
	}
}

// take counts one request and tells how many are left, or how long to wait.
func (b *budget) take(accountID string) (left float64, wait time.Duration) {
	now := b.clock()
	b.mu.Lock()
	defer b.mu.Unlock()
	l, ok := b.levels[accountID]
	if !ok {
		b.forget(now)
		l = level{b.most, now}
	}
	if passed := now.Sub(l.at); passed > 0 {
		l = level{min(b.most, l.left+passed.Minutes()*b.most), now}
	}
	if l.left < 1 {
		b.levels[accountID] = l
		return 0, time.Duration((1 - l.left) / b.most * float64(time.Minute))
	}
	l.left--
	b.levels[accountID] = l
	return l.left, 0
}

// manyLevels is from how many accounts on those that are full again are forgotten.
const manyLevels = 1000

func (b *budget) forget(now time.Time) {
	if len(b.levels) < manyLevels {
		return
	}
	for id, l := range b.levels {
		if now.Sub(l.at) >= time.Minute {
			delete(b.levels, id)
		}
	}
}

// Admit counts a request of a service account and tells it what is left. Past the
// limit it is fault.TooMany.
func (a *API) Admit(c echo.Context, me account.Identity) error {
	b := a.budget
	if b.most == 0 {
		return nil
	}
	left, wait := b.take(me.User.ID)
	full := math.Ceil((b.most - left) / b.most * 60) // seconds until all is there again
	header := c.Response().Header()
	header.Set("RateLimit-Policy", b.policy)
	header.Set("RateLimit", `"account";r=`+strconv.Itoa(int(left))+`;t=`+strconv.Itoa(int(full)))
	if wait > 0 {
		return fault.Wait(fault.CodeTooManyAttempts, fmt.Sprintf("This service account has used up its requests, of which it has %d a minute. Wait as long as Retry-After says, then go on.", int(b.most)), wait)
	}
	return nil
}
