package handlers

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/vault"
)

func TestSignInAndOut(t *testing.T) {
	a := newApp(t)
	b := a.browser()
	r := b.post("/signin", url.Values{"email": {memberEmail}, "password": {"wrong"}, "next": {"/shares"}})
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
	r = b.post("/signin", url.Values{"email": {memberEmail}, "password": {password}, "next": {"/shares?q=x"}})
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
	if len(b.client.Jar.Cookies(a.base)) != 0 {
		t.Error("the cookie is still there")
	}
	b.client.Jar.SetCookies(a.base, before)
	if r := b.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("the cookie still works after signing out: %d", r.status)
	}
}

func TestANewSessionAtSignIn(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	before := b.client.Jar.Cookies(a.base)
	if r := b.post("/signin", url.Values{"email": {memberEmail}, "password": {password}}); r.status != http.StatusSeeOther {
		t.Fatal(r)
	}
	b.client.Jar.SetCookies(a.base, before)
	if r := b.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("the session from before works: %d", r.status)
	}
}

func TestSessionsEnd(t *testing.T) {
	a := newApp(t)
	idle, working, changed := a.signedIn(memberEmail), a.signedIn(adminEmail), a.signedIn(otherEmail)
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
		{`/\evil.example/`, "/items", "browsers read a backslash as a slash"},
		{"/\t/evil.example/", "/items", "browsers drop tabs"},
		{"\n//evil.example", "/items", "and line breaks"},
		{"javascript:alert(1)", "/items", "no path at all"},
		{"items", "/items", "not from the root"},
		{"/" + strings.Repeat("x", 4000), "/items", "longer than any address of ours"},
	} {
		r := a.browser().post("/signin", url.Values{"email": {memberEmail}, "password": {password}, "next": {c.next}})
		if got := r.header.Get("Location"); got != c.want {
			t.Errorf("%s: next %.40q leads to %q, want %q", c.why, c.next, got, c.want)
		}
	}
}

func TestItems(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	r := b.get("/items")
	for _, title := range []string{"Mail server", "Door code"} {
		if !strings.Contains(r.body, title) {
			t.Errorf("%s is missing", title)
		}
	}
	if strings.Contains(r.body, "Elsewhere") {
		t.Error("an item of a foreign vault shows")
	}
	if r := b.get("/items?q=door"); strings.Contains(r.body, "Mail server") || !strings.Contains(r.body, "Door code") {
		t.Error("the search finds the wrong items")
	}
	if r := b.get("/items?vault=" + a.team.ID); strings.Contains(r.body, "Door code") {
		t.Error("another vault's item shows")
	}
	if r := b.get("/items?category=SecureNote"); strings.Contains(r.body, "Mail server") {
		t.Error("another category shows")
	}
	for _, id := range []string{a.elsewhere.ID, "nowhere"} {
		if r := b.get("/items?vault=" + id); r.status != http.StatusNotFound {
			t.Errorf("a vault that one may not view: %d", r.status)
		}
	}
	part := b.get("/items?q=door", "HX-Request", "true")
	if strings.Contains(part.body, "<html") || !strings.Contains(part.body, "Door code") {
		t.Error("htmx gets the whole page")
	}
	if back := b.get("/items?q=door", "HX-Request", "true", "HX-History-Restore-Request", "true"); !strings.Contains(back.body, "<html") {
		t.Error("going back gets a part of the page")
	}
	if !strings.Contains(part.header.Get("Vary"), "HX-Request") {
		t.Error("caches cannot tell page and part")
	}
}

func TestItemPageKeepsSecretsBack(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	r := b.get(itemPath(a.item))
	if r.status != http.StatusOK || !strings.Contains(r.body, "postmaster") {
		t.Fatalf("item: %v", r)
	}
	for _, secret := range []string{concealed, seed} {
		if strings.Contains(r.body, secret) {
			t.Errorf("the page holds %s", secret)
		}
	}
}

func TestReveal(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	path := itemPath(a.item) + "/reveal"
	if r := b.post(path, url.Values{"field": {"password"}}); r.status != http.StatusOK || !strings.Contains(r.body, concealed) || !strings.Contains(r.body, "<html") {
		t.Errorf("reveal without scripts: %v", r)
	}
	r := b.post(path, url.Values{"field": {"password"}}, "HX-Request", "true", "Accept-Encoding", "gzip")
	if !strings.Contains(r.body, concealed) || strings.Contains(r.body, "<html") {
		t.Errorf("reveal by htmx: %v", r)
	}
	code, _, err := vault.TOTP(seed, a.clock.Now())
	a.must(err)
	if r := b.post(path, url.Values{"field": {"totp"}}); !strings.Contains(r.body, code) || strings.Contains(r.body, seed) {
		t.Errorf("want the code and not the seed: %v", r)
	}
	if r := b.post(path, url.Values{"field": {"nothing"}}); r.status != http.StatusNotFound {
		t.Errorf("a field that is not there: %d", r.status)
	}
	audit := a.signedIn(adminEmail).get("/admin/audit?kind=item.revealed")
	if got := strings.Count(audit.body, a.item.ID); got < 3 {
		t.Errorf("%d reveals in the audit list, want 3", got)
	}
}

