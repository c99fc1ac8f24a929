package handlers

import (
	"context"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"itemshare/vault"
)

func TestShareForm(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	r := b.get(itemPath(a.item) + "/share")
	if r.status != http.StatusOK || !strings.Contains(r.body, `id="share-form"`) {
		t.Fatalf("form: %v", r)
	}
	token := regexp.MustCompile(`name="token" value="([^"]{16,})"`)
	one, two := token.FindStringSubmatch(r.body), token.FindStringSubmatch(
		b.get(itemPath(a.item)+"/share").body,
	)
	if one == nil || two == nil || one[1] == two[1] {
		t.Fatalf("each form has a token of its own: %q %q", one, two)
	}
	form := url.Values{"access": {"anyone"}, "token": {one[1]}}
	first := b.post(itemPath(a.item)+"/share", form)
	if first.status != http.StatusCreated || !linkInput.MatchString(first.body) {
		t.Fatalf("share: %v", first)
	}
	if got := first.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the page with the link is %q", got)
	}
	again := b.post(itemPath(a.item)+"/share", form)
	made := shareAddress.FindStringSubmatch(first.body)
	if again.status != http.StatusConflict || !slices.Contains(again.errors(), "already_created") ||
		!strings.Contains(again.body, made[0]) {
		t.Errorf("the form sent twice: %v", again)
	}
	if linkInput.MatchString(again.body) {
		t.Error("the link is shown twice")
	}
}

func TestEveryProblemAtOnceAtItsField(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	r := b.post(itemPath(a.item)+"/share", url.Values{
		"access": {"recipients"}, "recipients": {"ann@client.example, " +
			"not-an-address\ngmail.com"}, "expire_after": {"Forever"},
	})
	got := r.errors()
	if r.status != http.StatusUnprocessableEntity || len(got) < 3 {
		t.Errorf("want a problem for each of three mistakes, have %v", got)
	}
	for _, code := range []string{"recipient_invalid", "invalid"} {
		if !slices.Contains(got, code) {
			t.Errorf("no %s among %v", code, got)
		}
	}
	if !strings.Contains(r.body, "ann@client.example") {
		t.Error("what was typed is lost")
	}
	if r := b.post(itemPath(a.item)+"/share",
		url.Values{"access": {"recipients"}}); !slices.Contains(
		r.errors(), "recipient_missing",
	) {
		t.Errorf("nobody named: %v", r.errors())
	}
}

func TestMailOff(t *testing.T) {
	a := newApp(t, appOptions{mailOff: true})
	b := a.signIn(memberEmail)
	r := b.post(
		itemPath(a.item)+"/share",
		url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}},
	)
	if r.status != http.StatusUnprocessableEntity || !slices.Contains(r.errors(), "mail_off") {
		t.Errorf("named people without a mail server: %v", r.errors())
	}
	b.share(a.item, nil)
}

func TestRecipientsFragment(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	r := b.post(
		itemPath(a.item)+"/share/recipients",
		url.Values{"recipients": {"Ann@Client.example; partner.example wrong@", "gmail.com"}},
		"HX-Request", "true",
	)
	if r.status != http.StatusOK || strings.Contains(r.body, "<html") {
		t.Fatalf("recipients: %v", r)
	}
	for _, want := range []string{
		`data-recipient="ann@client.example"`, `data-kind="email"`,
		`data-recipient="partner.example"`, `data-kind="domain"`,
	} {
		if !strings.Contains(r.body, want) {
			t.Errorf("no %s in %s", want, r.body)
		}
	}
	if got := len(r.errors()); got != 2 {
		t.Errorf("%d wrong recipients, want 2", got)
	}
}

// TestPastedRecipients asserts that the form, the fragment and the API answer alike for each row
// of the table of address.List.
func TestPastedRecipients(t *testing.T) {
	text, err := os.ReadFile("../address/testdata/lists.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Why, Text string
		Want      []string
	}
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) < 50 {
		t.Fatal(len(cases), err)
	}
	a := newApp(t)
	b, p := a.signIn(memberEmail), a.addProgram("Deploy", true, a.team.ID)
	for _, c := range cases {
		var good []string
		wrong := 0
		for _, want := range c.Want {
			if strings.HasPrefix(want, "!") || strings.HasSuffix(want, "?") {
				wrong++
			} else {
				good = append(good, strings.TrimPrefix(want, "@"))
			}
		}
		r := b.post(
			itemPath(a.item)+"/share/recipients", url.Values{"recipients": {c.Text}},
			"HX-Request", "true",
		)
		if got := attributes(r.body, "data-recipient"); !slices.Equal(got, good) {
			t.Errorf("%s: the fragment shows %q, want %q", c.Why, got, good)
		}
		if got := len(r.errors()); got != wrong {
			t.Errorf("%s: %d wrong recipients, want %d", c.Why, got, wrong)
		}
		body, _ := json.Marshal(map[string][]string{"recipients": {c.Text}})
		answer := p.call("POST", itemPath(a.item)+"/recipients", string(body))
		if (answer.status == http.StatusOK) != (wrong == 0 && len(good) > 0) {
			t.Errorf("%s: the API answers %v", c.Why, answer)
		}
		for _, address := range good {
			if wrong == 0 && !strings.Contains(answer.body, `"`+address+`"`) {
				t.Errorf("%s: the API lacks %s: %s", c.Why, address, answer.body)
			}
		}
	}
	b.share(a.item, url.Values{
		"access":     {"recipients"},
		"recipients": {"Jane Doe <jane@corp.example>; Max <max@corp.example>"},
	})
	if r := b.get("/shares?q=Max+%3Cmax@corp.example%3E."); !strings.Contains(r.body, "max@corp.example") {
		t.Error("the history doesn't find a share by a pasted address")
	}
}

