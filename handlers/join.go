package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

func (h *Handlers) showJoin(c echo.Context, _ account.Identity) error {
	return h.showJoinForm(c, http.StatusOK, views.JoinProps{})
}

func (h *Handlers) showJoinForm(c echo.Context, status int, p views.JoinProps) error {
	p.Shell = h.shell(account.Identity{}, views.NavNone, "Join", nil)
	p.Ways = h.ways()
	return h.showSecret(c, status, views.JoinPage(p))
}

// join uses a code of somebody who was invited, or who needs a new way to sign in, and signs them in
// with the password that they chose or the passkey that their browser made.
func (h *Handlers) join(c echo.Context, _ account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	switch {
	case form.Has("response"):
		return h.joinWithPasskey(c, form)
	case form.Get("with") == "passkey":
		return h.beginJoin(c, http.StatusOK, views.JoinProps{Code: form.Get("code")})
	case form.Get("with") == "choice":
		return h.showJoinForm(c, http.StatusOK, views.JoinProps{Code: form.Get("code")})
	}
	session, err := h.c.Accounts.Join(
		c.Request().Context(), form.Get("code"), form.Get("password"), h.signInCaller(c),
	)
	if err != nil {
		return h.joinRejected(c, form.Get("code"), err)
	}
	return h.enter(c, session, arrival{})
}

// joinRejected shows the form again with what was wrong. Other errors have a page of their own.
func (h *Handlers) joinRejected(c echo.Context, code string, err error) error {
	if !isRejected(err) {
		return fault.Wrap("join", err)
	}
	status, wait := statusOf(c, err)
	return h.showJoinForm(c, status, views.JoinProps{
		Code: code, Problems: fault.ProblemsOf(err), Rejected: fault.CodeOf(err), RetryAfter: wait,
	})
}

// beginJoin begins a ceremony for the holder of a code, which is not used yet.
func (h *Handlers) beginJoin(c echo.Context, status int, p views.JoinProps) error {
	user, keys, err := h.c.Accounts.PasskeyJoiner(c.Request().Context(), p.Code, h.signInCaller(c))
	if err != nil {
		return h.joinRejected(c, p.Code, err)
	}
	begun, err := h.passkeys.BeginAdd(user, keys)
	if err != nil {
		return err
	}
	p.PasskeyFor = user.Email
	p.PasskeyOptions, err = h.keepCeremony(c, h.Join(), joinOwner(user, p.Code), begun)
	if err != nil {
		return err
	}
	return h.showJoinForm(c, status, p)
}

// joinOwner names whose ceremony it is: one that began with another code ends nothing.
func joinOwner(user account.User, code string) string { return user.ID + "\n" + code }

func (h *Handlers) joinWithPasskey(c echo.Context, form url.Values) error {
	code := form.Get("code")
	end := func(user account.User) (account.Passkey, error) {
		secret := h.ceremony(c, h.Join(), joinOwner(user, code))
		return h.passkeys.EndAdd(user, secret, form.Get("response"))
	}
	session, err := h.c.Accounts.JoinWithPasskey(c.Request().Context(), code, end, h.signInCaller(c))
	switch kind := fault.KindOf(err); {
	case err == nil:
		return h.enter(c, session, arrival{})
	case kind == fault.Invalid || kind == fault.Conflict:
		status, _ := statusOf(c, err)
		return h.beginJoin(c, status, views.JoinProps{
			Code: code, Problems: fault.ProblemsOf(err), Rejected: fault.CodeOf(err),
		})
	}
	return h.joinRejected(c, code, err)
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
