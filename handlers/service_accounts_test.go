package handlers

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
)

const serviceAccountsPath = "/admin/service-accounts"

var tokenInput = regexp.MustCompile(`<input[^>]*id="service-token"[^>]*value="([^"]+)"`)

// formToken returns the one-use token of the form on a page.
func formToken(t *testing.T, r reply) string {
	t.Helper()
	found := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(r.body)
	if found == nil {
		t.Fatalf("no form: %v", r)
	}
	return found[1]
}

func TestAddServiceAccount(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	form := url.Values{
		"name": {"Deploys"}, "vaults": {a.team.ID}, "share_items": {"on"}, "lifetime": {"30"},
		"token": {formToken(t, admin.get(serviceAccountsPath))},
	}
	made := admin.post(serviceAccountsPath, form, "Accept-Encoding", "gzip")
	shown := tokenInput.FindStringSubmatch(made.body)
	if made.status != http.StatusCreated || len(shown) != 2 {
		t.Fatalf("added: %v", made)
	}
	if made.header.Get("Content-Encoding") != "" || made.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the token travels with %v", made.header)
	}
	me, err := a.accounts.AuthenticateToken(t.Context(), shown[1])
	if err != nil || !me.Program() || !me.MayShare(a.team.ID) || me.MayView(a.elsewhere.ID) {
		t.Errorf("the token opens %+v, %v", me, err)
	}
	list := admin.get(serviceAccountsPath)
	for _, want := range []string{"Deploys", "by Ada", "Team", "Read and share items", "in 30 " +
		"days", `data-state="live"`} {
		if !strings.Contains(list.body, want) {
			t.Errorf("the list does not show %q", want)
		}
	}
	again := admin.post(serviceAccountsPath, form)
	if again.status != http.StatusConflict || !slices.Contains(again.errors(), "already_created") ||
		strings.Count(again.body, `data-testid="service-account"`) != 1 {
		t.Errorf("sent twice: %v", again)
	}
	if formToken(t, again) == form.Get("token") {
		t.Error("the next form would be refused as well")
	}
	for where, text := range map[string]string{"the list": list.body, "the answer to a second " +
		"form": again.body, "the log": a.log.String(), "the database": a.dump()} {
		if strings.Contains(text, shown[1]) {
			t.Errorf("%s holds the token", where)
		}
	}
}

func TestServiceAccountProblems(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	a.must(
		a.accounts.SetGrant(
			t.Context(),
			"",
			account.Grant{UserID: a.users[adminEmail].ID, VaultID: a.readOnly.ID, View: true},
		),
	)
	tests := []struct {
		why    string
		form   url.Values
		fields []string
	}{
		{"nothing at all", url.Values{}, []string{"name", "vaults"}},
		{
			"everything wrong",
			url.Values{"name": {"A\nB"}, "vaults": {a.elsewhere.ID}, "lifetime": {"31"}},
			[]string{"name", "vaults", "lifetime"},
		},
		{
			"a vault that is not there",
			url.Values{"name": {"A"}, "vaults": {a.team.ID, "nowhere"}},
			[]string{"vaults"},
		},
		{
			"more than the admin may",
			url.Values{"name": {"A"}, "vaults": {a.team.ID, a.readOnly.ID}, "share_items": {"on"}},
			[]string{"share_items"},
		},
	}
	before := a.dump()
	for _, tt := range tests {
		tt.form.Set("token", "one-use")
		r := admin.post(serviceAccountsPath, tt.form)
		if r.status != http.StatusUnprocessableEntity || len(r.errors()) != len(tt.fields) {
			t.Errorf("%s: %d %v", tt.why, r.status, r.errors())
		}
		for _, field := range tt.fields {
			if !strings.Contains(r.body, `data-testid="problem-`+field+`"`) ||
				!strings.Contains(r.body, `href="#`+field+`"`) {
				t.Errorf("%s: nothing at %s", tt.why, field)
			}
		}
		if formToken(t, r) != "one-use" {
			t.Errorf("%s: the form's token is another one", tt.why)
		}
	}
	a.wantUnchanged(before, "refused forms")
	r := admin.post(
		serviceAccountsPath,
		url.Values{
			"name":        {"Kept <as> typed"},
			"vaults":      {a.readOnly.ID},
			"share_items": {"on"},
			"lifetime":    {"365"},
		},
	)
	for _, want := range []string{
		`value="Kept &lt;as&gt; typed"`,
		`value="` + a.readOnly.ID + `" checked`, `value="on" checked`, `value="365" selected`,
	} {
		if !strings.Contains(r.body, want) {
			t.Errorf("lost: %s", want)
		}
	}
}

