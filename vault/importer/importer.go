// Package importer reads other programs' exports into items. It owns the
// formats and the bounds of what it reads; it refuses an archive that is
// broken or hostile as a whole, and it writes nothing.
package importer

import (
	"context"
	"errors"

	"itemshare/vault"
)

// Archive is an export, read and found whole. Close it when its files are no
// longer needed.
type Archive struct {
	Format   string                 // for people: "1Password export (.1pux)"
	Items    []vault.Incoming       // in the order of the export
	Vaults   int                    // source vaults
	Counts   map[vault.Category]int // items by category
	Files    int
	Archived int      // archived items, which are left out
	Left     []string // what could not be carried, a sentence each, for the operator
}

// Close ends reading.
func (a *Archive) Close() error { return nil }

// Read reads the export at path, whose format is told by its content. What is
// wrong with it is fault.Invalid with one plain sentence that holds nothing of it.
func Read(ctx context.Context, path string) (*Archive, error) {
	return nil, errors.New("not there yet")
}
