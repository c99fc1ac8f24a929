package handlers

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/vault"
	"itemshare/vault/onepassword"
	"itemshare/vault/onepassword/standin"
)

var vaultItems = regexp.MustCompile(`/vaults/[^/"]+/items`)

// setUpBrowser returns the browser of the first admin, who has just been added with the code.
func setUpBrowser(t *testing.T, a *app) *browser {
	t.Helper()
	b := a.browser()
	done := b.post("/setup", setUpForm(a, nil))
	if to := done.header.Get("Location"); done.status != http.StatusSeeOther || to != "/setup/organization" {
		t.Fatalf("the first admin is led to %q: %v", to, done)
	}
	return b
}

// leads posts a form and asserts where it leads.
func (b *browser) leads(t *testing.T, path string, form url.Values, to string) {
	t.Helper()
	r := b.post(path, form)
	if r.status != http.StatusSeeOther || !strings.HasPrefix(r.header.Get("Location"), to) {
		t.Fatalf("%s leads to %q, want %s: %v", path, r.header.Get("Location"), to, r)
	}
}

// TestSetUpSteps: from the first admin to the first link, by the forms alone.
func TestSetUpSteps(t *testing.T) {
	a := newApp(t, appOptions{empty: true})
	b := setUpBrowser(t, a)
	b.get("/items").wantWords(t, "the items", "1 of 6 steps done", "/setup/organization")

	b.leads(t, "/setup/organization", url.Values{"name": {" Acme & Söhne "}}, "/setup/rules")
	a.browser().get("/signin").wantWords(t, "the sign-in", "Acme &amp; Söhne")
	b.get("/admin").wantWords(t, "the overview", "Acme &amp; Söhne", "2 of 6 steps done", "Close set-up")

	b.get("/setup/rules").wantWords(t, "the rules", ">company.example</textarea>")
	b.leads(t, "/setup/rules", url.Values{
		"rules": {"domains"}, "allowed_domains": {"company.example\npartner.example"},
	}, "/setup/email")
	b.get("/setup/rules").wantWords(t, "the rules again", "company.example\npartner.example</textarea>")

	sent := b.post("/setup/email", url.Values{"to": {"ada@company.example"}})
	sent.wantWords(t, "the test email", "mail-sent", ">Continue</a>")
	if len(a.outbox.Sent()) != 1 || a.countEvents(audit.MailTested) != 1 {
		t.Errorf("%d emails", len(a.outbox.Sent()))
	}

	b.leads(t, "/setup/vault", url.Values{"name": {"Team"}}, "/setup/item")
	page := b.get("/setup/item").body
	action := vaultItems.FindString(page)
	form := formWithAction(t, page, action)
	form.Set("title", "Wifi")
	form.Set("field.0.value", "guest")
	form.Set("field.1.value", "s3cret")
	made := b.post(action, form)
	to := made.header.Get("Location")
	if !strings.HasSuffix(to, "/share") {
		t.Fatalf("the first item leads to %q: %v", to, made)
	}
	if r := b.post(to, url.Values{"access": {"anyone"}}); r.status != http.StatusUnprocessableEntity {
		t.Errorf("the rules don't hold: %v", r)
	}
	form = url.Values{"access": {"recipients"}, "recipients": {"bob@partner.example"}}
	b.post(to, form, "HX-Request", "true").wantWords(t, "the link in place", `hx-swap-oob="true"`)
	shared := b.post(to, form)
	shared.wantWords(t, "the link", "share-link", "Everything is set up.")
	link := a.link(linkInput.FindStringSubmatch(shared.body)[1])
	link.call("peek", nil).wantWords(t, "the recipient", `"shared_by":"Ada (Acme \u0026 Söhne)"`)
	link.requestCode("bob@partner.example")
	if mail := a.outbox.Sent()[0]; !strings.HasPrefix(mail.Text, "Ada (Acme & Söhne) shared an item with you") {
		t.Errorf("the code's email: %s", mail.Text)
	}
	b.leads(t, "/setup/end", nil, "/admin")
	if r := b.get("/admin"); strings.Contains(r.body, "setup-left") {
		t.Error("a closed set-up is still shown")
	}
	b.leads(t, "/setup/rules", url.Values{"rules": {"open"}}, "/admin")
	b.get("/admin/policy").wantWords(t, "the policy", "company.example, partner.example")
}

// TestSetUpCanBeLeft: each step leads on without what it asks for, a step that is done stays done after
// a restart, and for a second admin.
func TestSetUpCanBeLeft(t *testing.T) {
	a := newApp(t, appOptions{empty: true})
	b := setUpBrowser(t, a)
	if r := b.get("/setup"); r.status != http.StatusNotFound || !strings.Contains(r.body, "setup-continue") {
		t.Errorf("the first page afterwards: %v", r)
	}
	path := "/setup/organization"
	for _, next := range []string{"/setup/rules", "/setup/email", "/setup/vault", "/setup/item", "/admin"} {
		b.get(path).wantWords(t, path, `href="`+next+`" data-testid="later">Later</a>`)
		path = next
	}
	b.leads(t, "/setup/vault", url.Values{"name": {"Team"}}, "/setup/item")
	again := newApp(t, appOptions{like: a, empty: true})
	_, err := again.accounts.AddUser(t.Context(), "", account.NewUser{
		Email: adminEmail, Name: "Bea", Role: account.Admin, Password: password,
	})
	a.must(err)
	same := again.signIn("ada@company.example")
	same.get("/items").wantWords(t, "another process", "2 of 6 steps done", "/setup/organization")
	again.signIn(adminEmail).get("/setup/vault").wantWords(t, "a second admin", "Use this vault", "Team")
	if r := again.browser().post("/setup", setUpForm(again, nil)); r.status != http.StatusNotFound {
		t.Errorf("the code works again elsewhere: %d", r.status)
	}
	b.leads(t, "/setup/end", nil, "/admin")
	if r := same.get("/items"); strings.Contains(r.body, "setup-left") {
		t.Error("another process shows a closed set-up")
	}
}

