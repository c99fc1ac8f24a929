package seal_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"itemshare/seal"
)

// raw is 32 bytes whose base64 holds both + and /.
var raw = bytes.Repeat([]byte{0xfb, 0xff, 0x3e, 1}, 8)

func TestParseMasterKey(t *testing.T) {
	std, url := base64.StdEncoding, base64.URLEncoding
	tests := []struct {
		why, text string
		ok        bool
	}{
		{"as openssl rand -base64 32 prints it", std.EncodeToString(raw) + "\n", true},
		{
			"without padding, as some editors leave it",
			strings.TrimRight(std.EncodeToString(raw), "="),
			true,
		},
		{"the URL alphabet", url.EncodeToString(raw), true},
		{
			"spaces around, from an environment file",
			"  " + std.EncodeToString(raw) + "\t\r\n",
			true,
		},
		{"nothing", "", false},
		{"31 bytes", std.EncodeToString(raw[:31]), false},
		{"33 bytes", std.EncodeToString(append(bytes.Clone(raw), 1)), false},
		{"all zeros, a forgotten placeholder", std.EncodeToString(make([]byte, 32)), false},
		{"hexadecimal is no base64 of 32 bytes", fmt.Sprintf("%x", raw), false},
		{"both alphabets mixed", "-" + std.EncodeToString(raw)[1:], false},
		{
			"bits beyond the last byte: two texts for one key",
			strings.TrimRight(std.EncodeToString(raw), "=")[:42] + "F",
			false,
		},
		{
			"a line break within",
			std.EncodeToString(raw)[:20] + "\n" + std.EncodeToString(raw)[20:],
			true,
		},
	}
	want, err := seal.ParseMasterKey(std.EncodeToString(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			key, err := seal.ParseMasterKey(tt.text)
			if (err == nil) != tt.ok {
				t.Fatalf("err = %v, want ok = %v", err, tt.ok)
			}
			if tt.ok && key != want {
				t.Error("it is another key")
			}
			if err != nil && len(tt.text) > 8 && strings.Contains(err.Error(), tt.text[:8]) {
				t.Errorf("the error quotes the key: %v", err)
			}
		})
	}
}

func FuzzParseMasterKey(f *testing.F) {
	f.Add(base64.StdEncoding.EncodeToString(raw))
	f.Add(base64.RawURLEncoding.EncodeToString(raw))
	f.Add("====")
	f.Add("\x00")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := seal.ParseMasterKey(text)
		if err != nil {
			if key != (seal.MasterKey{}) {
				t.Error("a refused text gave a key")
			}
			return
		}
		if key == (seal.MasterKey{}) {
			t.Error("an empty key was taken")
		}
		if again, err := seal.ParseMasterKey(" " + text + "\n"); err != nil || again != key {
			t.Errorf("white space makes another key of it: %v", err)
		}
	})
}

func TestMasterKeyNeverPrints(t *testing.T) {
	key, err := seal.ParseMasterKey(base64.StdEncoding.EncodeToString(raw))
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).
		Info("key", "key", key, "in", struct{ K seal.MasterKey }{key})
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("key", "key", key)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%o", "%b", "%c", "%t"} {
		fmt.Fprintf(&logged, verb+"\n", key)
	}
	for _, form := range []string{"251", "fbff3e01", "FBFF3E01", "0xfb", "11111011", "-_8-", "+/8+", "\xfb\xff"} {
		if strings.Contains(logged.String(), form) {
			t.Errorf("the key stands in %q as %q", logged.String(), form)
		}
	}
}

func TestMasterKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	key, err := seal.CreateMasterKey(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v", info.Mode())
	}
	if again, err := seal.ReadMasterKey(path); err != nil || again != key {
		t.Errorf("the file holds another key: %v", err)
	}
	if _, err := seal.CreateMasterKey(path, rand.Reader); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second create says %v", err)
	}
	if again, err := seal.ReadMasterKey(path); err != nil || again != key {
		t.Errorf("a second create replaced the key: %v", err)
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("create left %v behind", files)
	}
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o620, 0o777} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.ReadMasterKey(path); err == nil {
			t.Errorf("a key file of mode %o was read", mode)
		}
	}
}

func TestCreateMasterKeyWithoutRandomness(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if _, err := seal.CreateMasterKey(path, bytes.NewReader(raw[:31])); err == nil {
		t.Error("31 random bytes made a key")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file is there: %v", err)
	}
}
