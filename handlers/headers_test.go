package handlers

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"itemshare/fault"
	"itemshare/vault"
)

// TestHeadersOfEveryAnswer looks at every route, refused and not, and at what no route fits.
func TestHeadersOfEveryAnswer(t *testing.T) {
	v := visit(t)
	_, share := v.browsers[1].share(v.item, nil)
	look := func(what string, r reply) {
		t.Helper()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY", "Server": "", "X-Powered-By": "",
			"Strict-Transport-Security": "",
		} {
			if got := r.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", what, name, got, want)
			}
		}
		for _, want := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if policy := r.header.Get(policyHeader); !strings.Contains(policy, want) || strings.Contains(policy, "unsafe") {
				t.Errorf("%s: policy %q", what, policy)
			}
		}
		if !strings.Contains(r.header.Get("Permissions-Policy"), "camera=()") {
			t.Errorf("%s: no Permissions-Policy", what)
		}
		if got := r.header.Get("Cache-Control"); got != "no-store" && (what != "GET /static/:name" || got != "public, max-age=31536000, immutable") {
			t.Errorf("%s: Cache-Control %q", what, got)
		}
		if !regexp.MustCompile(`^[0-9a-f]{20}$`).MatchString(r.header.Get("X-Request-Id")) {
			t.Errorf("%s: no request id", what)
		}
	}
	for _, r := range append(table(), demoTable()...) {
		key := r.method + " " + r.path
		for _, i := range []int{0, 1, 4} {
			b := v.browsers[i]
			if strings.HasPrefix(r.path, "/sign") {
				b = v.caller(i)
			}
			look(key, b.send(r.method, v.spelled(r.path, "seen", share), promises[key].form))
		}
	}
	nobody := v.browser()
	look("no route", nobody.get("/nothing/here"))
	look("no method", nobody.ask(http.MethodDelete, "/items", nil))
	look("options", nobody.ask(http.MethodOptions, "/items", nil))
	look("wrong host", nobody.get("/items", "Host", "evil.example"))
	look("another site", nobody.post("/signin", nil, "Sec-Fetch-Site", "cross-site"))
	look("broken link", nobody.get("/s%23abc"))
	look("no such file", nobody.get("/static/app.00000000.css"))
}

func TestPolicyOfTheRecipientPage(t *testing.T) {
	a := newApp(t)
	want := a.browser().get("/s")
	policy := want.header.Get(policyHeader)
	for _, part := range []string{"require-trusted-types-for 'script'", "trusted-types 'none'", "form-action 'none'", "script-src 'self'", "connect-src 'self'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("no %s in %s", part, policy)
		}
	}
	if strings.Contains(want.body, "htmx") {
		t.Error("htmx would send the fragment in a header")
	}
	if len(want.header.Values("Set-Cookie")) > 0 {
		t.Error("the recipient's page sets a cookie")
	}
	for _, path := range []string{"/s%23secret", "/s/%23secret", "/s%23secret%2Fmore", "/s?utm=x"} {
		for _, b := range []*browser{a.browser(), a.signedIn(memberEmail)} {
			if r := b.get(path); r.status != http.StatusOK || r.body != want.body || r.header.Get(policyHeader) != policy {
				t.Errorf("%s: %d", path, r.status)
			}
		}
	}
	for _, path := range []string{"/s/x", "/sx%23", "/s%2523x", "/x/s%23"} {
		if r := a.browser().get(path); r.status != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, r.status)
		}
	}
	if r := a.browser().post("/s%23secret", nil); r.status == http.StatusOK {
		t.Error("the page answers a POST")
	}
}

func TestHost(t *testing.T) {
	a := newApp(t)
	b := a.browser()
	for _, host := range []string{"evil.example", a.addr, "localhost", "localhost:1", "localhost.evil.example"} {
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
	if r := b.get("/signin", "Host", strings.ToUpper(a.base.Host)); r.status != http.StatusOK {
		t.Errorf("capital letters: %d", r.status)
	}
	// A link names the configured address whatever Host says.
	if text, _ := a.signedIn(memberEmail).share(a.item, nil); !strings.HasPrefix(text, a.base.String()+"/s#") {
		t.Error("a link of another address")
	}
}

func TestHTTPSAndPorts(t *testing.T) {
	a := newApp(t, setting{https: true})
	r := a.browser().get("/signin")
	if got := r.header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
		t.Errorf("HSTS %q", got)
	}
}

