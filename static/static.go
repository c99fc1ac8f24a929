// Package static holds what browsers may cache for a year: style sheets,
// scripts and icons, embedded, each under a name that carries a hash of its
// content. It knows nothing of HTTP but content types, and refuses any name
// that it did not give out itself.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

//go:embed *.css *.js *.svg
var embedded embed.FS

// contentTypes are the kinds of files served, by extension.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// How scripts are written: one import a part, each part's exports at the start of
// a line, and comments on lines of their own.
var (
	importLine  = regexp.MustCompile(`(?m)^import \{[^}]*\} from "\./([a-z0-9.-]+\.js)";\n`)
	otherImport = regexp.MustCompile(`(?m)^import\s`)
	exportWord  = regexp.MustCompile(`(?m)^export `)
	commentLine = regexp.MustCompile(`(?m)^\s*//.*\n`)
)

// What a style sheet is served without: comments, empty lines and the space that lines begin with. No text in
// a sheet of ours holds any of them.
var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpace   = regexp.MustCompile(`(?m)^\s+`)
)

type asset struct {
	content     []byte
	gzipped     []byte
	contentType string
}

// Files are the embedded files under their hashed names. The zero value is
// empty; Load fills one. It is safe for concurrent use, since nothing changes
// after Load.
type Files struct {
	names  map[string]string // "app.css" → "app.3f2a9c1b.css"
	assets map[string]asset  // by hashed name
}

// Load names and compresses every embedded file. A script that imports others
// becomes one file with them, so that a page asks for one; scripts joined so and
// style sheets lose their comments. Load fails only for a file of an unknown
// kind and for an import that leads nowhere.
func Load() (*Files, error) { return load(embedded) }

func load(source fs.FS) (*Files, error) {
	files := &Files{names: map[string]string{}, assets: map[string]asset{}}
	entries, err := fs.ReadDir(source, ".")
	if err != nil {
		return nil, fmt.Errorf("list static files: %w", err)
	}
	for _, entry := range entries {
		name := entry.Name()
		contentType, known := contentTypes[path.Ext(name)]
		if !known {
			return nil, fmt.Errorf("static file %s is of no known kind", name)
		}
		content, err := read(source, name)
		if err != nil {
			return nil, fmt.Errorf("read static file %s: %w", name, err)
		}
		if err := files.keep(name, content, contentType); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func read(source fs.FS, name string) ([]byte, error) {
	content, err := fs.ReadFile(source, name)
	if path.Ext(name) == ".css" {
		return cssSpace.ReplaceAll(cssComment.ReplaceAll(content, nil), nil), err
	}
	if err != nil || path.Ext(name) != ".js" || !importLine.Match(content) {
		return content, err
	}
	var joined bytes.Buffer
	err = join(&joined, source, name, map[string]bool{})
	return joined.Bytes(), err
}

// join writes a script after those that it imports, each once: modules in one
// scope, which therefore share their names.
func join(joined *bytes.Buffer, source fs.FS, name string, taken map[string]bool) error {
	if taken[name] {
		return nil
	}
	taken[name] = true
	content, err := fs.ReadFile(source, name)
	if err != nil {
		return err
	}
	for _, match := range importLine.FindAllSubmatch(content, -1) {
		if err := join(joined, source, string(match[1]), taken); err != nil {
			return err
		}
	}
	for _, form := range []*regexp.Regexp{importLine, exportWord, commentLine} {
		content = form.ReplaceAll(content, nil)
	}
	if otherImport.Match(content) {
		return fmt.Errorf("%s imports in a form that is not read here", name)
	}
	joined.Write(content)
	return nil
}

func (f *Files) keep(name string, content []byte, contentType string) error {
	gzipped, err := compress(content)
	if err != nil {
		return fmt.Errorf("compress static file %s: %w", name, err)
	}
	hashed := hashedName(name, content)
	f.names[name] = hashed
	f.assets[hashed] = asset{content: content, gzipped: gzipped, contentType: contentType}
	return nil
}

// hashedName puts 32 bits of the content's SHA-256 before the extension.
func hashedName(name string, content []byte) string {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
}

func compress(content []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Name is the hashed name of a file, such as app.3f2a9c1b.css for app.css. An
// unknown name comes back empty.
func (f *Files) Name(name string) string { return f.names[name] }

// Open gives a file by its hashed name: as it is, gzipped, and its content
// type. The slices are shared: nobody may change them.
func (f *Files) Open(hashed string) (content, gzipped []byte, contentType string, ok bool) {
	a, ok := f.assets[hashed]
	return a.content, a.gzipped, a.contentType, ok
}
