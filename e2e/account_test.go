package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// refusedToken is a token that the SDK rejects by itself, so that no request leaves this machine.
const refusedToken = "ops_bm90aGluZyBpbiBoZXJlIGlzIGEgdG9rZW4"

// TestAnAccountThatRefuses asserts that the server starts with a rejected token and logs what is
// wrong, that commands that need the account's vaults fail with a sentence, and that others work.
// The token is in no output and on no disk.
func TestAnAccountThatRefuses(t *testing.T) {
	s := start(
		t,
		withoutDemo,
		func(s *server) { s.env = append(s.env, "OP_SERVICE_ACCOUNT_TOKEN="+refusedToken) },
	)
	unreached := func() bool {
		return strings.Contains(s.log.String(), "cannot connect to the 1Password account")
	}
	for end := time.Now().Add(20 * time.Second); !unreached(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the log says %s", s.log.String())
		}
	}
	if log := s.log.String(); !strings.Contains(log, "wrong, expired or revoked") {
		t.Errorf("the log says %s", log)
	}
	const noToken = "doesn't accept this server's token"
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"user", "add", "--email", admin, "--name", "Ann", "--role", "admin", "--password-stdin"}, 0, ""},
		{[]string{"vault", "grant", "--vault", "Team", "--email", admin, "--view"}, 1, noToken},
		{[]string{"service-account", "add", "--name", "Robot", "--vault", "Team"}, 1, noToken},
		{[]string{"backup", filepath.Join(t.TempDir(), "copy")}, 0, ""},
	} {
		said, code := s.command(password, c.args...)
		if code != c.code || !strings.Contains(said, c.says) ||
			code != 0 && strings.Count(said, "\n") != 1 {
			t.Errorf("%v: exit %d, said %q", c.args, code, said)
		}
		if strings.Contains(said, refusedToken[4:]) {
			t.Errorf("%v: the token is in what was said", c.args)
		}
	}
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit %d", code)
	}
	if strings.Contains(s.log.String(), refusedToken[4:]) {
		t.Error("the token is in the log")
	}
	wantNoFileContaining(t, s.data, refusedToken[4:])
}

// wantNoFileContaining asserts that no file below a folder contains a text.
func wantNoFileContaining(t *testing.T, folder, text string) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		seen++
		content, err := os.ReadFile(path)
		if strings.Contains(string(content), text) {
			t.Errorf("%s holds it", path)
		}
		return err
	})
	if err != nil || seen == 0 {
		t.Errorf("%d files were looked at: %v", seen, err)
	}
}
