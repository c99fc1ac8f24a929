package vault

// Duplicates says what becomes of an entry that its vault has already.
type Duplicates string

// What becomes of duplicates. Usually an item that is known by its source is updated if that has
// changed, and one that only looks the same is skipped. An item whose source has not changed always
// stays as it is.
const (
	UsualDuplicates  Duplicates = ""
	SkipDuplicates   Duplicates = "skip"
	UpdateDuplicates Duplicates = "update"
	KeepDuplicates   Duplicates = "keep" // both
)

// Valid reports whether d is one of the above.
func (d Duplicates) Valid() bool {
	switch d {
	case UsualDuplicates, SkipDuplicates, UpdateDuplicates, KeepDuplicates:
		return true
	}
	return false
}

// ImportAct is what an import does with an entry.
type ImportAct string

// What an import does.
const (
	ImportAdded     ImportAct = "added"
	ImportUpdated   ImportAct = "updated"
	ImportUnchanged ImportAct = "unchanged" // imported before, and the same since
	ImportSkipped   ImportAct = "skipped"   // a duplicate
	ImportLeftOut   ImportAct = "left_out"  // can't be imported
)

// ImportMatch is how an item of the vault is known to be an entry's.
type ImportMatch string

// How items are known.
const (
	NoMatch   ImportMatch = ""
	BySource  ImportMatch = "source" // an earlier import brought it from the same place
	ByContent ImportMatch = "look"   // the same title, user name and site
)

// ImportOutcome is what an import does with one entry. Vault is the title of the vault that it comes
// to, and VaultID its ID, "" for one that a dry run would create. Detail says why an entry is left out.
type ImportOutcome struct {
	Number      int         `json:"entry"`
	Title       string      `json:"title"`
	Category    Category    `json:"category,omitempty"`
	SourceVault string      `json:"source_vault,omitempty"`
	Vault       string      `json:"vault,omitempty"`
	VaultID     string      `json:"vault_id,omitempty"`
	Did         ImportAct   `json:"outcome"`
	Like        ImportMatch `json:"duplicate,omitempty"`
	LikeID      string      `json:"duplicate_of,omitempty"` // an item's id
	Detail      string      `json:"detail,omitempty"`
	Remarks     []Remark    `json:"remarks,omitempty"`
}
