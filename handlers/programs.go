package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

// identifyProgram tells which service account asks, by its token, and counts the
// request. Which of unknown, revoked and expired a token is is not said.
func (h *Handlers) identifyProgram(c echo.Context) (account.Identity, error) {
	token, ok := bearer(c.Request().Header)
	if !ok {
		return account.Identity{}, challenge(c, "Bearer", "Send a service account's token: Authorization: Bearer itemshare_….")
	}
	me, err := h.c.Accounts.AuthenticateToken(c.Request().Context(), token)
	if fault.KindOf(err) == fault.Unauthenticated {
		return account.Identity{}, challenge(c, `Bearer error="invalid_token"`, "This token is not known here, or no longer: it may be revoked or expired.")
	}
	if err != nil {
		return account.Identity{}, fault.Wrap("look at a token", err)
	}
	return me, h.c.API.Admit(c, me)
}

func challenge(c echo.Context, how, words string) error {
	c.Response().Header().Set(echo.HeaderWWWAuthenticate, how)
	return fault.New(fault.Unauthenticated, fault.CodeUnauthenticated, words)
}

// bearer is the token of the one Authorization header.
func bearer(header http.Header) (string, bool) {
	values := header[echo.HeaderAuthorization]
	if len(values) != 1 {
		return "", false
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

// showAPI is the description of the calls for people.
func (h *Handlers) showAPI(c echo.Context, _ account.Identity) error {
	me, err := h.identify(c)
	if err != nil && fault.KindOf(err) != fault.Unauthenticated {
		return err
	}
	return h.show(c, http.StatusOK, views.APIDocsPage(views.APIDocsProps{Shell: h.shell(me, views.NavNone, "API", nil), Docs: h.docs}))
}
