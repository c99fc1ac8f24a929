package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const someKey = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="

// TestFolderOfAGroup: a volume's group may enter the folder while the key is elsewhere, and others
// may never.
func TestFolderOfAGroup(t *testing.T) {
	const postgres = "postgres://db.example/x"
	for _, c := range []struct {
		why       string
		mode      os.FileMode
		key, says string
		database  string
	}{
		{"one user's", 0o700, "", "", ""},
		{"one user's, key elsewhere", 0o700, someKey, "", ""},
		{"a group's, and the key in it", 0o770 | os.ModeSetgid, "", "ITEMSHARE_MASTER_KEY", ""},
		{"a group's that only reads, and the key in it", 0o750, "", "chmod 700", ""},
		{"a group's, key elsewhere", 0o770 | os.ModeSetgid, someKey, "", ""},
		{"a group's that only reads, key elsewhere", 0o750, someKey, "", ""},
		{"everybody's", 0o777 | os.ModeSetgid, someKey, "other users", ""},
		{"everybody's to enter", 0o701, someKey, "other users", ""},
		{"nothing is stored there", 0o777, someKey, "", postgres},
		{"only the key is stored there", 0o770, "", "ITEMSHARE_MASTER_KEY", postgres},
	} {
		s := settings{Data: t.TempDir(), MasterKey: c.key, Database: c.database}
		must(t, os.Chmod(s.Data, c.mode))
		err := s.createFolder()
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.why, err, c.says)
		}
		shared := c.says == "" && c.mode.Perm()&0o070 != 0 && c.database == ""
		if c.says == "" && s.isShared() != shared {
			t.Errorf("%s: shared with a group: %v", c.why, s.isShared())
		}
	}
}

// TestSharedFolderNamesTheKey: with the variable set, nobody needs a key file beside the database.
func TestSharedFolderNamesTheKey(t *testing.T) {
	s := settings{Data: t.TempDir(), MasterKey: someKey}
	if text := s.sharedFolder(); strings.Contains(text, "master.key") {
		t.Error(text)
	}
	must(t, os.WriteFile(s.keyFile(), []byte(someKey), 0o660))
	if text := s.sharedFolder(); !strings.Contains(text, "move "+s.keyFile()+" away") {
		t.Error(text)
	}
}

// TestUnwritable: the sentences name what can't be written, why, and what to do.
func TestUnwritable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "itemshare.db")
	must(t, os.WriteFile(path, nil, 0o440))
	for _, c := range []struct {
		why   string
		err   error
		wants []string
	}{
		{"a read-only mount", syscall.EROFS, []string{path, "read-only file system", "ITEMSHARE_DATABASE"}},
		{"another user's", syscall.EACCES, []string{path, "runs as user", "mode 0440", "chown"}},
		{"a mode", &fs.PathError{Op: "open", Err: syscall.EPERM}, []string{path, "chown"}},
		{"something else", errors.New("input/output error"), []string{path, "input/output error"}},
	} {
		text := describeUnwritable("the database", path, "ITEMSHARE_DATABASE", c.err).Error()
		for _, want := range c.wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q does not have %q", c.why, text, want)
			}
		}
	}
}
