package cli

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"itemshare/client"
)

// views returns the number of views of the share with that title.
func (s *server) views(title string) int {
	s.t.Helper()
	for share, err := range s.api.Items().Shares().List(s.t.Context()) {
		must(s.t, err)
		if share.Title == title {
			return share.Views
		}
	}
	return -1
}

func TestOpenCommand(t *testing.T) {
	s := newServer(t)
	item := s.item("Login")
	password := ""
	for _, f := range item.Fields {
		if f.ID == "password" {
			password = f.Value
		}
	}
	link := s.link(item.ID)
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
		{"a link that a gateway changed twice", "", []string{strings.Replace(link, "#", "%2523", 1)}, false},
		{"a slash before the #", "", []string{strings.Replace(link, "/s#", "/s/#", 1)}, false},
		{"a full stop after it", "", []string{link + "."}, false},
		{"a tracking parameter after it", "", []string{link + "&utm_source=mail"}, false},
		{"a zero-width space after it", "", []string{link + "\u200b"}, false},
		{"a link in angle brackets", "<" + link + ">\n", []string{"-"}, false},
		{"a broken link", link[:len(link)-20] + "\r\n" + link[len(link)-20:] + "\r\n", []string{"-"}, false},
		{"a link broken in its address", link[:10] + "\n" + link[10:] + "\n", []string{"-"}, false},
		{
			"a message",
			"CI shared an item with you:\n\n" + link + "\n\nThe link expires on 1 December 2026.\n",
			[]string{"-"},
			false,
		},
		{
			"a message of Windows", strings.Join(strings.Split("\ufeffOpen "+link+".\r\n", ""), "\x00"),
			[]string{"-"},
			false,
		},
	} {
		got := s.run(c.stdin, append([]string{"open"}, c.args...)...)
		if got.code != 0 || !strings.Contains(got.stdout, item.Title) ||
			strings.Contains(got.stdout, password) != c.shown ||
			got.stderr != "" {
			t.Errorf("%s: %+v", c.why, got)
		}
	}
	var content client.SharedItem
	got := s.run("", "open", link, "--json")
	if json.Unmarshal([]byte(got.stdout), &content) != nil || content.Title != item.Title ||
		content.SharedBy != "CI" {
		t.Errorf("as JSON: %s", got.stdout)
	}
	for why, c := range map[string]struct {
		stdin, arg string
		code       int
	}{
		"a link cut short":          {"", link[:len(link)-1], 1},
		"a link of no share":        {"", link[:len(link)-43] + strings.Repeat("A", 43), exitNotFound},
		"a link without its secret": {"", strings.TrimSuffix(link, link[len(link)-44:]), 1},
		"a link one letter longer":  {"", link + "A", 1},
		"a cut link on standard input": {
			"Open " + link[:len(link)-1] + "\n\nThe link expires soon.\n", "-", 1,
		},
		"no link on standard input": {"", "-", 1},
		"no text on standard input": {"\n \n", "-", 1},
		"no server":                 {"", "http://localhost:1/s#" + link[len(link)-43:], exitUnreached},
		"a public server over http": {"", "http://share.company.example/s#" + link[len(link)-43:], 1},
	} {
		got := s.run(c.stdin, "open", c.arg)
		if got.code != c.code || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 ||
			strings.Contains(got.stderr, link[len(link)-40:]) {
			t.Errorf("%s: %+v", why, got)
		}
	}
}

// TestOpenLinkWithOneView: the link is not opened if its hidden values would be lost.
func TestOpenLinkWithOneView(t *testing.T) {
	s := newServer(t)
	item := s.item("Login")
	link := s.link(item.ID, "--once")
	if got := s.run("", "open", link); got.code != 1 ||
		!strings.Contains(got.stderr, "allows one view: add --reveal or --json") ||
		s.views(item.Title) != 0 {
		t.Errorf("%+v, %d views", got, s.views(item.Title))
	}
	if got := s.run("", "open", link, "--reveal"); got.code != 0 || s.views(item.Title) != 1 {
		t.Errorf("%+v", got)
	}
	if got := s.run("", "open", link, "--reveal"); got.code != exitEnded || got.stdout != "" ||
		!strings.Contains(got.stderr, "Ask CI") {
		t.Errorf("again: %+v", got)
	}
}

