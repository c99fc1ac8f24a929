package handlers

import (
	"encoding/base64"
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

// issuer names this installation in authenticator apps.
func (h *Handlers) issuer() string { return "itemshare " + h.c.URL.Hostname() }

// showFactor shows the set-up of a second factor. Nothing is stored before a code proves it.
func (h *Handlers) showFactor(c echo.Context, me account.Identity) error {
	_, err := h.c.Accounts.FactorOf(c.Request().Context(), me.User.ID)
	if err == nil || h.c.NoPasswords && !me.Enrolls { // no password would ask for it
		return seeOther(c, h.Account())
	}
	if fault.KindOf(err) != fault.NotFound {
		return fault.Wrap("find a second factor", err)
	}
	enrollment, err := h.c.Accounts.BeginFactor(me, h.issuer())
	if err != nil {
		return err
	}
	return h.showSecret(c, http.StatusOK, views.FactorPage(
		h.factorPage(c, me, enrollment, h.localPath(c.QueryParam("next"))),
	))
}

func (h *Handlers) factorPage(
	c echo.Context, me account.Identity, e account.Enrollment, next string,
) views.FactorProps {
	props := views.FactorProps{
		Shell: h.factorShell(c, me), Required: me.Enrolls, Next: next,
		Secret: e.Secret, URL: e.URL, Setup: base64.RawURLEncoding.EncodeToString(e.Sealed),
	}
	return props
}

func (h *Handlers) factorShell(c echo.Context, me account.Identity) views.Shell {
	return h.shell(
		me, views.NavAccount, "Second factor", h.sidebarVaults(c.Request().Context(), me),
	)
}

func (h *Handlers) addFactor(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	ctx, next := c.Request().Context(), h.localPath(form.Get("next"))
	sealed, err := base64.RawURLEncoding.DecodeString(form.Get("setup"))
	if err != nil {
		sealed = nil
	}
	codes, err := h.c.Accounts.ConfirmFactor(ctx, me, sealed, form.Get("code"))
	if fault.KindOf(err) == fault.Invalid {
		return h.factorProblem(c, me, sealed, next, err)
	}
	if err != nil {
		return err
	}
	me.Enrolls = false
	return h.showRecovery(c, me, codes, next)
}

// factorProblem shows the same set-up again, or a new one where its time is over.
func (h *Handlers) factorProblem(
	c echo.Context, me account.Identity, sealed []byte, next string, problem error,
) error {
	enrollment, err := h.c.Accounts.ResumeFactor(me, sealed, h.issuer())
	if fault.KindOf(err) == fault.Invalid {
		enrollment, err = h.c.Accounts.BeginFactor(me, h.issuer())
	}
	if err != nil {
		return err
	}
	props := h.factorPage(c, me, enrollment, next)
	props.Problems = fault.ProblemsOf(problem)
	status, _ := statusOf(c, problem)
	return h.showSecret(c, status, views.FactorPage(props))
}

// showRecovery shows recovery codes, only here.
func (h *Handlers) showRecovery(
	c echo.Context, me account.Identity, codes []account.Code, next string,
) error {
	props := views.RecoveryProps{Shell: h.factorShell(c, me), Next: next}
	for _, code := range codes {
		props.Codes = append(props.Codes, string(code))
	}
	return h.showSecret(c, http.StatusOK, views.RecoveryPage(props))
}

func (h *Handlers) turnOffFactor(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	err = h.c.Accounts.TurnOffFactor(c.Request().Context(), me, form.Get("off"))
	if err != nil && fault.KindOf(err) != fault.NotFound { // off already is fine
		return h.accountProblems(c, me, err, nil)
	}
	return seeOther(c, h.AccountDone("factor-off"))
}

func (h *Handlers) renewRecovery(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	codes, err := h.c.Accounts.RenewRecovery(c.Request().Context(), me, form.Get("renew"))
	if fault.KindOf(err) == fault.NotFound { // turned off meanwhile
		return seeOther(c, h.Account())
	}
	if err != nil {
		return h.accountProblems(c, me, err, nil)
	}
	return h.showRecovery(c, me, codes, "")
}

// requireFactor says whether people who sign in with a password need a second factor.
func (h *Handlers) requireFactor(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	err = h.c.Accounts.RequireFactor(
		c.Request().Context(), me.User.ID, isChecked(form, "require"),
	)
	if err != nil {
		return fault.Wrap("change the settings of signing in", err)
	}
	return seeOther(c, h.Users(views.ListFilter{})+"?done=signin")
}
