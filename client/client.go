// Package client shares items through itemshare's API for programs, and opens
// share links. It reads like the item-sharing steps of 1Password's SDK: get the
// item, get its policy, validate the recipients, create the link; on top it
// lists, gets and revokes shares, which the SDK does not.
//
// It stands on the standard library alone. It follows no redirect, so that a
// token or a link goes nowhere but to the address it was given for, and it puts
// neither into an error, nor into any way of printing its values.
//
// A Client repeats by itself what may be repeated: see [Config]. Everything is
// safe for use by many goroutines, but an [Opened] and the readers it gives.
package client

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Config says which server a client talks to, and as whom. Only URL and Token
// are needed.
//
// Lost answers are asked for again where that is safe, up to Tries times in all,
// with growing pauses of random length: reading, revoking, and creating, whose
// requests carry an Idempotency-Key of the client's own making. So are answers
// 429 and 503, after their Retry-After where that is at most 30 seconds.
type Config struct {
	URL   string // the server's base address, as in ITEMSHARE_URL: https, or http on this machine alone
	Token string // a service account's token

	HTTPClient *http.Client  // nil: one of its own. Its redirects and cookies are not used
	Timeout    time.Duration // of one try; 0: a minute
	Tries      int           // 0: 4; 1: nothing is repeated

	// What tests put in place of the real ones.
	Clock  func() time.Time
	Sleep  func(ctx context.Context, d time.Duration) error
	Random io.Reader
}

// Format prints the address, never the token, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "client for %s", printable(c.URL)) }

// Client talks to one server as one service account.
type Client struct{ calls caller }

// New makes a client. It does not connect yet.
func New(config Config) (*Client, error) {
	base, err := parseBase(config.URL)
	if err != nil {
		return nil, err
	}
	if config.Token == "" {
		return nil, errors.New("a client needs the token of a service account")
	}
	if strings.ContainsFunc(config.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the token holds a character that no token has: copy it again")
	}
	calls := newCaller(config, base)
	bearer := "Bearer " + config.Token
	calls.authorize = func(h http.Header) { h.Set("Authorization", bearer) }
	return &Client{calls}, nil
}

// Vaults gives the calls about vaults.
func (c *Client) Vaults() Vaults { return Vaults{c.calls} }

// Items gives the calls about items.
func (c *Client) Items() Items { return Items{c.calls} }

// Must gives the value, or panics with the error: for scripts that have nothing
// better to do with one.
func Must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

var errBase = errors.New("the server's address must begin with https://, or with http:// on this machine alone, and hold no user, query or fragment")

// parseBase reads a base address; it comes back without a slash at its end. The
// error never quotes it: what was meant for another field may stand there.
func parseBase(text string) (string, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "" {
		return "", errBase
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !thisMachine(u.Hostname())) {
		return "", errBase
	}
	return u.String(), nil
}

func thisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

func newCaller(config Config, base string) caller {
	c := caller{
		base: base, timeout: cmp.Or(config.Timeout, time.Minute), tries: max(1, cmp.Or(config.Tries, 4)),
		clock: config.Clock, sleep: config.Sleep, random: config.Random,
	}
	if c.clock == nil {
		c.clock = time.Now
	}
	if c.sleep == nil {
		c.sleep = sleep
	}
	if c.random == nil {
		c.random = rand.Reader
	}
	c.http = straight(config.HTTPClient)
	return c
}

// straight is the client given, or a new one, that follows no redirect and keeps
// no cookies.
func straight(given *http.Client) *http.Client {
	var own http.Client
	if given != nil {
		own = *given
	} else {
		own.Transport = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSHandshakeTimeout: 10 * time.Second,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 16,
			IdleConnTimeout:     time.Minute,
		}
	}
	own.Jar = nil
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// printable is a base address without what should never stand in one.
func printable(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "an unreadable address"
	}
	return u.Scheme + "://" + u.Host
}