// attributes returns the values of an attribute in a page.
func attributes(body, name string) (all []string) {
	for _, match := range regexp.MustCompile(name+`="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		all = append(all, html.UnescapeString(match[1]))
	}
	return all
}

func TestNewLinkForTheSamePeople(t *testing.T) {
	a := newApp(t)
	b, other := a.signIn(memberEmail), a.signIn(otherEmail)
	_, id := b.share(
		a.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}},
	)
	again := itemPath(a.item) + "/share?from=" + id
	r := b.get(again)
	if r.status != http.StatusOK || !strings.Contains(r.body, "ann@client.example") {
		t.Fatalf("the form again: %v", r)
	}
	if r := b.get(itemPath(a.item) + "/share?from=nothing"); r.status != http.StatusNotFound {
		t.Errorf("from a share that is not there: %d", r.status)
	}
	if r := other.get(itemPath(a.hidden) + "/share?from=" + id); r.status != http.StatusNotFound {
		t.Errorf("from somebody else's share: %d", r.status)
	}
	_, replaced := b.share(a.item, url.Values{"from": {id}, "replace": {"on"}})
	if r := b.get("/shares?status=revoked"); !strings.Contains(r.body, "/shares/"+id) ||
		strings.Contains(r.body, "/shares/"+replaced) {
		t.Error("replacing a link must revoke the earlier one and no other")
	}
}

func TestPreviewShowsTheChoices(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	r := b.post(
		itemPath(a.item)+"/share/preview", url.Values{"access": {"anyone"}, "omit": {"username"}},
	)
	if r.status != http.StatusOK || strings.Contains(r.body, "postmaster") ||
		strings.Contains(r.body, concealed) ||
		strings.Contains(r.body, "one-time password</") {
		t.Errorf("preview: %v", r)
	}
	r = b.post(itemPath(a.item)+"/share/preview", url.Values{"access": {"anyone"}, "totp": {"on"}})
	if !strings.Contains(r.body, "data-codes=") || strings.Contains(r.body, seed) {
		t.Errorf("preview with a one-time password: %v", r)
	}
	if log := a.signIn(adminEmail).get("/admin/audit?kind=item.revealed").body; strings.Count(
		log, "data-testid=\"event\"") != 1 {
		t.Errorf("want one event for the codes of a preview: %s", log)
	}
	if made := strings.Count(b.get("/shares.csv").body, "\n") - 1; made != 0 {
		t.Errorf("a preview made %d shares", made)
	}
}

// slowFileVault is a vault whose items have a file; it calls before when the file is opened.
type slowFileVault struct {
	vault.Backend
	before func()
}

func (v *slowFileVault) Item(ctx context.Context, vaultID, itemID string) (vault.Item, error) {
	item, err := v.Backend.Item(ctx, vaultID, itemID)
	item.Files = append(item.Files, vault.File{ID: "slow", Name: "slow.txt", Size: 4})
	return item, err
}

func (v *slowFileVault) OpenFile(context.Context, string, string, string) (io.ReadCloser, error) {
	v.before()
	return io.NopCloser(strings.NewReader("slow")), nil
}

// TestShareUnderAReplacedPolicy asserts that the form comes back with everything that was typed,
// and that no share is live, if a stricter policy is saved and links are revoked while a file is
// copied.
func TestShareUnderAReplacedPolicy(t *testing.T) {
	slow := &slowFileVault{}
	a := newApp(
		t, appOptions{vault: func(v vault.Backend) vault.Backend { slow.Backend = v; return slow }},
	)
	member, admin := a.signIn(memberEmail), a.signIn(adminEmail)
	slow.before = func() {
		form := strictPolicy()
		form.Set("affected", "revoke")
		if r := admin.post("/admin/policy", form); r.status != http.StatusSeeOther {
			t.Errorf("save: %v", r)
		}
	}
	r := member.post(itemPath(a.item)+"/share", url.Values{
		"access": {
			"recipients",
		}, "recipients": {"ann@client.example"}, "expire_after": {"OneDay"}, "files": {"on"},
	})
	if r.status != http.StatusConflict || !slices.Contains(r.errors(), "conflict") ||
		!strings.Contains(r.body, "ann@client.example") ||
		!strings.Contains(r.body, `id="share-form"`) {
		t.Errorf("share: %v", r)
	}
	if list := admin.get("/shares"); strings.Contains(list.body, "data-share=") {
		t.Errorf("a share is live: %v", list)
	}
}
