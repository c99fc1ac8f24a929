package handlers

import (
	"net/http"
	"strings"
	"testing"
)

// editingTest returns a test of one of the SDK's calls that change items. An account's items are
// changed in the account.
func editingTest(
	method string, check func(t *testing.T, p program, path, tag string),
) func(*testing.T, *sharingBackend) {
	return func(t *testing.T, b *sharingBackend) {
		p := b.addEditorOf("Editor of "+t.Name(), b.plainItem.VaultID)
		items := "/vaults/" + b.plainItem.VaultID + "/items"
		if b.native != nil {
			path := itemPath(b.plainItem)
			if method == http.MethodPost {
				path = items
			}
			r := p.call(method, path, newItemBody, "If-Match", "*")
			if r.code() != "forbidden" || !strings.Contains(r.body, "in 1Password") {
				t.Errorf("an account's item: %v", r)
			}
			return
		}
		made := p.call(http.MethodPost, items, newItemBody)
		if made.status != http.StatusCreated {
			t.Fatalf("created: %v", made)
		}
		check(t, p, items+"/"+made.object(t)["id"].(string), made.header.Get("ETag"))
	}
}

func checkItemsCreate(t *testing.T, p program, path, _ string) {
	item := p.get(path).object(t)
	if item["title"] != "Crane" || item["category"] != "Login" || item["version"] != 1.0 ||
		len(item["fields"].([]any)) != 2 || len(item["sections"].([]any)) != 1 {
		t.Errorf("the item: %v", item)
	}
}

func checkItemsPut(t *testing.T, p program, path, tag string) {
	item := p.get(path)
	r := p.call("PUT", path, strings.Replace(item.body, "Crane", "Heron", 1), "If-Match", tag)
	if o := r.object(t); o["title"] != "Heron" || o["version"] != 2.0 {
		t.Errorf("replaced: %v", r)
	}
	if r := p.call("PUT", path, item.body, "If-Match", tag); r.status != http.StatusPreconditionFailed {
		t.Errorf("a version that is no more: %v", r)
	}
}

func checkItemsArchive(t *testing.T, p program, path, _ string) {
	p.call("POST", path+"/archive", "")
	list, id := path[:strings.LastIndex(path, "/")], path[strings.LastIndex(path, "/")+1:]
	for query, want := range map[string]bool{"": false, "?state=active": false, "?state=archived": true} {
		if r := p.get(list + query); strings.Contains(r.body, id) != want {
			t.Errorf("listed in %q: %v", query, r)
		}
	}
}

func checkItemsDelete(t *testing.T, p program, path, _ string) {
	p.call("POST", path+"/archive", "")
	if r := p.call("DELETE", path, ""); r.status != http.StatusNoContent {
		t.Errorf("deleted: %v", r)
	}
	if r := p.get(path); r.code() != "not_found" {
		t.Errorf("after it: %v", r)
	}
}
