package onepassword

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"itemshare/fault"
)

// calls runs all calls of the SDK. The SDK's core runs one call at a time, and a call may outlive its
// deadline. The caller gets an error at the deadline while the call continues in the background;
// until it ends, no other call starts or waits. After some errors no calls are made for a while.
type calls struct {
	queue  queue
	config Config
	client Client // guarded by the queue

	mu     sync.Mutex
	until  time.Time // the end of the pause
	length time.Duration
	why    meaning
	line   string
}

func newCalls(c Config) *calls { return &calls{config: c, queue: queue{maxWaiting: c.Waiting}} }

// ask runs one call of the SDK and returns its answer.
func ask[T any](
	ctx context.Context,
	c *calls,
	op operation,
	call func(context.Context, Client) (T, error),
) (T, error) {
	answers := make(chan T, 1)
	err := c.do(ctx, op, func(ctx context.Context, client Client) error {
		answer, err := call(ctx, client)
		answers <- answer
		return err
	})
	if err != nil {
		var nothing T
		return nothing, err
	}
	return <-answers, nil
}

// do runs one call. The context ends the waiting but not the call, whose outcome would be unknown.
func (c *calls) do(
	ctx context.Context,
	op operation,
	call func(context.Context, Client) error,
) error {
	if err := c.resting(op); err != nil {
		return err
	}
	if err := c.enter(ctx, op); err != nil {
		return err
	}
	if err := c.resting(op); err != nil { // since the call before this one
		c.queue.leave()
		return err
	}
	answer, hung := make(chan error, 1), make(chan struct{})
	var alarm sync.Once
	go func() {
		defer c.queue.leave()
		defer alarm.Do(func() {}) // an alarm at this moment must not hit the next call
		hang := func() { alarm.Do(func() { c.queue.hang(); close(hung) }) }
		answer <- c.run(context.WithoutCancel(ctx), op, call, hang)
	}()
	select {
	case err := <-answer:
		return err
	case <-hung:
		return doubtful(op, slow, explain(op, slow, "no answer at the deadline"))
	case <-ctx.Done():
		return doubtful(op, slow, ended(ctx, op))
	}
}

// enter waits for a turn, at most as long as a call may take.
func (c *calls) enter(ctx context.Context, op operation) error {
	waiting, cancel := context.WithTimeout(ctx, c.config.CallTime)
	defer cancel()
	err := c.queue.enter(waiting)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errFull):
		return explain(op, crowded, err.Error())
	case ctx.Err() != nil:
		return ended(ctx, op)
	default: // it hangs, or the turn did not come
		return explain(op, slow, err.Error())
	}
}

// ended returns the error of a caller whose context has ended.
func ended(ctx context.Context, op operation) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return explain(op, slow, "no answer at the caller's deadline")
	}
	return fmt.Errorf("%s: %w", op, ctx.Err())
}

// run creates a client if there is none, then makes the call.
func (c *calls) run(
	ctx context.Context,
	op operation,
	call func(context.Context, Client) error,
	hang func(),
) error {
	if c.client == nil {
		err := timed(ctx, c.config.ConnectTime, hang, func(ctx context.Context) (err error) {
			c.client, err = c.config.Connect(ctx)
			return err
		})
		if err != nil {
			c.client = nil
			return c.judge(connecting, err)
		}
	}
	client := c.client
	return c.judge(
		op,
		timed(ctx, c.limit(op), hang, func(ctx context.Context) error { return call(ctx, client) }),
	)
}

// limit returns how long a call may take. Files are large, and giving up on a link early may leave
// one behind that no one has seen.
func (c *calls) limit(op operation) time.Duration {
	if op == readFile || op == makeLink {
		return 3 * c.config.CallTime
	}
	return c.config.CallTime
}

// timed runs a call with a deadline and calls hang when it is well past it. A panic in the SDK is
// returned as an error.
func timed(
	ctx context.Context,
	limit time.Duration,
	hang func(),
	call func(context.Context) error,
) (err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer time.AfterFunc(limit+limit/8, hang).Stop()
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("the SDK panicked")
			if r, ok := p.(runtime.Error); ok {
				err = fmt.Errorf("the SDK panicked: %w", r)
			}
		}
	}()
	return call(ctx)
}

// judge interprets an error and acts on it: it discards a client that the account no longer accepts,
// and starts a pause if further calls would fail too.
func (c *calls) judge(op operation, err error) error {
	if err == nil {
		c.mu.Lock()
		c.length = 0
		c.mu.Unlock()
		return nil
	}
	if _, ours := fault.As(err); ours {
		return err
	}
	line := firstLine(err, c.config.Token)
	m := classify(err, line)
	if m == badToken || m == signedOut {
		c.client = nil
	}
	c.rest(m, line)
	return doubtful(op, m, explain(op, m, line))
}

// rest starts a pause, twice as long as the last one if no call has succeeded since.
func (c *calls) rest(m meaning, line string) {
	first, most := m.pause()
	if first == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.length = min(max(first, 2*c.length), most)
	c.until, c.why, c.line = c.config.Clock().Add(c.length), m, line
}

// resting returns an error during a pause.
func (c *calls) resting(op operation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	left := c.until.Sub(c.config.Clock())
	if left <= 0 {
		return nil
	}
	err := explain(op, c.why, c.line)
	if e, ok := fault.As(err); ok {
		e.RetryAfter = left
	}
	return err
}
