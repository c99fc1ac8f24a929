package handlers

import (
	"context"

	"github.com/labstack/echo/v4"

	"itemshare/fault"
)

// endedOwner returns the email address of whose session ended in this browser without a sign-out, at
// most a day after they signed in; "" for nobody. Only the browser's own sealed cookie says who that
// was: what a request names could ask for anybody.
func (h *Handlers) endedOwner(c echo.Context) string {
	browser := h.formBrowser(c)
	if browser.owner == "" || browser.left || !h.c.Clock().Before(browser.since.Add(namedTime)) {
		return ""
	}
	// The deadline of the request's own work ends with it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), readyTime)
	defer cancel()
	if _, err := h.c.Accounts.Authenticate(ctx, h.token(c)); err == nil {
		return "" // it has not ended
	}
	person, err := h.c.Accounts.Person(ctx, browser.owner)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		h.c.Log.Error("cannot name whose session ended", "err", err) // they can sign in all the same
	}
	if err != nil || person.Disabled || person.Pending {
		return ""
	}
	return person.Email
}

// ownerOfKept returns the same for a form that waits, "" where somebody else typed it.
func (h *Handlers) ownerOfKept(c echo.Context, kept string) string {
	form, ok := h.openTyped(c, kept)
	if !ok || form.owner != h.formBrowser(c).owner {
		return ""
	}
	return h.endedOwner(c)
}
