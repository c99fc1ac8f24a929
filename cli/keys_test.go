package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newInstallation creates an installation with one user, and returns its key file too.
func newInstallation(t *testing.T) (data, keyFile string) {
	t.Helper()
	data = newData(t)
	wantCode(
		t,
		0,
		command(
			t,
			data,
			password+"\n",
			"user",
			"add",
			"--email",
			"ann@example.com",
			"--name",
			"Ann",
			"--role",
			"admin",
			"--password-stdin",
		),
	)
	return data, filepath.Join(data, "master.key")
}

func wantCode(t *testing.T, want int, got result) {
	t.Helper()
	if got.code != want {
		t.Fatalf("exit %d, want %d\n%s%s", got.code, want, got.stdout, got.stderr)
	}
}

func contents(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return string(text)
}

func TestKeysRotate(t *testing.T) {
	data, keyFile := newInstallation(t)
	first := contents(t, keyFile)
	file := filepath.Join(t.TempDir(), "new.key")
	done := command(t, data, "", "keys", "rotate", "--new-key", file)
	wantCode(t, 0, done)
	if contents(t, keyFile) != contents(t, file) || contents(t, keyFile) == first {
		t.Error("the key file does not hold the new key")
	}
	old, err := filepath.Glob(keyFile + ".*")
	must(t, err)
	if len(old) != 1 || contents(t, old[0]) != first || !strings.Contains(done.stdout, old[0]) {
		t.Errorf("the old key is not where the output says: %v\n%s", old, done.stdout)
	}
	for _, path := range []string{keyFile, file, old[0]} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v, want 0600", path, info.Mode(), err)
		}
	}
	wantCode(t, 0, command(t, data, "", "vault", "add", "Opens"))
	if found := command(t, data, "", "audit", "verify"); found.code != 0 {
		t.Errorf("the chain: %+v", found)
	}

	t.Setenv("ITEMSHARE_MASTER_KEY", first)
	if got := command(t, data, "", "vault", "add", "Does not open"); got.code != 1 ||
		!strings.Contains(got.stderr, "does not open") {
		t.Errorf("the old key: %+v", got)
	}
}

// TestKeysRotateOften rotates more than once within a second: every rotation keeps its old key, and
// the installation opens after each.
func TestKeysRotateOften(t *testing.T) {
	data, keyFile := newInstallation(t)
	used := map[string]bool{contents(t, keyFile): true}
	for range 4 {
		file := filepath.Join(t.TempDir(), "new.key")
		wantCode(t, 0, command(t, data, "", "keys", "rotate", "--new-key", file))
		wantCode(t, 0, command(t, data, "", "audit", "verify"))
		used[contents(t, keyFile)] = true
	}
	kept, err := filepath.Glob(keyFile + ".*")
	must(t, err)
	for _, file := range kept {
		if !used[contents(t, file)] {
			t.Errorf("%s holds no key that was used", file)
		}
	}
	if len(used) != 5 || len(kept) != 4 {
		t.Errorf("%d keys were used and %d old ones are kept, want 5 and 4", len(used), len(kept))
	}
}

// TestKeysRotateFinishes: interrupted between the database and the key file, a second run corrects
// the file.
func TestKeysRotateFinishes(t *testing.T) {
	data, keyFile := newInstallation(t)
	first := contents(t, keyFile)
	file := filepath.Join(t.TempDir(), "new.key")
	wantCode(t, 0, command(t, data, "", "keys", "rotate", "--new-key", file))
	must(t, os.WriteFile(keyFile, []byte(first), 0o600))
	wantCode(t, 1, command(t, data, "", "vault", "add", "Does not open"))
	old, err := filepath.Glob(keyFile + ".*")
	must(t, err)
	must(t, os.Remove(old[0]))

	wantCode(t, 0, command(t, data, "", "keys", "rotate", "--new-key", file))
	wantCode(t, 0, command(t, data, "", "vault", "add", "Opens"))
}

// TestKeysRotateByVariable: with the key in a variable, no file changes.
func TestKeysRotateByVariable(t *testing.T) {
	data, keyFile := newInstallation(t)
	first := contents(t, keyFile)
	file := filepath.Join(t.TempDir(), "new.key")
	t.Setenv("ITEMSHARE_MASTER_KEY", first)
	wantCode(t, 0, command(t, data, "", "keys", "rotate", "--new-key", file))
	if contents(t, keyFile) != first {
		t.Error("the key file changed")
	}
	t.Setenv("ITEMSHARE_MASTER_KEY", contents(t, file))
	wantCode(t, 0, command(t, data, "", "vault", "add", "Opens"))
}

func TestKeysRotateErrors(t *testing.T) {
	data, keyFile := newInstallation(t)
	open := filepath.Join(t.TempDir(), "open.key")
	must(t, os.WriteFile(open, []byte("c2VjcmV0"), 0o644))
	short := filepath.Join(t.TempDir(), "short.key")
	must(t, os.WriteFile(short, []byte("c2VjcmV0"), 0o600))
	first := contents(t, keyFile)
	for _, c := range []struct{ file, words, why string }{
		{keyFile, "current master key", "the same key"},
		{open, "chmod 600", "a file that others can read"},
		{short, "32 bytes", "not a key"},
	} {
		got := command(t, data, "", "keys", "rotate", "--new-key", c.file)
		if got.code != 1 || !strings.Contains(got.stderr, c.words) ||
			strings.Contains(got.stderr, "c2VjcmV0") {
			t.Errorf("%s: %+v", c.why, got)
		}
	}
	if contents(t, keyFile) != first {
		t.Error("the key file changed")
	}
	t.Setenv("ITEMSHARE_MASTER_KEY", strings.Repeat("E", 43)+"=")
	file := filepath.Join(t.TempDir(), "new.key")
	if got := command(t, data, "", "keys", "rotate", "--new-key", file); got.code != 1 ||
		!strings.Contains(got.stderr, "does not open") {
		t.Errorf("a wrong key in use: %+v", got)
	}
	if got := command(t, newData(t), "", "keys", "rotate", "--new-key", open); got.code != 1 ||
		!strings.Contains(got.stderr, "no database") {
		t.Errorf("no database: %+v", got)
	}
}
