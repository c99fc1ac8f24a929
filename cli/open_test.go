package cli

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"itemshare/client"
)

func (o *office) views(title string) int {
	o.t.Helper()
	for s, err := range o.api.Items().Shares().List(o.t.Context()) {
		must(o.t, err)
		if s.Title == title {
			return s.Views
		}
	}
	return -1
}

func TestOpenCommand(t *testing.T) {
	o := newOffice(t)
	item := o.anItem("Login")
	password := ""
	for _, f := range item.Fields {
		if f.ID == "password" {
			password = f.Value
		}
	}
	link := o.link(item.ID)
	for _, c := range []struct {
		why, stdin string
		args       []string
		shown      bool
	}{
		{"hidden", "", []string{link}, false},
		{"asked for", "", []string{link, "--reveal"}, true},
		{"as JSON", "", []string{link, "--json"}, true},
		{"the link on standard input", link + "\n", []string{"-"}, false},
		{"a link that a gateway changed", "", []string{strings.Replace(link, "#", "%23", 1)}, false},
	} {
		got := o.run(c.stdin, append([]string{"open"}, c.args...)...)
		if got.code != 0 || !strings.Contains(got.stdout, item.Title) || strings.Contains(got.stdout, password) != c.shown || got.stderr != "" {
			t.Errorf("%s: %+v", c.why, got)
		}
	}
	var content client.SharedItem
	got := o.run("", "open", link, "--json")
	if json.Unmarshal([]byte(got.stdout), &content) != nil || content.Title != item.Title || content.SharedBy != "CI" {
		t.Errorf("as JSON: %s", got.stdout)
	}
	for why, c := range map[string]struct {
		stdin, arg string
		code       int
	}{
		"a link cut short":             {"", link[:len(link)-1], 1},
		"a link of nothing":            {"", link[:len(link)-43] + strings.Repeat("A", 43), exitNotFound},
		"a link without its secret":    {"", strings.TrimSuffix(link, link[len(link)-44:]), 1},
		"no link on standard input":    {"", "-", 1},
		"a server that is not there":   {"", "http://localhost:1/s#" + link[len(link)-43:], exitUnreached},
		"a link to a server in public": {"", "http://share.company.example/s#" + link[len(link)-43:], 1},
	} {
		got := o.run(c.stdin, "open", c.arg)
		if got.code != c.code || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 || strings.Contains(got.stderr, link[len(link)-40:]) {
			t.Errorf("%s: %+v", why, got)
		}
	}
}

// TestALinkThatOpensOnce is not opened where its hidden values would be lost.
func TestALinkThatOpensOnce(t *testing.T) {
	o := newOffice(t)
	item := o.anItem("Login")
	link := o.link(item.ID, "--once")
	if got := o.run("", "open", link); got.code != 1 || !strings.Contains(got.stderr, "opens once: add --reveal or --json") || o.views(item.Title) != 0 {
		t.Errorf("%+v, %d views", got, o.views(item.Title))
	}
	if got := o.run("", "open", link, "--reveal"); got.code != 0 || o.views(item.Title) != 1 {
		t.Errorf("%+v", got)
	}
	if got := o.run("", "open", link, "--reveal"); got.code != exitEnded || got.stdout != "" || !strings.Contains(got.stderr, "Ask CI") {
		t.Errorf("again: %+v", got)
	}
}

func TestOpenWithACode(t *testing.T) {
	o := newOffice(t)
	item := o.anItem("Login")
	link := o.link(item.ID, "--to", "ann@company.example")
	for _, c := range []struct {
		why, stdin, says string
		args             []string
	}{
		{"nobody says who", "", "--email", nil},
		{"nobody types the code", "", "nobody is there to type it", []string{"--email", "ann@company.example"}},
		{"a wrong code", "00000000\n", "not right", []string{"--email", "ann@company.example"}},
	} {
		got := o.run(c.stdin, append([]string{"open", link}, c.args...)...)
		if got.code != exitProof || !strings.Contains(got.stderr, c.says) || got.stdout != "" {
			t.Errorf("%s: %+v", c.why, got)
		}
	}
	if got := o.run("", "open", link, "--email", "no address"); got.code != 1 || !strings.Contains(got.stderr, "name@company.com") {
		t.Errorf("an address that is none: %+v", got)
	}

	// The code is known only once it was mailed: standard input is written to after that.
	before := len(o.codes())
	stdin, typing, err := os.Pipe()
	must(t, err)
	typed := make(chan error, 1)
	go func() {
		_, err := typing.WriteString(link + "\nann@company.example\n00000000\n")
		_, err2 := typing.WriteString(o.mailedCode(before) + "\n")
		typed <- errors.Join(err, err2, typing.Close())
	}()
	var stdout, stderr bytes.Buffer
	code := Run(t.Context(), []string{"open", "-", "--reveal"}, stdin, &stdout, &stderr, OnePassword())
	must(t, <-typed)
	if code != 0 || !strings.Contains(stdout.String(), item.Title) {
		t.Errorf("exit %d: %s%s", code, stdout.String(), stderr.String())
	}
}

