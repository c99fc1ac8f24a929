// Package static holds what browsers may cache for a year: style sheets,
// scripts, icons and a list of words, embedded, each under a name that carries a hash of its
// content. Scripts and style sheets are bundled from the sources in src by
// make generate. The package knows nothing of HTTP but content types, and opens
// no name that it did not return itself.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed *.css *.js *.svg words.txt
var embedded embed.FS

// contentTypes are the kinds of files served, by extension.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
}

type asset struct {
	body        Body
	contentType string
}

// Files are the embedded files under their hashed names. The zero value is
// empty; Load fills one. It is safe for concurrent use, since nothing changes
// after Load.
type Files struct {
	names  map[string]string // "app.css" → "app.3f2a9c1b.css"
	assets map[string]asset  // by hashed name
}

// Load names every embedded file. It fails only for a file of an unknown kind.
func Load() (*Files, error) { return load(embedded) }

func load(source fs.FS) (*Files, error) {
	files := &Files{names: map[string]string{}, assets: map[string]asset{}}
	entries, err := fs.ReadDir(source, ".")
	if err != nil {
		return nil, fmt.Errorf("list static files: %w", err)
	}
	for _, entry := range entries {
		if err := files.add(source, entry.Name()); err != nil {
			return nil, fmt.Errorf("load static file %s: %w", entry.Name(), err)
		}
	}
	return files, nil
}

func (f *Files) add(source fs.FS, name string) error {
	contentType, known := contentTypes[path.Ext(name)]
	if !known {
		return fmt.Errorf("no content type for %q", path.Ext(name))
	}
	content, err := fs.ReadFile(source, name)
	if err != nil {
		return err
	}
	hashed := hashedName(name, content)
	f.names[name] = hashed
	f.assets[hashed] = asset{body: NewBody(content), contentType: contentType}
	return nil
}

// hashedName puts 32 bits of the content's SHA-256 before the extension.
func hashedName(name string, content []byte) string {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
}

// Name returns the hashed name of a file, such as app.3f2a9c1b.css for app.css,
// or "" for an unknown name.
func (f *Files) Name(name string) string { return f.names[name] }

// Open returns a file by its hashed name, and its content type.
func (f *Files) Open(hashed string) (body Body, contentType string, ok bool) {
	a, ok := f.assets[hashed]
	return a.body, a.contentType, ok
}
