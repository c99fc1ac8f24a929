package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/share"
)

// extractor returns the function that finds a caller's address: the peer's or, from a trusted
// proxy, the rightmost address in X-Forwarded-For that is not a trusted proxy.
func extractor(proxies []netip.Prefix) echo.IPExtractor {
	return func(r *http.Request) string {
		addr, _ := parseForwarded(r.RemoteAddr)
		if !IsTrusted(proxies, addr) {
			return addr.String()
		}
		list := strings.Join(r.Header.Values(echo.HeaderXForwardedFor), ",")
		for _, text := range slices.Backward(strings.Split(list, ",")) {
			next, ok := parseForwarded(text)
			if !ok { // what stands left of it cannot be trusted
				break
			}
			addr = next
			if !IsTrusted(proxies, addr) {
				break
			}
		}
		return addr.String()
	}
}

// parseForwarded parses an address as proxies write it: with or without a port, IPv6 with or without
// brackets, quoted or not. A zone means nothing on another machine and is left out.
func parseForwarded(text string) (netip.Addr, bool) {
	text = strings.Trim(text, " \t\"")
	host := text
	switch inner, bracketed := strings.CutPrefix(text, "["); {
	case bracketed:
		var rest string
		var closed bool
		host, rest, closed = strings.Cut(inner, "]")
		if !closed || rest != "" && !strings.HasPrefix(rest, ":") {
			return netip.Addr{}, false
		}
	case strings.Count(text, ":") == 1:
		host, _, _ = strings.Cut(text, ":")
	}
	host, _, _ = strings.Cut(host, "%")
	addr, err := netip.ParseAddr(host)
	return addr.Unmap(), err == nil
}

// IsTrusted reports whether an address is one of the proxies.
func IsTrusted(proxies []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// callerAddr returns the caller's address as the extractor found it.
func callerAddr(c echo.Context) netip.Addr {
	addr, err := netip.ParseAddr(c.RealIP())
	if err != nil {
		return netip.Addr{}
	}
	return addr
}

// signInCaller returns where an attempt to sign in comes from.
func (h *Handlers) signInCaller(c echo.Context) account.Caller {
	proxy, untrusted := h.untrustedProxy(c.Request())
	return account.Caller{
		Addr: callerAddr(c), Browser: h.browserToken(c), Shared: untrusted && IsInternal(proxy),
		Device: share.CoarseAgent(c.Request().UserAgent()),
	}
}

// untrustedProxy returns the address of a peer that says for whom it forwards, but is not one of
// the trusted proxies.
func (h *Handlers) untrustedProxy(r *http.Request) (netip.Addr, bool) {
	forwards := slices.ContainsFunc(
		[]string{echo.HeaderXForwardedFor, echo.HeaderXRealIP, "Forwarded"},
		func(name string) bool { return r.Header.Get(name) != "" },
	)
	if !forwards {
		return netip.Addr{}, false
	}
	addr, ok := parseForwarded(r.RemoteAddr)
	return addr, ok && !IsTrusted(h.c.Proxies, addr)
}

// carrierNetwork is the shared address space of RFC 6598, which clusters use for themselves.
var carrierNetwork = netip.MustParsePrefix("100.64.0.0/10")

// IsInternal reports whether an address is of this machine or of a private network. A stranger on
// the internet has none, and so cannot pass for a proxy by sending its header.
func IsInternal(addr netip.Addr) bool {
	return addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() ||
		carrierNetwork.Contains(addr)
}

// UntrustedProxy is the name of the warning that a proxy is not trusted. Its detail is the proxy's
// address.
const UntrustedProxy = "untrusted_proxy"

// remindAfter is how often a warning is logged and stored again.
const remindAfter = time.Hour

// proxyWatch remembers the untrusted proxy that was seen last. One of this machine or of a private
// network is never replaced by one on the internet, which may be anybody.
type proxyWatch struct {
	mu     sync.Mutex
	addr   netip.Addr
	logged time.Time
	stored time.Time
}

// watchProxy warns if the request comes through a proxy that is not trusted: at once, then rarely.
func (h *Handlers) watchProxy(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if addr, untrusted := h.untrustedProxy(c.Request()); untrusted {
			// Reading changes nothing.
			h.warnOfProxy(c.Request().Context(), addr, c.Request().Method == http.MethodPost)
		}
		return next(c)
	}
}

func (h *Handlers) warnOfProxy(ctx context.Context, addr netip.Addr, mayStore bool) {
	now := h.c.Clock()
	logs, stores := h.proxy.see(addr, now, mayStore)
	if logs {
		h.c.Log.LogAttrs(ctx, slog.LevelWarn,
			"a proxy is not trusted: everybody behind it counts as one caller. "+
				"If it is yours, add its address to ITEMSHARE_TRUSTED_PROXIES and start again",
			slog.String("proxy", addr.String()))
	}
	if stores {
		if err := h.c.Warn(ctx, UntrustedProxy, addr.String(), now); err != nil {
			h.c.Log.ErrorContext(ctx, "cannot store a warning", "err", err)
		}
	}
}

// see remembers a proxy. It reports whether to log and whether to store that.
func (w *proxyWatch) see(addr netip.Addr, now time.Time, mayStore bool) (logs, stores bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.addr.IsValid() && IsInternal(w.addr) && !IsInternal(addr) {
		return false, false
	}
	if IsInternal(addr) && w.addr.IsValid() && !IsInternal(w.addr) {
		w.logged, w.stored = time.Time{}, time.Time{}
	}
	w.addr = addr
	if now.Sub(w.logged) >= remindAfter {
		w.logged, logs = now, true
	}
	if mayStore && now.Sub(w.stored) >= remindAfter {
		w.stored, stores = now, true
	}
	return logs, stores
}

// seen returns the address of the untrusted proxy that was seen last, "" for none.
func (w *proxyWatch) seen() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.addr.IsValid() {
		return ""
	}
	return w.addr.String()
}
