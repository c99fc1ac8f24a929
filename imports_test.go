package main

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "itemshare"

// room is one row of the table in docs/map.md: what a folder may import.
type room struct {
	ours  []string // of this module
	all   bool     // ours is every room
	never []string // import paths outside the module
	std   bool     // nothing but the standard library and ours
	clock bool     // may ask for the time
}

var rooms = map[string]room{
	"address":    {},
	"fault":      {std: true},
	"static":     {},
	"migrations": {},
	"telemetry":  {clock: true},

	"seal":  {ours: []string{"fault"}},
	"audit": {ours: []string{"fault"}},

	"vault": {
		ours:  []string{"fault"},
		never: []string{"net/http", "database/sql"},
	},
	"vault/local": {
		ours:  []string{"vault", "seal", "audit", "fault"},
		never: []string{"database/sql"},
	},
	"vault/onepassword":         {ours: []string{"vault", "fault"}},
	"vault/onepassword/standin": {ours: []string{"vault", "fault"}},
	"vault/importer":            {ours: []string{"vault", "fault"}},
	"vault/intake": {
		ours:  []string{"vault", "vault/importer", "vault/local", "seal", "audit", "fault"},
		never: []string{"net/http", "database/sql"},
	},
	"vault/password":  {ours: []string{"fault"}, std: true},
	"vault/strength":  {},
	"vault/vaulttest": {ours: []string{"vault", "fault"}},
	"vault/exporter":  {ours: []string{"vault", "fault"}},

	"account": {
		ours:  []string{"seal", "audit", "address", "fault"},
		never: []string{"database/sql"},
	},
	"webhook": {
		ours: []string{"seal", "audit", "fault"}, never: []string{"database/sql"},
	},
	"account/oidc": {
		ours:  []string{"account", "address", "fault"},
		never: []string{"database/sql"},
	},
	"account/oidc/oidctest": {},
	"account/passkey":       {ours: []string{"account", "fault"}, never: []string{"database/sql"}},

	"account/passkey/passkeytest": {std: true},

	"mail": {ours: []string{"seal", "fault"}, never: []string{"database/sql"}},
	"share": {
		ours:  []string{"share/link", "address", "vault", "seal", "audit", "fault"},
		never: []string{"net/http", "database/sql"},
	},

	"db": {
		ours: []string{
			"share", "vault", "vault/local", "vault/intake", "account", "audit", "mail", "webhook", "seal",
			"fault", "migrations",
		},
		clock: true,
	},
	"db/dbtest":     {ours: []string{"migrations"}},
	"mail/mailtest": {clock: true},
	"views": {
		ours: []string{
			"share", "vault", "vault/password", "vault/strength", "account", "audit", "fault", "static",
		},
		never: []string{"os", "net", "net/http", "database/sql", "io/fs"},
	},
	"handlers": {
		ours: []string{
			"share",
			"vault",
			"vault/password",
			"vault/strength",
			"account",
			"account/oidc",
			"account/passkey",
			"audit",
			"webhook",
			"address",
			"views",
			"static",
			"telemetry",
			"fault",
		},
		never: []string{"database/sql"}, clock: true,
	},
	"api": {
		ours:  []string{"share", "vault", "account", "audit", "address", "static", "fault"},
		never: []string{"database/sql"},
	},
	"share/link":     {std: true},
	"client":         {ours: []string{"share/link", "vault/password", "fault"}, std: true, clock: true},
	"client/example": {ours: []string{"client"}, std: true},

	"client/example/item": {ours: []string{"client"}, std: true},
	"e2e":                 {ours: []string{"account/oidc/oidctest"}, clock: true},
	"e2e/standin": {
		ours: []string{
			"cli", "vault/local", "vault/onepassword", "vault/onepassword/standin",
		},
		clock: true,
	},

	"bench": {ours: []string{"share/link"}, clock: true},

	"cli": {all: true, clock: true},
	".":   {ours: []string{"cli"}, std: true},
}

// TestRoot asserts that the folder of the module holds no Go file but main.go and this one.
func TestRoot(t *testing.T) {
	found, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"imports_test.go", "main.go"}; !slices.Equal(found, want) {
		t.Errorf("Go files at the root: %v, want %v", found, want)
	}
}

// TestNoBuildTags asserts that every file is in every build.
func TestNoBuildTags(t *testing.T) {
	for path, file := range goFiles(t, ".") {
		for _, group := range file.Comments {
			for _, line := range group.List {
				if constraint.IsGoBuild(line.Text) || constraint.IsPlusBuild(line.Text) {
					t.Errorf("%s: %s", path, line.Text)
				}
			}
		}
	}
}

