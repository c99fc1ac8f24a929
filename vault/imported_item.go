package vault

import "io"

// Limits of one item.
const (
	MaxItemBytes = 2 << 20   // all of its text, as JSON, without files
	MaxFileBytes = 100 << 20 // one file
)

// ImportedItem is an item read from an export. Its Item has no ID, vault and version yet; Open accepts
// the IDs of its files.
type ImportedItem struct {
	VaultTitle string   // of the vault in the export
	Source     []string // the same in each export: the IDs of account, vault and item
	Item       Item
	Open       func(fileID string) (io.ReadCloser, error) // nil without files
}
