package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The clients of other languages run their own tests, which stand beside them, against the program
// behind a faultProxy.

func TestJavaScriptClient(t *testing.T) {
	t.Parallel() // with the other: both wait most of the time
	runClientTests(t, "../clients/javascript", "node", "--test", "test/")
}

func TestPythonClient(t *testing.T) {
	t.Parallel()
	runClientTests(
		t,
		"../clients/python",
		"python3",
		"-B",
		"-W",
		"error",
		"-m",
		"unittest",
		"discover",
		"-s",
		"tests",
	)
}

// TestExamplesOfTheClients runs the documented examples: the four steps and opening the link, and an
// item with a file that is created, shared and opened.
func TestExamplesOfTheClients(t *testing.T) {
	s := start(t)
	env := []string{
		"ITEMSHARE_TOKEN=" + s.serviceAccount("--vault", "Team", "--share-items", "--edit-items"),
	}
	for _, c := range []struct {
		folder, file, says string
		command            []string
	}{
		{"../clients/javascript", "example.mjs", "it opened as", []string{"node"}},
		{"../clients/python", "example.py", "it opened as", []string{"python3", "-B"}},
		{"../clients/javascript", "example-item.mjs", withRunbook, []string{"node"}},
		{"../clients/python", "example_item.py", withRunbook, []string{"python3", "-B"}},
		{"../client/example/item", "main.go", withRunbook, []string{"go", "run"}},
	} {
		text, err := os.ReadFile(filepath.Join(c.folder, c.file))
		if err != nil {
			t.Fatal(err)
		}
		body := text[max(0, bytes.Index(text, []byte("\nfunc main"))):]
		if n := bytes.Count(body, []byte("\n")); n >= 20 {
			t.Errorf("%s has %d lines, and 20 are too many", c.file, n)
		}
		out, err := s.runClient(c.folder, append(os.Environ(), env...), append(c.command, c.file)...)
		if err != nil || !strings.Contains(out, c.says) {
			t.Errorf("%s: %v\n%s", c.file, err, out)
		}
	}
}

const withRunbook = "Build server opened with runbook.txt"

func runClientTests(t *testing.T, folder string, command ...string) {
	s := start(t, behindFaultProxy(t))
	file := largeFile()
	s.importWithFile("Large file", "large file.bin", file)
	sum := sha256.Sum256(file)
	out, err := s.runClient(folder, []string{
		"ITEMSHARE_TOKEN=" + s.serviceAccount(
			"--vault",
			"Team",
			"--vault",
			"Imported",
			"--share-items",
		),
		"ITEMSHARE_READER_TOKEN=" + s.serviceAccount("--vault", "Team"),
		"ITEMSHARE_EVENTS_TOKEN=" + s.serviceAccount("--read-events"),
		"ITEMSHARE_PEOPLE_TOKEN=" + s.serviceAccount("--manage-people"),
		"ITEMSHARE_EDITOR_TOKEN=" + s.serviceAccount("--vault", "Imported", "--edit-items"),
		"ITEMSHARE_FILE_SHA256=" + hex.EncodeToString(sum[:]),
	}, command...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Log(out)
}

// runClient runs a command in a client's folder with only the program's URL and env in its
// environment.
func (s *server) runClient(folder string, env []string, command ...string) (string, error) {
	s.t.Helper()
	dependOnFiles(s.t, folder)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = folder
	cmd.Env = append(
		[]string{
			"PATH=" + os.Getenv("PATH"),
			"HOME=" + s.temp,
			"LANG=C.UTF-8",
			"ITEMSHARE_URL=" + s.url,
		},
		env...)
	timer := time.AfterFunc(3*time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// dependOnFiles makes go test's cache depend on the files of a folder.
func dependOnFiles(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		_, statErr := os.Stat(path)
		return errors.Join(err, statErr)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// serviceAccount adds a service account and returns its token, the only text that the command
// prints on standard output.
func (s *server) serviceAccount(flags ...string) string {
	s.t.Helper()
	cmd := exec.Command(
		program,
		append([]string{"service-account", "add", "--name", "Test"}, flags...)...)
	cmd.Env = s.env
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("service-account add: %v\n%s", err, said.String())
	}
	return strings.TrimSpace(string(out))
}

// largeFile returns content of three chunks, the last one short.
func largeFile() []byte {
	content := make([]byte, 2<<20+512<<10+7)
	for i := range content {
		content[i] = byte(i * i >> 8)
	}
	return content
}

// importWithFile imports one document into the vault Imported.
func (s *server) importWithFile(title, name string, content []byte) {
	s.t.Helper()
	item := map[string]any{
		"uuid": "large", "favIndex": 0, "createdAt": 1600000000,
		"updatedAt": 1650000000, "state": "active", "categoryUuid": "006",
		"overview": map[string]any{"title": title},
		"details": map[string]any{
			"documentAttributes": map[string]any{
				"fileName":      name,
				"documentId":    "large",
				"decryptedSize": len(content),
			},
		},
	}
	vault := map[string]any{
		"attrs": map[string]any{"uuid": "v", "name": "Imported", "type": "U"},
		"items": []any{item},
	}
	path := filepath.Join(s.t.TempDir(), "file.1pux")
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
		"files/large__" + name: content,
	})
	if out, code := s.command("", "import", path); code != 0 {
		s.t.Fatalf("import: %d\n%s", code, out)
	}
}