func TestCookieNames(t *testing.T) {
	for _, c := range []struct {
		setting
		name, path string
		secure     bool
	}{
		{setting{}, "itemshare", "/", false},
		{setting{path: "/share"}, "itemshare", "/share", false},
		{setting{https: true}, "__Host-itemshare", "/", true},
		{setting{https: true, path: "/share"}, "__Secure-itemshare", "/share", true},
	} {
		a := newApp(t, c.setting)
		r := a.browser().post(c.path[:len(c.setting.path)]+"/signin", url.Values{"email": {memberEmail}, "password": {password}})
		cookies := (&http.Response{Header: r.header}).Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%s: %d cookies", c.name, len(cookies))
		}
		got := cookies[0]
		if got.Name != c.name || got.Path != c.path || got.Secure != c.secure || !got.HttpOnly || got.SameSite != http.SameSiteLaxMode || got.Domain != "" || got.MaxAge != 12*60*60 {
			t.Errorf("want %s for %s: %s", c.name, c.path, r.header.Get("Set-Cookie"))
		}
	}
}

func TestBadCookiesAreNobody(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	good := b.client.Jar.Cookies(a.base)[0].Value
	other := newApp(t).signedIn(memberEmail).client
	for why, value := range map[string]string{
		"nonsense": "nonsense", "empty": "", "cut": good[:len(good)-4], "flipped": "A" + good[1:], "long": strings.Repeat("A", 8000),
		"of another installation": other.Jar.Cookies(&url.URL{Scheme: "http", Host: "localhost"})[0].Value,
	} {
		for path, want := range map[string]int{"/items": http.StatusSeeOther, "/signin": http.StatusOK} {
			if r := a.browser().get(path, "Cookie", "itemshare="+value); r.status != want {
				t.Errorf("a cookie that is %s, %s: %d", why, path, r.status)
			}
		}
		if r := a.browser().post("/signout", nil, "Cookie", "itemshare="+value); r.status != http.StatusSeeOther {
			t.Errorf("a cookie that is %s, sign out: %d", why, r.status)
		}
	}
}

func FuzzCookie(f *testing.F) {
	for _, seed := range []string{"", "x", "MTc5NTUzNDQzN3x3NWhzSXlTaHU2eEZEUXFOQmMtcXB6TWt4", "a=b", "\x00"} {
		f.Add(seed)
	}
	config := Config{URL: &url.URL{Scheme: "http", Host: "localhost"}, CookieKeys: [2][]byte{make([]byte, 32), make([]byte, 32)}}
	h := &Handlers{Config: config}
	h.cookies, h.cookie = newCookies(config)
	f.Fuzz(func(t *testing.T, value string) {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.Header.Set("Cookie", "itemshare="+value)
		if token := h.token(echo.New().NewContext(req, httptest.NewRecorder())); token != "" {
			t.Errorf("a cookie that nobody made holds %q", token)
		}
	})
}

func TestOtherSitesCannotPost(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	before := a.dump()
	for _, header := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
	} {
		for _, path := range []string{"/signin", "/signout", itemPath(a.item) + "/share", itemPath(a.item) + "/reveal", "/admin/policy"} {
			r := b.post(path, url.Values{"access": {"anyone"}, "field": {"password"}, "email": {memberEmail}, "password": {password}}, header...)
			if r.status != http.StatusForbidden || r.errors()[0] != "forbidden" {
				t.Errorf("POST %s with %v: %v", path, header, r)
			}
		}
		if r := b.ask(http.MethodPost, "/s/open", strings.NewReader("{}"), header...); r.status != http.StatusForbidden || r.code() != "forbidden" {
			t.Errorf("POST /s/open with %v: %v", header, r)
		}
	}
	a.unchanged(before, "forms of other sites")
	for _, header := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}, {"Sec-Fetch-Site", "same-origin", "Origin", "null"}, nil} {
		if r := b.post(itemPath(a.item)+"/share", url.Values{"access": {"anyone"}}, header...); r.status != http.StatusCreated {
			t.Errorf("a form of our own with %v: %d", header, r.status)
		}
	}
}