var (
	testName = regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z][A-Za-z0-9]*\b`)
	linkedTo = regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)]*)?\)`)
)

// TestDocsAreTrue asserts that the documents name tests that exist, and link to files that do.
func TestDocsAreTrue(t *testing.T) {
	exists := map[string]bool{}
	for _, file := range goFiles(t, ".") {
		for _, declared := range file.Decls {
			if function, ok := declared.(*ast.FuncDecl); ok {
				exists[function.Name.Name] = true
			}
		}
	}
	for path, text := range documents(t) {
		for _, name := range testName.FindAllString(text, -1) {
			if !exists[name] {
				t.Errorf("%s names %s, which is no test", path, name)
			}
		}
		for _, link := range linkedTo.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), link[1])); err != nil {
				t.Errorf("%s links to %s: %v", path, link[1], err)
			}
		}
	}
}

// documents returns the text of each Markdown file at the root and below docs, by its path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			texts[path] = string(text)
		}
	}
	return texts
}

// TestRoomsImportOnlyWhatTheyMay parses every Go file. Tests may import more, except those of e2e,
// which know the program from outside alone.
func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	seen := 0
	for path, file := range goFiles(t, ".") {
		dir := filepath.ToSlash(filepath.Dir(path))
		r, known := rooms[dir]
		if !known {
			t.Errorf("%s: %s has no row in the table", path, dir)
			continue
		}
		seen++
		if strings.HasSuffix(path, "_test.go") && dir != "e2e" {
			continue
		}
		for _, name := range imports(t, file) {
			if why := r.violation(name); why != "" {
				t.Errorf("%s imports %s: %s", path, name, why)
			}
		}
		if !r.clock && asksTheTime(file) {
			t.Errorf("%s calls time.Now: the time comes in as a value", path)
		}
	}
	if seen == 0 {
		t.Fatal("no file was read")
	}
}

func TestTableRejects(t *testing.T) {
	for _, c := range []struct{ room, path, why string }{
		{"share", "itemshare/db", "the heart knows no database"},
		{"share", "net/http", "nor the network"},
		{"views", "itemshare/handlers", "a view answers nobody"},
		{"handlers", "itemshare/vault/local", "one vault like the other"},
		{"fault", "golang.org/x/text/language", "the vocabulary stands on the standard library alone"},
		{"e2e", "itemshare/share", "the program is known from outside alone"},
		{"handlers", "itemshare", "nobody imports main"},
		{"handlers", "itemshare/cli", "nor the command line"},
		{"account", "itemshare/mail", "who signs in gets no mail"},
		{"client", "github.com/google/uuid", "a client is copied without libraries"},
		{".", "itemshare/db", "main calls cli alone"},
	} {
		if rooms[c.room].violation(c.path) == "" {
			t.Errorf("%s may import %s, but %s", c.room, c.path, c.why)
		}
	}
	if why := rooms["share"].violation("itemshare/vault"); why != "" {
		t.Errorf("share may not import vault: %s", why)
	}
}

// violation returns why the room must not import path, "" if it may.
func (r room) violation(path string) string {
	if path == module {
		return "nobody imports main"
	}
	if name, ok := strings.CutPrefix(path, module+"/"); ok {
		if !r.all && !slices.Contains(r.ours, name) {
			return "not in its row of the table"
		}
		return ""
	}
	if slices.Contains(r.never, path) {
		return "its row says never"
	}
	if first, _, _ := strings.Cut(path, "/"); r.std && strings.Contains(first, ".") {
		return "it stands on the standard library alone"
	}
	return ""
}

func goFiles(t *testing.T, root string) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && isForeign(d.Name()) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		files[path], err = parser.ParseFile(token.NewFileSet(), path, nil,
			parser.ParseComments|parser.SkipObjectResolution)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// isForeign reports whether a folder holds no code of this module.
func isForeign(folder string) bool {
	return strings.HasPrefix(folder, ".") ||
		slices.Contains([]string{"bin", "data", "node_modules", "testdata", "tools"}, folder)
}

func imports(t *testing.T, file *ast.File) []string {
	t.Helper()
	var paths []string
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func asksTheTime(file *ast.File) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Now" {
				pkg, ok := sel.X.(*ast.Ident)
				found = found || ok && pkg.Name == "time"
			}
		}
		return !found
	})
	return found
}
