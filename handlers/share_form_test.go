package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	sdk "github.com/1password/onepassword-sdk-go"
	parser "golang.org/x/net/html"

	"itemshare/vault"
)

var htmx = []string{"HX-Request", "true"}

// shownForm is what a browser would send of the item's share form as it is shown at first.
func (b *browser) shownForm(item vault.Item) url.Values {
	b.app.t.Helper()
	path := itemPath(item) + "/share"
	return formWithAction(b.app.t, b.get(path).body, path)
}

// setOpenPolicy sets the account's policy to one that allows everything, but for one field.
func (a *app) setOpenPolicy(field, value string) {
	a.t.Helper()
	form := url.Values{
		"max_expiry": {"ThirtyDays"}, "default_expiry": {"OneDay"},
		"allowed_types": {"Authenticated", "Public"}, "files_allowed": {"on"},
		"allowed_recipient_types": {"Email", "Domain"},
	}
	form.Set(field, value)
	if r := a.signIn(adminEmail).post("/admin/policy", form); r.status != http.StatusSeeOther {
		a.t.Fatalf("set the policy: %v", r)
	}
}

// TestWhatIsIncludedAtFirst asserts which boxes are ticked on a new form: all but one-time passwords,
// tags, and files, which a document's are.
func TestWhatIsIncludedAtFirst(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	document := newLogin(a.team.ID, "Contract")
	document.Category = vault.Document
	document.Files = []vault.File{{ID: "scan", Name: "scan.pdf"}}
	document = a.addItem(document)
	want := []string{"notes", "password", "username", "websites"}
	for _, c := range []struct {
		item vault.Item
		want []string
	}{
		{a.item, want},
		{document, slices.Concat([]string{"file:" + document.Files[0].ID}, want)},
	} {
		form := b.shownForm(c.item)
		got := slices.Sorted(slices.Values(form["include"]))
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) || form.Get("chosen") != "on" {
			t.Errorf("%s includes %v, want %v", c.item.Title, got, c.want)
		}
	}
	a.setOpenPolicy("files_allowed", "")
	if form := b.shownForm(document); !slices.Equal(
		slices.Sorted(slices.Values(form["include"])),
		want,
	) {
		t.Errorf("where files aren't allowed: %v", form["include"])
	}
}

// TestIncludeAloneDecides asserts that a share has what the form's boxes say and nothing else, that
// every page about it says so, and that the same comes back when it is shared again.
func TestIncludeAloneDecides(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	file := "file:" + a.item.Files[0].ID
	text, id := b.share(a.item, url.Values{
		"chosen": {
			"on",
		}, "include": {"password", "tags", file}, "omit": {"password"}, "totp": {"on"},
	})
	content := a.link(text).content(a.link(text).open(nil))
	got := fmt.Sprint(content)
	for _, want := range []string{concealed, "ops", "plan"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing: %v", want, content)
		}
	}
	for _, left := range []string{"postmaster", seed, "Ask before", "mail.company.example"} {
		if strings.Contains(got, left) {
			t.Errorf("%s came along: %v", left, content)
		}
	}
	const words = "1 of 2 fields, 1 file, tags, one-time password not included, no notes, no websites"
	for what, body := range map[string]string{
		"the history":      b.get("/shares").body,
		"the CSV":          b.get("/shares.csv").body,
		"the share's page": b.get("/shares/" + id).body,
		"the audit log":    a.signIn(adminEmail).get("/admin/audit").body,
	} {
		if !strings.Contains(body, words) {
			t.Errorf("%s doesn't say %q", what, words)
		}
	}
	if r := b.get("/shares/" + id); strings.Count(r.body, `data-testid="included-part"`) != 3 {
		t.Error("the share's page doesn't list what was included by name")
	}
	again := b.get(itemPath(a.item) + "/share?from=" + id).body
	form := formWithAction(t, again, itemPath(a.item)+"/share")
	names := slices.Sorted(slices.Values(form["include"]))
	if !slices.Equal(names, []string{file, "password", "tags"}) {
		t.Errorf("shared again with %v", names)
	}
}

// TestTheLinkSaysWhatIsIncluded asserts that the link's page and its message do.
func TestTheLinkSaysWhatIsIncluded(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	const words = "Included: 2 fields, 1 file, tags, one-time password not included"
	r := b.post(
		itemPath(a.item)+"/share",
		url.Values{"access": {"anyone"}, "files": {"on"}},
		htmx...)
	if r.status != http.StatusCreated || strings.Count(r.body, words) != 2 {
		t.Errorf("%d times on the link's page: %v", strings.Count(r.body, words), r)
	}
	if got := r.header.Get("HX-Replace-Url"); !strings.HasPrefix(got, "/shares/") {
		t.Errorf("the address becomes %q", got)
	}
	if r.header.Get("Cache-Control") != "no-store" || r.header.Get("Content-Encoding") != "" {
		t.Errorf("the link can be stored, or is compressed: %v", r.header)
	}
}

