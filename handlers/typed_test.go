package handlers

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/account"

	parser "golang.org/x/net/html"
)

// formWithAction returns what a browser would send of the form with this action.
func formWithAction(t testing.TB, body, action string) url.Values {
	t.Helper()
	document, err := parser.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for form := range document.Descendants() {
		if form.Data == "form" && attribute(form, "action") == action &&
			strings.EqualFold(attribute(form, "method"), "post") {
			return valuesOf(controlsOf(document, form))
		}
	}
	t.Fatalf("no form is sent to %s: %.3000s", action, body)
	return nil
}

func valuesOf(controls []*parser.Node) url.Values {
	sent := url.Values{}
	for _, n := range controls {
		name, kind := attribute(n, "name"), attribute(n, "type")
		switch {
		case name == "" || hasAttribute(n, "disabled") || n.Data == "button" || kind == "file":
		case kind == "checkbox" || kind == "radio":
			if hasAttribute(n, "checked") {
				sent.Add(name, attribute(n, "value"))
			}
		case n.Data == "select":
			for option := range n.Descendants() {
				if hasAttribute(option, "selected") {
					sent.Add(name, attribute(option, "value"))
				}
			}
		case n.Data == "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			sent.Add(name, text)
		default:
			sent.Add(name, attribute(n, "value"))
		}
	}
	return sent
}

const sessionEndedText = "Sign in to continue. What you typed is kept."

var keptInput = regexp.MustCompile(`name="kept" value="([^"]+)"`)

// sealedForm returns the sealed form of a sign-in page.
func (r reply) sealedForm(t *testing.T) string {
	t.Helper()
	found := keptInput.FindStringSubmatch(r.body)
	if r.status != http.StatusUnauthorized || found == nil ||
		!strings.Contains(r.body, sessionEndedText) {
		t.Fatalf("nothing is kept: %v", r)
	}
	return found[1]
}

func signInForm(email, word, kept string) url.Values {
	return url.Values{"email": {email}, "password": {word}, "kept": {kept}}
}

// filledShareForm returns the share form of the team's item, filled in in the browser.
func filledShareForm(t *testing.T, b *browser) url.Values {
	t.Helper()
	path := itemPath(b.app.item) + "/share"
	form := formWithAction(t, b.get(path).body, path)
	form.Set("access", "recipients")
	form.Set("recipients", "ann@client.example\nzoë <b>@client.example")
	form.Set("expire_after", "OneHour")
	form.Set("one_time", "on")
	form["include"] = []string{"username", "tags"}
	return form
}

// TestNothingTypedIsLost asserts that the share form comes back after signing in, however the
// session ended, that it creates nothing by itself, and that it works.
func TestNothingTypedIsLost(t *testing.T) {
	for why, end := range map[string]func(a *app, b *browser){
		"not used for half an hour": func(a *app, _ *browser) { a.clock.advance(31 * time.Minute) },
		"twelve hours": func(a *app, b *browser) {
			for range 26 {
				a.clock.advance(29 * time.Minute)
				b.get("/items")
			}
		},
		"signed out in another tab": func(_ *app, b *browser) { b.post("/signout", nil) },
		"the password changed": func(a *app, _ *browser) {
			a.must(a.accounts.SetPassword(t.Context(), "", memberEmail, password))
		},
		"the browser forgot its cookies": func(a *app, b *browser) {
			b.client.Jar = a.browser().client.Jar
		},
	} {
		t.Run(why, func(t *testing.T) {
			a := newApp(t)
			b := a.signIn(memberEmail)
			path, form := itemPath(a.item)+"/share", filledShareForm(t, b)
			end(a, b)
			before := a.dump()
			r := b.post(path, form)
			kept := r.sealedForm(t)
			if strings.Contains(r.body, "ann@client") || a.dump() != before {
				t.Error("what was typed is readable, or something was stored")
			}
			r = b.post("/signin/resume", signInForm(memberEmail, "wrong", kept))
			if !slices.Contains(r.errors(), "signin_failed") {
				t.Fatal(r)
			}
			kept = keptInput.FindStringSubmatch(r.body)[1]
			r = b.post("/signin/resume", signInForm(memberEmail, password, kept))
			if r.status != http.StatusOK || !strings.Contains(r.body, `data-testid="typed-back"`) ||
				!strings.Contains(r.body, `id="share-form"`) {
				t.Fatal(r)
			}
			again := formWithAction(t, r.body, path)
			for name := range form {
				if !slices.Equal(again[name], form[name]) {
					t.Errorf("%s is %q, was typed as %q", name, again[name], form[name])
				}
			}
			if n := strings.Count(b.get("/shares").body, path); n != 0 {
				t.Error("a link was created by itself")
			}
			again.Set("recipients", "ann@client.example")
			if r := b.post(path, again); r.status != http.StatusCreated {
				t.Error(r)
			}
			if strings.Contains(a.log.String(), "ann@client") || strings.Contains(a.log.String(), kept) {
				t.Error("the log has what was typed")
			}
		})
	}
}

