package share

import (
	"cmp"

	"itemshare/vault"
)

// Included is what a share includes, with the names that people see: part of the history. The zero
// value is of a share whose history was erased, or that was created before this was stored.
type Included struct {
	Fields []Part   `json:"fields,omitempty"` // the first maxParts
	More   int      `json:"more,omitempty"`   // fields that Fields leaves out
	Files  []Part   `json:"files,omitempty"`
	Parts  []string `json:"parts,omitempty"` // PartNotes, PartWebsites, PartTags
	Of     Counts   `json:"of"`              // what the item had
}

const (
	maxParts    = 500 // fields that the history names
	maxPartName = 100 // characters of a name in the history
)

// Part is a field or a file of an item.
type Part struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	TOTP bool   `json:"totp,omitempty"`
}

// included returns what a selection includes of an item.
func (s selection) included(item vault.Item) Included {
	parts := partsOf(item)
	in := Included{Of: Counts{
		Files: len(item.Files), Notes: parts[PartNotes], Websites: parts[PartWebsites],
	}}
	for _, f := range item.Fields {
		isTOTP := f.Type == vault.FieldTOTP
		if isTOTP {
			in.Of.TOTPs++
		} else {
			in.Of.Fields++
		}
		switch {
		case !s.field(f):
		case len(in.Fields) == maxParts:
			in.More++
		default:
			in.Fields = append(in.Fields, Part{f.ID, partName(cmp.Or(f.Title, f.ID)), isTOTP})
		}
	}
	for _, f := range s.filesOf(item) {
		in.Files = append(in.Files, Part{ID: f.ID, Name: partName(f.Name)})
	}
	for _, name := range []string{PartNotes, PartWebsites, PartTags} {
		if parts[name] && s.part(name) {
			in.Parts = append(in.Parts, name)
		}
	}
	return in
}

func partName(name string) string {
	if runes := []rune(name); len(runes) > maxPartName {
		return string(runes[:maxPartName]) + "…"
	}
	return name
}

// Names returns the names that people know what is included by: of fields, then of other parts, then
// of files.
func (in Included) Names() (names []string) {
	for _, f := range in.Fields {
		names = append(names, f.Name)
	}
	for _, part := range in.Parts {
		names = append(names, capital(part))
	}
	for _, f := range in.Files {
		names = append(names, f.Name)
	}
	return names
}

// names returns the names that include the same again.
func (in Included) names() (names []string) {
	for _, f := range in.Fields {
		names = append(names, FieldName(f.ID))
	}
	for _, f := range in.Files {
		names = append(names, FileName(f.ID))
	}
	return append(names, in.Parts...)
}

// Extent returns how much is included.
func (in Included) Extent() Extent {
	e := Extent{Fields: len(in.Fields) + in.More, Files: len(in.Files), Of: in.Of}
	for _, f := range in.Fields {
		if f.TOTP {
			e.Fields, e.TOTPs = e.Fields-1, e.TOTPs+1
		}
	}
	for _, part := range in.Parts {
		switch part {
		case PartNotes:
			e.Notes = true
		case PartWebsites:
			e.Websites = true
		case PartTags:
			e.Tags = true
		}
	}
	return e
}

// Words says what is included, as those of its extent do.
func (in Included) Words() string { return in.Extent().Words() }
