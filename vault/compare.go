package vault

import (
	"fmt"
	"slices"
	"strings"
)

// Difference is one thing in which two versions of an item differ. Key names it in both: "title",
// "category", "notes", "tags", "websites", "sections", "order", "field.ID" or "file.ID". Name is for
// people. Before and After are the values as text: lines for lists, and "" for what a version does
// not have. Concealed values must not be shown before someone reveals them.
type Difference struct {
	Key       string
	Name      string
	Before    string
	After     string
	Added     bool // the version before does not have it
	Removed   bool // the version after does not have it
	Concealed bool
}

// Compare returns the differences between two versions of an item, in the order of the item's page.
// IDs, vaults, versions and times do not count.
func Compare(before, after Item) []Difference {
	var all []Difference
	add := func(d Difference) {
		if d.Before != d.After || d.Added || d.Removed {
			all = append(all, d)
		}
	}
	add(Difference{Key: "title", Name: "Title", Before: before.Title, After: after.Title})
	add(Difference{
		Key: "category", Name: "Category",
		Before: string(before.Category), After: string(after.Category),
	})
	all = append(all, compareFields(before, after)...)
	add(Difference{
		Key: "sections", Name: "Sections", Before: sectionLines(before), After: sectionLines(after),
	})
	if was, is := common(before, after), common(after, before); !slices.EqualFunc(was, is, sameID) {
		all = append(all, Difference{
			Key: "order", Name: "Order of fields", Before: fieldNames(was), After: fieldNames(is),
		})
	}
	add(Difference{
		Key: "websites", Name: "Websites",
		Before: websiteLines(before), After: websiteLines(after),
	})
	add(Difference{Key: "notes", Name: "Notes", Before: before.Notes, After: after.Notes})
	add(Difference{
		Key: "tags", Name: "Tags",
		Before: strings.Join(before.Tags, "\n"), After: strings.Join(after.Tags, "\n"),
	})
	return append(all, compareFiles(before.Files, after.Files)...)
}

// SameContent reports whether two versions of an item have the same content. IDs, vaults, versions
// and times do not count, and of files only the ID.
func SameContent(a, b Item) bool {
	return a.Title == b.Title && a.Category == b.Category && a.Notes == b.Notes &&
		slices.Equal(a.Tags, b.Tags) && slices.Equal(a.Websites, b.Websites) &&
		slices.Equal(a.Sections, b.Sections) && slices.Equal(a.Fields, b.Fields) &&
		slices.EqualFunc(a.Files, b.Files, func(a, b File) bool { return a.ID == b.ID })
}

// compareFields compares fields by their IDs: label, type, section and value.
func compareFields(before, after Item) []Difference {
	var all []Difference
	earlier := map[string]Field{}
	for _, f := range before.Fields {
		earlier[f.ID] = f
	}
	later := map[string]bool{}
	for _, f := range after.Fields {
		later[f.ID] = true
		was, ok := earlier[f.ID]
		if ok && was == f {
			continue
		}
		all = append(all, Difference{
			Key: "field." + f.ID, Name: f.Name(), Before: was.Value, After: f.Value, Added: !ok,
			Concealed: f.Type.Concealed() || ok && was.Type.Concealed(),
		})
	}
	for _, f := range before.Fields {
		if !later[f.ID] {
			all = append(all, Difference{
				Key: "field." + f.ID, Name: f.Name(), Before: f.Value, Removed: true,
				Concealed: f.Type.Concealed(),
			})
		}
	}
	return all
}

// Name returns the field's label, or what stands for an empty one.
func (f Field) Name() string {
	if name := strings.TrimSpace(f.Title); name != "" {
		return name
	}
	return "Field without a label"
}

// common returns the fields that both items have, in the order of the first.
func common(item, other Item) (fields []Field) {
	for _, f := range item.Fields {
		if slices.ContainsFunc(other.Fields, func(o Field) bool { return sameID(f, o) }) {
			fields = append(fields, f)
		}
	}
	return fields
}

func sameID(a, b Field) bool { return a.ID == b.ID }

// fieldNames returns the names of fields, a line each.
func fieldNames(fields []Field) string {
	lines := make([]string, len(fields))
	for i, f := range fields {
		lines[i] = f.Name()
	}
	return strings.Join(lines, "\n")
}

func sectionLines(item Item) string {
	lines := make([]string, len(item.Sections))
	for i, s := range item.Sections {
		lines[i] = s.Title
	}
	return strings.Join(lines, "\n")
}

func websiteLines(item Item) string {
	lines := make([]string, len(item.Websites))
	for i, w := range item.Websites {
		lines[i] = strings.TrimSpace(w.Label + " " + w.URL)
	}
	return strings.Join(lines, "\n")
}

func compareFiles(before, after []File) []Difference {
	var all []Difference
	has := func(files []File, id string) bool {
		return slices.ContainsFunc(files, func(f File) bool { return f.ID == id })
	}
	for _, f := range after {
		if !has(before, f.ID) {
			all = append(
				all,
				Difference{Key: "file." + f.ID, Name: f.Name, After: f.Name, Added: true},
			)
		}
	}
	for _, f := range before {
		if !has(after, f.ID) {
			all = append(
				all, Difference{Key: "file." + f.ID, Name: f.Name, Before: f.Name, Removed: true},
			)
		}
	}
	return all
}

// Names returns the names of differences for one line, the first ten of them.
func Names(differences []Difference) string {
	const most = 10
	var names []string
	for _, d := range differences[:min(len(differences), most)] {
		names = append(names, d.Name)
	}
	if n := len(differences) - most; n > 0 {
		names = append(names, fmt.Sprintf("%d more", n))
	}
	return strings.Join(names, ", ")
}
