package handlers

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
)

func TestCookieNames(t *testing.T) {
	for _, c := range []struct {
		appOptions
		name, path string
		browser    string
		secure     bool
	}{
		{appOptions{}, "itemshare", "/", "itemshare-browser", false},
		{appOptions{path: "/share"}, "itemshare", "/share", "itemshare-browser", false},
		{appOptions{https: true}, "__Host-itemshare", "/", "__Secure-itemshare-browser", true},
		{
			appOptions{https: true, path: "/share"},
			"__Secure-itemshare", "/share",
			"__Secure-itemshare-browser", true,
		},
	} {
		a := newApp(t, c.appOptions)
		r := a.browser().
			post(c.path[:len(c.appOptions.path)]+"/signin", url.Values{
				"email": {memberEmail}, "password": {password},
			})
		cookies := (&http.Response{Header: r.header}).Cookies()
		if len(cookies) != 3 {
			t.Fatalf("%s: %d cookies", c.name, len(cookies))
		}
		got, browser := cookies[0], cookies[1]
		if browser.Name != c.browser || browser.Path != c.appOptions.path+"/signin" ||
			browser.Secure != c.secure || !browser.HttpOnly ||
			browser.SameSite != http.SameSiteStrictMode || browser.Domain != "" ||
			browser.MaxAge != 180*24*60*60 {
			t.Errorf("want %s: %s", c.browser, browser)
		}
		if form := cookies[2]; form.Name != c.name+"-form" || form.Path != c.path ||
			form.Secure != c.secure || !form.HttpOnly || form.SameSite != http.SameSiteLaxMode ||
			form.Domain != "" || form.MaxAge != 7*24*60*60 {
			t.Errorf("want %s-form: %s", c.name, form)
		}
		if got.Name != c.name || got.Path != c.path || got.Secure != c.secure || !got.HttpOnly ||
			got.SameSite != http.SameSiteLaxMode ||
			got.Domain != "" ||
			got.MaxAge != 12*60*60 {
			t.Errorf("want %s for %s: %s", c.name, c.path, r.header.Get("Set-Cookie"))
		}
	}
}

func TestBadCookiesAreNobody(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	good := b.client.Jar.Cookies(a.base)[0].Value
	other := newApp(t).signIn(memberEmail).client
	for why, value := range map[string]string{
		"nonsense": "nonsense", "empty": "", "cut": good[:len(good)-4], "flipped": "A" + good[1:],
		"long": strings.Repeat("A", 8000),
		"of another installation": other.Jar.Cookies(&url.URL{
			Scheme: "http", Host: "localhost",
		})[0].Value,
	} {
		for path, want := range map[string]int{
			"/items": http.StatusSeeOther, "/signin": http.StatusOK,
		} {
			if r := a.browser().get(path, "Cookie", "itemshare="+value); r.status != want {
				t.Errorf("a cookie that is %s, %s: %d", why, path, r.status)
			}
		}
		if r := a.browser().post("/signout", nil, "Cookie",
			"itemshare="+value); r.status != http.StatusSeeOther {
			t.Errorf("a cookie that is %s, sign out: %d", why, r.status)
		}
	}
}

func FuzzCookie(f *testing.F) {
	for _, seed := range []string{
		"", "x", "MTc5NTUzNDQzN3x3NWhzSXlTaHU2eEZEUXFOQmMtcXB6TWt4", "a=b", "\x00",
	} {
		f.Add(seed)
	}
	config := Config{
		URL:        &url.URL{Scheme: "http", Host: "localhost"},
		CookieKeys: [2][]byte{make([]byte, 32), make([]byte, 32)},
	}
	h := &Handlers{c: config}
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
	b := a.signIn(memberEmail)
	before := a.dump()
	for _, header := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {
			"Origin", "https://evil.example",
		}, {"Origin", "null"},
	} {
		for _, path := range []string{
			"/signin", "/signout", itemPath(a.item) + "/share",
			itemPath(a.item) + "/reveal", "/admin/policy",
		} {
			r := b.post(
				path,
				url.Values{
					"access":   {"anyone"},
					"field":    {"password"},
					"email":    {memberEmail},
					"password": {password},
				},
				header...)
			if r.status != http.StatusForbidden || r.errors()[0] != "forbidden" {
				t.Errorf("POST %s with %v: %v", path, header, r)
			}
		}
		if r := b.do(http.MethodPost, "/s/open", strings.NewReader("{}"),
			header...); r.status != http.StatusForbidden ||
			r.code() != "forbidden" {
			t.Errorf("POST /s/open with %v: %v", header, r)
		}
	}
	a.wantUnchanged(before, "forms of other sites")
	for _, header := range [][]string{
		{"Sec-Fetch-Site", "same-origin"},
		{"Sec-Fetch-Site", "none"},
		{"Sec-Fetch-Site", "same-origin", "Origin", "null"},
		nil,
	} {
		if r := b.post(itemPath(a.item)+"/share", url.Values{"access": {"anyone"}},
			header...); r.status != http.StatusCreated {
			t.Errorf("a form of our own with %v: %d", header, r.status)
		}
	}
}