func TestRevokeServiceAccount(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	program := a.addProgram("Deploys", false, a.team.ID)
	made, token := program.account, program.token
	revoke := serviceAccountsPath + "/" + made.ID + "/revoke"
	if _, err := a.accounts.AuthenticateToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if list := admin.get(serviceAccountsPath); !strings.Contains(
		list.body,
		`action="`+revoke+`"`,
	) ||
		!strings.Contains(list.body, "from the command line") {
		t.Errorf("no way to revoke: %v", list)
	}
	for range 2 { // revoking twice succeeds too
		if r := admin.post(revoke, nil); r.status != http.StatusSeeOther ||
			r.header.Get("Location") != serviceAccountsPath+"?revoked="+made.ID {
			t.Errorf("revoke: %v", r)
		}
	}
	if _, err := a.accounts.AuthenticateToken(t.Context(), token); fault.KindOf(
		err,
	) != fault.Unauthenticated {
		t.Errorf("a revoked token: %v", err)
	}
	r := admin.get(serviceAccountsPath + "?revoked=" + made.ID)
	if !strings.Contains(r.body, "Token of Deploys revoked.") ||
		!strings.Contains(r.body, `data-state="revoked"`) ||
		strings.Contains(r.body, revoke) {
		t.Errorf("afterwards: %v", r)
	}
	if r := admin.get(serviceAccountsPath + "?revoked=" + strings.Repeat("0",
		26)); strings.Contains(
		r.body, "revoked.<",
	) {
		t.Error("the page says what is not true")
	}
	if r := admin.post(serviceAccountsPath+"/nowhere/revoke",
		nil); r.status != http.StatusNotFound {
		t.Errorf("none of this id: %d", r.status)
	}
}

// TestServiceAccountsAmongPeople asserts that service accounts are named where people are, and
// never count as people.
func TestServiceAccountsAmongPeople(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	gone := a.addProgram("Nightly", false, a.team.ID).account
	a.must(a.accounts.RevokeServiceAccount(t.Context(), a.users[adminEmail].ID, gone.ID))
	made := a.addProgram("Deploys", true, a.team.ID).account
	for _, tt := range []struct {
		path, text string
		shown      bool
	}{
		{"/admin/users", "Deploys", false},
		{"/admin/vaults", "Deploys", true},
		{"/admin/vaults", "Nightly", false},
		{"/shares", `<option value="Deploys">`, true},
		{"/shares", `<option value="Nightly">`, true},
		{"/admin/audit?kind=service_account.added", "Command line", true},
		{"/admin/audit?kind=service_account.added", "Deploys", true},
		{"/admin/audit?kind=service_account.added", "Team", true},
		{"/admin/audit?kind=service_account.revoked", "Ada", true},
		{"/admin/audit?kind=service_account.revoked", "Nightly", true},
	} {
		if r := admin.get(tt.path); strings.Contains(r.body, tt.text) != tt.shown {
			t.Errorf("%s shows %q: %v, want %v", tt.path, tt.text, !tt.shown, tt.shown)
		}
	}
	for _, email := range []string{made.ID, "Deploys"} {
		r := a.browser().post("/signin", url.Values{"email": {email}, "password": {""}})
		if r.status == http.StatusSeeOther {
			t.Errorf("%s signs in as a person", email)
		}
	}
}

