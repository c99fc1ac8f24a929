package local

// The rows that a store holds of the embedded vault: ids, numbers and sealed bytes.

// SealedVault is a vault. Source is its origin, nil unless an import created it. Changed is
// the store's change counter at the last change within it.
type SealedVault struct {
	ID      string
	Name    []byte
	Source  []byte
	Changed int64
}

// SealedItem is one version of an item. Body is nil where only the overview was
// asked for.
type SealedItem struct {
	VaultID  string
	ID       string
	Version  uint32
	Overview []byte
	Body     []byte
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
	Items       int           // items that were staged: a stage swept meanwhile has fewer
	Vaults      []SealedVault // new vaults
	VaultCount  int           // vaults when the new names were chosen: sealed, the store can't compare them
	Unchanged   []SealedVault // vaults that must still be as they were read: ID and Changed
	DropItems   []SealedItem  // items that are removed with their files: VaultID and ID
	DropFiles   []string      // ids of files that no item has any more
	Owners      []string      // ids of users
	OwnedVaults []string      // ids of vaults
	Import      string        // id of the import that this finishes; one that was canceled is fault.Conflict
}
