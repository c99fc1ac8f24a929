package importer

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"itemshare/fault"
)

// data is the text of an export, which is read again and again: each reading keeps one item in memory.
type data struct {
	ctx     context.Context
	program string // whose format it is, such as "1Password"
	open    func() (io.ReadCloser, error)
	longer  bool // something follows the end
}

// newZipData returns the data within an archive. It keeps it if it is small, and checks that it can be
// read.
func newZipData(ctx context.Context, program string, file *archiveFile) (*data, error) {
	file.taken = true
	size, slow := file.size(), file.entry.Method == methodBzip2
	d := &data{ctx: ctx, program: program, open: func() (io.ReadCloser, error) {
		return openEntry(file.entry, maxData)
	}}
	switch {
	case file.method() != "":
		return nil, invalidFile(file.method(), nil)
	case size > maxData:
		return nil, invalidFile("The export's data is larger than 128 MiB.", nil)
	case size > maxSlowData && slow:
		return nil, invalidFile("The export's data is larger than 32 MiB, too much for bzip2: "+
			"make the archive again with the usual compression, Deflate.", nil)
	case size > maxSlowData:
		return d, nil
	}
	content, err := d.open()
	if err != nil {
		return nil, damagedArchive()
	}
	defer content.Close()
	cached, err := io.ReadAll(content)
	if err != nil {
		return nil, damagedArchive()
	}
	if isUTF16(cached) {
		return nil, invalidFile("The export's data is UTF-16 text. It must be UTF-8.", nil)
	}
	d.open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(cached)), nil }
	return d, nil
}

func damagedArchive() error {
	return invalidFile("The archive is damaged or incomplete.", nil)
}

// scan reads JSON from its start to its end, where the checksum of an archive is compared.
func (d *data) scan(read func(*scanner) error) error {
	content, err := d.open()
	if err != nil {
		return damagedArchive()
	}
	defer content.Close()
	s := newScanner(d.ctx, content)
	if err := read(s); err != nil {
		return err
	}
	if _, err := s.start(); err == nil {
		d.longer = true
		_, err = io.Copy(io.Discard, content)
		return err
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// plain replaces an error of reading, which may quote the export, by a sentence.
func (d *data) plain(err error) error {
	switch {
	case err == nil, errors.Is(err, errStopped):
		return nil
	case fault.KindOf(err) == fault.Invalid:
		return err
	case d.ctx.Err() != nil:
		return fmt.Errorf("read an export: %w", d.ctx.Err())
	case errors.Is(err, errTooLong),
		errors.Is(err, errShort),
		errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, zip.ErrChecksum),
		errors.Is(err, io.EOF):
		return invalidFile("The export's data is damaged or incomplete.", nil)
	case fault.KindOf(err) != fault.Internal:
		return err // of where the file is stored
	}
	return invalidFile("The export's data isn't in "+d.program+"'s format.", nil)
}

// noteEnd names what follows the end of the data.
func (d *data) noteEnd(report *Report, field string) {
	if d.longer {
		report.add(Finding{
			What: BadValue, Problem: true, Field: field,
			Detail: "Something follows the end of the export's data. It was left out.",
		})
	}
}

// balanceFiles accounts for the entries of an archive.
func (r *Report) balanceFiles(files []*archiveFile) {
	b := &r.Balance
	for _, file := range files {
		b.Entries++
		b.Bytes += min(file.size(), maxArchive)
		switch {
		case file.taken:
			b.EntriesTaken++
			b.BytesTaken += min(file.size(), maxArchive)
		case len(r.Unused) < maxFindings:
			r.Unused = append(r.Unused, shortened(file.name))
		}
	}
}
