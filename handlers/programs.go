package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

// identifyServiceAccount returns the service account of the request's token, and counts
// the request. An unknown, a revoked and an expired token have the same answer.
func (h *Handlers) identifyServiceAccount(c echo.Context) (account.Identity, error) {
	token, ok := bearer(c.Request().Header)
	if !ok {
		return account.Identity{}, challenge(
			c, "Bearer", "Send a service account's token: Authorization: Bearer itemshare_….",
		)
	}
	me, err := h.c.Accounts.AuthenticateToken(c.Request().Context(), token)
	if fault.KindOf(err) == fault.Unauthenticated {
		return account.Identity{}, challenge(
			c,
			`Bearer error="invalid_token"`,
			"This token isn't valid. It may have been revoked or have expired.",
		)
	}
	if err != nil {
		return account.Identity{}, fault.Wrap("look at a token", err)
	}
	return me, nil
}

func challenge(c echo.Context, how, words string) error {
	c.Response().Header().Set(echo.HeaderWWWAuthenticate, how)
	return fault.New(fault.Unauthenticated, fault.CodeUnauthenticated, words)
}

// bearer returns the token of the one Authorization header.
func bearer(header http.Header) (string, bool) {
	values := header[echo.HeaderAuthorization]
	if len(values) != 1 {
		return "", false
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

// showAPI shows the description of the API.
func (h *Handlers) showAPI(c echo.Context, _ account.Identity) error {
	me, err := h.identify(c)
	if err != nil && fault.KindOf(err) != fault.Unauthenticated {
		return err
	}
	if me.Enrolls { // nobody yet
		me = account.Identity{}
	}
	return h.show(
		c,
		http.StatusOK,
		views.APIDocsPage(
			views.APIDocsProps{
				Shell: h.shell(me, views.NavNone, "API", h.sidebarVaults(c.Request().Context(), me)),
				Docs:  h.docs,
			},
		),
	)
}