func TestShareForm(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	r := b.get(itemPath(a.item) + "/share")
	if r.status != http.StatusOK || !strings.Contains(r.body, `id="share-form"`) {
		t.Fatalf("form: %v", r)
	}
	token := regexp.MustCompile(`name="token" value="([^"]{16,})"`)
	one, two := token.FindStringSubmatch(r.body), token.FindStringSubmatch(b.get(itemPath(a.item)+"/share").body)
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
	if again.status != http.StatusConflict || !slices.Contains(again.errors(), "already_created") || !strings.Contains(again.body, made[0]) {
		t.Errorf("the form sent twice: %v", again)
	}
	if linkInput.MatchString(again.body) {
		t.Error("the link is shown twice")
	}
}

func TestEveryProblemAtOnceAtItsField(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	r := b.post(itemPath(a.item)+"/share", url.Values{
		"access": {"recipients"}, "recipients": {"ann@client.example, not-an-address\ngmail.com"}, "expire_after": {"Forever"},
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
	if r := b.post(itemPath(a.item)+"/share", url.Values{"access": {"recipients"}}); !slices.Contains(r.errors(), "recipient_missing") {
		t.Errorf("nobody named: %v", r.errors())
	}
}

func TestMailOff(t *testing.T) {
	a := newApp(t, setting{mailOff: true})
	b := a.signedIn(memberEmail)
	r := b.post(itemPath(a.item)+"/share", url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}})
	if r.status != http.StatusUnprocessableEntity || !slices.Contains(r.errors(), "mail_off") {
		t.Errorf("named people without a mail server: %v", r.errors())
	}
	b.share(a.item, nil)
}

func TestRecipientsFragment(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	r := b.post(itemPath(a.item)+"/share/recipients", url.Values{"recipients": {"Ann@Client.example; partner.example wrong@", "gmail.com"}}, "HX-Request", "true")
	if r.status != http.StatusOK || strings.Contains(r.body, "<html") {
		t.Fatalf("recipients: %v", r)
	}
	for _, want := range []string{`data-recipient="ann@client.example"`, `data-kind="email"`, `data-recipient="partner.example"`, `data-kind="domain"`} {
		if !strings.Contains(r.body, want) {
			t.Errorf("no %s in %s", want, r.body)
		}
	}
	if got := len(r.errors()); got != 2 {
		t.Errorf("%d wrong recipients, want 2", got)
	}
}

func TestHistory(t *testing.T) {
	a := newApp(t)
	member, admin, other := a.signedIn(memberEmail), a.signedIn(adminEmail), a.signedIn(otherEmail)
	_, one := member.share(a.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}})
	_, two := admin.share(a.item, nil)
	shows := func(b *browser, path, id string, want bool) {
		t.Helper()
		if r := b.get(path); r.status != http.StatusOK || strings.Contains(r.body, "/shares/"+id) != want {
			t.Errorf("%s shows %s: %v, want %v (%d)", path, id, !want, want, r.status)
		}
	}
	shows(member, "/shares", one, true)
	shows(member, "/shares", two, false)
	shows(admin, "/shares", one, true)
	shows(admin, "/shares", two, true)
	shows(other, "/shares", one, false)
	shows(admin, "/shares?by="+a.users[memberEmail].ID, two, false)
	shows(admin, "/shares?q=ann@client.example", one, true)
	shows(admin, "/shares?q=ann@client.example", two, false)
	shows(admin, "/shares?q=mail", two, true)
	shows(admin, "/shares?q=door", two, false)
	shows(admin, "/shares?status=revoked", one, false)
	shows(member, "/shares?by="+a.users[adminEmail].ID, one, false)
	if r := admin.get("/shares?status=nonsense"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown status: %d", r.status)
	}

	if r := member.post("/shares/"+one+"/revoke", nil); r.status != http.StatusSeeOther {
		t.Errorf("revoke: %v", r)
	}
	shows(member, "/shares?status=revoked", one, true)
	if r := member.get("/shares/" + one); r.status != http.StatusOK || !strings.Contains(r.body, "ann@client.example") {
		t.Errorf("one share: %v", r)
	}
}

