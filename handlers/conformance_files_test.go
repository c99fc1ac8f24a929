package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"itemshare/vault"
)

func filesPath(item vault.Item) string { return itemPath(item) + "/files" }

func checkFilesAttach(t *testing.T, b *sharingBackend) {
	p := b.addEditorOf("Editor of "+t.Name(), b.plainItem.VaultID)
	before := p.get(itemPath(b.plainItem)).object(t)
	r := p.call("POST", filesPath(b.plainItem)+"?name=a.txt", "abc", "Content-Type", "text/plain")
	if b.native != nil {
		b.wantInAccount(t, r)
		return
	}
	if o := r.object(t); r.status != http.StatusCreated || o["size"] != 3.0 || o["type"] != "text/plain" {
		t.Fatalf("attached: %v", r)
	}
	item := p.get(itemPath(b.plainItem)).object(t)
	want := len(before["files"].([]any)) + 1
	if len(item["files"].([]any)) != want || item["version"] != before["version"].(float64)+1 {
		t.Errorf("the item after it: %v", item)
	}
}

func checkFilesRead(t *testing.T, b *sharingBackend) {
	p := b.addEditorOf("Editor of "+t.Name(), b.fileItem.VaultID)
	file := p.get(itemPath(b.fileItem)).object(t)["files"].([]any)[0].(map[string]any)
	r := p.get(filesPath(b.fileItem) + "/" + file["id"].(string))
	if r.status != http.StatusOK || float64(len(r.body)) != file["size"] {
		t.Errorf("read: %v, want %v", r, file)
	}
	if r := p.get(filesPath(b.fileItem) + "/nothing"); r.code() != "not_found" {
		t.Errorf("a file that is not there: %v", r)
	}
}

func checkFilesDelete(t *testing.T, b *sharingBackend) {
	p := b.addEditorOf("Editor of "+t.Name(), b.plainItem.VaultID)
	if b.native != nil {
		b.wantInAccount(t, p.call("DELETE", filesPath(b.plainItem)+"/any", ""))
		return
	}
	made := p.call("POST", filesPath(b.plainItem)+"?name=b.txt", "abc").object(t)
	path := filesPath(b.plainItem) + "/" + made["id"].(string)
	if r := p.call("DELETE", path, ""); r.status != http.StatusNoContent {
		t.Errorf("deleted: %v", r)
	}
	if r := p.get(path); r.code() != "not_found" {
		t.Errorf("after it: %v", r)
	}
}

// wantInAccount asserts that a call is refused, since an account's items are changed there.
func (b *sharingBackend) wantInAccount(t *testing.T, r reply) {
	t.Helper()
	if r.code() != "forbidden" || !strings.Contains(r.body, "in 1Password") {
		t.Errorf("an account's item: %v", r)
	}
}

// openUnfiled returns what a share that was just created has, which no account was asked for.
func (b *sharingBackend) openUnfiled(t *testing.T, before int, r reply) object {
	t.Helper()
	made := r.object(t)
	if r.status != http.StatusCreated || b.links() != before {
		t.Fatalf("shared: %v", r)
	}
	if details := b.program.get("/shares/" + made["id"].(string)).object(t); details["itemId"] != "" {
		t.Errorf("in the history: %v", details)
	}
	return made
}

func checkUnfiledText(t *testing.T, b *sharingBackend) {
	before := b.links()
	r := b.call("POST", "/shares", `{"title":"Door","oneTimeOnly":true,"fields":[`+
		`{"title":"Code","fieldType":"Concealed","value":"2468"}]}`)
	made := b.openUnfiled(t, before, r)
	opened := b.openLink(made["link"].(string))
	if opened.Title != "Door" || opened.Fields[0].Value != "2468" || opened.Terms.MaxViews != 1 {
		t.Errorf("opened %+v", opened)
	}
}

func checkUnfiledFiles(t *testing.T, b *sharingBackend) {
	before := b.links()
	body, kind := multipartOf(t, url.Values{"share": {`{"notes":"N"}`}}, [2]string{"plan.txt", "plan"})
	r := b.call("POST", "/shares", body.String(), "Content-Type", kind)
	opened := b.openLink(b.openUnfiled(t, before, r)["link"].(string))
	if len(opened.Files) != 1 || opened.Files[0].Name != "plan.txt" || opened.Notes != "N" {
		t.Errorf("opened %+v", opened)
	}
}

// checkUnfiledPolicy asserts that itemshare's policy holds for what is in no vault. A 1Password
// account's own policy is about its items alone.
func checkUnfiledPolicy(t *testing.T, b *sharingBackend) {
	r := b.call("POST", "/shares", `{"notes":"N"}`)
	if b.native != nil {
		if r.status != http.StatusCreated {
			t.Errorf("for anyone: %v", r)
		}
		return
	}
	if r.code() != "policy_access" {
		t.Errorf("for anyone: %v", r)
	}
	body, kind := multipartOf(t, url.Values{"share": {`{"recipients":["ann@client.example"]}`}},
		[2]string{"plan.txt", "plan"})
	if r = b.call("POST", "/shares", body.String(), "Content-Type", kind); r.code() != "policy_files" {
		t.Errorf("with a file: %v", r)
	}
}
