package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"itemshare/vault"
)

func TestItems(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	r := b.get("/items")
	for _, title := range []string{"Mail server", "Door code"} {
		if !strings.Contains(r.body, title) {
			t.Errorf("%s is missing", title)
		}
	}
	if strings.Contains(r.body, "Elsewhere") {
		t.Error("an item of a foreign vault shows")
	}
	if r := b.get("/items?q=door"); strings.Contains(r.body, "Mail server") ||
		!strings.Contains(r.body, "Door code") {
		t.Error("the search finds the wrong items")
	}
	if r := b.get("/items?vault=" + a.team.ID); strings.Contains(r.body, "Door code") {
		t.Error("another vault's item shows")
	}
	if r := b.get("/items?category=SecureNote"); strings.Contains(r.body, "Mail server") {
		t.Error("another category shows")
	}
	for _, id := range []string{a.elsewhere.ID, "nowhere"} {
		if r := b.get("/items?vault=" + id); r.status != http.StatusNotFound {
			t.Errorf("a vault that one may not view: %d", r.status)
		}
	}
	part := b.get("/items?q=door", "HX-Request", "true")
	if strings.Contains(part.body, "<html") || !strings.Contains(part.body, "Door code") {
		t.Error("htmx gets the whole page")
	}
	if back := b.get("/items?q=door", "HX-Request", "true", "HX-History-Restore-Request",
		"true"); !strings.Contains(
		back.body, "<html",
	) {
		t.Error("going back gets a part of the page")
	}
	if !strings.Contains(part.header.Get("Vary"), "HX-Request") {
		t.Error("caches cannot tell page and part")
	}
}

func TestItemPageKeepsSecretsBack(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	r := b.get(itemPath(a.item))
	if r.status != http.StatusOK || !strings.Contains(r.body, "postmaster") {
		t.Fatalf("item: %v", r)
	}
	for _, secret := range []string{concealed, seed} {
		if strings.Contains(r.body, secret) {
			t.Errorf("the page holds %s", secret)
		}
	}
}

func TestReveal(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	path := itemPath(a.item) + "/reveal"
	if r := b.post(path, url.Values{"field": {"password"}}); r.status != http.StatusOK ||
		!strings.Contains(r.body, concealed) ||
		!strings.Contains(r.body, "<html") {
		t.Errorf("reveal without scripts: %v", r)
	}
	r := b.post(
		path, url.Values{"field": {"password"}}, "HX-Request", "true", "Accept-Encoding", "gzip",
	)
	if !strings.Contains(r.body, concealed) || strings.Contains(r.body, "<html") {
		t.Errorf("reveal by htmx: %v", r)
	}
	parsed, err := vault.ParseSeed(seed)
	a.must(err)
	earliest, _ := parsed.Code(a.clock.Now())
	r = b.post(path, url.Values{"field": {"totp"}})
	latest, _ := parsed.Code(a.clock.Now()) // another one if a period ended meanwhile
	if !strings.Contains(r.body, earliest) && !strings.Contains(r.body, latest) ||
		strings.Contains(r.body, seed) {
		t.Errorf("want the code and not the seed: %v", r)
	}
	if r := b.post(path, url.Values{"field": {"nothing"}}); r.status != http.StatusNotFound {
		t.Errorf("a field that is not there: %d", r.status)
	}
	audit := a.signIn(adminEmail).get("/admin/audit?kind=item.revealed")
	if got := strings.Count(audit.body, a.item.ID); got < 3 {
		t.Errorf("%d reveals in the audit list, want 3", got)
	}
}

func TestOlderLinksAreMarked(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	b.share(a.item, nil)
	before := b.get(itemPath(a.item))
	changed := a.item
	changed.Notes = "Changed."
	_, err := a.vault.UpdateItem(t.Context(), "", changed, nil)
	a.must(err)
	after := b.get(itemPath(a.item))
	if strings.Contains(before.body, `data-testid="older"`) ||
		!strings.Contains(after.body, `data-testid="older"`) {
		t.Errorf("the link created from an older version is not marked:\n%s", after.body)
	}
	if r := b.get("/items"); !strings.Contains(r.body, `data-testid="live"`) {
		t.Error("the list does not mark the item with a live link")
	}
}

// TestItemsWithoutAVisibleTitle asserts that every page shows a name for an item without a
// visible title, so that it can be selected.
func TestItemsWithoutAVisibleTitle(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	for _, title := range []string{"", " ", "\u200b", "\u00a0\ufeff\t"} {
		item := a.addItem(newLogin(a.team.ID, title))
		text, id := b.share(item, nil)
		l := a.link(text)
		if got := l.content(l.open(nil))["title"]; got != "Untitled" {
			t.Errorf("%q: the recipient reads %q", title, got)
		}
		for _, path := range []string{
			"/items?q=untitled", itemPath(item), itemPath(item) + "/share", "/shares", "/shares/" + id,
			"/shares.csv",
		} {
			if r := b.get(path); r.status != http.StatusOK ||
				!strings.Contains(r.body, "Untitled") {
				t.Errorf("%q: %s: %d", title, path, r.status)
			}
		}
	}
}
