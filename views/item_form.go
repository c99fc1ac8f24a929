package views

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"itemshare/fault"
	"itemshare/vault"
)

// ItemForm is what the form of an item holds, as typed. The numbers in the controls' names are
// the indexes of the lists.
type ItemForm struct {
	Category vault.Category
	Title    string
	Tags     string // separated by commas
	Notes    string
	Websites []vault.Website
	Sections []vault.Section
	Fields   []vault.Field
	Version  uint32 // that was read; 0 for a new item
}

// ItemFormProps are the values of the form of an item. Item.ID is "" for a new one. Focus is the name
// of the control to continue with, "" for the first.
type ItemFormProps struct {
	Shell    Shell
	Item     ItemRef
	Form     ItemForm
	Problems []fault.Problem
	Tags     []string // in use in the vault, to choose from
	Focus    string
	Then     string // "share": what to do once it is saved

	Referred map[string]string // the titles of items that fields refer to, by ID
	Found    *FoundItems       // to choose from for a field that refers to an item
}

// FoundItems are the items that a search for a field's value found.
type FoundItems struct {
	Field int // its number in the form
	Items []ItemRef
	More  bool
}

// NewItemProps are the values of the page that asks for a new item's vault and category.
type NewItemProps struct {
	Shell  Shell
	Vaults []Option // that the person may edit
	Vault  string
}

func (p ItemFormProps) action() string {
	if p.Item.ID == "" {
		return p.Shell.Paths.VaultItems(p.Item.VaultID)
	}
	return p.Shell.Paths.Item(p.Item.VaultID, p.Item.ID)
}

func (p ItemFormProps) cancel() string {
	if p.Item.ID == "" {
		return p.Shell.Paths.Items(ItemsFilter{Vault: p.Item.VaultID})
	}
	return p.action()
}

func (p ItemFormProps) heading() string {
	if p.Item.ID == "" {
		return "New " + lowerFirst(p.Form.Category.Label())
	}
	return "Edit " + p.Item.Title
}

// lowerFirst writes a label within a sentence; one of capitals, such as "API", stays.
func lowerFirst(label string) string {
	if len(label) > 1 && strings.ToUpper(label[:2]) == label[:2] {
		return label
	}
	return strings.ToLower(label[:1]) + label[1:]
}

// FieldName returns a control's name, such as "field.3.value".
func FieldName(list string, n int, part string) string {
	return list + "." + strconv.Itoa(n) + "." + part
}

// controlID returns the id of a control by its name.
func controlID(name string) string { return "item-" + strings.ReplaceAll(name, ".", "-") }

