package e2e

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var (
	moveTarget = regexp.MustCompile(`(?s)name="to".*?<option value="([^"]+)"`)
	filePath   = regexp.MustCompile(`/vaults/[^"'/?#]+/items/[^"'/?#]+/files/[^"'/?#]+`)
	exportable = regexp.MustCompile(`name="vaults"[^>]*value="([^"]+)"`)
)

// typedItem returns the form of an item whose every text is a marker.
func (m secrets) typedItem(when string) url.Values {
	seed := strings.ToUpper(m.newMarker(when + "'s seed"))
	m[when+"'s seed"] = []byte(seed)
	mark := func(what string) string { return m.newMarker(when + "'s " + what) }
	form := url.Values{
		"category": {"Login"}, "title": {mark("title")}, "notes": {"line\r\n" + mark("notes")},
		"tags": {mark("tag") + ", " + mark("other tag")}, "website.0.label": {mark("label")},
		"website.0.url": {"https://" + mark("address") + ".example/"},
		"section.0.id":  {"s1"}, "section.0.title": {mark("section")},
	}
	for n, field := range [][2]string{
		{"Text", mark("text")},
		{"Concealed", mark("password")},
		{"Totp", "otpauth://totp/x?secret=" + seed},
		{"Email", mark("email") + "@company.example"},
		{"Url", "https://" + mark("url") + ".example/"},
		{"Phone", mark("phone")},
		{"Address", mark("street") + "\r\n" + mark("town")},
		{"Menu", mark("choice")},
		{"CreditCardNumber", mark("card")},
		{"SshKey", mark("key") + "\r\n" + privateKey},
		{"Unsupported", mark("value")},
	} {
		name := fmt.Sprintf("field.%d.", n)
		form.Set(name+"id", fmt.Sprintf("f%d", n))
		form.Set(name+"type", field[0])
		form.Set(name+"title", mark("label of "+field[0]))
		form.Set(name+"value", field[1])
		form.Set(name+"section", []string{"", "s1"}[n%2])
	}
	return form
}

// privateKey is a key of the format's own test (RFC 8410, 10.3). What stands before it doesn't count.
const privateKey = "-----BEGIN PRIVATE KEY-----\r\n" +
	"MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\r\n" +
	"-----END PRIVATE KEY-----\r\n"

// sendForm posts a form and asserts the answer's status.
func (c *client) sendForm(path string, form url.Values, want int, more ...string) reply {
	c.t.Helper()
	sent := url.Values{}
	for name, values := range form {
		sent[name] = values
	}
	for i := 0; i+1 < len(more); i += 2 {
		sent[more[i]] = []string{more[i+1]}
	}
	r := c.post(path, sent)
	if r.status != want {
		c.t.Fatalf("POST %s: %d %v, want %d\n%.1500s", path, r.status, r.errors(), want, r.body)
	}
	return r
}

// upload posts a form with one file. Of a form that is cut off, only half is sent.
func (c *client) upload(path string, fields url.Values, name string, content []byte, cut bool) reply {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field := range fields {
		if err := form.WriteField(field, fields.Get(field)); err != nil {
			c.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	sent := io.Reader(&body)
	if cut {
		sent = io.MultiReader(io.LimitReader(&body, int64(body.Len()/2)), cutReader{})
	}
	req, err := http.NewRequest(http.MethodPost, c.base+path, sent)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}
	}
	return reply{resp.StatusCode, resp.Header, string(text)}
}

// cutReader is a body that breaks off.
type cutReader struct{}

