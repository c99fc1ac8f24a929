package vault

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
)

func TestFileNames(t *testing.T) {
	long := strings.Repeat("ü", 300)
	for text, want := range map[string]string{
		"plan.pdf":                      "plan.pdf",
		"../../etc/passwd":              "_.._etc_passwd",
		`..\..\boot.ini`:                `_.._boot.ini`,
		"/etc/passwd":                   "_etc_passwd",
		".bashrc":                       "bashrc",
		"..":                            "file",
		"":                              "file",
		" . ":                           "file",
		"a\x00b\x1b[2J\n.txt":           "ab[2J.txt",
		"invoice\u202etxt.exe":          "invoicetxt.exe",
		"\xff\xfe.bin":                  "bin",
		"CON:stream":                    "CON_stream",
		long + ".pdf":                   strings.Repeat("ü", 90) + ".pdf",
		"x." + strings.Repeat("e", 300): "x." + strings.Repeat("e", 178),
	} {
		if got := FileName(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestFileNamesThatNothingObeys holds the server to the names that every client gives.
func TestFileNamesThatNothingObeys(t *testing.T) {
	text, err := os.ReadFile("../clients/testdata/file-names.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Sent, Saved string }
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if got := FileName(c.Sent); got != c.Saved {
			t.Errorf("%q: %q, want %q", c.Sent, got, c.Saved)
		}
	}
}

// TestLongFileName: a name as long as a whole item is cut quickly.
func TestLongFileName(t *testing.T) {
	start := time.Now()
	if got := FileName(strings.Repeat("日", 700_000)); got != strings.Repeat("日", 60) {
		t.Errorf("%d bytes", len(got))
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
}

func FuzzFileName(f *testing.F) {
	for _, seed := range []string{"a.txt", "../x", "..", "\x00", strings.Repeat("é", 300), ".…/\u202e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name := FileName(text)
		if name == "" || name == "." || name == ".." || name[0] == '.' || len(name) > 200 ||
			strings.ContainsAny(name, "/\\\x00\n") ||
			strings.ContainsFunc(name, unicode.IsControl) ||
			!filepath.IsLocal(name) {
			t.Errorf("%q: %q", text, name)
		}
	})
}
