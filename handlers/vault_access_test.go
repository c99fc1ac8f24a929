package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/audit"
)

// kindsOf returns the kinds of all audit events, oldest first.
func (a *app) kindsOf() (kinds []audit.Kind) {
	a.t.Helper()
	page, err := a.audited.List(a.t.Context(), audit.Query{Limit: 200})
	a.must(err)
	for _, e := range page.Events {
		kinds = append(kinds, e.Kind)
	}
	slices.Reverse(kinds)
	return kinds
}

// TestManagingAVault: a member who manages a vault gives rights there, renames and archives it, and is
// warned before they lock themselves out. Each change is an audit event.
func TestManagingAVault(t *testing.T) {
	a := newApp(t)
	manager := a.signInWith("manager", account.Grant{Manage: true})
	path := "/vaults/" + a.team.ID + "/access"
	other := a.signIn(otherEmail)
	before := len(a.kindsOf())
	want := func(what string, r reply, status int, words ...string) {
		t.Helper()
		if r.status != status {
			t.Errorf("%s: %d, want %d", what, r.status, status)
		}
		r.wantWords(t, what, words...)
	}
	if r := manager.get("/items?vault=" + a.team.ID); !strings.Contains(r.body, path) {
		t.Error("the vault's items have no link to manage it")
	}
	want("the page", manager.get(path), 200, "Max", memberEmail, "1 item", "Own")
	want("what is open to admins", manager.get("/admin/vaults"), 403)
	want("another vault", manager.get("/vaults/"+a.elsewhere.ID+"/access"), 404)
	want("nobody", manager.post(path, url.Values{"who": {"Nobody"}, "view": {"on"}}), 422,
		"No person or group matches", `value="Nobody"`)
	want("editing without revealing", manager.post(path, url.Values{
		"who": {otherEmail}, "edit": {"on"},
	}), 422, "Leave out edit")
	want("giving rights", manager.post(path, url.Values{
		"who": {otherEmail}, "view": {"on"}, "share": {"on"},
	}), 303)
	want("at the next request", other.get(itemPath(a.item)), 200)
	want("and no more", other.post(itemPath(a.item)+"/reveal", url.Values{"field": {"password"}}), 403)
	want("renaming to a name in use", manager.post(path+"/name", url.Values{"name": {"read ONLY"}}), 409,
		"There is a vault of that name already", `value="read ONLY"`)
	want("renaming", manager.post(path+"/name", url.Values{"name": {"Operations"}}), 303)
	want("the new name", other.get("/items"), 200, "Operations")
	want("archiving", manager.post(path+"/archive", nil), 303)
	want("an archived vault's item", other.get(itemPath(a.item)), 404)
	want("its page", manager.get(path), 200, "This vault is archived")
	want("the list", manager.get("/vaults"), 200, "Archived vaults")
	want("restoring", manager.post(path+"/restore", nil), 303)
	want("the item again", other.get(itemPath(a.item)), 200)
	oneself := url.Values{"who": {"manager@company.example"}, "view": {"on"}, "reveal": {"on"}}
	want("locking oneself out", manager.post(path, oneself), 422, "be able to manage this vault any more")
	oneself.Set("confirm", "on")
	want("knowing it", manager.post(path, oneself), 303)
	want("afterwards", manager.get(path), 403)
	got := a.kindsOf()[before:]
	for _, kind := range []audit.Kind{
		audit.GrantChanged, audit.VaultRenamed, audit.VaultArchived, audit.VaultRestored,
	} {
		if !slices.Contains(got, kind) {
			t.Errorf("%s is not among %v", kind, got)
		}
	}
}

// TestGroups: an admin makes a group, adds a person and gives it rights; the page says what its deletion
// takes from whom, and that is so at the next request.
func TestGroups(t *testing.T) {
	a := newApp(t)
	admin, other := a.signIn(adminEmail), a.signIn(otherEmail)
	want := func(what string, r reply, status int, words ...string) {
		t.Helper()
		if r.status != status {
			t.Errorf("%s: %d, want %d", what, r.status, status)
		}
		r.wantWords(t, what, words...)
	}
	want("no groups", admin.get("/admin/groups"), 200, "No groups yet")
	made := admin.post("/admin/groups", url.Values{"name": {"Operations"}})
	want("a group", made, 303)
	page, _, _ := strings.Cut(made.header.Get("Location"), "?")
	want("its name again", admin.post("/admin/groups", url.Values{"name": {"operations"}}), 409,
		"There is a group of that name already", `value="operations"`)
	want("somebody unknown", admin.post(page+"/members", url.Values{"person": {"nobody@x.example"}}), 422,
		"No person or group matches")
	want("a member", admin.post(page+"/members", url.Values{"person": {otherEmail}}), 303)
	access := "/vaults/" + a.team.ID + "/access"
	want("its rights", admin.post(access, url.Values{
		"who": {"OPERATIONS"}, "view": {"on"}, "reveal": {"on"},
	}), 303)
	want("what the member may", other.get(itemPath(a.item)), 200)
	want("where it comes from", admin.get("/admin/vaults?q=olga"), 200, "Operations")
	want("its page", admin.get(page), 200, "Olga", "1 member", "1 vault",
		"1 person loses access to a vault altogether")
	want("its page in the log", admin.get("/admin/audit?kind=group.member_added"), 200, page, "Olga")
	want("options", admin.get("/complete?who=oper", "HX-Request", "true"), 200, `value="Operations"`)
	want("options for others", other.get("/complete?who=oper", "HX-Request", "true"), 403)
	id := page[strings.LastIndexByte(page, '/')+1:]
	olga := a.users[otherEmail].ID
	want("out of the group", admin.post(page+"/members/"+olga+"/remove", nil), 303)
	want("what is left", other.get(itemPath(a.item)), 404)
	a.must(a.accounts.SetMember(t.Context(), "", id, olga, true))
	want("another name", admin.post(page, url.Values{"name": {"Crew"}}), 303)
	want("deleted", admin.post(page+"/delete", nil), 303)
	want("it is gone", admin.get(page), http.StatusNotFound)
	want("with its rights", other.get(itemPath(a.item)), 404)
}

// TestAddingAVault: the admin who creates a vault has every right in it; others have none.
func TestAddingAVault(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	if r := admin.post("/admin/vaults", url.Values{"name": {"team"}}); r.status != http.StatusConflict ||
		!strings.Contains(r.body, `value="team"`) {
		t.Errorf("a name in use: %d", r.status)
	}
	r := admin.post("/admin/vaults", url.Values{"name": {"Fresh"}})
	page, _, _ := strings.Cut(r.header.Get("Location"), "?")
	id := strings.Split(page, "/")[2]
	if r.status != http.StatusSeeOther {
		t.Fatalf("%d", r.status)
	}
	if r := admin.get("/vaults/" + id + "/items/new"); r.status != http.StatusOK {
		t.Errorf("the admin edits: %d", r.status)
	}
	if r := a.signIn(memberEmail).get("/vaults/" + id + "/items/new"); r.status != http.StatusNotFound {
		t.Errorf("a member: %d", r.status)
	}
}
