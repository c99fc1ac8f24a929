package vault

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed templates.txt
var templatesText string

// templates returns what templates.txt says. Nothing modifies it.
var templates = sync.OnceValue(func() map[Category]template {
	return parseTemplates(templatesText)
})

// template is what a category usually has. Choices are the values that a menu offers, by field ID.
type template struct {
	sections []Section
	fields   []Field
	choices  map[string][]string
}

func parseTemplates(text string) map[Category]template {
	all := map[Category]template{}
	var category Category
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		indented, ok := strings.CutPrefix(line, "\t")
		t := all[category]
		switch {
		case line == "" || line[0] == '#':
			continue
		case !ok:
			category, section = Category(line), ""
			t = template{choices: map[string][]string{}}
		case indented[0] == '[':
			id, title, _ := strings.Cut(indented[1:], "] ")
			section = id
			t.sections = append(t.sections, Section{ID: id, Title: title})
		default:
			parts := strings.Split(indented, " | ")
			t.fields = append(t.fields, Field{
				ID: parts[0], Title: parts[1], SectionID: section, Type: FieldType(parts[2]),
			})
			if len(parts) > 3 {
				t.choices[parts[0]] = strings.Split(parts[3], ", ")
			}
		}
		all[category] = t
	}
	return all
}

// Template returns a new item of a category with its usual sections and fields, all empty. Logins and
// passwords have an empty website. An unknown category has no fields.
func Template(category Category) Item {
	item := Item{Category: category}
	if category == Login || category == Password {
		item.Websites = []Website{{Label: "website"}}
	}
	return WithTemplate(item)
}

// WithTemplate returns an item with those usual sections and fields of its category that it lacks, all
// empty. A field that has the ID or the label of a usual one takes its place.
func WithTemplate(item Item) Item {
	t := templates()[item.Category]
	item.Sections, item.Fields = slices.Clone(item.Sections), slices.Clone(item.Fields)
	sections := map[string]string{"": ""} // the item's, by the template's
	for _, s := range t.sections {
		at := slices.IndexFunc(item.Sections, func(own Section) bool {
			return own.ID == s.ID || strings.EqualFold(own.Title, s.Title)
		})
		if at < 0 {
			at = len(item.Sections)
			item.Sections = append(item.Sections, s)
		}
		sections[s.ID] = item.Sections[at].ID
	}
	for _, f := range t.fields {
		if !slices.ContainsFunc(item.Fields, func(own Field) bool { return isSameField(own, f) }) {
			f.SectionID = sections[f.SectionID]
			item.Fields = append(item.Fields, f)
		}
	}
	return item
}

// isSameField reports whether an item's field is the one of a template. A one-time password is, whatever
// its label.
func isSameField(own, usual Field) bool {
	return own.ID == usual.ID || own.Type == usual.Type &&
		(strings.EqualFold(own.Title, usual.Title) || usual.Type == FieldTOTP)
}

// Choices returns the values that a category's form offers for a field, nil for a field without any.
// A value that is none of them is allowed too.
func Choices(category Category, fieldID string) []string {
	return slices.Clone(templates()[category].choices[fieldID])
}
