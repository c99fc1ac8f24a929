package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestHistory(t *testing.T) {
	a := newApp(t)
	member, admin, other := a.signIn(memberEmail), a.signIn(adminEmail), a.signIn(otherEmail)
	_, one := member.share(
		a.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}},
	)
	_, two := admin.share(a.item, nil)
	shows := func(b *browser, path, id string, want bool) {
		t.Helper()
		if r := b.get(path); r.status != http.StatusOK ||
			strings.Contains(r.body, "/shares/"+id) != want {
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
	shows(admin, "/shares?with=ann@client.example", one, true)
	shows(admin, "/shares?with=ann@client.example", two, false)
	today := a.clock.Now().UTC().Format(time.DateOnly)
	yesterday := a.clock.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	shows(member, "/shares?from="+yesterday+"&to="+today, one, true)
	shows(member, "/shares?to="+yesterday, one, false)
	if r := admin.get("/shares?status=nonsense"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown status: %d", r.status)
	}

	if r := member.post("/shares/"+one+"/revoke", nil); r.status != http.StatusSeeOther {
		t.Errorf("revoke: %v", r)
	}
	shows(member, "/shares?status=revoked", one, true)
	if r := member.get("/shares/" + one); r.status != http.StatusOK ||
		!strings.Contains(r.body, "ann@client.example") {
		t.Errorf("one share: %v", r)
	}

	a.clock.advance(24 * time.Hour)
	member, admin = a.signIn(memberEmail), a.signIn(adminEmail)
	shows(member, "/shares?created=today", one, false)
	shows(member, "/shares?created=7days", one, true)
	shows(member, "/shares?created=30days&from="+yesterday, one, true)
	if r := member.get("/shares.csv?created=today"); strings.Count(r.body, "\n") != 1 {
		t.Errorf("CSV of today: %q", r.body)
	}
	if r := member.get("/shares.csv?created=7days&with=ann@client.example"); strings.Count(
		r.body, "\n",
	) != 2 {
		t.Errorf("CSV of a week: %q", r.body)
	}
	for _, query := range []string{
		"from=30.11.2026", "to=nonsense", "created=ever", "with=nobody", "by=nobody", "vault=nowhere",
	} {
		for _, path := range []string{"/shares?", "/shares.csv?"} {
			if r := admin.get(path + query); r.status != http.StatusUnprocessableEntity {
				t.Errorf("%s%s: %d", path, query, r.status)
			}
		}
		field, _, _ := strings.Cut(query, "=")
		r := admin.get("/shares?" + query)
		if !strings.Contains(r.body, `id="problem-`+field+`"`) ||
			strings.Contains(r.body, `data-testid="share"`) {
			t.Errorf("%s: shares are listed, or the field has no problem", query)
		}
	}
	for _, after := range []string{"zzz", "0", two} {
		r := member.get("/shares?after=" + after)
		if r.status != http.StatusUnprocessableEntity || !strings.Contains(r.body, "/shares/"+one) ||
			!strings.Contains(r.body, `id="problem-after"`) {
			t.Errorf("after %s: %d, without the first page or the words", after, r.status)
		}
	}
}

// TestRevokeSeveral asserts that the selected links are revoked together, or none of them.
func TestRevokeSeveral(t *testing.T) {
	a := newApp(t)
	member, admin := a.signIn(memberEmail), a.signIn(adminEmail)
	_, one := member.share(a.item, nil)
	_, two := member.share(a.item, nil)
	_, foreign := admin.share(a.item, nil)
	const path = "/shares?status=active"
	r := member.post(path, nil)
	r.wantWords(t, "nothing selected", "Select at least one link", `id="problem-revoke"`, "/shares/"+one)
	if r.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing selected: %d", r.status)
	}
	if r := member.post(path, url.Values{"revoke": {one, foreign}}); r.status != http.StatusNotFound {
		t.Errorf("with somebody else's: %d", r.status)
	}
	if r := member.get("/shares?status=active"); !strings.Contains(r.body, "/shares/"+one) {
		t.Error("a link was revoked though not all could be")
	}
	r = member.post(path, url.Values{"revoke": {one, two, one}})
	if to := r.header.Get("Location"); r.status != http.StatusSeeOther ||
		to != "/shares?status=active&revoked=2" {
		t.Fatalf("revoke: %d to %q", r.status, to)
	}
	member.get("/shares?status=active&revoked=2").wantWords(t, "the list", "2 links revoked.", "!/shares/"+one)
	member.get("/shares?status=revoked").wantWords(t, "the list", "/shares/"+one, "/shares/"+two)
	if r := member.post(path, url.Values{"revoke": {one}}); !strings.HasSuffix(
		r.header.Get("Location"), "revoked=0",
	) {
		t.Errorf("one that has ended: %q", r.header.Get("Location"))
	}
}

// TestTimeline asserts that a share's page tells what happened, to those who can manage it.
func TestTimeline(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	_, id := b.share(
		a.item,
		url.Values{
			"access":     {"recipients"},
			"recipients": {"ann@client.example ben@client.example"},
		},
	)
	b.post("/shares/"+id+"/recipients/1/remove", nil)
	b.post("/shares/"+id+"/revoke", nil)
	b.get("/shares/"+id).wantWords(t, "a share", "Link created by Max", "Link revoked by Max",
		"Recipient removed: ben@client.example", "!Signed in")
	if r := a.signIn(otherEmail).get("/shares/" + id); r.status != http.StatusNotFound {
		t.Errorf("somebody else's share: %d", r.status)
	}
}

