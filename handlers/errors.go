package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/fault"
	"itemshare/views"
)

// errWrongHost says that the request names a host that is not ours.
var errWrongHost = errors.New("the request names another host")

// statusOf is the one table of kinds and statuses for pages.
func statusOf(err error) int {
	var routing *echo.HTTPError
	if errors.As(err, &routing) {
		return routing.Code
	}
	if errors.Is(err, errWrongHost) {
		return http.StatusMisdirectedRequest
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		switch fault.CodeOf(err) {
		case fault.CodeMalformed:
			return http.StatusBadRequest
		case fault.CodeTooLarge:
			return http.StatusRequestEntityTooLarge
		}
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Gone:
		return http.StatusGone
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// fail answers an error: a problem document where the route speaks JSON, the way
// to the sign-in page for nobody, else a page. Nothing of an internal error
// leaves: a fixed text and the request's id.
func (h *Handlers) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status := statusOf(err)
	row := h.routes[c.Request().Method+" "+c.Path()]
	var failed error
	switch {
	case status == http.StatusMisdirectedRequest:
		failed = h.showRightAddress(c)
	case row.shape == problem, row.answer == nil && strings.HasPrefix(c.Request().URL.Path, h.Base+programs+"/"):
		failed = h.API.Fail(c, err)
	case fault.CodeOf(err) == fault.CodeUnauthenticated:
		failed = h.askToSignIn(c, row)
	default:
		if row.answer == nil { // no row asked who this is, and the way on depends on it
			_, _ = h.identify(c)
		}
		failed = h.showError(c, status, err)
	}
	if failed != nil && !c.Response().Committed {
		failed = c.String(http.StatusInternalServerError, "Something went wrong here.\n")
	}
	if failed != nil {
		h.Log.Error("an error could not be shown", "route", pattern(c), "err", failed)
	}
}

// askToSignIn leads nobody to the sign-in page: by a redirect from a page, by a
// header for htmx.
func (h *Handlers) askToSignIn(c echo.Context, row route) error {
	method := c.Request().Method
	reading := method == http.MethodGet || method == http.MethodHead
	if reading && !fragment(c) && row.shape == page {
		return seeOther(c, h.SignIn(h.localPath(c.Request().URL.RequestURI())))
	}
	if c.Request().Header.Get("HX-Request") == "true" {
		c.Response().Header().Set("HX-Redirect", h.SignIn(h.returnPath(c)))
	}
	return h.showError(c, http.StatusUnauthorized, fault.New(fault.Unauthenticated, fault.CodeUnauthenticated, "Sign in first."))
}

func (h *Handlers) showError(c echo.Context, status int, err error) error {
	retry := retryAfter(err)
	if retry > 0 {
		c.Response().Header().Set(echo.HeaderRetryAfter, seconds(retry))
	}
	props := views.ErrorProps{
		Shell: h.shell(asked(c), views.NavNone, ""), Status: status, Code: fault.CodeOf(err), Problems: fault.ProblemsOf(err),
		RetryAfter: retry, Vault: errors.Is(err, errOfVault), Back: h.wayBack(c, status),
	}
	switch {
	case status == http.StatusMethodNotAllowed:
		props.Code = fault.CodeNotFound
	case status >= http.StatusInternalServerError: // elsewhere it would tell apart what must look alike
		props.RequestID = c.Response().Header().Get(requestIDHeader)
	}
	if e, ok := fault.As(err); ok && e.Code() == fault.CodeAlreadyCreated {
		props.ShareID = e.CreatedID
	}
	if fragment(c) {
		return h.show(c, status, views.ErrorNotice(props))
	}
	return h.show(c, status, views.ErrorPage(props))
}

// wayBack is the page of the item that a page was about; "" where it is that page
// itself, or where there is none for this person.
func (h *Handlers) wayBack(c echo.Context, status int) string {
	vaultID, item := c.Param("vault"), c.Param("item")
	if item == "" || strings.HasSuffix(c.Path(), "/:item") || status == http.StatusNotFound || status == http.StatusUnauthorized {
		return ""
	}
	return h.Item(vaultID, item)
}

func (h *Handlers) showRightAddress(c echo.Context) error {
	props := views.ErrorProps{Shell: h.shell(asked(c), views.NavNone, ""), Status: http.StatusMisdirectedRequest, Address: h.URL.String() + "/"}
	return h.show(c, http.StatusMisdirectedRequest, views.ErrorPage(props))
}

// retryAfter is when to try again: of a fault that says so, and of whatever is
// not reachable.
func retryAfter(err error) time.Duration {
	e, ok := fault.As(err)
	switch {
	case !ok:
		return 0
	case e.RetryAfter > 0:
		return e.RetryAfter
	case e.Kind == fault.Unavailable:
		return 5 * time.Second
	}
	return 0
}

// seconds counts whole seconds, rounded up, for a header.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
