package cli

import (
	"bytes"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"itemshare/client"
)

// TestShareUnfiled shares a text of standard input and a file, which `open` gets back unchanged.
func TestShareUnfiled(t *testing.T) {
	s := newServer(t)
	content := make([]byte, 3<<20+7)
	_, _ = rand.Read(content)
	path := filepath.Join(t.TempDir(), "plän.bin")
	must(t, os.WriteFile(path, content, 0o600))
	got := s.run(
		"line 1\nline 2\n",
		"share",
		"--text",
		"-",
		"--file",
		path,
		"--title",
		"Door",
		"--once",
	)
	if got.code != 0 || !linkLine.MatchString(got.stdout) {
		t.Fatalf("%+v", got)
	}
	opened, err := client.Open(t.Context(), strings.TrimSpace(got.stdout), client.OpenOptions{})
	must(t, err)
	file, err := opened.OpenFile(t.Context(), opened.Files[0])
	must(t, err)
	saved, err := io.ReadAll(file)
	must(t, err)
	if opened.Title != "Door" || opened.Fields[0].Value != "line 1\nline 2" ||
		opened.Files[0].Name != "plän.bin" || !bytes.Equal(saved, content) ||
		opened.Terms.MaxViews != 1 {
		t.Errorf("%+v", opened.Terms)
	}
	for _, args := range [][]string{
		{"share"},
		{"share", "Mail", "--text", "x"},
		{"share", "--text", "x", "--files"},
		{"share", "--file", filepath.Join(t.TempDir(), "none")},
	} {
		if got := s.run("", args...); got.code != 1 || got.stdout != "" {
			t.Errorf("%v: %+v", args, got)
		}
	}
}

// TestFilesClient attaches, reads and deletes a file with the client.
func TestFilesClient(t *testing.T) {
	s := newServer(t)
	token := s.addServiceAccount("--name", "Editor", "--vault", "Team", "--edit-items")
	api, err := client.New(client.Config{URL: s.url, Token: token})
	must(t, err)
	item := s.items("Team")[0]
	content := make([]byte, 2<<20+7)
	_, _ = rand.Read(content)
	files := api.Items().Files()
	file, err := files.Attach(t.Context(), item.VaultID, item.ID, client.FileCreateParams{
		Name: "a b/ü.bin", Type: "text/plain", Content: bytes.NewReader(content),
	})
	must(t, err)
	if file.Name != "a b/ü.bin" || file.Size != int64(len(content)) || file.Type != "text/plain" {
		t.Errorf("%+v", file)
	}
	reader, err := files.Read(t.Context(), item.VaultID, item.ID, file.ID)
	must(t, err)
	saved, err := io.ReadAll(reader)
	must(t, err)
	must(t, reader.Close())
	if !bytes.Equal(saved, content) {
		t.Errorf("%d other bytes", len(saved))
	}
	must(t, files.Delete(t.Context(), item.VaultID, item.ID, file.ID))
	if _, err := files.Read(t.Context(), item.VaultID, item.ID, file.ID); err == nil {
		t.Error("the file is still there")
	}
}
