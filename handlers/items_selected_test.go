package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestSelectedItemsRefused asserts that a refused change of several items keeps the ticks, what was typed
// and the search, and says every problem.
func TestSelectedItemsRefused(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	ticked := a.item.VaultID + "/" + a.item.ID
	r := b.post("/items/selected", url.Values{
		"do": {"tag"}, "tag": {" "}, "item": {ticked}, "q": {"mail"},
	})
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(r.body, "Enter a tag.") ||
		!strings.Contains(r.body, `href="#selection-tag"`) || strings.Contains(r.body, "save the item") ||
		!strings.Contains(r.body, `value="`+ticked+`" checked`) ||
		!strings.Contains(r.body, `name="q" id="q" value="mail"`) {
		t.Errorf("without a tag: %v", r)
	}
	r = b.post("/items/selected", url.Values{"do": {"move"}, "to": {a.readOnly.ID}, "tag": {"kept"}})
	for _, want := range []string{
		"Choose a vault that you can edit.", "Tick at least one item in the list.", `value="kept"`,
	} {
		if r.status != http.StatusUnprocessableEntity || !strings.Contains(r.body, want) {
			t.Errorf("without items: no %s", want)
		}
	}
	many := url.Values{"do": {"archive"}}
	for n := range maxSelected + 1 {
		many.Add("item", a.team.ID+"/"+fmt.Sprint(n))
	}
	if r := b.post("/items/selected", many); r.status != http.StatusUnprocessableEntity ||
		!strings.Contains(r.body, "Tick at most 50 items.") {
		t.Errorf("too many: %d", r.status)
	}
	if r := b.get("/items/selected"); r.status != http.StatusSeeOther || r.header.Get("Location") != "/items" {
		t.Errorf("loaded again: %v", r)
	}
}

// TestArchivePages asserts that the archive says that it is one, and that deleting leads back to it.
func TestArchivePages(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	for path, want := range map[string]string{
		"/items?archived=on":                       ">Archive<",
		"/items?archived=on&vault=" + a.team.ID:    ">Archive of Team<",
		"/items?archived=on&q=nothing+of+the+kind": `href="/items?archived=on"`,
	} {
		if r := b.get(path); !strings.Contains(r.body, want) {
			t.Errorf("%s has no %s", path, want)
		}
	}
	a.must(a.vault.ArchiveItem(t.Context(), a.users[memberEmail].ID, a.item.VaultID, a.item.ID))
	r := b.post(itemPath(a.item)+"/delete", nil)
	next := r.header.Get("Location")
	if r.status != http.StatusSeeOther || !strings.Contains(next, "archived=on") ||
		!strings.Contains(b.get(next).body, "1 item deleted.") {
		t.Errorf("deleted: %d to %s", r.status, next)
	}
}

// TestConflictWithOneself asserts that the page says who saved the other version.
func TestConflictWithOneself(t *testing.T) {
	a := newApp(t)
	for email, words := range map[string]string{
		memberEmail: "You changed this item in another window", adminEmail: "Someone else changed this item",
	} {
		b := a.signIn(memberEmail)
		item, err := a.vault.Item(t.Context(), a.item.VaultID, a.item.ID)
		a.must(err)
		form, path := encodeItem(formOfItem(item)), itemPath(item)
		item.Title += "!"
		_, err = a.vault.UpdateItem(t.Context(), a.users[email].ID, item, nil)
		a.must(err)
		form.Set("title", "Of the form")
		if r := b.post(path, form); r.status != http.StatusConflict || !strings.Contains(r.body, words) {
			t.Errorf("%s: %d, want %s", email, r.status, words)
		}
	}
}