func TestBelowAPath(t *testing.T) {
	a := newApp(t, setting{path: "/share"})
	b := a.browser()
	for path, want := range map[string]int{
		"/healthz": 200, "/readyz": 200, "/share/healthz": 200, "/share/readyz": 200, "/share/signin": 200, "/share/s": 200,
		"/share/s%23x": 200, "/signin": 404, "/s": 404, "/s%23x": 404, "/items": 404, "/share/items": 303, "/share": 303, "/share/": 303, "/sharesignin": 404,
	} {
		if r := b.get(path); r.status != want {
			t.Errorf("%s: %d, want %d", path, r.status, want)
		}
	}
	if r := b.get("/share/items"); r.header.Get("Location") != "/share/signin?next=%2Fshare%2Fitems" {
		t.Errorf("nobody goes to %q", r.header.Get("Location"))
	}
	for next, want := range map[string]string{"/share/shares": "/share/shares", "/elsewhere": "/share/items", "/sharesignin": "/share/items"} {
		if r := b.post("/share/signin", url.Values{"email": {memberEmail}, "password": {password}, "next": {next}}); r.header.Get("Location") != want {
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
		{"nobody is trusted, on loopback too", "127.0.0.1:1", []string{"198.51.100.7"}, nil, "127.0.0.1"},
		{"a stranger is not a proxy", "192.0.2.1:1", []string{"198.51.100.7"}, []netip.Prefix{proxy}, "192.0.2.1"},
		{"private networks are no proxies by themselves", "192.168.0.1:1", []string{"198.51.100.7"}, []netip.Prefix{proxy}, "192.168.0.1"},
		{"a proxy speaks for its caller", "10.0.0.1:1", []string{"198.51.100.7"}, []netip.Prefix{proxy}, "198.51.100.7"},
		{"the rightmost address that is no proxy", "10.0.0.1:1", []string{"1.2.3.4, 198.51.100.7, 10.0.0.2"}, []netip.Prefix{proxy}, "198.51.100.7"},
		{"several headers are one list", "10.0.0.1:1", []string{"1.2.3.4", "198.51.100.7"}, []netip.Prefix{proxy}, "198.51.100.7"},
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
		if got := peer(e.NewContext(req, httptest.NewRecorder())); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
}

func TestAssets(t *testing.T) {
	a := newApp(t)
	b := a.browser()
	page := b.get("/signin").body
	paths := regexp.MustCompile(`/static/[a-z0-9.-]+`).FindAllString(page, -1)
	if len(paths) < 3 {
		t.Fatalf("assets: %v", paths)
	}
	for _, path := range paths {
		plain, packed, part := b.get(path), b.get(path, "Accept-Encoding", "gzip"), b.get(path, "Accept-Encoding", "gzip", "Range", "bytes=2-5")
		if plain.status != http.StatusOK || packed.header.Get("Content-Encoding") != "gzip" || unzipped(t, packed) != plain.body {
			t.Errorf("%s: %d, packed %q", path, plain.status, packed.header.Get("Content-Encoding"))
		}
		if part.status != http.StatusPartialContent || part.header.Get("Content-Encoding") != "" || part.body != plain.body[2:6] {
			t.Errorf("%s: a part is %d %q", path, part.status, part.body)
		}
	}
	for _, path := range []string{"/static/app.css", "/static/", "/static/..%2fstatic.go", "/static/app.js"} {
		if r := b.get(path); r.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.status)
		}
	}
}

func unzipped(t *testing.T, r reply) string {
	t.Helper()
	reader, err := gzip.NewReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPagesWithSecretsAreNotCompressed holds for the link and for a revealed value.
func TestPagesWithSecretsAreNotCompressed(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	if r := b.get("/items", "Accept-Encoding", "gzip"); r.header.Get("Content-Encoding") != "gzip" || !strings.Contains(unzipped(t, r), "Mail server") {
		t.Error("a list is sent as it is")
	}
	for path, form := range map[string]url.Values{"/share": {"access": {"anyone"}}, "/reveal": {"field": {"password"}}} {
		if r := b.post(itemPath(a.item)+path, form, "Accept-Encoding", "gzip"); r.header.Get("Content-Encoding") != "" || r.status >= 300 {
			t.Errorf("%s: %d, %q", path, r.status, r.header.Get("Content-Encoding"))
		}
	}
}

const marker = "inner-detail-8151"

// unreachable is a vault whose every reading ends in an error, or without one in a
// panic.
type unreachable struct {
	vault.Backend
	err error
}

func (u *unreachable) fail() error {
	if u.err == nil {
		panic(marker)
	}
	return u.err
}

func (u *unreachable) Vaults(context.Context) ([]vault.Info, error) { return nil, u.fail() }

func (u *unreachable) Browse(context.Context, vault.Query) (vault.Page, error) {
	return vault.Page{}, u.fail()
}

func (u *unreachable) Item(context.Context, string, string) (vault.Item, error) {
	return vault.Item{}, u.fail()
}

func TestAVaultThatCannotBeReached(t *testing.T) {
	a := newApp(t, setting{vault: func(b vault.Backend) vault.Backend {
		return &unreachable{b, fault.Because(fault.Unavailable, errors.New(marker))}
	}})
	b := a.signedIn(memberEmail)
	for _, path := range []string{"/items", itemPath(a.item), itemPath(a.item) + "/share"} {
		r := b.get(path)
		if r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" || strings.Contains(r.body, marker) {
			t.Errorf("%s: %v", path, r)
		}
	}
	if r := b.get("/shares"); r.status != http.StatusOK {
		t.Errorf("the history is gone with the vault: %d", r.status)
	}
}

