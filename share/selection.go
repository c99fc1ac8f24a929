package share

import (
	"slices"
	"strings"

	"itemshare/fault"
	"itemshare/vault"
)

// The parts of an item that a request includes by a name. A field is included by its id, a file by
// "file:" and its id. A field whose id could be mistaken for one of these has "field:" before it.
const (
	PartNotes    = "notes"
	PartWebsites = "websites"
	PartTags     = "tags"

	filePrefix  = "file:"
	fieldPrefix = "field:"
)

// FieldName returns the name that includes a field.
func FieldName(id string) string {
	switch {
	case id == PartNotes, id == PartWebsites, id == PartTags,
		strings.HasPrefix(id, filePrefix), strings.HasPrefix(id, fieldPrefix):
		return fieldPrefix + id
	}
	return id
}

// FileName returns the name that includes a file.
func FileName(id string) string { return filePrefix + id }

// selection is which parts of an item are shared. Either include names them, or all are but omit,
// one-time passwords and files.
type selection struct {
	chosen  bool
	include []string

	omit  []string // ids of fields
	totp  bool
	files bool
}

// field reports whether a field is shared: a one-time-password seed only on request.
func (s selection) field(f vault.Field) bool {
	if s.chosen {
		return slices.Contains(s.include, FieldName(f.ID))
	}
	return !slices.Contains(s.omit, f.ID) && (s.totp || f.Type != vault.FieldTOTP)
}

// part reports whether the notes, the websites or the tags are shared.
func (s selection) part(name string) bool { return !s.chosen || slices.Contains(s.include, name) }

// filesOf returns the files that are shared.
func (s selection) filesOf(item vault.Item) []vault.File {
	if !s.chosen && s.files {
		return item.Files
	}
	var all []vault.File
	for _, f := range item.Files {
		if s.chosen && slices.Contains(s.include, FileName(f.ID)) {
			all = append(all, f)
		}
	}
	return all
}

// names returns the names of what is shared of an item.
func (s selection) names(item vault.Item) (names []string) {
	for _, f := range item.Fields {
		if s.field(f) {
			names = append(names, FieldName(f.ID))
		}
	}
	for name, there := range partsOf(item) {
		if there && s.part(name) {
			names = append(names, name)
		}
	}
	for _, f := range s.filesOf(item) {
		names = append(names, FileName(f.ID))
	}
	slices.Sort(names)
	return names
}

// partsOf returns which parts beside fields and files an item has.
func partsOf(item vault.Item) map[string]bool {
	return map[string]bool{
		PartNotes: item.Notes != "", PartWebsites: len(item.Websites) > 0,
		PartTags: len(item.Tags) > 0,
	}
}

// problems returns a problem if a part that was named is not in the item: a mistyped id would share
// what should be left out, or leave out what should be shared.
func (s selection) problems(item vault.Item) []fault.Problem {
	if s.chosen {
		whole := selection{totp: true, files: true}.names(item)
		for _, name := range s.include {
			_, isPart := partsOf(item)[name]
			if !isPart && !slices.Contains(whole, name) {
				return []fault.Problem{{
					Code: fault.CodeInvalid, Field: "include",
					Detail: "Something you included is no longer in this item. Check what's included.",
				}}
			}
		}
		return nil
	}
	for _, id := range s.omit {
		if !slices.ContainsFunc(item.Fields, func(f vault.Field) bool { return f.ID == id }) {
			return []fault.Problem{{
				Code: fault.CodeInvalid, Field: "omit",
				Detail: "A field to leave out is no longer in this item. Reload the page and choose again.",
			}}
		}
	}
	return nil
}

// selection returns the parts that a request selects.
func (r Request) selection() selection {
	if r.Chosen {
		return selection{chosen: true, include: r.Include}
	}
	return selection{omit: r.Omit, totp: r.TOTP, files: r.Files}
}

// Choose returns the request with the names of what it includes of an item, in place of Omit, TOTP
// and Files. Names of what is no longer in the item stay out.
func (r Request) Choose(item vault.Item) Request {
	r.Include = r.selection().names(item)
	r.Chosen, r.Omit, r.TOTP, r.Files = true, nil, false, false
	return r
}

// DefaultInclude returns the names of what the share form includes at first: everything but
// one-time passwords and tags, and of files those of a document, where the policy allows them.
func (e Effective) DefaultInclude(item vault.Item) []string {
	parts := selection{files: item.Category == vault.Document}
	return slices.DeleteFunc(parts.names(item), func(name string) bool {
		id, isFile := strings.CutPrefix(name, filePrefix)
		return name == PartTags || isFile && e.fileReason(item, id) != ""
	})
}

func (e Effective) fileReason(item vault.Item, id string) string {
	for _, f := range item.Files {
		if f.ID == id {
			return e.FilesReason([]vault.File{f}, false)
		}
	}
	return ""
}
