package vault

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestMergeLeavesNoDifference asserts that an item which takes every part in which it differs has no
// difference left but of fields that stand elsewhere among others, and that one which takes none is as
// it was.
func TestMergeLeavesNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mine, theirs := anyVersion(t, "mine"), anyVersion(t, "theirs")
		var keys []string
		for _, d := range Compare(mine, theirs) {
			keys = append(keys, d.Key)
		}
		for _, d := range Compare(Merge(mine, theirs, keys), theirs) {
			if d.Key != "order" && d.Key != "sections" {
				t.Errorf("after taking %v: %+v", keys, d)
			}
		}
		if changed := Compare(mine, Merge(mine, theirs, nil)); len(changed) > 0 {
			t.Errorf("after taking nothing: %+v", changed)
		}
	})
}

// TestMergeTakesOnlyTheParts asserts that a merge changes the parts that it takes and no others, and
// leaves no field in a section that the item doesn't have.
func TestMergeTakesOnlyTheParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mine, theirs := anyVersion(t, "mine"), anyVersion(t, "theirs")
		var taken []string
		for _, d := range Compare(mine, theirs) {
			if rapid.Bool().Draw(t, "take "+d.Key) {
				taken = append(taken, d.Key)
			}
		}
		merged := Merge(mine, theirs, taken)
		for _, d := range Compare(mine, merged) {
			mayFollow := d.Key == "sections" || d.Key == "order"
			if !slices.Contains(taken, d.Key) && !mayFollow {
				t.Errorf("%s changed, though only %v was taken", d.Key, taken)
			}
		}
		for _, f := range merged.Fields {
			if f.SectionID != "" && !hasSection(merged.Sections, f.SectionID) {
				t.Errorf("%+v is in no section of %+v", f, merged.Sections)
			}
		}
	})
}

// TestMergeTakesTheOrder asserts that fields which both have get the other version's order.
func TestMergeTakesTheOrder(t *testing.T) {
	mine := Item{Fields: []Field{{ID: "a"}, {ID: "new"}, {ID: "b"}, {ID: "c"}}}
	theirs := Item{Fields: []Field{{ID: "c"}, {ID: "a"}, {ID: "b"}}}
	var ids []string
	for _, f := range Merge(mine, theirs, []string{"order"}).Fields {
		ids = append(ids, f.ID)
	}
	if want := []string{"c", "a", "new", "b"}; !slices.Equal(ids, want) {
		t.Errorf("%v, want %v", ids, want)
	}
}

// anyVersion returns an item of a few parts, so that two of them share some.
func anyVersion(t *rapid.T, label string) Item {
	word := rapid.SampledFrom([]string{"", "a", "b", "ü\nü"})
	item := Item{
		Title:    word.Draw(t, label+" title"),
		Category: rapid.SampledFrom(Categories()).Draw(t, label+" category"),
		Notes:    word.Draw(t, label+" notes"),
		Tags:     rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"x", "y"}), 0, 2, rapid.ID).Draw(t, label),
	}
	for _, id := range []string{"s1", "s2"} {
		if rapid.Bool().Draw(t, label+id) {
			item.Sections = append(item.Sections, Section{ID: id, Title: id})
		}
	}
	for _, id := range []string{"username", "password", "f1", "f2"} {
		if !rapid.Bool().Draw(t, label+id) {
			continue
		}
		field := Field{
			ID: id, Title: word.Draw(t, label+" label"), Value: word.Draw(t, label+" value"),
			Type: rapid.SampledFrom([]FieldType{FieldText, FieldConcealed}).Draw(t, label+" type"),
		}
		if len(item.Sections) > 0 && rapid.Bool().Draw(t, label+" in a section") {
			field.SectionID = item.Sections[0].ID
		}
		item.Fields = append(item.Fields, field)
	}
	for _, id := range []string{"file1", "file2"} {
		if rapid.Bool().Draw(t, label+id) {
			item.Files = append(item.Files, File{ID: id, Name: id})
		}
	}
	return item
}
