package e2e

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const csvHead = "name,url,username,password,note\n"

// csvOfTwo is an export of Chrome.
const csvOfTwo = csvHead + "Wiki,https://wiki.example,ann,pw-1,\nQuokka,https://pay.example,ann,pw-2,note\n"

// csvOfTwoVaults is an export of Proton Pass.
const csvOfTwoVaults = "type,name,url,email,username,password,note,totp,createTime,modifyTime,vault\n" +
	"login,Router,,,ann,pw-1,,,,,Home\nlogin,Badge printer,,,ann,pw-2,,,,,Office on the fourth floor\n"

// sendImport chooses a file on the import page and sends it.
func (p *page) sendImport(name, content, vault string) {
	p.t.Helper()
	p.visit("/import")
	p.chooseFiles(`[name=file]`, newFile(p.t, name, []byte(content)))
	if vault == "" {
		p.pick("to", "new")
		p.fill(`[name=name]`, "From Chrome")
	} else {
		p.pickWords("to", vault)
	}
	p.click(`[data-testid=send]`)
	p.await(`[data-testid=import]`)
}

// pickWords chooses the option with these words.
func (p *page) pickWords(name, words string) {
	p.t.Helper()
	value := eval[string](p, fmt.Sprintf(
		`[...document.querySelectorAll("[name=%s] option")].find(o => o.textContent === %q)?.value ?? ""`,
		name, words,
	))
	p.pick(name, value)
}

// awaitImport waits until an import has a state. Without scripts it asks the page to refresh.
func (p *page) awaitImport(state string) {
	p.t.Helper()
	css := fmt.Sprintf(`[data-testid=import][data-state=%s]`, state)
	if p.hasScripts() {
		p.await(css)
		return
	}
	const refresh = `[data-testid=import-progress] a`
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		p.await(css + ", " + refresh)
		if p.count(css) > 0 {
			return
		}
		p.click(refresh)
	}
	p.t.Fatalf("the import is not %s\n%s", state, p.state())
}

// TestImportInTheBrowser imports a file twice, the second time with a duplicate, and downloads the
// report.
func TestImportInTheBrowser(t *testing.T) {
	for name, options := range map[string][]pageOption{
		"with scripts": nil, "without scripts": {withoutScripts},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			p := newPage(t, s, phone, options...)
			p.signIn(admin)
			p.sendImport("passwords.csv", csvOfTwo, "")
			p.awaitImport("ready")
			p.awaitText("Found 2 entries")
			p.click(`[data-testid=start]`)
			p.awaitImport("done")
			dir := p.downloads()
			p.click(`[data-testid=report]`)
			if got := awaitFile(t, dir, "import-report.csv"); bytes.Count(got, []byte("\n")) != 3 ||
				!bytes.Contains(got, []byte("Quokka")) || bytes.Contains(got, []byte("pw-2")) {
				t.Errorf("report:\n%s", got)
			}
			p.sendImport("passwords.csv", strings.Replace(csvOfTwo, "pw-2", "pw-3", 1), "From Chrome")
			p.awaitImport("ready")
			p.await(`[data-testid=duplicate]`)
			p.choose(`[name=duplicates][value=skip]`)
			p.click(`[data-testid=start]`)
			p.awaitImport("done")
			p.clean()
			if found := signedIn(t, s, admin).items("Quokka"); len(found) != 1 {
				t.Errorf("%d items Quokka", len(found))
			}
		})
	}
}

// TestColumnsInTheBrowser matches the columns of a CSV file of no known program.
func TestColumnsInTheBrowser(t *testing.T) {
	s := start(t)
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.sendImport("list.csv", "Service;Login;Pass;Room\nIntranet portal;ann;pw;7\n", "")
	p.awaitImport("columns")
	p.pick(`"column.3"`, "text")
	p.click(`[data-testid=send-columns]`)
	p.awaitImport("ready")
	p.click(`[data-testid=start]`)
	p.awaitImport("done")
	if found := signedIn(t, s, admin).items("Intranet portal"); len(found) != 1 {
		t.Errorf("%d items", len(found))
	}
	p.clean()
}