// TestWhatATerminalMightObey puts escape sequences into every text of an item.
func TestWhatATerminalMightObey(t *testing.T) {
	o := newOffice(t)
	evil := func(name string) string { return name + "\x1b]0;pwned\x07\x1b[2J\u009b31m\u202etxt\r\u2028\x00end" }
	o.importItem("Team", map[string]any{
		"overview": map[string]any{"title": "Evil \x1b[2Jtitle", "tags": []string{evil("tag")}, "urls": []any{map[string]any{"label": "site", "url": "https://a.example/\x1b[2J"}}},
		"details": map[string]any{
			"notesPlain": evil("notes") + "\nsecond line",
			"sections":   []any{map[string]any{"title": evil("section"), "name": "s1", "fields": []any{map[string]any{"title": evil("field"), "id": "f1", "value": map[string]any{"string": evil("value")}}}}},
		},
	}, nil)
	var id string
	for _, one := range o.items("Team") {
		if strings.HasPrefix(one.Title, "Evil") {
			id = one.ID
		}
	}
	item, err := o.api.Items().Get(t.Context(), o.vault("Team").ID, id)
	must(t, err)
	link := o.link(id)
	for _, args := range [][]string{{"open", link, "--reveal"}, {"open", link, "--json"}, {"shares"}, {"share", "Evil \x1b[2Jtitle\x1b[3J"}} {
		got := o.run("", args...)
		said := got.stdout + got.stderr
		if !utf8.ValidString(said) || strings.ContainsFunc(said, func(r rune) bool {
			return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp))
		}) {
			t.Errorf("%s prints %q", args[0], said)
		}
		if !strings.Contains(said, `\u001b[2J`) {
			t.Errorf("%s does not show what there was: %q", args[0], said)
		}
	}
	var content client.SharedItem
	must(t, json.Unmarshal([]byte(o.run("", "open", link, "--json").stdout), &content))
	if content.Notes != item.Notes || content.Title != item.Title || content.Fields[0].Value != item.Fields[0].Value {
		t.Errorf("--json changed a value: %q", content.Notes)
	}
}

// TestFilesOfAStranger: names are cleaned, nothing is overwritten, nothing lands outside.
func TestFilesOfAStranger(t *testing.T) {
	o := newOffice(t)
	large := make([]byte, 2<<20+12345) // three chunks
	_, _ = rand.Read(large)
	o.importItem("Team", map[string]any{
		"categoryUuid": "006", "overview": map[string]any{"title": "Files"},
		"details": map[string]any{
			"documentAttributes": map[string]any{"fileName": "../../../evil\x1b[2J.bin", "documentId": "d1", "decryptedSize": len(large)},
			"sections": []any{map[string]any{"title": "More", "name": "s1", "fields": []any{
				map[string]any{"title": "a", "id": "f1", "value": map[string]any{"file": map[string]any{"fileName": "notes.txt", "documentId": "d2", "decryptedSize": 5}}},
				map[string]any{"title": "b", "id": "f2", "value": map[string]any{"file": map[string]any{"fileName": "notes.txt", "documentId": "d3", "decryptedSize": 0}}},
			}}},
		},
	}, map[string][]byte{"d1__evil.bin": large, "d2__notes.txt": []byte("hello"), "d3__notes.txt": {}})
	link := o.link("Files", "--files")
	parent := t.TempDir()
	folder := filepath.Join(parent, "in", "here")
	must(t, os.MkdirAll(folder, 0o700))
	must(t, os.WriteFile(filepath.Join(folder, "notes.txt"), []byte("mine"), 0o600))
	must(t, os.Symlink(filepath.Join(parent, "outside"), filepath.Join(folder, "notes (2).txt")))

	if got := o.run("", "open", link); got.code != 0 || !strings.Contains(got.stderr, "--files FOLDER") {
		t.Errorf("without a folder: %+v", got)
	}
	got := o.run("", "open", link, "--files", folder)
	if got.code != 0 || strings.Count(got.stderr, "Saved ") != 3 {
		t.Fatalf("%+v", got)
	}
	for name, want := range map[string][]byte{
		"_.._.._evil[2J.bin": large, "notes.txt": []byte("mine"), "notes (3).txt": []byte("hello"), "notes (4).txt": {},
	} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || !bytes.Equal(content, want) {
			t.Errorf("%s: %d bytes, %v", name, len(content), err)
		}
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v", name, info.Mode())
		}
	}
	all, _ := os.ReadDir(folder)
	outside, _ := os.ReadDir(parent)
	if len(all) != 5 || len(outside) != 1 {
		t.Errorf("%v in the folder, %v beside it", all, outside)
	}
	made := filepath.Join(parent, "new")
	if got := o.run("", "open", link, "--files", made, "--json"); got.code != 0 {
		t.Errorf("%+v", got)
	}
	if info, err := os.Stat(made); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder made is %v, %v", info, err)
	}
	if got := o.run("", "open", link, "--files", filepath.Join(folder, "notes.txt")); got.code != 1 || !strings.Contains(got.stderr, "folder") || !strings.Contains(got.stdout, "Files") {
		t.Errorf("a file in place of a folder: %+v", got)
	}
}

