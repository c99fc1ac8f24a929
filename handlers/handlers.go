// Package handlers answers browsers: one request becomes one call on a domain service
// and one view. It owns the table of routes, cookies and headers. It decides nothing
// that a service decides, and never logs a raw path, a query, a body or a cookie.
package handlers

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/account/passkey"
	"itemshare/audit"
	"itemshare/share"
	"itemshare/static"
	"itemshare/telemetry"
	"itemshare/vault"
	"itemshare/views"
	"itemshare/webhook"
)

// API answers programs and the recipient's page in JSON. Package api is behind it.
type API interface {
	// Routes hands each call to add, for the table of routes.
	Routes(add func(
		method, path string, access account.Access, long bool,
		answer func(c echo.Context, me account.Identity) error,
	))
	// Admit counts a request of a service account, else it returns fault.TooMany.
	Admit(c echo.Context, me account.Identity) error
	// Fail answers with the problem document of an error.
	Fail(c echo.Context, err error) error
	// Document returns the description of the calls, in OpenAPI's format.
	Document() []byte
}

// Recorder stores an audit event that belongs to no other change.
type Recorder interface {
	Record(ctx context.Context, event audit.Event) error
}

// Prover verifies the audit chain.
type Prover interface {
	State() audit.State
	CheckAll() // soon, and without waiting for it
}

// Erasures says since when the oldest erasure that is due by now has been due, the zero
// time where none is.
type Erasures interface {
	ErasureDue(ctx context.Context, now time.Time) (time.Time, error)
}

// Outbox lists the emails of a demo, newest first.
type Outbox interface {
	Mails(ctx context.Context) []views.OutboxMail
}

// Mail is the queue of emails and the server that sends them.
type Mail interface {
	Backlog(ctx context.Context) (views.MailBacklog, error)
	// SendTest sends one email at once, and returns what the mail server answered.
	SendTest(ctx context.Context, to string) views.MailTest
}

// Telemetry takes notes of requests. The context that it returns is the request's.
type Telemetry interface {
	Request(ctx context.Context) (context.Context, func(telemetry.Served))
}

// Config holds what the handlers are built from.
type Config struct {
	URL      *url.URL // the public base URL, without a slash at its end
	Shares   *share.Service
	Accounts *account.Service
	Vault    vault.Backend
	Recorder Recorder
	Events   *audit.Reader
	Prover   Prover
	Webhooks *webhook.Service
	Erasures Erasures
	Static   *static.Files
	API      API
	Imports  Imports  // nil for a vault that can't be changed here
	Export   Exporter // nil the same
	Mail     Mail     // nil if email is off
	Demo     Outbox   // nil but in a demo
	Provider Provider // nil unless people sign in elsewhere
	// Invitations seals emails with codes of people, nil if email is off.
	Invitations account.Mailer
	Ready       func(ctx context.Context) error // why the server can't work yet, nil if it can
	// Warn stores a warning about how the server is set up.
	Warn func(ctx context.Context, name, detail string, at time.Time) error
	// Remember runs a function that answers a request from what the database remembers, and once more
	// where that is no longer true. Nil remembers nothing.
	Remember    func(ctx context.Context, answer func(context.Context) error) error
	NoPasswords bool           // nobody signs in with a password
	Forms       Sealer         // seals forms that wait in sign-in pages
	CookieKeys  [2][]byte      // 32 bytes each: one signs, one encrypts
	Proxies     []netip.Prefix // whose X-Forwarded-For is trusted
	Version     string         // of this program, as an admin reads it
	MaxFile     int64          // bytes of the largest file that people can add, 0 for vault.MaxFileBytes
	Telemetry   Telemetry      // nil if nothing is measured
	Clock       func() time.Time
	Random      io.Reader
	Log         *slog.Logger
}

// Handlers answers requests. It is safe for use by many goroutines.
type Handlers struct {
	views.Paths
	c         Config
	cookies   *sessions.CookieStore
	cookie    string // its name
	csrf      *http.CrossOriginProtection
	recipient static.Body
	docs      views.APIDocs
	proxy     proxyWatch
	passkeys  *passkey.Passkeys
	echo      *echo.Echo
	routes    map[string]route // by method and pattern
	uploads   *uploads

	hostWarning rarely
	settled     atomic.Bool // there is a person
	setUpClosed atomic.Bool // the set-up is closed, or there was none
	drawn       atomic.Pointer[drawnSignIn]
	// The organization's name when it was last read, nil until then and after a change.
	organizationRead atomic.Pointer[organizationRead]
}

// New returns the handler of every route. It fails only if a page that never changes
// cannot be rendered.
func New(config Config) (http.Handler, error) {
	h := &Handlers{
		Paths: views.Paths{Base: config.URL.Path}, c: config, csrf: http.NewCrossOriginProtection(),
		uploads: newUploads(),
	}
	if h.c.Remember == nil {
		h.c.Remember = func(ctx context.Context, answer func(context.Context) error) error { return answer(ctx) }
	}
	h.c.MaxFile = cmp.Or(config.MaxFile, vault.MaxFileBytes)
	h.cookies, h.cookie = newCookies(config)
	var err error
	if h.passkeys, err = passkey.New(config.URL); err != nil {
		return nil, err
	}
	if h.recipient, err = h.recipientDocument(); err != nil {
		return nil, err
	}
	if h.docs, err = views.ReadAPIDocs(config.API.Document()); err != nil {
		return nil, err
	}
	return h.router(), nil
}
