package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"time"

	"itemshare/handlers"
	"itemshare/views"
)

// askTime limits a request to the public address.
const askTime = 10 * time.Second

// checkProxy asks for a page at the public address, as a browser would.
func (d *doctor) checkProxy(configured bool) {
	const check = "proxy"
	switch {
	case !configured:
		d.say(skipped, check, "not checked, since the configuration is wrong")
		return
	case d.untrustedProxy(check):
		return
	case d.base == nil:
		d.say(fine, check, "ITEMSHARE_URL is unset, so this is for this machine alone")
		return
	case d.base.Scheme == "https" && len(d.config.proxies) == 0:
		d.say(wrong, check, "ITEMSHARE_URL is https, so a proxy is in front, and "+
			"ITEMSHARE_TRUSTED_PROXIES doesn't name it: everyone counts as one address. Set it to the "+
			"proxy's address, such as 127.0.0.1")
		return
	}
	answer, err := d.ask()
	if err != nil {
		d.sayNoAnswer(check, err)
		return
	}
	now := d.clock()
	switch date, err := http.ParseTime(answer.Header.Get("Date")); {
	case answer.StatusCode == http.StatusMisdirectedRequest:
		d.say(wrong, check, "it doesn't pass on the Host header. In nginx, add %s in Apache, %s",
			views.NginxHost, views.ApacheHost)
	case answer.StatusCode >= http.StatusInternalServerError && answer.Header.Get(requestID) == "":
		d.say(wrong, check, "it answers %d, so it doesn't reach itemshare: let it pass requests on "+
			"to %s, and start itemshare serve", answer.StatusCode, d.config.Addr)
	case answer.Header.Get(requestID) == "":
		d.say(wrong, check, "something other than itemshare answers at %s with %d: let the proxy pass "+
			"all of it on", d.base, answer.StatusCode)
	case answer.StatusCode == http.StatusNotFound:
		d.say(wrong, check, "itemshare answers 404 at %s/signin: let the proxy pass on paths unchanged",
			d.base)
	case err == nil && now.Sub(date).Abs() > clockTolerance:
		d.say(wrong, check, "its clock and this machine's are %v apart: set both by a time server",
			now.Sub(date).Abs().Round(time.Second))
	case d.base.Scheme == "https":
		d.say(fine, check, "%s reaches itemshare through it", d.base)
	default:
		d.say(fine, check, "%s reaches itemshare", d.base)
	}
}

// untrustedProxy says that the server saw a proxy that the configuration does not trust, if it did.
// Anyone on the internet can pass for a proxy, so one there may be no fault.
func (d *doctor) untrustedProxy(check string) bool {
	if d.in == nil {
		return false
	}
	warnings, err := d.in.db.Warnings(d.ctx)
	if err != nil {
		d.say(wrong, check, "what the server noticed could not be read: %s", sentence(err))
		return true
	}
	for _, w := range warnings {
		addr, err := netip.ParseAddr(w.Detail)
		if w.Name != handlers.UntrustedProxy || err != nil ||
			handlers.IsTrusted(d.config.proxies, addr) {
			continue
		}
		if !handlers.IsInternal(addr) {
			d.say(notice, check, "requests from %s named the addresses they were forwarded for: if "+
				"that is your proxy, add it to ITEMSHARE_TRUSTED_PROXIES and restart", addr)
			return true
		}
		d.say(wrong, check, "requests arrive through %s, which isn't trusted, so everyone behind it "+
			"counts as one address: add it to ITEMSHARE_TRUSTED_PROXIES and restart", addr)
		return true
	}
	return false
}

const requestID = "X-Request-Id"

// ask requests the sign-in page at the public address.
func (d *doctor) ask() (*http.Response, error) {
	ctx, cancel := context.WithTimeout(d.ctx, askTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.base.String()+"/signin", nil)
	if err != nil {
		return nil, err
	}
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true}, // and no proxy of this machine
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	return answer, answer.Body.Close()
}

// sayNoAnswer says that nothing answers at the public address, which is no fault before the first
// start.
func (d *doctor) sayNoAnswer(check string, err error) {
	conn, dialErr := (&net.Dialer{Timeout: askTime}).DialContext(d.ctx, "tcp", d.config.Addr)
	if dialErr != nil {
		d.say(notice, check, "itemshare isn't running at %s: start it and run this again", d.config.Addr)
		return
	}
	_ = conn.Close()
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	d.say(wrong, check, "itemshare is running at %s, and %s doesn't answer here (%v): check the "+
		"proxy, its certificate and the name's address", d.config.Addr, d.base, err)
}
