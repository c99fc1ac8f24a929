package e2e

import (
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestStopsCleanly(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		s := start(t)
		if code := s.stop(sig); code != 0 {
			t.Errorf("%v: exit code %d, want 0", sig, code)
		}
		for _, record := range s.logged("listening") {
			if record["url"] != s.url {
				t.Errorf("listening at %v, want %s", record["url"], s.url)
			}
		}
		if len(s.logged("listening")) != 1 {
			t.Errorf("logged listening %d times, want once", len(s.logged("listening")))
		}
	}
}

func TestWhatHoldsAfterARestart(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	l := c.share(c.anItem(), nil)
	s.stop(syscall.SIGTERM)
	s.run()
	if r := c.get("/items"); r.status != http.StatusOK {
		t.Errorf("the session: %d", r.status)
	}
	l.item(nil)
}

func TestDataFolderIsPrivate(t *testing.T) {
	s := start(t)
	if info, err := os.Stat(s.data); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the data folder: %v %v, want 0700", info.Mode(), err)
	}
	err := filepath.WalkDir(s.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v: others may read it", d.Name(), info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.stop(syscall.SIGTERM)
	if err := os.Chmod(filepath.Join(s.data, "master.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, code := s.command("", "serve", "--demo"); code != 1 {
		t.Errorf("a key file that others may read: exit code %d\n%s", code, out)
	}
}

// TestRefusesAWrongConfiguration asserts that a wrong configuration ends the program with one
// plain sentence and exit code 1, and that nothing is written.
func TestRefusesAWrongConfiguration(t *testing.T) {
	cases := []struct{ why, env string }{
		{"an address without a port", "ITEMSHARE_ADDR=nowhere"},
		{"a demo for everybody", "ITEMSHARE_ADDR=0.0.0.0:0"},
		{"plain http on a public host", "ITEMSHARE_URL=http://share.example"},
		{"no URL at all", "ITEMSHARE_URL=::"},
		{"an unknown database", "ITEMSHARE_DATABASE=mysql://localhost/x"},
		{"a short key", "ITEMSHARE_MASTER_KEY=c2hvcnQ="},
		{"a key of zeros", "ITEMSHARE_MASTER_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
		{"proxies that are no networks", "ITEMSHARE_TRUSTED_PROXIES=everyone"},
		{"a mail server of an unknown kind", "ITEMSHARE_SMTP=http://mail.example"},
	}
	for _, tc := range cases {
		t.Run(tc.why, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			cmd := exec.Command(program, "serve", "--demo")
			cmd.Env = []string{
				"PATH=" + os.Getenv("PATH"),
				"HOME=" + data,
				"ITEMSHARE_ADDR=127.0.0.1:0",
				"ITEMSHARE_DATA=" + data,
				tc.env,
			}
			var said lines
			cmd.Stdout, cmd.Stderr = &said, &said
			cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
			_ = runBriefly(cmd)
			if code := cmd.ProcessState.ExitCode(); code != 1 {
				t.Errorf("exit code %d, want 1\n%s", code, said.String())
			}
			if text := strings.TrimSpace(said.String()); text == "" ||
				strings.Contains(text, "\n") ||
				strings.Contains(text, "goroutine") {
				t.Errorf("said %q, want one sentence", text)
			}
			if _, err := os.Stat(filepath.Join(data, "itemshare.db")); err == nil {
				t.Error("a database was made")
			}
		})
	}
}

func TestHostedBelowAPath(t *testing.T) {
	s := start(t, below("/share"))
	root := strings.TrimSuffix(s.url, "/share")
	for _, path := range []string{root + "/healthz", root + "/readyz", s.url + "/healthz", s.url + "/readyz"} {
		if r := newClient(t, s).get(path); r.status != http.StatusOK {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	if r := newClient(t, s).get(root + "/signin"); r.status != http.StatusNotFound {
		t.Errorf("a page above the path: %d, want 404", r.status)
	}

	nobody := newClient(t, s)
	if r := nobody.get("/items"); r.status != http.StatusSeeOther ||
		!strings.HasPrefix(r.header.Get("Location"), "/share/signin?next=") {
		t.Errorf("a page without a session: %d to %q", r.status, r.header.Get("Location"))
	}
	c := signedIn(t, s, admin)
	items := c.items("")
	if len(items) == 0 {
		t.Fatal("no items")
	}
	l := c.share(items[0], nil)
	if l.base != s.url {
		t.Errorf("the link stands below %s, want %s", l.base, s.url)
	}
	l.item(nil)
	page := c.get("/items").body
	for _, address := range hrefs(page) {
		if strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "/share/") {
			t.Errorf("a link leads out of the path: %s", address)
		}
	}
}

func TestHealth(t *testing.T) {
	s := start(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if r := newClient(t, s).send(method, path, nil); r.status != http.StatusOK {
				t.Errorf("%s %s: %d", method, path, r.status)
			}
		}
	}
}

func TestAnswersToItsOwnNameAlone(t *testing.T) {
	s := start(t)
	foreign := strings.Replace(s.url, "localhost", "127.0.0.1", 1)
	c := newClient(t, s)
	if r := c.get(foreign + "/signin"); r.status != http.StatusMisdirectedRequest ||
		!strings.Contains(r.body, s.url) {
		t.Errorf("another Host: %d, want 421 and the right address", r.status)
	}
	if r := c.get(foreign + "/healthz"); r.status != http.StatusOK {
		t.Errorf("health by another Host: %d", r.status)
	}
}

func TestCommandsForPeopleAndVaults(t *testing.T) {
	s := start(t, withoutDemo)
	for _, args := range [][]string{
		{"user", "add", "--email", "zoe@company.example", "--name", "Zoe", "--role", "member", "--password-stdin"},
		{"vault", "add", "Keys"},
		{"vault", "grant", "--vault", "Keys", "--email", "zoe@company.example", "--view", "--share"},
		{"user", "password", "--email", "zoe@company.example", "--password-stdin"},
	} {
		if out, code := s.command(password+"\n", args...); code != 0 {
			t.Fatalf("%v: %d\n%s", args, code, out)
		}
	}
	if r := signedIn(t, s, "zoe@company.example").get("/items"); !strings.Contains(r.body, "Keys") {
		t.Errorf("the vault is not in sight: %d", r.status)
	}
	unknown := []string{
		"vault",
		"grant",
		"--vault",
		"Nowhere",
		"--email",
		"zoe@company.example",
		"--view",
	}
	if _, code := s.command("", unknown...); code == 0 {
		t.Error("a grant on a missing vault succeeded")
	}
	form := url.Values{"email": {"zoe@company.example"}, "password": {"wrong"}}
	if r := newClient(t, s).post("/signin", form); r.status != http.StatusUnauthorized {
		t.Errorf("a wrong password: %d", r.status)
	}
}

// TestBackupAndRestore backs up the running database and restores it elsewhere: the items are
// there, and every share has ended.
func TestBackupAndRestore(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	l := c.share(c.anItem(), nil)
	copied := filepath.Join(t.TempDir(), "backup")
	if out, code := s.command("", "backup", copied); code != 0 {
		t.Fatalf("backup: %d\n%s", code, out)
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup: %v %v, want 0600", info.Mode(), err)
	}
	if _, code := s.command("", "restore", copied); code == 0 {
		t.Error("a database in use was overwritten")
	}
	l.item(nil)
	s.stop(syscall.SIGTERM)

	s.useAnotherFolder()
	if _, code := s.command("", "restore", copied); code == 0 {
		t.Error("restored without the key")
	}
	s.copyKey()
	if out, code := s.command("", "restore", copied); code != 0 {
		t.Fatalf("restore: %d\n%s", code, out)
	}
	s.run()
	if a := l.peek(); a.status != http.StatusGone {
		t.Errorf("a link after the restore: %v, want 410", a)
	}
	if a := l.open(nil); a.status != http.StatusGone || a.Ciphertext != "" {
		t.Errorf("a link after the restore opens: %v", a)
	}
	after := signedIn(t, s, admin)
	after.share(after.anItem(), nil).item(nil)
}
