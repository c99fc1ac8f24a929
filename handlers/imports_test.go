package handlers

import (
	"bytes"
	"context"
	"encoding/csv"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/vault"
	"itemshare/vault/importer"
)

const chromeExport = "name,url,username,password,note\n" +
	"Wiki,https://wiki.example,ann,import-marker-1,\n" +
	"Mail,https://mail.example,ann,import-marker-2,a note\n"

// work runs a worker until the test ends.
func (a *app) work(run func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { run(ctx); close(ended) }()
	a.t.Cleanup(func() { cancel(); <-ended })
}

func (a *app) rights(email string) vault.ImportRights {
	return vault.ImportRights{
		UserID: a.users[email].ID, Admin: email == adminEmail,
		MayEdit: func(string) bool { return true },
	}
}

// importFile stores a file as an import of a user that waits for decisions, and returns its ID.
func (a *app) importFile(email, file string, choices vault.ImportChoices) string {
	a.t.Helper()
	id, err := a.imports.Receive(
		a.t.Context(), a.users[email].ID, "a.csv", strings.NewReader(file),
	)
	a.must(err)
	a.must(a.imports.Read(a.t.Context(), a.rights(email), id, choices))
	a.awaitImport(email, id)
	return id
}

// awaitImport waits until nothing works on an import any more.
func (a *app) awaitImport(email, id string) vault.ImportJob {
	a.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		job, err := a.imports.Job(a.t.Context(), a.rights(email), id)
		a.must(err)
		if !job.State.Working() {
			return job
		}
		if time.Now().After(deadline) {
			a.t.Fatalf("the import is still %s", job.State)
		}
	}
}

// sendFile sends a form with a file and returns the answer.
func (b *browser) sendFile(path, name, content string, fields url.Values) reply {
	b.app.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	b.app.must(err)
	_, err = part.Write([]byte(content))
	b.app.must(err)
	for field, values := range fields {
		for _, value := range values {
			b.app.must(form.WriteField(field, value))
		}
	}
	b.app.must(form.Close())
	return b.do(http.MethodPost, path, &body, "Content-Type", form.FormDataContentType())
}

// editor returns a signed-in member who may edit the team's vault.
func (a *app) editor() *browser {
	a.t.Helper()
	a.must(a.accounts.SetGrant(a.t.Context(), "", account.Grant{
		UserID: a.users[memberEmail].ID, VaultID: a.team.ID, Share: true, Edit: true,
	}))
	return a.signIn(memberEmail)
}

// titlesIn returns the titles of a vault's items.
func (a *app) titlesIn(vaultID string) string {
	a.t.Helper()
	page, err := a.vault.Browse(a.t.Context(), vault.Query{Vaults: []string{vaultID}, Limit: 100})
	a.must(err)
	var all []string
	for _, item := range page.Items {
		all = append(all, item.Title)
	}
	return strings.Join(all, ", ")
}

