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

// importOf finds the files that a script imports from beside itself.
var importOf = regexp.MustCompile(`from "\./([a-z0-9.-]+\.js)"`)

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

// Load names and compresses every embedded file. It fails only for a file of
// an unknown kind, or scripts that import a missing file or one another in a
// circle.
func Load() (*Files, error) { return load(embedded) }

func load(source fs.FS) (*Files, error) {
	files := &Files{names: map[string]string{}, assets: map[string]asset{}}
	entries, err := fs.ReadDir(source, ".")
	if err != nil {
		return nil, fmt.Errorf("list static files: %w", err)
	}
	for _, entry := range entries {
		if err := files.add(source, entry.Name(), nil); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// add takes in one file, after those that it imports: their hashed names stand
// in its content, so its own hash changes when one of theirs does.
func (f *Files) add(source fs.FS, name string, importers []string) error {
	if _, done := f.names[name]; done {
		return nil
	}
	for _, importer := range importers {
		if importer == name {
			return fmt.Errorf("static file %s imports itself by way of %s", name, strings.Join(importers, ", "))
		}
	}
	contentType, known := contentTypes[path.Ext(name)]
	if !known {
		return fmt.Errorf("static file %s is of no known kind", name)
	}
	content, err := fs.ReadFile(source, name)
	if err != nil {
		return fmt.Errorf("read static file: %w", err)
	}
	if path.Ext(name) == ".js" {
		if content, err = f.link(source, content, append(importers, name)); err != nil {
			return err
		}
	}
	return f.keep(name, content, contentType)
}

// link replaces the imported names in a script by their hashed ones.
func (f *Files) link(source fs.FS, content []byte, importers []string) ([]byte, error) {
	for _, match := range importOf.FindAllSubmatch(content, -1) {
		imported := string(match[1])
		if err := f.add(source, imported, importers); err != nil {
			return nil, err
		}
		content = bytes.ReplaceAll(content, match[0], fmt.Appendf(nil, `from "./%s"`, f.names[imported]))
	}
	return content, nil
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