func TestRemoveRecipient(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	_, id := b.share(a.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example bob@client.example"}})
	for _, c := range []struct {
		position string
		want     int
	}{{"0", http.StatusSeeOther}, {"9", http.StatusNotFound}, {"-1", http.StatusNotFound}, {"x", http.StatusNotFound}} {
		if r := b.post("/shares/"+id+"/recipients/"+c.position+"/remove", nil); r.status != c.want {
			t.Errorf("remove %s: %d, want %d", c.position, r.status, c.want)
		}
	}
}

func TestNewLinkForTheSamePeople(t *testing.T) {
	a := newApp(t)
	b, other := a.signedIn(memberEmail), a.signedIn(otherEmail)
	_, id := b.share(a.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}})
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
	if r := b.get("/shares?status=revoked"); !strings.Contains(r.body, "/shares/"+id) || strings.Contains(r.body, "/shares/"+replaced) {
		t.Error("replacing a link must revoke the earlier one and no other")
	}
}

func TestOlderLinksAreMarked(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	b.share(a.item, nil)
	before := b.get(itemPath(a.item))
	changed := a.item
	changed.Notes = "Changed."
	_, err := a.vault.UpdateItem(t.Context(), changed, nil)
	a.must(err)
	after := b.get(itemPath(a.item))
	if strings.Contains(before.body, `data-testid="older"`) || !strings.Contains(after.body, `data-testid="older"`) {
		t.Errorf("the link made from an older version is not marked:\n%s", after.body)
	}
	if r := b.get("/items"); !strings.Contains(r.body, `data-testid="live"`) {
		t.Error("the list does not mark the item with a live link")
	}
}

