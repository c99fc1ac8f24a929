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

// caller sends requests to one server and repeats those that may be repeated.
type caller struct {
	base      string
	http      *http.Client
	authorize func(http.Header) // nil for links; a closure, so that printing a client shows no token
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
	match        string // If-Match, "" for none
	body         any
	stream       io.Reader // the body as it is, in place of body; its request takes as long as it may
	kind         string    // the media type of stream
	idempotent   bool      // may be sent again after a lost answer
	patient      bool      // may be sent again after a 429
	limit        int64     // of the answer, in bytes; 0 is maxJSON
	into         any       // pointer that the JSON of the answer is decoded to, or nil
}

const (
	maxWait    = 30 * time.Second // a longer Retry-After is left to the program
	firstPause = 200 * time.Millisecond
	maxPause   = 5 * time.Second // where the server names none
	maxJSON    = 16 << 20        // bytes of an answer
	maxProblem = 1 << 20         // bytes of a problem document
)

var errTooLong = errors.New("the answer is longer than any of itemshare's")

// lostAnswer is the error where no answer came, or only a part of it. The server may have done what
// the request asked for.
type lostAnswer struct{ err error }

func (l lostAnswer) Error() string { return l.err.Error() }
func (l lostAnswer) Unwrap() error { return l.err }

// do sends the request, again while that may help.
func (c caller) do(ctx context.Context, r call) error {
	_, err := c.bytes(ctx, r)
	return err
}

// bytes is do for an answer that is not JSON. The error is a lostAnswer where that of any try was:
// that try may have done what the request asked for.
func (c caller) bytes(ctx context.Context, r call) ([]byte, error) {
	isLost := false
	for try := 1; ; try++ {
		body, err := c.send(ctx, r)
		if err == nil {
			return body, nil
		}
		isLost = isLost || mayBeDone(err)
		pause, again := c.pause(r, err, try)
		if again && try < c.tries && ctx.Err() == nil && c.sleep(ctx, pause) == nil {
			continue
		}
		if isLost {
			err = lostAnswer{err}
		}
		return nil, err
	}
}

// mayBeDone reports whether the server may have done what a failed request asked for.
func mayBeDone(err error) bool {
	var answer *Error
	if errors.As(err, &answer) {
		return answer.Status == http.StatusBadGateway ||
			answer.Status == http.StatusGatewayTimeout ||
			answer.Is(CodeLinkUnknown) || answer.Is(CodeUnknownOutcome)
	}
	var lost lostAnswer
	return errors.As(err, &lost)
}

// pause returns how long to wait before the next try, and reports whether there should be one.
func (c caller) pause(r call, err error, try int) (time.Duration, bool) {
	var answer *Error
	if !errors.As(err, &answer) {
		return c.jitter(try), r.idempotent && mayBeDone(err)
	}
	switch answer.Status {
	case http.StatusTooManyRequests:
		if !r.patient {
			return 0, false
		}
	case http.StatusServiceUnavailable: // nothing was done, or it may be repeated
		if answer.Is(CodeLinkUnknown) || answer.Is(CodeUnknownOutcome) && !r.idempotent {
			return 0, false
		}
	case http.StatusBadGateway, http.StatusGatewayTimeout: // a proxy lost the answer
		if !r.idempotent {
			return 0, false
		}
	default:
		return 0, false
	}
	return answer.RetryAfter + c.jitter(try), answer.RetryAfter <= maxWait
}

// jitter returns a random pause, longer with each try.
func (c caller) jitter(try int) time.Duration {
	limit := min(maxPause, firstPause<<min(try-1, 10))
	var raw [8]byte
	if _, err := io.ReadFull(c.random, raw[:]); err != nil {
		return limit
	}
	return limit/2 + time.Duration(binary.BigEndian.Uint64(raw[:])%uint64(limit/2+1))
}

// send sends the request once and reads the whole answer.
func (c caller) send(ctx context.Context, r call) ([]byte, error) {
	if r.stream == nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	request, err := c.request(ctx, r)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, lostAnswer{fmt.Errorf("reach the server: %w", err)}
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		// The status counts, also where the body breaks off.
		text, _ := io.ReadAll(io.LimitReader(response.Body, maxProblem))
		return nil, newError(response.StatusCode, response.Header, text, c.clock())
	}
	return read(response, r)
}

func (c caller) request(ctx context.Context, r call) (*http.Request, error) {
	body, kind := r.stream, r.kind
	if r.body != nil {
		kind = "application/json"
		text, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("encode a request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, body)
	if err != nil {
		return nil, errors.New(
			"the request cannot be sent: an id contains a character that no id has",
		)
	}
	if body != nil {
		request.Header.Set("Content-Type", kind)
	}
	if r.key != "" {
		request.Header.Set("Idempotency-Key", r.key)
	}
	if r.match != "" {
		request.Header.Set("If-Match", r.match)
	}
	request.Header.Set("User-Agent", "itemshare-go")
	if c.authorize != nil {
		c.authorize(request.Header)
	}
	return request, nil
}

// read reads a successful answer. One that breaks off, or that is not JSON where it should be,
// counts as lost: another server on the way sent it.
func read(response *http.Response, r call) ([]byte, error) {
	limit := r.limit
	if limit == 0 {
		limit = maxJSON
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err != nil {
		return nil, lostAnswer{fmt.Errorf("read the answer: %w", err)}
	}
	if int64(len(text)) > limit {
		return nil, errTooLong
	}
	if r.into == nil {
		return text, nil
	}
	if err := json.Unmarshal(text, r.into); err != nil {
		return nil, lostAnswer{errors.New("the answer is not JSON of itemshare's")}
	}
	return text, nil
}
