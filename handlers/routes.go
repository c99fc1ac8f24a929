package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
)

// access says who may call a route. Its zero value admits nobody: a route says
// who, or it does not work.
type access int

const (
	nobody   access = iota
	anyone          // no session is asked for
	signedIn        // what belongs to others stays hidden by the service
	viewer          // may see the vault in the path, else it does not exist
	sharer          // may share from it too, else that is forbidden
	admin           // manages the installation, else it is forbidden

	// Service accounts, by their token; cookies count for nothing here.
	program       // any of them
	programViewer // may read the vault in the path, else it does not exist
	programSharer // may share from it too, else that is forbidden
)

// shape says what a route answers with, its errors too.
type shape int

const (
	page    shape = iota // HTML; nobody is led to the sign-in page
	files                // the same for everyone
	problem              // JSON, errors as problem documents
)

// route is one row of the table. The path stands below the base path.
type route struct {
	method string
	path   string
	access access
	shape  shape
	long   bool // may take minutes: files, a whole history
	answer func(h *Handlers, c echo.Context, me account.Identity) error
}

// table lists every route but the demo's.
func table() []route {
	get, post := http.MethodGet, http.MethodPost
	const item = "/vaults/:vault/items/:item"
	return []route{
		{get, "/", signedIn, page, false, (*Handlers).home},
		{get, "/signin", anyone, page, false, (*Handlers).signInPage},
		{post, "/signin", anyone, page, false, (*Handlers).signIn},
		{post, "/signout", anyone, page, false, (*Handlers).signOut},

		{get, "/items", signedIn, page, false, (*Handlers).browse},
		{post, "/items/refresh", signedIn, page, false, (*Handlers).refresh},
		{get, item, viewer, page, false, (*Handlers).showItem},
		{post, item + "/reveal", viewer, page, false, (*Handlers).reveal},
		{get, item + "/share", sharer, page, false, (*Handlers).shareForm},
		{post, item + "/share", sharer, page, true, (*Handlers).createShare},
		{post, item + "/share/recipients", sharer, page, false, (*Handlers).checkRecipients},
		{post, item + "/share/preview", sharer, page, false, (*Handlers).previewShare},

		{get, "/shares", signedIn, page, false, (*Handlers).history},
		{get, "/shares.csv", signedIn, page, true, (*Handlers).historyCSV},
		{get, "/shares/:id", signedIn, page, false, (*Handlers).showShare},
		{post, "/shares/:id/revoke", signedIn, page, false, (*Handlers).revoke},
		{post, "/shares/:id/recipients/:position/remove", signedIn, page, false, (*Handlers).removeRecipient},

		{get, "/admin/policy", admin, page, false, (*Handlers).showPolicy},
		{post, "/admin/policy", admin, page, false, (*Handlers).setPolicy},
		{post, "/admin/policy/links", admin, page, false, (*Handlers).setLinks},
		{post, "/admin/policy/preview", admin, page, false, (*Handlers).previewPolicy},
		{get, "/admin/users", admin, page, false, (*Handlers).showUsers},
		{get, "/admin/vaults", admin, page, false, (*Handlers).showVaults},
		{get, "/admin/service-accounts", admin, page, false, (*Handlers).showServiceAccounts},
		{post, "/admin/service-accounts", admin, page, false, (*Handlers).addServiceAccount},
		{post, "/admin/service-accounts/:id/revoke", admin, page, false, (*Handlers).revokeServiceAccount},
		{get, "/admin/audit", admin, page, false, (*Handlers).showAudit},

		{get, "/s", anyone, files, false, (*Handlers).recipientPage},
		{post, "/s/peek", anyone, problem, false, calls(API.Peek)},
		{post, "/s/code", anyone, problem, false, calls(API.SendCode)},
		{post, "/s/open", anyone, problem, false, calls(API.Open)},
		{post, "/s/file", anyone, problem, false, calls(API.File)},

		{get, programs + "/vaults", program, problem, false, asks(API.Vaults)},
		{get, programs + "/vaults/:vault/items", programViewer, problem, false, asks(API.Items)},
		{get, programs + item, programViewer, problem, false, asks(API.Item)},
		{get, programs + item + "/share-policy", programSharer, problem, false, asks(API.SharePolicy)},
		{post, programs + item + "/recipients", programSharer, problem, false, asks(API.CheckRecipients)},
		{post, programs + item + "/shares", programSharer, problem, true, asks(API.CreateShare)},
		{get, programs + "/shares", program, problem, false, asks(API.Shares)},
		{get, programs + "/shares/:id", program, problem, false, asks(API.Share)},
		{http.MethodDelete, programs + "/shares/:id", program, problem, false, asks(API.RevokeShare)},
		{get, programs + "/openapi.json", anyone, problem, false, calls(API.OpenAPI)},
		{get, programs + "/docs", anyone, page, false, (*Handlers).showAPI},

		{get, "/static/:name", anyone, files, false, (*Handlers).asset},
		{get, "/healthz", anyone, files, false, (*Handlers).healthy},
		{get, "/readyz", anyone, files, false, (*Handlers).ready},
	}
}

