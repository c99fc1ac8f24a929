package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// markedExport returns a 1Password export of one login whose every text is a marker, with one
// file.
func markedExport(t *testing.T, m secrets) string {
	t.Helper()
	file := m.newMarker("file name")
	seed := strings.ToUpper(m.newMarker("seed"))
	m["seed"] = []byte(seed)
	field := func(title, kind string, value any) map[string]any {
		return map[string]any{
			"title": m.newMarker(title + " title"),
			"id":    newView(),
			"value": map[string]any{kind: value},
		}
	}
	content := []byte(strings.Repeat(m.newMarker("file content"), 300))
	item := map[string]any{
		"uuid": newView(), "createdAt": 1700000000, "updatedAt": 1700000000, "state": "active", "categoryUuid": "001",
		"overview": map[string]any{
			"title": m.newMarker(
				"title",
			), "subtitle": m.newMarker("subtitle"), "tags": []string{m.newMarker("tag")},
			"url": "https://" + m.newMarker(
				"address",
			) + ".example/", "urls": []map[string]string{{
				"label": m.newMarker("label"), "url": "https://" + m.newMarker("other address") + ".example/",
			}},
		},
		"details": map[string]any{
			"loginFields": []map[string]string{
				{
					"value":       m.newMarker("user name"),
					"name":        "username",
					"fieldType":   "T",
					"designation": "username",
				},
				{
					"value":       m.newMarker("item password"),
					"name":        "password",
					"fieldType":   "P",
					"designation": "password",
				},
			},
			"notesPlain": m.newMarker("notes"),
			"sections": []map[string]any{
				{"title": m.newMarker("section"), "name": newView(), "fields": []map[string]any{
					field("text", "string", m.newMarker("text")),
					field("pin", "concealed", m.newMarker("pin")),
					field("code", "totp", "otpauth://totp/x?secret="+seed),
					field(
						"attachment",
						"file",
						map[string]any{
							"fileName":      file,
							"documentId":    "doc1",
							"decryptedSize": len(content),
						},
					),
				}},
			},
		},
	}
	vault := map[string]any{
		"attrs": map[string]any{"uuid": newView(), "name": "Marked", "type": "U"},
		"items": []any{item},
	}
	account := map[string]any{
		"attrs": map[string]any{
			"accountName": "A",
			"name":        "A",
			"email":       "a@company.example",
			"uuid":        newView(),
			"domain":      "https://company.1password.example/",
		},
		"vaults": []any{vault},
	}
	path := filepath.Join(t.TempDir(), "marked.1pux")
	writeZip(t, path, map[string]any{
		"export.attributes": map[string]any{
			"version":     3,
			"description": "1Password Unencrypted Export",
			"createdAt":   1700000000,
		},
		"export.data":         map[string]any{"accounts": []any{account}},
		"files/doc1__" + file: content,
	})
	return path
}