func TestInternalErrorsStayInside(t *testing.T) {
	a := newApp(t, setting{vault: func(b vault.Backend) vault.Backend { return &unreachable{b, errors.New(marker)} }})
	r := a.signedIn(memberEmail).get("/items")
	id := r.header.Get("X-Request-Id")
	if r.status != http.StatusInternalServerError || strings.Contains(r.body, marker) || !strings.Contains(r.body, id) {
		t.Errorf("an internal error: %v", r)
	}
	if log := a.log.String(); !strings.Contains(log, marker) || !strings.Contains(log, id) {
		t.Error("the log does not say what broke, or for which request")
	}
}

func TestPanicsStayInside(t *testing.T) {
	a := newApp(t, setting{vault: func(b vault.Backend) vault.Backend { return &unreachable{b, nil} }})
	r := a.signedIn(memberEmail).get("/items")
	if r.status != http.StatusInternalServerError || strings.Contains(r.body, marker) {
		t.Errorf("a panic: %v", r)
	}
	if strings.Contains(a.log.String(), marker) || !strings.Contains(a.log.String(), "panic of a string") {
		t.Error("the log must say that there was a panic, and not what it held")
	}
}

// TestLogsHoldNoSecrets puts secrets where careless servers log them.
func TestLogsHoldNoSecrets(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	const mark = "marker4711"
	text, _ := b.share(a.item, url.Values{"access": {"recipients"}, "recipients": {mark + "@client.example"}})
	l := a.link(text)
	l.open(object{"email": mark + "@client.example", "code": l.mailed(mark + "@client.example")})
	for _, path := range []string{"/" + mark, "/items?q=" + mark, "/signin?next=/" + mark, "/s%23" + mark, "/vaults/" + mark + "/items/" + mark, "/shares/" + mark} {
		b.get(path, "User-Agent", mark, "Referer", "http://"+mark+"/", "HX-Current-URL", "http://x/s#"+mark, "X-Request-Id", mark, "Cookie", "other="+mark, "Host", a.base.Host)
	}
	b.get("/items", "Host", mark+".example")
	b.ask(strings.ToUpper(mark), "/items", nil)
	b.post("/signin", url.Values{"email": {mark + "@x.example"}, "password": {mark}})
	b.ask(http.MethodPost, "/s/open", strings.NewReader(`{"id":"`+mark+`"}`))
	log := a.log.String()
	for _, secret := range []string{
		mark, strings.ToUpper(mark), l.id, l.token, encoded(l.secret), concealed, seed, password, "Mail server",
		b.client.Jar.Cookies(a.base)[0].Value,
	} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	routes := map[string]bool{}
	for line := range strings.SplitSeq(log, "\n") {
		var record struct{ Msg, Route, Method string }
		if json.Unmarshal([]byte(line), &record) == nil && record.Msg == "request" {
			routes[record.Route] = true
		}
	}
	for _, want := range []string{"unmatched", "/items", "/vaults/:vault/items/:item", "/s/open"} {
		if !routes[want] {
			t.Errorf("no %s among the routes of the log", want)
		}
	}
}

func TestReadiness(t *testing.T) {
	a := newApp(t)
	b := a.browser()
	a.must(a.db.Close())
	if r := b.get("/healthz"); r.status != http.StatusOK {
		t.Errorf("healthz without a database: %d", r.status)
	}
	if r := b.get("/readyz"); r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" {
		t.Errorf("readyz without a database: %d", r.status)
	}
}

// TestABrokenAnswerBreaksTheConnection keeps half a list from passing for a whole one.
func TestABrokenAnswerBreaksTheConnection(t *testing.T) {
	a := newApp(t)
	h := &Handlers{Config: Config{URL: a.base, Clock: a.clock.Now, Random: rand.Reader, Log: slog.New(slog.NewJSONHandler(a.log, nil))}}
	c := echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/shares.csv", nil), httptest.NewRecorder())
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("recovered %v", v)
		}
		if !strings.Contains(a.log.String(), marker) {
			t.Error("the log does not say why")
		}
	}()
	_ = h.observe(func(c echo.Context) error {
		return errors.Join(c.String(http.StatusOK, "half"), errors.New(marker))
	})(c)
	t.Error("the connection goes on")
}