// demoTable lists the routes of a demo.
func demoTable() []route {
	return []route{{http.MethodGet, "/demo/outbox", anyone, page, false, (*Handlers).showOutbox}}
}

// programs is where the calls of programs stand.
const programs = "/api/v1"

func asks(call func(API, echo.Context, account.Identity) error) func(*Handlers, echo.Context, account.Identity) error {
	return func(h *Handlers, c echo.Context, me account.Identity) error { return call(h.API, c, me) }
}

func calls(call func(API, echo.Context) error) func(*Handlers, echo.Context, account.Identity) error {
	return func(h *Handlers, c echo.Context, _ account.Identity) error { return call(h.API, c) }
}

func (h *Handlers) router() *echo.Echo {
	e := echo.New()
	e.IPExtractor = extractor(h.Proxies)
	e.HTTPErrorHandler = h.fail
	e.Use(h.observe, h.protect, h.mend)
	rows := table()
	if h.Demo != nil {
		rows = append(rows, demoTable()...)
	}
	h.routes = map[string]route{}
	for _, r := range rows {
		h.add(e, h.Base, r)
	}
	if h.Base != "" {
		h.add(e, "", route{http.MethodGet, "/healthz", anyone, files, false, (*Handlers).healthy})
		h.add(e, "", route{http.MethodGet, "/readyz", anyone, files, false, (*Handlers).ready})
		h.add(e, "", route{http.MethodGet, h.Base, signedIn, page, false, (*Handlers).home})
	}
	return e
}

// add registers a route, and HEAD wherever there is GET.
func (h *Handlers) add(e *echo.Echo, base string, r route) {
	h.routes[r.method+" "+base+r.path] = r
	e.Add(r.method, base+r.path, h.guard(r))
	if r.method == http.MethodGet {
		h.routes[http.MethodHead+" "+base+r.path] = r
		e.Add(http.MethodHead, base+r.path, h.guard(r))
	}
}

// guard lets in whom the route's row admits. Who may not see a vault learns
// nothing of it, not even that it exists.
func (h *Handlers) guard(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		return limited(c, r.long, func() error {
			if r.access == anyone {
				return r.answer(h, c, account.Identity{})
			}
			me, err := h.caller(c, r)
			if err != nil {
				return err
			}
			if err := r.admits(me, c.Param("vault")); err != nil {
				return err
			}
			return r.answer(h, c, me)
		})
	}
}

// caller tells who asks: on a program's route by the token alone, elsewhere by the
// cookie alone.
func (h *Handlers) caller(c echo.Context, r route) (account.Identity, error) {
	if r.forPrograms() {
		return h.identifyProgram(c)
	}
	return h.identify(c)
}

func (r route) forPrograms() bool {
	return r.access == program || r.access == programViewer || r.access == programSharer
}

func (r route) admits(me account.Identity, vaultID string) error {
	if r.forPrograms() {
		return r.admitsProgram(me, vaultID)
	}
	switch {
	case r.access == signedIn,
		r.access == admin && me.Admin(),
		r.access == viewer && me.MayView(vaultID),
		r.access == sharer && me.MayShare(vaultID):
		return nil
	case r.access == viewer, r.access == sharer && !me.MayView(vaultID):
		return fault.Of(fault.NotFound)
	case r.access == sharer:
		return fault.New(fault.Forbidden, fault.CodeForbidden, "You can view items in this vault but can’t share them. Ask an admin for access.")
	default:
		return fault.New(fault.Forbidden, fault.CodeForbidden, "Only admins can open this page.")
	}
}

func (r route) admitsProgram(me account.Identity, vaultID string) error {
	switch {
	case !me.Program():
		return fault.Of(fault.Unauthenticated)
	case r.access == program,
		r.access == programViewer && me.MayView(vaultID),
		r.access == programSharer && me.MayShare(vaultID):
		return nil
	case !me.MayView(vaultID):
		return fault.Of(fault.NotFound)
	default:
		return fault.New(fault.Forbidden, fault.CodeForbidden, "This service account may read the items of this vault, not share them. An admin can make one that may.")
	}
}
