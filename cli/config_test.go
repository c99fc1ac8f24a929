package cli

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBaseURL(t *testing.T) {
	for _, c := range []struct{ text, want, why string }{
		{"https://share.example.com", "https://share.example.com", "the usual one"},
		{"https://share.example.com/", "https://share.example.com", "a slash at the end is ignored"},
		{"https://Example.com:443/team/share/", "https://example.com/team/share", "the usual port and capital letters"},
		{"https://example.com:8443", "https://example.com:8443", "another port"},
		{"http://localhost:8080", "http://localhost:8080", "this machine"},
		{"http://localhost", "http://localhost", "this machine on the usual port"},
		{"http://localhost:8080/share", "http://localhost:8080/share", "a path on this machine"},
		{"https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443", "an IPv6 address"},
		{"http://share.example.com", "", "browsers decrypt only over https"},
		{"http://localhost.example.com", "", "not this machine"},
		{"http://127.0.0.1:8080", "", "not localhost by name"},
		{"ftp://localhost", "", "another scheme"},
		{"share.example.com", "", "no scheme"},
		{"https://", "", "no host"},
		{"https://:8443", "", "no host but a port"},
		{"https://user@example.com", "", "a user"},
		{"https://example.com/?q=1", "", "a query"},
		{"https://example.com/#x", "", "a fragment"},
		{"https://example.com/a//b", "", "an empty segment"},
		{"https://example.com/../x", "", "dots"},
		{"https://example.com/a%2Fb", "", "an escape"},
		{"https://example.com/a;b", "", "a semicolon, which ends a cookie's path"},
		{"", "", "nothing"},
		{"::", "", "not a URL"},
	} {
		got, err := parseBaseURL(c.text)
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%s: %q is accepted as %s", c.why, c.text, got)
		case c.want != "" && (err != nil || got.String() != c.want):
			t.Errorf("%s: %q is %v, %v", c.why, c.text, got, err)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1:0": true, "127.8.0.1:80": true, "[::1]:80": true, "localhost:80": true,
		":80": false, "0.0.0.0:80": false, "[::]:80": false, "192.0.2.1:80": false,
		"localhost.example:80": false, "127.0.0.1": false,
	} {
		if got := isLoopback(addr); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
}

func TestProxies(t *testing.T) {
	got, err := parseNetworks("ITEMSHARE_TRUSTED_PROXIES", []string{"10.0.0.0/8", " 192.0.2.7", "2001:db8::/32"})
	if err != nil || len(got) != 3 || got[1].String() != "192.0.2.7/32" {
		t.Errorf("%v %v", got, err)
	}
	for _, text := range []string{"everyone", "10.0.0.0/33", "10.0.0", ""} {
		if _, err := parseNetworks("ITEMSHARE_TRUSTED_PROXIES", []string{text}); err == nil {
			t.Errorf("%q is a network", text)
		}
	}
}

// TestMasterKey: a key is created only with a new database, and nothing is written when a key is
// rejected.
func TestMasterKey(t *testing.T) {
	good := "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
	withFile := func(t *testing.T, name string, mode os.FileMode, text string) settings {
		s := settings{Data: t.TempDir()}
		if err := os.WriteFile(filepath.Join(s.Data, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return s
	}
	t.Run("a new database gets a key", func(t *testing.T) {
		s := settings{Data: t.TempDir()}
		first, err := s.masterKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		second, err := s.masterKey(rand.Reader)
		if err != nil || first != second {
			t.Errorf("the second start has another key: %v", err)
		}
		info, err := os.Stat(s.keyFile())
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the key file is %v, %v", info.Mode(), err)
		}
	})
	for _, c := range []struct {
		why, says string
		set       settings
	}{
		{"the database exists and its key is missing", "is missing", withFile(t, "itemshare.db", 0o600, "")},
		{"others can read the key", "chmod 600", withFile(t, "master.key", 0o644, good)},
		{"a short key", "32 bytes", withFile(t, "master.key", 0o600, "c2hvcnQ=")},
		{"an empty key file", "32 bytes", withFile(t, "master.key", 0o600, "")},
		{"a key of zeros", "zeros", withFile(t, "master.key", 0o600, strings.Repeat("A", 43)+"=")},
		{"a variable that is not a key", "ITEMSHARE_MASTER_KEY", settings{Data: t.TempDir(), MasterKey: "nonsense!"}},
		{"no place for a key", "ITEMSHARE_MASTER_KEY", settings{
			Data: t.TempDir(), Database: "postgres://db.example/x",
		}},
	} {
		before := listing(t, c.set.Data)
		_, err := c.set.masterKey(rand.Reader)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.why, err)
		}
		if after := listing(t, c.set.Data); after != before {
			t.Errorf("%s: %s is now %s", c.why, before, after)
		}
	}
}

// listing returns the names in a folder.
func listing(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestDataFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b")
	s := settings{Data: folder}
	if err := s.createFolder(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", info, err)
	}
	if err := s.createFolder(); err != nil {
		t.Errorf("the second time: %v", err)
	}
	if err := os.Chmod(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := s.createFolder(); err == nil || !strings.Contains(err.Error(), "chmod 700") {
		t.Errorf("a folder that others can enter: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (settings{Data: file}).createFolder(); err == nil {
		t.Error("a file is accepted as the folder")
	}
}

// TestDataHint: deleting what the welcome names does start over, and no URL is shown.
func TestDataHint(t *testing.T) {
	for _, c := range []struct{ why, database, want string }{
		{"the usual place", "", "/data   delete it to start over"},
		{"a file elsewhere", "sqlite:/elsewhere.db", "/elsewhere.db   delete it to start over"},
		{"PostgreSQL", "postgres://u:hunter2@h/d", "in PostgreSQL   use an empty database to start over"},
	} {
		if got := (settings{Data: "/data", Database: c.database}).dataHint(); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}
