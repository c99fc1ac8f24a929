package handlers

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/audit"
)

// addServiceAccount adds a service account and returns its client.
func (a *app) addServiceAccount(n account.NewServiceAccount) program {
	a.t.Helper()
	made, token, err := a.accounts.AddServiceAccount(a.t.Context(), "", n)
	a.must(err)
	return program{a.browser(), made, string(token)}
}

// sealEvents numbers the events.
func (a *app) sealEvents() {
	a.t.Helper()
	mac := audit.MAC(func(...string) []byte { return []byte("mac") })
	a.must(audit.NewSealer(a.db, mac, slog.New(slog.DiscardHandler)).Seal(a.t.Context()))
}

// follow returns the events after a number, page by page, and the number of the last one.
func (p program) follow(after, limit int) (kinds []string, last int) {
	p.app.t.Helper()
	for last = after; ; {
		page := p.get(fmt.Sprintf("/events?after=%d&limit=%d", last, limit)).object(p.app.t)
		for _, e := range page["items"].([]any) {
			event := e.(map[string]any)
			if number := int(event["number"].(float64)); number != last+1 {
				p.app.t.Fatalf("event %d follows event %d", number, last)
			}
			last++
			kinds = append(kinds, event["kind"].(string))
		}
		if next, more := page["next"]; !more {
			return kinds, last
		} else if next != fmt.Sprint(last) {
			p.app.t.Fatalf("next is %v after event %d", next, last)
		}
	}
}

// TestFollower asserts that a service account that may read events gets every event once, in the
// order of the chain, whatever the size of a page and when it asks, and no secret.
func TestFollower(t *testing.T) {
	a := newApp(t)
	p := a.addServiceAccount(account.NewServiceAccount{Name: "Log collector", ReadEvents: true})
	if kinds, last := p.follow(0, 10); last != 0 {
		t.Errorf("before any event has a number: %v", kinds)
	}
	link, _ := a.signIn(memberEmail).share(a.item, nil)
	a.sealEvents()
	kinds, last := p.follow(0, 100)
	if last < 3 || kinds[last-1] != string(audit.ShareCreated) {
		t.Fatalf("the first events: %v", kinds)
	}
	if again, _ := p.follow(0, 1); strings.Join(again, " ") != strings.Join(kinds, " ") {
		t.Errorf("in pages of one: %v, want %v", again, kinds)
	}
	a.signIn(memberEmail)
	if more, _ := p.follow(last, 5); len(more) > 0 {
		t.Errorf("without a number: %v", more)
	}
	a.sealEvents()
	if more, _ := p.follow(last, 5); strings.Join(more, " ") != string(audit.SignedIn) {
		t.Errorf("later: %v", more)
	}
	whole := p.get("/events").body
	for _, secret := range []string{concealed, seed, link, p.token, password} {
		if strings.Contains(whole, secret) {
			t.Errorf("the events hold %q", secret)
		}
	}
	for _, after := range []string{"x", "-1", "1.5", "99999999999999999999"} {
		if r := p.get("/events?after=" + after); r.status != http.StatusUnprocessableEntity {
			t.Errorf("after %s: %v", after, r)
		}
	}
	if r := p.get("/vaults").object(t); len(r["items"].([]any)) != 0 {
		t.Errorf("it lists vaults: %v", r)
	}
}

// TestVeiledServiceAccount asserts that a service account that may not reveal concealed values gets an
// item without them, and no file.
func TestVeiledServiceAccount(t *testing.T) {
	a := newApp(t)
	a.addVersions()
	p := a.addServiceAccount(account.NewServiceAccount{
		Name: "Lister", Vaults: []string{a.team.ID}, NoReveal: true,
	})
	r := p.get(itemPath(a.item))
	a.wantVeiled("the item", r)
	withheld := 0
	for _, f := range r.object(t)["fields"].([]any) {
		if field := f.(map[string]any); field["withheld"] == true && field["value"] == "" {
			withheld++
		}
	}
	if r.status != http.StatusOK || withheld < 4 {
		t.Errorf("the item: %d with %d values withheld", r.status, withheld)
	}
	if r := p.get(itemPath(a.item), "If-None-Match", r.header.Get("ETag")); r.status != http.StatusNotModified {
		t.Errorf("the item again: %d", r.status)
	}
	reader := a.addProgram("Reader", false, a.team.ID)
	if r := reader.get(itemPath(a.item), "If-None-Match", r.header.Get("ETag")); r.status != http.StatusOK {
		t.Errorf("one that may reveal is told that it has the item already: %d", r.status)
	}
	file := p.get(itemPath(a.item) + "/files/" + a.item.Files[0].ID)
	a.wantVeiled("a file", file)
	if file.status != http.StatusForbidden {
		t.Errorf("a file: %v", file)
	}
}
