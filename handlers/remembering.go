package handlers

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
)

// remembers reports whether a request is answered from what the database remembers of earlier ones: a
// program creates a share of an item. No other request is sent as often.
func remembers(r route) bool {
	return r.method == http.MethodPost && r.access.ForServiceAccounts() &&
		strings.HasSuffix(r.path, "/items/:item/shares")
}

// answerRemembering answers a request, and once more where what was remembered is no longer true: the
// second time it reads the same body, and isn't counted again.
func (h *Handlers) answerRemembering(c echo.Context, r route) error {
	request, counted := c.Request(), false
	var sent bytes.Buffer
	count := func(c echo.Context, r route, me account.Identity) (err error) {
		if !counted {
			err = h.admit(c, r, me)
			counted = err == nil
		}
		return err
	}
	return h.c.Remember(request.Context(), func(ctx context.Context) error {
		c.SetRequest(request.WithContext(ctx))
		c.Request().Body = io.NopCloser(io.MultiReader(
			bytes.NewReader(slices.Clone(sent.Bytes())), io.TeeReader(request.Body, &sent),
		))
		c.Response().Header().Del(echo.HeaderWWWAuthenticate)
		return h.answerCaller(c, r, count)
	})
}
