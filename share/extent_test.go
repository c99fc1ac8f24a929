package share

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStoredExtent asserts that a list reads the same extent as a detail counts, of what is stored now
// and of what was stored before the extent was.
func TestStoredExtent(t *testing.T) {
	fields := []Part{{"a", `quotes " in names`, false}, {"b", "b", true}, {"c", "c", false}}
	for _, in := range []Included{
		{},
		{Of: Counts{Fields: 3, TOTPs: 1, Files: 2, Notes: true, Websites: true}},
		{Fields: fields, More: 12, Of: Counts{Fields: 20, TOTPs: 2}},
		{
			Fields: fields[:1], Files: fields[:2], Parts: []string{PartNotes},
			Of: Counts{Fields: 1, Files: 2, Notes: true},
		},
		{Parts: []string{PartWebsites, PartTags}, Of: Counts{Websites: true}},
	} {
		stored, err := in.stored()
		if err != nil {
			t.Fatal(err)
		}
		if read, err := readIncluded(stored); err != nil || !cmp.Equal(read, in) {
			t.Errorf("%+v is stored as %q and read as %+v, %v", in, stored, read, err)
		}
		earlier, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{stored, string(earlier)} {
			if read, err := readExtent(text); err != nil || read != in.Extent() {
				t.Errorf("the extent of %q is read as %+v, %v", text, read, err)
			}
		}
		if read, err := readExtent(stored[:len(stored)-1]); err != nil || read != in.Extent() {
			t.Errorf("the names are read for the extent: %+v, %v", read, err)
		}
	}
	if e, err := readExtent(""); e.Known() || err != nil {
		t.Errorf("an erased one: %+v, %v", e, err)
	}
	for _, text := range []string{extentStart, extentStart + `1 2 3 4 5"}`, `{"fields":`, "x"} {
		if _, err := readExtent(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}
