package handlers

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
)

// TestHeadersOfEveryAnswer checks the headers of every route, allowed and rejected, and of a path
// without a route.
func TestHeadersOfEveryAnswer(t *testing.T) {
	a := newAppWithCallers(t)
	_, share := a.browsers[1].share(a.item, nil)
	look := func(what string, r reply) {
		t.Helper()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY", "Server": "",
			"X-Powered-By":              "",
			"Strict-Transport-Security": "",
		} {
			if got := r.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", what, name, got, want)
			}
		}
		kind := r.header.Get("Content-Type")
		isPage := strings.HasPrefix(kind, "text/html")
		isPartOfOne := strings.HasPrefix(kind, "text/css") || strings.HasPrefix(kind, "text/javascript")
		for _, want := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors " +
			"'none'"} {
			if policy := r.header.Get(policyHeader); strings.Contains(policy, want) == isPartOfOne ||
				strings.Contains(policy, "unsafe") {
				t.Errorf("%s: policy %q", what, policy)
			}
		}
		features := r.header.Get("Permissions-Policy")
		if !strings.Contains(features, "camera=()") || isPage && !strings.Contains(features, "usb=()") {
			t.Errorf("%s: Permissions-Policy %q", what, features)
		}
		if got := r.header.Get("Cache-Control"); got != "no-store" &&
			(what != "GET /static/:name" || got != "public, max-age=31536000, immutable") {
			t.Errorf("%s: Cache-Control %q", what, got)
		}
		if !regexp.MustCompile(`^[0-9a-f]{20}$`).MatchString(r.header.Get("X-Request-Id")) {
			t.Errorf("%s: no request id", what)
		}
	}
	for _, r := range routeTable() {
		key := r.method + " " + r.path
		for _, i := range []int{0, 1, 4} {
			b := a.browsers[i]
			if strings.HasPrefix(r.path, "/sign") {
				b = a.newBrowser(i)
			}
			look(key, b.send(r.method, a.fillPattern(r.path, "seen", share), routeTests[key].form))
		}
	}
	nobody := a.browser()
	look("no route", nobody.get("/nothing/here"))
	look("no method", nobody.do(http.MethodDelete, "/items", nil))
	look("options", nobody.do(http.MethodOptions, "/items", nil))
	look("wrong host", nobody.get("/items", "Host", "evil.example"))
	look("another site", nobody.post("/signin", nil, "Sec-Fetch-Site", "cross-site"))
	look("broken link", nobody.get("/s%23abc"))
	look("no such file", nobody.get("/static/app.00000000.css"))
	sign := nobody.get("/signin").body
	for _, kind := range []string{"css", "js", "svg"} {
		look("GET /static/:name", nobody.get(regexp.MustCompile(`/static/\w+\.\w+\.`+kind).FindString(sign)))
	}
}

func TestHost(t *testing.T) {
	a := newApp(t)
	b := a.browser()
	for _, host := range []string{
		"evil.example", a.addr, "localhost", "localhost:1", "localhost.evil.example",
	} {
		r := b.get("/signin", "Host", host)
		if r.status != http.StatusMisdirectedRequest || !strings.Contains(r.body, a.base.String()) {
			t.Errorf("Host %s: %v", host, r)
		}
		for _, path := range []string{"/healthz", "/readyz"} {
			if r := b.get(path, "Host", host); r.status != http.StatusOK {
				t.Errorf("%s by Host %s: %d", path, host, r.status)
			}
		}
	}
	for host, want := range map[string]string{
		"127.0.0.1:8080":         "127.0.0.1:8080",
		"itemshare_backend":      "itemshare_backend", // what nginx sends by default
		strings.Repeat("a", 200): strings.Repeat("a", 100) + "…",
	} {
		r := b.get("/signin", "Host", host)
		for _, line := range []string{
			`data-testid="host">` + want + "<", "proxy_set_header Host $http_host;", "ProxyPreserveHost On",
		} {
			if !strings.Contains(r.body, line) {
				t.Errorf("the page for Host %s does not have %s", host, line)
			}
		}
	}
	warned := regexp.MustCompile(`"host":"evil\.example","want":"`+regexp.QuoteMeta(a.base.Host)+
		`","nginx":"proxy_set_header Host \$http_host;"`).FindAllString(a.log.String(), -1)
	if len(warned) != 1 || strings.Count(a.log.String(), "names another host") != 1 {
		t.Errorf("the log has %d lines about the first Host:\n%s", len(warned), a.log.String())
	}
	a.clock.advance(11 * time.Minute)
	b.get("/signin", "Host", "later.example")
	if !strings.Contains(a.log.String(), `"host":"later.example"`) {
		t.Error("another one, ten minutes later, is not in the log")
	}
	if r := b.get("/signin", "Host", strings.ToUpper(a.base.Host)); r.status != http.StatusOK {
		t.Errorf("capital letters: %d", r.status)
	}
	// A link has the configured address, whatever the Host header says.
	if text, _ := a.signIn(memberEmail).share(a.item, nil); !strings.HasPrefix(
		text, a.base.String()+"/s#",
	) {
		t.Error("a link of another address")
	}
}