func TestImportInTheBrowser(t *testing.T) {
	a := newApp(t)
	b := a.editor()
	before := a.titlesIn(a.team.ID)
	sent := b.sendFile("/import", "passwords.csv", chromeExport, url.Values{"to": {a.team.ID}})
	page := sent.header.Get("Location")
	if sent.status != http.StatusSeeOther || !strings.HasPrefix(page, "/import/") {
		t.Fatalf("sent: %v", sent)
	}
	id := strings.TrimPrefix(page, "/import/")
	a.awaitImport(memberEmail, id)
	preview := b.get(page)
	for _, part := range []string{
		`data-state="ready"`, "Found 2 entries", "passwords.csv", "Chrome passwords", "Import 2 items",
	} {
		if !strings.Contains(preview.body, part) {
			t.Errorf("the preview lacks %q: %v", part, preview)
		}
	}
	if strings.Contains(preview.body, "import-marker") || a.titlesIn(a.team.ID) != before {
		t.Errorf("the preview shows a password, or imported already")
	}
	if got := b.get("/import"); !strings.Contains(got.body, page) {
		t.Errorf("the import isn't listed: %v", got)
	}
	started := b.post(page+"/decide", url.Values{"do": {"start"}})
	if started.status != http.StatusSeeOther || started.header.Get("Location") != page {
		t.Fatalf("started: %v", started)
	}
	a.awaitImport(memberEmail, id)
	done := b.get(page)
	if !strings.Contains(done.body, `data-state="done"`) || !strings.Contains(done.body, "Delete the file") {
		t.Errorf("done: %v", done)
	}
	if got := a.titlesIn(a.team.ID); !strings.Contains(got, "Mail") || !strings.Contains(got, "Wiki") {
		t.Errorf("items %q", got)
	}
	report := b.get(page + "/report.csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(report.body, byteOrderMark))).ReadAll()
	a.must(err)
	if len(rows) != 3 || rows[1][1] != "Wiki" || rows[1][5] != "added" || rows[2][4] != a.team.Title ||
		report.header.Get("Content-Disposition") != `attachment; filename="import-report.csv"` {
		t.Errorf("report %q, %v", rows, report.header)
	}
	if strings.Contains(report.body, "import-marker") || strings.Contains(a.log.String(), "import-marker") ||
		strings.Contains(a.log.String(), "passwords.csv") {
		t.Error("a password is in the report, or the file is in the log")
	}
	cancelled := b.post(page+"/cancel", nil)
	if cancelled.status != http.StatusSeeOther || b.get(page).status != http.StatusNotFound {
		t.Errorf("removed: %v", cancelled)
	}
}

func TestDuplicatesInTheBrowser(t *testing.T) {
	a := newApp(t)
	b := a.editor()
	for i, file := range []string{chromeExport, strings.ReplaceAll(chromeExport, "marker", "other")} {
		sent := b.sendFile("/import", "a.csv", file, url.Values{"to": {a.team.ID}})
		page := sent.header.Get("Location")
		id := strings.TrimPrefix(page, "/import/")
		a.awaitImport(memberEmail, id)
		form := url.Values{"do": {"start"}}
		if i == 1 {
			preview := b.get(page)
			if !strings.Contains(preview.body, "2 duplicates") ||
				!strings.Contains(preview.body, `name="decide.2"`) {
				t.Fatalf("preview: %v", preview)
			}
			saved := b.post(page+"/decide", url.Values{"duplicates": {"skip"}, "decide.2": {"keep"}})
			if saved.status != http.StatusSeeOther {
				t.Fatalf("saved: %v", saved)
			}
			if bad := b.post(page+"/decide", url.Values{"duplicates": {"x"}}); bad.status != 422 ||
				len(bad.errors()) == 0 {
				t.Errorf("a bad decision: %v", bad)
			}
			form.Set("duplicates", "skip")
		}
		if got := b.post(page+"/decide", form); got.status != http.StatusSeeOther {
			t.Fatalf("started: %v", got)
		}
		if job := a.awaitImport(memberEmail, id); i == 1 &&
			(job.Summary.Skipped != 1 || job.Summary.Added != 1) {
			t.Errorf("imported %+v", job.Summary)
		}
	}
}

func TestColumnsInTheBrowser(t *testing.T) {
	a := newApp(t)
	b := a.editor()
	sent := b.sendFile("/import", "a.csv", "Service;Login;Pass\nWiki;ann;import-marker\n",
		url.Values{"to": {a.team.ID}})
	page := sent.header.Get("Location")
	id := strings.TrimPrefix(page, "/import/")
	a.awaitImport(memberEmail, id)
	columns := b.get(page)
	if !strings.Contains(columns.body, `data-state="columns"`) ||
		!strings.Contains(columns.body, `name="column.2"`) ||
		strings.Contains(columns.body, "import-marker") {
		t.Fatalf("columns: %v", columns)
	}
	refused := b.post(page+"/columns", url.Values{
		"column.0": {""}, "column.1": {"password"}, "column.2": {"username"},
	})
	if refused.status != http.StatusUnprocessableEntity ||
		!strings.Contains(refused.body, "the column that holds the title") ||
		!strings.Contains(refused.body, `value="password" selected`) {
		t.Errorf("without a title: %v", refused)
	}
	got := b.post(page+"/columns", url.Values{
		"column.0": {"title"}, "column.1": {"username"}, "column.2": {"password"},
	})
	if job := a.awaitImport(memberEmail, id); got.status != http.StatusSeeOther ||
		job.State != vault.ImportReady || job.Summary.Added != 1 {
		t.Errorf("matched: %v, %+v", got, job)
	}
}

func TestABrokenFileOffersNoOtherChoice(t *testing.T) {
	a := newApp(t)
	b := a.editor()
	sent := b.sendFile("/import", "a.1pux", "PK\x03\x04 cut off", url.Values{"to": {a.team.ID}})
	page := sent.header.Get("Location")
	a.awaitImport(memberEmail, strings.TrimPrefix(page, "/import/"))
	got := b.get(page)
	if !strings.Contains(got.body, `data-state="failed"`) || strings.Contains(got.body, "Check again") ||
		!strings.Contains(got.body, "Import another file") {
		t.Errorf("%v", got)
	}
}

func TestWhoMayImport(t *testing.T) {
	a := newApp(t)
	member, admin := a.signIn(otherEmail), a.signIn(adminEmail)
	if got := member.get("/import"); !strings.Contains(got.body, "edit any vault") {
		t.Errorf("a member who may edit nothing: %v", got)
	}
	if got := member.sendFile("/import", "a", chromeExport, url.Values{"to": {a.team.ID}}); got.status != 403 {
		t.Errorf("a member who may edit nothing: %v", got)
	}
	// An admin may add a vault, and edits no other one without a grant.
	if got := admin.sendFile("/import", "a", chromeExport, url.Values{"to": {a.elsewhere.ID}}); got.status != 422 ||
		got.errors()[0] != "forbidden" {
		t.Errorf("a vault that isn't theirs to edit: %v", got)
	}
	long := url.Values{"to": {"new"}, "name": {strings.Repeat("n", 5<<10)}}
	if got := admin.sendFile("/import", "a", chromeExport, long); got.status < 400 ||
		!strings.Contains(got.body, "too long") {
		t.Errorf("a name that is too long: %v", got)
	}
	if got := admin.sendFile("/import", "a", chromeExport, url.Values{"to": {"new"}}); got.status != 422 {
		t.Errorf("a vault without a name: %v", got)
	}
	if got := admin.post("/import", nil); got.status != http.StatusBadRequest {
		t.Errorf("no form with a file: %v", got)
	}
	if got := admin.sendFile("/import", "", "", url.Values{"to": {"new"}, "name": {"X"}}); got.status != 422 {
		t.Errorf("no file: %v", got)
	}
	jobs, err := a.imports.Jobs(t.Context(), a.users[adminEmail].ID)
	if err != nil || len(jobs) != 0 {
		t.Errorf("refused files are left: %+v, %v", jobs, err)
	}
	sent := admin.sendFile("/import", "a", chromeExport, url.Values{"to": {"new"}, "name": {"Fresh"}})
	page := sent.header.Get("Location")
	id := strings.TrimPrefix(page, "/import/")
	a.awaitImport(adminEmail, id)
	if got := admin.post(page+"/decide", url.Values{"do": {"start"}}); got.status != http.StatusSeeOther {
		t.Fatalf("started: %v", got)
	}
	a.awaitImport(adminEmail, id)
	fresh, err := a.vault.Find(t.Context(), "Fresh")
	a.must(err)
	if got := admin.get("/items?vault=" + fresh.ID); got.status != 200 || !strings.Contains(got.body, "Wiki") {
		t.Errorf("the new vault is theirs: %v", got)
	}
	if got := a.editor().get(page); got.status != http.StatusNotFound {
		t.Errorf("another's import: %v", got)
	}
}

func TestExportInTheBrowser(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	if got := b.get("/export"); !strings.Contains(got.body, "encrypted") ||
		!strings.Contains(got.body, a.team.Title) {
		t.Errorf("the page: %v", got)
	}
	got := b.post("/export", url.Values{"vaults": {a.team.ID}})
	if got.status != 200 || got.header.Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(got.header.Get("Content-Disposition"), `attachment; filename="itemshare-vault-`) {
		t.Fatalf("export: %d %v", got.status, got.header)
	}
	archive, err := importer.ReadFrom(
		t.Context(), strings.NewReader(got.body), int64(len(got.body)), importer.Options{},
	)
	a.must(err)
	if titles := a.titlesIn(a.team.ID); archive.Entries != len(strings.Split(titles, ", ")) {
		t.Errorf("%d entries of %q", archive.Entries, titles)
	}
	events := a.events(audit.ItemsExported)
	if len(events) != 1 || events[0].Subject != a.team.ID || events[0].Actor != a.users[memberEmail].ID {
		t.Errorf("events %+v", events)
	}
	for why, ids := range map[string][]string{
		"elsewhere": {a.elsewhere.ID}, "missing": {"x"}, "one of two": {a.team.ID, a.elsewhere.ID},
	} {
		if got := b.post("/export", url.Values{"vaults": ids}); got.status != http.StatusNotFound {
			t.Errorf("%s: %v", why, got)
		}
	}
	// Who may not reveal values may not export them.
	a.must(a.accounts.SetGrant(t.Context(), "", account.Grant{
		UserID: a.users[memberEmail].ID, VaultID: a.team.ID, View: true, NoReveal: true,
	}))
	if got := b.post("/export", url.Values{"vaults": {a.team.ID}}); got.status != http.StatusNotFound {
		t.Errorf("without the right to reveal: %v", got)
	}
}

// TestImportsElsewhere asserts that the pages over an account say where to import and export.
func TestImportsElsewhere(t *testing.T) {
	a := newApp(t, appOptions{vault: func(b vault.Backend) vault.Backend {
		return struct{ vault.Backend }{b}
	}})
	b := a.signIn(adminEmail)
	for path, words := range map[string]string{
		"/import": "Import in 1Password", "/export": "Export in 1Password",
	} {
		if got := b.get(path); got.status != http.StatusOK || !strings.Contains(got.body, words) {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := b.sendFile("/import", "a", chromeExport, nil); got.status != http.StatusForbidden {
		t.Errorf("a file: %v", got)
	}
	if got := b.post("/export", url.Values{"vaults": {a.team.ID}}); got.status != http.StatusForbidden {
		t.Errorf("an export: %v", got)
	}
	for _, path := range []string{"/import/x", "/import/x/report.csv"} {
		if got := b.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: %v", path, got)
		}
	}
}

const protonExport = "type,name,url,email,username,password,note,totp,createTime,modifyTime,vault\n" +
	"login,Router,,,ann,import-marker-1,,,,,Home\nlogin,Desk,,,ann,import-marker-2,,,,,Office\n"

// TestImportOfSingleVaultsElsewhere sends one vault of an export to another vault than the rest, and what
// is refused stays as it was chosen.
func TestImportOfSingleVaultsElsewhere(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	sent := admin.sendFile("/import", "a.csv", protonExport, url.Values{"to": {""}})
	page := sent.header.Get("Location")
	id := strings.TrimPrefix(page, "/import/")
	job := a.awaitImport(adminEmail, id)
	if job.Summary == nil || len(job.Summary.Sources) != 2 {
		t.Fatalf("dry run: %+v", job)
	}
	office := job.Summary.Sources[1].ID
	refused := admin.post(page+"/vault", url.Values{
		"to": {"new"}, "name": {"Everything"}, "to-" + office: {"new"}, "name-" + office: {" "},
	})
	if refused.status != http.StatusUnprocessableEntity ||
		!strings.Contains(refused.body, `href="#name-`+office) ||
		!strings.Contains(refused.body, `value="Everything"`) ||
		!strings.Contains(refused.body, `value="new" selected`) {
		t.Errorf("a new vault without a name: %v", refused)
	}
	if got := admin.post(page+"/vault", url.Values{"to-" + office: {a.elsewhere.ID}}); got.status != 422 ||
		got.errors()[0] != "forbidden" {
		t.Errorf("a vault that isn't theirs to edit: %v", got)
	}
	a.editor() // may edit the team's vault
	a.must(a.accounts.SetGrant(t.Context(), "", account.Grant{
		UserID: a.users[adminEmail].ID, VaultID: a.team.ID, View: true, Edit: true,
	}))
	chosen := admin.post(page+"/vault", url.Values{
		"to": {"new"}, "name": {"Everything"}, "to-" + office: {a.team.ID},
	})
	a.awaitImport(adminEmail, id)
	if got := admin.get(page); chosen.status != http.StatusSeeOther ||
		!strings.Contains(got.body, "from Office") || !strings.Contains(got.body, "from Home") {
		t.Errorf("chosen: %v, %v", chosen, got)
	}
	if got := admin.post(page+"/decide", url.Values{"do": {"start"}}); got.status != http.StatusSeeOther {
		t.Fatalf("started: %v", got)
	}
	a.awaitImport(adminEmail, id)
	fresh, err := a.vault.Find(t.Context(), "Everything")
	a.must(err)
	if in := a.titlesIn(fresh.ID); in != "Router" || !strings.Contains(a.titlesIn(a.team.ID), "Desk") {
		t.Errorf("items %q and %q", in, a.titlesIn(a.team.ID))
	}
}
