package handlers

import (
	"net/http"
	"strings"
	"testing"

	"itemshare/account"
)

// rights are those of the callers of vaultRoutes in the team's vault: one who may view, one who may
// view and share but not reveal, one who may view and edit, one who may edit by a group alone, and one
// who may manage the vault but reveal nothing.
var rights = [...]struct {
	name    string
	grant   account.Grant
	byGroup bool
}{
	{name: "viewer", grant: account.Grant{View: true}},
	{name: "veiled", grant: account.Grant{Share: true, NoReveal: true}},
	{name: "editor", grant: account.Grant{Edit: true}},
	{name: "grouped", grant: account.Grant{Edit: true}, byGroup: true},
	{name: "manager", grant: account.Grant{Manage: true, NoReveal: true}},
}

// vaultRoutes has the status for each of rights of every route below a vault: one that is not here
// fails the test.
var vaultRoutes = map[string][len(rights)]int{
	"GET /vaults/:vault/access":                                 {403, 403, 403, 403, 200},
	"POST /vaults/:vault/access":                                {403, 403, 403, 403, 422}, // for nobody
	"POST /vaults/:vault/access/name":                           {403, 403, 403, 403, 422}, // without one
	"POST /vaults/:vault/access/archive":                        {403, 403, 403, 403, 303},
	"POST /vaults/:vault/access/restore":                        {403, 403, 403, 403, 303},
	"GET /vaults/:vault/items/new":                              {403, 403, 200, 200, 403},
	"POST /vaults/:vault/items":                                 {403, 403, 303, 303, 403},
	"GET /vaults/:vault/items/:item":                            {200, 200, 200, 200, 200},
	"POST /vaults/:vault/items/:item":                           {403, 403, 409, 409, 403}, // of another version
	"GET /vaults/:vault/items/:item/edit":                       {403, 403, 200, 200, 403},
	"POST /vaults/:vault/items/:item/duplicate":                 {403, 403, 303, 303, 403},
	"POST /vaults/:vault/items/:item/move":                      {403, 403, 422, 422, 403}, // without a vault
	"POST /vaults/:vault/items/:item/archive":                   {403, 403, 303, 303, 403},
	"POST /vaults/:vault/items/:item/restore":                   {403, 403, 303, 303, 403},
	"POST /vaults/:vault/items/:item/delete":                    {403, 403, 409, 409, 403}, // not archived
	"GET /vaults/:vault/items/:item/versions":                   {200, 200, 200, 200, 200},
	"GET /vaults/:vault/items/:item/versions/:version":          {200, 200, 200, 200, 200},
	"POST /vaults/:vault/items/:item/versions/:version/restore": {403, 403, 409, 409, 403}, // the current one
	"POST /vaults/:vault/items/:item/reveal":                    {200, 403, 200, 200, 403},
	"POST /vaults/:vault/items/:item/files":                     {403, 403, 303, 303, 403},
	"GET /vaults/:vault/items/:item/files/:file":                {200, 403, 200, 404, 403}, // deleted by then
	"POST /vaults/:vault/items/:item/files/:file/delete":        {403, 403, 303, 404, 403},
	"GET /vaults/:vault/items/:item/share":                      {403, 200, 403, 403, 403},
	"POST /vaults/:vault/items/:item/share":                     {403, 422, 403, 403, 403}, // for anyone
	"POST /vaults/:vault/items/:item/share/preview":             {403, 422, 403, 403, 403},
	"POST /vaults/:vault/items/:item/share/recipients":          {403, 200, 403, 403, 403},
	"POST /vaults/:vault/items/:item/share/terms":               {403, 200, 403, 403, 403},
}

// TestEveryRightInAVault asserts that every route below a vault has the wanted status for each right.
func TestEveryRightInAVault(t *testing.T) {
	a := newAppWithCallers(t)
	_, shared := a.browsers[1].share(a.item, nil)
	for i, who := range rights {
		b := a.signInWith(who.name, who.grant, who.byGroup)
		for _, r := range routeTable() {
			key := r.method + " " + r.path
			want, listed := vaultRoutes[key]
			below := strings.Contains(r.path, ":vault") && !r.access.ForServiceAccounts()
			if listed != below {
				t.Errorf("%s: listed %v", key, listed)
			}
			if strings.HasPrefix(r.path, "/sign") || r.access.ForServiceAccounts() {
				continue
			}
			got := b.send(r.method, a.fillPattern(r.path, "seen", shared), routeTests[key].form)
			if listed && got.status != want[i] {
				t.Errorf("%s by the %s: %d, want %d", key, who.name, got.status, want[i])
			}
			if got.status == http.StatusForbidden && listed && len(got.errors()) == 0 {
				t.Errorf("%s by the %s has no code", key, who.name)
			}
		}
	}
}

// signInWith adds a member with a grant for the team's vault, of their own or of a group, and returns
// their browser.
func (a *app) signInWith(name string, grant account.Grant, byGroup ...bool) *browser {
	a.t.Helper()
	email := name + "@company.example"
	user, err := a.accounts.AddUser(a.t.Context(), "", account.NewUser{
		Email: email, Name: name, Role: account.Member, Password: password,
	})
	a.must(err)
	grant.UserID, grant.VaultID = user.ID, a.team.ID
	if len(byGroup) > 0 && byGroup[0] {
		group, err := a.accounts.AddGroup(a.t.Context(), "", name+"s")
		a.must(err)
		a.must(a.accounts.SetMember(a.t.Context(), "", group.ID, user.ID, true))
		grant.UserID, grant.GroupID = "", group.ID
	}
	a.must(a.accounts.SetGrant(a.t.Context(), "", grant))
	return a.signIn(email)
}
