package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/audit"
)

// TestProgramManagesGroups: a group gives its members a vault as long as they are in it.
func TestProgramManagesGroups(t *testing.T) {
	a := newApp(t)
	p, other := a.addManager(), a.signIn(otherEmail)
	made := p.want(http.StatusCreated, "POST", "/groups", `{"name":"Developers"}`)
	id := made.object(t)["id"].(string)
	path, member := "/groups/"+id, "/groups/"+id+"/members/"+a.users[otherEmail].ID
	if made.header.Get("Location") != a.base.String()+apiPath+path {
		t.Errorf("created: %v", made.header)
	}
	if r := p.want(http.StatusConflict, "POST", "/groups", `{"name":"developers"}`); !strings.Contains(
		r.body, "a group of that name already",
	) {
		t.Errorf("the same name: %v", r)
	}
	access := "/vaults/" + a.team.ID + "/access/groups/" + id
	for range 2 { // again changes nothing
		p.want(http.StatusNoContent, "PUT", member, "")
		p.want(http.StatusNoContent, "PUT", access, `{"rights":["view"]}`)
	}
	a.wantEvents(1, audit.MemberAdded, p.account.ID)
	if r := other.get(itemPath(a.item)); r.status != http.StatusOK || strings.Contains(r.body, "reveal\"") {
		t.Errorf("a member without reveal: %d", r.status)
	}
	group := p.get(path).object(t)
	if group["memberCount"] != 1.0 || group["vaultCount"] != 1.0 {
		t.Errorf("the group: %v", group)
	}
	if got := p.get(path + "/members").ids(t); got != a.users[otherEmail].ID {
		t.Errorf("members: %v", got)
	}
	p.want(http.StatusNoContent, "DELETE", member, "")
	if r := other.get(itemPath(a.item)); r.status != http.StatusNotFound {
		t.Errorf("a former member: %d", r.status)
	}
	if r := p.want(http.StatusOK, "PATCH", path, `{"name":"Engineers"}`); r.object(t)["name"] != "Engineers" {
		t.Errorf("renamed: %v", r)
	}
	p.want(http.StatusNoContent, "DELETE", path, "")
	p.want(http.StatusNotFound, "GET", path, "")
}

// TestProgramGivesAccess: who has access is listed with where it comes from, and changes at once.
func TestProgramGivesAccess(t *testing.T) {
	a := newApp(t)
	p, id := a.addManager(), a.users[otherEmail].ID
	group, err := a.accounts.AddGroup(t.Context(), "", "Developers")
	a.must(err)
	a.must(a.accounts.SetMember(t.Context(), "", group.ID, id, true))
	path := "/vaults/" + a.team.ID + "/access"
	p.want(http.StatusNoContent, "PUT", path+"/groups/"+group.ID, `{"rights":["share"]}`)
	p.want(http.StatusNoContent, "PUT", path+"/users/"+id, `{"rights":["edit"]}`)
	rights := accessIn(p.get(path), t)
	for who, want := range map[string]string{
		group.ID: "group [view share] from [[view share]]",
		id:       "user [view reveal share edit] from [[view reveal edit] " + group.ID + "[view share]]",
	} {
		if rights[who] != want {
			t.Errorf("%s has %s, want %s", who, rights[who], want)
		}
	}
	p.want(http.StatusNoContent, "DELETE", path+"/users/"+id, "")
	if got := accessIn(p.get(path), t)[id]; got != "user [view share] from ["+group.ID+"[view share]]" {
		t.Errorf("by the group alone: %s", got)
	}
	if r := a.signIn(otherEmail).get(itemPath(a.item)); r.status != http.StatusOK {
		t.Errorf("the item: %d", r.status)
	}
	p.want(http.StatusNotFound, "PUT", path+"/users/"+p.account.ID, `{"rights":["view"]}`) // itself
	p.want(http.StatusNotFound, "PUT", "/vaults/nowhere/access/users/"+id, `{"rights":["view"]}`)
	a.wantEvents(3, audit.GrantChanged, p.account.ID)
}

// accessIn returns what each of those with access can do and where that comes from, by ID.
func accessIn(r reply, t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, o := range r.object(t)["items"].([]any) {
		entry := o.(map[string]any)
		var from []string
		for _, s := range entry["sources"].([]any) {
			source := s.(map[string]any)
			group, _ := source["groupId"].(string)
			from = append(from, group+fmt.Sprint(source["rights"]))
		}
		all[entry["id"].(string)] = fmt.Sprint(entry["type"], " ", entry["rights"], " from ", from)
	}
	return all
}

// TestListsOfPeopleInPages: each entry once, whatever the size of a page.
func TestListsOfPeopleInPages(t *testing.T) {
	a := newApp(t)
	p := a.addManager()
	for i := range 3 {
		group, err := a.accounts.AddGroup(t.Context(), "", fmt.Sprint("Group ", i))
		a.must(err)
		a.must(a.accounts.SetMember(t.Context(), "", group.ID, a.users[memberEmail].ID, true))
		a.must(a.accounts.SetMember(t.Context(), "", group.ID, a.users[adminEmail].ID, true))
		a.must(a.accounts.SetGrant(t.Context(), "",
			account.Grant{GroupID: group.ID, VaultID: a.team.ID, View: true}))
	}
	groups := p.get("/groups").ids(t)
	first, _, _ := strings.Cut(groups, " ")
	for _, path := range []string{
		"/users?q=company", "/groups?q=group", "/groups/" + first + "/members?q=", "/vaults/" +
			a.team.ID + "/access?q=",
	} {
		var paged []string
		for after := ""; ; {
			r := p.want(http.StatusOK, "GET", path+"&limit=1&after="+after, "")
			paged = append(paged, r.ids(t))
			next, more := r.object(t)["next"].(string)
			if !more {
				break
			}
			after = next
		}
		if whole := p.get(path).ids(t); strings.Join(paged, " ") != whole || len(paged) < 2 {
			t.Errorf("%s: %v, want %s", path, paged, whole)
		}
	}
	for _, path := range []string{"/users", "/groups", "/groups/" + first + "/members"} {
		p.want(http.StatusUnprocessableEntity, "GET", path+"?after=nothing", "")
	}
}

// TestEveryVaultForManagers: who gives access sees every vault, archived ones too, and no item.
func TestEveryVaultForManagers(t *testing.T) {
	a := newApp(t)
	p := a.addManager()
	a.must(a.vault.ArchiveVault(t.Context(), "", a.elsewhere.ID))
	all := p.get("/vaults?all=true")
	for _, id := range []string{a.team.ID, a.readOnly.ID, a.elsewhere.ID} {
		if !strings.Contains(all.body, id) {
			t.Errorf("%s isn't listed: %v", id, all)
		}
	}
	if own := p.get("/vaults").ids(t); own != "" {
		t.Errorf("its own: %s", own)
	}
	p.want(http.StatusNotFound, "GET", "/vaults/"+a.team.ID+"/items", "")
	a.addProgram("Reader", false, a.team.ID).want(http.StatusForbidden, "GET", "/vaults?all=true", "")
}
