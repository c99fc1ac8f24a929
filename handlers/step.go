package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

// stepPath is the second step of signing in. Its form may bring along one that waits.
const stepPath = "/signin/code"

// stepCookie holds the proof that the password was right, between the two steps of signing in.
func (h *Handlers) stepCookie() *http.Cookie {
	cookie := h.browserCookie()
	cookie.Name = strings.TrimSuffix(cookie.Name, "browser") + "step"
	cookie.MaxAge = int(account.StepTime.Seconds())
	return cookie
}

func (h *Handlers) setStepCookie(c echo.Context, step string) {
	cookie := h.stepCookie()
	cookie.Value = step
	if step == "" {
		cookie.MaxAge = -1
	}
	c.SetCookie(cookie)
}

func (h *Handlers) step(c echo.Context) string {
	cookie, err := c.Cookie(h.stepCookie().Name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// arrival is where a sign-in leads.
type arrival struct {
	next string // a local path, "" for the items
	kept string // a form that waits, sealed
	has  bool   // kept was sent, even if empty
}

// enter goes on after a right password, or a second step: to the second step, to the set-up of a
// second factor, or to where the person was going.
func (h *Handlers) enter(c echo.Context, session account.NewSession, to arrival) error {
	if session.Step != "" {
		h.setStepCookie(c, session.Step)
		if to.has {
			return h.showStep(c, http.StatusOK, session.Step, to, nil)
		}
		return seeOther(c, h.SignInCode(to.next))
	}
	// The session that this browser had before ends.
	if before := h.token(c); before != "" {
		if err := h.c.Accounts.SignOut(c.Request().Context(), before); err != nil {
			return err
		}
	}
	if err := h.setSession(c, session); err != nil {
		return err
	}
	switch {
	case session.Identity.Enrolls:
		return seeOther(c, h.SecondFactor(to.next))
	case to.has:
		return h.resume(c, session.Identity, to.kept)
	case to.next == "":
		to.next = h.Items(views.ItemsFilter{})
	}
	return seeOther(c, to.next)
}

func (h *Handlers) stepPage(c echo.Context, _ account.Identity) error {
	to := arrival{next: h.localPath(c.QueryParam("next"))}
	return h.showStep(c, http.StatusOK, h.step(c), to, nil)
}

// showStep shows the form of the second step. Where its time is over, the sign-in page begins anew.
func (h *Handlers) showStep(
	c echo.Context, status int, step string, to arrival, problem error,
) error {
	user, _, err := h.c.Accounts.StepOf(c.Request().Context(), step)
	if fault.KindOf(err) == fault.Unauthenticated {
		return h.stepOver(c, to)
	}
	if err != nil {
		return err
	}
	props := views.SignInCodeProps{
		Shell: h.shell(account.Identity{}, views.NavNone, "Sign in", nil),
		Email: user.Email, Next: to.next, Kept: to.kept, Has: to.has,
	}
	if problem != nil {
		props.Problems = fault.ProblemsOf(problem)
	}
	return h.show(c, status, views.SignInCodePage(props))
}

// stepOver begins to sign in anew after a second step that took too long. A form that waits stays.
func (h *Handlers) stepOver(c echo.Context, to arrival) error {
	h.setStepCookie(c, "")
	if !to.has {
		return seeOther(c, h.SignIn(to.next))
	}
	return h.showSignIn(c, http.StatusUnauthorized, views.SignInProps{
		Next: to.next, Again: true, Kept: to.kept,
	})
}

func (h *Handlers) secondStep(c echo.Context, _ account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	to := arrival{h.localPath(form.Get("next")), form.Get("kept"), form.Has("kept")}
	session, err := h.c.Accounts.SecondStep(
		c.Request().Context(), h.step(c), form.Get("code"), h.signInCaller(c),
	)
	switch {
	case fault.CodeOf(err) == fault.CodeUnauthenticated:
		return h.stepOver(c, to)
	case fault.CodeOf(err) == fault.CodeCodeInvalid, fault.KindOf(err) == fault.TooMany:
		status, _ := statusOf(c, err)
		return h.showStep(c, status, h.step(c), to, err)
	case err != nil:
		return err
	}
	h.setStepCookie(c, "")
	return h.enter(c, session, to)
}
