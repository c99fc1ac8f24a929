package views

import (
	"time"

	"itemshare/vault"
)

// ItemConflictProps are the values of the page for a person whose item was changed by somebody else in
// the meantime. Form is what they typed; its version is the one that stands now.
type ItemConflictProps struct {
	Shell Shell
	Item  ItemRef
	Form  ItemForm
	Parts []ConflictPart
	By    string // who saved the other version, "" where nobody knows
	Own   bool   // it was the person themselves
	At    time.Time
}

// ConflictPart is a part that the two versions have differently. Take says that the other version's
// is chosen until the person decides otherwise: they have not changed it themselves.
type ConflictPart struct {
	vault.Difference
	Take bool
}

// VersionsProps are the values of the list of an item's versions, newest first.
type VersionsProps struct {
	Shell    Shell
	Item     ItemRef
	Versions []VersionRow
	Older    uint32 // the version that the next page begins with, 0 on the last
	First    bool   // this is the first page
}

// VersionRow is one version. Changed names what it has differently from the one before.
type VersionRow struct {
	vault.Version
	ByName  string // "" where nobody knows
	Changed string
	Current bool
}

// VersionProps are the values of the page of an earlier version. Differences lead from it to the
// current one. Concealed values are not among them.
type VersionProps struct {
	Shell       Shell
	Item        ItemRef
	Row         VersionRow
	View        ItemView
	Differences []vault.Difference
	MayRestore  bool
}

// concealed hides the values of what is concealed.
func concealed(d vault.Difference) vault.Difference {
	if d.Concealed {
		d.Before, d.After = hiddenWords(d.Before), hiddenWords(d.After)
	}
	return d
}

func hiddenWords(value string) string {
	if value == "" {
		return ""
	}
	return "••••••••••"
}

// byWords names who saved a version.
func byWords(name string) string {
	if name == "" {
		return ""
	}
	return " by " + name
}
