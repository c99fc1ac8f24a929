package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/account/oidc"
	"itemshare/fault"
	"itemshare/views"
)

// providerTime is how many seconds a sign-in with the provider may take.
const providerTime = 10 * 60

// Provider signs people in elsewhere. An oidc.Provider is one.
type Provider interface {
	Name() string
	Begin(ctx context.Context) (address string, a oidc.Attempt, err error)
	Finish(ctx context.Context, a oidc.Attempt, query url.Values) (account.External, error)
}

// attemptCookie holds a sign-in that the provider is to end: its secrets, and where it leads. The
// provider leads back from another site, which Lax allows.
func (h *Handlers) attemptCookie() *http.Cookie {
	cookie := h.browserCookie()
	cookie.Name = strings.TrimSuffix(cookie.Name, "browser") + "provider"
	cookie.SameSite, cookie.MaxAge = http.SameSiteLaxMode, providerTime
	return cookie
}

// beginProvider leads to the provider. It is a link, so that no form is sent to another site.
func (h *Handlers) beginProvider(c echo.Context, _ account.Identity) error {
	if h.c.Provider == nil {
		return fault.Of(fault.NotFound)
	}
	next := h.localPath(c.QueryParam("next"))
	address, attempt, err := h.c.Provider.Begin(c.Request().Context())
	if err != nil {
		return h.providerFailed(c, next, err)
	}
	sealed, err := h.sealText(
		strings.Join([]string{attempt.State, attempt.Nonce, attempt.Verifier, next}, "\n"), "provider",
	)
	if err != nil {
		return fault.Wrap("seal a cookie", err)
	}
	cookie := h.attemptCookie()
	cookie.Value = sealed
	c.SetCookie(cookie)
	return c.Redirect(http.StatusSeeOther, address)
}

// attempt returns the sign-in that this browser began, once.
func (h *Handlers) attempt(c echo.Context) (attempt oidc.Attempt, next string) {
	cookie, err := c.Cookie(h.attemptCookie().Name)
	if err != nil {
		return attempt, ""
	}
	over := h.attemptCookie()
	over.MaxAge = -1
	c.SetCookie(over)
	text, err := h.openText(cookie.Value, "provider")
	parts := strings.SplitN(text, "\n", 4)
	if err != nil || len(parts) < 4 {
		return attempt, ""
	}
	return oidc.Attempt{State: parts[0], Nonce: parts[1], Verifier: parts[2]}, parts[3]
}

// endProvider is where the provider leads back to.
func (h *Handlers) endProvider(c echo.Context, _ account.Identity) error {
	if h.c.Provider == nil {
		return fault.Of(fault.NotFound)
	}
	if c.Request().Method != http.MethodGet { // a look must not use the code up
		return c.NoContent(http.StatusNoContent)
	}
	ctx := c.Request().Context()
	attempt, next := h.attempt(c)
	who, err := h.c.Provider.Finish(ctx, attempt, c.QueryParams())
	if err != nil {
		return h.providerFailed(c, next, err)
	}
	session, err := h.c.Accounts.SignInExternal(ctx, who, h.signInCaller(c))
	if err != nil {
		return h.providerFailed(c, next, err)
	}
	return h.enter(c, session, arrival{next: next})
}

// providerFailed says on the sign-in page why the provider signed nobody in.
func (h *Handlers) providerFailed(c echo.Context, next string, err error) error {
	e, ok := fault.As(err)
	if !ok || e.Kind != fault.Unauthenticated && e.Kind != fault.Unavailable {
		return err
	}
	status, _ := statusOf(c, err)
	return h.showSignIn(c, status, views.SignInProps{
		Next: next, Code: e.Code(), Problem: e.Problems[0].Detail,
	})
}
