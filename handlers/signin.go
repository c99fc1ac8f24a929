package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

func (h *Handlers) home(c echo.Context, _ account.Identity) error {
	return seeOther(c, h.Items(views.ItemsFilter{}))
}

func (h *Handlers) signInPage(c echo.Context, _ account.Identity) error {
	return h.showSignIn(
		c, http.StatusOK, views.SignInProps{Next: h.localPath(c.QueryParam("next"))},
	)
}

func (h *Handlers) signIn(c echo.Context, _ account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	ctx, next := c.Request().Context(), h.localPath(form.Get("next"))
	if me, ok := h.continues(c, form); ok {
		return h.resume(c, me, form.Get("kept"))
	}
	session, err := h.c.Accounts.SignIn(
		ctx, form.Get("email"), form.Get("password"), h.signInCaller(c),
	)
	if staysOnSignIn(err, form.Has("kept")) {
		status, wait := statusOf(c, err)
		return h.showSignIn(c, status, views.SignInProps{
			Email: form.Get("email"), Next: next, Code: fault.CodeOf(err), RetryAfter: wait,
			Again: form.Has("kept"), Kept: form.Get("kept"), Down: isDown(err),
		})
	}
	if err != nil {
		return err
	}
	return h.enter(c, session, arrival{next, form.Get("kept"), form.Has("kept")})
}

// setSession sets a new session's cookies.
func (h *Handlers) setSession(c echo.Context, session account.NewSession) error {
	if err := h.setCookie(c, session.Token); err != nil {
		return err
	}
	h.setBrowserCookie(c, session.Browser)
	return h.knowBrowser(c, session.Identity.User.ID)
}

// continues reports whether someone who signed in elsewhere in this browser goes on with a form that
// waits, and who it is.
func (h *Handlers) continues(c echo.Context, form url.Values) (account.Identity, bool) {
	if !form.Has("kept") || form.Get("continue") != "on" {
		return account.Identity{}, false
	}
	me, err := h.identify(c)
	return me, err == nil && !me.Enrolls
}

// staysOnSignIn reports whether the sign-in page itself shows the error: the password was wrong, or
// another attempt helps, later or at once. A form that waits in the page must not get lost.
func staysOnSignIn(err error, keeps bool) bool {
	e, ok := fault.As(err)
	return ok && (e.Kind == fault.Unauthenticated || e.Kind == fault.TooMany ||
		e.Kind == fault.Unavailable && e.RetryAfter > 0 ||
		isDown(err) && (keeps || e.Code() == fault.CodeUnknownOutcome))
}

// isDown reports whether the server can't sign anybody in.
func isDown(err error) bool {
	e, ok := fault.As(err)
	return ok && e.Kind == fault.Unavailable && e.RetryAfter == 0
}

// ways returns how people can sign in.
func (h *Handlers) ways() views.SignInWays {
	ways := views.SignInWays{NoPasswords: h.c.NoPasswords}
	if h.c.Provider != nil {
		ways.Provider = h.c.Provider.Name()
	}
	return ways
}

func (h *Handlers) showSignIn(c echo.Context, status int, props views.SignInProps) error {
	props.Shell = h.shell(account.Identity{}, views.NavNone, "Sign in", nil)
	props.Ways = h.ways()
	props.Passkey = h.signInPasskeys(c)
	props.Of = h.organization(c.Request().Context())
	if props.Code == "" && !props.Again {
		props.Was = h.endedOwner(c)
		props.Email = props.Was
		if props.Was+props.Next+identityOf(c).User.ID == "" && props.Passkey != "" {
			return h.showFirstSignIn(c, status, props)
		}
	}
	return h.show(c, status, views.SignInPage(props))
}

func (h *Handlers) signOut(c echo.Context, _ account.Identity) error {
	if token := h.token(c); token != "" {
		if err := h.c.Accounts.SignOut(c.Request().Context(), token); err != nil {
			return err
		}
	}
	if err := h.setCookie(c, ""); err != nil {
		return err
	}
	if browser := h.formBrowser(c); browser.key != "" {
		browser.left = true
		if err := h.setFormBrowser(c, browser); err != nil {
			return err
		}
	}
	return seeOther(c, h.SignIn(""))
}

// localPath returns an address if it stands below the base path of this site, else "".
// Browsers read a backslash as a slash and drop control characters, which turns what
// looks local into another site, and they follow dots, which lead out of the base path.
func (h *Handlers) localPath(address string) string {
	if !strings.HasPrefix(address, h.Base+"/") || strings.HasPrefix(address, "//") ||
		len(address) > 2048 {
		return ""
	}
	for _, r := range address {
		if r < ' ' || r == 0x7f || r == '\\' {
			return ""
		}
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil ||
		!strings.HasPrefix(path.Clean(u.Path)+"/", h.Base+"/") {
		return ""
	}
	return address
}

// returnPath returns the page to come back to after signing in: htmx sends the address of
// the page that it is on.
func (h *Handlers) returnPath(c echo.Context) string {
	u, err := url.Parse(c.Request().Header.Get("HX-Current-URL"))
	if err != nil || u.Host != h.c.URL.Host {
		return ""
	}
	return h.localPath(u.RequestURI())
}

// formOf parses a form from the body alone: the query is no part of it.
func formOf(c echo.Context) (url.Values, error) {
	err := c.Request().ParseForm()
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fault.Field("", fault.CodeTooLarge, "This form is too large. Enter less text.")
	case err != nil:
		return nil, fault.Field(
			"", fault.CodeMalformed, "The form couldn't be read. Go back and try again.",
		)
	}
	return c.Request().PostForm, nil
}

// isChecked reports whether a checkbox is checked.
func isChecked(form url.Values, name string) bool { return form.Get(name) == "on" }
