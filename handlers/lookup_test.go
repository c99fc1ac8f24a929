package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/audit"
)

var hitValue = regexp.MustCompile(`<option value="([^"]*)"`)

func hits(r reply) (values []string) {
	for _, match := range hitValue.FindAllStringSubmatch(r.body, -1) {
		values = append(values, match[1])
	}
	return values
}

// TestComplete asserts what a text finds, and that only admins learn of people.
func TestComplete(t *testing.T) {
	a := newApp(t)
	a.addProgram("Deploys", true, a.team.ID)
	member, admin := a.signIn(memberEmail), a.signIn(adminEmail)
	for query, want := range map[string][]string{
		"by=":           {adminEmail, memberEmail, otherEmail, "Deploys"},
		"by=ADA":        {adminEmail},
		"by=deploy":     {"Deploys"},
		"by=" + "deps":  nil,
		"vault=TEA":     {"Team"},
		"vault=nowhere": nil,
	} {
		got := hits(admin.get("/complete?" + query))
		if query == "by=" { // other people are there too
			got = slices.DeleteFunc(got, func(s string) bool { return !slices.Contains(want, s) })
		}
		if len(got) != len(want) || !slices.Equal(got, want) {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
	if r := member.get("/complete?by=a"); r.status != http.StatusForbidden {
		t.Errorf("people for a member: %d", r.status)
	}
	if got := hits(member.get("/complete?vault=")); !slices.Contains(got, "Team") ||
		slices.Contains(got, a.elsewhere.Title) {
		t.Errorf("vaults for a member: %q", got)
	}
}

// TestLookUp asserts which texts mean whom.
func TestLookUp(t *testing.T) {
	a := newApp(t)
	twin := a.addProgram("Deploys", true, a.team.ID).account
	a.addProgram("Deploys", true, a.team.ID)
	a.addProgram("Deploys of the shop", true, a.team.ID)
	_, id := a.signIn(memberEmail).share(a.item, nil)
	admin := a.signIn(adminEmail)
	member := a.users[memberEmail]
	for text, want := range map[string]string{
		member.ID: id, member.Email: id, strings.ToUpper(member.Name): id, " " + member.Name: id,
		adminEmail: "none", twin.ID: "none", "of the shop": "none",
		"nobody": "No person matches", "Deploys": "Several people match",
	} {
		for path, field := range map[string]string{"/shares": "by", "/admin/audit": "actor"} {
			r := admin.get(path + "?" + url.Values{field: {text}}.Encode())
			refused := strings.Contains(want, " ")
			if refused != (r.status == http.StatusUnprocessableEntity) ||
				refused && !strings.Contains(r.body, want) {
				t.Errorf("%s?%s=%s: %d, want %q", path, field, text, r.status, want)
			}
			if path == "/shares" && strings.Contains(r.body, "/shares/"+id) != (want == id) {
				t.Errorf("by %q: the share is listed or not", text)
			}
		}
	}
	for text, listed := range map[string]bool{a.team.ID: true, "team": true, "tea": true, "": true} {
		r := admin.get("/shares?vault=" + url.QueryEscape(text))
		if strings.Contains(r.body, "/shares/"+id) != listed {
			t.Errorf("in the vault %q: listed %v", text, !listed)
		}
	}
}

// TestFiltersStaySmall asserts that the history and the audit log name a few people, however many
// there are.
func TestFiltersStaySmall(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	sizes := func() (all []int) {
		for _, path := range []string{"/shares", "/admin/audit"} {
			all = append(all, len(admin.get(path).body))
		}
		return all
	}
	before := sizes()
	for i := range 500 {
		id := fmt.Sprint("person ", i)
		a.must(a.db.AddUser(t.Context(), account.User{
			ID: id, Email: fmt.Sprintf("p%d@people.example", i), Name: fmt.Sprint("Person ", i),
			Role: account.Member,
		}, "", audit.Entry{At: a.clock.Now(), Kind: audit.UserAdded, Subject: id}))
	}
	after := sizes()
	t.Logf("with 500 people the history has %d bytes, the audit log %d", after[0], after[1])
	if n := after[0] - before[0]; n > 2000 {
		t.Errorf("500 people add %d bytes to the history", n)
	}
	if after[1] > 70_000 { // 50 rows
		t.Errorf("with 500 people the audit log's page has %d bytes", after[1])
	}
}
