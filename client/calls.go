package client

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// caller makes requests to one server and repeats what may be repeated.
type caller struct {
	base      string
	http      *http.Client
	authorize func(http.Header) // a closure, so that no way of printing a client shows the token; nil for links
	timeout   time.Duration
	tries     int
	clock     func() time.Time
	sleep     func(ctx context.Context, d time.Duration) error
	random    io.Reader
}

// call is one request. The path is escaped; a body is sent as JSON.
type call struct {
	method, path string
	key          string // Idempotency-Key, "" for none
	body         any
	safe         bool // once more is as good as once: a lost answer may be asked for again
	patient      bool // 429 means later, not never
	limit        int64
	into         any // where the JSON of the answer goes; nil: nowhere
}

const (
	longestWait = 30 * time.Second // a longer Retry-After is the caller's to wait
	firstPause  = 200 * time.Millisecond
	longest     = 5 * time.Second // of a pause that nobody asked for
	mostJSON    = 16 << 20        // bytes of an answer
	mostProblem = 1 << 20
)

var errTooLong = errors.New("the answer is longer than any that itemshare gives")

// lost says that no answer came, or not the whole of it. What was asked for may
// have been done.
type lost struct{ err error }

func (l lost) Error() string { return l.err.Error() }
func (l lost) Unwrap() error { return l.err }

// do makes the call, and again while that may help.
func (c caller) do(ctx context.Context, r call) error {
	_, err := c.bytes(ctx, r)
	return err
}

// bytes is do for an answer that is no JSON. An error is lost where any of the
// tries was: what was asked for may have been done by that one.
func (c caller) bytes(ctx context.Context, r call) ([]byte, error) {
	unsure := false
	for try := 1; ; try++ {
		body, err := c.once(ctx, r)
		if err == nil {
			return body, nil
		}
		unsure = unsure || mayBeDone(err)
		pause, again := c.pause(r, err, try)
		if again && try < c.tries && ctx.Err() == nil && c.sleep(ctx, pause) == nil {
			continue
		}
		if unsure {
			err = lost{err}
		}
		return nil, err
	}
}

// mayBeDone tells whether the request may have done its work although it failed.
func mayBeDone(err error) bool {
	var answered *Error
	if errors.As(err, &answered) {
		return answered.Status == http.StatusBadGateway || answered.Status == http.StatusGatewayTimeout || answered.Is(CodeLinkUnknown)
	}
	var gone lost
	return errors.As(err, &gone)
}

// pause tells whether to try again, and when.
func (c caller) pause(r call, err error, try int) (time.Duration, bool) {
	var answered *Error
	if !errors.As(err, &answered) {
		return c.jitter(try), r.safe && mayBeDone(err)
	}
	switch answered.Status {
	case http.StatusTooManyRequests:
		if !r.patient {
			return 0, false
		}
	case http.StatusServiceUnavailable: // nothing was done, else the key is used up
		if answered.Is(CodeLinkUnknown) {
			return 0, false
		}
	case http.StatusBadGateway, http.StatusGatewayTimeout: // a proxy's words for a lost answer
		if !r.safe {
			return 0, false
		}
	default:
		return 0, false
	}
	return answered.RetryAfter + c.jitter(try), answered.RetryAfter <= longestWait
}

// jitter is a random pause, longer with each try.
func (c caller) jitter(try int) time.Duration {
	most := min(longest, firstPause<<min(try-1, 10))
	var raw [8]byte
	if _, err := io.ReadFull(c.random, raw[:]); err != nil {
		return most
	}
	return most/2 + time.Duration(binary.BigEndian.Uint64(raw[:])%uint64(most/2+1))
}

// once makes one request and reads the whole answer.
func (c caller) once(ctx context.Context, r call) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	request, err := c.request(ctx, r)
	if err != nil {
		return nil, err
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, lost{fmt.Errorf("reach the server: %w", err)}
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		// Of an error the status is what counts: one that breaks off still says no.
		text, _ := io.ReadAll(io.LimitReader(answer.Body, mostProblem))
		return nil, failure(answer.StatusCode, answer.Header, text, c.clock())
	}
	return read(answer, r)
}

func (c caller) request(ctx context.Context, r call) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("write a request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, body)
	if err != nil {
		return nil, errors.New("the request cannot be written: an id holds what no id has")
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if r.key != "" {
		request.Header.Set("Idempotency-Key", r.key)
	}
	request.Header.Set("User-Agent", "itemshare-go")
	if c.authorize != nil {
		c.authorize(request.Header)
	}
	return request, nil
}

// read takes a whole success. One that breaks off, or that is no JSON where JSON
// was asked for, counts as lost: some other server on the way gave it.
func read(answer *http.Response, r call) ([]byte, error) {
	limit := r.limit
	if limit == 0 {
		limit = mostJSON
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, limit+1))
	if err != nil {
		return nil, lost{fmt.Errorf("read the answer: %w", err)}
	}
	if int64(len(text)) > limit {
		return nil, errTooLong
	}
	if r.into == nil {
		return text, nil
	}
	if err := json.Unmarshal(text, r.into); err != nil {
		return nil, lost{errors.New("the answer is not the JSON that itemshare gives")}
	}
	return text, nil
}
