package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

// showJoin shows where to use a code. Who was invited where passwords are off signs in elsewhere: the
// empty fragment takes the code out of the address.
func (h *Handlers) showJoin(c echo.Context, _ account.Identity) error {
	if h.c.NoPasswords {
		return c.Redirect(http.StatusSeeOther, h.SignIn("")+"#")
	}
	return h.showJoinForm(c, http.StatusOK, views.JoinProps{})
}

func (h *Handlers) showJoinForm(c echo.Context, status int, p views.JoinProps) error {
	p.Shell = h.shell(account.Identity{}, views.NavNone, "Join", nil)
	return h.showSecret(c, status, views.JoinPage(p))
}

// join sets the password of somebody who was invited, or whose password was reset, and signs them in.
func (h *Handlers) join(c echo.Context, _ account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	session, err := h.c.Accounts.Join(
		c.Request().Context(), form.Get("code"), form.Get("password"), h.signInCaller(c),
	)
	if isRejected(err) {
		status, wait := statusOf(c, err)
		return h.showJoinForm(c, status, views.JoinProps{
			Code: form.Get("code"), Problems: fault.ProblemsOf(err), Rejected: fault.CodeOf(err),
			RetryAfter: wait,
		})
	}
	if err != nil {
		return fault.Wrap("join", err)
	}
	return h.enter(c, session, arrival{})
}

// isRejected reports whether the form itself says what was wrong.
func isRejected(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Unauthenticated, fault.Gone, fault.TooMany:
		return err != nil
	case fault.Unavailable:
		return !isDown(err)
	}
	return false
}
