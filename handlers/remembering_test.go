package handlers

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/db"
	"itemshare/seal"
	"itemshare/share"
	"itemshare/vault/local"
)

// TestNothingOutdatedIsRemembered lets a program create shares, then changes what they depend on, in this
// process and in another one, and asserts that the next request finds it changed.
func TestNothingOutdatedIsRemembered(t *testing.T) {
	for _, c := range []struct {
		change string
		want   int
		title  string // of the newest share then
	}{
		{"nothing", http.StatusCreated, "Mail server"},
		{"the token is revoked", http.StatusUnauthorized, ""},
		{"its creator is suspended", http.StatusUnauthorized, ""},
		{"the right to share is taken", http.StatusForbidden, "Mail server"},
		{"the vault is archived", http.StatusNotFound, "Mail server"},
		{"links for anyone are forbidden", http.StatusUnprocessableEntity, "Mail server"},
		{"the item is archived", http.StatusConflict, "Mail server"},
		{"the item is edited", http.StatusCreated, "Edited"},
	} {
		for _, where := range []string{"in this process", "in another process"} {
			t.Run(c.change+" "+where, func(t *testing.T) {
				a := newApp(t)
				p := a.addProgramOf(memberEmail)
				for range 3 {
					p.createShare(a.item, `{}`)
				}
				store := a.db
				if where == "in another process" {
					store = a.openAgain()
				}
				a.changeIn(store, p, c.change)
				r := p.call(http.MethodPost, itemPath(a.item)+"/shares", `{}`)
				if r.status != c.want {
					t.Fatalf("%d, want %d: %v", r.status, c.want, r)
				}
				if newest := p.get("/shares?limit=1").body; !strings.Contains(newest, c.title) {
					t.Errorf("the newest share isn't of %s: %s", c.title, newest)
				}
			})
		}
	}
}

// TestOutdatedRequestIsCountedOnce asserts that a request that is answered again because something has
// changed is one request for the rate limit, and one refusal in the audit log.
func TestOutdatedRequestIsCountedOnce(t *testing.T) {
	a := newApp(t, appOptions{rate: 10})
	p := a.addProgramOf(memberEmail)
	p.createShare(a.item, `{}`)
	p.createShare(a.item, `{}`)
	a.changeIn(a.openAgain(), p, "links for anyone are forbidden")
	for left := 7; left > 5; left-- {
		r := p.call(http.MethodPost, itemPath(a.item)+"/shares", `{}`)
		want := `"account";r=` + string(rune('0'+left)) + `;`
		if got := r.header.Get("RateLimit"); !strings.HasPrefix(got, want) {
			t.Errorf("RateLimit is %s, want %s", got, want)
		}
	}
	if n := a.countEvents(audit.ShareRefused); n != 2 {
		t.Errorf("%d refusals in the audit log", n)
	}
}

// addProgramOf adds a service account that a person created and that may share from the team's vault.
func (a *app) addProgramOf(email string) program {
	a.t.Helper()
	me := account.Identity{User: a.users[email], Grants: map[string]account.Grant{
		a.team.ID: {VaultID: a.team.ID, View: true, Share: true},
	}}
	made, token, err := a.accounts.AddServiceAccount(a.t.Context(), me.User.ID, account.NewServiceAccount{
		Name: "Robot", Vaults: []string{a.team.ID}, ShareItems: true, Grantor: &me,
	})
	a.must(err)
	return program{a.browser(), made, string(token)}
}

// openAgain opens the database as another process does.
func (a *app) openAgain() *db.DB {
	a.t.Helper()
	store, err := db.Open(a.t.Context(), db.Config{URL: a.url, Clock: a.clock.Now})
	a.must(err)
	a.t.Cleanup(func() { _ = store.Close() })
	return store
}

// changeIn makes a change of TestNothingOutdatedIsRemembered through a process's database.
func (a *app) changeIn(store *db.DB, p program, change string) {
	a.t.Helper()
	ctx, now := a.t.Context(), a.clock.Now()
	entry, err := a.auditLog.Entry(audit.Event{At: now, Kind: audit.SettingsChanged})
	a.must(err)
	items := local.New(local.Config{
		Store: store, Box: a.keys.Box(seal.Items), Audit: a.auditLog, Clock: a.clock.Now, Random: rand.Reader,
	})
	switch change {
	case "the token is revoked":
		err = store.RevokeServiceAccount(ctx, p.account.ID, now, entry)
	case "its creator is suspended":
		err = store.SetDisabled(ctx, a.users[memberEmail].ID, true, entry)
	case "the right to share is taken":
		err = store.SetGrant(ctx, account.Grant{UserID: p.account.ID, VaultID: a.team.ID, View: true}, entry)
	case "the vault is archived":
		err = items.ArchiveVault(ctx, "", a.team.ID)
	case "links for anyone are forbidden":
		policy := share.Default()
		policy.AllowedTypes = []share.Type{share.Authenticated}
		err = store.SetPolicy(ctx, share.PolicyChange{VaultID: a.team.ID, Policy: &policy, Now: now, Entry: entry})
	case "the item is archived":
		err = items.ArchiveItem(ctx, "", a.team.ID, a.item.ID)
	case "the item is edited":
		edited := a.item
		edited.Title = "Edited"
		_, err = items.UpdateItem(ctx, "", edited, nil)
	}
	a.must(err)
}
