package cli

import (
	"os"
	"runtime/debug"
)

// How a server collects garbage. Its heap is a few MiB, which Go collects at each doubling: that took
// 12 % of the processor while it created shares. Two sign-ins at once hold 38 MiB for argon2, and the
// heap must not grow to five times that before the next collection: from memoryLimit on it is collected
// as often as it takes.
const (
	garbagePercent = 400
	memoryLimit    = 96 << 20
)

// tuneMemory sets how garbage is collected, unless GOGC or GOMEMLIMIT in the environment say so.
func tuneMemory() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(garbagePercent)
		debug.SetMemoryLimit(memoryLimit)
	}
}
