package share

import "time"

// clockState is what a clockWatch finds.
type clockState int

const (
	clockSteady   clockState = iota // as far from the monotonic clock as before
	clockStepped                    // set a moment ago
	clockSettling                   // set less than clockSettles ago
	clockSettled                    // has kept its new time for clockSettles, and is steady from now on
)

// clockWatch notices steps of the wall clock: its difference from the monotonic clock,
// in nanoseconds, then changes by more than clockDrift between two checks. A clock that
// is slewed slowly is steady.
type clockWatch struct {
	offset    int64 // the difference at the last check that found the clock steady
	stepped   bool
	newOffset int64         // the difference since the step, where stepped
	since     time.Duration // the uptime of the step, where stepped
}

// check compares the difference of the clocks at an uptime with that of the last check.
func (w *clockWatch) check(difference int64, uptime time.Duration) clockState {
	switch {
	case isNear(difference, w.offset):
		w.stepped, w.offset = false, difference
		return clockSteady
	case !w.stepped || !isNear(difference, w.newOffset):
		w.stepped, w.newOffset, w.since = true, difference, uptime
		return clockStepped
	case uptime-w.since < clockSettles:
		w.newOffset = difference
		return clockSettling
	default:
		w.stepped, w.offset = false, difference
		return clockSettled
	}
}

func isNear(a, b int64) bool { return time.Duration(a-b).Abs() <= clockDrift }
