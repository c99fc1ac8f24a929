package views

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	wordFiles = regexp.MustCompile(`\.(templ|go|js|py|json|md)$`)
	noWords   = regexp.MustCompile(`(_templ\.go|testdata/|^CHANGELOG|^docs/adr/|^static/[^/]*$|retired_test\.go)`)
	comment   = regexp.MustCompile(`(?m)^\s*(//|#|--).*$`)
	joined    = regexp.MustCompile(`["` + "`" + `]\s*\+\s*["` + "`" + `]`)
	spaces    = regexp.MustCompile(`\s+`)
)

// TestRetiredWords asserts that no page, mail, command or document says again what is said better
// now: testdata/retired-words.txt has a phrase on each line.
func TestRetiredWords(t *testing.T) {
	list, err := os.ReadFile("testdata/retired-words.txt")
	if err != nil {
		t.Fatal(err)
	}
	retired := strings.Split(strings.TrimSpace(string(list)), "\n")
	listing := exec.Command("git", "ls-files")
	listing.Dir = ".."
	files, err := listing.Output()
	if err != nil {
		t.Skip("not a checkout: ", err)
	}
	for path := range strings.Lines(string(files)) {
		path = strings.TrimSpace(path)
		if !wordFiles.MatchString(path) || noWords.MatchString(path) {
			continue
		}
		source, err := os.ReadFile(filepath.Join("..", path))
		if err != nil {
			continue // removed and not committed yet
		}
		text := plainWords(string(source))
		for _, phrase := range retired {
			if strings.Contains(text, phrase) {
				t.Errorf("%s says %q again", path, phrase)
			}
		}
	}
}

// plainWords returns a source's text without its comments, in one line, with straight apostrophes
// and with its strings joined.
func plainWords(source string) string {
	text := comment.ReplaceAllString(source, "")
	text = joined.ReplaceAllString(text, "")
	return spaces.ReplaceAllString(strings.ReplaceAll(text, "’", "'"), " ")
}
