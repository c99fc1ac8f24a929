package e2e

import (
	"bytes"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sampleItem is an exported item and what a recipient should see of it.
type sampleItem struct {
	title, category, notes string
	tags                   []string
	fields                 []string // "section · title · type · value"
	websites               []string
	files                  map[string][]byte
}

// kinds are the values of the published format, by their one key, and what each becomes.
var kinds = []struct {
	key, fieldType string
	value          func(n int) (exported any, shown string)
}{
	{"string", "Text", func(n int) (any, string) { return text(n), text(n) }},
	{
		"concealed",
		"Concealed",
		func(n int) (any, string) { return "s3cret \"" + text(n), "s3cret \"" + text(n) },
	},
	{"totp", "Totp", func(n int) (any, string) {
		seed := fmt.Sprintf("otpauth://totp/Example:%d?secret=JBSWY3DPEHPK3PXP&issuer=Example", n)
		return seed, seed
	}},
	{
		"url",
		"Url",
		func(n int) (any, string) { u := fmt.Sprintf("https://site%d.example/a?b=c", n); return u, u },
	},
	{"email", "Email", func(n int) (any, string) {
		address := fmt.Sprintf("person%d@company.example", n)
		return map[string]any{"email_address": address, "provider": nil}, address
	}},
	{
		"phone",
		"Phone",
		func(n int) (any, string) { p := fmt.Sprintf("+49 30 %06d", n); return p, p },
	},
	{"date", "Date", func(n int) (any, string) {
		return 1262347200 + 86400*(n%28), fmt.Sprintf("2010-01-%02d", 1+n%28)
	}},
	{
		"monthYear",
		"MonthYear",
		func(n int) (any, string) { return 203000 + 1 + n%12, fmt.Sprintf("2030-%02d", 1+n%12) },
	},
	{"creditCardType", "CreditCardType", func(int) (any, string) { return "mc", "Mastercard" }},
	{
		"creditCardNumber",
		"CreditCardNumber",
		func(n int) (any, string) { c := fmt.Sprintf("55555555555544%02d", n%100); return c, c },
	},
	{"menu", "Menu", func(int) (any, string) { return "postgresql", "PostgreSQL" }},
}

func text(n int) string { return fmt.Sprintf("Wert %d – 値 – قيمة <b>&amp;", n) }

// exportedCategories are codes of the published format.
var exportedCategories = []struct{ code, name string }{
	{"001", "Login"},
	{"002", "CreditCard"},
	{"003", "SecureNote"},
	{"004", "Identity"},
	{"005", "Password"},
	{"006", "Document"},
	{"100", "SoftwareLicense"},
	{"101", "BankAccount"},
	{"102", "Database"},
	{"106", "Passport"},
	{"109", "Router"},
	{"110", "Server"},
	{"112", "ApiCredentials"},
}

// TestAnExportComesThroughWhole imports 210 items in 13 categories and 3 vaults with 20
// attachments, shares and opens each, and compares the copy with its source field by field.
func TestAnExportComesThroughWhole(t *testing.T) {
	s := start(t)
	path, samples := newExport(t)
	out, code := s.command("", "import", path)
	if code != 0 {
		t.Fatalf("import: %d\n%s", code, out)
	}
	if !strings.Contains(out, "210") || !strings.Contains(out, "20") {
		t.Errorf("the command does not end with its counts:\n%s", out)
	}
	c := signedIn(t, s, admin)
	for _, want := range samples {
		found := c.items(want.title)
		if len(found) != 1 {
			t.Fatalf("%q is found %d times", want.title, len(found))
		}
		l := c.share(found[0], url.Values{"files": {"on"}, "totp": {"on"}})
		want.compare(t, l)
	}
	if found := c.items("Archived sample"); len(found) != 0 {
		t.Error("an archived item came along")
	}
}

// TestALinkKeepsTheCopyOfItsTime imports a changed item again: the link still shows the earlier
// copy, and the item's page says which links are older.
func TestALinkKeepsTheCopyOfItsTime(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	before, item := newSample(0, map[string]any{})
	s.importItem(item)
	path := c.items(before.title)[0]
	old := c.share(path, url.Values{"totp": {"on"}, "files": {"on"}})
	if page := c.get(path).body; strings.Contains(page, `data-testid="older"`) {
		t.Error("a fresh link is marked as older")
	}

	item["details"].(map[string]any)["notesPlain"] = "changed notes"
	s.importItem(item)
	if got := old.item(nil); got.Notes != before.notes {
		t.Errorf("the old link shows %q, want the notes of its time", got.Notes)
	}
	if got := c.share(path, nil).item(nil); got.Notes != "changed notes" {
		t.Errorf("a new link shows %q, want the notes of now", got.Notes)
	}
	if n := strings.Count(c.get(path).body, `data-testid="older"`); n != 1 {
		t.Errorf("%d links are marked as older, want 1", n)
	}
}

// importItem imports one item without its files into the vault Imported.
func (s *server) importItem(item map[string]any) {
	s.t.Helper()
	vault := map[string]any{
		"attrs": map[string]any{"uuid": "v", "name": "Imported", "type": "U"},
		"items": []any{item},
	}
	path := filepath.Join(s.t.TempDir(), "one.1pux")
	writeZip(s.t, path, map[string]any{
		"export.attributes": map[string]any{
			"version":     3,
			"description": "1Password Unencrypted Export",
			"createdAt":   1700000000,
		},
		"export.data": map[string]any{
			"accounts": []any{
				map[string]any{
					"attrs":  map[string]any{"uuid": "A1", "name": "Company"},
					"vaults": []any{vault},
				},
			},
		},
	})
	if out, code := s.command("", "import", path); code != 0 {
		s.t.Fatalf("import: %d\n%s", code, out)
	}
}

// compare opens a link and reports where the copy differs from its source.
func (want sampleItem) compare(t *testing.T, l link) {
	t.Helper()
	view := newView()
	a := l.open(with{"view": view})
	got, err := l.unseal(a)
	if err != nil {
		t.Fatalf("%s: %v", want.title, err)
	}
	if got.Title != want.title || got.Category != want.category ||
		strings.TrimSpace(got.Notes) != want.notes {
		t.Errorf("%s: got %q, %s, %q", want.title, got.Title, got.Category, got.Notes)
	}
	wantSame(t, want.title+": tags", got.Tags, want.tags)
	wantSame(t, want.title+": fields", got.fields(), want.fields)
	var websites []string
	for _, w := range got.Websites {
		websites = append(websites, w.URL)
	}
	wantSame(t, want.title+": websites", websites, want.websites)
	if len(got.Files) != len(want.files) {
		t.Errorf("%s: %d files, want %d", want.title, len(got.Files), len(want.files))
	}
	for _, f := range got.Files {
		if content := l.file(view, a, f); !bytes.Equal(content, want.files[f.Name]) {
			t.Errorf("%s: file %q differs from its source", want.title, f.Name)
		}
	}
}

func wantSame(t *testing.T, what string, got, want []string) {
	t.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// fields writes each field on a line, those of a login without the title that the export does not
// give.
func (c content) fields() []string {
	titles := map[string]string{}
	for _, s := range c.Sections {
		titles[s.ID] = s.Title
	}
	var all []string
	for _, f := range c.Fields {
		title := f.Title
		if strings.HasPrefix(f.Value, "login-") {
			title = ""
		}
		all = append(all, joinParts(titles[f.Section], title, f.Type, f.Value))
	}
	return all
}

func joinParts(parts ...string) string { return strings.Join(parts, " · ") }

// newExport writes an export and returns its path and the items expected from it.
func newExport(t *testing.T) (string, []sampleItem) {
	t.Helper()
	var samples []sampleItem
	entries := map[string]any{
		"export.attributes": map[string]any{
			"version":     3,
			"description": "1Password Unencrypted Export",
			"createdAt":   1700000000,
		},
	}
	vaults := make([][]any, 3)
	for n := range 210 {
		s, item := newSample(n, entries)
		samples = append(samples, s)
		vaults[n%3] = append(vaults[n%3], item)
	}
	_, archived := newSample(999, map[string]any{})
	archived["state"] = "archived"
	archived["overview"].(map[string]any)["title"] = "Archived sample"
	vaults[0] = append(vaults[0], archived)

	var list []any
	for i, items := range vaults {
		list = append(
			list,
			map[string]any{
				"attrs": map[string]any{
					"uuid": fmt.Sprint("vault", i),
					"desc": "",
					"name": fmt.Sprint("Imported ", i),
					"type": "U",
				},
				"items": items,
			},
		)
	}
	attrs := map[string]any{
		"accountName": "Company",
		"name":        "Ann",
		"email":       "ann@company.example",
		"uuid":        "A1",
		"domain":      "https://company.1password.example/",
	}
	entries["export.data"] = map[string]any{
		"accounts": []any{map[string]any{"attrs": attrs, "vaults": list}},
	}
	path := filepath.Join(t.TempDir(), "export.1pux")
	writeZip(t, path, entries)
	return path, samples
}

// newSample returns item n: each category in turn, three kinds of fields in two sections, and a
// file in every tenth item.
func newSample(n int, entries map[string]any) (sampleItem, map[string]any) {
	category := exportedCategories[n%len(exportedCategories)]
	s := sampleItem{
		title: fmt.Sprintf(
			"Sample %03d 漢字",
			n,
		), category: category.name, notes: fmt.Sprintf("Line one of %d\n  second line", n),
		tags: []string{
			"imported",
			fmt.Sprint("tag ", n),
		}, websites: []string{fmt.Sprintf("https://sample%d.example/login", n)}, files: map[string][]byte{},
	}
	details := map[string]any{"notesPlain": s.notes, "sections": s.addSections(n, entries)}
	switch category.name {
	case "Login":
		details["loginFields"] = s.addLogin(n)
	case "Document":
		name, content := fmt.Sprintf(
			"Datei %d.txt",
			n,
		), bytes.Repeat(
			[]byte(fmt.Sprint(n, ",")),
			1000,
		)
		details["documentAttributes"] = s.addFile(name, content, entries)
	}
	return s, map[string]any{
		"uuid": fmt.Sprint(
			"item",
			n,
		), "favIndex": 0, "createdAt": 1600000000, "updatedAt": 1650000000 + n,
		"state": "active", "categoryUuid": category.code,
		"overview": map[string]any{
			"title": s.title,
			"url":   s.websites[0],
			"urls":  []any{map[string]any{"label": "website", "url": s.websites[0]}},
			"tags":  s.tags,
		},
		"details": details,
	}
}

func (s *sampleItem) addLogin(n int) []any {
	user, pass := fmt.Sprint("login-user", n), fmt.Sprint("login-password", n)
	s.fields = append(s.fields, joinParts("", "", "Text", user), joinParts("", "", "Concealed", pass))
	return []any{
		map[string]any{
			"value":       user,
			"id":          "",
			"name":        "username",
			"fieldType":   "T",
			"designation": "username",
		},
		map[string]any{
			"value":       pass,
			"id":          "",
			"name":        "password",
			"fieldType":   "P",
			"designation": "password",
		},
	}
}

func (s *sampleItem) addSections(n int, entries map[string]any) []any {
	var sections []any
	for i := range 2 {
		name := fmt.Sprintf("Section %d", i)
		var fields []any
		for j := range 3 {
			kind := kinds[(n+3*i+j)%len(kinds)]
			exported, shown := kind.value(n)
			title := fmt.Sprintf("Field %d", j)
			s.fields = append(s.fields, joinParts(name, title, kind.fieldType, shown))
			fields = append(
				fields,
				map[string]any{
					"title": title,
					"id":    fmt.Sprintf("f%d-%d", i, j),
					"value": map[string]any{kind.key: exported},
				},
			)
		}
		if i == 0 && n%52 == 0 && n < 200 {
			entry := s.addFile(
				fmt.Sprintf("attachment %d.bin", n),
				bytes.Repeat([]byte{byte(n), 0, 255, '\n'}, 400_000),
				entries,
			)
			fields = append(
				fields,
				map[string]any{
					"title": "File",
					"id":    "file",
					"value": map[string]any{"file": entry},
				},
			)
		}
		sections = append(
			sections,
			map[string]any{"title": name, "name": fmt.Sprint("section", i), "fields": fields},
		)
	}
	return sections
}

// addFile adds a file to the archive and returns its entry.
func (s *sampleItem) addFile(name string, content []byte, entries map[string]any) map[string]any {
	id := fmt.Sprintf("doc%s%d", strings.ReplaceAll(s.title[7:10], " ", ""), len(s.files))
	s.files[name] = content
	entries["files/"+id+"__"+name] = content
	return map[string]any{"fileName": name, "documentId": id, "decryptedSize": len(content)}
}
