package share

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

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
	totpNoun    = "one-time password"
	maxPartName = 100 // characters of a name in the history
)

// Part is a field or a file of an item.
type Part struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	TOTP bool   `json:"totp,omitempty"`
}

// Counts are the numbers of an item's parts.
type Counts struct {
	Fields   int  `json:"fields,omitempty"` // without one-time passwords
	TOTPs    int  `json:"totps,omitempty"`
	Files    int  `json:"files,omitempty"`
	Notes    bool `json:"notes,omitempty"`
	Websites bool `json:"websites,omitempty"`
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

// Known reports whether it is known what a share included.
func (in Included) Known() bool {
	return in.Of != Counts{} || len(in.Fields)+len(in.Files)+len(in.Parts) > 0
}

// Words says what is included, and what of the item isn't: "4 of 5 fields, 2 files, one-time
// password not included". It is "" where that isn't known.
func (in Included) Words() string {
	return in.joined(in.phrases(func(totps string) string { return totps + " not included" }))
}

// Line says the same beside a heading: "4 of 5 fields, 2 files, no one-time password".
func (in Included) Line() string {
	return in.joined(in.phrases(func(totps string) string { return "no " + totps }))
}

func (in Included) joined(phrases []string) string {
	switch {
	case len(phrases) > 0:
		return capital(strings.Join(phrases, ", "))
	case in.Known():
		return "Only the title"
	}
	return ""
}

// phrases returns in a few words each what is included, then what isn't of that which usually is, or
// which people expect. Notes and websites are included unless said otherwise, tags are not.
func (in Included) phrases(withoutTOTPs func(words string) string) []string {
	totps := 0
	for _, f := range in.Fields {
		if f.TOTP {
			totps++
		}
	}
	var with, without []string
	no := func(words string) string { return "no " + words }
	for _, group := range []struct {
		n, of int
		noun  string
		no    func(string) string
	}{
		{len(in.Fields) - totps + in.More, in.Of.Fields, "field", no},
		{len(in.Files), in.Of.Files, "file", no},
		{totps, in.Of.TOTPs, totpNoun, withoutTOTPs},
	} {
		switch words := partWords(group.n, group.of, group.noun); {
		case group.of == 0:
		case group.n == 0:
			without = append(without, group.no(words))
		default:
			with = append(with, words)
		}
	}
	if slices.Contains(in.Parts, PartTags) {
		with = append(with, PartTags)
	}
	for _, part := range []struct {
		name  string
		there bool
	}{{PartNotes, in.Of.Notes}, {PartWebsites, in.Of.Websites}} {
		if part.there && !slices.Contains(in.Parts, part.name) {
			without = append(without, no(part.name))
		}
	}
	return append(with, without...)
}

// partWords counts some parts of an item: "4 of 5 fields", "2 files", "one-time password".
func partWords(n, of int, noun string) string {
	isTOTP := noun == totpNoun
	switch {
	case n == 0 && of == 1, isTOTP && of == 1:
		return noun
	case n == 0:
		return noun + "s"
	case n == of:
		return count(n, noun)
	}
	return strconv.Itoa(n) + " of " + count(of, noun)
}
