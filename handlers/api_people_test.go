package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/audit"
)

// addManager adds a service account that may manage people and nothing else.
func (a *app) addManager() program {
	a.t.Helper()
	return a.addServiceAccount(account.NewServiceAccount{Name: "Onboarding", ManagePeople: true})
}

// want sends a request and asserts the status of the answer.
func (p program) want(status int, method, path, body string) reply {
	p.app.t.Helper()
	r := p.call(method, path, body)
	if r.status != status {
		p.app.t.Fatalf("%s %s %s: %v, want %d", method, path, body, r, status)
	}
	return r
}

// wantEvents asserts how many events of a kind name an actor.
func (a *app) wantEvents(n int, kind audit.Kind, actor string) {
	a.t.Helper()
	page, err := a.audited.List(a.t.Context(), audit.Query{Kind: kind, Actor: actor, Limit: 100})
	a.must(err)
	if len(page.Events) != n {
		a.t.Errorf("%d events %s by %s, want %d", len(page.Events), kind, actor, n)
	}
}

// ids returns the IDs of a list, in its order.
func (r reply) ids(t testing.TB) string {
	t.Helper()
	var ids []string
	for _, o := range r.object(t)["items"].([]any) {
		ids = append(ids, o.(map[string]any)["id"].(string))
	}
	return strings.Join(ids, " ")
}

// TestProgramInvites: invited with rights by email, found, joined; the code is nowhere.
func TestProgramInvites(t *testing.T) {
	a := newApp(t)
	p := a.addManager()
	a.must(a.accounts.SetOrganization(t.Context(), "", "Acme"))
	group, err := a.accounts.AddGroup(t.Context(), "", "Developers")
	a.must(err)
	r := p.want(http.StatusCreated, "POST", "/users", `{"email":"Zoe@company.example","name":"Zoe",
		"groups":["`+group.ID+`","`+group.ID+`"],
		"vaults":[{"vaultId":"`+a.team.ID+`","rights":["reveal","share"]}]}`)
	invited := r.object(t)["user"].(map[string]any)
	if invited["status"] != "invited" || invited["role"] != "member" || invited["invitedUntil"] == nil {
		t.Errorf("invited: %v", r)
	}
	if r.object(t)["link"] != nil {
		t.Errorf("a link although it is mailed: %v", r)
	}
	code := a.mailedCode("zoe@company.example")
	if m := a.outbox.Sent()[0]; m.Subject != "Onboarding invited you to Acme (itemshare)" {
		t.Errorf("subject: %s", m.Subject)
	}
	zoe := a.browser()
	joined := zoe.post("/join", url.Values{"code": {code}, "password": {password}})
	if joined.status != http.StatusSeeOther {
		t.Fatal(joined)
	}
	if link, _ := zoe.share(a.item, nil); link == "" {
		t.Error("she can't share")
	}
	found := p.get("/users?email=ZOE@company.example").object(t)["items"].([]any)
	if got := p.get("/groups/" + group.ID + "/members").ids(t); got != invited["id"] {
		t.Errorf("in the group: %s", got)
	}
	if len(found) != 1 || found[0].(map[string]any)["status"] != "active" ||
		found[0].(map[string]any)["invitedUntil"] != nil {
		t.Errorf("found: %v", found)
	}
	if none := p.get("/users?email=nobody@company.example").ids(t); none != "" {
		t.Errorf("found: %v", none)
	}
	a.wantEvents(1, audit.UserInvited, p.account.ID)
	a.wantNowhere(code, strings.ReplaceAll(code, "-", ""), p.token)
}

// TestProgramInvitesWithoutMail: the link is in the answer, and a newer one or a withdrawal ends it.
func TestProgramInvitesWithoutMail(t *testing.T) {
	a := newApp(t, appOptions{mailOff: true})
	p := a.addManager()
	first := p.want(http.StatusCreated, "POST", "/users",
		`{"email":"zoe@company.example","name":"Zoe","role":"admin"}`)
	id := first.object(t)["user"].(map[string]any)["id"].(string)
	again := p.want(http.StatusCreated, "POST", "/users/"+id+"/invitation", "")
	codeOf := func(r reply) string {
		address, code, _ := strings.Cut(r.object(t)["link"].(string), "#")
		if address != a.base.String()+"/join" || r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("the link: %v", r)
		}
		return code
	}
	old, code := codeOf(first), codeOf(again)
	join := func(code string) int {
		return a.browser().post("/join", url.Values{"code": {code}, "password": {password}}).status
	}
	if got := join(old); got != http.StatusUnauthorized {
		t.Errorf("the old code: %d", got)
	}
	p.want(http.StatusNoContent, "DELETE", "/users/"+id, "")
	if got := join(code); got != http.StatusUnauthorized {
		t.Errorf("a withdrawn code: %d", got)
	}
	p.want(http.StatusNotFound, "GET", "/users/"+id, "")
	a.wantEvents(2, audit.UserInvited, p.account.ID)
	a.wantEvents(1, audit.InviteWithdrawn, p.account.ID)
	a.wantNowhere(old, code)
}