func TestIncludeOfWhatIsGone(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	form := url.Values{
		"access": {"anyone"}, "chosen": {"on"}, "include": {"password", "removed"},
	}
	r := b.post(itemPath(a.item)+"/share", form, htmx...)
	if r.status != http.StatusUnprocessableEntity ||
		!slices.Equal(r.errors(), []string{"invalid"}) {
		t.Fatalf("%v", r)
	}
	r.wantWords(t, "the form again", `href="#include"`, "no longer in this item")
	back := formWithAction(t, r.body, itemPath(a.item)+"/share")
	if !slices.Equal(back["include"], []string{"password"}) {
		t.Errorf("the form comes back with %v", back["include"])
	}
}

// terms posts a share form's choices for its summary.
func (b *browser) terms(item vault.Item, form url.Values) reply {
	b.app.t.Helper()
	r := b.post(itemPath(item)+"/share/terms", form, htmx...)
	if r.status != http.StatusOK {
		b.app.t.Errorf("terms: %v", r)
	}
	return r
}

// TestTermsOfAShareForm asserts that the fragment says what would become of the choices so far, in
// the words that the link's page has afterwards, and that it brings the limits only where the form
// shows others.
func TestTermsOfAShareForm(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	form := b.shownForm(a.item)
	before := a.dump()
	r := b.terms(a.item, form)
	r.wantWords(t, "at first", "Anyone with the link can view this until", "unlimited views",
		"Included: 2 fields, no file, one-time password not included.", "!access-choices")
	form.Set("access", "recipients")
	b.terms(a.item, form).wantWords(t, "nobody named", "Add at least one email address or domain.",
		"!can view this until")
	form.Set("recipients", "ann@client.example\npartner.example")
	form.Set("one_time", "on")
	form.Set("include", "password")
	b.terms(a.item, form).wantWords(t, "two recipients",
		"One person and anyone at partner.example can view this until", "one view per person",
		"Included: 1 of 2 fields", "1 of 2 fields, no file, no one-time password, no notes, no websites")
	form.Set("recipients", "ann@\nbob@\npartner.example")
	b.terms(a.item, form).wantWords(t, "wrong ones", "Fix or remove the 2 entries marked above.")
	a.wantUnchanged(before, "asking for the terms")

	a.setOpenPolicy("max_expiry", "OneDay")
	form.Set("recipients", "ann@client.example")
	form.Set("expire_after", "ThirtyDays")
	r = b.terms(a.item, form)
	r.wantWords(t, "a policy that changed meanwhile", "The account policy allows 1 day at most.",
		`id="access-choices" hx-swap-oob="true"`, `id="expiry-choices" hx-swap-oob="true"`,
		"!can view this until")
	if r := b.terms(a.item, form); !strings.Contains(r.body, "access-choices") {
		t.Error("a form that shows other limits doesn't get today's")
	}
}

// TestFilesNarrowTheTerms asserts that choosing a file brings the limits of links with files into the
// form, where an account sets them, and that what was chosen before stays, with the reason.
func TestFilesNarrowTheTerms(t *testing.T) {
	a := newNativeApp(t)
	hour := sdk.ItemShareDurationOneHour
	a.account.SetPolicy(sdk.ItemShareAccountPolicy{
		MaxExpiry: sdk.ItemShareDurationSevenDays, DefaultExpiry: sdk.ItemShareDurationOneDay,
		AllowedTypes: []sdk.AllowedType{sdk.AllowedTypePublic, sdk.AllowedTypeAuthenticated},
		Files:        sdk.ItemShareFiles{Allowed: true, MaxSize: 1 << 20, MaxExpiry: &hour},
	})
	a.signIn(adminEmail).post("/admin/policy/links", url.Values{"links_by": {"itemshare"}})
	form := a.shownForm(a.fileItem)
	form.Set("expire_after", "SevenDays")
	a.terms(a.fileItem, form).wantWords(t, "without the file", "can view this until", "no file",
		"!expiry-choices")
	form.Add("include", "file:"+a.fileItem.Files[0].ID)
	r := a.terms(a.fileItem, form)
	const limit = "Your 1Password account allows 1 hour at most."
	r.wantWords(t, "with the file", limit, `id="expiry-choices" hx-swap-oob="true"`,
		"!can view this until")
	sent := parsedControls(t, r.body)
	if got := sent.Get("expire_after"); got != "SevenDays" {
		t.Errorf("the chosen expiry becomes %q", got)
	}
	form.Set("expire_after", "OneHour")
	form.Set("shown", sent.Get("shown"))
	a.terms(a.fileItem, form).wantWords(t, "corrected", "can view this until", ", 1 file,",
		"!expiry-choices")
}

func parsedControls(t *testing.T, body string) url.Values {
	t.Helper()
	document, err := parser.Parse(strings.NewReader("<form>" + body + "</form>"))
	if err != nil {
		t.Fatal(err)
	}
	for form := range document.Descendants() {
		if form.Data == "form" {
			return valuesOf(controlsOf(document, form))
		}
	}
	return nil
}
