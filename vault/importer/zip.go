package importer

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"strings"

	"itemshare/vault"
)

// Limits of an archive.
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

// openZip returns a zip archive's entries by name. It rejects an archive that is broken, or that could
// harm a program that unpacks it.
func openZip(from io.ReaderAt, size int64) (map[string]*zip.File, error) {
	if size > maxArchive {
		return nil, invalidFile("The archive is larger than 4 GiB.", nil)
	}
	archive, err := zip.NewReader(from, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, invalidFile("The archive is damaged or incomplete.", nil)
	}
	if len(archive.File) > maxEntries {
		return nil, invalidFile("The archive has more than 50,000 entries.", nil)
	}
	entries := make(map[string]*zip.File, len(archive.File))
	for _, entry := range archive.File {
		if sentence := suspicious(entry); sentence != "" {
			return nil, invalidFile(sentence, nil)
		}
		if _, twice := entries[entry.Name]; twice {
			return nil, invalidFile("The archive has two entries with the same name.", nil)
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
		return "The archive has an entry that isn't a regular file."
	case entry.Flags&1 != 0:
		return "The archive is encrypted: export it without a password."
	}
	return ""
}

// climbs reports whether a path leads out of the folder that it is unpacked to, on any system.
func climbs(name string) bool {
	if name == "" || strings.HasPrefix(name, "/") || strings.ContainsAny(name, "\x00") ||
		(len(name) > 1 && name[1] == ':') {
		return true
	}
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == ".." {
			return true
		}
	}
	return strings.HasPrefix(name, `\`)
}

// entryReader reads an entry. It returns an error if the length or checksum differs from the declared
// one.
type entryReader struct {
	content io.ReadCloser
	left    int64
}

// openEntry opens an entry, or returns errTooLong if its declared size is beyond the bound.
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
		return 0, invalidFile("A file in the archive is larger than 100 MiB.", nil)
	}
	if err != nil {
		return 0, invalidFile("A file in the archive is damaged.", nil)
	}
	defer content.Close()
	size, err := io.Copy(io.Discard, content)
	if err != nil {
		return 0, invalidFile("A file in the archive is damaged or incomplete.", nil)
	}
	return size, nil
}
