package handlers

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
)

// crowd is more than two pages of any list.
const crowd = 120

// addCrowd adds people who have access to the team's vault, and as many service accounts, of which
// every other one is revoked.
func (a *app) addCrowd() {
	a.t.Helper()
	entry := audit.Entry{At: a.clock.Now(), Kind: audit.UserAdded}
	for i := range crowd {
		u := account.User{
			ID: fmt.Sprintf("person-%03d", i), Name: fmt.Sprintf("Élise %03d", i),
			Email: fmt.Sprintf("p%03d@crowd.example", i), Role: account.Member,
			CreatedAt: a.clock.Now(),
		}
		a.must(a.db.AddUser(a.t.Context(), u, "", entry))
		a.must(a.db.SetGrant(a.t.Context(), account.Grant{
			UserID: u.ID, VaultID: a.team.ID, View: true,
		}, entry))
		program := account.ServiceAccount{
			ID: fmt.Sprintf("program-%03d", i), Name: fmt.Sprintf("Robot %03d", i),
			CreatedAt: a.clock.Now(),
			Grants:    []account.Grant{{VaultID: a.readOnly.ID, View: true}},
		}
		a.must(a.db.AddServiceAccount(a.t.Context(), program, [32]byte{byte(i)}, entry))
		if i%2 == 0 {
			a.must(a.db.RevokeServiceAccount(a.t.Context(), program.ID, a.clock.Now(), entry))
		}
	}
}

var nextLink = regexp.MustCompile(`href="([^"]*)"[^>]*rel="next"`)

// walk returns what a pattern finds on all pages of a list, and the number of pages.
func (b *browser) walk(t *testing.T, path, pattern string) (all []string, pages int) {
	t.Helper()
	found := regexp.MustCompile(pattern)
	for path != "" {
		r := b.get(path)
		if r.status != http.StatusOK {
			t.Fatalf("%s: %d", path, r.status)
		}
		pages++
		rows := found.FindAllStringSubmatch(r.body, -1)
		if len(rows) > 50 {
			t.Errorf("%s shows %d rows", path, len(rows))
		}
		for _, row := range rows {
			all = append(all, row[1])
		}
		path = ""
		if next := nextLink.FindStringSubmatch(r.body); next != nil {
			path = strings.ReplaceAll(next[1], "&amp;", "&")
		}
	}
	return all, pages
}

// grantee matches a row of the vaults' page up to the name of who has access.
const grantee = `<tr data-testid="grant">(?s:.*?)<th scope="row" class="cell-person">\s*<span dir="auto">([^<]*)`

// TestAdminListsInPages: people, access and service accounts, each whole, none twice.
func TestAdminListsInPages(t *testing.T) {
	a := newApp(t)
	a.addCrowd()
	admin := a.signIn(adminEmail)
	for _, tt := range []struct {
		path, row   string
		rows, pages int
	}{
		{"/admin/users", `class="line-sub cell-email">([^<]*)`, crowd + 4, 3},
		{"/admin/users?q=%C3%89LISE+00", `class="line-sub cell-email">([^<]*)`, 10, 1},
		{"/admin/users?q=crowd.ex", `class="line-sub cell-email">([^<]*)`, crowd, 3},
		{"/admin/users?q=nobody", `class="line-sub cell-email">([^<]*)`, 0, 1},
		{"/admin/users?after=unknown", `class="line-sub cell-email">([^<]*)`, 0, 1},
		{
			"/admin/vaults", grantee,
			crowd + crowd/2 + 5, 4,
		},
		{
			"/admin/vaults?q=read+ONLY", grantee,
			crowd/2 + 1, 2,
		},
		{"/admin/vaults?q=p003%40", grantee, 1, 1},
		{"/admin/service-accounts", `data-account="([^"]*)"`, crowd, 3},
		{"/admin/service-accounts?q=ROBOT+01", `data-account="([^"]*)"`, 10, 1},
	} {
		rows, pages := admin.walk(t, tt.path, tt.row)
		if len(rows) != tt.rows || pages != tt.pages {
			t.Errorf("%s: %d rows on %d pages, want %d on %d",
				tt.path, len(rows), pages, tt.rows, tt.pages)
		}
		if strings.HasPrefix(tt.path, "/admin/vaults") {
			continue // one person has access to several
		}
		seen := map[string]bool{}
		for _, row := range rows {
			if seen[row] {
				t.Errorf("%s shows %s twice", tt.path, row)
			}
			seen[row] = true
		}
	}
	if states, _ := admin.walk(t, "/admin/service-accounts", `data-state="([^"]*)"`); states[crowd/2-1] !=
		"live" ||
		states[crowd/2] != "revoked" {
		t.Error("valid tokens don't come first")
	}
	admin.get("/admin/service-accounts?revoked=program-118").
		wantWords(t, "the list after revoking", "Token of Robot 118 revoked.")
	admin.get("/admin/users?q=crowd").wantWords(t, "people", "50 people shown", "1 vault<")
}

// TestAuditByDatesAndExported: days of UTC, both included, on the page and in both exports.
func TestAuditByDatesAndExported(t *testing.T) {
	a := newApp(t)
	for i := range 450 { // more than two of the pages that an export reads
		a.must(a.db.Record(t.Context(), audit.Entry{
			At: time.Date(2001, 2, 3, 23, 59, 59, 0, time.UTC), Kind: audit.SignedIn,
			Actor: "=cmd", Subject: fmt.Sprint(i),
		}))
	}
	a.must(a.db.Record(t.Context(), audit.Entry{
		At: time.Date(2001, 2, 4, 0, 0, 0, 0, time.UTC), Kind: audit.SignedOut, Actor: "later",
	}))
	admin := a.signIn(adminEmail)
	const day = "?from=2001-02-03&to=2001-02-03"
	page := admin.get("/admin/audit" + day)
	if n := strings.Count(page.body, `data-testid="event"`); n != 50 {
		t.Errorf("a page shows %d events", n)
	}
	page.wantWords(t, "the page", "from=2001-02-03", `value="2001-02-03"`,
		"/admin/audit.ndjson?from=2001-02-03&amp;to=2001-02-03", "!later")
	lines := strings.Split(strings.TrimSpace(admin.get("/admin/audit.ndjson"+day).body), "\n")
	var first struct{ At, Kind, Actor, Subject string }
	a.must(json.Unmarshal([]byte(lines[0]), &first))
	if len(lines) != 450 || first.At != "2001-02-03T23:59:59.000Z" || first.Subject != "449" ||
		first.Kind != string(audit.SignedIn) || first.Actor != "=cmd" {
		t.Errorf("%d lines of JSON, the first %+v", len(lines), first)
	}
	table, err := csv.NewReader(strings.NewReader(admin.get("/admin/audit.csv" + day).body)).
		ReadAll()
	if err != nil || len(table) != 451 || table[0][0] != "\ufeffnumber" || table[1][3] != "'=cmd" {
		t.Errorf("%d lines of CSV, %v", len(table), err)
	}
	if r := admin.get("/admin/audit.csv?from=2001-02-04&to=2001-02-04"); strings.Count(
		r.body,
		"\n",
	) != 2 ||
		!strings.Contains(r.body, "later") {
		t.Errorf("the day after: %v", r)
	}
	for _, path := range []string{"/admin/audit", "/admin/audit.csv", "/admin/audit.ndjson"} {
		if r := admin.get(path + "?to=yesterday"); r.status != http.StatusUnprocessableEntity {
			t.Errorf("%s with a wrong date: %d", path, r.status)
		}
	}
}
