package importer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
)

// Formats names the supported exports, for people.
const Formats = "1Password (.1pux), Bitwarden (.json, .zip), KeePass XML, Proton Pass (.zip, .json), or CSV"

// headBytes is how much of a file tells its format.
const headBytes = 4 << 10

// ReadFrom reads an export. It tells formats apart by content, never by a file's name. An export that
// cannot be read is fault.Invalid, with a sentence for people that contains nothing of the export; a CSV
// file whose columns are not known is an UnknownColumns error.
func ReadFrom(
	ctx context.Context, from io.ReaderAt, size int64, options Options,
) (*Archive, error) {
	head := make([]byte, min(headBytes, max(size, 1)))
	n, err := from.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, invalidFile("This file can't be read.", err)
	}
	head = head[:n]
	switch {
	case isZip(head):
		return readZip(ctx, from, size, options)
	case n == 0:
		return nil, invalidFile("This file is empty.", nil)
	}
	if sentence := refusal(head); sentence != "" {
		return nil, invalidFile(sentence, nil)
	}
	if size > maxData {
		return nil, invalidFile("The export is larger than 128 MiB.", nil)
	}
	text := newText(from, size, head)
	start, err := text.head()
	if err != nil || strings.ContainsRune(start, 0) {
		return nil, unknown()
	}
	switch trimmed := strings.TrimLeft(start, " \t\r\n"); {
	case strings.HasPrefix(trimmed, "{"):
		return readJSON(&data{ctx: ctx, open: text.open}, nil, size, options)
	case strings.HasPrefix(trimmed, "<"):
		return readKeePass(ctx, text, size, options)
	case strings.HasPrefix(trimmed, "["):
		return nil, unknown()
	}
	return readCSV(ctx, text, size, options)
}

func unknown() error {
	return invalidFile("This file isn't a supported export: use "+Formats+".", nil)
}

func isZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) ||
		bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

// refusal returns a sentence for a known kind of file that can't be read, else "".
func refusal(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x03\xd9\xa2\x9a")):
		return "This is an encrypted KeePass database. Export it as KeePass XML (2.x)."
	case bytes.HasPrefix(bytes.TrimSpace(head), []byte("-----BEGIN PGP")),
		len(head) > 1 && (head[0] == 0xc3 || head[0] == 0x85):
		return "This export is encrypted with a passphrase. Export it again without encryption."
	}
	return ""
}

// readZip reads an archive.
func readZip(
	ctx context.Context, from io.ReaderAt, size int64, options Options,
) (*Archive, error) {
	files, err := openZip(from, size)
	if err != nil {
		return nil, err
	}
	named := func(name string) *archiveFile {
		i := slices.IndexFunc(files, func(f *archiveFile) bool { return f.name == name })
		if i < 0 {
			return nil
		}
		return files[i]
	}
	if named("export.data") != nil {
		return readOnePUX(ctx, files, size, options)
	}
	file := named("data.json")
	if file == nil {
		return nil, unknown()
	}
	d, err := newZipData(ctx, "a known program", file)
	if err != nil {
		return nil, err
	}
	return readJSON(d, files, size, options)
}

// readJSON reads the JSON of Bitwarden or Proton Pass, which are told apart by their members.
func readJSON(d *data, files []*archiveFile, size int64, options Options) (*Archive, error) {
	d.program = "a known program"
	members := map[string]bool{}
	encrypted := false
	err := d.scan(func(s *scanner) error {
		return s.object(func(name string) error {
			if len(members) < 100 {
				members[name] = true
			}
			filled, err := s.skip()
			encrypted = encrypted || name == "encrypted" && filled
			return err
		})
	})
	if err := d.plain(err); err != nil {
		return nil, err
	}
	switch {
	case encrypted:
		return nil, invalidFile("This export is encrypted. Export it again without encryption.", nil)
	case members["vaults"]:
		d.program = "Proton Pass"
		return readProton(d, files, size, options)
	case members["items"]:
		d.program = "Bitwarden"
		return readBitwarden(d, files, size, options)
	}
	return nil, unknown()
}
