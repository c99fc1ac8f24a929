package vault

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"iter"
	"strings"
)

// Limits of one item.
const (
	MaxItemBytes = 2 << 20   // all of its text, as JSON, without files
	MaxFileBytes = 100 << 20 // one file
)

// ImportedItem is an entry of an export, read as an item. Its Item has no ID, vault and version yet;
// Open accepts the IDs of its files. LeftOut is a sentence that says why an entry can't be imported, ""
// for one that can: only its title and its remarks count then.
type ImportedItem struct {
	Number     int    // of the entry in the export, from 1
	VaultTitle string // of the vault in the export
	Origin     Origin
	Item       Item
	Open       func(fileID string) (io.ReadCloser, error) // nil without files
	Archived   bool                                       // where it comes from; added as an archived item
	LeftOut    string
	Remarks    []Remark
}

// Remark is a part of an entry that was not imported as it stands in the export. Detail is a sentence.
type Remark struct {
	Field   string `json:"field,omitempty"`
	Detail  string `json:"detail"`
	Problem bool   `json:"problem,omitempty"`
}

// Origin names an item where it comes from, by IDs that are the same in each export. "" stands for an
// ID that the export doesn't give.
type Origin struct{ Account, Vault, Item string }

// NamesVault reports whether the origin tells the item's vault from all others. Vault IDs count only
// together with an account ID, since nothing else keeps those of two people apart.
func (o Origin) NamesVault() bool { return o.Account != "" && o.Vault != "" }

// NamesItem reports whether the origin tells the item from all others.
func (o Origin) NamesItem() bool { return o.Account != "" && o.Item != "" }

// ImportSource is a vault of an export, with how many of its entries can be imported. The ID tells it from
// the others of the export, and is the same whenever the export is read.
type ImportSource struct {
	ID, Title string
	Entries   int
}

// Source returns the vault of the export that an entry is in.
func (i ImportedItem) Source() ImportSource {
	title := cmp.Or(strings.TrimSpace(i.VaultTitle), "Imported")
	parts := []string{i.Origin.Account, i.Origin.Vault}
	if !i.Origin.NamesVault() {
		parts = append(parts, title)
	}
	framed, err := json.Marshal(parts)
	if err != nil {
		panic("vault: strings are always JSON: " + err.Error())
	}
	sum := sha256.Sum256(framed)
	return ImportSource{ID: hex.EncodeToString(sum[:8]), Title: title}
}

// ImportedItems returns a sequence of items in memory, for Import.
func ImportedItems(items ...ImportedItem) iter.Seq2[ImportedItem, error] {
	return func(yield func(ImportedItem, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}
