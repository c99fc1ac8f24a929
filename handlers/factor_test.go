package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"itemshare/account"
)

var (
	setupValue = regexp.MustCompile(`name="setup" value="([^"]+)"`)
	factorKey  = regexp.MustCompile(`data-testid="factor-key">([^<]+)<`)
	recoveries = regexp.MustCompile(`(?s)data-testid="recovery-codes">([^<]+)<`)
)

// setUpFactor sets up a second factor in the browser, and returns its secret and recovery codes.
func (b *browser) setUpFactor(next string) (secret string, codes []string) {
	b.app.t.Helper()
	page := b.get("/account/second-factor?next=" + url.QueryEscape(next))
	setup, key := setupValue.FindStringSubmatch(page.body), factorKey.FindStringSubmatch(page.body)
	if setup == nil || key == nil || !strings.Contains(page.body, `class="qr"`) {
		b.app.t.Fatalf("the set-up: %v", page)
	}
	secret = strings.ReplaceAll(key[1], " ", "")
	r := b.post("/account/second-factor", url.Values{
		"setup": {setup[1]}, "code": {b.app.codeOf(secret)}, "next": {next},
	})
	found := recoveries.FindStringSubmatch(r.body)
	if r.status != http.StatusOK || found == nil {
		b.app.t.Fatalf("the recovery codes: %v", r)
	}
	return secret, strings.Fields(found[1])
}

func (a *app) codeOf(secret string) string {
	a.t.Helper()
	code, err := totp.GenerateCode(secret, a.clock.Now())
	a.must(err)
	return code
}

func (b *browser) sendPassword(next string) reply {
	b.app.t.Helper()
	return b.post("/signin", url.Values{
		"email": {memberEmail}, "password": {password}, "next": {next},
	})
}

func TestSignInWithASecondFactor(t *testing.T) {
	a := newApp(t)
	owner := a.signIn(memberEmail)
	secret, codes := owner.setUpFactor("")
	if page := owner.get("/account"); !strings.Contains(page.body, "10 recovery codes") ||
		strings.Contains(page.body, secret) {
		t.Errorf("the account's page: %v", page)
	}
	b := a.browser()
	if r := b.get("/signin/code"); r.status != http.StatusSeeOther || r.header.Get("Location") != "/signin" {
		t.Errorf("without a password: %v", r)
	}
	r := b.sendPassword("/shares?q=x")
	if r.status != http.StatusSeeOther || r.header.Get("Location") != "/signin/code?next=%2Fshares%3Fq%3Dx" {
		t.Fatalf("the first step: %v", r)
	}
	if r := b.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("signed in by the password alone: %v", r)
	}
	page := b.get(r.header.Get("Location"))
	if page.status != http.StatusOK || !strings.Contains(page.body, memberEmail) ||
		!strings.Contains(page.body, `value="/shares?q=x"`) {
		t.Errorf("the second step: %v", page)
	}
	r = b.post("/signin/code", url.Values{"code": {"123"}, "next": {"/shares?q=x"}})
	if r.status != http.StatusUnauthorized || r.errors()[0] != "code_invalid" ||
		!strings.Contains(r.body, `value="/shares?q=x"`) {
		t.Errorf("a wrong code: %v", r)
	}
	a.clock.advance(31 * time.Second)
	r = b.post("/signin/code", url.Values{"code": {a.codeOf(secret)}, "next": {"/shares?q=x"}})
	if r.status != http.StatusSeeOther || r.header.Get("Location") != "/shares?q=x" {
		t.Fatalf("the right code: %v", r)
	}
	if r := b.get("/shares"); r.status != http.StatusOK {
		t.Errorf("signed in: %v", r)
	}
	if r := b.get("/signin/code"); r.status != http.StatusSeeOther {
		t.Errorf("the proof is still there: %v", r)
	}
	b = a.browser()
	b.sendPassword("")
	r = b.post("/signin/code", url.Values{"code": {codes[0]}, "next": {"https://evil.example/"}})
	if r.status != http.StatusSeeOther || r.header.Get("Location") != "/items" {
		t.Errorf("a recovery code: %v", r)
	}
	for _, text := range []string{secret, codes[0], codes[1], a.codeOf(secret)} {
		if strings.Contains(a.log.String(), text) {
			t.Errorf("the log has %q", text)
		}
	}
}

