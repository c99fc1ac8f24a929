// Package importer reads other programs' exports into items. It owns the formats and the limits of
// what it reads, and accounts for all of an export: what is not imported is named in its report. It
// rejects an archive that is broken or hostile as a whole, and writes nothing.
package importer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"

	"itemshare/fault"
	"itemshare/vault"
)

// Options are choices about an export.
type Options struct {
	Archived bool   // read archived items too
	Columns  []Role // of a CSV file: what each column holds; nil if the format says so
}

// Archive is an export that was checked completely. The caller closes it when it needs no more items
// and files.
type Archive struct {
	Format  string                 // for people: "1Password export"
	Entries int                    // of the list of items, those included that can't be imported
	Counts  map[vault.Category]int // items by category
	Files   int                    // attached to items
	Vaults  int                    // vaults that items come from
	Report  *Report
	items   iter.Seq2[vault.ImportedItem, error]
	close   func() error
}

// Items returns the entries in the order of the export, those included that can't be imported. It reads
// them anew, so that it keeps no more than one in memory.
func (a *Archive) Items() iter.Seq2[vault.ImportedItem, error] { return a.items }

// Close closes the file of an export that Read opened.
func (a *Archive) Close() error {
	if a.close == nil {
		return nil
	}
	return a.close()
}

// Read reads the export at a path. An export that cannot be read is fault.Invalid, with a sentence
// for people that contains nothing of the export.
func Read(ctx context.Context, path string, options Options) (*Archive, error) {
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
	archive, err := ReadFrom(ctx, file, info.Size(), options)
	if err != nil {
		file.Close()
		return nil, err
	}
	archive.close = file.Close
	return archive, nil
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
