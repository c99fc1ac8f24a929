//go:build !noonepassword

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAnAccountThatCannotBeAsked: commands that need its vaults say so in a sentence
// without the token, and others work as ever. The token is one that the SDK refuses by
// itself, so that nothing leaves this machine.
func TestAnAccountThatCannotBeAsked(t *testing.T) {
	const token = "ops_bm90aGluZyBpbiBoZXJlIGlzIGEgdG9rZW4"
	t.Setenv("OP_SERVICE_ACCOUNT_TOKEN", token)
	data := newData(t)
	added := command(t, data, password, "user", "add", "--email", "ann@company.example", "--name", "Ann", "--role", "admin", "--password-stdin")
	if added.code != 0 {
		t.Fatal(added.stderr)
	}
	for _, args := range [][]string{
		{"vault", "grant", "--vault", "Team", "--email", "ann@company.example", "--view"},
		{"service-account", "add", "--name", "Robot", "--vault", "Team"},
	} {
		got := command(t, data, "", args...)
		if got.code != 1 || !strings.Contains(got.stderr, "does not accept this server's token") || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%v: exit %d, said %q", args, got.code, got.stderr)
		}
		if strings.Contains(got.stderr+got.stdout, token[4:]) {
			t.Error("the token is in what was said")
		}
	}
	if got := command(t, data, "", "backup", filepath.Join(t.TempDir(), "copy")); got.code != 0 {
		t.Errorf("a backup: %s", got.stderr)
	}
	holdsNowhere(t, data, token[4:])
}

// holdsNowhere wants no file below a folder to hold a text.
func holdsNowhere(t *testing.T, folder, text string) {
	t.Helper()
	must(t, filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if strings.Contains(string(content), text) {
			t.Errorf("%s holds it", path)
		}
		return err
	}))
}

// TestServingAnAccountThatRefuses: the server starts, says in its log what is wrong,
// and the token is not in it.
func TestServingAnAccountThatRefuses(t *testing.T) {
	const token = "ops_bm90aGluZyBpbiBoZXJlIGlzIGEgdG9rZW4"
	t.Setenv("OP_SERVICE_ACCOUNT_TOKEN", token)
	s := start(t, newData(t))
	for end := time.Now().Add(20 * time.Second); !strings.Contains(s.stderr.String(), "is not reached"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the log says %s", s.stderr.String())
		}
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit %d", code)
	}
	if log := s.stderr.String(); strings.Contains(log, token[4:]) || !strings.Contains(log, "wrong, expired or revoked") {
		t.Errorf("the log says %s", log)
	}
}
