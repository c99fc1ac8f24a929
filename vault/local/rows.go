package local

// The rows that a store holds of the embedded vault: ids, numbers and sealed bytes.

// SealedVault is a vault. Source is its origin, nil unless an import created it. Changed is
// the store's change counter at the last change within it, Removed at the last time that an item left it.
// ArchivedAt is in Unix seconds, 0 for a vault that is not archived.
type SealedVault struct {
	ID         string
	Name       []byte
	Source     []byte
	Changed    int64
	Removed    int64
	ArchivedAt int64
}

// SealedItem is one version of an item. Body is nil where only the overview was
// asked for. Base is the version that the item must have when a staged one goes live, 0 for a new
// item. ArchivedAt is in Unix seconds, 0 for an item that is not archived.
type SealedItem struct {
	VaultID    string
	ID         string
	Version    uint32
	Base       uint32
	ArchivedAt int64
	Overview   []byte
	Body       []byte
}

// DroppedItem is an item that is erased with its files and versions. It must still have the version,
// unless that is 0, and be archived where Archived is set. MovedTo is the vault where it is from now
// on, "" for none: its shares follow it there.
type DroppedItem struct {
	VaultID  string
	ID       string
	Version  uint32
	Archived bool
	MovedTo  string
}

// GoneFile is a file that an item's versions from Version on do not have any more. 0 means that the
// item has it again.
type GoneFile struct {
	ID      string
	Version uint32
}

// SealedFile names a file that belongs to an item; its chunks are kept apart.
type SealedFile struct {
	VaultID string
	ItemID  string
	ID      string
}

// Changes goes live together with a stage. Each of Owners gets every right on
// each of OwnedVaults.
type Changes struct {
	By          string         // the user who must still be allowed to do this, "" for the command line
	Items       int            // items that were staged: a stage swept meanwhile has fewer
	Files       int            // files that were staged
	Vaults      []SealedVault  // new vaults
	VaultCount  int            // vaults when the new names were chosen: sealed, the store can't compare them
	Unchanged   []SealedVault  // vaults that must still be as they were read: ID and Changed
	Archived    []ArchivedItem // of the staged ones, those that are archived from the start
	DropItems   []DroppedItem
	GoneFiles   []GoneFile
	Owners      []string // ids of users
	OwnedVaults []string // ids of vaults
	Import      FinishedImport
}

// ArchivedItem names an item that is archived from the start. At is in Unix seconds.
type ArchivedItem struct {
	VaultID, ItemID string
	At              int64
}

// FinishedImport is a running import that is done together with its items. One that was canceled
// meanwhile is fault.NotFound. Its zero value is none.
type FinishedImport struct {
	ID     string
	Sealed []byte // the import as it is then
}
