package importer

import (
	"cmp"
	"maps"
	"slices"
)

// Finding is a part of an export that was not imported as it stands there. Titles and names are the
// export's own and belong on no log.
type Finding struct {
	What    What   `json:"what"`
	Problem bool   `json:"problem"` // the export holds something wrong, not only something without a place here
	Vault   string `json:"vault,omitempty"`
	Item    string `json:"item,omitempty"`
	Field   string `json:"field,omitempty"` // a field's title, or its name in the export
	Detail  string `json:"detail"`          // a sentence
	Count   int    `json:"count,omitempty"` // values that it stands for, if several
}

// What is what a finding is about.
type What string

// What findings are about.
const (
	BadValue         What = "value"
	BadText          What = "text"
	BadItem          What = "item"
	BadFile          What = "file"
	UnknownCategory  What = "category"
	UnknownType      What = "field_type"
	UnknownState     What = "state"
	UnknownDetail    What = "detail"
	LinkedItem       What = "linked_item"
	Favorite         What = "favorite"
	ArchivedItem     What = "archived"
	DeletedItem      What = "trashed"
	PasswordHistory  What = "password_history"
	Passkey          What = "passkey"
	VaultDescription What = "vault_description"
	LeftOutColumn    What = "column"
)

// Report accounts for all of an export: each of its entries, items and values was imported, is named in
// a finding, or is counted by its name among Settings.
type Report struct {
	Findings []Finding      `json:"findings"`
	Totals   map[What]int   `json:"totals"`   // of all findings, also those beyond the longest list
	Problems int            `json:"problems"` // findings that are problems
	Settings map[string]int `json:"settings"` // values without a place here, by their name in the export
	Unused   []string       `json:"unused"`   // entries of the archive that nothing refers to
	Balance  Balance        `json:"balance"`
}

// Balance counts what is in an export, and what of it was imported.
type Balance struct {
	Entries      int   `json:"entries"` // of the archive, without folders
	EntriesTaken int   `json:"entries_taken"`
	Bytes        int64 `json:"bytes"` // of the entries
	BytesTaken   int64 `json:"bytes_taken"`
	Items        int   `json:"items"`
	ItemsTaken   int   `json:"items_taken"`
	Values       int   `json:"values"` // texts and numbers of the items that were imported
	ValuesTaken  int   `json:"values_taken"`
	ValuesNamed  int   `json:"values_named"` // in findings
}

// The longest lists of a report. What is beyond them is counted.
const (
	maxFindings = 5000
	maxSettings = 500
	otherNames  = "(other names)"
)

func newReport() *Report {
	return &Report{
		Totals:   map[What]int{},
		Settings: map[string]int{},
		Findings: []Finding{},
		Unused:   []string{},
	}
}

func (r *Report) add(f Finding) {
	r.Totals[f.What]++
	if f.Problem {
		r.Problems++
	}
	if len(r.Findings) < maxFindings {
		f.Vault, f.Item, f.Field = shortened(f.Vault), shortened(f.Item), shortened(f.Field)
		r.Findings = append(r.Findings, f)
	}
}

// setting counts a value that has no place here.
func (r *Report) setting(name string) {
	if _, ok := r.Settings[name]; !ok && len(r.Settings) >= maxSettings {
		name = otherNames
	}
	r.Settings[name]++
}

// SettingNames returns the names of the settings, the most frequent first.
func (r *Report) SettingNames() []string {
	return slices.SortedFunc(maps.Keys(r.Settings), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.Settings[b], r.Settings[a]), cmp.Compare(a, b))
	})
}

// shortened cuts a name of the export for the report.
func shortened(name string) string {
	const most = 120
	letters := []rune(name[:min(len(name), 4*most)])
	return string(letters[:min(len(letters), most)])
}