// TestAFormWaitsThroughTwoSteps asserts that a form whose session ended comes back after both steps.
func TestAFormWaitsThroughTwoSteps(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	secret, _ := b.setUpFactor("")
	a.clock.advance(account.Idle)
	r := b.post(itemPath(a.item)+"/share", url.Values{
		"access": {"recipients"}, "recipients": {"typed@client.example"},
		"typed_by": {a.users[memberEmail].ID},
	})
	kept := regexp.MustCompile(`name="kept" value="([^"]+)"`).FindStringSubmatch(r.body)
	if kept == nil {
		t.Fatalf("not kept: %v", r)
	}
	r = b.post("/signin/resume", url.Values{
		"email": {memberEmail}, "password": {password}, "kept": {kept[1]},
	})
	if r.status != http.StatusOK || !strings.Contains(r.body, kept[1]) ||
		!strings.Contains(r.body, `action="/signin/code"`) {
		t.Fatalf("the second step: %v", r)
	}
	r = b.post("/signin/code", url.Values{"code": {"1"}, "kept": {kept[1]}})
	if r.status != http.StatusUnauthorized || !strings.Contains(r.body, kept[1]) {
		t.Fatalf("a wrong code: %v", r)
	}
	r = b.post("/signin/code", url.Values{"code": {a.codeOf(secret)}, "kept": {kept[1]}})
	if r.status != http.StatusOK || !strings.Contains(r.body, "typed@client.example") {
		t.Errorf("the form: %v", r)
	}
}

func TestRequiredSecondFactor(t *testing.T) {
	a := newApp(t)
	boss := a.signIn(adminEmail)
	if r := boss.post("/admin/second-factor", url.Values{"require": {"on"}}); r.status != http.StatusSeeOther {
		t.Fatal(r)
	}
	page := boss.get("/admin/users?done=signin")
	if !strings.Contains(page.body, "checked") || strings.Count(page.body, "No second factor") != 4 {
		t.Errorf("the people: %v", page)
	}
	b := a.browser()
	r := b.sendPassword("/shares?q=x")
	if r.status != http.StatusSeeOther ||
		r.header.Get("Location") != "/account/second-factor?next=%2Fshares%3Fq%3Dx" {
		t.Fatalf("led to %v", r)
	}
	before := a.dump()
	for _, row := range routeTable() {
		if row.access == account.Anyone || row.access == account.Enrolling || row.access.ForServiceAccounts() {
			continue
		}
		path := strings.NewReplacer(":vault", a.item.VaultID, ":item", a.item.ID).Replace(row.path)
		r := b.send(row.method, path, nil)
		led := r.status == http.StatusSeeOther &&
			strings.HasPrefix(r.header.Get("Location"), "/account/second-factor?next=")
		refused := r.status == http.StatusForbidden && r.errors()[0] == "second_factor_required"
		if row.method == http.MethodGet && !led || row.method == http.MethodPost && !refused {
			t.Errorf("%s %s: %v", row.method, row.path, r)
		}
		for _, name := range []string{a.team.Title, a.item.Title} {
			if strings.Contains(r.body, name) {
				t.Errorf("%s %s shows %q", row.method, row.path, name)
			}
		}
	}
	a.wantUnchanged(before, "without a second factor")
	b.setUpFactor("/shares?q=x")
	if r := b.get("/shares"); r.status != http.StatusOK {
		t.Errorf("after the set-up: %v", r)
	}
	if page := boss.get("/admin/users"); strings.Count(page.body, "No second factor") != 3 {
		t.Errorf("the people after the set-up: %v", page)
	}
	b.post("/account/second-factor/off", url.Values{"off": {password}})
	if r := b.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("turned off: %v", r)
	}
	if r := b.post("/signout", nil); r.status != http.StatusSeeOther {
		t.Errorf("signing out: %v", fmt.Sprint(r))
	}
}
