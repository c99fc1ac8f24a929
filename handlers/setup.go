package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

const setUpPath = "/setup"

// unused reports whether nobody can sign in yet, because there is no person. It asks the database
// until there is one.
func (h *Handlers) unused(ctx context.Context) (bool, error) {
	if h.settled.Load() {
		return false, nil
	}
	has, err := h.c.Accounts.HasPeople(ctx)
	if err != nil {
		return false, fault.Wrap("ask for people", err)
	}
	h.settled.Store(has)
	return !has, nil
}

// leadsToSetUp leads every page to the set-up while there is no person, and hides it afterwards.
func (h *Handlers) leadsToSetUp(c echo.Context, r route) (led bool, err error) {
	if r.shape != page {
		return false, nil
	}
	unused, err := h.unused(c.Request().Context())
	switch {
	case err != nil:
		return r.path == setUpPath, err // any other page says itself what is wrong
	case r.path == setUpPath && !unused:
		_, _ = h.identify(c) // an admin's page says how the set-up goes on
		return true, fault.Of(fault.NotFound)
	case r.path != setUpPath && unused:
		return true, seeOther(c, h.SetUp())
	}
	return false, nil
}

func (h *Handlers) showSetUp(c echo.Context, _ account.Identity) error {
	return h.showSetUpForm(c, http.StatusOK, views.SetUpProps{})
}

func (h *Handlers) showSetUpForm(c echo.Context, status int, p views.SetUpProps) error {
	p.Shell = h.shell(account.Identity{}, views.NavNone, "Set up", nil)
	p.Ways = h.ways()
	return h.showSecret(c, status, views.SetUpPage(p))
}

// setUp adds the first admin, who has the code from the server's terminal or log.
func (h *Handlers) setUp(c echo.Context, _ account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	session, err := h.c.Accounts.SetUp(c.Request().Context(), form.Get("code"), account.NewUser{
		Email: form.Get("email"), Name: form.Get("name"), Password: form.Get("password"),
	}, h.signInCaller(c))
	if isRejected(err) {
		status, wait := statusOf(c, err)
		return h.showSetUpForm(c, status, views.SetUpProps{
			Code: form.Get("code"), Name: form.Get("name"), Email: form.Get("email"),
			Problems: fault.ProblemsOf(err), Rejected: fault.CodeOf(err), RetryAfter: wait,
		})
	}
	if err != nil {
		return fault.Wrap("set up", err)
	}
	h.settled.Store(true)
	return h.enter(c, session, arrival{next: h.SetUpStep(views.SetUpOrganization)})
}
