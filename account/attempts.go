package account

import (
	"math"
	"time"
)

// halfLife is the time in which a counter loses half of its attempts: after an hour a sixteenth
// is left.
const halfLife = 15 * time.Minute

// MostCounters is the number of counters that are stored. Beyond it, those with the fewest attempts
// go first.
const MostCounters = 4096

// longestWait bounds the delay of a counter.
const longestWait = 5 * time.Minute

// mostAttempts bounds a count, whatever the clock does.
const mostAttempts = 1000

// Tally is the stored state of a counter. The zero value has no attempts.
type Tally struct {
	Last time.Time // the last attempt
	// Gone is when the count has fallen to half an attempt. It determines the count at any time, and
	// which of two counters has more attempts.
	Gone time.Time
}

// Count returns how many attempts count at a time.
func (t Tally) Count(now time.Time) float64 {
	left := t.Gone.Sub(now)
	if left <= 0 {
		return 0
	}
	return min(math.Exp2(left.Seconds()/halfLife.Seconds())/2, mostAttempts)
}

// Add returns the tally with one more attempt.
func (t Tally) Add(now time.Time) Tally {
	left := math.Log2(2*min(t.Count(now)+1, mostAttempts)) * float64(halfLife)
	return Tally{Last: now, Gone: now.Add(time.Duration(left))}
}

// counter is what failed attempts are counted by. Past the free ones it either delays the next
// attempt or, if it is paced, spaces out attempts without refusing any that come one by one.
type counter struct {
	key   []byte // a keyed hash
	free  int
	paced bool
	most  int // attempts in line at once
}

// wait returns how long the next attempt must wait: one second after the free ones, doubling with
// each further attempt. Ahead is the number of attempts that are being checked.
func (c counter) wait(t Tally, ahead int, now time.Time) time.Duration {
	over := int(math.Round(t.Count(now))) + ahead - c.free
	if over < 0 || c.paced {
		return 0
	}
	delay := longestWait
	if over < 9 { // 2^8 s is the last power below five minutes
		delay = time.Second << over
	}
	if ahead > 0 { // the last attempt is now
		return delay
	}
	// If the clock was set back, the last attempt lies in the future and counts as now.
	return max(delay-max(now.Sub(t.Last), 0), 0)
}

// spacing returns the time between two attempts of a paced counter: 0 while there are free ones,
// and at most a second.
func (c counter) spacing(t Tally, now time.Time) time.Duration {
	over := int(math.Round(t.Count(now))) - c.free
	if over < 0 || !c.paced {
		return 0
	}
	return min(time.Duration(over+1)*10*time.Millisecond, time.Second)
}
