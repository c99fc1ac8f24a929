package handlers

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"itemshare/vault"
	"itemshare/views"
)

// formReader reads forms of items without a server.
func formReader() *Handlers { return &Handlers{c: Config{Random: rand.Reader}} }

// encodeItem returns a form as a browser sends it.
func encodeItem(form views.ItemForm) url.Values {
	values := url.Values{
		"title": {form.Title}, "tags": {form.Tags}, "notes": {crlf(form.Notes)},
		"category": {string(form.Category)}, "version": {fmt.Sprint(form.Version)},
	}
	for n, w := range form.Websites {
		values.Set(views.FieldName("website", n, "label"), w.Label)
		values.Set(views.FieldName("website", n, "url"), w.URL)
	}
	for n, s := range form.Sections {
		values.Set(views.FieldName("section", n, "id"), s.ID)
		values.Set(views.FieldName("section", n, "title"), s.Title)
	}
	for n, f := range form.Fields {
		values.Set(views.FieldName("field", n, "id"), f.ID)
		values.Set(views.FieldName("field", n, "section"), f.SectionID)
		values.Set(views.FieldName("field", n, "title"), f.Title)
		values.Set(views.FieldName("field", n, "type"), string(f.Type))
		values.Set(views.FieldName("field", n, "value"), crlf(f.Value))
	}
	return values
}

func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

// TestAFormGivesTheItemBack asserts that an item which nobody changed in the form comes back as it was:
// every field, empty ones too, in order, with its type, section and line breaks.
func TestAFormGivesTheItemBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		item := anyItem(t)
		form, err := formReader().itemForm(encodeItem(formOfItem(vault.WithTemplate(item))))
		if err != nil {
			t.Fatal(err)
		}
		back, places := itemOfForm(form, item)
		if diff := cmp.Diff(item, back); diff != "" {
			t.Error(diff)
		}
		for i, place := range places {
			if form.Fields[place].ID != item.Fields[i].ID {
				t.Errorf("field %d stands at %d in the form", i, place)
			}
		}
	})
}

func anyItem(t *rapid.T) vault.Item {
	text := rapid.StringMatching(`[a-zé <"&\n]{0,6}`)
	item := vault.Item{
		ID: "i", VaultID: "v", Version: rapid.Uint32().Draw(t, "version"),
		Title: text.Draw(t, "title"), Notes: text.Draw(t, "notes"),
		Category: rapid.SampledFrom(vault.Categories()).Draw(t, "category"),
		Tags: rapid.SliceOfNDistinct(
			rapid.StringMatching(`[a-z]{1,3}`), 0, 2, rapid.ID,
		).Draw(t, "tags"),
	}
	if len(item.Tags) == 0 {
		item.Tags = nil
	}
	for n := range rapid.IntRange(0, 2).Draw(t, "websites") {
		item.Websites = append(item.Websites, vault.Website{URL: fmt.Sprint("https://", n, ".example")})
	}
	for n := range rapid.IntRange(0, 3).Draw(t, "sections") {
		item.Sections = append(
			item.Sections, vault.Section{ID: fmt.Sprint("s", n), Title: text.Draw(t, "section")},
		)
	}
	types := []vault.FieldType{
		vault.FieldText, vault.FieldConcealed, vault.FieldTOTP, vault.FieldUnsupported, "Later",
	}
	for n := range rapid.IntRange(0, 12).Draw(t, "fields") {
		field := vault.Field{
			ID: fmt.Sprint("f", n), Title: text.Draw(t, "label"), Value: text.Draw(t, "value"),
			Type: rapid.SampledFrom(types).Draw(t, "type"),
		}
		if len(item.Sections) > 0 && rapid.Bool().Draw(t, "in a section") {
			field.SectionID = rapid.SampledFrom(item.Sections).Draw(t, "section of field").ID
		}
		item.Fields = append(item.Fields, field)
	}
	return item
}

