package importer

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"itemshare/fault"
	"itemshare/vault"
)

// The 1Password export (support.1password.com/1pux-format) is a zip of export.attributes, export.data
// and files/. The entry of a file is named by its document ID, two underscores and its name.

// Limits of an export.
const (
	maxItems  = 100_000 // items
	maxVaults = 10_000  // accounts and vaults
	maxValues = 8 << 20 // values of all items together

	maxItemText   = vault.MaxItemBytes // bytes of an item's texts
	maxItemValues = 50_000             // values of one item
)

// onePUX is an export. Its data is read three times: for the names that references need, for the
// report, and for the items. Each reading keeps one item in memory.
type onePUX struct {
	ctx     context.Context
	options Options
	data    *archiveFile
	cached  []byte // all of export.data if it is small
	byName  map[string]*archiveFile
	byID    map[string]*archiveFile // below files/, by document ID
	cost    int64                   // what reading files may cost
	places  map[[2]int]place        // by number of account and vault
	owners  map[int]string          // accounts' IDs by their number
	titles  map[itemKey]string      // of items, for references
	longer  bool                    // something follows the data's end
}

// place is a vault of the export.
type place struct {
	title  string
	origin vault.Origin
}

// itemKey is an item's ID within an account.
type itemKey struct {
	account int
	id      string
}

func readOnePUX(ctx context.Context, from source, size int64, options Options) (*Archive, error) {
	files, err := openZip(from, size)
	if err != nil {
		return nil, err
	}
	x := &onePUX{
		ctx: ctx, options: options, cost: costFree + costRatio*size,
		byName: map[string]*archiveFile{}, byID: map[string]*archiveFile{},
		places: map[[2]int]place{}, owners: map[int]string{}, titles: map[itemKey]string{},
	}
	for _, file := range files {
		x.byName[file.name] = file
		if rest, ok := strings.CutPrefix(file.name, "files/"); ok {
			id, _, _ := strings.Cut(rest, "__")
			if x.byID[id] == nil {
				x.byID[id] = file
			}
		}
	}
	if x.data = x.byName["export.data"]; x.data == nil {
		return nil, unknown()
	}
	if err := x.loadData(); err != nil {
		return nil, err
	}
	archive, err := x.survey(files)
	return archive, x.plain(err)
}

// loadData reads the export's data if it is small enough to keep, and checks that it can be read.
func (x *onePUX) loadData() error {
	x.data.taken = true
	size, slow := x.data.size(), x.data.entry.Method == methodBzip2
	switch {
	case x.data.method() != "":
		return invalidFile(x.data.method(), nil)
	case size > maxData:
		return invalidFile("The export's data is larger than 128 MiB.", nil)
	case size > maxSlowData && slow:
		return invalidFile("The export's data is larger than 32 MiB, too much for bzip2: "+
			"make the archive again with the usual compression, Deflate.", nil)
	case size > maxSlowData:
		return nil
	}
	content, err := openEntry(x.data.entry, maxData)
	if err != nil {
		return damagedArchive()
	}
	defer content.Close()
	if x.cached, err = io.ReadAll(content); err != nil {
		return damagedArchive()
	}
	if bytes.HasPrefix(x.cached, []byte("\xff\xfe")) ||
		bytes.HasPrefix(x.cached, []byte("\xfe\xff")) {
		return invalidFile("The export's data is UTF-16 text. It must be UTF-8.", nil)
	}
	return nil
}

func damagedArchive() error {
	return invalidFile("The archive is damaged or incomplete.", nil)
}

// scan reads the data from its start to its end, where the checksum is compared.
func (x *onePUX) scan(read func(*scanner) error) error {
	var content io.Reader = bytes.NewReader(x.cached)
	if x.cached == nil {
		opened, err := openEntry(x.data.entry, maxData)
		if err != nil {
			return damagedArchive()
		}
		defer opened.Close()
		content = opened
	}
	s := newScanner(x.ctx, content)
	if err := read(s); err != nil {
		return err
	}
	if _, err := s.start(); err == nil {
		x.longer = true
		_, err = io.Copy(io.Discard, content)
		return err
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// plain replaces an error of reading, which may quote the export, by a sentence.
func (x *onePUX) plain(err error) error {
	switch {
	case err == nil, fault.KindOf(err) == fault.Invalid:
		return err
	case x.ctx.Err() != nil:
		return fmt.Errorf("read an export: %w", x.ctx.Err())
	case errors.Is(err, errTooLong),
		errors.Is(err, errShort),
		errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, zip.ErrChecksum),
		errors.Is(err, io.EOF):
		return invalidFile("The export's data is damaged or incomplete.", nil)
	}
	return invalidFile("The export's data isn't in 1Password's format.", nil)
}
