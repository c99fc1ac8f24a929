package handlers

import (
	"net/http"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/labstack/echo/v4"

	"itemshare/views"
)

// rightHost reports whether the request names the configured host. Health probes may
// name any host.
func (h *Handlers) rightHost(c echo.Context) bool {
	host := strings.ToLower(c.Request().Host)
	if host == h.c.URL.Host || strings.HasSuffix(pattern(c), "/healthz") ||
		strings.HasSuffix(pattern(c), "/readyz") {
		return true
	}
	usual := ":80"
	if h.c.URL.Scheme == "https" {
		usual = ":443"
	}
	return strings.TrimSuffix(host, usual) == h.c.URL.Host
}

// showRightAddress answers a request that names another host: usually a proxy in front does not
// pass on the Host header, so the page and the log say which arrived and what mends it.
func (h *Handlers) showRightAddress(c echo.Context) error {
	host := shownHost(c.Request().Host)
	if h.hostWarning.due(h.c.Clock()) {
		h.c.Log.Warn("a request names another host than ITEMSHARE_URL: if a proxy sent it, let the "+
			"proxy pass on the Host header", "host", host, "want", h.c.URL.Host,
			"nginx", views.NginxHost, "apache", views.ApacheHost)
	}
	props := views.ErrorProps{
		Shell:   h.shell(identityOf(c), views.NavNone, "", nil),
		Status:  http.StatusMisdirectedRequest,
		Address: h.c.URL.String() + "/",
		Host:    host,
	}
	return h.show(c, http.StatusMisdirectedRequest, views.ErrorPage(props))
}

// shownHost returns a Host header for people: at most 100 characters, and no control characters.
func shownHost(host string) string {
	host = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, host)
	if runes := []rune(host); len(runes) > 100 {
		return string(runes[:100]) + "…"
	}
	return host
}

// rarely is due at most once in ten minutes: what anybody can cause does not fill the log.
type rarely struct{ last atomic.Int64 } // Unix seconds

func (r *rarely) due(now time.Time) bool {
	last := r.last.Load()
	return now.Unix()-last >= int64(10*time.Minute/time.Second) &&
		r.last.CompareAndSwap(last, now.Unix())
}
