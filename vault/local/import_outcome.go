package local

import (
	"bytes"

	"itemshare/vault"
)

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

// Act is what an import does with an entry.
type Act string

// What an import does.
const (
	Added     Act = "added"
	Updated   Act = "updated"
	Unchanged Act = "unchanged" // imported before, and the same since
	Skipped   Act = "skipped"   // a duplicate
	LeftOut   Act = "left_out"  // can't be imported
)

// Match is how an item of the vault is known to be an entry's.
type Match string

// How items are known.
const (
	NoMatch   Match = ""
	BySource  Match = "source" // an earlier import brought it from the same place
	ByContent Match = "look"   // the same title, user name and site
)

// Outcome is what an import does with one entry. Vault is the title of the vault that it comes to, and
// VaultID its id, "" for one that a dry run would create. Detail says why an entry is left out.
type Outcome struct {
	Number      int            `json:"entry"`
	Title       string         `json:"title"`
	Category    vault.Category `json:"category,omitempty"`
	SourceVault string         `json:"source_vault,omitempty"`
	Vault       string         `json:"vault,omitempty"`
	VaultID     string         `json:"vault_id,omitempty"`
	Did         Act            `json:"outcome"`
	Like        Match          `json:"duplicate,omitempty"`
	LikeID      string         `json:"duplicate_of,omitempty"` // an item's id
	Detail      string         `json:"detail,omitempty"`
	Remarks     []vault.Remark `json:"remarks,omitempty"`
}

// decide returns what becomes of an entry that earlier is the same as, if anything.
func (r *importRun) decide(number int, earlier earlierItem, digest []byte) Act {
	decision := r.in.Duplicates
	if r.in.Decide != nil {
		if single := r.in.Decide(number); single != UsualDuplicates {
			decision = single
		}
	}
	switch {
	case earlier.match == NoMatch:
		return Added
	case bytes.Equal(earlier.digest, digest):
		return Unchanged
	case decision == KeepDuplicates:
		return Added
	case decision == SkipDuplicates, decision == UsualDuplicates && earlier.match == ByContent:
		return Skipped
	}
	return Updated
}