// TestAFileThatIsCut leaves nothing of a file behind whose last chunk does not come.
func TestAFileThatIsCut(t *testing.T) {
	o := newOffice(t)
	large := make([]byte, 1<<20+1)
	o.importItem("Team", map[string]any{
		"categoryUuid": "006", "overview": map[string]any{"title": "Files"},
		"details": map[string]any{"documentAttributes": map[string]any{"fileName": "a.bin", "documentId": "d1", "decryptedSize": len(large)}},
	}, map[string][]byte{"d1__a.bin": large})
	link := o.link("Files", "--files")
	chunks := 0
	opened, err := client.Open(t.Context(), link, client.OpenOptions{HTTPClient: &http.Client{Transport: cutting(func(r *http.Request, _ *http.Response) bool {
		if strings.HasSuffix(r.URL.Path, "/s/file") {
			chunks++
		}
		return chunks > 1
	})}})
	must(t, err)
	folder := t.TempDir()
	root, err := os.OpenRoot(folder)
	must(t, err)
	defer root.Close()
	if name, err := saveFile(&program{ctx: t.Context()}, root, opened, opened.Files[0]); err == nil {
		t.Errorf("saved as %s", name)
	}
	if left, _ := os.ReadDir(folder); len(left) != 0 || chunks < 3 {
		t.Errorf("left %v after %d calls", left, chunks)
	}
}

func TestFileNames(t *testing.T) {
	long := strings.Repeat("ü", 300)
	for text, want := range map[string]string{
		"plan.pdf":                      "plan.pdf",
		"../../etc/passwd":              "_.._etc_passwd",
		`..\..\boot.ini`:                `_.._boot.ini`,
		"/etc/passwd":                   "_etc_passwd",
		".bashrc":                       "bashrc",
		"..":                            "file",
		"":                              "file",
		" . ":                           "file",
		"a\x00b\x1b[2J\n.txt":           "ab[2J.txt",
		"invoice\u202etxt.exe":          "invoicetxt.exe",
		"\xff\xfe.bin":                  "bin",
		"CON:stream":                    "CON_stream",
		long + ".pdf":                   strings.Repeat("ü", 90) + ".pdf",
		"x." + strings.Repeat("e", 300): "x." + strings.Repeat("e", 178),
	} {
		if got := fileName(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestALongFileName: a name as long as an item may be is cut at once.
func TestALongFileName(t *testing.T) {
	began := time.Now()
	if got := fileName(strings.Repeat("日", 700_000)); got != strings.Repeat("日", 60) {
		t.Errorf("%d bytes", len(got))
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
}

func FuzzFileName(f *testing.F) {
	for _, seed := range []string{"a.txt", "../x", "..", "\x00", strings.Repeat("é", 300), ".…/\u202e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name := fileName(text)
		if name == "" || name == "." || name == ".." || name[0] == '.' || len(name) > 200 || strings.ContainsAny(name, "/\\\x00\n") || plain(name) != name || !filepath.IsLocal(name) {
			t.Errorf("%q: %q", text, name)
		}
	})
}