func TestOpenWithCode(t *testing.T) {
	s := newServer(t)
	item := s.item("Login")
	link := s.link(item.ID, "--to", "ann@company.example")
	for _, c := range []struct {
		why, stdin, says string
		args             []string
	}{
		{"no email address", "", "--email", nil},
		{"no terminal for the code", "", "no terminal to enter it", []string{"--email", "ann@company.example"}},
		{
			"a stranger", "", "if stranger@company.example may open it, a code was sent there",
			[]string{"--email", "stranger@company.example"},
		},
		{"a wrong code", "00000000\n", "wrong or has expired", []string{"--email", "ann@company.example"}},
	} {
		got := s.run(c.stdin, append([]string{"open", link}, c.args...)...)
		if got.code != exitProof || !strings.Contains(got.stderr, c.says) || got.stdout != "" {
			t.Errorf("%s: %+v", c.why, got)
		}
	}
	if got := s.run("", "open", link, "--email", "no address"); got.code != 1 ||
		!strings.Contains(got.stderr, "Enter a valid email address") {
		t.Errorf("an invalid email address: %+v", got)
	}

	// The code is known only after it was sent: standard input gets it then.
	before := len(s.codes())
	stdin, typing, err := os.Pipe()
	must(t, err)
	typed := make(chan error, 1)
	go func() {
		_, err := typing.WriteString("CI shared “Login” with you:\n\n" + link + "\n\n" +
			"The link expires on 1 December 2026, 09:52 (UTC).\n" +
			"You'll be asked for your email address. See https://company.example/@help.\n" +
			"ann@company.example\nThen the code:\n00000000\n")
		_, err2 := typing.WriteString(s.mailedCode(before) + "\n")
		typed <- errors.Join(err, err2, typing.Close())
	}()
	var stdout, stderr bytes.Buffer
	code := Run(
		t.Context(),
		[]string{"open", "-", "--reveal"},
		stdin,
		&stdout,
		&stderr,
		OnePassword(),
	)
	must(t, <-typed)
	if code != 0 || !strings.Contains(stdout.String(), item.Title) {
		t.Errorf("exit %d: %s%s", code, stdout.String(), stderr.String())
	}
}

// TestOpenEscapesItem puts escape sequences into every text of an item.
func TestOpenEscapesItem(t *testing.T) {
	s := newServer(t)
	evil := func(name string) string { return name + "\x1b]0;pwned\x07\x1b[2J\u009b31m\u202etxt\r\u2028\x00end" }
	s.importItem("Team", map[string]any{
		"overview": map[string]any{
			"title": "Evil \x1b[2Jtitle",
			"tags":  []string{evil("tag")},
			"urls":  []any{map[string]any{"label": "site", "url": "https://a.example/\x1b[2J"}},
		},
		"details": map[string]any{
			"notesPlain": evil("notes") + "\nsecond line",
			"sections": []any{
				map[string]any{
					"title": evil("section"),
					"name":  "s1",
					"fields": []any{
						map[string]any{
							"title": evil("field"),
							"id":    "f1",
							"value": map[string]any{"string": evil("value")},
						},
					},
				},
			},
		},
	}, nil)
	var id string
	for _, overview := range s.items("Team") {
		if strings.HasPrefix(overview.Title, "Evil") {
			id = overview.ID
		}
	}
	item, err := s.api.Items().Get(t.Context(), s.vault("Team").ID, id)
	must(t, err)
	link := s.link(id)
	for _, args := range [][]string{
		{"open", link, "--reveal"},
		{"open", link, "--json"},
		{"shares"},
		{"share", "Evil \x1b[2Jtitle\x1b[3J"},
	} {
		got := s.run("", args...)
		said := got.stdout + got.stderr
		if !utf8.ValidString(said) || strings.ContainsFunc(said, func(r rune) bool {
			return r != '\n' &&
				(unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp))
		}) {
			t.Errorf("%s prints %q", args[0], said)
		}
		if !strings.Contains(said, `\u001b[2J`) {
			t.Errorf("%s does not show the escape: %q", args[0], said)
		}
	}
	var content client.SharedItem
	must(t, json.Unmarshal([]byte(s.run("", "open", link, "--json").stdout), &content))
	if content.Notes != item.Notes || content.Title != item.Title ||
		content.Fields[0].Value != item.Fields[0].Value {
		t.Errorf("--json changed a value: %q", content.Notes)
	}
}

