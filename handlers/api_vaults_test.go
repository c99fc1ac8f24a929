package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/audit"
)

// TestProgramKeepsVaults: created without rights for anybody, renamed, archived and restored.
func TestProgramKeepsVaults(t *testing.T) {
	a := newApp(t)
	p, member := a.addManager(), a.signIn(memberEmail)
	made := p.want(http.StatusCreated, "POST", "/vaults", `{"title":" Contractors "}`)
	id := made.object(t)["id"].(string)
	path := "/vaults/" + id
	if made.object(t)["title"] != "Contractors" || made.header.Get("Location") != a.base.String()+apiPath+path {
		t.Errorf("created: %v %v", made, made.header)
	}
	if got := p.get(path + "/access").ids(t); got != "" {
		t.Errorf("who has access: %s", got)
	}
	if r := member.get("/items?vault=" + id); r.status != http.StatusNotFound {
		t.Errorf("a vault without access: %d", r.status)
	}
	p.want(http.StatusNoContent, "PUT", path+"/access/users/"+a.users[memberEmail].ID, `{"rights":["edit"]}`)
	create := func() int {
		return member.post("/vaults/"+id+"/items", url.Values{
			"category": {"SecureNote"}, "title": {"Plan"}, "notes": {"n"},
		}).status
	}
	if got := create(); got != http.StatusSeeOther {
		t.Errorf("an item in it: %d", got)
	}
	for range 2 { // again changes nothing
		r := p.want(http.StatusOK, "PATCH", path, `{"title":"Partners","archived":true}`)
		if v := r.object(t); v["title"] != "Partners" || v["archived"] != true || v["id"] != id {
			t.Errorf("changed: %v", r)
		}
	}
	if got := create(); got != http.StatusNotFound {
		t.Errorf("an item in an archived vault: %d", got)
	}
	if r := p.get(path); r.object(t)["archived"] != true || r.header.Get("ETag") == "" {
		t.Errorf("archived: %v", r)
	}
	p.want(http.StatusOK, "PATCH", path, `{"archived":false}`)
	if got := create(); got != http.StatusSeeOther {
		t.Errorf("an item in a restored vault: %d", got)
	}
	for kind, n := range map[audit.Kind]int{
		audit.VaultAdded: 1, audit.VaultRenamed: 1, audit.VaultArchived: 1, audit.VaultRestored: 1,
	} {
		a.wantEvents(n, kind, p.account.ID)
	}
}

// TestProgramChangesNoAccount: the vaults of a 1Password account are changed there.
func TestProgramChangesNoAccount(t *testing.T) {
	n := newNativeApp(t)
	p := n.addManager()
	id := p.get("/vaults?all=true").object(t)["items"].([]any)[0].(map[string]any)["id"].(string)
	p.want(http.StatusOK, "GET", "/vaults/"+id, "")
	for _, r := range []reply{
		p.call("POST", "/vaults", `{"title":"Contractors"}`),
		p.call("PATCH", "/vaults/"+id, `{"archived":true}`),
	} {
		if r.status != http.StatusForbidden || !strings.Contains(r.body, "can only be changed in") {
			t.Errorf("%v", r)
		}
	}
}

// TestProgramResetsPasswords: a link by email, or in the answer where there is none; the old password works
// until then.
func TestProgramResetsPasswords(t *testing.T) {
	for _, mailOff := range []bool{false, true} {
		t.Run(fmt.Sprint("mail off ", mailOff), func(t *testing.T) {
			a := newApp(t, appOptions{mailOff: mailOff})
			p, his := a.addManager(), a.signIn(memberEmail)
			made := p.want(http.StatusCreated, "POST", "/users/"+a.users[memberEmail].ID+"/password-reset", "")
			link, shown := made.object(t)["link"].(string)
			if shown != mailOff || made.object(t)["expiresAt"] == nil {
				t.Errorf("made: %v", made)
			}
			_, code, _ := strings.Cut(link, "#")
			if !mailOff {
				code = a.mailedCode(memberEmail)
			}
			if r := his.get("/items"); r.status != http.StatusOK {
				t.Errorf("before the new password: %d", r.status)
			}
			const another = "quite another passphrase"
			if r := a.browser().post("/join", url.Values{"code": {code}, "password": {another}}); r.status !=
				http.StatusSeeOther {
				t.Errorf("the new password: %v", r)
			}
			if r := his.get("/items"); r.status != http.StatusSeeOther {
				t.Errorf("a session before the new password: %d", r.status)
			}
			a.wantEvents(1, audit.PasswordReset, p.account.ID)
			a.wantNowhere(code, strings.ReplaceAll(code, "-", ""), p.token)
		})
	}
}

// TestProgramReadsRights: of a person with their groups, and of a group.
func TestProgramReadsRights(t *testing.T) {
	a := newApp(t)
	p, id := a.addManager(), a.users[otherEmail].ID
	group, err := a.accounts.AddGroup(t.Context(), "", "Developers")
	a.must(err)
	a.must(a.accounts.SetMember(t.Context(), "", group.ID, id, true))
	for _, g := range []account.Grant{
		{GroupID: group.ID, VaultID: a.team.ID, View: true, NoReveal: true, Share: true},
		{UserID: id, VaultID: a.team.ID, View: true, Edit: true},
		{GroupID: group.ID, VaultID: a.readOnly.ID, View: true, Manage: true},
	} {
		a.must(a.accounts.SetGrant(t.Context(), "", g))
	}
	a.must(a.vault.ArchiveVault(t.Context(), "", a.readOnly.ID))
	wantRights(t, p.get("/users/"+id+"/access"), map[string]string{
		a.team.ID: "[view reveal share edit] [map[rights:[view reveal edit]] map[groupId:" + group.ID +
			" rights:[view share]]]",
		a.readOnly.ID:  "archived [view reveal manage] [map[groupId:" + group.ID + " rights:[view reveal manage]]]",
		a.elsewhere.ID: "[view reveal share] [map[rights:[view reveal share]]]",
	})
	wantRights(t, p.get("/groups/"+group.ID+"/access"), map[string]string{
		a.team.ID:     "[view share] [map[rights:[view share]]]",
		a.readOnly.ID: "archived [view reveal manage] [map[rights:[view reveal manage]]]",
	})
	p.want(http.StatusNotFound, "GET", "/users/"+p.account.ID+"/access", "") // not a person
	p.want(http.StatusNotFound, "GET", "/groups/nothing/access", "")
}

// wantRights asserts the rights and their sources in each vault.
func wantRights(t *testing.T, r reply, want map[string]string) {
	t.Helper()
	for _, o := range r.object(t)["items"].([]any) {
		of := o.(map[string]any)
		got := fmt.Sprint(of["rights"], " ", of["sources"])
		if of["archived"] == true {
			got = "archived " + got
		}
		if id := of["vaultId"].(string); got != want[id] {
			t.Errorf("in %s: %s, want %s", id, got, want[id])
		} else {
			delete(want, id)
		}
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}