func TestCSV(t *testing.T) {
	a := newApp(t)
	evil := a.add(login(a.team.ID, `=HYPERLINK("https://evil.example","click")`))
	b := a.signedIn(memberEmail)
	b.share(evil, nil)
	b.share(a.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example, partner.example"}, "one_time": {"on"}, "expire_after": {"OneDay"}})
	r := b.get("/shares.csv")
	if r.status != http.StatusOK || !strings.HasPrefix(r.header.Get("Content-Type"), "text/csv") {
		t.Fatalf("CSV: %v", r)
	}
	lines := strings.Split(strings.TrimSpace(r.body), "\n")
	if len(lines) != 3 || lines[0] != "id,title,vault,shared_by,audience,recipients,created_at,expires_at,views,max_views,status" {
		t.Fatalf("CSV: %q", lines)
	}
	if !strings.Contains(lines[1], ",Mail server,Team,Max,recipients,ann@client.example partner.example,") || !strings.HasSuffix(lines[1], ",0,1,active") {
		t.Errorf("a line: %q", lines[1])
	}
	if !strings.Contains(lines[2], `"'=HYPERLINK(`) {
		t.Errorf("a title that is a formula: %q", lines[2])
	}
	if r := b.get("/shares.csv?q=partner.example"); strings.Count(strings.TrimSpace(r.body), "\n") != 1 {
		t.Errorf("filtered: %q", r.body)
	}
	if r := b.get("/shares.csv?status=nonsense"); r.status != http.StatusUnprocessableEntity || strings.Contains(r.body, "shared_by") {
		t.Errorf("an unknown status: %v", r)
	}
	if r := a.signedIn(otherEmail).get("/shares.csv"); strings.Contains(r.body, "Mail server") {
		t.Error("somebody else's shares are in the list")
	}
}

func TestFormulasAreGuarded(t *testing.T) {
	for cell, want := range map[string]string{
		"=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "x=1": "x=1", "": "", "é": "é",
	} {
		if got := guarded(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

func strict() url.Values {
	return url.Values{
		"max_expiry": {"OneDay"}, "default_expiry": {"OneHour"}, "max_views": {"1"}, "allowed_types": {"Authenticated"},
		"allowed_recipient_types": {"Email"}, "allowed_domains": {"client.example"},
	}
}

func TestPolicy(t *testing.T) {
	a := newApp(t)
	admin, member := a.signedIn(adminEmail), a.signedIn(memberEmail)
	_, public := member.share(a.item, nil)
	_, fine := member.share(a.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}, "expire_after": {"OneHour"}, "one_time": {"on"}})

	preview := admin.post("/admin/policy/preview", strict())
	if preview.status != http.StatusOK || !strings.Contains(preview.body, `data-affected="`+public+`"`) || strings.Contains(preview.body, `data-affected="`+fine+`"`) {
		t.Errorf("preview: %v", preview)
	}
	if r := admin.get("/shares?status=active"); !strings.Contains(r.body, public) {
		t.Error("the preview revoked a share")
	}
	if r := admin.post("/admin/policy", strict()); r.status != http.StatusSeeOther {
		t.Fatalf("save: %v", r)
	}
	if r := admin.get("/shares?status=active"); !strings.Contains(r.body, public) {
		t.Error("the default is to keep what is there")
	}
	r := member.post(itemPath(a.item)+"/share", url.Values{"access": {"anyone"}, "expire_after": {"ThirtyDays"}})
	for _, code := range []string{"policy_access", "policy_expiry"} {
		if !slices.Contains(r.errors(), code) {
			t.Errorf("no %s among %v", code, r.errors())
		}
	}
	r = member.post(itemPath(a.item)+"/share", url.Values{"access": {"recipients"}, "recipients": {"x@other.example client.example"}})
	for _, code := range []string{"policy_domain", "policy_recipient_type"} {
		if !slices.Contains(r.errors(), code) {
			t.Errorf("no %s among %v", code, r.errors())
		}
	}
	form := strict()
	form.Set("affected", "revoke")
	if r := admin.post("/admin/policy", form); r.status != http.StatusSeeOther {
		t.Fatalf("save: %v", r)
	}
	if r := admin.get("/shares?status=active"); strings.Contains(r.body, public) || !strings.Contains(r.body, fine) {
		t.Error("revoke must end what is not allowed, and nothing else")
	}
}

func TestPolicyOfAVault(t *testing.T) {
	a := newApp(t)
	admin, member := a.signedIn(adminEmail), a.signedIn(memberEmail)
	form := strict()
	form.Set("vault", a.team.ID)
	if r := admin.post("/admin/policy", form); r.status != http.StatusSeeOther {
		t.Fatalf("save: %v", r)
	}
	if r := member.post(itemPath(a.item)+"/share", url.Values{"access": {"anyone"}}); !slices.Contains(r.errors(), "policy_access") {
		t.Errorf("the vault's rule does not hold: %v", r.errors())
	}
	if r := a.signedIn(otherEmail).post(itemPath(a.hidden)+"/share", url.Values{"access": {"anyone"}}); r.status != http.StatusCreated {
		t.Errorf("another vault is bound too: %v", r)
	}
	form.Set("vault", "nowhere")
	if r := admin.post("/admin/policy", form); r.status != http.StatusNotFound {
		t.Errorf("a vault that is not there: %d", r.status)
	}
}

func TestPolicyProblems(t *testing.T) {
	a := newApp(t)
	admin := a.signedIn(adminEmail)
	form := url.Values{"max_expiry": {"Never"}, "default_expiry": {"OneHour"}, "max_views": {"-3"}, "allowed_types": {"Everybody"}, "affected": {"maybe"}}
	for _, path := range []string{"/admin/policy", "/admin/policy/preview"} {
		if r := admin.post(path, form); r.status != http.StatusUnprocessableEntity || len(r.errors()) < 4 {
			t.Errorf("%s: %d %v", path, r.status, r.errors())
		}
	}
}

func TestAdminPages(t *testing.T) {
	a := newApp(t)
	admin := a.signedIn(adminEmail)
	for path, want := range map[string]string{
		"/admin/users": memberEmail, "/admin/vaults": "Elsewhere", "/admin/audit": "Ada", "/admin/policy": "Read only",
	} {
		if r := admin.get(path); r.status != http.StatusOK || !strings.Contains(r.body, want) {
			t.Errorf("%s does not show %s: %v", path, want, r)
		}
	}
	if r := admin.get("/admin/audit?after=nonsense"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("a place in the list that is none: %d", r.status)
	}
}

func TestOutbox(t *testing.T) {
	a := newApp(t)
	a.must(a.outbox.Send(t.Context(), mailTo("ann@client.example")))
	r := a.browser().get("/demo/outbox", "Accept", "application/json")
	var mails []map[string]string
	if err := json.Unmarshal([]byte(r.body), &mails); err != nil || len(mails) != 1 || mails[0]["to"] != "ann@client.example" {
		t.Fatalf("outbox: %v %v", err, r)
	}
	for _, name := range []string{"subject", "text", "at"} {
		if mails[0][name] == "" {
			t.Errorf("no %s", name)
		}
	}
	if r := a.browser().get("/demo/outbox"); r.status != http.StatusOK || !strings.Contains(r.body, "ann@client.example") {
		t.Errorf("outbox page: %v", r)
	}
	if r := newApp(t, setting{noDemo: true}).browser().get("/demo/outbox"); r.status != http.StatusNotFound {
		t.Errorf("an outbox without a demo: %d", r.status)
	}
}

func TestPreviewShowsTheChoices(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
	r := b.post(itemPath(a.item)+"/share/preview", url.Values{"access": {"anyone"}, "omit": {"username"}})
	if r.status != http.StatusOK || strings.Contains(r.body, "postmaster") || strings.Contains(r.body, concealed) || strings.Contains(r.body, "one-time password") {
		t.Errorf("preview: %v", r)
	}
	if made := strings.Count(b.get("/shares.csv").body, "\n") - 1; made != 0 {
		t.Errorf("a preview made %d shares", made)
	}
}
