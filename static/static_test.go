package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
)

func loadFiles(t *testing.T) *Files {
	t.Helper()
	files, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestEveryEmbeddedFileIsNamedByItsContent(t *testing.T) {
	files := loadFiles(t)
	for _, name := range []string{
		"recipient.css",
		"recipient-item.css",
		"recipient.js",
		"recipient-more.js",
		"app.css",
		"app.js",
		"page.js",
		"item-form.js",
		"icon.svg",
	} {
		body, contentType, ok := files.Open(files.Name(name))
		if !ok || contentType == "" {
			t.Fatalf("%s: not there under %q", name, files.Name(name))
		}
		want := body.Encoded("")
		r, err := gzip.NewReader(bytes.NewReader(body.Encoded("gzip")))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(r); !bytes.Equal(got, want) {
			t.Errorf("%s: the gzip form differs from the plain one", name)
		}
		packed := brotli.NewReader(bytes.NewReader(body.Encoded("br")))
		if got, _ := io.ReadAll(packed); !bytes.Equal(got, want) {
			t.Errorf("%s: the brotli form differs from the plain one", name)
		}
	}
}

func TestOnlyHashedNamesOpen(t *testing.T) {
	files := loadFiles(t)
	for _, name := range []string{
		"recipient.css", "", "static.go", "../static/recipient.css", "src/app.js", files.Name("nothing.css"),
	} {
		if _, _, ok := files.Open(name); ok {
			t.Errorf("Open(%q) returned a file", name)
		}
	}
}

// TestScriptsAreWhole checks that a page needs no script but its own, and that the
// recipient's page has none of what its policy forbids.
func TestScriptsAreWhole(t *testing.T) {
	files := loadFiles(t)
	for _, name := range []string{
		"recipient.js", "recipient-more.js", "app.js", "page.js", "item-form.js", "qr-reader.js",
	} {
		content := script(t, files, name)
		for _, forbidden := range []string{"import{", "import\"", "sourceMappingURL"} {
			if strings.Contains(content, forbidden) {
				t.Errorf("%s holds %q", name, forbidden)
			}
		}
		// The recipient's page loads recipient-more.js under the name that its document has, and the
		// form of an item the reader of QR codes.
		loaded := map[string]int{"recipient.js": 1, "item-form.js": 1}[name]
		if got := strings.Count(content, "import("); got != loaded {
			t.Errorf("%s loads %d scripts, want %d", name, got, loaded)
		}
	}
	for _, name := range []string{"recipient.js", "recipient-more.js"} {
		content := script(t, files, name)
		for _, forbidden := range []string{"htmx", "innerHTML", "eval("} {
			if strings.Contains(content, forbidden) {
				t.Errorf("%s holds %q", name, forbidden)
			}
		}
	}
}

func script(t *testing.T, files *Files, name string) string {
	t.Helper()
	body, _, ok := files.Open(files.Name(name))
	if !ok {
		t.Fatalf("%s: not there", name)
	}
	return string(body.Encoded(""))
}

func TestLoadRejectsAnUnknownKind(t *testing.T) {
	if _, err := load(fstest.MapFS{"a.exe": {}}); err == nil {
		t.Error("a kind without a content type was loaded")
	}
}
