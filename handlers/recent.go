package handlers

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/views"
)

// recentLifetime is how long a browser keeps which vaults were used last.
const recentLifetime = 180 * 24 * time.Hour

var vaultIDs = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// recentCookie is the cookie with the IDs of the vaults that the browser used last, for a short
// navigation. It grants nothing: a page shows those that the reader may view.
func (h *Handlers) recentCookie() *http.Cookie {
	return &http.Cookie{
		Name: h.cookie + "-vaults", Path: h.cookies.Options.Path, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: h.cookies.Options.Secure,
		MaxAge: int(recentLifetime.Seconds()),
	}
}

const recentKey = "recent vaults"

// recentVaults returns the IDs of the vaults that were used last, the last first.
func (h *Handlers) recentVaults(c echo.Context) []string {
	if ids, ok := c.Get(recentKey).([]string); ok {
		return ids
	}
	cookie, err := c.Cookie(h.recentCookie().Name)
	if err != nil {
		return nil
	}
	ids := strings.Split(cookie.Value, ".")
	ids = slices.DeleteFunc(ids, func(id string) bool { return !vaultIDs.MatchString(id) })
	return ids[:min(len(ids), views.FewVaults)]
}

// useVault notes that a vault, which the caller may view, is used.
func (h *Handlers) useVault(c echo.Context, id string) {
	before := h.recentVaults(c)
	if len(before) > 0 && before[0] == id || !vaultIDs.MatchString(id) {
		return
	}
	ids := append([]string{id}, slices.DeleteFunc(slices.Clone(before), func(other string) bool {
		return other == id
	})...)
	ids = ids[:min(len(ids), views.FewVaults)]
	c.Set(recentKey, ids)
	cookie := h.recentCookie()
	cookie.Value = strings.Join(ids, ".")
	c.SetCookie(cookie)
}
