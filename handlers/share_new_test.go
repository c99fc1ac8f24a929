package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"itemshare/client"
)

// TestShareSomethingNew asserts that a text and files are shared with one form, that nothing links to
// an item, and that the history says that it is from no vault.
func TestShareSomethingNew(t *testing.T) {
	a := newApp(t)
	b := a.signIn(otherEmail)
	token := formWithAction(t, b.get("/share").body, "/share").Get("token")
	body, kind := multipartOf(t, url.Values{
		"title": {"Door"}, "text": {"line 1\r\nline 2"}, "access": {"anyone"}, "one_time": {"on"},
		"recipients": {"ignored@client.example"}, "token": {token},
	}, [2]string{"a.txt", "first"}, [2]string{"", ""}, [2]string{"b.txt", "second"})
	r := b.do(http.MethodPost, "/share", body, "Content-Type", kind)
	link, id := linkInput.FindStringSubmatch(r.body), shareAddress.FindStringSubmatch(r.body)
	if r.status != http.StatusCreated || link == nil || strings.Contains(r.body, "/items/") {
		t.Fatalf("%v", r)
	}
	opened := a.openLink(link[1])
	if opened.Title != "Door" || opened.Fields[0].Value != "line 1\nline 2" || len(opened.Files) != 2 ||
		opened.Files[1].Name != "b.txt" ||
		opened.Files[1].Size != 6 {
		t.Errorf("content %+v", opened)
	}
	for _, page := range []string{"/shares", "/shares/" + id[1]} {
		if got := b.get(page).body; !strings.Contains(got, "Not from a vault") ||
			strings.Contains(got, "/items/") || strings.Contains(got, "Share again") {
			t.Errorf("%s: %s", page, got)
		}
	}
	csv := b.get("/shares.csv").body
	if !strings.Contains(csv, id[1]+",Door,,") {
		t.Errorf("CSV %q", csv)
	}
	form := url.Values{"access": {"anyone"}, "text": {"again"}, "token": {token}}
	if r = b.post("/share", form); r.status != http.StatusConflict ||
		r.errors()[0] != "already_created" {
		t.Errorf("the same form twice: %v", r)
	}
}

// TestShareSomethingNewProblems asserts that a refused form comes back with what was typed.
func TestShareSomethingNewProblems(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	for what, c := range map[string]struct {
		form   url.Values
		status int
		code   string
	}{
		"nothing": {url.Values{"access": {"anyone"}, "title": {"kept title"}}, 422, "invalid"},
		"recipients": {url.Values{
			"access": {"recipients"}, "text": {"kept title"}, "recipients": {"x@"},
		}, 422, "recipient_invalid"},
		"a long title": {url.Values{
			"access": {"anyone"}, "text": {"kept title"}, "title": {strings.Repeat("x", 501)},
		}, 422, "invalid"},
	} {
		for _, header := range [][]string{nil, htmx} {
			r := b.post("/share", c.form, header...)
			if r.status != c.status || len(r.errors()) == 0 || r.errors()[0] != c.code ||
				!strings.Contains(r.body, "kept title") ||
				strings.Contains(r.body, "<html") != (header == nil) {
				t.Errorf("%s: %v", what, r)
			}
		}
	}
	body, kind := multipartOf(t, url.Values{"access": {"anyone"}}, [2]string{"a", "x"})
	late := strings.Replace(body.String(), `name="access"`, `name="file"; filename="b"`, 1)
	late = strings.Replace(late, `name="file"; filename="a"`, `name="access"`, 1)
	if r := b.do(http.MethodPost, "/share", strings.NewReader(late), "Content-Type", kind); r.status != 400 {
		t.Errorf("a field after a file: %v", r)
	}
	a.setOpenPolicy("files_allowed", "")
	if page := b.get("/share").body; strings.Contains(page, `type="file"`) ||
		!strings.Contains(page, "doesn&#39;t allow files") &&
			!strings.Contains(page, "doesn't allow files") {
		t.Error("the form offers files that the policy forbids")
	}
	off := url.Values{"max_expiry": {"OneDay"}, "default_expiry": {"OneDay"}}
	if r := a.signIn(adminEmail).post("/admin/policy", off); r.status != http.StatusSeeOther {
		t.Fatalf("set the policy: %v", r)
	}
	if r := b.post("/share", url.Values{"access": {"anyone"}, "text": {"x"}}); r.status != 422 ||
		r.errors()[0] != "policy_access" {
		t.Errorf("sharing is off: %v", r)
	}
}

// openLink opens a link for anyone as a recipient does.
func (a *app) openLink(address string) *client.OpenedShare {
	a.t.Helper()
	opened, err := client.Open(
		a.t.Context(), address, client.OpenOptions{HTTPClient: a.browser().client},
	)
	a.must(err)
	return opened
}
