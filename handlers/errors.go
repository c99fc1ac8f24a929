package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// errWrongHost means that the request names another host than the configured URL.
var errWrongHost = errors.New("the request names another host")

// faultOf returns the router's errors as faults, and others as they are.
func faultOf(err error) error {
	switch {
	case errors.Is(err, echo.ErrNotFound):
		return fault.Of(fault.NotFound)
	case errors.Is(err, echo.ErrMethodNotAllowed):
		return fault.Field("", fault.CodeMethodNotAllowed, "")
	}
	return err
}

// fail answers an error: with a problem document where the route answers in JSON, with
// the sign-in page where it needs a session, else with an error page. An internal error
// shows a fixed text and the request's id, nothing of its cause.
func (h *Handlers) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	err = faultOf(err)
	row := h.routes[c.Request().Method+" "+c.Path()]
	var failed error
	switch {
	case errors.Is(err, errWrongHost):
		failed = h.showRightAddress(c)
	case row.shape == problem,
		row.answer == nil && strings.HasPrefix(c.Request().URL.Path, h.Base+apiPath+"/"):
		failed = h.c.API.Fail(c, err)
	case fault.CodeOf(err) == fault.CodeUnauthenticated:
		failed = h.askToSignIn(c, row)
	case fault.CodeOf(err) == fault.CodeFactorRequired:
		failed = h.askToEnroll(c, err)
	default:
		// no route identified the caller, and the links on the page depend on it
		if row.answer == nil {
			_, _ = h.identify(c)
		}
		failed = h.showError(c, err)
	}
	if failed != nil && !c.Response().Committed {
		failed = c.String(
			http.StatusInternalServerError, "This page couldn't be shown. Try again.\n",
		)
	}
	if failed != nil {
		h.c.Log.Error("an error could not be shown", "route", pattern(c), "err", failed)
	}
}

// askToSignIn leads to the sign-in page: a page by a redirect, htmx by a header. A form gets the
// sign-in form that keeps what was typed.
func (h *Handlers) askToSignIn(c echo.Context, row route) error {
	method := c.Request().Method
	reading := method == http.MethodGet || method == http.MethodHead
	if reading && !fragment(c) && row.shape == page {
		return seeOther(c, h.SignIn(h.localPath(c.Request().URL.RequestURI())))
	}
	if method == http.MethodPost && row.shape == page {
		if asked, err := h.askAgain(c); asked {
			return err
		}
	}
	if c.Request().Header.Get("HX-Request") == "true" {
		c.Response().Header().Set("HX-Redirect", h.SignIn(h.returnPath(c)))
	}
	return h.showError(
		c, fault.New(fault.Unauthenticated, fault.CodeUnauthenticated, "Sign in first."),
	)
}

// askToEnroll leads to the set-up of a second factor: a page by a redirect, htmx by a header.
func (h *Handlers) askToEnroll(c echo.Context, err error) error {
	method := c.Request().Method
	if (method == http.MethodGet || method == http.MethodHead) && !fragment(c) {
		return seeOther(c, h.SecondFactor(h.localPath(c.Request().URL.RequestURI())))
	}
	if c.Request().Header.Get("HX-Request") == "true" {
		c.Response().Header().Set("HX-Redirect", h.SecondFactor(h.returnPath(c)))
	}
	return h.showError(c, err)
}

func (h *Handlers) showError(c echo.Context, err error) error {
	status, wait := statusOf(c, err)
	props := views.ErrorProps{
		Shell: h.shell(identityOf(c), views.NavNone, "", h.vaultsBeside(c, status)), Status: status,
		Code: fault.CodeOf(err), Problems: fault.ProblemsOf(err),
		RetryAfter: wait, Vault: errors.Is(err, errOfVault), Back: h.wayBack(c, status),
	}
	if props.Code == fault.CodeUnknownOutcome {
		props.Back = h.nearestPage(c)
	}
	switch {
	case status == http.StatusMethodNotAllowed:
		props.Code = fault.CodeNotFound
	case status >= http.StatusInternalServerError: // elsewhere answers must be alike
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

// vaultsBeside returns the vaults to list beside an error: none beside a failure of the server, which
// more work can only make worse.
func (h *Handlers) vaultsBeside(c echo.Context, status int) []vault.Info {
	if fragment(c) || status >= http.StatusInternalServerError {
		return nil
	}
	// The deadline of the request's own work ends with it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), readyTime)
	defer cancel()
	return h.sidebarVaults(ctx, identityOf(c))
}

// wayBack returns the address of the item that the request was about; "" on the item's
// own page, and where the caller may not view it.
func (h *Handlers) wayBack(c echo.Context, status int) string {
	vaultID, item := c.Param("vault"), c.Param("item")
	if item == "" || strings.HasSuffix(c.Path(), "/:item") || status == http.StatusNotFound ||
		status == http.StatusUnauthorized {
		return ""
	}
	return h.Item(vaultID, item)
}

// statusOf returns the status that answers an error, and the wait that it names in
// the header Retry-After.
func statusOf(c echo.Context, err error) (status int, wait time.Duration) {
	status, wait = fault.StatusOf(err)
	if wait > 0 {
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(wait.Seconds())))
	}
	return status, wait
}
