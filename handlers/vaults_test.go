package handlers

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/vault"
)

var sideVault = regexp.MustCompile(`href="/items\?vault=([^"&]+)"`)

// sideVaults returns the IDs of the vaults in a page's navigation.
func (r reply) sideVaults() (ids []string) {
	_, side, _ := strings.Cut(r.body, `<nav class="side"`)
	side, _, _ = strings.Cut(side, "</nav>")
	for _, found := range sideVault.FindAllStringSubmatch(side, -1) {
		ids = append(ids, found[1])
	}
	return ids
}

// TestSidebar asserts that the navigation is the same on every page, errors too, that it lists few of
// many vaults, those used last among them, and leads to all.
func TestSidebar(t *testing.T) {
	a := newApp(t)
	member := a.users[memberEmail]
	var all []string
	for i := range 60 {
		v, err := a.vault.AddVault(t.Context(), "", fmt.Sprintf("Vault %02d", i))
		a.must(err)
		a.must(a.accounts.SetGrant(
			t.Context(), "", account.Grant{UserID: member.ID, VaultID: v.ID, View: true},
		))
		all = append(all, v.ID)
	}
	b := a.signIn(memberEmail)
	used := all[50]
	if ids := b.get("/items").sideVaults(); len(ids) != 5 || slices.Contains(ids, used) {
		t.Errorf("at first: %q", ids)
	}
	if ids := b.get("/items?vault=" + used).sideVaults(); len(ids) != 5 || !slices.Contains(ids, used) {
		t.Errorf("in a vault: %q", ids)
	}
	want := b.get("/items").sideVaults()
	if !slices.Contains(want, used) {
		t.Errorf("after it was used: %q", want)
	}
	for path, status := range map[string]int{
		"/shares": 200, "/vaults": 200, "/nowhere": 404, "/admin/audit": 403, "/demo/outbox": 200,
		"/api/v1/docs": 200, "/shares?from=never": 422, itemPath(a.hidden): 404,
	} {
		r := b.get(path)
		if got := r.sideVaults(); r.status != status || !slices.Equal(got, want) ||
			!strings.Contains(r.body, "All 62 vaults") {
			t.Errorf("%s: %d with %q, want %d with %q", path, r.status, got, status, want)
		}
	}
	rows, pages := b.walk(t, "/vaults", `vault=([^"&]+)"[^>]*data-testid="vault"`)
	if len(rows) != 62 || pages != 2 {
		t.Errorf("%d vaults on %d pages", len(rows), pages)
	}
	b.get("/vaults?q=VAULT%205").wantWords(t, "a search", "Vault 50", "10 vaults found", "!Vault 40</span></span>")
	forged := a.browser()
	r := forged.get("/vaults", "Cookie", "itemshare-vaults="+a.hidden.VaultID)
	if r.status != http.StatusSeeOther {
		t.Errorf("the cookie alone: %d", r.status)
	}
}

// TestItemsAreCounted asserts that a search says how many it found, and finds a category by its name.
func TestItemsAreCounted(t *testing.T) {
	a := newApp(t)
	for i := range 60 {
		item := newLogin(a.team.ID, fmt.Sprint("Rack ", i))
		item.Category = vault.Server
		a.addItem(item)
	}
	b := a.signIn(memberEmail)
	for path, words := range map[string]string{
		"/items":                                 "62 items<",
		"/items?q=server":                        "61 items found", // and the mail server
		"/items?q=rack+server":                   "60 items found",
		"/items?category=" + string(vault.Login): "2 items found",
		"/items?q=nothing":                       "No items found",
	} {
		b.get(path).wantWords(t, path, words)
	}
}
