package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// keyed is an installation with one user, and its key file.
func keyed(t *testing.T) (data, keyFile string) {
	t.Helper()
	data = newData(t)
	wantCode(t, 0, command(t, data, password+"\n", "user", "add", "--email", "ann@example.com", "--name", "Ann", "--role", "admin", "--password-stdin"))
	return data, filepath.Join(data, "master.key")
}

func wantCode(t *testing.T, want int, got outcome) {
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
	data, keyFile := keyed(t)
	first := contents(t, keyFile)
	file := filepath.Join(t.TempDir(), "new.key")
	done := command(t, data, "", "keys", "rotate", "--new-key", file)
	wantCode(t, 0, done)
	if contents(t, keyFile) != contents(t, file) || contents(t, keyFile) == first {
		t.Error("the key file does not hold the new key")
	}
	kept, err := filepath.Glob(keyFile + ".*")
	must(t, err)
	if len(kept) != 1 || contents(t, kept[0]) != first || !strings.Contains(done.stdout, kept[0]) {
		t.Errorf("the old key is not kept as the words say: %v\n%s", kept, done.stdout)
	}
	for _, path := range []string{keyFile, file, kept[0]} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v, want 0600", path, info.Mode(), err)
		}
	}
	wantCode(t, 0, command(t, data, "", "vault", "add", "Opens"))
	if found := command(t, data, "", "audit", "verify"); found.code != 0 {
		t.Errorf("the chain: %+v", found)
	}

	t.Setenv("ITEMSHARE_MASTER_KEY", first)
	if old := command(t, data, "", "vault", "add", "Stays shut"); old.code != 1 || !strings.Contains(old.stderr, "does not open") {
		t.Errorf("the old key: %+v", old)
	}
}

// TestKeysRotateFinishes: cut off between the database and the key file, a second run puts the file right.
func TestKeysRotateFinishes(t *testing.T) {
	data, keyFile := keyed(t)
	first := contents(t, keyFile)
	file := filepath.Join(t.TempDir(), "new.key")
	wantCode(t, 0, command(t, data, "", "keys", "rotate", "--new-key", file))
	must(t, os.WriteFile(keyFile, []byte(first), 0o600))
	wantCode(t, 1, command(t, data, "", "vault", "add", "Shut"))
	kept, err := filepath.Glob(keyFile + ".*")
	must(t, err)
	must(t, os.Remove(kept[0]))

	wantCode(t, 0, command(t, data, "", "keys", "rotate", "--new-key", file))
	wantCode(t, 0, command(t, data, "", "vault", "add", "Opens"))
}

// TestKeysRotateByVariable: where the operator keeps the key, no file is touched.
func TestKeysRotateByVariable(t *testing.T) {
	data, keyFile := keyed(t)
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

func TestKeysRotateRefuses(t *testing.T) {
	data, keyFile := keyed(t)
	open := filepath.Join(t.TempDir(), "open.key")
	must(t, os.WriteFile(open, []byte("c2VjcmV0"), 0o644))
	short := filepath.Join(t.TempDir(), "short.key")
	must(t, os.WriteFile(short, []byte("c2VjcmV0"), 0o600))
	first := contents(t, keyFile)
	for _, c := range []struct{ file, words, why string }{
		{keyFile, "in use", "the same key"},
		{open, "chmod 600", "a file that others may read"},
		{short, "32 bytes", "no key"},
	} {
		got := command(t, data, "", "keys", "rotate", "--new-key", c.file)
		if got.code != 1 || !strings.Contains(got.stderr, c.words) || strings.Contains(got.stderr, "c2VjcmV0") {
			t.Errorf("%s: %+v", c.why, got)
		}
	}
	if contents(t, keyFile) != first {
		t.Error("the key file changed")
	}
	t.Setenv("ITEMSHARE_MASTER_KEY", strings.Repeat("E", 43)+"=")
	if got := command(t, data, "", "keys", "rotate", "--new-key", filepath.Join(t.TempDir(), "new.key")); got.code != 1 || !strings.Contains(got.stderr, "does not open") {
		t.Errorf("a wrong key in use: %+v", got)
	}
	if got := command(t, newData(t), "", "keys", "rotate", "--new-key", open); got.code != 1 || !strings.Contains(got.stderr, "no database") {
		t.Errorf("nothing there: %+v", got)
	}
}