func TestServiceAccountsWithoutAVault(t *testing.T) {
	a := newApp(t, appOptions{vault: func(b vault.Backend) vault.Backend {
		return &unreachableVault{b, fault.Of(fault.Unavailable)}
	}})
	admin := a.signIn(adminEmail)
	made := a.addProgram("Deploys", true, a.team.ID).account
	r := admin.get(serviceAccountsPath)
	if r.status != http.StatusOK || !strings.Contains(r.body, made.Name) ||
		strings.Contains(r.body, `data-testid="service-account-form"`) {
		t.Errorf("the list without a vault: %v", r)
	}
	if r := admin.post(serviceAccountsPath, url.Values{
		"name": {"A"}, "vaults": {a.team.ID},
	}); r.status != http.StatusServiceUnavailable {
		t.Errorf("adding without a vault: %d", r.status)
	}
	if r := admin.post(serviceAccountsPath+"/"+made.ID+"/revoke",
		nil); r.status != http.StatusSeeOther {
		t.Errorf("revoking without a vault: %d", r.status)
	}
}

// TestServiceAccountExpires asserts that the page says that a token expired as soon as it did.
// TestServiceAccountForPeople: a box of the form lets a program manage people, without a vault.
func TestServiceAccountForPeople(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	made := admin.post(serviceAccountsPath, url.Values{
		"name": {"Onboarding"}, "manage_people": {"on"}, "lifetime": {"30"},
		"token": {formToken(t, admin.get(serviceAccountsPath))},
	})
	made.wantWords(t, "its page", "Can manage people, groups, and every vault and access to it.")
	p := program{browser: a.browser(), token: tokenInput.FindStringSubmatch(made.body)[1]}
	p.want(http.StatusOK, "GET", "/users", "")
	admin.get(serviceAccountsPath).wantWords(t, "the list", "Manage people", `data-state="live"`)
}

func TestServiceAccountExpires(t *testing.T) {
	a := newApp(t)
	_, token, err := a.accounts.AddServiceAccount(
		t.Context(),
		"",
		account.NewServiceAccount{Name: "A", Vaults: []string{a.team.ID}, Lifetime: time.Hour},
	)
	a.must(err)
	a.clock.advance(2 * time.Hour)
	if _, err := a.accounts.AuthenticateToken(t.Context(), string(token)); fault.KindOf(
		err,
	) != fault.Unauthenticated {
		t.Errorf("expired: %v", err)
	}
	if r := a.signIn(adminEmail).get(serviceAccountsPath); !strings.Contains(
		r.body,
		`data-state="expired"`,
	) {
		t.Errorf("the page: %v", r)
	}
}

// With htmx the form is answered in place and the address becomes the list's, so that a reload sends
// no form again.
func TestAddServiceAccountInPlace(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	form := url.Values{"vaults": {a.team.ID}, "lifetime": {"30"}}
	form.Set("token", formToken(t, admin.get(serviceAccountsPath)))
	refused := admin.post(serviceAccountsPath, form, htmx...)
	if refused.status != http.StatusUnprocessableEntity || strings.Contains(refused.body, "<html") ||
		!strings.Contains(refused.body, `id="service-accounts"`) {
		t.Errorf("without a name: %v", refused)
	}
	form.Set("name", "Deploys")
	made := admin.post(serviceAccountsPath, form, htmx...)
	if made.status != http.StatusCreated || strings.Contains(made.body, "<html") ||
		len(tokenInput.FindStringSubmatch(made.body)) != 2 ||
		!strings.HasSuffix(made.header.Get("HX-Replace-Url"), serviceAccountsPath) {
		t.Errorf("created: %v %v", made, made.header)
	}
	if made.header.Get("Cache-Control") != "no-store" || made.header.Get("Content-Encoding") != "" {
		t.Errorf("the token travels with %v", made.header)
	}
}
