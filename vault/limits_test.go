package vault

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"itemshare/fault"
)

func TestCheckItem(t *testing.T) {
	many := func(n int) []Field {
		fields := make([]Field, n)
		for i := range fields {
			fields[i].ID = fmt.Sprint(i)
		}
		return fields
	}
	for _, c := range []struct {
		why   string
		item  Item
		field string // of the only problem, "" for none
	}{
		{"nothing but a title", Item{}, ""},
		{"the longest", Item{Title: strings.Repeat("漢", MaxTitle), Fields: many(MaxFields)}, ""},
		{"no title", Item{Title: " \n"}, "title"},
		{"a long title", Item{Title: strings.Repeat("漢", MaxTitle+1)}, "title"},
		{"a long category", Item{Category: Category(strings.Repeat("x", MaxTypeName+1))}, "category"},
		{"an unknown category", Item{Category: "Spaceship"}, ""},
		{"long notes", Item{Notes: strings.Repeat("x", MaxNotes+1)}, "notes"},
		{"a long tag", Item{Tags: []string{"a", strings.Repeat("x", MaxTag+1)}}, "tags"},
		{"many tags", Item{Tags: make([]string, MaxTags+1)}, "tags"},
		{"many websites", Item{Websites: make([]Website, MaxWebsites+1)}, "website"},
		{"a long address", Item{Websites: []Website{{}, {URL: strings.Repeat("x", MaxURL+1)}}}, "website.1.url"},
		{"a long label", Item{Websites: []Website{{Label: strings.Repeat("x", MaxLabel+1)}}}, "website.0.label"},
		{"many fields", Item{Fields: many(MaxFields + 1)}, "field"},
		{"one ID twice", Item{Fields: []Field{{ID: "a"}, {ID: "a"}}}, "field.1.id"},
		{"a long value", Item{Fields: []Field{{Value: strings.Repeat("x", MaxValue+1)}}}, "field.0.value"},
		{"a long field label", Item{Fields: []Field{{Title: strings.Repeat("x", MaxLabel+1)}}}, "field.0.title"},
		{"no such section", Item{Fields: []Field{{SectionID: "s"}}}, "field.0.section"},
		{"hostile texts", Item{Notes: "\x00\u202e<script>", Fields: []Field{{Value: "\x00", Type: "Spaceship"}}}, ""},
		{"a long section", Item{Sections: []Section{{Title: strings.Repeat("x", MaxLabel+1)}}}, "section.0.title"},
		{"one section twice", Item{Sections: []Section{{ID: "a"}, {ID: "a"}}}, "section.1.id"},
		{"many files", Item{Files: make([]File, MaxFilesPerItem+1)}, "file"},
	} {
		if c.item.Title == "" {
			c.item.Title = "x"
		}
		var fields []string
		for _, p := range fault.ProblemsOf(CheckItem(c.item)) {
			fields = append(fields, p.Field)
			if !strings.HasSuffix(p.Detail, ".") || p.Code != fault.CodeInvalid {
				t.Errorf("%s: %+v", c.why, p)
			}
		}
		if want := strings.Fields(c.field); !slices.Equal(fields, want) {
			t.Errorf("%s: %q, want %q", c.why, fields, want)
		}
	}
}

// TestCompare asserts that every change of an item is a difference under its own key.
func TestCompare(t *testing.T) {
	item := Item{
		Title: "T", Category: Login, Notes: "N", Tags: []string{"t"},
		Websites: []Website{{Label: "a b", URL: "c"}},
		Sections: []Section{{ID: "s", Title: "S"}},
		Files:    []File{{ID: "f", Name: "f.txt"}},
		Fields: []Field{
			{ID: "a", Title: "A", Type: FieldText, Value: "1"},
			{ID: "b", Title: "", Type: FieldConcealed, Value: "2"},
		},
	}
	for _, c := range []struct {
		change func(*Item)
		want   string // keys, names and what is concealed
	}{
		{func(i *Item) { i.ID, i.Version, i.VaultID = "x", 7, "v" }, ""},
		{func(i *Item) { i.Title = "U" }, "title Title"},
		{func(i *Item) { i.Category = Server }, "category Category"},
		{func(i *Item) { i.Notes = "" }, "notes Notes"},
		{func(i *Item) { i.Tags = nil }, "tags Tags"},
		{func(i *Item) { i.Websites = nil }, "websites Websites"},
		{func(i *Item) { i.Sections = []Section{{ID: "s", Title: "Z"}} }, "sections Sections"},
		{func(i *Item) { i.Files = nil }, "file.f f.txt removed"},
		{func(i *Item) { i.Files = append(i.Files, File{ID: "g", Name: "g"}) }, "file.g g added"},
		{func(i *Item) { i.Fields[0].Value = "3" }, "field.a A"},
		{func(i *Item) { i.Fields[0].Type = FieldConcealed }, "field.a A concealed"},
		{func(i *Item) { i.Fields[1].Type = FieldText }, "field.b Field without a label concealed"},
		{func(i *Item) { i.Fields[0].SectionID = "s" }, "field.a A"},
		{func(i *Item) { i.Fields = i.Fields[:1] }, "field.b Field without a label removed concealed"},
		{func(i *Item) { i.Fields = append(i.Fields, Field{ID: "c", Title: "C"}) }, "field.c C added"},
		{func(i *Item) { slices.Reverse(i.Fields) }, "order Order of fields"},
		// The same words, apart in another place.
		{func(i *Item) { i.Websites = []Website{{Label: "a", URL: "b c"}} }, "?"},
	} {
		changed := item
		changed.Fields, changed.Websites = slices.Clone(item.Fields), slices.Clone(item.Websites)
		c.change(&changed)
		var got []string
		for _, d := range Compare(item, changed) {
			words := d.Key + " " + d.Name
			for word, is := range map[string]bool{" added": d.Added, " removed": d.Removed} {
				if is {
					words += word
				}
			}
			if d.Concealed {
				words += " concealed"
			}
			got = append(got, words)
		}
		if c.want != "?" && strings.Join(got, ", ") != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
		if SameContent(item, changed) != (c.want == "") {
			t.Errorf("%s: the same content", c.want)
		}
	}
	long := make([]Difference, 12)
	for i := range long {
		long[i].Name = "n"
	}
	if got := Names(long); got != "n, n, n, n, n, n, n, n, n, n, 2 more" {
		t.Error(got)
	}
}