func TestHTTPSAndPorts(t *testing.T) {
	a := newApp(t, appOptions{https: true})
	r := a.browser().get("/signin")
	if got := r.header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
		t.Errorf("HSTS %q", got)
	}
}

func TestBelowAPath(t *testing.T) {
	a := newApp(t, appOptions{path: "/share"})
	b := a.browser()
	for path, want := range map[string]int{
		"/healthz": 200, "/readyz": 200, "/share/healthz": 200, "/share/readyz": 200,
		"/share/signin": 200, "/share/s": 200,
		"/share/s%23x": 200, "/signin": 404, "/s": 404, "/s%23x": 404, "/items": 404,
		"/share/items": 303, "/share": 303, "/share/": 303, "/sharesignin": 404,
	} {
		if r := b.get(path); r.status != want {
			t.Errorf("%s: %d, want %d", path, r.status, want)
		}
	}
	if r := b.get("/share/items"); r.header.Get(
		"Location",
	) != "/share/signin?next=%2Fshare%2Fitems" {
		t.Errorf("nobody goes to %q", r.header.Get("Location"))
	}
	for next, want := range map[string]string{
		"/share/shares": "/share/shares",
		"/elsewhere":    "/share/items", "/sharesignin": "/share/items",
	} {
		if r := b.post("/share/signin", url.Values{
			"email": {memberEmail}, "password": {password}, "next": {next},
		}); r.header.Get("Location") != want {
			t.Errorf("next %s leads to %q", next, r.header.Get("Location"))
		}
	}
	r := b.post("/share"+itemPath(a.item)+"/share", url.Values{"access": {"anyone"}})
	if r.status != http.StatusCreated {
		t.Fatal(r)
	}
	l := a.link(linkInput.FindStringSubmatch(r.body)[1])
	l.content(l.open(nil))
}

