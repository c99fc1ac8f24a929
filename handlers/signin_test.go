package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSignInAndOut(t *testing.T) {
	a := newApp(t)
	b := a.browser()
	r := b.post(
		"/signin", url.Values{"email": {memberEmail}, "password": {"wrong"}, "next": {"/shares"}},
	)
	if r.status != http.StatusUnauthorized || !slices.Contains(r.errors(), "signin_failed") {
		t.Errorf("a wrong password: %v", r)
	}
	if !strings.Contains(r.body, `value="/shares"`) {
		t.Error("the target page is lost")
	}
	r = b.post("/signin", url.Values{"email": {"nobody@company.example"}, "password": {"wrong"}})
	if r.status != http.StatusUnauthorized || !slices.Contains(r.errors(), "signin_failed") {
		t.Errorf("an unknown address is told apart: %v", r)
	}
	r = b.post(
		"/signin",
		url.Values{"email": {memberEmail}, "password": {password}, "next": {"/shares?q=x"}},
	)
	if r.status != http.StatusSeeOther || r.header.Get("Location") != "/shares?q=x" {
		t.Fatalf("sign in: %d to %q", r.status, r.header.Get("Location"))
	}
	before := b.client.Jar.Cookies(a.base)
	if r := b.get("/items"); r.status != http.StatusOK {
		t.Errorf("items: %v", r)
	}
	if r := b.post("/signout", nil); r.status != http.StatusSeeOther {
		t.Errorf("sign out: %v", r)
	}
	for _, cookie := range b.client.Jar.Cookies(a.base) {
		if cookie.Name == "itemshare" {
			t.Error("the cookie is still there")
		}
	}
	b.client.Jar.SetCookies(a.base, before)
	if r := b.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("the cookie still works after signing out: %d", r.status)
	}
}

func TestANewSessionAtSignIn(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	before := b.client.Jar.Cookies(a.base)
	if r := b.post("/signin", url.Values{
		"email": {memberEmail}, "password": {password},
	}); r.status != http.StatusSeeOther {
		t.Fatal(r)
	}
	b.client.Jar.SetCookies(a.base, before)
	if r := b.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("the session from before works: %d", r.status)
	}
}

func TestSessionsEnd(t *testing.T) {
	a := newApp(t)
	idle, working, changed := a.signIn(memberEmail), a.signIn(
		adminEmail,
	), a.signIn(otherEmail)
	a.must(a.accounts.SetPassword(t.Context(), "", otherEmail, "another horse battery staple"))
	if r := changed.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("after a password change: %d", r.status)
	}
	for range 25 {
		a.clock.advance(29 * time.Minute)
		working.get("/items")
	}
	if r := idle.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("after half an hour without use: %d", r.status)
	}
	if r := working.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("after twelve hours of work: %d", r.status)
	}
}

func TestNextIsLocal(t *testing.T) {
	a := newApp(t)
	for _, c := range []struct{ next, want, why string }{
		{"/items?q=a%20b", "/items?q=a%20b", "a page of ours"},
		{"", "/items", "nothing"},
		{"https://evil.example/", "/items", "another site"},
		{"//evil.example/", "/items", "another site without a scheme"},
		{"///evil.example/", "/items", "which browsers read as two slashes"},
		{`/\evil.example/`, "/items", "browsers read a backslash as a slash"},
		{"/\t/evil.example/", "/items", "browsers drop tabs"},
		{"\n//evil.example", "/items", "and line breaks"},
		{"javascript:alert(1)", "/items", "no path at all"},
		{"items", "/items", "not from the root"},
		{"/" + strings.Repeat("x", 4000), "/items", "longer than any address of ours"},
	} {
		r := a.browser().
			post("/signin", url.Values{
				"email": {memberEmail}, "password": {password}, "next": {c.next},
			})
		if got := r.header.Get("Location"); got != c.want {
			t.Errorf("%s: next %.40q leads to %q, want %q", c.why, c.next, got, c.want)
		}
	}
}

// TestNextStaysBelowTheBasePath asserts that signing in never leads above the base path, where
// another application may run.
func TestNextStaysBelowTheBasePath(t *testing.T) {
	a := newApp(t, appOptions{path: "/vault"})
	for next, want := range map[string]string{
		"/vault/shares?q=..": "/vault/shares?q=..", "/vault/../other": "/vault/items",
		"/vault/%2e%2E/other":  "/vault/items",
		"/vault/x/../../other": "/vault/items", "/vault/x/../shares": "/vault/x/../shares",
		"/vaulted": "/vault/items", "/other": "/vault/items",
	} {
		r := a.browser().
			post("/vault/signin", url.Values{
				"email": {memberEmail}, "password": {password}, "next": {next},
			})
		if got := r.header.Get("Location"); got != want {
			t.Errorf("next %q leads to %q, want %q", next, got, want)
		}
	}
}

func TestHTMXIsLedToSignIn(t *testing.T) {
	a := newApp(t)
	for _, r := range []reply{
		a.browser().get("/items", "HX-Request", "true", "HX-Current-URL",
			a.base.String()+"/items?q=x"),
		a.browser().post(itemPath(a.item)+"/reveal", nil, "HX-Request", "true", "HX-Current-URL",
			a.base.String()+"/items?q=x"),
	} {
		if r.status != http.StatusUnauthorized ||
			r.header.Get("HX-Redirect") != "/signin?next=%2Fitems%3Fq%3Dx" {
			t.Errorf("%d to %q", r.status, r.header.Get("HX-Redirect"))
		}
	}
	r := a.browser().
		get("/items", "HX-Request", "true", "HX-Current-URL", "https://evil.example/items")
	if got := r.header.Get("HX-Redirect"); got != "/signin" {
		t.Errorf("a foreign address leads to %q", got)
	}
}
