package e2e

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestSharingAtATerminal creates, lists, opens and revokes shares with the built program.
func TestSharingAtATerminal(t *testing.T) {
	s := start(t)
	token := s.serviceAccount("--vault", "Team", "--share-items")
	c := s.terminal(token)
	_, item := s.itemByToken(token)
	run := func(want int, stdin string, args ...string) (string, string) {
		t.Helper()
		stdout, stderr, code := c.run(strings.NewReader(stdin), args...)
		if code != want {
			t.Fatalf("%v: exit %d, want %d\n%s%s", args, code, want, stdout, stderr)
		}
		return stdout, stderr
	}
	text, said := run(0, "", "share", item, "--once", "--expires", "OneHour")
	l := parseLink(t, strings.TrimSpace(text))
	id := strings.TrimSpace(said[strings.LastIndex(said, " ")+1:])
	if list, _ := run(0, "", "shares"); !strings.Contains(list, id) ||
		!strings.Contains(list, "active") ||
		strings.Contains(list, "/s#") {
		t.Errorf("the list:\n%s", list)
	}
	run(1, "", "open", l.String()) // it would lose the hidden values
	if shown, _ := run(0, l.String()+"\n", "open", "-", "--reveal"); !strings.Contains(
		shown,
		"password: ",
	) {
		t.Errorf("opened as\n%s", shown)
	}
	if _, why := run(3, "", "open", l.String(), "--reveal"); !strings.Contains(
		why,
		"Ask Test for a new one",
	) {
		t.Errorf("again: %s", why)
	}
	run(0, "", "revoke", id)
	run(2, "", "revoke", "nothing")
	run(2, "", "share", "nothing of that name")
	run(1, "", "share", item, "--expires", "Never")

	// A bystander with the link alone, below another account's nose: the page opens what the
	// command made, and the other way round.
	again, _ := run(0, "", "share", item)
	if a := parseLink(t, strings.TrimSpace(again)).peek(); a.status != 200 || a.SharedBy != "Test" {
		t.Errorf("a link of the command: %v", a)
	}
	b := signedIn(t, s, admin)
	if shown, _ := run(0, "", "open", b.share(b.anItem(), nil).String(), "--json"); !strings.Contains(
		shown,
		`"shared_by": "Alex Admin"`,
	) {
		t.Errorf("a link of a page:\n%s", shown)
	}
	s.stop(syscall.SIGTERM)
	run(5, "", "shares")
}

// TestOpenAtATerminalWithACode returns link and code on standard input, the code once it was
// mailed.
func TestOpenAtATerminalWithACode(t *testing.T) {
	s := start(t)
	c := s.terminal(s.serviceAccount("--vault", "Team", "--share-items"))
	s.importWithFile("Large file", "large file.bin", largeFile())
	c.env[3] = "ITEMSHARE_TOKEN=" + s.serviceAccount("--vault", "Imported", "--share-items")
	text, said, code := c.run(
		nil,
		"share",
		"imported/large file",
		"--files",
		"--to",
		"company.example",
		"--once",
	)
	if code != 0 {
		t.Fatal(said)
	}
	typed, stdin := io.Pipe()
	go func() {
		_, _ = io.WriteString(stdin, text)
		_, _ = io.WriteString(stdin, s.mailedCode("zoe@company.example")+"\n")
		_ = stdin.Close()
	}()
	folder := filepath.Join(t.TempDir(), "files")
	shown, said, code := c.run(
		typed,
		"open",
		"-",
		"--email",
		"zoe@company.example",
		"--reveal",
		"--files",
		folder,
	)
	if code != 0 || !strings.Contains(shown, "Large file") {
		t.Fatalf("exit %d\n%s%s", code, shown, said)
	}
	path := filepath.Join(folder, "large file.bin")
	content, err := os.ReadFile(path)
	if err != nil || string(content) != string(largeFile()) {
		t.Errorf("the file: %d bytes, %v", len(content), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v %v", info.Mode(), err)
	}
}

// TestTheHelpOfTheCommandsForSharing asserts that the help names the variables and the exit
// codes.
func TestTheHelpOfTheCommandsForSharing(t *testing.T) {
	c := terminal{t, []string{"PATH=" + os.Getenv("PATH")}, "no token"}
	for _, name := range []string{"share", "shares", "revoke", "open"} {
		shown, _, code := c.run(nil, name, "--help")
		if code != 0 || !strings.Contains(shown, "Exit codes: 0 done") ||
			(name != "open") != strings.Contains(shown, "$ITEMSHARE_TOKEN") {
			t.Errorf("%s --help: %d\n%s", name, code, shown)
		}
	}
}

// TestScriptOfTheDocs runs the documented script: it creates an item with a file, shares both and opens
// the link.
func TestScriptOfTheDocs(t *testing.T) {
	dependOnFiles(t, "../docs/clients.md")
	text, err := os.ReadFile("../docs/clients.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```sh\n#!/bin/sh\n")
	script, _, ok := strings.Cut(rest, "```")
	if n := strings.Count(script, "\n"); !ok || n > 18 {
		t.Fatalf("the script has %d lines", n+1)
	}
	s := start(t)
	folder := t.TempDir()
	path, err := filepath.Abs(program)
	if err == nil {
		err = os.Symlink(path, filepath.Join(folder, "itemshare"))
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "PATH="+folder+":"+os.Getenv("PATH"), "ITEMSHARE_URL="+s.url,
		"ITEMSHARE_TOKEN="+s.serviceAccount("--vault", "Team", "--edit-items", "--share-items"))
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.HasSuffix(out, []byte("Restart it on Mondays.\n")) ||
		!bytes.Contains(out, []byte("username: deploy\n")) ||
		!bytes.Contains(out, []byte("host: build.example\n")) ||
		!regexp.MustCompile(`password: [A-Za-z0-9]{32}\n`).Match(out) {
		t.Errorf("%v\n%s", err, out)
	}
}