// TestProgramOffboards: suspended and out, reinstated, removed with their links handed over.
func TestProgramOffboards(t *testing.T) {
	a := newApp(t)
	p, max := a.addManager(), "/users/"+a.users[memberEmail].ID
	his := a.signIn(memberEmail)
	_, shared := his.share(a.item, nil)
	p.want(http.StatusOK, "PATCH", max, `{"status":"suspended"}`)
	if r := his.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("a session of somebody suspended: %d", r.status)
	}
	changed := p.want(http.StatusOK, "PATCH", max,
		`{"status":"active","role":"admin","name":"Maximilian"}`).object(t)
	if changed["status"] != "active" || changed["role"] != "admin" || changed["name"] != "Maximilian" {
		t.Errorf("changed: %v", changed)
	}
	if his = a.signIn(memberEmail); his.get("/admin").status != http.StatusOK {
		t.Error("he is no admin")
	}
	p.want(http.StatusOK, "PATCH", max, `{"role":"member"}`)
	heir := a.users[adminEmail].ID
	for _, wrong := range []string{"", "?links=hand", "?links=handOver", "?links=handOver&to=nobody"} {
		p.want(http.StatusUnprocessableEntity, "DELETE", max+wrong, "")
	}
	p.want(http.StatusNoContent, "DELETE", max+"?links=handOver&to="+heir, "")
	a.signIn(adminEmail).get("/shares/"+shared).wantWords(t, "the link", `data-state="active"`, "Ada")
	p.want(http.StatusNotFound, "GET", max, "")
	for kind, n := range map[audit.Kind]int{
		audit.UserDisabled: 2, audit.UserEnabled: 1, audit.UserChanged: 2, audit.LinksHandedOver: 1,
		audit.UserRemoved: 1,
	} {
		a.wantEvents(n, kind, p.account.ID)
	}
}

// TestProgramKeepsAnAdmin: the last one can't be taken away, and nothing changes.
func TestProgramKeepsAnAdmin(t *testing.T) {
	a := newApp(t)
	p, ada := a.addManager(), "/users/"+a.users[adminEmail].ID
	p.get("/users") // records the first use of the token
	before := a.dump()
	for _, r := range []reply{
		p.call("PATCH", ada, `{"role":"member"}`), p.call("PATCH", ada, `{"status":"suspended"}`),
		p.call("DELETE", ada+"?links=keep", ""),
	} {
		if r.status != http.StatusConflict || !strings.Contains(r.body, "only admin who can sign in") {
			t.Errorf("%v", r)
		}
	}
	a.wantUnchanged(before, "taking away the last admin")
}

// TestManagersEndWithTheirAdmin: the token stops while who created it is no admin or is suspended.
func TestManagersEndWithTheirAdmin(t *testing.T) {
	a := newApp(t)
	eve, err := a.accounts.AddUser(t.Context(), "", account.NewUser{
		Email: "eve@company.example", Name: "Eve", Role: account.Admin, Password: password,
	})
	a.must(err)
	_, token, err := a.accounts.AddServiceAccount(t.Context(), eve.ID, account.NewServiceAccount{
		Name: "Onboarding", ManagePeople: true,
	})
	a.must(err)
	_, reads, err := a.accounts.AddServiceAccount(t.Context(), eve.ID, account.NewServiceAccount{
		Name: "Reader", Vaults: []string{a.team.ID},
	})
	a.must(err)
	p := program{browser: a.browser(), token: string(token)}
	reader := program{browser: a.browser(), token: string(reads)}
	change := func(role account.Role, suspended bool) {
		a.must(a.accounts.ChangePerson(t.Context(), "", eve.ID, "Eve", role))
		a.must(a.accounts.Suspend(t.Context(), "", eve.ID, suspended))
	}
	p.want(http.StatusOK, "GET", "/users", "")
	change(account.Member, false)
	p.want(http.StatusUnauthorized, "GET", "/users", "")
	reader.want(http.StatusOK, "GET", "/vaults", "") // within what members may do
	a.signIn(adminEmail).get("/admin/service-accounts").
		wantWords(t, "the page", "Suspended: created by a former admin")
	change(account.Admin, true)
	p.want(http.StatusUnauthorized, "GET", "/users", "")
	change(account.Admin, false)
	p.want(http.StatusOK, "GET", "/users", "")
	a.must(a.accounts.Remove(t.Context(), "", eve.ID, func(context.Context) (string, error) {
		return "0 kept", nil
	}))
	p.want(http.StatusUnauthorized, "GET", "/users", "")
}

// TestProgramLearnsOfPeople: whether an invitation was delivered, as the mail server said, and who has a
// second factor.
func TestProgramLearnsOfPeople(t *testing.T) {
	a, server := newMailApp(t)
	server.Refuse(ann, 550, rejection)
	p := a.addManager()
	invited := p.want(http.StatusCreated, "POST", "/users", `{"email":"`+ann+`","name":"Ann"}`)
	path := "/users/" + invited.object(t)["user"].(map[string]any)["id"].(string)
	a.awaitMailQueue()
	failure, _ := p.get(path).object(t)["undelivered"].(map[string]any)
	if reason, _ := failure["reason"].(string); !strings.Contains(reason, "No such mailbox") ||
		failure["email"] != ann || failure["retried"] != false || failure["at"] == nil {
		t.Errorf("an invitation that was refused: %v", failure)
	}
	if found := p.get("/users?email=" + ann); !strings.Contains(found.body, "No such mailbox") {
		t.Errorf("in the list: %v", found)
	}
	server.Refuse(ann, 0, "")
	p.want(http.StatusCreated, "POST", path+"/invitation", "")
	a.awaitMailQueue()
	if r := p.get(path).object(t); r["undelivered"] != nil || r["secondFactor"] != false {
		t.Errorf("one that was delivered: %v", r)
	}
	a.signIn(memberEmail).setUpFactor("")
	for email, want := range map[string]bool{memberEmail: true, otherEmail: false} {
		if r := p.get("/users/" + a.users[email].ID).object(t); r["secondFactor"] != want {
			t.Errorf("%s: %v", email, r)
		}
	}
}