// TestSetUpProblems: a wrong value is said at its field, and nothing typed is lost.
func TestSetUpProblems(t *testing.T) {
	a := newApp(t, appOptions{empty: true})
	b := setUpBrowser(t, a)
	b.leads(t, "/setup/vault", url.Values{"name": {"Team"}}, "/setup/item")
	before := a.dump()
	for _, c := range []struct {
		path   string
		form   url.Values
		status int
		words  []string
	}{
		{"/setup/organization", url.Values{"name": {strings.Repeat("ä", 101)}}, 422, []string{
			"problem-name", strings.Repeat("ä", 101),
		}},
		{"/setup/rules", nil, 422, []string{"problem-rules"}},
		{"/setup/rules", url.Values{"rules": {"domains"}}, 422, []string{"problem-allowed_domains"}},
		{
			"/setup/rules",
			url.Values{"rules": {"domains"}, "allowed_domains": {"gmail.com"}},
			422,
			[]string{"Enter an organization", ">gmail.com</textarea>"},
		},
		{"/setup/email", url.Values{"to": {"nobody"}}, 422, []string{"problem-to", `value="nobody"`}},
		{"/setup/vault", url.Values{"name": {""}}, 422, []string{"problem-name"}},
		{"/setup/vault", url.Values{"name": {"TEAM"}}, 409, []string{"problem-name", `value="TEAM"`}},
		{"/setup/vault", url.Values{"vault": {"nowhere"}}, 422, []string{"Choose a vault."}},
	} {
		r := b.post(c.path, c.form)
		if r.status != c.status {
			t.Errorf("%s %v: %d, want %d", c.path, c.form, r.status, c.status)
		}
		r.wantWords(t, c.path, c.words...)
	}
	a.wantUnchanged(before, "by wrong values")
	b.post("/signout", nil)
	kept := b.post("/setup/rules", url.Values{"allowed_domains": {"mine.example"}}).sealedForm(t)
	back := b.post("/signin/resume", signInForm("ada@company.example", password, kept))
	back.wantWords(t, "a form whose session ended", "setup-rules", ">mine.example</textarea>")
}

// TestSetUpWithoutEmail: the steps say what to set, and which rules let nobody share.
func TestSetUpWithoutEmail(t *testing.T) {
	a := newApp(t, appOptions{empty: true, mailOff: true})
	b := setUpBrowser(t, a)
	b.get("/setup/rules").wantWords(t, "the rules", "mail-off")
	b.get("/setup/email").wantWords(t, "the email", "ITEMSHARE_SMTP", ">Later</a>")
	if r := b.post("/setup/email", url.Values{"to": {"ada@company.example"}}); r.status != 422 {
		t.Errorf("a test without email: %d", r.status)
	}
}

// TestSetUpOverAnAccount: where vaults and items are another account's, the steps choose among them.
func TestSetUpOverAnAccount(t *testing.T) {
	var ops vault.Info
	a := newApp(t, appOptions{empty: true, vault: func(vault.Backend) vault.Backend {
		elsewhere := standin.New(time.Now, rand.Reader)
		info, _, err := elsewhere.Add("Ops", []vault.Item{newLogin("", "Mail server")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		ops = info
		return onepassword.New(onepassword.Config{
			Connect: func(context.Context) (onepassword.Client, error) { return elsewhere.Client(), nil },
			Clock:   time.Now, CallTime: time.Second, Waiting: 64,
		})
	}})
	b := setUpBrowser(t, a)
	page := b.get("/setup/vault")
	page.wantWords(t, "the vaults", "your 1Password account", "Use this vault", ">Ops</option>")
	if strings.Contains(page.body, "Create vault") {
		t.Error("a vault can be created")
	}
	b.get("/setup/item").wantWords(t, "no vault yet", "Get a vault first")
	b.leads(t, "/setup/vault", url.Values{"vault": {ops.ID}}, "/setup/item")
	b.get("/setup/item").wantWords(t, "the items", "/items?vault="+ops.ID, "changed in 1Password")
	users, err := a.accounts.Users(t.Context())
	a.must(err)
	grants, err := a.accounts.GrantsOf(t.Context(), []string{users[0].ID})
	if err != nil || !slices.ContainsFunc(grants, func(g account.Grant) bool {
		return g.VaultID == ops.ID && g.Share && !g.NoReveal
	}) {
		t.Errorf("rights: %v %v", grants, err)
	}
}
