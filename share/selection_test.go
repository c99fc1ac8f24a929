package share

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"itemshare/fault"
	"itemshare/vault"
)

func chosen(names ...string) selection { return selection{chosen: true, include: names} }

// TestOnlyWhatIsChosenIsShared asserts that the names of the share form alone decide: nothing comes
// along that they don't name, whatever the older fields say.
func TestOnlyWhatIsChosenIsShared(t *testing.T) {
	item := testItem()
	by := Sharer{Name: "Ann"}
	nothing := Content{Title: item.Title, Category: "Login", SharedBy: "Ann", SharedAt: 7}
	nothing.Sections = []ContentSection{{ID: "s2", Title: "Empty"}}
	if diff := cmp.Diff(nothing, snapshot(item, chosen(), by, 7)); diff != "" {
		t.Errorf("nothing is chosen: %s", diff)
	}
	request := Request{
		Chosen: true, Include: []string{"password", "otp", PartTags, FileName("f2")},
		Omit: []string{"password"}, Files: true,
	}
	got := snapshot(item, request.selection(), by, 7)
	want := nothing
	want.Tags = item.Tags
	want.Sections = append(want.Sections, ContentSection{ID: "s3", Title: "Codes"})
	want.Fields = []ContentField{
		{Title: "password", Type: "Concealed", Value: "geheim & 🔑"},
		{Title: "code", Type: "Totp", Value: "otpauth://totp/x?secret=AAAA", Section: "s3"},
	}
	want.Files = []ContentFile{{Name: "b", ChunkSize: 1 << 20}}
	if len(got.Files) == 1 {
		want.Files[0].ChunkSize = got.Files[0].ChunkSize
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAFieldIsNoPart asserts that a field whose id is a part's name is not included with the part,
// nor the part with the field.
func TestAFieldIsNoPart(t *testing.T) {
	item := testItem()
	for _, id := range []string{PartNotes, FileName("f1"), FieldName(PartNotes)} {
		item.Fields = []vault.Field{{ID: id, Title: "hidden", Value: "x"}}
		if c := snapshot(item, chosen(FieldName(id)), Sharer{}, 7); len(c.Fields) != 1 ||
			c.Notes != "" || c.Files != nil {
			t.Errorf("the field %q alone gives %+v", id, c)
		}
		if c := snapshot(item, chosen(PartNotes, FileName("f1")), Sharer{}, 7); c.Fields != nil {
			t.Errorf("the field %q comes with a part", id)
		}
	}
}

func TestChosenPartsExist(t *testing.T) {
	item := testItem()
	for _, c := range []struct {
		why   string
		names []string
		fine  bool
	}{
		{"all there", []string{"password", "otp", PartNotes, FileName("f1")}, true},
		{"a part that the item no longer has", []string{PartTags}, true},
		{"a field that is gone", []string{"password", "pasword"}, false},
		{"a file that is gone", []string{FileName("f3")}, false},
	} {
		if c.why == "a part that the item no longer has" {
			item.Tags = nil
		}
		problems := chosen(c.names...).problems(item)
		if fine := problems == nil; fine != c.fine {
			t.Errorf("%s: %+v", c.why, problems)
		}
		if !c.fine && problems[0].Code != fault.CodeInvalid {
			t.Errorf("%s: %s", c.why, problems[0].Code)
		}
	}
}

func TestDefaultInclude(t *testing.T) {
	item := testItem()
	item.Files[0].Size = 9 << 20
	fields := []string{"key", "lost", PartNotes, "password", "username", PartWebsites}
	policy := Default()
	policy.FilesMaxSize = 1 << 20
	none := Default()
	none.FilesAllowed = false
	for _, c := range []struct {
		why      string
		category vault.Category
		policy   Policy
		files    []string
	}{
		{"files of a login stay", vault.Login, Default(), nil},
		{"those of a document don't", vault.Document, Default(), []string{"file:f1", "file:f2"}},
		{"but one that is too large", vault.Document, policy, []string{"file:f2"}},
		{"and where none are allowed", vault.Document, none, nil},
	} {
		item.Category = c.category
		want := slices.Concat(c.files, fields)
		slices.Sort(want)
		if diff := cmp.Diff(want, Combine(c.policy, nil).DefaultInclude(item)); diff != "" {
			t.Errorf("%s: %s", c.why, diff)
		}
	}
}

// TestOlderFieldsAsNames asserts that the older fields of a request become names of the same parts.
func TestOlderFieldsAsNames(t *testing.T) {
	item := testItem()
	for _, r := range []Request{
		{}, {TOTP: true, Files: true}, {Omit: []string{"password", "otp"}, TOTP: true},
	} {
		by := Sharer{Name: "Ann"}
		want := snapshot(item, r.selection(), by, 7)
		if diff := cmp.Diff(want, snapshot(item, r.Choose(item).selection(), by, 7)); diff != "" {
			t.Errorf("%+v: %s", r, diff)
		}
	}
}

func TestIncludedWords(t *testing.T) {
	item := testItem()
	all := selection{totp: true, files: true}.names(item)
	without := func(names ...string) selection {
		return chosen(slices.DeleteFunc(slices.Clone(all), func(name string) bool {
			return slices.Contains(names, name)
		})...)
	}
	for _, c := range []struct {
		choice      selection
		words, line string
	}{
		{
			without("key", "otp", PartTags), "3 of 4 fields, 2 files, one-time password not included",
			"3 of 4 fields, 2 files, no one-time password",
		},
		{without(), "4 fields, 2 files, one-time password, tags", ""},
		{
			without(PartNotes, PartTags, "file:f1"),
			"4 fields, 1 of 2 files, one-time password, no notes",
			"4 fields, 1 of 2 files, one-time password, no notes",
		},
		{
			chosen(), "No fields, no files, one-time password not included, no notes, no websites",
			"No fields, no files, no one-time password, no notes, no websites",
		},
	} {
		in := c.choice.included(item)
		if got := in.Words(); got != c.words {
			t.Errorf("%q, want %q", got, c.words)
		}
		if got := in.Extent().Line(); c.line != "" && got != c.line {
			t.Errorf("%q, want %q", got, c.line)
		}
	}
	if got := chosen().included(vault.Item{Title: "x"}); got.Words() != "" {
		t.Errorf("an item without parts: %q", got.Words())
	}
}
