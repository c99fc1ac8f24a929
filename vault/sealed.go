package vault

// The rows of an embedded vault as a store keeps them: names and numbers, and
// bytes it cannot read.

// SealedVault is a vault. Changed is the store's change counter at the last
// change within it.
type SealedVault struct {
	ID      string
	Name    []byte
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

// Going is what goes live together with a stage. Each owner gets view and share
// on each of the vaults owned.
type Going struct {
	Items     int           // as many were staged: a stage that was swept meanwhile holds fewer
	Vaults    []SealedVault // new ones
	Known     int           // as many vaults there were when the new ones were named: names are sealed, so the store cannot compare them
	Unchanged []SealedVault // what was decided rests on these as they were: ID and Changed
	DropFiles []string      // ids of files that no item has any more
	Owners    []string      // ids of users
	Owned     []string      // ids of vaults
}
