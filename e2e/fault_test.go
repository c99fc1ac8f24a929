package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFullDisk fills the file system of the database, a small one in memory: creating and opening
// then answer 503 without sealed bytes, and go on once there is room. What was acknowledged opens,
// once.
func TestFullDisk(t *testing.T) {
	s := start(t, onSmallDisk)
	c := signedIn(t, s, admin)
	item := c.anItem()
	var links []link
	for range 5 {
		links = append(links, c.share(item, url.Values{"one_time": {"on"}}))
	}
	ballast := fmt.Sprintf("/proc/%d/root%s/ballast", s.cmd.Process.Pid, s.data)
	fillDisk(t, ballast)

	refused := 0
	for n := 0; n < 400 && refused < 20; n++ {
		text, r := c.tryShare(item, url.Values{"one_time": {"on"}})
		switch {
		case text != "":
			links = append(links, parseLink(t, text)) // there was room in the log
		case r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "":
			t.Fatalf("create on a full disk: %d %v", r.status, r.errors())
		default:
			refused++
		}
	}
	if refused < 20 {
		t.Errorf("%d links were created on a full disk, and %d refused", len(links), refused)
	}
	view := newView()
	a := links[0].open(with{"view": view})
	if a.status != http.StatusServiceUnavailable || a.Ciphertext != "" {
		t.Errorf("open on a full disk: %v", a)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	within(t, 5*time.Second, "the server", &s.log, func() error {
		if text, r := c.tryShare(item, nil); text == "" {
			return fmt.Errorf("create is %d", r.status)
		}
		return nil
	})
	if a := links[0].open(with{"view": view}); a.status != http.StatusOK {
		t.Errorf("the refused view cannot be repeated: %v", a)
	}
	for _, l := range links[1:] {
		l.item(nil)
	}
	for _, l := range links {
		if a := l.open(nil); a.Code != "viewed" {
			t.Errorf("a second view: %v", a)
		}
	}
	t.Logf("%d links acknowledged and found, %d refused, opened twice: 0", len(links), refused)
}

// onSmallDisk mounts a file system in memory as the data folder, which this process alone sees.
func onSmallDisk(s *server) {
	if err := os.Mkdir(s.data, 0o700); err != nil {
		s.t.Fatal(err)
	}
	file, err := filepath.Abs(program)
	if err != nil {
		s.t.Fatal(err)
	}
	s.file, s.args = "unshare", []string{"--mount"}
	if os.Getuid() != 0 {
		s.args = append(s.args, "--user", "--map-root-user")
	}
	s.args = append(s.args, "sh", "-c",
		`mount -t tmpfs -o size=24m,mode=0700 tmpfs "$ITEMSHARE_DATA" && exec "$0" serve --demo`, file)
}

// fillDisk writes a file until no more block is free.
func fillDisk(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1 << 20, 4 << 10, 1} {
		for err = nil; err == nil; {
			_, err = file.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
	_ = file.Close()
}

// TestCutLog cuts SQLite's log at random offsets, as a disk does that lost its last writes: the
// links whose creation was in the log before the cut are there, and of the others only the first.
func TestCutLog(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	s.stop(syscall.SIGTERM)
	s.run() // the log is empty, and grows with each link
	log := filepath.Join(s.data, "itemshare.db-wal")
	var links []link
	var ends []int64 // of the log after each link
	for len(links) < 30 {
		l := c.share(item, url.Values{"one_time": {"on"}})
		info, err := os.Stat(log)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(ends); n > 0 && info.Size() <= ends[n-1] {
			links, ends = nil, nil // the sweeper has truncated the log, as it does soon after a start
		}
		links, ends = append(links, l), append(ends, info.Size())
	}
	s.kill()
	kept := s.data
	whole, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	database, err := os.ReadFile(filepath.Join(kept, "itemshare.db"))
	if err != nil {
		t.Fatal(err)
	}
	for range *rounds {
		cut := rand.N(int64(len(whole) + 1))
		s.useAnotherFolder()
		s.copyKey()
		if err := errors.Join(
			os.WriteFile(filepath.Join(s.data, "itemshare.db"), database, 0o600),
			os.WriteFile(filepath.Join(s.data, "itemshare.db-wal"), whole[:cut], 0o600),
		); err != nil {
			t.Fatal(err)
		}
		s.run()
		found := checkPrefix(t, links, ends, cut)
		t.Logf("cut at %d of %d: %d of %d links", cut, len(whole), found, len(links))
		s.stop(syscall.SIGTERM)
		s.verifyDatabase()
	}
}

// checkPrefix opens the links that are there, and returns their number.
func checkPrefix(t *testing.T, links []link, ends []int64, cut int64) (found int) {
	t.Helper()
	for i, l := range links {
		a := l.open(nil)
		switch {
		case a.status == http.StatusOK && found < i:
			t.Errorf("link %d is there and an earlier one isn't", i)
		case a.status == http.StatusOK:
			found++
			if again := l.open(nil); again.Code != "viewed" {
				t.Errorf("a second view: %v", again)
			}
		case a.status != http.StatusNotFound:
			t.Errorf("link %d: %v", i, a)
		case ends[i] <= cut:
			t.Errorf("link %d was in the log before the cut and is lost", i)
		}
	}
	return found
}

// TestKilledWhileRotating kills keys rotate at random moments: run again, it finishes, and the
// installation opens.
func TestKilledWhileRotating(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	l := c.share(c.anItem(), nil)
	s.stop(syscall.SIGTERM)
	killed := 0
	for n := range 4 * *rounds {
		key := filepath.Join(t.TempDir(), fmt.Sprint(n, ".key"))
		if s.killCommand(rand.N(250*time.Millisecond), "keys", "rotate", "--new-key", key) {
			killed++
		}
		out, code := s.command("", "keys", "rotate", "--new-key", key)
		if code != 0 && !strings.Contains(out, "holds the current master key") {
			t.Fatalf("round %d: %d\n%s", n, code, out)
		}
		if out, code := s.command("", "audit", "verify"); code != 0 {
			t.Fatalf("round %d: %d\n%s", n, code, out)
		}
	}
	s.run()
	l.item(nil)
	t.Logf("%d of %d rotations were killed", killed, 4**rounds)
}

// TestKilledImport kills the command at random moments: all of its items are there or none, and
// run again, it adds them once.
func TestKilledImport(t *testing.T) {
	s := start(t)
	s.stop(syscall.SIGTERM)
	const items = 150
	file := filepath.Join(t.TempDir(), "passwords.csv")
	var text bytes.Buffer
	text.WriteString("name,url,username,password,note\n")
	for n := range items {
		fmt.Fprintf(&text, "Imported %d,https://site%d.example/,user%d,password%d,note %d\n", n, n, n, n, n)
	}
	if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	killed := 0
	for round := range 2 * *rounds {
		args := []string{"import", "--vault", fmt.Sprint("Import ", round), file}
		before := s.countItems()
		if s.killCommand(rand.N(400*time.Millisecond), args...) {
			killed++
		}
		if n := s.countItems() - before; n != 0 && n != items {
			t.Errorf("round %d: a killed import left %d items", round, n)
		}
		if out, code := s.command("", args...); code != 0 {
			t.Fatalf("round %d: %d\n%s", round, code, out)
		}
		if n := s.countItems() - before; n != items {
			t.Errorf("round %d: %d items after the import was run again, want %d", round, n, items)
		}
	}
	s.run()
	s.stop(syscall.SIGTERM)
	s.verifyDatabase()
	t.Logf("%d of %d imports were killed", killed, 2**rounds)
}

// killCommand runs a command, kills it after a while and reports whether that ended it.
func (s *server) killCommand(after time.Duration, args ...string) bool {
	s.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = slices.Clone(s.env)
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode() == -1
}

func (s *server) countItems() (n int) {
	s.t.Helper()
	database := s.openDatabase()
	defer database.Close()
	if err := database.QueryRow(`SELECT count(*) FROM items`).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}
