package handlers

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/db/dbtest"
)

// TestInvitationIntoGroups: the groups that were chosen are on the lists while the person is pending,
// and give their rights once they have joined.
func TestInvitationIntoGroups(t *testing.T) {
	a := newApp(t)
	ctx := t.Context()
	admin := a.signIn(adminEmail)
	ops, err := a.accounts.AddGroup(ctx, "", "Ops")
	a.must(err)
	sales, err := a.accounts.AddGroup(ctx, "", "Sales")
	a.must(err)
	a.must(a.accounts.SetGrant(ctx, "", account.Grant{GroupID: ops.ID, VaultID: a.readOnly.ID, Share: true}))
	sent := admin.post("/admin/users", url.Values{
		"email": {"zoe@company.example"}, "name": {"Zoe"}, "role": {"member"}, "by": {"mail"},
		"vaults": {a.team.ID + ":view"}, "groups": {ops.ID, sales.ID, ops.ID},
	})
	if sent.status != http.StatusSeeOther {
		t.Fatal(sent)
	}
	admin.get("/admin/users?q=zoe").wantWords(t, "people", "Joins Ops and Sales", "2 vaults")
	admin.get("/admin/users/"+a.personID("zoe@company.example")).wantWords(t, "her page",
		"When they join.", "Group Ops", ">Sales<", "View and share", "Granted to this person")
	admin.get("/admin/audit?kind="+string(audit.UserInvited)).wantWords(t, "the log", "Ops, Sales")
	zoe := a.browser()
	if r := zoe.post("/join", url.Values{
		"code": {a.mailedCode("zoe@company.example")}, "password": {password},
	}); r.status != http.StatusSeeOther {
		t.Fatal(r)
	}
	if r := zoe.get(itemPath(a.notes) + "/share"); r.status != http.StatusOK {
		t.Errorf("sharing by the group's right: %d", r.status)
	}
	admin.get("/admin/users?q=zoe").wantWords(t, "people", "2 vaults", "!Joins")
}

// TestInvitationIntoAnUnknownGroup: one that was deleted since is said at the field, and nobody is
// invited.
func TestInvitationIntoAnUnknownGroup(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	ops, err := a.accounts.AddGroup(t.Context(), "", "Ops")
	a.must(err)
	form := url.Values{
		"email": {"zoe@company.example"}, "name": {"Zoe"}, "role": {"member"},
		"groups": {ops.ID, "gone"},
	}
	before := a.dump()
	r := admin.post("/admin/users", form)
	if r.status != http.StatusUnprocessableEntity {
		t.Errorf("%d", r.status)
	}
	r.wantWords(t, "the form", `data-testid="problem-groups"`, `value="zoe@company.example"`,
		`value="`+ops.ID+`" checked`)
	a.wantUnchanged(before, "an unknown group")
}

// TestUndeliveredInvitationIsTold: on the person's row and page and on the email page, with the mail
// server's words, until a newer invitation is delivered. Nothing of it is stored in clear.
func TestUndeliveredInvitationIsTold(t *testing.T) {
	a, server := newMailApp(t)
	server.Refuse(ann, 550, rejection)
	admin := a.signIn(adminEmail)
	sent := admin.post("/admin/users", url.Values{
		"email": {ann}, "name": {"Ann"}, "role": {"member"}, "by": {"mail"},
	})
	if sent.status != http.StatusSeeOther {
		t.Fatal(sent)
	}
	a.awaitMailQueue()
	person := "/admin/users/" + a.personID(ann)
	admin.get("/admin/users?q=ann").wantWords(t, "people", "Email not delivered")
	admin.get(person).wantWords(t, "her page", "The email couldn&#39;t be delivered", shownRejection)
	admin.get("/admin/mail").wantWords(t, "the email page", `data-testid="undelivered-code"`, ann,
		shownRejection, person)
	if bytes.Contains(dbtest.Content(t, a.url), []byte("No such mailbox")) ||
		strings.Contains(a.log.String(), "No such mailbox") {
		t.Error("the reason is stored or logged in clear")
	}
	server.Refuse(ann, 0, "")
	admin.post(person+"/invite", url.Values{"by": {"mail"}})
	a.awaitMailQueue()
	admin.get(person).wantWords(t, "her page once it is delivered", "!be delivered")
	admin.get("/admin/mail").wantWords(t, "the email page then", "!undelivered-code")
}
