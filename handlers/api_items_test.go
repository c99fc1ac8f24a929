package handlers

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"itemshare/account"
	"itemshare/audit"
)

// addEditor adds a service account that can edit items in the team's vault.
func (a *app) addEditor(name string) program {
	a.t.Helper()
	return a.addEditorOf(name, a.team.ID)
}

func (a *app) addEditorOf(name, vaultID string) program {
	a.t.Helper()
	made, token, err := a.accounts.AddServiceAccount(a.t.Context(), "", account.NewServiceAccount{
		Name: name, Vaults: []string{vaultID}, EditItems: true,
	})
	a.must(err)
	return program{a.browser(), made, string(token)}
}

const newItemBody = `{"category":"Login","title":"Crane","fields":[` +
	`{"id":"username","title":"username","fieldType":"Text","value":"ann","sectionId":"s"},` +
	`{"title":"password","fieldType":"Concealed","value":"p <b>\u202e"}],` +
	`"sections":[{"id":"s","title":"S"}],"notes":"N","tags":[" ops","ops"],` +
	`"websites":[{"url":"https://a.example","label":"site"}]}`

// TestItemsOfAProgram creates, replaces, archives and deletes an item.
func TestItemsOfAProgram(t *testing.T) {
	a := newApp(t)
	p := a.addEditor("Editor")
	items := "/vaults/" + a.team.ID + "/items"
	made := p.call("POST", items, newItemBody)
	item := made.object(t)
	path := items + "/" + item["id"].(string)
	if made.status != http.StatusCreated || !strings.HasSuffix(made.header.Get("Location"), path) ||
		item["version"] != 1.0 || len(item["tags"].([]any)) != 1 {
		t.Fatalf("created: %v", made)
	}
	got := p.get(path)
	if got.body != made.body || got.header.Get("ETag") != made.header.Get("ETag") {
		t.Errorf("read: %v\nwant %v", got, made)
	}
	tag := got.header.Get("ETag")
	changed := strings.Replace(got.body, `"Crane"`, `"Heron"`, 1) // sent back as it came
	if r := p.call("PUT", path, changed); r.status != 428 || r.code() != "precondition_required" {
		t.Errorf("without a condition: %v", r)
	}
	put := p.call("PUT", path, changed, "If-Match", tag)
	if o := put.object(t); put.status != http.StatusOK || o["title"] != "Heron" ||
		o["version"] != 2.0 {
		t.Fatalf("replaced: %v", put)
	}
	if r := p.call("PUT", path, changed, "If-Match", tag); r.status != 412 ||
		r.code() != "conflict" {
		t.Errorf("with the ETag before: %v", r)
	}
	if r := p.call("PUT", path, changed, "If-Match", "W/"+put.header.Get("ETag")); r.status != 412 {
		t.Errorf("with a weak ETag: %v", r)
	}
	if r := p.call("PUT", path, put.body, "If-Match", `"2"`); r.status != http.StatusOK {
		t.Errorf("with the version: %v", r)
	}
	if r := p.call("PUT", path, put.body, "If-Match", `"1", 2`); r.status != 412 {
		t.Errorf("with the version before: %v", r)
	}
	same := p.call("PUT", path, put.body, "If-Match", `"x", `+put.header.Get("ETag"))
	if same.status != http.StatusOK || same.object(t)["version"] != 2.0 {
		t.Errorf("with nothing changed: %v", same)
	}
	if r := p.call("DELETE", path, ""); r.status != 409 || r.code() != "conflict" {
		t.Errorf("deleted without archiving: %v", r)
	}
	for range 2 {
		if r := p.call("POST", path+"/archive", ""); r.status != http.StatusNoContent {
			t.Errorf("archived: %v", r)
		}
	}
	if r := p.get(items + "?q=heron"); len(r.object(t)["items"].([]any)) != 0 {
		t.Errorf("an archived item is listed: %v", r)
	}
	if r := p.get(items + "?q=heron&state=archived"); !strings.Contains(
		r.body,
		`"state":"archived"`,
	) {
		t.Errorf("the archive: %v", r)
	}
	if r := p.call("PUT", path, changed, "If-Match", "*"); r.status != 409 ||
		r.code() != "conflict" {
		t.Errorf("an archived item is replaced: %v", r)
	}
	if r := p.call("DELETE", path, ""); r.status != http.StatusNoContent || r.body != "" {
		t.Errorf("deleted: %v", r)
	}
	for _, r := range []reply{
		p.get(path), p.call("DELETE", path, ""), p.call("POST", path+"/archive", ""),
		p.call("PUT", path, changed, "If-Match", "*"),
	} {
		if r.status != http.StatusNotFound {
			t.Errorf("after it was deleted: %v", r)
		}
	}
	a.dump()
	for kind, n := range map[audit.Kind]string{
		audit.ItemCreated: "1", audit.ItemEdited: "1", audit.ItemArchived: "1", audit.ItemDeleted: "1",
	} {
		if got := a.queryStrings(`SELECT count(*) || '' FROM audit_events WHERE kind = '` + string(kind) +
			`' AND actor = '` + p.account.ID + `'`); got[0] != n {
			t.Errorf("%s stands in the audit log %s times", kind, got[0])
		}
	}
}

// TestFilesSurviveAPut asserts that replacing an item keeps its files.
func TestFilesSurviveAPut(t *testing.T) {
	a := newApp(t)
	p := a.addEditor("Editor")
	r := p.call("PUT", itemPath(a.item), newItemBody, "If-Match", "*")
	if files := r.object(t)["files"].([]any); r.status != http.StatusOK || len(files) != 1 {
		t.Fatalf("%v", r)
	}
}

// TestPutsAtOnce asserts that of many replacements of one version exactly one is saved.
func TestPutsAtOnce(t *testing.T) {
	a := newApp(t)
	p := a.addEditor("Editor")
	tag := p.get(itemPath(a.item)).header.Get("ETag")
	var mu sync.Mutex
	statuses := map[int]int{}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			r := p.call("PUT", itemPath(a.item), newItemBody, "If-Match", tag)
			mu.Lock()
			statuses[r.status]++
			mu.Unlock()
		})
	}
	all.Wait()
	// Those that came after the first with the same content were of another version.
	if statuses[200] != 1 || statuses[412] != 19 {
		t.Errorf("%v", statuses)
	}
}

// TestLargestItem asserts that an item of the largest size is accepted however it is escaped, and a
// larger one is not.
func TestLargestItem(t *testing.T) {
	a := newApp(t)
	p := a.addEditor("Editor")
	body := func(bytes int) string {
		notes := strings.Repeat(`\u00e9`, bytes/2)
		half := strings.Repeat("x", 100_000)
		text, err := json.Marshal(half)
		a.must(err)
		return `{"category":"SecureNote","title":"Long","notes":"` + notes + `","fields":[{"title":"x","value":` +
			string(
				text,
			) + `}]}`
	}
	if r := p.call("POST", "/vaults/"+a.team.ID+"/items", body(1_900_000)); r.status != http.StatusCreated {
		t.Errorf("1.9 MB of notes: %d %s", r.status, r.code())
	}
	r := p.call("POST", "/vaults/"+a.team.ID+"/items", body(2_200_000))
	if r.status != 422 || r.code() != "invalid" {
		t.Errorf("more characters than notes have: %d %s", r.status, r.code())
	}
	if r := p.call("POST", "/vaults/"+a.team.ID+"/items", body(3_000_000)); r.status != 413 {
		t.Errorf("9 MB: %d %s", r.status, r.code())
	}
}
