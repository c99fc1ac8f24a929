package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

// accountDone are the sentences of AccountDone.
var accountDone = map[string]string{
	"name":     "Name saved.",
	"emails":   "Emails saved.",
	"password": "Password changed. You're signed out everywhere else.",

	"password-removed": "Password removed. You're signed out everywhere else.",

	"session": "Signed out there.",

	"passkey":         "Passkey added.",
	"passkey-removed": "Passkey removed.",

	"factor-off": "Second factor turned off.",
	"sessions":   "Signed out everywhere else.",
}

func (h *Handlers) showAccount(c echo.Context, me account.Identity) error {
	props, err := h.accountPage(c, me)
	if err != nil {
		return err
	}
	props.Shell.Flash = accountDone[c.QueryParam("done")]
	return h.showEither(c, http.StatusOK, views.Account(props), views.AccountPage(props))
}

func (h *Handlers) accountPage(
	c echo.Context, me account.Identity,
) (props views.AccountProps, err error) {
	ctx := c.Request().Context()
	sessions, err := h.c.Accounts.SessionsOf(ctx, me, h.token(c))
	if err != nil {
		return props, fault.Wrap("list sessions", err)
	}
	props.Shell = h.shell(me, views.NavAccount, "Your account", h.sidebarVaults(ctx, me))
	props.Name, props.Tell, props.MailOff = me.User.Name, me.User.Tell, h.c.Shares.MailOff()
	factor, err := h.c.Accounts.FactorOf(ctx, me.User.ID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return props, fault.Wrap("find a second factor", err)
	}
	props.Factor = views.FactorState{On: err == nil, Recovery: factor.Recovery}
	if props.Ways, err = h.c.Accounts.WaysOf(ctx, me.User.ID); err != nil {
		return props, fault.Wrap("find ways to sign in", err)
	}
	props.SignInWays = h.ways()
	if err := h.ownPasskeys(c, me, &props); err != nil {
		return props, err
	}
	for _, one := range sessions {
		props.Sessions = append(props.Sessions, views.SessionRow(one))
	}
	return props, nil
}

// accountProblems shows the person's own page again with what is wrong with a form, or what a change
// would take from them. Other errors have a page of their own.
func (h *Handlers) accountProblems(
	c echo.Context, me account.Identity, err error, fill func(*views.AccountProps),
) error {
	if !isAtField(err) && fault.KindOf(err) != fault.Conflict {
		return err
	}
	props, failed := h.accountPage(c, me)
	if failed != nil {
		return failed
	}
	if fill != nil {
		fill(&props)
	}
	props.Problems = fault.ProblemsOf(err)
	return h.showEither(c, formStatus(c, err), views.Account(props), views.AccountPage(props))
}

// isAtField reports whether an error is about a field of a form.
func isAtField(err error) bool {
	problems := fault.ProblemsOf(err)
	kind := fault.KindOf(err)
	return len(problems) > 0 && problems[0].Field != "" &&
		(kind == fault.Invalid || kind == fault.TooMany)
}

// formStatus returns the status of a form that is shown again. htmx shows it in place where it is 422.
func formStatus(c echo.Context, err error) int {
	status, _ := statusOf(c, err)
	if fragment(c) && status == http.StatusTooManyRequests {
		return http.StatusUnprocessableEntity
	}
	return status
}

func (h *Handlers) rename(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	name := form.Get("name")
	if err := h.c.Accounts.Rename(c.Request().Context(), me, name); err != nil {
		return h.accountProblems(c, me, err, func(p *views.AccountProps) { p.Name = name })
	}
	return seeOther(c, h.AccountDone("name"))
}

func (h *Handlers) setEmails(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	err = h.c.Accounts.SetEmails(c.Request().Context(), me, isChecked(form, "tell"))
	if err != nil {
		return fault.Wrap("set a person's emails", err)
	}
	return seeOther(c, h.AccountDone("emails"))
}

func (h *Handlers) changePassword(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	session, err := h.c.Accounts.ChangePassword(
		c.Request().Context(), me, form.Get("current"), form.Get("password"), h.signInCaller(c),
	)
	if err != nil {
		return h.accountProblems(c, me, err, nil)
	}
	if err := h.setSession(c, session); err != nil {
		return err
	}
	return seeOther(c, h.AccountDone("password"))
}

func (h *Handlers) removePassword(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	session, err := h.c.Accounts.RemovePassword(
		c.Request().Context(), me, form.Get("remove_password"), h.signInCaller(c),
	)
	if err != nil {
		return h.accountProblems(c, me, err, nil)
	}
	if err := h.setSession(c, session); err != nil {
		return err
	}
	return seeOther(c, h.AccountDone("password-removed"))
}

func (h *Handlers) endSession(c echo.Context, me account.Identity) error {
	err := h.c.Accounts.EndOwnSession(c.Request().Context(), me, c.Param("session"))
	if err != nil {
		return fault.Wrap("end a session", err)
	}
	return seeOther(c, h.AccountDone("session"))
}

func (h *Handlers) endOtherSessions(c echo.Context, me account.Identity) error {
	err := h.c.Accounts.EndOtherSessions(c.Request().Context(), me, h.token(c))
	if err != nil {
		return fault.Wrap("end sessions", err)
	}
	return seeOther(c, h.AccountDone("sessions"))
}