// TestNewFields asserts that what is new gets IDs, that sections can be named by number, and that new
// fields without a value, empty websites and sections without fields are not saved.
func TestNewFields(t *testing.T) {
	form, err := formReader().itemForm(url.Values{
		"title": {"Mail"}, "tags": {" a, b,a ,,"}, "category": {"Server"},
		"section.4.title": {"Host"}, "section.7.title": {"Unused"},
		"field.2.title": {"name"}, "field.2.value": {"mail.example"}, "field.2.section": {"4"},
		"field.10.title": {"port"}, "field.10.value": {"25"}, "field.10.type": {"Concealed"},
		"field.3.title": {"empty"}, "website.0.url": {""}, "website.1.url": {"https://a.example"},
		"field.x.value": {"no number"}, "fields.1.value": {"another list"}, "field.-1.value": {"below"},
	})
	if err != nil {
		t.Fatal(err)
	}
	item, places := itemOfForm(form, vault.Item{})
	if len(item.Fields) != 2 || len(item.Sections) != 1 || item.Fields[0].ID == "" ||
		item.Fields[0].ID == item.Fields[1].ID || item.Fields[0].SectionID != item.Sections[0].ID {
		t.Fatalf("%+v", item)
	}
	if item.Sections[0].Title != "Host" || item.Fields[0].Type != vault.FieldText ||
		item.Fields[1].Type != vault.FieldConcealed || item.Fields[1].SectionID != "" {
		t.Errorf("%+v", item)
	}
	if want := []vault.Website{{URL: "https://a.example"}}; !slices.Equal(item.Websites, want) ||
		!slices.Equal(item.Tags, []string{"a", "b"}) {
		t.Errorf("%+v", item)
	}
	if !slices.Equal(places, []int{0, 2}) {
		t.Errorf("the fields stand at %v in the form", places)
	}
}

// TestButtonsLoseNothing asserts that no press of any button loses or changes a part but the one that it
// removes or adds, and that the control to continue with exists.
func TestButtonsLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		form := formOfItem(anyItem(t))
		before := formOfItem(vault.Item{
			Fields: slices.Clone(form.Fields), Sections: slices.Clone(form.Sections),
			Websites: slices.Clone(form.Websites),
		})
		button := rapid.SampledFrom([]string{"add", "move", "remove"}).Draw(t, "button")
		part := rapid.SampledFrom([]string{"field", "section", "website"}).Draw(t, "part")
		what := part
		if button != "add" || rapid.Bool().Draw(t, "numbered") {
			what += fmt.Sprint(".", rapid.IntRange(-1, 13).Draw(t, "number"))
		}
		if button == "move" {
			what += rapid.SampledFrom([]string{".up", ".down", ".to.0", ".to.5", ".to.2.beside.1", "", ".x"}).
				Draw(t, "to")
		}
		focus, ok, err := formReader().changeForm(url.Values{button: {what}}, &form)
		if !ok || err != nil {
			t.Fatalf("%s %s: %v, %v", button, what, ok, err)
		}
		if focus != "" && focus != "title" && !encodeItem(form).Has(focus) {
			t.Errorf("%s %s continues with %s, which is not there", button, what, focus)
		}
		change := map[string]int{"add": 1, "remove": -1}[button]
		grown := len(form.Fields) + len(form.Sections) + len(form.Websites) -
			len(before.Fields) - len(before.Sections) - len(before.Websites)
		if grown != change && grown != 0 {
			t.Errorf("%s %s: %d more parts", button, what, grown)
		}
		for _, f := range form.Fields {
			was, known := fieldOf(vault.Item{Fields: before.Fields}, f.ID)
			was.SectionID = f.SectionID
			if known && was != f {
				t.Errorf("%s %s changed %+v to %+v", button, what, was, f)
			}
		}
	})
}

// TestMovingAField asserts where a field goes by the buttons: within its section, then into the next.
func TestMovingAField(t *testing.T) {
	form := views.ItemForm{
		Sections: []vault.Section{{ID: "s"}},
		Fields: []vault.Field{
			{ID: "a"}, {ID: "x", SectionID: "s"}, {ID: "b"}, {ID: "y", SectionID: "s"},
		},
	}
	for _, step := range []struct{ move, want string }{
		{"field.0.down", "x b a y"}, // past b, over x of the other section
		{"field.2.down", "a x b y"}, // the last of no section becomes the first of s
		{"field.0.up", "x b y a"},   // and back, as the last of no section
	} {
		focus := movePart(&form, step.move)
		var order []string
		for _, f := range form.Fields {
			order = append(order, f.ID)
		}
		if got := strings.Join(order, " "); got != step.want {
			t.Fatalf("%s: %s, want %s (%+v)", step.move, got, step.want, form.Fields)
		}
		at := slices.IndexFunc(form.Fields, func(f vault.Field) bool { return f.ID == "a" })
		if focus != views.FieldName("field", at, "title") {
			t.Errorf("%s continues with %s", step.move, focus)
		}
	}
}

// TestGenerate asserts that a made password lands in its field alone.
func TestGenerate(t *testing.T) {
	form := views.ItemForm{Fields: []vault.Field{{ID: "a", Value: "old"}, {ID: "b", Value: "old"}}}
	focus, _, err := formReader().changeForm(url.Values{"generate": {"field.1"}}, &form)
	if err != nil || focus != "field.1.value" || form.Fields[0].Value != "old" ||
		len(form.Fields[1].Value) != 20 {
		t.Errorf("%s, %v, %+v", focus, err, form.Fields)
	}
}
