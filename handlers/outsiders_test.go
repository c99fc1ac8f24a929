package handlers

import (
	"net/http"
	"net/url"
	"testing"

	"itemshare/account"
)

// TestSuspendedAndInvitedAreNobody: every route answers somebody who is suspended, with a session of
// before, and somebody who is invited, as it answers nobody, and changes nothing.
func TestSuspendedAndInvitedAreNobody(t *testing.T) {
	a := newAppWithCallers(t)
	_, share := a.browsers[1].share(a.item, nil)
	for who, b := range map[string]*browser{
		"suspended": a.suspendedBrowser("sue@company.example"),
		"invited":   a.invitedBrowser("ivy@company.example"),
	} {
		for _, r := range routeTable() {
			key := r.method + " " + r.path
			want := routeTests[key].want[0]
			if r.access.ForServiceAccounts() || changingRoutes[key] && (want < 400 || key == "POST /join") {
				continue
			}
			before := a.dump()
			got := b.send(r.method, a.fillPattern(r.path, "seen", share), routeTests[key].form)
			if got.status != want {
				t.Errorf("%s by somebody %s: %d, want %d", key, who, got.status, want)
			}
			a.wantUnchanged(before, key+" by somebody "+who)
			a.checkRefusal(key, "", r, got)
		}
	}
}

// suspendedBrowser signs in a person with rights in the team's vault, who is suspended then.
func (a *app) suspendedBrowser(email string) *browser {
	a.t.Helper()
	user, err := a.accounts.AddUser(a.t.Context(), "", account.NewUser{
		Email: email, Name: "Sue", Role: account.Admin, Password: password,
	})
	a.must(err)
	a.must(a.accounts.SetGrant(a.t.Context(), "", account.Grant{
		UserID: user.ID, VaultID: a.team.ID, Share: true, Edit: true, Manage: true,
	}))
	b := a.signIn(email)
	a.must(a.accounts.SetDisabled(a.t.Context(), "", email, true))
	r := b.post("/signin", url.Values{"email": {email}, "password": {password}})
	if r.status != http.StatusUnauthorized {
		a.t.Errorf("a suspended person signs in: %d", r.status)
	}
	return b
}

// invitedBrowser invites a person with rights in the team's vault, who tries to sign in before they have
// joined: without a password, and with their code as one.
func (a *app) invitedBrowser(email string) *browser {
	a.t.Helper()
	issued, err := a.accounts.Invite(a.t.Context(), "", account.NewInvite{
		Email: email, Name: "Ivy", Role: account.Admin,
		Grants: []account.Grant{{VaultID: a.team.ID, Share: true, Edit: true, Manage: true}},
	}, account.Post{})
	a.must(err)
	b := a.browser()
	for _, try := range []string{"", string(issued.Code)} {
		r := b.post("/signin", url.Values{"email": {email}, "password": {try}})
		if r.status != http.StatusUnauthorized {
			a.t.Errorf("an invited person signs in: %d", r.status)
		}
	}
	return b
}
