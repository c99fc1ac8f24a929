package handlers

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"itemshare/vault"
)

// figureValue returns the number with a test ID on an admin's front page, and the address of its list.
func figureValue(t *testing.T, page, id string) (value, address string) {
	t.Helper()
	found := regexp.MustCompile(`(?s)data-testid="` + id + `".*?href="([^"]*)".*?figure-value">([^<]*)<`).
		FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("there is no %s", id)
	}
	return strings.TrimSpace(found[2]), strings.ReplaceAll(found[1], "&amp;", "&")
}

// TestAdminHome asserts that each number of an admin's front page is that of the list it leads to.
func TestAdminHome(t *testing.T) {
	a := newApp(t)
	admin, member := a.signIn(adminEmail), a.signIn(memberEmail)
	empty := admin.get("/admin")
	for _, id := range []string{"figure-active", "figure-ending", "figure-opened", "figure-seen"} {
		if value, _ := figureValue(t, empty.body, id); value != "0" {
			t.Errorf("at first %s is %q", id, value)
		}
	}
	if !strings.Contains(empty.body, `data-testid="no-decisions"`) {
		t.Error("at first something needs a decision")
	}
	soon, _ := member.share(a.item, url.Values{"expire_after": {"OneDay"}})
	member.share(a.item, url.Values{"expire_after": {"ThirtyDays"}})
	if r := a.link(soon).open(nil); r.status != http.StatusOK {
		t.Fatalf("open: %v", r)
	}
	a.link(soon).call("open", object{"view": "x"}) // refused, but not recorded
	a.browser().post("/signin", url.Values{"email": {memberEmail}, "password": {"wrong"}})
	page := admin.get("/admin")
	for _, c := range []struct{ id, value, row string }{
		{"figure-active", "2", `data-testid="share"`},
		{"figure-ending", "1", `data-testid="share"`},
		{"figure-opened", "1", `data-testid="event"`},
		{"figure-refused", "1", `data-testid="event"`},
		{"figure-seen", "1", `data-testid="seen-item"`},
		{"figure-mail", "0", `data-testid="failure"`},
	} {
		value, address := figureValue(t, page.body, c.id)
		list := admin.get(address)
		if value != c.value || list.status != http.StatusOK ||
			strings.Count(list.body, c.row) != int(c.value[0]-'0') {
			t.Errorf("%s is %q, its list %s: %d with %d rows", c.id, value, address, list.status,
				strings.Count(list.body, c.row))
		}
	}
	if strings.Count(page.body, `data-testid="tally"`) != 2 || !strings.Contains(page.body, `data-testid="seen"`) {
		t.Error("the page lists no vault and person, or no item to rotate")
	}
}

// TestItemsToRotate asserts that an item is listed from its first view by somebody outside until it is
// changed, not for views by members, and by name only for who may view it.
func TestItemsToRotate(t *testing.T) {
	a := newApp(t)
	admin, member := a.signIn(adminEmail), a.signIn(memberEmail)
	rows := func() int { return strings.Count(admin.get("/admin/rotate").body, `data-testid="seen-item"`) }
	inside, _ := member.share(a.item, url.Values{"access": {"recipients"}, "recipients": {adminEmail}})
	link := a.link(inside)
	r := link.open(object{"email": adminEmail, "code": link.requestCode(adminEmail)})
	if r.status != http.StatusOK || rows() != 0 {
		t.Errorf("a member opens it: %d, %d rows", r.status, rows())
	}
	outside, _ := member.share(a.item, nil)
	if rows() != 0 {
		t.Error("before it is opened it is listed")
	}
	a.link(outside).open(nil)
	hidden := admin.get("/admin/rotate")
	if rows() != 1 || strings.Contains(hidden.body, a.item.Title) != a.adminMayView() {
		t.Errorf("once opened: %d rows, with its title %v", rows(), strings.Contains(hidden.body, a.item.Title))
	}
	item, err := a.vault.Item(t.Context(), a.item.VaultID, a.item.ID)
	a.must(err)
	item.Fields = append(item.Fields, vault.Field{ID: "n", Title: "n", Type: vault.FieldText, Value: "n"})
	_, err = a.vault.UpdateItem(t.Context(), a.users[memberEmail].ID, item, nil)
	a.must(err)
	if rows() != 0 {
		t.Error("once changed it is listed still")
	}
}

// adminMayView reports whether the admin has a grant for the team's vault.
func (a *app) adminMayView() bool {
	grants, err := a.accounts.GrantsOf(a.t.Context(), []string{a.users[adminEmail].ID})
	a.must(err)
	for _, g := range grants {
		if g.VaultID == a.team.ID && g.View {
			return true
		}
	}
	return false
}
