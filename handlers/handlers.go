// Package handlers answers the browser: one request becomes one call on a domain
// service and one view. It owns cookies, headers, status codes and who may call
// what; it decides nothing that a service decides, and refuses to log a raw path,
// a query, a body or a cookie.
package handlers

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/share"
	"itemshare/static"
	"itemshare/vault"
	"itemshare/views"
)

// API answers in JSON: the recipient's page, and programs. Package api is behind it.
type API interface {
	Peek(c echo.Context) error
	SendCode(c echo.Context) error
	Open(c echo.Context) error
	File(c echo.Context) error
	// Fail writes the problem document of an error.
	Fail(c echo.Context, err error) error
	Programs
}

// Programs answers the calls of service accounts. Who may make them is decided here.
type Programs interface {
	// Admit counts a request, else fault.TooMany.
	Admit(c echo.Context, me account.Identity) error
	Vaults(c echo.Context, me account.Identity) error
	Items(c echo.Context, me account.Identity) error
	Item(c echo.Context, me account.Identity) error
	SharePolicy(c echo.Context, me account.Identity) error
	CheckRecipients(c echo.Context, me account.Identity) error
	CreateShare(c echo.Context, me account.Identity) error
	Shares(c echo.Context, me account.Identity) error
	Share(c echo.Context, me account.Identity) error
	RevokeShare(c echo.Context, me account.Identity) error
	OpenAPI(c echo.Context) error
	Document() []byte // what OpenAPI answers with
}

// Recorder keeps an audit event that belongs to no other change.
type Recorder interface {
	Record(ctx context.Context, event audit.Event) error
}

// Prover tells what the last proof of the audit chain found.
type Prover interface {
	LastProof() (report audit.Report, broken *audit.Broken)
}

// Outbox gives the mails of a demo, newest first.
type Outbox interface {
	Mails(ctx context.Context) []views.OutboxMail
}

// Config is what the handlers are made of.
type Config struct {
	URL        *url.URL // the public base URL, without a slash at its end
	Shares     *share.Service
	Accounts   *account.Service
	Vault      vault.Backend
	Recorder   Recorder
	Events     *audit.Reader
	Prover     Prover
	Static     *static.Files
	API        API
	Demo       Outbox                          // nil but in a demo
	Ready      func(ctx context.Context) error // whether the database answers
	CookieKeys [2][]byte                       // 32 bytes each: one signs, one encrypts
	Proxies    []netip.Prefix                  // whose X-Forwarded-For counts
	Clock      func() time.Time
	Random     io.Reader
	Log        *slog.Logger
}

// Handlers answers requests. It is safe for use by many goroutines.
type Handlers struct {
	Config
	views.Paths
	cookies   *sessions.CookieStore
	cookie    string // its name
	csrf      *http.CrossOriginProtection
	recipient document
	docs      views.APIDocs
	routes    map[string]route // by method and pattern
}

// New builds the handler of every route. It fails only where a page that never
// changes cannot be made.
func New(config Config) (http.Handler, error) {
	h := &Handlers{Config: config, Paths: views.Paths{Base: config.URL.Path}, csrf: http.NewCrossOriginProtection()}
	h.cookies, h.cookie = newCookies(config)
	var err error
	if h.recipient, err = h.recipientDocument(); err != nil {
		return nil, err
	}
	if h.docs, err = views.ReadAPIDocs(config.API.Document()); err != nil {
		return nil, err
	}
	return h.router(), nil
}
