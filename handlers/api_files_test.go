package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"itemshare/audit"
)

// TestFilesOfAProgram attaches, reads and deletes a file.
func TestFilesOfAProgram(t *testing.T) {
	a := newApp(t, appOptions{maxFile: 1 << 20})
	p := a.addEditor("Editor")
	files := "/vaults/" + a.item.VaultID + "/items/" + a.item.ID + "/files"
	made := p.call("POST", files+"?name=plan.html", "<b>plan</b>", "Content-Type", "text/html")
	if o := made.object(t); made.status != http.StatusCreated || o["size"] != 11.0 ||
		o["type"] != "text/html" || o["name"] != "plan.html" {
		t.Fatalf("attached: %v", made)
	}
	path := files + "/" + made.object(t)["id"].(string)
	if !strings.HasSuffix(made.header.Get("Location"), path) {
		t.Errorf("location %v", made.header)
	}
	got := p.get(path)
	if got.status != http.StatusOK || got.body != "<b>plan</b>" ||
		got.header.Get("Content-Type") != "application/octet-stream" ||
		got.header.Get("Content-Disposition") != "attachment" ||
		!strings.Contains(got.header.Get(policyHeader), "sandbox") {
		t.Errorf("read: %v %v", got, got.header)
	}
	if events := a.events(audit.FileDownloaded); len(events) != 1 {
		t.Errorf("events %+v", events)
	}
	for what, c := range map[string]struct {
		path, body string
		status     int
		code       string
	}{
		"no name":        {files, "x", 422, "invalid"},
		"a long name":    {files + "?name=" + strings.Repeat("n", 256), "x", 422, "invalid"},
		"too large":      {files + "?name=a", strings.Repeat("x", 1<<20+1), 413, "too_large"},
		"no such item":   {"/vaults/" + a.item.VaultID + "/items/none/files?name=a", "x", 404, "not_found"},
		"an empty file":  {files + "?name=empty", "", 201, ""},
		"any characters": {files + "?name=" + url.QueryEscape("../<é\u202e>"), "x", 201, ""},
	} {
		if r := p.call("POST", c.path, c.body); r.status != c.status || r.code() != c.code {
			t.Errorf("%s: %v", what, r)
		}
	}
	if r := p.call("DELETE", path, ""); r.status != http.StatusNoContent {
		t.Errorf("deleted: %v", r)
	}
	if r := p.get(path); r.status != http.StatusNotFound {
		t.Errorf("after that: %v", r)
	}
}

// TestUnfiledShareOfAProgram shares what is in no vault, in JSON and with files.
func TestUnfiledShareOfAProgram(t *testing.T) {
	a := newApp(t)
	p := a.addProgram("Deploys", true, a.team.ID)
	const text = `{"title":"Door","fields":[{"title":"Code","fieldType":"Concealed","value":"2468"}],` +
		`"oneTimeOnly":true,"expireAfter":"OneHour"}`
	made := p.call(
		"POST",
		"/shares",
		text,
		"Content-Type",
		"application/json",
		"Idempotency-Key",
		"1",
	)
	if made.status != http.StatusCreated {
		t.Fatalf("%v", made)
	}
	opened := a.openLink(made.object(t)["link"].(string))
	if opened.Title != "Door" || opened.Fields[0].Value != "2468" || opened.Terms.MaxViews != 1 {
		t.Errorf("opened %+v", opened)
	}
	listed := p.get("/shares/" + made.object(t)["id"].(string)).object(t)
	if listed["vaultId"] != "" || listed["itemId"] != "" || listed["title"] != "Door" {
		t.Errorf("listed %v", listed)
	}
	if r := p.call("POST", "/shares", text, "Idempotency-Key", "1"); r.code() != "already_created" {
		t.Errorf("again: %v", r)
	}
	body, kind := multipartOf(t, url.Values{"share": {`{"recipients":["ann@client.example"]}`}},
		[2]string{"plan.txt", "plan"})
	r := p.call("POST", "/shares", body.String(), "Content-Type", kind)
	if r.status != http.StatusCreated {
		t.Fatalf("with a file: %v", r)
	}
	listed = p.get("/shares/" + r.object(t)["id"].(string)).object(t)
	if listed["title"] != "plan.txt" {
		t.Errorf("listed %v", listed)
	}
	for what, text := range map[string]string{
		"nothing":            `{}`,
		"an unknown member":  `{"notes":"x","vault":"y"}`,
		"an unknown type":    `{"fields":[{"title":"a","fieldType":"Nonsense","value":"x"}]}`,
		"a long expiry":      `{"notes":"x","expireAfter":"Forever"}`,
		"files in the JSON":  `{"notes":"x","files":[{"id":"a","name":"b","size":1}]}`,
		"a text that is one": `{"notes":1}`,
	} {
		if r := p.call("POST", "/shares", text); r.status != 422 || r.code() != "invalid" {
			t.Errorf("%s: %v", what, r)
		}
	}
	reader := a.addProgram("Reader", false, a.team.ID)
	if r := reader.call("POST", "/shares", text); r.status != http.StatusForbidden {
		t.Errorf("without the right: %v", r)
	}
}
