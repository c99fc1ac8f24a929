package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"testing/fstest"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestEveryEmbeddedFileIsNamedByItsContent(t *testing.T) {
	files, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"recipient.css", "recipient.js", "share-link-v1.js", "icon.svg"} {
		content, gzipped, contentType, ok := files.Open(files.Name(name))
		if !ok || contentType == "" {
			t.Fatalf("%s: not there under %q", name, files.Name(name))
		}
		r, err := gzip.NewReader(bytes.NewReader(gzipped))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(r); !bytes.Equal(got, content) {
			t.Errorf("%s: the gzipped form differs from the plain one", name)
		}
	}
}

func TestOnlyHashedNamesOpen(t *testing.T) {
	files, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"recipient.css", "", "static.go", "../static/recipient.css", files.Name("nothing.css")} {
		if _, _, _, ok := files.Open(name); ok {
			t.Errorf("Open(%q) gave a file", name)
		}
	}
}

func TestImportsPointToHashedNames(t *testing.T) {
	before, err := load(fstest.MapFS{"a.js": file(`import { x } from "./b.js"`), "b.js": file("1")})
	if err != nil {
		t.Fatal(err)
	}
	content, _, _, _ := before.Open(before.Name("a.js"))
	if !strings.Contains(string(content), `from "./`+before.Name("b.js")+`"`) {
		t.Errorf("a.js imports %s", content)
	}
	after, err := load(fstest.MapFS{"a.js": file(`import { x } from "./b.js"`), "b.js": file("2")})
	if err != nil {
		t.Fatal(err)
	}
	if before.Name("a.js") == after.Name("a.js") {
		t.Error("a changed import left the importer's name as it was: browsers would keep the old pair")
	}
}

func TestLoadRefuses(t *testing.T) {
	for why, source := range map[string]fstest.MapFS{
		"a kind without a content type": {"a.exe": file("")},
		"a missing import":              {"a.js": file(`import "x" from "./b.js"`)},
		"a circle of imports":           {"a.js": file(`from "./b.js"`), "b.js": file(`from "./a.js"`)},
	} {
		if _, err := load(source); err == nil {
			t.Errorf("%s: loaded", why)
		}
	}
}