// TestTypedFormsAreTheirOwners asserts that a kept form is shown only to its user, in the same
// browser and for a quarter of an hour.
func TestTypedFormsAreTheirOwners(t *testing.T) {
	for why, c := range map[string]struct {
		email  string
		before func(a *app, b *browser)
		change func(kept string) string
	}{
		"another user": {email: adminEmail},
		"another user, without cookies": {
			email:  adminEmail,
			before: func(a *app, b *browser) { b.client.Jar = a.browser().client.Jar },
		},
		"another browser": {
			email:  memberEmail,
			before: func(a *app, b *browser) { b.client.Jar = a.signIn(memberEmail).client.Jar },
		},
		"too late": {
			email:  memberEmail,
			before: func(a *app, _ *browser) { a.clock.advance(16 * time.Minute) },
		},
		"changed": {
			email:  memberEmail,
			change: func(kept string) string { return kept[:40] + "A" + kept[41:] + "AAAA" },
		},
		"made up": {email: memberEmail, change: func(string) string { return "AAAA" }},
	} {
		t.Run(why, func(t *testing.T) {
			a := newApp(t)
			b := a.signIn(memberEmail)
			form := filledShareForm(t, b)
			if why == "another user, without cookies" {
				c.before(a, b)
				c.before = nil
			} else {
				a.clock.advance(31 * time.Minute)
			}
			kept := b.post(itemPath(a.item)+"/share", form).sealedForm(t)
			if c.before != nil {
				c.before(a, b)
			}
			if c.change != nil {
				kept = c.change(kept)
			}
			r := b.post("/signin/resume", signInForm(c.email, password, kept))
			if r.status != http.StatusOK || strings.Contains(r.body, "ann@client") ||
				!strings.Contains(r.body, `data-testid="form-gone"`) {
				t.Error(r)
			}
			if r := b.get("/items"); r.status != http.StatusOK {
				t.Errorf("signed in: %v", r)
			}
		})
	}
}

// TestEveryFormIsKept asserts that every form in the table of routes, new ones too, comes back
// after signing in with each value.
func TestEveryFormIsKept(t *testing.T) {
	a := newAppWithCallers(t)
	_, share := a.browsers[1].share(
		a.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}},
	)
	walked := 0
	for _, r := range routeTable() {
		if r.method != http.MethodPost || r.shape != page || r.access == account.Anyone {
			continue
		}
		walked++
		key, path := r.method+" "+r.path, a.fillPattern(r.path, "seen", share)
		who := memberEmail
		if routeTests[key].want[1] == http.StatusForbidden {
			who = adminEmail
		}
		form := url.Values{"a later field": {"of <some> text"}}
		for name, values := range routeTests[key].form {
			form[name] = values
		}
		b := a.signIn(who)
		b.post("/signout", nil)
		kept := b.post(path, form).sealedForm(t)
		back := b.post("/signin/resume", signInForm(who, password, kept))
		text := html.UnescapeString(back.body)
		for name, values := range form {
			for _, value := range values {
				if back.status != http.StatusOK || !strings.Contains(text, value) {
					t.Errorf("%s: %s %q is not on the page: %d", key, name, value, back.status)
				}
			}
		}
	}
	if walked < 8 {
		t.Errorf("only %d forms", walked)
	}
}

