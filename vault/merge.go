package vault

import (
	"slices"
	"strings"
)

// Merge returns mine with the named parts as theirs has them; a part that theirs doesn't have is
// removed. Both are versions of one item, and the keys are those of Compare. The result has the ID,
// vault, version and times of theirs.
func Merge(mine, theirs Item, keys []string) Item {
	merged := mine
	merged.ID, merged.VaultID, merged.Version = theirs.ID, theirs.VaultID, theirs.Version
	merged.CreatedAt, merged.UpdatedAt = theirs.CreatedAt, theirs.UpdatedAt
	merged.Fields = slices.Clone(mine.Fields)
	merged.Sections = slices.Clone(mine.Sections)
	merged.Files = slices.Clone(mine.Files)
	for _, key := range keys {
		merged.take(key, theirs)
	}
	// The order last: fields may have come from theirs since.
	if slices.Contains(keys, "order") {
		merged.takeOrder(theirs)
	}
	return merged
}

func (i *Item) take(key string, theirs Item) {
	switch key {
	case "title":
		i.Title = theirs.Title
	case "category":
		i.Category = theirs.Category
	case "notes":
		i.Notes = theirs.Notes
	case "tags":
		i.Tags = theirs.Tags
	case "websites":
		i.Websites = theirs.Websites
	case "sections":
		i.takeSections(theirs)
	default:
		if id, ok := strings.CutPrefix(key, "field."); ok {
			i.takeField(id, theirs)
		} else if id, ok := strings.CutPrefix(key, "file."); ok {
			i.takeFile(id, theirs)
		}
	}
}

// takeSections takes the other version's sections, and keeps those that still have fields.
func (i *Item) takeSections(theirs Item) {
	sections := slices.Clone(theirs.Sections)
	for _, s := range i.Sections {
		used := slices.ContainsFunc(i.Fields, func(f Field) bool { return f.SectionID == s.ID })
		if used && !hasSection(sections, s.ID) {
			sections = append(sections, s)
		}
	}
	i.Sections = sections
	for n, f := range i.Fields {
		if !hasSection(sections, f.SectionID) {
			i.Fields[n].SectionID = ""
		}
	}
}

func hasSection(sections []Section, id string) bool {
	return slices.ContainsFunc(sections, func(s Section) bool { return s.ID == id })
}

// takeField puts the other version's field where this item has it, or at the end, and its section
// with it.
func (i *Item) takeField(id string, theirs Item) {
	is := func(f Field) bool { return f.ID == id }
	at, from := slices.IndexFunc(i.Fields, is), slices.IndexFunc(theirs.Fields, is)
	switch {
	case from < 0 && at < 0:
		return
	case from < 0:
		i.Fields = slices.Delete(i.Fields, at, at+1)
		return
	case at < 0:
		i.Fields = append(i.Fields, theirs.Fields[from])
	default:
		i.Fields[at] = theirs.Fields[from]
	}
	for _, s := range theirs.Sections {
		if s.ID == theirs.Fields[from].SectionID && !hasSection(i.Sections, s.ID) {
			i.Sections = append(i.Sections, s)
		}
	}
}

func (i *Item) takeFile(id string, theirs Item) {
	i.Files = slices.DeleteFunc(i.Files, func(f File) bool { return f.ID == id })
	for _, f := range theirs.Files {
		if f.ID == id {
			i.Files = append(i.Files, f)
		}
	}
}

// takeOrder puts the fields that both have into the other version's order; the others stay behind
// the field that they follow.
func (i *Item) takeOrder(theirs Item) {
	place := map[string]int{}
	for n, f := range theirs.Fields {
		place[f.ID] = n
	}
	last := -1
	at := make(map[string]int, len(i.Fields))
	for _, f := range i.Fields {
		if n, ok := place[f.ID]; ok {
			last = n
		}
		at[f.ID] = last
	}
	slices.SortStableFunc(i.Fields, func(a, b Field) int { return at[a.ID] - at[b.ID] })
}
