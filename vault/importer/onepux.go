package importer

import (
	"context"
	"strings"

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
// report, and for the items.
type onePUX struct {
	*data
	options Options
	byName  map[string]*archiveFile
	byID    map[string]*archiveFile // below files/, by document ID
	cost    int64                   // what reading files may cost
	places  map[[2]int]place        // by number of account and vault
	owners  map[int]string          // accounts' IDs by their number
	titles  map[itemKey]string      // of items, for references
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

func readOnePUX(
	ctx context.Context, files []*archiveFile, size int64, options Options,
) (*Archive, error) {
	x := &onePUX{
		options: options, cost: costFree + costRatio*size,
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
	var err error
	if x.data, err = newZipData(ctx, "1Password", x.byName["export.data"]); err != nil {
		return nil, err
	}
	archive, err := x.survey(files)
	return archive, x.plain(err)
}
