package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"itemshare/vault"
	"itemshare/views"
)

// editorForm returns what a form of the editor's sends for an item, and where to.
func editorForm(item vault.Item) (url.Values, string) {
	return encodeItem(formOfItem(item)), itemPath(item)
}

// newFieldItem adds an item with these fields, as an import would: without a check of its values.
func (a *app) newFieldItem(category vault.Category, fields ...vault.Field) vault.Item {
	a.t.Helper()
	return a.addItem(vault.Item{
		VaultID: a.team.ID, Title: "With fields", Category: category, Fields: fields,
	})
}

// TestValuesOfTypes asserts that a value that isn't what its type says is refused at its control, and
// that what an import brought stays while nobody changes it.
func TestValuesOfTypes(t *testing.T) {
	a := newApp(t)
	b := a.signIn(adminEmail)
	item := a.newFieldItem(
		vault.SecureNote,
		vault.Field{ID: "d", Title: "day", Type: vault.FieldDate, Value: "in spring"},
		vault.Field{ID: "k", Title: "key", Type: vault.FieldSSHKey, Value: "half a key"},
		vault.Field{ID: "m", Title: "month", Type: vault.FieldMonthYear, Value: "2029-11"},
	)
	form, path := editorForm(item)
	form.Set("field.0.title", "first day")
	if r := b.post(path, form); r.status != http.StatusSeeOther {
		t.Fatalf("with values that an import brought: %v", r)
	}
	item, err := a.vault.Item(t.Context(), item.VaultID, item.ID)
	a.must(err)
	for name, words := range map[string]string{
		"field.0.value": "Enter a date such as 2027-04-30.",
		"field.1.value": "private key that OpenSSH reads",
		"field.2.value": "a year and a month such as 2029-11.",
	} {
		form, path := editorForm(item)
		form.Set(name, "something else")
		r := b.post(path, form)
		if r.status != http.StatusUnprocessableEntity || !strings.Contains(r.body, words) ||
			!strings.Contains(r.body, `href="#item-`+strings.ReplaceAll(name, ".", "-")+`"`) {
			t.Errorf("%s: %d, want %q at it", name, r.status, words)
		}
	}
	r := b.get(itemPath(item) + "/edit")
	for _, control := range []string{ // a date's own control would lose a text
		`name="field.0.value" type="text" value="in spring"`, `type="month" value="2029-11"`,
	} {
		if !strings.Contains(r.body, control) {
			t.Errorf("no %s in the form", control)
		}
	}
}

// TestOneTimePasswordUnderAnotherLabel asserts that the form offers no second one.
func TestOneTimePasswordUnderAnotherLabel(t *testing.T) {
	a := newApp(t)
	item := a.newFieldItem(vault.Login, vault.Field{
		ID: "x", Title: "second factor", Type: vault.FieldTOTP, Value: "JBSWY3DPEHPK3PXP",
	})
	r := a.signIn(adminEmail).get(itemPath(item) + "/edit")
	if n := strings.Count(r.body, "data-seed="); n != 1 {
		t.Errorf("the form has %d one-time passwords", n)
	}
}

// TestCardTypeIsSuggested asserts that a new number says the type, unless there is one.
func TestCardTypeIsSuggested(t *testing.T) {
	card := func(kind, number string) vault.Item {
		return vault.Item{Fields: []vault.Field{
			{ID: "type", Type: vault.FieldCreditCardType, Value: kind},
			{ID: "ccnum", Type: vault.FieldCreditCardNumber, Value: number},
		}}
	}
	for _, c := range []struct {
		before, typed vault.Item
		want, why     string
	}{
		{vault.Item{}, card("", "4111 1111 1111 1111"), "Visa", "a new card"},
		{vault.Item{}, card("debit", "4111 1111 1111 1111"), "debit", "someone said another"},
		{card("", "4111"), card("", "4111"), "", "someone left it empty"},
		{card("", "4111"), card("", "5555555555554444"), "Mastercard", "another number"},
		{vault.Item{}, card("", "9999"), "", "nobody's number"},
		{vault.Item{}, vault.Item{}, "", "no card"},
	} {
		form := formOfItem(c.typed)
		suggestCardType(&form, c.before)
		if len(form.Fields) > 0 && form.Fields[0].Value != c.want {
			t.Errorf("%s: %q, want %q", c.why, form.Fields[0].Value, c.want)
		}
	}
}

// TestAPinIsGeneratedForAPin makes digits for a field that is a PIN by its label.
func TestAPinIsGeneratedForAPin(t *testing.T) {
	form := views.ItemForm{Fields: []vault.Field{{ID: "pin", Title: "PIN"}}}
	_, _, err := formReader().changeForm(url.Values{"generate": {"field.0"}}, &form)
	if got := form.Fields[0].Value; err != nil || strings.Trim(got, "0123456789") != "" || len(got) != 6 {
		t.Errorf("%q, %v", got, err)
	}
}

// TestReferencesAreFound asserts that the form finds items that its reader may view, no others, and that
// a press makes the field refer to one.
func TestReferencesAreFound(t *testing.T) {
	a := newApp(t)
	b := a.signIn(adminEmail)
	item := a.newFieldItem(vault.SecureNote, vault.Field{ID: "r", Title: "see", Type: vault.FieldReference})
	for text, want := range map[string]int{"mail server": 1, "nothing of the kind": 0} {
		form, path := editorForm(item)
		form.Set("field.0.value", text)
		form.Set("find", "field.0")
		r := b.post(path, form)
		if r.status != http.StatusOK || strings.Count(r.body, `name="refer"`) != want ||
			!strings.Contains(r.body, `value="`+text+`"`) {
			t.Errorf("%q: %d, %d items", text, r.status, strings.Count(r.body, `name="refer"`))
		}
	}
	form, path := editorForm(item)
	form.Set("field.0.value", a.hidden.Title)
	form.Set("find", "field.0")
	member := a.signIn(adminEmail)
	if r := member.post(path, form); strings.Contains(r.body, `value="field.0.`+a.hidden.ID+`"`) {
		t.Error("an item is found that one may not view")
	}
	form.Del("find")
	form.Set("refer", "field.0."+a.item.ID)
	r := b.post(path, form)
	if !strings.Contains(r.body, `value="`+a.item.ID+`"`) || !strings.Contains(r.body, a.item.Title) {
		t.Errorf("the field doesn't refer to the item: %d", r.status)
	}
	form.Del("refer")
	form.Set("field.0.value", a.item.ID)
	if r := b.post(path, form); r.status != http.StatusSeeOther {
		t.Errorf("saved: %v", r)
	}
}