// writeZip writes each entry, bytes as they are and anything else as JSON.
func writeZip(t *testing.T, path string, entries map[string]any) {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, entry := range entries {
		content, raw := entry.([]byte)
		if !raw {
			var err error
			if content, err = json.Marshal(entry); err != nil {
				t.Fatal(err)
			}
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// addLink adds everything that opens a link.
func (m secrets) addLink(name string, l link) {
	m[name+"'s secret"] = l.secret
	m[name+"'s secret as text"] = []byte(encode(l.secret))
	m[name+"'s content key"] = l.derive("content-key", 32)
	m[name+"'s file key"] = l.derive("file-key 0", 32)
	m[name+"'s access token"] = l.derive("access-token", 32)
}

// addCookies adds every cookie as sent, and the session's decoded.
func (m secrets) addCookies(c *client) {
	c.t.Helper()
	base, _ := url.Parse(c.base + "/")
	for _, cookie := range c.http.Jar.Cookies(base) {
		m["cookie "+cookie.Name] = []byte(cookie.Value)
		if cookie.Name != "itemshare" {
			continue
		}
		inner, err := base64.URLEncoding.DecodeString(cookie.Value)
		parts := bytes.Split(inner, []byte("|"))
		if err != nil || len(parts) < 3 {
			c.t.Errorf("the session cookie is not of the known form: %v", err)
			continue
		}
		m["session value"] = parts[1]
	}
}

// TestNothingReadableOnDisk runs marked items and shares through their whole life and searches
// for the markers after each step.
func TestNothingReadableOnDisk(t *testing.T) {
	s := start(t)
	m := secrets{}
	own := m.newMarker("user's password")
	out, exit := s.command(own+"\n", "user", "add", "--email", "marked@company.example",
		"--name", "Marked", "--role", "admin", "--password-stdin")
	if exit != 0 {
		t.Fatalf("user add: %s", out)
	}
	export := markedExport(t, m)
	title := string(m["title"])
	if out, code := s.command("", "import", "--owner", "marked@company.example", export); code != 0 {
		t.Fatalf("import: %s", out)
	}
	m.searchDisk(t, s, "after the import")

	c := newClient(t, s)
	form := url.Values{"email": {"marked@company.example"}, "password": {own}}
	if r := c.post("/signin", form); r.status != http.StatusSeeOther {
		t.Fatalf("sign in: %d", r.status)
	}
	m.addCookies(c)
	m.importMarked(c, s)
	found := c.items(title)
	if len(found) != 1 {
		t.Fatalf("the search for the title finds %d items, want 1", len(found))
	}
	item := found[0]
	recipient := m.newMarker("recipient") + "@client.example"
	named := c.share(
		item,
		url.Values{
			"access":     {"recipients"},
			"recipients": {recipient},
			"files":      {"on"},
			"totp":       {"on"},
		},
	)
	public := c.share(item, url.Values{"files": {"on"}})
	m.addLink("the named link", named)
	m.addLink("the public link", public)
	ofTheAPI := m.useAPI(s, c, item)
	m.searchDisk(t, s, "after sharing")

	leaveTraces(c, m, named)
	if a := named.call("code", with{"email": recipient}); a.status != http.StatusAccepted {
		t.Fatalf("code: %v", a)
	}
	code := s.mailedCode(recipient)
	m["code"] = []byte(code)
	m.searchDisk(t, s, "after the code")

	opened := named.item(with{"email": recipient, "code": code})
	if opened.Title != title {
		t.Errorf("opened %q, want the marked title", opened.Title)
	}
	openWithFile(t, public, m["file content"])
	openWithFile(t, ofTheAPI, m["file content"])
	m.searchDisk(t, s, "after the views")

	s.backUp()
	m.searchDisk(t, s, "in the backup")

	s.kill()
	m.searchDisk(t, s, "after kill -9")
	s.run()
	for _, share := range c.shares("") {
		if r := c.post(share+"/revoke", url.Values{}); r.status >= 400 {
			t.Errorf("revoke: %d", r.status)
		}
	}
	m.searchDisk(t, s, "after revoking")
	s.stop(syscall.SIGTERM)
	m.searchDisk(t, s, "after the end")
}

// leaveTraces puts secrets where careless servers log them: paths, queries and headers.
func leaveTraces(c *client, m secrets, l link) {
	c.get("/s%23" + encode(l.secret))
	c.get("/" + m.newMarker("unknown path"))
	c.get("/items?q=" + m.newMarker("query"))
	c.get("/signin?next=/" + m.newMarker("next"))
	c.post(
		"/signin",
		url.Values{
			"email":    {m.newMarker("guessed address") + "@company.example"},
			"password": {m.newMarker("guessed password")},
		},
	)
	l.call("code", with{"email": m.newMarker("unlisted address") + "@evil.example"})
	req, err := http.NewRequest(http.MethodGet, c.base+"/items", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, name := range []string{"HX-Current-URL", "Referer", "User-Agent", "X-Request-Id"} {
		req.Header.Set(name, c.base+"/s#"+m.newMarker("header "+name))
	}
	if resp, err := c.http.Do(req); err == nil {
		_ = resp.Body.Close()
	}
}

// openWithFile opens a link and compares its one file.
func openWithFile(t *testing.T, l link, mark []byte) {
	t.Helper()
	view := newView()
	a := l.open(with{"view": view})
	c, err := l.unseal(a)
	if err != nil || len(c.Files) != 1 {
		t.Fatalf("open %v: %d files, %v", a, len(c.Files), err)
	}
	if got := l.file(view, a, c.Files[0]); !bytes.Equal(got, bytes.Repeat(mark, 300)) {
		t.Errorf("the file has %d bytes, which are not those of its source", len(got))
	}
}

// importMarked imports a marked file in the browser and exports it again, and searches the disk at each
// step.
func (m secrets) importMarked(c *client, s *server) {
	c.t.Helper()
	file := csvHead + m.newMarker("imported title") + ",https://" + m.newMarker("imported site") +
		".example," + m.newMarker("imported user") + "," + m.newMarker("imported password") + "," +
		m.newMarker("imported note") + "\n"
	address := c.sendFile(m.newMarker("imported file name")+".csv", []byte(file), url.Values{
		"to": {"new"}, "name": {m.newMarker("imported vault")},
	})
	c.awaitImport(address, "ready")
	m.searchDisk(c.t, s, "while an import waits")
	c.post(address+"/decide", url.Values{"do": {"start"}})
	c.awaitImport(address, "done")
	m.searchDisk(c.t, s, "after an import in the browser")
	found := c.items(string(m["imported title"]))
	if len(found) != 1 {
		c.t.Fatalf("%d imported items", len(found))
	}
	vaultID := strings.Split(found[0], "/")[2]
	if r := c.post("/export", url.Values{"vaults": {vaultID}}); r.status != http.StatusOK {
		c.t.Errorf("export: %d", r.status)
	}
	m.searchDisk(c.t, s, "after an export")
}
