package handlers

import (
	"net/http"
	"net/url"
	"sync"
	"testing"

	"itemshare/account"
	"itemshare/audit"
)

func setUpForm(a *app, more url.Values) url.Values {
	form := url.Values{
		"code": {string(a.accounts.SetUpCode())}, "name": {"Ada"}, "email": {"ada@company.example"},
		"password": {password},
	}
	for name, values := range more {
		form[name] = values
	}
	return form
}

// TestSetUp: every page leads to the set-up, whose code works once; then it is gone.
func TestSetUp(t *testing.T) {
	a := newApp(t, appOptions{empty: true})
	b := a.browser()
	before := a.dump()
	for _, path := range []string{"/", "/signin", "/items", "/join", "/admin/users", "/vaults/x/items/y"} {
		if r := b.get(path); r.status != http.StatusSeeOther || r.header.Get("Location") != "/setup" {
			t.Errorf("%s: %d to %q", path, r.status, r.header.Get("Location"))
		}
	}
	if r := b.post("/signin", url.Values{"email": {"a@b.example"}, "password": {password}}); r.status != 303 {
		t.Errorf("signing in: %d", r.status)
	}
	for _, path := range []string{"/healthz", "/readyz", "/s", "/setup"} {
		if r := b.get(path); r.status != http.StatusOK {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	for want, form := range map[string]url.Values{
		"problem-email": {"email": {"nobody"}}, "problem-name": {"name": {""}},
		"problem-password": {"password": {"ada@company.example"}},
	} {
		r := b.post("/setup", setUpForm(a, form))
		if r.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", want, r.status)
		}
		r.wantWords(t, want, `data-testid="`+want+`"`, string(a.accounts.SetUpCode()))
	}
	a.wantUnchanged(before, "before the set-up")
	wrong := b.post("/setup", setUpForm(a, url.Values{"code": {"AAAA-AAAA"}}))
	if wrong.status != http.StatusUnauthorized || wrong.errors()[0] != "code_invalid" {
		t.Errorf("a wrong code: %v", wrong)
	}
	wrong.wantWords(t, "a wrong code", `value="ada@company.example"`)
	done := b.post("/setup", setUpForm(a, nil))
	if done.status != http.StatusSeeOther {
		t.Fatal(done)
	}
	if r := b.get(done.header.Get("Location")); r.status != http.StatusOK {
		t.Errorf("the admin is led to %s: %d", done.header.Get("Location"), r.status)
	}
	for _, r := range []reply{b.get("/setup"), b.post("/setup", setUpForm(a, nil)), a.browser().get("/setup")} {
		if r.status != http.StatusNotFound {
			t.Errorf("afterwards: %d", r.status)
		}
	}
	if n := a.countEvents(audit.InstallationSet); n != 1 {
		t.Errorf("%d events", n)
	}
	a.wantNowhere(string(a.accounts.SetUpCode()))
}

// TestSetUpGuesses: wrong codes are slowed, and the database stays bounded.
func TestSetUpGuesses(t *testing.T) {
	a := newApp(t, appOptions{empty: true})
	var last reply
	for range 12 {
		last = a.browser().post("/setup", setUpForm(a, url.Values{"code": {"AAAA-AAAA"}}))
	}
	if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" {
		t.Errorf("the twelfth guess: %v", last)
	}
}

// TestSetUpTwiceAtOnce: of several who send the right code at the same time, one becomes the admin.
func TestSetUpTwiceAtOnce(t *testing.T) {
	a := newApp(t, appOptions{empty: true})
	statuses := make([]int, 4)
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() {
			email := string(rune('a'+i)) + "@company.example"
			statuses[i] = a.browser().post("/setup", setUpForm(a, url.Values{"email": {email}})).status
		})
	}
	all.Wait()
	users, err := a.accounts.Users(t.Context())
	a.must(err)
	if len(users) != 1 || users[0].Role != account.Admin {
		t.Errorf("%v: %d users", statuses, len(users))
	}
}
