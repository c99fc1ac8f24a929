package vault

import "io"

// The bounds of one item.
const (
	MaxItemBytes = 2 << 20   // all of its text, as JSON, without files
	MaxFileBytes = 100 << 20 // one file
)

// ImportedItem is an item from elsewhere. Its Item has no vault, version and id
// yet; the ids of its files are those that Open takes.
type ImportedItem struct {
	VaultTitle string   // of the vault it was in
	Source     []string // what names it where it came from, the same at each export: account, vault, item
	Item       Item
	Open       func(fileID string) (io.ReadCloser, error) // nil where there are no files
}
