package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// usage is what processes have used so far.
type usage struct {
	processor time.Duration
	written   int64 // bytes to disk
}

// tick is the unit of processor time in /proc.
const tick = 10 * time.Millisecond

// usageOf adds up the processes; without any it is this one's.
func usageOf(pids []int) (sum usage) {
	if len(pids) == 0 {
		var self syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &self) // can't fail with this argument
		sum.processor = time.Duration(self.Utime.Nano() + self.Stime.Nano())
		pids = []int{os.Getpid()}
	} else {
		for _, pid := range pids {
			sum.processor += processorOf(pid)
		}
	}
	for _, pid := range pids {
		sum.written += writtenBy(pid)
	}
	return sum
}

func (u usage) since(before usage) usage {
	return usage{u.processor - before.processor, u.written - before.written}
}

// processorOf returns 0 for a process that isn't there.
func processorOf(pid int) time.Duration {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(text), ") ") // the name may contain blanks
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	var user, system int64
	_, _ = fmt.Sscan(fields[11]+" "+fields[12], &user, &system)
	return time.Duration(user+system) * tick
}

func writtenBy(pid int) (n int64) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	for line := range strings.Lines(string(text)) {
		if _, err := fmt.Sscanf(line, "write_bytes: %d", &n); err == nil {
			return n
		}
	}
	return 0
}

// loadAverage is the machine's load of the last minute.
func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