// TestCancelledImport cancels an import that waits.
func TestCancelledImport(t *testing.T) {
	s := start(t)
	p := newPage(t, s, phone)
	p.signIn(admin)
	p.sendImport("passwords.csv", csvOfTwo, "")
	p.awaitImport("ready")
	p.click(`[data-testid=cancel] summary`)
	p.await(`dialog[open]`)
	p.click(`[data-testid=confirm-cancel]`)
	p.awaitPath("/import")
	if n := p.count(`[data-testid=import]`); n != 0 {
		t.Errorf("%d imports are left", n)
	}
	if found := signedIn(t, s, admin).items("Quokka"); len(found) != 0 {
		t.Error("a cancelled import imported items")
	}
	s.awaitRows(`SELECT count(*) FROM import_chunks`, 0)
	p.clean()
}

// TestExportInTheBrowser downloads a vault and imports it again.
func TestExportInTheBrowser(t *testing.T) {
	for name, options := range map[string][]pageOption{
		"with scripts": nil, "without scripts": {withoutScripts},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			p := newPage(t, s, desktop, options...)
			p.signIn(admin)
			p.visit("/export")
			dir := p.downloads()
			p.choose(`[name=vaults]`)
			p.click(`[data-testid=export]`)
			name := "itemshare-vault-" + time.Now().UTC().Format(time.DateOnly) + ".1pux"
			if file := awaitFile(t, dir, name); !bytes.HasPrefix(file, []byte("PK")) {
				t.Errorf("no archive: %.20q", file)
			}
			p.awaitPath("/export")
			p.clean()
		})
	}
}

// sendFile sends a file to import without a browser, and returns the import's address.
func (c *client) sendFile(name string, content []byte, fields url.Values) string {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	for field := range fields {
		if err == nil {
			err = form.WriteField(field, fields.Get(field))
		}
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, c.base+"/import", &body)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	resp, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		c.t.Fatalf("sent: %d", resp.StatusCode)
	}
	return resp.Header.Get("Location")
}

// awaitImport waits until an import has one of the states, and returns it.
func (c *client) awaitImport(address string, states ...string) string {
	c.t.Helper()
	for deadline := time.Now().Add(2 * patience); ; time.Sleep(20 * time.Millisecond) {
		body := c.get(address).body
		for _, state := range states {
			if strings.Contains(body, fmt.Sprintf(`data-state="%s"`, state)) {
				return state
			}
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("the import is none of %v:\n%.2000s", states, body)
		}
	}
}