// TestStrangersKeepLittle asserts that a browser in which nobody signed in yet keeps only a small
// form.
func TestStrangersKeepLittle(t *testing.T) {
	a := newApp(t)
	path := itemPath(a.item) + "/share"
	long := url.Values{
		"recipients": {strings.Repeat("x", 20<<10)}, ownerField: {a.users[memberEmail].ID},
	}
	before := a.dump()
	r := a.browser().post(path, long)
	if r.status != http.StatusUnauthorized || keptInput.MatchString(r.body) ||
		!strings.Contains(r.body, "too long to keep") {
		t.Errorf("a stranger's: %v", r)
	}
	if a.dump() != before {
		t.Error("something was stored")
	}
	stranger := a.browser()
	sent := signInForm(memberEmail, password, strings.Repeat("x", publicBodyLimit))
	if r := stranger.post("/signin/resume", sent); r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a stranger who kept nothing: %v", r)
	}
	long.Set("recipients", strings.Repeat("x", 15<<10))
	r = stranger.post(path, long)
	r = stranger.post("/signin/resume", signInForm(memberEmail, password, r.sealedForm(t)))
	if r.status != http.StatusOK || !strings.Contains(r.body, long.Get("recipients")) {
		t.Errorf("a browser without cookies: %d", r.status)
	}
	b := a.signIn(memberEmail)
	a.clock.advance(31 * time.Minute)
	long.Set("recipients", strings.Repeat("y", 150<<10))
	r = b.post("/signin/resume", signInForm(memberEmail, password, b.post(path, long).sealedForm(t)))
	if r.status != http.StatusOK || !strings.Contains(r.body, long.Get("recipients")) {
		t.Errorf("a long form: %d", r.status)
	}
	a.clock.advance(31 * time.Minute)
	long.Set("recipients", strings.Repeat("z", 170<<10))
	if r := b.post(path, long); keptInput.MatchString(r.body) ||
		!strings.Contains(r.body, "too long to keep") {
		t.Errorf("beyond what fits: %v", r)
	}
}

// TestFilesOfAFormAreNotKept asserts that files are not kept and that the page says so.
func TestFilesOfAFormAreNotKept(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	a.clock.advance(31 * time.Minute)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	a.must(form.WriteField("recipients", "ann@client.example"))
	file, err := form.CreateFormFile("file", "secret.txt")
	a.must(err)
	_, err = file.Write([]byte("a file's content"))
	a.must(err)
	a.must(form.WriteField("expire_after", "OneHour"))
	a.must(form.Close())
	path := itemPath(a.item) + "/share"
	r := b.do(http.MethodPost, path, &body, "Content-Type", form.FormDataContentType())
	r = b.post("/signin/resume", signInForm(memberEmail, password, r.sealedForm(t)))
	sent := formWithAction(t, r.body, path)
	if !strings.Contains(r.body, "Choose them again") || strings.Contains(r.body, "content") &&
		strings.Contains(r.body, "a file's content") ||
		sent.Get("recipients") != "ann@client.example" || sent.Get("expire_after") != "OneHour" {
		t.Errorf("%v: %v", sent, r)
	}
}

// TestSignInAgainInPlace asserts that htmx gets the sign-in form for the page that it is on.
func TestSignInAgainInPlace(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	form := filledShareForm(t, b)
	a.clock.advance(31 * time.Minute)
	r := b.post(itemPath(a.item)+"/share", form, "HX-Request", "true")
	r.sealedForm(t)
	if strings.Contains(r.body, "<html") || r.header.Get("HX-Redirect") != "" {
		t.Error(r)
	}
}

func signed(page, owner string) string {
	var to bytes.Buffer
	signForms(&to, []byte(page), owner)
	return to.String()
}

// TestSignForms: each form that is posted gets the owner right after its tag, and nothing else changes.
func TestSignForms(t *testing.T) {
	const field = `<input type="hidden" name="typed_by" value="ada">`
	for page, want := range map[string]string{
		`<p>none</p>`:                       `<p>none</p>`,
		`<form method="get"><input></form>`: `<form method="get"><input></form>`,
		`a<form id="x" method="post" class="y">b</form>c<form method="post">d`: "" +
			`a<form id="x" method="post" class="y">` + field + `b</form>c<form method="post">` + field + `d`,
		`<formula method="post">`:       `<formula method="post">`,
		`<form data-method="post">`:     `<form data-method="post">`,
		"<form\n\tmethod=\"post\">":     "<form\n\tmethod=\"post\">" + field,
		`cut <form method="post"`:       `cut <form method="post"`,
		`<form><form method="post">end`: `<form><form method="post">` + field + `end`,
	} {
		if got := signed(page, "ada"); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", page, got, want)
		}
	}
	if got := signed(`<form method="post">`, ""); got != `<form method="post">` {
		t.Errorf("without an owner: %s", got)
	}
}
