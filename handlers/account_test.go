package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const betterPassword = "velvet turbine oregano ledger"

func TestOwnPage(t *testing.T) {
	a := newApp(t)
	b, elsewhere := a.signIn(memberEmail), a.signIn(memberEmail)
	if r := b.get("/account"); r.status != http.StatusOK ||
		strings.Count(r.body, `data-testid="session"`) != 2 || strings.Contains(r.body, "Go-http-client") ||
		!strings.Contains(r.body, `data-testid="factor-begin"`) {
		t.Fatalf("the page: %v", r)
	}
	r := b.post("/account/name", url.Values{"name": {"A\tB"}})
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(r.body, "A\tB") {
		t.Errorf("a wrong name: %v", r)
	}
	if r := b.post("/account/name", url.Values{"name": {"Maxim"}}); r.status != http.StatusSeeOther {
		t.Errorf("a name: %v", r)
	}
	if r := b.get("/account?done=name"); !strings.Contains(r.body, "Maxim") ||
		!strings.Contains(r.body, "Name saved.") {
		t.Errorf("the new name: %v", r)
	}
	r = b.post("/account/password", url.Values{"current": {"wrong"}, "password": {betterPassword}})
	if r.status != http.StatusUnprocessableEntity || strings.Contains(r.body, betterPassword) {
		t.Errorf("a wrong password: %v", r)
	}
	before := b.client.Jar.Cookies(a.base)
	r = b.post("/account/password", url.Values{"current": {password}, "password": {betterPassword}})
	if r.status != http.StatusSeeOther || r.header.Get("Location") != "/account?done=password" {
		t.Fatalf("a password: %v", r)
	}
	if r := b.get("/items"); r.status != http.StatusOK {
		t.Errorf("signed out where the password was changed: %v", r)
	}
	if r := elsewhere.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("still signed in elsewhere: %v", r)
	}
	b.client.Jar.SetCookies(a.base, before)
	if r := b.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("the cookie from before still works: %v", r)
	}
	if strings.Contains(a.log.String(), betterPassword) {
		t.Error("the log has the password")
	}
}

func TestEndingSessions(t *testing.T) {
	a := newApp(t)
	b, one, two := a.signIn(memberEmail), a.signIn(memberEmail), a.signIn(memberEmail)
	page := b.get("/account").body
	_, rest, _ := strings.Cut(page, `action="/account/sessions/`)
	id, _, _ := strings.Cut(rest, "/end")
	if r := a.signIn(otherEmail).post("/account/sessions/"+id+"/end", nil); r.status != http.StatusSeeOther {
		t.Errorf("someone else's: %v", r)
	}
	if r := b.get("/account"); strings.Count(r.body, `data-testid="session"`) != 3 {
		t.Errorf("someone else ended a session: %v", r)
	}
	b.post("/account/sessions/"+id+"/end", nil)
	if r := b.get("/account"); strings.Count(r.body, `data-testid="session"`) != 2 {
		t.Errorf("one ended: %v", r)
	}
	b.post("/account/sessions/end", nil)
	for _, other := range []*browser{one, two} {
		if r := other.get("/items"); r.status != http.StatusSeeOther {
			t.Errorf("still signed in: %v", r)
		}
	}
	if r := b.get("/account"); strings.Count(r.body, `data-testid="session"`) != 1 {
		t.Errorf("all ended: %v", r)
	}
}