// TestOpenFiles: names are cleaned, nothing is overwritten, and nothing is written elsewhere.
func TestOpenFiles(t *testing.T) {
	s := newServer(t)
	large := make([]byte, 2<<20+12345) // three chunks
	_, _ = rand.Read(large)
	s.importItem("Team", map[string]any{
		"categoryUuid": "006", "overview": map[string]any{"title": "Files"},
		"details": map[string]any{
			"documentAttributes": map[string]any{
				"fileName":      "../../../evil\x1b[2J.bin",
				"documentId":    "d1",
				"decryptedSize": len(large),
			},
			"sections": []any{map[string]any{"title": "More", "name": "s1", "fields": []any{
				map[string]any{
					"title": "a",
					"id":    "f1",
					"value": map[string]any{
						"file": map[string]any{
							"fileName":      "notes.txt",
							"documentId":    "d2",
							"decryptedSize": 5,
						},
					},
				},
				map[string]any{
					"title": "b",
					"id":    "f2",
					"value": map[string]any{
						"file": map[string]any{
							"fileName":      "notes.txt",
							"documentId":    "d3",
							"decryptedSize": 0,
						},
					},
				},
			}}},
		},
	}, map[string][]byte{"d1__evil.bin": large, "d2__notes.txt": []byte("hello"), "d3__notes.txt": {}})
	link := s.link("Files", "--files")
	parent := t.TempDir()
	folder := filepath.Join(parent, "in", "here")
	must(t, os.MkdirAll(folder, 0o700))
	must(t, os.WriteFile(filepath.Join(folder, "notes.txt"), []byte("mine"), 0o600))
	must(t, os.Symlink(filepath.Join(parent, "outside"), filepath.Join(folder, "notes (2).txt")))

	if got := s.run("", "open", link); got.code != 0 ||
		!strings.Contains(got.stderr, "--files FOLDER") {
		t.Errorf("without a folder: %+v", got)
	}
	got := s.run("", "open", link, "--files", folder)
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
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil &&
			info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v", name, info.Mode())
		}
	}
	all, _ := os.ReadDir(folder)
	outside, _ := os.ReadDir(parent)
	if len(all) != 5 || len(outside) != 1 {
		t.Errorf("%v in the folder, %v beside it", all, outside)
	}
	created := filepath.Join(parent, "new")
	if got := s.run("", "open", link, "--files", created, "--json"); got.code != 0 {
		t.Errorf("%+v", got)
	}
	if info, err := os.Stat(created); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the new folder is %v, %v", info, err)
	}
	if got := s.run("", "open", link, "--files", filepath.Join(folder, "notes.txt")); got.code != 1 ||
		!strings.Contains(got.stderr, "folder") ||
		!strings.Contains(got.stdout, "Files") {
		t.Errorf("a file in place of a folder: %+v", got)
	}
}

// TestOpenFilesWithNamesThatShellsObey: they are saved under other names, and the command says so.
func TestOpenFilesWithNamesThatShellsObey(t *testing.T) {
	s := newServer(t)
	names := map[string]string{
		"-rf": "_rf", "--checkpoint-action=exec=sh x.sh": "_checkpoint-action=exec=sh x.sh",
		"~": "_", "CON": "_CON", ".env": "env", "$(reboot)": "_(reboot)", "plan.pdf": "plan.pdf",
	}
	var fields []any
	files := map[string][]byte{}
	for name := range names {
		id := fmt.Sprint("d", len(fields))
		fields = append(fields, map[string]any{
			"title": id, "id": id,
			"value": map[string]any{
				"file": map[string]any{"fileName": name, "documentId": id, "decryptedSize": 1},
			},
		})
		files[id+"__file"] = []byte("x")
	}
	s.importItem("Team", map[string]any{
		"overview": map[string]any{"title": "Files"},
		"details": map[string]any{
			"sections": []any{map[string]any{"title": "More", "name": "s1", "fields": fields}},
		},
	}, files)
	folder := t.TempDir()
	got := s.run("", "open", s.link("Files", "--files"), "--files", folder)
	if got.code != 0 {
		t.Fatalf("%+v", got)
	}
	for sent, saved := range names {
		if _, err := os.Stat(filepath.Join(folder, saved)); err != nil {
			t.Errorf("%s: %v", sent, err)
		}
		said := "Saved " + saved + " (1 bytes)."
		if sent != saved {
			said += " The sender named it “" + sent + "”."
		}
		if !strings.Contains(got.stderr, said+"\n") {
			t.Errorf("%s: %s", said, got.stderr)
		}
	}
	if all, _ := os.ReadDir(folder); len(all) != len(names) {
		t.Errorf("%v", all)
	}
}

// TestIncompleteFile: nothing is left of a file whose last chunk is missing.
func TestIncompleteFile(t *testing.T) {
	s := newServer(t)
	large := make([]byte, 1<<20+1)
	s.importItem("Team", map[string]any{
		"categoryUuid": "006", "overview": map[string]any{"title": "Files"},
		"details": map[string]any{
			"documentAttributes": map[string]any{
				"fileName":      "a.bin",
				"documentId":    "d1",
				"decryptedSize": len(large),
			},
		},
	}, map[string][]byte{"d1__a.bin": large})
	link := s.link("Files", "--files")
	chunks := 0
	opened, err := client.Open(
		t.Context(),
		link,
		client.OpenOptions{
			HTTPClient: &http.Client{
				Transport: cutTransport(func(r *http.Request, _ *http.Response) bool {
					if strings.HasSuffix(r.URL.Path, "/s/file") {
						chunks++
					}
					return chunks > 1
				}),
			},
		},
	)
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
