package cli

import (
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// newLog returns a log that writes to w: text if shown is a terminal, else JSON.
func newLog(shown, w io.Writer, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if isTerminal(shown) {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

const (
	queuedLines = 8192
	flushTime   = time.Second // for what is queued when the server stops
)

// logQueue writes lines in a goroutine of its own: a reader that is slow, stuck or gone keeps no
// request waiting. Lines that find the queue full are lost, and counted in a line of their own.
type logQueue struct {
	out     io.Writer
	lines   chan []byte
	lost    atomic.Int64
	stop    chan struct{}
	stopped chan struct{}
}

func newLogQueue(out io.Writer) *logQueue {
	q := &logQueue{
		out: out, lines: make(chan []byte, queuedLines),
		stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	go q.run()
	return q
}

// Write queues a line. It never fails.
func (q *logQueue) Write(line []byte) (int, error) {
	select {
	case q.lines <- append([]byte(nil), line...):
	default:
		q.lost.Add(1)
	}
	return len(line), nil
}

func (q *logQueue) run() {
	defer close(q.stopped)
	for {
		select {
		case line := <-q.lines:
			q.print(q.joined(line))
		case <-q.stop:
			for len(q.lines) > 0 {
				q.print(<-q.lines)
			}
			return
		}
	}
}

// mostJoined is how many bytes of lines are written at once, about.
const mostJoined = 16 << 10

// joined returns a line with those that wait after it: one write for all.
func (q *logQueue) joined(lines []byte) []byte {
	for len(lines) < mostJoined {
		select {
		case line := <-q.lines:
			lines = append(lines, line...)
		default:
			return lines
		}
	}
	return lines
}

// print writes lines. Nobody can be told of an error.
func (q *logQueue) print(line []byte) {
	_, _ = q.out.Write(line)
	if lost := q.lost.Swap(0); lost > 0 {
		newLog(q.out, q.out, slog.LevelInfo).
			Warn("lines of the log were lost, since its reader was too slow", "lines", lost)
	}
}

// close writes what is queued, unless that takes longer than flushTime.
func (q *logQueue) close() {
	close(q.stop)
	select {
	case <-q.stopped:
	case <-time.After(flushTime):
	}
}

// outliveTerminal keeps the server running when its terminal or the reader of its log goes away.
// SIGHUP is logged until the returned function is called, and changes nothing.
func outliveTerminal(log *slog.Logger) (stop func()) {
	signal.Ignore(syscall.SIGPIPE) // else a write to a closed stderr ends the program
	hangups, over := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-hangups:
				log.Info("hangup: nothing was reloaded, since the configuration is read at the start " +
					"only; restart to change it")
			case <-over:
				return
			}
		}
	}()
	return func() {
		signal.Stop(hangups)
		close(over)
	}
}
