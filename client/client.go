// Package client shares items through itemshare's API for programs, and opens share links. Its
// names are those of item sharing in 1Password's SDK: get the item, get its policy, validate the
// recipients, create the link. It also lists, gets and revokes shares, which the SDK does not.
//
// It uses the standard library alone. It follows no redirect, so that a token is sent only to the
// server that it was set for, and no error and no printed value contains a token or a link.
//
// A Client repeats requests that may be repeated: see [Config]. All types are safe for use by
// multiple goroutines at once, except [OpenedShare] and the readers that it returns.
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
	"os"
	"strings"
	"time"
)

// Config is the configuration of a [Client]. URL and Token are required.
//
// Where it is safe, a request whose answer is lost is sent again, up to Tries times in all with
// growing random pauses: to read, to revoke, and to create, with an Idempotency-Key that the client
// chooses. So is a request that is answered with 429 or 503, after its Retry-After if that is at
// most 30 seconds.
type Config struct {
	URL   string // the server's base URL, as in ITEMSHARE_URL: https, or http on this machine
	Token string // a service account's token

	HTTPClient *http.Client  // nil is a new one; its redirects and cookies are not used
	Timeout    time.Duration // of one try; 0 is a minute
	Tries      int           // 0 is 4; 1 repeats nothing

	// For tests; nil is the real one.
	Clock  func() time.Time
	Sleep  func(ctx context.Context, d time.Duration) error
	Random io.Reader
}

// Format prints the URL, never the token, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "client for %s", printable(c.URL)) }

// Client calls one server as one service account.
type Client struct{ calls caller }

// FromEnv returns the Config of ITEMSHARE_URL and ITEMSHARE_TOKEN, the variables of the commands.
func FromEnv() Config {
	return Config{URL: os.Getenv("ITEMSHARE_URL"), Token: os.Getenv("ITEMSHARE_TOKEN")}
}

// New returns a client. It does not connect yet.
func New(config Config) (*Client, error) {
	base, err := parseBase(config.URL)
	if err != nil {
		return nil, err
	}
	if config.Token == "" {
		return nil, errors.New("the token of a service account is missing")
	}
	if strings.ContainsFunc(config.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the token contains a character that no token has: copy it again")
	}
	calls := newCaller(config, base)
	bearer := "Bearer " + config.Token
	calls.authorize = func(h http.Header) { h.Set("Authorization", bearer) }
	return &Client{calls}, nil
}

// Vaults returns the calls about vaults.
func (c *Client) Vaults() Vaults { return Vaults{c.calls} }

// Items returns the calls about items.
func (c *Client) Items() Items { return Items{c.calls} }

// Events returns the calls about events.
func (c *Client) Events() Events { return Events{c.calls} }

// Users returns the calls about people.
func (c *Client) Users() Users { return Users{c.calls} }

// Groups returns the calls about groups.
func (c *Client) Groups() Groups { return Groups{c.calls} }

// Must returns the value, or panics with the error. It is for scripts.
func Must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

var errBase = errors.New(
	"the server's address must begin with https://, or with http:// on this machine," +
		" and have no user, query or fragment",
)

// parseBase parses a base URL and returns it without a slash at its end. The error never quotes it:
// it may be a token in the wrong field.
func parseBase(text string) (string, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || u.Hostname() == "" || u.User != nil ||
		u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "" {
		return "", errBase
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return "", errBase
	}
	return u.String(), nil
}

// isLoopback reports whether a host is this machine.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

func newCaller(config Config, base string) caller {
	c := caller{
		base: base, http: withoutRedirects(config.HTTPClient),
		timeout: cmp.Or(config.Timeout, time.Minute), tries: max(1, cmp.Or(config.Tries, 4)),
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
	return c
}

// withoutRedirects returns a copy of an HTTP client, or a new one, that follows no redirect and
// stores no cookies.
func withoutRedirects(original *http.Client) *http.Client {
	var c http.Client
	if original != nil {
		c = *original
	} else {
		c.Transport = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSHandshakeTimeout: 10 * time.Second,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 16,
			IdleConnTimeout:     time.Minute,
		}
	}
	c.Jar = nil
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
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

// printable returns a base URL without the parts that it should not have.
func printable(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "an invalid address"
	}
	return u.Scheme + "://" + u.Host
}