func (cutReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestNothingTypedIsOnDisk takes marked items, files, imports and texts through all of the forms, right
// and wrong, and searches for the markers after each step.
func TestNothingTypedIsOnDisk(t *testing.T) {
	s := start(t)
	m := secrets{}
	c := signedIn(t, s, admin)
	made := itemPath.FindString(c.get("/items").body)
	vault := strings.SplitAfter(made, "/items")[0]
	m.markItems(c, vault)
	m.searchDisk(t, s, "after the item's forms")
	m.markFiles(c, vault)
	m.searchDisk(t, s, "after files")
	m.markImports(c)
	m.searchDisk(t, s, "after imports")
	m.markNewShare(c)
	m.searchDisk(t, s, "after sharing what is in no vault")
	m.markPrograms(s, vault)
	m.searchDisk(t, s, "after an item of a program")
	m.markLostSession(c, vault)
	m.searchDisk(t, s, "after a session that ended")
	s.backUp()
	if out, code := s.command("", "audit", "verify"); code != 0 {
		t.Errorf("audit verify: %s", out)
	}
	s.kill()
	m.searchDisk(t, s, "after kill -9")
	s.run()
	s.stop(syscall.SIGTERM)
	m.searchDisk(t, s, "after the end")
}

// markItems creates, changes, moves, archives and deletes marked items.
func (m secrets) markItems(c *client, vault string) {
	c.t.Helper()
	first := m.typedItem("item")
	item := c.sendForm(vault, first, http.StatusSeeOther).path()
	if page := c.get(item).body; !strings.Contains(page, string(m["item's title"])) ||
		!strings.Contains(page, string(m["item's text"])) {
		c.t.Fatalf("the item is not as typed:\n%.1500s", page)
	}
	for _, button := range []string{
		"add=field.0", "move=field.0.down", "remove=website.0", "generate=field.1", "apply=field.1",
		"find=field.0", "refer=field.0.none",
	} {
		name, value, _ := strings.Cut(button, "=")
		c.sendForm(vault, m.typedItem("button "+name), http.StatusOK, name, value)
	}
	refused := m.typedItem("refused item")
	c.sendForm(vault, refused, http.StatusUnprocessableEntity, "field.2.value", m.newMarker("bad seed")+"!")
	c.sendForm(vault, m.typedItem("item without a title"), http.StatusUnprocessableEntity, "title", "")
	c.sendForm("/items/selected", url.Values{
		"do": {"tag"}, "tag": {m.newMarker("refused tag")}, "q": {m.newMarker("search of a refused form")},
	}, http.StatusUnprocessableEntity)
	c.sendForm("/passwords/strength", url.Values{"password": {m.newMarker("judged password")}}, http.StatusOK)
	c.get(vault + "/new?category=" + m.newMarker("unknown category"))

	c.sendForm(item, m.typedItem("second version"), http.StatusSeeOther, "version", "1")
	conflict := m.typedItem("conflict")
	c.sendForm(item, conflict, http.StatusConflict, "version", "1")
	c.sendForm(item, conflict, http.StatusSeeOther,
		"version", "2", "choosing", "on", "pick.notes", "theirs", "pick.title", "mine")
	for _, page := range []string{"", "/edit", "/versions", "/versions/1", "/versions/2"} {
		if r := c.get(item + page); r.status != http.StatusOK {
			c.t.Errorf("%s: %d", page, r.status)
		}
	}
	c.sendForm(item+"/versions/1/restore", nil, http.StatusSeeOther, "version", "3")
	c.sendForm(item+"/duplicate", nil, http.StatusSeeOther)
	id := strings.NewReplacer("/vaults/", "", "/items/", "/").Replace(item)
	c.sendForm("/items/selected", url.Values{"item": {id}, "do": {"tag"}, "tag": {m.newMarker("tag of several")}},
		http.StatusSeeOther)
	if to := moveTarget.FindStringSubmatch(c.get(item).body); to == nil {
		c.t.Error("there is no vault to move the item to")
	} else {
		item = c.sendForm(item+"/move", url.Values{"to": {to[1]}}, http.StatusSeeOther).path()
	}
	c.sendForm(item+"/archive", nil, http.StatusSeeOther)
	c.get("/items?archived=on&q=" + m.newMarker("query of the archive"))
	c.sendForm(item+"/restore", nil, http.StatusSeeOther)
	c.sendForm(item+"/archive", nil, http.StatusSeeOther)
	c.sendForm(item+"/delete", nil, http.StatusSeeOther)
}

// path returns the path that an answer leads to.
func (r reply) path() string {
	path, _, _ := strings.Cut(r.header.Get("Location"), "?")
	return path
}

// markFiles adds marked files to an item, downloads and deletes them, and breaks off one.
func (m secrets) markFiles(c *client, vault string) {
	c.t.Helper()
	item := c.sendForm(vault, m.typedItem("item with files"), http.StatusSeeOther).path()
	content := bytes.Repeat([]byte(m.newMarker("file's bytes")), 30_000)
	name := m.newMarker("file's name") + ".txt"
	if r := c.upload(item+"/files", nil, name, content, false); r.status != http.StatusSeeOther {
		c.t.Fatalf("upload: %d", r.status)
	}
	file := filePath.FindString(c.get(item).body)
	if r := c.get(file); r.body != string(content) {
		c.t.Errorf("%d other bytes come back", len(r.body))
	}
	half := bytes.Repeat([]byte(m.newMarker("half a file's bytes")), 60_000)
	c.upload(item+"/files", nil, m.newMarker("half a file's name"), half, true)
	c.sendForm(file+"/delete", nil, http.StatusSeeOther)
}

// markImports imports marked files, one of a format that nobody knows, and exports what came of it.
func (m secrets) markImports(c *client) {
	c.t.Helper()
	row := func(when string) string {
		return fmt.Sprintf("%s,https://%s.example,%s,%s,%s\n",
			m.newMarker(when+"'s title"), m.newMarker(when+"'s site"),
			m.newMarker(when+"'s user"), m.newMarker(when+"'s password"), m.newMarker(when+"'s note"))
	}
	send := func(when, content string) string {
		return c.sendFile(m.newMarker(when+"'s name")+".csv", []byte(content),
			url.Values{"to": {"new"}, "name": {m.newMarker(when + "'s vault")}})
	}
	cancelled := send("cancelled import", csvHead+row("cancelled entry"))
	c.awaitImport(cancelled, "ready")
	c.sendForm(cancelled+"/cancel", nil, http.StatusSeeOther)

	done := send("import", csvHead+row("entry")+row("other entry"))
	c.awaitImport(done, "ready")
	c.sendForm(done+"/decide", url.Values{"do": {"start"}, "duplicates": {"skip"}}, http.StatusSeeOther)
	c.awaitImport(done, "done")
	if r := c.get(done + "/report.csv"); !strings.Contains(r.body, string(m["entry's title"])) {
		c.t.Errorf("report: %d %.300s", r.status, r.body)
	}

	columns := send("columns", m.newMarker("column")+";"+m.newMarker("other column")+"\n"+
		m.newMarker("cell")+";"+m.newMarker("other cell")+"\n")
	c.awaitImport(columns, "columns")
	c.post(columns+"/columns", url.Values{"column.0": {m.newMarker("role")}})
	broken := send("broken import", "PK\x03\x04"+strings.Repeat(m.newMarker("broken bytes"), 50))
	c.awaitImport(broken, "failed")

	mine := exportable.FindAllStringSubmatch(c.get("/export").body, -1)
	form := url.Values{}
	for _, found := range mine {
		form.Add("vaults", found[1])
	}
	if r := c.sendForm("/export", form, http.StatusOK); !strings.HasPrefix(r.body, "PK") {
		c.t.Errorf("the export is %.20q", r.body)
	}
}

// markNewShare shares marked texts and a file that are in no vault.
func (m secrets) markNewShare(c *client) {
	c.t.Helper()
	form := func(when string) url.Values {
		return url.Values{
			"title": {m.newMarker(when + "'s title")}, "text": {m.newMarker(when + "'s text")},
			"notes": {m.newMarker(when + "'s notes")}, "access": {"anyone"}, "expire_after": {"OneDay"},
		}
	}
	content := bytes.Repeat([]byte(m.newMarker("shared file's bytes")), 30_000)
	r := c.upload("/share", form("new share"), m.newMarker("shared file's name"), content, false)
	link := valueAttr.FindStringSubmatch(linkInput.FindString(r.body))
	if r.status != http.StatusCreated || link == nil {
		c.t.Fatalf("share: %d %v", r.status, r.errors())
	}
	opened := parseLink(c.t, link[1])
	m.addLink("the new share", opened)
	if got := opened.item(nil); got.Title != string(m["new share's title"]) {
		c.t.Errorf("opened %q", got.Title)
	}
	c.upload("/share", form("half a share"), m.newMarker("half a shared file's name"), content, true)
	refused := form("refused share")
	refused.Set("access", "recipients")
	refused.Set("recipients", m.newMarker("refused recipient of a text"))
	c.sendForm("/share", refused, http.StatusUnprocessableEntity)
	c.sendForm("/share/terms", form("judged share"), http.StatusOK)
	c.get("/share?text=" + m.newMarker("text in a query"))
}

// markPrograms creates and replaces marked items by the API, right and wrong.
func (m secrets) markPrograms(s *server, vault string) {
	s.t.Helper()
	id := strings.Split(vault, "/")[2]
	token := s.serviceAccount("--vault", id, "--edit-items")
	m.addToken(s.t, "editor's token", token)
	p := apiClient{s.t, s.url, token}
	body := func(when string) string {
		return fmt.Sprintf(`{"category":"Login","title":%q,"notes":%q,"tags":[%q],"fields":[`+
			`{"id":"password","title":%q,"fieldType":"Concealed","value":%q}]}`,
			m.newMarker(when+"'s title"), m.newMarker(when+"'s notes"), m.newMarker(when+"'s tag"),
			m.newMarker(when+"'s label"), m.newMarker(when+"'s value"))
	}
	var made struct{ ID string }
	if status := p.call(http.MethodPost, vault, body("program's item"), &made); status != http.StatusCreated {
		s.t.Fatalf("create: %d", status)
	}
	path := vault + "/" + made.ID
	for when, tag := range map[string]string{
		"replaced": `"1"`, "lost": `"` + m.newMarker("condition") + `"`, "bare": "",
	} {
		p.call(http.MethodPut, path, body(when), nil, "If-Match", tag)
	}
	p.call(http.MethodPost, vault, strings.Replace(body("malformed"), `"tags"`, `"`+m.newMarker("member")+`"`, 1), nil)
	p.call(http.MethodPost, vault, body("cut")[:150], nil)
}

// markLostSession sends marked forms after the session has ended.
func (m secrets) markLostSession(c *client, vault string) {
	c.t.Helper()
	lost := *c.http
	base, _ := url.Parse(c.base + "/")
	lost.Jar, _ = cookiejar.New(nil)
	for _, cookie := range c.http.Jar.Cookies(base) {
		if cookie.Name != "itemshare" {
			lost.Jar.SetCookies(base, []*http.Cookie{cookie})
		}
	}
	out := &client{t: c.t, base: c.base, http: &lost}
	r := out.sendForm(vault, m.typedItem("lost item"), http.StatusUnauthorized)
	if !strings.Contains(r.body, "typed-kept") {
		c.t.Error("the form is not kept")
	}
	if strings.Contains(r.body, string(m["lost item's password"])) {
		c.t.Error("the kept form is readable in the page")
	}
	out.upload("/share", url.Values{"text": {m.newMarker("lost text")}}, m.newMarker("lost name"),
		[]byte(m.newMarker("lost bytes")), false)
	out.sendForm("/passwords/strength", url.Values{"password": {m.newMarker("lost password")}}, http.StatusUnauthorized)
}
