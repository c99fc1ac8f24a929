// Package importer reads other programs' exports into items. It owns the
// formats and the bounds of what it reads; it refuses an archive that is
// broken or hostile as a whole, and it writes nothing.
package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"itemshare/fault"
	"itemshare/vault"
)

// Archive is an export, read and found whole. Close it when the bytes of its
// files are no longer needed.
type Archive struct {
	Format        string                 // for people: "1Password export"
	Items         []vault.ImportedItem   // in the order of the export
	Vaults        int                    // source vaults that items come from
	Counts        map[vault.Category]int // items by category
	Files         int                    // with items
	ArchivedItems int                    // archived or deleted items, which are left out
	Omissions     []string               // what was left out, a sentence each, for the operator
	close         func() error
}

// Close ends reading.
func (a *Archive) Close() error { return a.close() }

// source is the file that an export is read from.
type source interface {
	io.ReaderAt
	io.Closer
}

// format is one kind of export. matches looks at the first bytes alone.
type format struct {
	matches func(head []byte) bool
	read    func(ctx context.Context, from source, size int64) (*Archive, error)
}

// formats are those that can be read; what a file is shows in its content,
// never in its name.
func formats() []format {
	return []format{
		{isZip, readOnePUX},
	}
}

// Read reads the export at path. What is wrong with it is fault.Invalid with
// one plain sentence that holds nothing of the export.
func Read(ctx context.Context, path string) (*Archive, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, refused("There is no file at this path.", err)
	}
	if err != nil {
		return nil, refused("The file cannot be opened.", err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		file.Close()
		return nil, refused("The path does not name a file.", err)
	}
	archive, err := read(ctx, file, info.Size())
	if err != nil {
		file.Close()
		return nil, err
	}
	archive.close = file.Close
	return archive, nil
}

func read(ctx context.Context, from source, size int64) (*Archive, error) {
	head := make([]byte, 64)
	n, err := from.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, refused("The file cannot be read.", err)
	}
	for _, f := range formats() {
		if f.matches(head[:n]) {
			return f.read(ctx, from, size)
		}
	}
	return nil, unknown()
}

func unknown() error {
	return refused("This is not an export that can be imported: 1Password exports (.1pux) can.", nil)
}

func isZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

// refused says in a sentence for people what is wrong with a file. The cause is
// for the log and must hold nothing of the file's content.
func refused(sentence string, cause error) error {
	err := fault.Field("file", fault.CodeInvalid, sentence)
	if cause == nil {
		return fmt.Errorf("read an export: %s: %w", sentence, err)
	}
	return fmt.Errorf("read an export: %s: %w: %w", sentence, cause, err)
}
