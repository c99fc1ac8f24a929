package account

import "time"

// AttemptMemory is how long after the last try a counter starts anew.
const AttemptMemory = 24 * time.Hour

// longestWait bounds the delay: a stranger who tries on and on must not keep an
// account's owner out for good.
const longestWait = 5 * time.Minute

// Counter names what tries are counted under: Key is a keyed hash of an account
// or of a peer, Free how many tries it has before each next one must wait.
type Counter struct {
	Key  []byte
	Free int
}

// The free tries. Many people may sit behind one address of the network.
const (
	freeOfAccount = 5
	freeOfPeer    = 20
)

// Wait is how long the next try must wait when so many were made, the last of
// them the given time ago: after the free ones a second, then doubling.
func (c Counter) Wait(tries int, since time.Duration) time.Duration {
	over := tries - c.Free
	if over < 0 || since >= AttemptMemory {
		return 0
	}
	delay := longestWait
	if over < 9 { // 2^8 s is the last power below five minutes
		delay = time.Second << over
	}
	// A last try in the future is a clock that was set back: it counts as now.
	return max(delay-max(since, 0), 0)
}
