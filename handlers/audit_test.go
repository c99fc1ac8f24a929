package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
)

// TestAuditByAddress asserts that the log is searched by the address of a recipient, of a person and
// by a domain, on the page and in the exports.
func TestAuditByAddress(t *testing.T) {
	a := newApp(t)
	member, admin := a.signIn(memberEmail), a.signIn(adminEmail)
	_, forAnn := member.share(a.item, url.Values{"access": {"recipients"}, "recipients": {ann}})
	_, forDomain := member.share(
		a.item, url.Values{"access": {"recipients"}, "recipients": {"partner.example"}},
	)
	_, forAnyone := member.share(a.item, nil)
	entry, err := a.auditLog.Entry(audit.Event{
		At: a.clock.Now(), Kind: audit.CodeUndelivered, Subject: forDomain,
		Detail: map[string]string{"address": "eve@partner.example"},
	})
	a.must(err)
	a.must(a.db.Record(t.Context(), entry))
	for _, c := range []struct {
		q     string
		words []string
	}{
		{ann, []string{forAnn, "!" + forDomain, "!" + forAnyone}},
		{"Ann@Client.example", []string{forAnn, "!" + forDomain}},
		{"partner.example", []string{forDomain, "!" + forAnn}},
		{"eve@partner.example", []string{forDomain, "Code not delivered", `!data-kind="share.created"`}},
		{memberEmail, []string{forAnn, forDomain, forAnyone, "Signed in", "Person added"}},
		{"nobody@x.example", []string{"No events match", "!" + forAnn}},
		{"hunter2", []string{"No events match", "Search by a full email address", "!" + forAnn}},
	} {
		query := "?q=" + url.QueryEscape(c.q)
		admin.get("/admin/audit"+query).wantWords(t, c.q, c.words...)
		ndjson := admin.get("/admin/audit.ndjson" + query).body
		for _, id := range []string{forAnn, forDomain, forAnyone} {
			wanted := strings.Contains(strings.Join(c.words, " "), id) &&
				!strings.Contains(strings.Join(c.words, " "), "!"+id)
			if strings.Contains(ndjson, id) != wanted {
				t.Errorf("%s: the export has %s: %t", c.q, id, !wanted)
			}
		}
	}
	by := admin.get("/admin/audit?q=" + ann + "&by=" + a.users[adminEmail].ID)
	by.wantWords(t, "of another person", "No events match")
	old := admin.get("/admin/audit?actor=" + a.users[memberEmail].ID)
	old.wantWords(t, "the earlier name of by", forAnn)
}

// TestAuditLeads asserts that events lead to the pages of what they are about.
func TestAuditLeads(t *testing.T) {
	a := newApp(t)
	member, admin := a.signIn(memberEmail), a.signIn(adminEmail)
	_, id := member.share(a.item, nil)
	member.post(itemPath(a.item)+"/reveal", url.Values{"field": {"password"}})
	elsewhere := a.signIn(otherEmail)
	elsewhere.post(itemPath(a.hidden)+"/reveal", url.Values{"field": {"password"}})
	admin.post("/admin/policy", strictPolicy())
	page := admin.get("/admin/audit")
	for _, address := range []string{
		"/shares/" + id, itemPath(a.item), "/admin/users/" + a.users[memberEmail].ID,
		"/admin/vaults?q=Team", "/admin/policy",
	} {
		if !strings.Contains(page.body, `<a href="`+address+`" dir="auto" data-testid="subject"`) {
			t.Errorf("nothing leads to %s", address)
		}
		if r := admin.get(address); r.status != http.StatusOK {
			t.Errorf("%s: %d", address, r.status)
		}
	}
	page.wantWords(t, "an item of a vault that is closed to the admin", "!"+itemPath(a.hidden))
	if !strings.Contains(page.body, "/admin/audit?subject="+id) {
		t.Error("no way to a link's own events")
	}
}

// TestAuditOfSignIns asserts that a failed sign-in names the account that it was for, and stores
// nothing of an address that is nobody's.
func TestAuditOfSignIns(t *testing.T) {
	a := newApp(t)
	for range 3 {
		a.browser().post("/signin", url.Values{"email": {memberEmail}, "password": {"wrong"}})
	}
	const typed = "my-password-typed@here.example"
	a.browser().post("/signin", url.Values{"email": {typed}, "password": {"wrong"}})
	admin := a.signIn(adminEmail)
	page := admin.get("/admin/audit?kind=signin.refused")
	page.wantWords(
		t, "the page", "3 × Sign-in failed", ">Max</a>", "none with that email", "!my-password",
	)
	if n := strings.Count(page.body, `data-testid="event"`); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
	ndjson := admin.get("/admin/audit.ndjson?kind=signin.refused").body
	if strings.Count(ndjson, "\n") != 4 || strings.Contains(ndjson, "my-password") {
		t.Errorf("the export has each: %s", ndjson)
	}
	admin.get("/admin/audit?q="+url.QueryEscape(memberEmail)+"&kind=signin.refused").
		wantWords(t, "by address", "3 × Sign-in failed")
}

// TestAuditFindsAccessOfAPerson asserts that a search by a person's address finds the events of what they
// were allowed to, whose subject is the vault, and that a whole policy is shown.
func TestAuditFindsAccessOfAPerson(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	row := `data-testid="event"`
	address := "/admin/audit?kind=vault.granted&q=" + url.QueryEscape(memberEmail)
	before := strings.Count(admin.get(address).body, row)
	a.must(a.accounts.SetGrant(t.Context(), a.users[adminEmail].ID, account.Grant{
		UserID: a.users[memberEmail].ID, VaultID: a.elsewhere.ID, View: true, NoReveal: true,
	}))
	for _, sealed := range []bool{false, true} {
		if sealed {
			a.sealEvents()
		}
		if n := strings.Count(admin.get(address).body, row); n != before+1 {
			t.Errorf("%d events about their access, before %d", n, before)
		}
	}
	form := openPolicy()
	form["allowed_domains"] = []string{strings.Repeat("a-rather-long-name.example b-rather-long-name.example ", 1) +
		"c-rather-long-name.example d-rather-long-name.example e-rather-long-name.example last.example"}
	admin.post("/admin/policy", form)
	admin.get("/admin/audit?kind=policy.changed").wantWords(t, "the policy", "last.example")
}

// TestAuditGroupsEndWithTheirPage asserts that pages of groups lead to each other.
func TestAuditGroupsEndWithTheirPage(t *testing.T) {
	a := newApp(t)
	for i := range 70 {
		for range 2 {
			a.must(a.db.Record(t.Context(), audit.Entry{
				At: time.Date(2001, 2, 3, 0, i, 0, 0, time.UTC), Kind: audit.SignedIn,
				Subject: fmt.Sprint("row", i),
			}))
		}
	}
	rows, pages := a.signIn(adminEmail).
		walk(t, "/admin/audit?to=2001-02-03", `data-testid="subject">(row\d+)<`)
	if len(rows) != 70 || pages != 2 || rows[0] != "row69" || rows[69] != "row0" {
		t.Errorf("%d rows on %d pages: %q", len(rows), pages, rows)
	}
}

// TestAuditChainFragment asserts that the state of the chain is fetched alone.
func TestAuditChainFragment(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	part := admin.get("/admin/audit", "HX-Request", "true", "HX-Target", "chain")
	part.wantWords(t, "the chain", `id="chain"`, "Audit log verified", "3 events", "!<table", "!<html")
	list := admin.get("/admin/audit", "HX-Request", "true", "HX-Target", "events")
	list.wantWords(t, "the list", `id="events"`, `!id="chain"`)
}