// fieldsIn returns the indexes of the fields of a section, "" for those of no section or of an
// unknown one.
func (f ItemForm) fieldsIn(sectionID string) (indexes []int) {
	for i, field := range f.Fields {
		if f.sectionOf(field) == sectionID {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

func (f ItemForm) sectionOf(field vault.Field) string {
	for _, s := range f.Sections {
		if s.ID == field.SectionID {
			return s.ID
		}
	}
	return ""
}

// fieldTypes are the types that a person can give a field, with their names.
var fieldTypes = []struct {
	Type  vault.FieldType
	Label string
}{
	{vault.FieldText, "Text"},
	{vault.FieldConcealed, "Password or other secret"},
	{vault.FieldTOTP, "One-time password"},
	{vault.FieldURL, "Web address"},
	{vault.FieldEmail, "Email address"},
	{vault.FieldPhone, "Phone number"},
	{vault.FieldDate, "Date"},
	{vault.FieldMonthYear, "Month and year"},
	{vault.FieldAddress, "Address"},
	{vault.FieldCreditCardNumber, "Card number"},
	{vault.FieldCreditCardType, "Card type"},
	{vault.FieldSSHKey, "SSH key"},
	{vault.FieldReference, "Reference to an item"},
	{vault.FieldMenu, "Choice"},
}

func hasType(t vault.FieldType) bool {
	for _, known := range fieldTypes {
		if known.Type == t {
			return true
		}
	}
	return false
}

// control says how a field's value is typed.
type control struct {
	kind      string // the input's type; "" for a text area
	inputMode string
	hint      string
	rows      string

	placeholder string
}

// controlOf returns the control for a field. A value that a date's control would lose is text.
// Browsers without a control for months show it as text, with the placeholder.
func controlOf(f vault.Field) control {
	switch f.Type {
	case vault.FieldTOTP:
		return control{kind: "password", hint: "The secret, or the otpauth:// address of the QR code."}
	case vault.FieldSSHKey:
		return control{
			hint: "Paste the private key, from -----BEGIN to -----END, or make a new one.", rows: "4",
		}
	case vault.FieldAddress:
		return control{rows: "3"}
	case vault.FieldURL:
		return control{kind: "text", inputMode: "url"}
	case vault.FieldEmail:
		return control{kind: "text", inputMode: "email"}
	case vault.FieldPhone:
		return control{kind: "tel"}
	case vault.FieldDate:
		if f.Value == "" || vault.IsDate(f.Value) {
			return control{kind: "date", placeholder: "2027-04-30"}
		}
		return control{kind: "text", hint: "Year-month-day, such as 2027-04-30."}
	case vault.FieldMonthYear:
		if f.Value == "" || vault.IsMonth(f.Value) {
			return control{kind: "month", placeholder: "2029-11"}
		}
		return control{kind: "text", hint: "Year-month, such as 2029-11."}
	case vault.FieldReference:
		return control{kind: "text", hint: "Type words of its title and find it, or enter its ID."}
	}
	return plainControl(f)
}

func plainControl(f vault.Field) control {
	switch {
	case strings.ContainsAny(f.Value, "\r\n"):
		return control{rows: "4"} // a one-line control would drop the line breaks
	case f.Type == vault.FieldCreditCardNumber:
		return control{kind: "password", inputMode: "numeric"}
	case f.Type.Concealed():
		return control{kind: "password"}
	default:
		return control{kind: "text"}
	}
}

// canGenerate reports whether a password can be made for a field.
func canGenerate(f vault.Field) bool { return f.Type == vault.FieldConcealed }

// hintsOf returns the IDs of the hints of a field's control.
func hintsOf(f vault.Field, name string) []string {
	if controlOf(f).hint == "" {
		return nil
	}
	return []string{controlID(name) + "-hint"}
}

// formPart is a field, a section or a website of the form, by its name such as "field.3". Count is
// how many there are.
type formPart struct {
	Name  string
	N     int
	Label string
	Count int
}

func partOf(list string, n int, label string, count int) formPart {
	return formPart{Name: list + "." + strconv.Itoa(n), N: n, Label: label, Count: count}
}

// labelOrNumber names a field: by its label, else by its place.
func labelOrNumber(f vault.Field, n int) string {
	if strings.TrimSpace(f.Title) != "" {
		return f.Title
	}
	return "field " + strconv.Itoa(n+1)
}

func sectionLegend(s vault.Section) string {
	if strings.TrimSpace(s.Title) != "" {
		return s.Title
	}
	return "Section"
}

// sectionID returns the ID of section n, "" for -1.
func sectionID(form ItemForm, n int) string {
	if n < 0 {
		return ""
	}
	return form.Sections[n].ID
}

func addFieldValue(form ItemForm, n int) string {
	if n < 0 {
		return "field"
	}
	return "field." + strconv.Itoa(n)
}

func itemHasProblem(problems []fault.Problem, name string) bool {
	for _, p := range problems {
		if p.Field == name {
			return true
		}
	}
	return false
}

// itemControlState returns the attributes of a control: where to continue, what is wrong with it, and
// which hints describe it.
func itemControlState(p ItemFormProps, name string, hints ...string) templ.Attributes {
	attributes := templ.Attributes{}
	if name == p.Focus {
		attributes["autofocus"] = true
	}
	if itemHasProblem(p.Problems, name) {
		attributes["aria-invalid"] = "true"
		hints = append([]string{controlID(name) + "-problem"}, hints...)
	}
	if len(hints) > 0 {
		attributes["aria-describedby"] = strings.Join(hints, " ")
	}
	return attributes
}
