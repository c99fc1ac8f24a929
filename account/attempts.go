package account

import "time"

// AttemptMemory is how long after its last attempt a counter starts again from zero.
const AttemptMemory = 24 * time.Hour

// longestWait bounds the delay, so that a stranger who keeps trying cannot lock out an account's
// owner for good.
const longestWait = 5 * time.Minute

// Counter identifies what attempts are counted by. Key is a keyed hash of an account or of a peer;
// Free is the number of attempts before further ones must wait.
type Counter struct {
	Key  []byte
	Free int
}

// The attempts without a delay. Many people may share one network address.
const (
	freeForAccount = 5
	freeForPeer    = 20
)

// Wait returns how long the next attempt must wait after so many attempts, the last of them the
// given time ago: one second after the free ones, doubling with each further attempt.
func (c Counter) Wait(attempts int, since time.Duration) time.Duration {
	over := attempts - c.Free
	if over < 0 || since >= AttemptMemory {
		return 0
	}
	delay := longestWait
	if over < 9 { // 2^8 s is the last power below five minutes
		delay = time.Second << over
	}
	// If the clock was set back, the last attempt lies in the future and counts as now.
	return max(delay-max(since, 0), 0)
}
