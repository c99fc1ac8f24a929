// Package importer reads other programs' exports into items. It owns the formats and the limits of
// what it reads. It rejects a broken or hostile archive as a whole, and writes nothing.
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

// Archive is an export that was read completely. The caller closes it when it needs no more files.
type Archive struct {
	Format        string                 // for people: "1Password export"
	Items         []vault.ImportedItem   // in the order of the export
	Vaults        int                    // vaults that items come from
	Counts        map[vault.Category]int // items by category
	Files         int                    // attached to items
	ArchivedItems int                    // archived or deleted items, which are left out
	Omissions     []string               // what was left out, a sentence each, for the operator
	close         func() error
}

// Close closes the file of the export.
func (a *Archive) Close() error { return a.close() }

// source is the file of an export.
type source interface {
	io.ReaderAt
	io.Closer
}

// format is one kind of export, recognized by its first bytes.
type format struct {
	matches func(head []byte) bool
	read    func(ctx context.Context, from source, size int64) (*Archive, error)
}

// formats returns the supported formats. They are told apart by content, never by file name.
func formats() []format {
	return []format{
		{isZip, readOnePUX},
	}
}

// Read reads the export at a path. An export that cannot be read is fault.Invalid, with a sentence
// for people that contains nothing of the export.
func Read(ctx context.Context, path string) (*Archive, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, invalidFile("This file doesn't exist.", err)
	}
	if err != nil {
		return nil, invalidFile("This file can't be opened.", err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		file.Close()
		return nil, invalidFile("This isn't a file.", err)
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
		return nil, invalidFile("This file can't be read.", err)
	}
	for _, f := range formats() {
		if f.matches(head[:n]) {
			return f.read(ctx, from, size)
		}
	}
	return nil, unknown()
}

func unknown() error {
	return invalidFile("This file isn't a supported export: use a 1Password export (.1pux).", nil)
}

func isZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) ||
		bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

// invalidFile returns an error with a sentence for people. The cause is for the log and must contain
// nothing of the file's content.
func invalidFile(sentence string, cause error) error {
	err := fault.Field("file", fault.CodeInvalid, sentence)
	if cause == nil {
		return fmt.Errorf("read an export: %s: %w", sentence, err)
	}
	return fmt.Errorf("read an export: %s: %w: %w", sentence, cause, err)
}