// TestKilledWhileImporting kills the server while it imports: afterwards everything is there, or
// nothing, and the import that was interrupted is done by starting it again.
func TestKilledWhileImporting(t *testing.T) {
	const items = 3000
	s := start(t)
	c := signedIn(t, s, admin)
	var file strings.Builder
	file.WriteString(csvHead)
	for i := range items {
		fmt.Fprintf(&file, "Entry %d,https://e%d.example,ann,pw-%d,%s\n", i, i, i, strings.Repeat("note ", 50))
	}
	address := c.sendFile("a.csv", []byte(file.String()), url.Values{"to": {"new"}, "name": {"Crashed"}})
	c.awaitImport(address, "ready")
	database := s.openDatabase()
	count := func(query string) (n int) {
		if err := database.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count(`SELECT count(*) FROM items`)
	for round := range 3 {
		if r := c.post(address+"/decide", url.Values{"do": {"start"}}); r.status != http.StatusSeeOther {
			t.Fatalf("round %d: start: %d", round, r.status)
		}
		for deadline := time.Now().Add(patience); count(`SELECT count(*) FROM staged_items`) == 0; {
			if strings.Contains(c.get(address).body, `data-state="done"`) || time.Now().After(deadline) {
				break
			}
		}
		s.kill()
		s.run()
		after := count(`SELECT count(*) FROM items`)
		if after == before+items { // the kill came after all of it
			return
		}
		if after != before {
			t.Fatalf("round %d: %d of %d items are there", round, after-before, items)
		}
		// Nobody works on it any more: the page finds out a minute later.
		if _, err := database.Exec(`UPDATE imports SET touched_at = touched_at - 120`); err != nil {
			t.Fatal(err)
		}
		if state := c.awaitImport(address, "ready", "done"); state == "done" {
			t.Fatal("an import that was killed says that it is done")
		}
		if body := c.get(address).body; !strings.Contains(body, "interrupted") {
			t.Errorf("the page does not say that it was interrupted")
		}
	}
	c.post(address+"/decide", url.Values{"do": {"start"}})
	c.awaitImport(address, "done")
	if after := count(`SELECT count(*) FROM items`); after != before+items {
		t.Errorf("%d of %d items are there", after-before, items)
	}
}

// importPages are the states of imports and of the export.
func importPages(w *pageWalk) []pageState {
	work := func(query string) {
		if _, err := w.server.openDatabase().Exec(query); err != nil {
			w.t.Fatal(err)
		}
	}
	return []pageState{
		{name: "import", goTo: at("/import")},
		{name: "import-refused", noPicture: true, goTo: func(p *page) {
			p.visit("/import")
			p.click(`[data-testid=send]`)
			p.await(`[data-testid=problem-file]`)
		}},
		{name: "import-columns", goTo: func(p *page) {
			p.sendImport("list.csv", "Service;Login;Pass;Room\nIntranet;ann;pw;7\nPrinter;bea;pw;9\n", "")
			p.awaitImport("columns")
		}},
		{name: "import-preview", goTo: func(p *page) {
			p.sendImport("passwords.csv", csvOfTwo, "")
			p.awaitImport("ready")
			p.click(`[data-testid=start]`)
			p.awaitImport("done")
			p.sendImport("passwords.csv", strings.ReplaceAll(csvOfTwo, "pw-", "changed-")+
				"New,https://new.example,bea,pw,\n,,,,\n", "From Chrome")
			p.awaitImport("ready")
			p.await(`[data-testid=duplicate]`)
			p.await(`[data-testid=left-out-entry]`)
		}},
		{name: "import-done", goTo: func(p *page) {
			p.click(`[data-testid=start]`)
			p.awaitImport("done")
		}},
		{name: "import-sources", goTo: func(p *page) {
			p.sendImport("proton.csv", csvOfTwoVaults, "The vaults of the export, added where missing")
			p.awaitImport("ready")
			p.click(`[data-testid=change-vault] summary`)
			p.await(`[data-testid=source] select`)
			p.pick(eval[string](p, `document.querySelector("[data-testid=source] select").name`), "new")
			p.await(`[data-testid=source] input`)
			eval[bool](p, `document.querySelector("[data-testid=sources]").scrollIntoView(), true`)
		}},
		{name: "import-running", goTo: func(p *page) { // the one before; there may be three at once
			work(`UPDATE imports SET state = 'running', done = 1234, total = 4000, touched_at = 9999999999
				WHERE state = 'ready'`)
			p.visit(eval[string](p, `location.pathname`))
			p.await(`[data-testid=import-progress]`)
		}},
		{name: "import-failed", goTo: func(p *page) {
			p.sendImport("broken.zip", "PK\x03\x04 broken", "From Chrome")
			p.awaitImport("failed")
		}},
		{name: "imports", goTo: at("/import")},
		{name: "export", goTo: at("/export")},
		{name: "export-refused", noPicture: true, goTo: func(p *page) {
			p.visit("/export")
			p.click(`[data-testid=export]`)
			p.await(`[data-testid=problem-vaults]`)
		}},
	}
}
