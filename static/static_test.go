package static

import (
	"bytes"
	"compress/gzip"
	"io"
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

func TestImportsAreJoinedInOrderEachOnce(t *testing.T) {
	files, err := load(fstest.MapFS{
		"page.js":  file("// The page.\nimport { b } from \"./b.js\";\nimport { a } from \"./a.js\";\na(b);\n"),
		"b.js":     file("import { a } from \"./a.js\";\nexport const b = a;\n"),
		"a.js":     file("// Says a.\nexport function a() {\n  // Why.\n  return \"// kept\";\n}\n"),
		"alone.js": file("// Its licence.\nlet x;\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"page.js":  "function a() {\n  return \"// kept\";\n}\nconst b = a;\na(b);\n",
		"alone.js": "// Its licence.\nlet x;\n",
	} {
		if content, _, _, _ := files.Open(files.Name(name)); string(content) != want {
			t.Errorf("%s is\n%s", name, content)
		}
	}
}

func TestStyleSheetsAreServedWithoutWhatOnlyPeopleRead(t *testing.T) {
	files, err := load(fstest.MapFS{"a.css": file("/* Why: a > b;\n   two lines. */\n\n.a > .b {\n  margin: 0 1px; /* why */\n}\n\n@media print {\n  .a {\n    color: red;\n  }\n}\n")})
	if err != nil {
		t.Fatal(err)
	}
	want := ".a > .b {\nmargin: 0 1px; \n}\n@media print {\n.a {\ncolor: red;\n}\n}\n"
	if content, _, _, _ := files.Open(files.Name("a.css")); string(content) != want {
		t.Errorf("a.css is\n%s", content)
	}
}

func TestLoadRefuses(t *testing.T) {
	for why, source := range map[string]fstest.MapFS{
		"a kind without a content type":           {"a.exe": file("")},
		"a missing import":                        {"a.js": file("import { x } from \"./b.js\";\n")},
		"an import of another form beside a good": {"a.js": file("import { x } from \"./b.js\";\nimport y from \"./b.js\";\n"), "b.js": file("")},
	} {
		if _, err := load(source); err == nil {
			t.Errorf("%s: loaded", why)
		}
	}
}