func TestThePeerThatCounts(t *testing.T) {
	proxy := netip.MustParsePrefix("10.0.0.0/8")
	for _, c := range []struct {
		why, remote string
		forwarded   []string
		proxies     []netip.Prefix
		want        string
	}{
		{"nobody is trusted", "192.0.2.1:1", []string{"198.51.100.7"}, nil, "192.0.2.1"},
		{"nobody is trusted, on loopback " +
			"too", "127.0.0.1:1", []string{"198.51.100.7"}, nil, "127.0.0.1"},
		{"a stranger is not a " +
			"proxy", "192.0.2.1:1", []string{"198.51.100.7"}, []netip.Prefix{proxy}, "192.0.2.1"},
		{
			"private networks are no proxies by " +
				"themselves", "192.168.0.1:1",
			[]string{"198.51.100.7"},
			[]netip.Prefix{proxy},
			"192.168.0.1",
		},
		{
			"a proxy speaks for its " +
				"caller", "10.0.0.1:1",
			[]string{"198.51.100.7"},
			[]netip.Prefix{proxy},
			"198.51.100.7",
		},
		{"the rightmost address that is no proxy", "10.0.0.1:1", []string{"1.2.3.4, " +
			"198.51.100.7, 10.0.0.2"}, []netip.Prefix{proxy}, "198.51.100.7"},
		{"several headers are one " +
			"list", "10.0.0.1:1", []string{
			"1.2.3.4",
			"198.51.100.7",
		}, []netip.Prefix{proxy}, "198.51.100.7"},
		{"with a port", "10.0.0.1:1", []string{"1.2.3.4, 198.51.100.7:5678"}, []netip.Prefix{proxy}, "198.51.100.7"},
		{
			"IPv6 with a port", "10.0.0.1:1",
			[]string{"[2001:db8:1:2:3::4]:443"},
			[]netip.Prefix{proxy},
			"2001:db8:1:2::/64",
		},
		{
			"IPv6 in brackets", "10.0.0.1:1",
			[]string{"[2001:db8:1:2:3::4]"},
			[]netip.Prefix{proxy},
			"2001:db8:1:2::/64",
		},
		{
			"IPv6 in quotes", "10.0.0.1:1",
			[]string{`"[2001:db8:1:2:3::4]:443"`},
			[]netip.Prefix{proxy},
			"2001:db8:1:2::/64",
		},
		{"with a zone", "10.0.0.1:1", []string{"fe80::1%eth0"}, []netip.Prefix{proxy}, "fe80::/64"},
		{"with a zone and a port", "10.0.0.1:1", []string{"[fe80::1%25eth0]:80"}, []netip.Prefix{proxy}, "fe80::/64"},
		{"IPv4 with a zone", "10.0.0.1:1", []string{"198.51.100.7%eth0"}, []netip.Prefix{proxy}, "198.51.100.7"},
		{
			"IPv4 in IPv6 with a port", "10.0.0.1:1",
			[]string{"[::ffff:198.51.100.7]:80"},
			[]netip.Prefix{proxy},
			"198.51.100.7",
		},
		{
			"a proxy behind a proxy, with ports", "10.0.0.1:1",
			[]string{"1.2.3.4", "198.51.100.7:1,10.0.0.3:2 , 10.0.0.2:3"},
			[]netip.Prefix{proxy},
			"198.51.100.7",
		},
		{
			"a proxy that is IPv4 in IPv6", "[::ffff:10.0.0.1]:1",
			[]string{"198.51.100.7"},
			[]netip.Prefix{proxy},
			"198.51.100.7",
		},
		{
			"what is left of nonsense", "10.0.0.1:1",
			[]string{"1.2.3.4, unknown, 10.0.0.2"},
			[]netip.Prefix{proxy},
			"10.0.0.2",
		},
		{"nonsense alone", "10.0.0.1:1", []string{"_hidden"}, []netip.Prefix{proxy}, "10.0.0.1"},
		{"brackets that stay open", "10.0.0.1:1", []string{"[2001:db8::1"}, []netip.Prefix{proxy}, "10.0.0.1"},
		{"text after the brackets", "10.0.0.1:1", []string{"[2001:db8::1]x"}, []netip.Prefix{proxy}, "10.0.0.1"},
		{"an empty header", "10.0.0.1:1", []string{""}, []netip.Prefix{proxy}, "10.0.0.1"},
		{"proxies all the way", "10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, []netip.Prefix{proxy}, "10.0.0.3"},
		{"IPv6 by its network", "[2001:db8:1:2:3:4:5:6]:1", nil, nil, "2001:db8:1:2::/64"},
		{"IPv4 in IPv6", "[::ffff:192.0.2.1]:1", nil, nil, "192.0.2.1"},
	} {
		e := echo.New()
		e.IPExtractor = extractor(c.proxies)
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.RemoteAddr = c.remote
		for _, value := range c.forwarded {
			req.Header.Add("X-Forwarded-For", value)
		}
		got := account.Network(callerAddr(e.NewContext(req, httptest.NewRecorder())))
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
}
