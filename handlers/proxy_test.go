package handlers

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/db"
)

const forwarded = "X-Forwarded-For"

// TestAnUntrustedProxyIsSaid asserts that an untrusted proxy is reported at once in the log, to
// admins on their pages and, once somebody signs in, in the database for doctor.
func TestAnUntrustedProxyIsSaid(t *testing.T) {
	for _, header := range []string{forwarded, "X-Real-Ip", "Forwarded"} {
		t.Run(header, func(t *testing.T) {
			a := newApp(t)
			admin, member := a.signIn(adminEmail), a.signIn(memberEmail)
			if strings.Contains(admin.get("/admin/users").body, "untrusted-proxy") ||
				a.proxyWarnings() != 0 {
				t.Error("said before there is a proxy")
			}
			a.browser().get("/healthz", header, "198.51.100.7")
			if a.proxyWarnings() != 1 || len(a.warnings()) != 0 {
				t.Errorf("logged %d times, stored %v", a.proxyWarnings(), a.warnings())
			}
			for path, want := range map[string]bool{"/admin/users": true, "/items": false} {
				page := admin.get(path, header, "198.51.100.7").body
				if said := strings.Contains(page, "untrusted-proxy"); said != want {
					t.Errorf("%s: said %v", path, said)
				}
			}
			if strings.Contains(member.get("/items").body, "untrusted-proxy") {
				t.Error("said to a member")
			}
			for range 3 {
				a.browser().post("/signin", url.Values{"email": {"x"}}, header, "198.51.100.7")
			}
			list := a.warnings()
			if len(list) != 1 || list[0].Name != UntrustedProxy || list[0].Detail != "127.0.0.1" {
				t.Errorf("stored %v", list)
			}
			if a.proxyWarnings() != 1 {
				t.Errorf("logged %d times within an hour", a.proxyWarnings())
			}
			a.clock.advance(time.Hour)
			a.browser().get("/healthz", header, "198.51.100.7")
			if a.proxyWarnings() != 2 {
				t.Errorf("logged %d times after an hour", a.proxyWarnings())
			}
		})
	}
}

func TestATrustedProxyIsNoWarning(t *testing.T) {
	a := newApp(t, appOptions{proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	a.browser().post("/signin", url.Values{"email": {"x"}}, forwarded, "198.51.100.7")
	a.browser().post("/signin", url.Values{"email": {"x"}})
	if a.proxyWarnings() != 0 || len(a.warnings()) != 0 {
		t.Errorf("logged %d times, stored %v", a.proxyWarnings(), a.warnings())
	}
}

// TestAStrangerIsNoProxy asserts that a header from the internet does not replace the proxy that
// was seen in a private network.
func TestAStrangerIsNoProxy(t *testing.T) {
	w := &proxyWatch{}
	now := time.Now()
	stranger, inside := netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("172.17.0.1")
	if logs, _ := w.see(stranger, now, true); !logs || w.seen() != "203.0.113.9" {
		t.Error("a proxy on the internet is not said")
	}
	if logs, stores := w.see(inside, now, true); !logs || !stores || w.seen() != "172.17.0.1" {
		t.Error("a proxy inside is not said")
	}
	if logs, stores := w.see(stranger, now.Add(2*time.Hour), true); logs || stores ||
		w.seen() != "172.17.0.1" {
		t.Error("a stranger takes the proxy's place")
	}
}

func (a *app) proxyWarnings() int {
	return strings.Count(a.log.String(), "a proxy is not trusted")
}

func (a *app) warnings() []db.Warning {
	a.t.Helper()
	list, err := a.db.Warnings(a.t.Context())
	a.must(err)
	return list
}

// TestSignInBehindAnUntrustedProxy asserts that many wrong passwords lock nobody out.
func TestSignInBehindAnUntrustedProxy(t *testing.T) {
	a := newApp(t)
	for n := range 26 {
		r := a.browser().post("/signin", url.Values{
			"email": {memberEmail}, "password": {"wrong"},
		}, forwarded, fmt.Sprint("198.51.100.", n))
		if r.status != http.StatusUnauthorized && r.status != http.StatusTooManyRequests {
			t.Fatal(r)
		}
		a.clock.advance(time.Second)
	}
	r := a.browser().post("/signin", url.Values{
		"email": {memberEmail}, "password": {password},
	}, forwarded, "198.51.100.200")
	if r.status != http.StatusSeeOther {
		t.Errorf("the right password: %v", r)
	}
}

// TestSignInOfAKnownBrowser asserts that a known browser signs in beside a stranger who tries in
// the same network, and that the stranger's own header is not trusted.
func TestSignInOfAKnownBrowser(t *testing.T) {
	a := newApp(t, appOptions{proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	known := a.signIn(memberEmail)
	stranger := []string{forwarded, "198.51.100.7:1234", "Forwarded", "for=192.0.2.1"}
	var last reply
	for range 8 {
		last = a.browser().post(
			"/signin", url.Values{"email": {memberEmail}, "password": {"wrong"}}, stranger...,
		)
	}
	if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" ||
		!slices.Contains(last.errors(), "too_many_attempts") {
		t.Errorf("the eighth wrong password: %v", last)
	}
	form := url.Values{"email": {memberEmail}, "password": {password}}
	if r := a.browser().post("/signin", form, stranger...); r.status != http.StatusTooManyRequests {
		t.Errorf("a browser that nobody knows: %v", r)
	}
	if r := a.browser().post("/signin", form, forwarded, "198.51.100.8"); r.status !=
		http.StatusSeeOther {
		t.Errorf("from elsewhere: %v", r)
	}
	for range 2 {
		if r := known.post("/signin", form, stranger...); r.status != http.StatusSeeOther {
			t.Errorf("the known browser: %v", r)
		}
	}
}
