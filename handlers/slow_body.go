package handlers

import (
	"bytes"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
)

// manages reports whether a route changes what people may do, or what applies to all of them.
func manages(r route) bool {
	switch r.access {
	case account.Administrator, account.VaultManager, account.PeopleManager:
		return r.method != http.MethodGet
	}
	return false
}

// judgeAgain reads what is sent, for which a slow caller has half a minute, and then judges the caller
// once more: one who was suspended or demoted meanwhile changes nothing. What is sent is read again by
// the route's own answer.
func (h *Handlers) judgeAgain(c echo.Context, r route) (account.Identity, error) {
	body := c.Request().Body
	sent, err := io.ReadAll(body)
	c.Request().Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(sent), failingReader{err}), body}
	me, err := h.caller(c, r.access)
	if err != nil {
		return me, err
	}
	return me, r.access.Check(me, c.Param("vault"))
}

// failingReader is at its end, or at the error that a body ended with.
type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}
