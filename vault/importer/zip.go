package importer

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"strings"

	"itemshare/vault"
)

// The bounds of an archive.
const (
	maxArchive = 4 << 30   // bytes of the archive itself
	maxEntries = 50_000    // entries
	maxData    = 128 << 20 // bytes of export.data
	maxFiles   = 4 << 30   // bytes of all files together
)

var (
	errTooLong = errors.New("more bytes than declared or allowed")
	errShort   = errors.New("fewer bytes than declared")
)

// openZip lists a zip archive's entries by name and refuses one that is broken,
// or that a careless program could be harmed by.
func openZip(from io.ReaderAt, size int64) (map[string]*zip.File, error) {
	if size > maxArchive {
		return nil, refused("The archive is larger than 4 GiB.", nil)
	}
	archive, err := zip.NewReader(from, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, refused("The archive is broken or cut short.", nil)
	}
	if len(archive.File) > maxEntries {
		return nil, refused("The archive has more than 50,000 entries.", nil)
	}
	entries := make(map[string]*zip.File, len(archive.File))
	for _, entry := range archive.File {
		if sentence := suspicious(entry); sentence != "" {
			return nil, refused(sentence, nil)
		}
		if _, twice := entries[entry.Name]; twice {
			return nil, refused("The archive has two entries of one name.", nil)
		}
		entries[entry.Name] = entry
	}
	return entries, nil
}

func suspicious(entry *zip.File) string {
	switch {
	case climbs(entry.Name):
		return "The archive has a path that leads out of it."
	case entry.Mode().Type()&^fs.ModeDir != 0:
		return "The archive has a link or another entry that is no file."
	case entry.Flags&1 != 0:
		return "The archive is encrypted: export it without a password."
	}
	return ""
}

// climbs tells whether a path leads out of the folder it would be written to,
// on any system.
func climbs(name string) bool {
	if name == "" || strings.HasPrefix(name, "/") || strings.ContainsAny(name, "\x00") || (len(name) > 1 && name[1] == ':') {
		return true
	}
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == ".." {
			return true
		}
	}
	return strings.HasPrefix(name, `\`)
}

// entryReader reads an entry up to a bound. What is longer than that, or of
// another length or checksum than declared, ends in an error.
type entryReader struct {
	content io.ReadCloser
	left    int64
}

// openEntry refuses an entry whose declared size is beyond the bound.
func openEntry(entry *zip.File, bound int64) (io.ReadCloser, error) {
	if entry.UncompressedSize64 > uint64(bound) {
		return nil, errTooLong
	}
	content, err := entry.Open()
	if err != nil {
		return nil, err
	}
	return &entryReader{content, int64(entry.UncompressedSize64)}, nil
}

func (r *entryReader) Read(p []byte) (int, error) {
	n, err := r.content.Read(p)
	if r.left -= int64(n); r.left < 0 {
		return 0, errTooLong
	}
	if errors.Is(err, io.EOF) && r.left > 0 {
		err = errShort
	}
	return n, err
}

func (r *entryReader) Close() error { return r.content.Close() }

// checkFile reads a file of an item to its end, so that a broken one is found
// before anything is imported. It gives the file's size.
func checkFile(entry *zip.File) (int64, error) {
	content, err := openEntry(entry, vault.MaxFileBytes)
	if errors.Is(err, errTooLong) {
		return 0, refused("A file in the archive is larger than 100 MiB.", nil)
	}
	if err != nil {
		return 0, refused("A file in the archive is broken.", nil)
	}
	defer content.Close()
	size, err := io.Copy(io.Discard, content)
	if err != nil {
		return 0, refused("A file in the archive is broken or cut short.", nil)
	}
	return size, nil
}
