package importer

import (
	"archive/zip"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"itemshare/vault"
)

// Limits of an archive.
const (
	maxArchive   = 4 << 30   // bytes of the archive itself
	maxEntries   = 50_000    // entries
	maxDirectory = 8 << 20   // bytes of the list of entries: 50,000 of 160 bytes
	maxData      = 128 << 20 // bytes of the list of items
	maxSlowData  = 32 << 20  // bytes of the list of items in a slow compression
	maxFiles     = 4 << 30   // bytes of all files together
)

// What reading an archive may cost, in bytes to decompress: a generous multiple of its size.
const (
	costFree  = 256 << 20
	costRatio = 10
	slowCost  = 6 // bzip2 takes this many times as long as Deflate
)

var (
	errTooLong = errors.New("more bytes than declared or allowed")
	errShort   = errors.New("fewer bytes than declared")
)

// methodBzip2 is APPNOTE.TXT's number of bzip2, 4.4.5.
const methodBzip2 = 12

// boundedReaderAt returns errTooLong once more than left bytes were read. zip.NewReader keeps each entry
// in memory, of which there may be millions; only the bytes that it reads bound them.
type boundedReaderAt struct {
	from io.ReaderAt
	left int64
	free bool // bounds nothing
}

func (r *boundedReaderAt) ReadAt(p []byte, at int64) (int, error) {
	if !r.free {
		r.left -= int64(len(p))
	}
	if r.left < 0 {
		return 0, errTooLong
	}
	return r.from.ReadAt(p, at)
}

// openZip returns a zip archive's files in order, each under its name below the folder of its data.
// It rejects an archive that is broken, or that could harm a program that unpacks it.
func openZip(from io.ReaderAt, size int64) ([]*archiveFile, error) {
	if size > maxArchive {
		return nil, invalidFile("The archive is larger than 4 GiB.", nil)
	}
	bounded := &boundedReaderAt{from: from, left: maxDirectory}
	archive, err := zip.NewReader(bounded, size)
	if errors.Is(err, errTooLong) || err == nil && len(archive.File) > maxEntries {
		return nil, invalidFile("The archive has more than 50,000 entries.", nil)
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, invalidFile("The archive is damaged or incomplete.", nil)
	}
	bounded.free = true // from here on the entries' own sizes are the bounds
	archive.RegisterDecompressor(methodBzip2, func(r io.Reader) io.ReadCloser {
		return io.NopCloser(bzip2.NewReader(r))
	})
	names := make(map[string]bool, len(archive.File))
	var files []*archiveFile
	for _, entry := range archive.File {
		if sentence := suspicious(entry); sentence != "" {
			return nil, invalidFile(sentence, nil)
		}
		// Some programs on Windows write backslashes.
		name := path.Clean(strings.ReplaceAll(entry.Name, `\`, "/"))
		if names[name] {
			return nil, invalidFile("The archive has two entries with the same name.", nil)
		}
		names[name] = true
		if !strings.HasSuffix(entry.Name, "/") && !strings.HasSuffix(entry.Name, `\`) {
			files = append(files, &archiveFile{entry: entry, name: name})
		}
	}
	return belowExport(files), nil
}

// belowExport names files by their path from the folder of the export's data, which is the archive's own
// or one within it.
func belowExport(files []*archiveFile) []*archiveFile {
	folder, found := "", false
	for _, file := range files {
		dir, name := path.Split(file.name)
		if (name == "export.data" || name == "data.json") &&
			(!found || strings.Count(dir, "/") < strings.Count(folder, "/")) {
			folder, found = dir, true
		}
	}
	for _, file := range files {
		file.name = strings.TrimPrefix(file.name, folder)
	}
	return files
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

// archiveFile is one file of an archive.
type archiveFile struct {
	entry   *zip.File
	name    string // below the folder of the data, with slashes
	taken   bool   // something refers to it
	checked bool
	fault   string // why its bytes can't be read, a sentence; "" if they can
}

// size returns the declared size, which reading holds the file to.
func (f *archiveFile) size() int64 { return int64(f.entry.UncompressedSize64) }

// cost returns what reading the file costs, in bytes.
func (f *archiveFile) cost() int64 {
	cost := int64(
		min(f.entry.UncompressedSize64, maxFiles) + min(f.entry.CompressedSize64, maxFiles),
	)
	if f.entry.Method == methodBzip2 {
		cost *= slowCost
	}
	return cost
}

// method returns a sentence if the file's compression isn't supported, else "".
func (f *archiveFile) method() string {
	switch f.entry.Method {
	case zip.Store, zip.Deflate, methodBzip2:
		return ""
	}
	return fmt.Sprintf("The archive uses a compression that isn't supported (method %d): "+
		"make it again with the usual one, Deflate.", f.entry.Method)
}

// check reads the file to its end, once, so that a broken one is found before anything is imported.
func (f *archiveFile) check() string {
	if !f.checked {
		f.checked, f.fault = true, f.read()
	}
	return f.fault
}

func (f *archiveFile) open() (io.ReadCloser, error) {
	return openEntry(f.entry, vault.MaxFileBytes)
}

func (f *archiveFile) take() { f.taken = true }

func (f *archiveFile) read() string {
	if sentence := f.method(); sentence != "" {
		return sentence
	}
	content, err := f.open()
	if errors.Is(err, errTooLong) {
		return "A file in the archive is larger than 100 MiB."
	}
	if err != nil {
		return "A file in the archive is damaged."
	}
	defer content.Close()
	if _, err := io.Copy(io.Discard, content); err != nil {
		return "A file in the archive is damaged or incomplete."
	}
	return ""
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
