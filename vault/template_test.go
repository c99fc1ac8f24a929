package vault

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTemplates asserts that each category has a template that is a valid item.
func TestTemplates(t *testing.T) {
	for _, category := range Categories() {
		_, ok := templates()[category]
		if ok == (category == Unsupported) {
			t.Errorf("%s has a template: %v", category, ok)
		}
		item := Template(category)
		item.Title = "x"
		if err := CheckItem(item); err != nil {
			t.Errorf("%s: %+v", category, err)
		}
		for _, f := range item.Fields {
			if f.ID == "" || f.Title == "" || f.Value != "" ||
				!slices.Contains(FieldTypes(), f.Type) {
				t.Errorf("%s: %+v", category, f)
			}
			offers := f.Type == FieldMenu || f.Type == FieldCreditCardType
			if (len(Choices(category, f.ID)) > 1) != offers {
				t.Errorf("%s, %s: choices %q", category, f.ID, Choices(category, f.ID))
			}
		}
	}
	if len(templates()) != 23 { // the SDK's 22 and Person
		t.Errorf("%d templates", len(templates()))
	}
}

func TestWithTemplate(t *testing.T) {
	item := Item{
		Category: Server,
		Sections: []Section{{ID: "mine", Title: "Mine"}, {ID: "adm", Title: "admin CONSOLE"}},
		Fields: []Field{
			{ID: "x", Title: "Password", Type: FieldConcealed, Value: "p"},
			{ID: "username", Title: "login", Type: FieldText, Value: ""},
			{ID: "y", Title: "empty", SectionID: "mine", Type: FieldText},
		},
		Websites: []Website{{Label: "l"}, {URL: "https://a.example"}},
	}
	full := WithTemplate(item)
	var ids []string
	for _, f := range full.Fields {
		ids = append(ids, f.ID+" in "+f.SectionID)
	}
	want := []string{
		"x in ", "username in ", "y in mine", "url in ", "admin_console_url in adm",
		"admin_console_username in adm", "admin_console_password in adm",
		"name in hosting_provider_details", "website in hosting_provider_details",
		"support_contact_url in hosting_provider_details",
		"support_contact_phone in hosting_provider_details",
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
	if again := WithTemplate(full); !SameContent(again, full) {
		t.Error("the template comes twice")
	}
}