// TestRevokeIsOfferedWhereItEndsSomething asserts that no page offers to revoke a share that is
// revoked or has no views left.
func TestRevokeIsOfferedWhereItEndsSomething(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	_, active := b.share(a.item, nil)
	b.get("/shares/"+active).wantWords(t, "an active share", `data-testid="revoke"`)
	text, viewed := b.share(a.item, url.Values{"one_time": {"on"}})
	if r := a.link(text).open(nil); r.status != http.StatusOK {
		t.Fatalf("open: %v", r)
	}
	_, revoked := b.share(a.item, nil)
	b.post("/shares/"+revoked+"/revoke", nil)
	for _, path := range []string{
		"/shares/" + viewed, "/shares/" + revoked, itemPath(a.item),
	} {
		b.get(path).wantWords(t, path, `!data-testid="revoke"`, "!/revoke")
	}
}

func TestRemoveRecipient(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	_, id := b.share(
		a.item,
		url.Values{
			"access": {"recipients"}, "recipients": {"ann@client.example bob@client.example"},
		},
	)
	for _, c := range []struct {
		position string
		want     int
	}{{"0", http.StatusSeeOther}, {"9", http.StatusNotFound}, {"-1", http.StatusNotFound}, {
		"x", http.StatusNotFound,
	}} {
		if r := b.post("/shares/"+id+"/recipients/"+c.position+"/remove", nil); r.status != c.want {
			t.Errorf("remove %s: %d, want %d", c.position, r.status, c.want)
		}
	}
}

func TestCSV(t *testing.T) {
	a := newApp(t)
	evil := a.addItem(newLogin(a.team.ID, `=HYPERLINK("https://evil.example","click")`))
	b := a.signIn(memberEmail)
	b.share(evil, nil)
	b.share(
		a.item,
		url.Values{
			"access":       {"recipients"},
			"recipients":   {"ann@client.example, partner.example"},
			"one_time":     {"on"},
			"expire_after": {"OneDay"},
		},
	)
	r := b.get("/shares.csv")
	if r.status != http.StatusOK || !strings.HasPrefix(r.header.Get("Content-Type"), "text/csv") {
		t.Fatalf("CSV: %v", r)
	}
	lines := strings.Split(strings.TrimSpace(r.body), "\n")
	if len(lines) != 3 ||
		lines[0] != "\ufeffid,title,vault,shared_by,audience,recipients,created_at,expires_at,views,"+
			"max_views,status,included" {
		t.Fatalf("CSV: %q", lines)
	}
	if !strings.Contains(
		lines[1], ",Mail server,Team,Max,recipients,ann@client.example partner.example,",
	) ||
		!strings.HasSuffix(
			lines[1], `,0,1,active,"2 fields, tags, no file, one-time password not included"`,
		) {
		t.Errorf("a line: %q", lines[1])
	}
	if !strings.Contains(lines[2], `"'=HYPERLINK(`) {
		t.Errorf("a title that is a formula: %q", lines[2])
	}
	if r := b.get("/shares.csv?q=partner.example"); strings.Count(
		strings.TrimSpace(r.body), "\n",
	) != 1 {
		t.Errorf("filtered: %q", r.body)
	}
	if r := b.get("/shares.csv?status=nonsense"); r.status != http.StatusUnprocessableEntity ||
		strings.Contains(r.body, "shared_by") ||
		r.header.Get(policyHeader) != pagePolicy {
		t.Errorf("an unknown status: %v", r)
	}
	if r := a.signIn(otherEmail).get("/shares.csv"); strings.Contains(r.body, "Mail server") {
		t.Error("somebody else's shares are in the list")
	}
}

// TestLongSearches asserts that lists and exports search for the first 16 words of a text.
func TestLongSearches(t *testing.T) {
	a := newApp(t)
	b, p := a.signIn(memberEmail), a.addProgram("Deploy", true, a.team.ID)
	b.share(a.item, nil)
	p.createShare(a.item, "{}")
	text := url.QueryEscape(
		strings.Repeat("mail ", 16) + strings.Repeat("no item says this ", 10_000),
	)
	for path, get := range map[string]func(path string) reply{
		"/shares?q=":                         func(path string) reply { return b.get(path) },
		"/shares.csv?q=":                     func(path string) reply { return b.get(path) },
		"/items?q=":                          func(path string) reply { return b.get(path) },
		"/shares?limit=9&q=":                 func(path string) reply { return p.get(path) },
		"/vaults/" + a.team.ID + "/items?q=": func(path string) reply { return p.get(path) },
	} {
		start := time.Now()
		r := get(path + text)
		if r.status != http.StatusOK || !strings.Contains(r.body, "Mail server") {
			t.Errorf("%s: %d, without the item that 16 words find", path, r.status)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s took %v", path, took)
		}
	}
}

func TestFormulasAreGuarded(t *testing.T) {
	for cell, want := range map[string]string{
		"=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx",
		"x=1": "x=1", "": "", "é": "é",
	} {
		if got := escapeFormula(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}
