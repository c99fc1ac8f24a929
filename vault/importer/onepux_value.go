package importer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"itemshare/vault"
)

// textual maps the value keys whose value is a text. Codes among them become words.
var textual = map[string]vault.FieldType{
	"string": vault.FieldText, "concealed": vault.FieldConcealed, "totp": vault.FieldTOTP,
	"url": vault.FieldURL, "phone": vault.FieldPhone, "creditCardType": vault.FieldCreditCardType,
	"creditCardNumber": vault.FieldCreditCardNumber, "menu": vault.FieldMenu,
	"gender": vault.FieldMenu, "country": vault.FieldMenu,
}

// values adds the contents of a field's value object: usually a single typed key.
func (c *conversion) values(field vault.Field, v *value) {
	if v == nil {
		return
	}
	if v.kind != objectKind {
		field.Type = vault.FieldText
		field.Value = c.plain(v, field.Title)
		c.field(field)
		return
	}
	for _, m := range v.members {
		if m.kind != nullKind && m.value == v.get(m.name) { // a name's last value counts
			c.value(field, m.name, m.value)
		}
	}
}

func (c *conversion) value(field vault.Field, key string, v *value) {
	label := field.Title
	switch key {
	case "email":
		c.email(field, v)
		return
	case "sshKey":
		c.sshKey(field, v)
		return
	case "file":
		c.file(v, cmpOr(label, "file"))
		return
	case "date":
		field.Type, field.Value = vault.FieldDate, c.date(v, label)
	case "monthYear":
		field.Type, field.Value = vault.FieldMonthYear, c.monthYear(v, label)
	case "address":
		field.Type, field.Value = vault.FieldAddress, c.address(v, label)
	case "reference":
		field.Type, field.Value = vault.FieldReference, c.reference(v, label)
	case "ssoLogin", "signInWith", "signinWith", "sso":
		field.Type, field.Value = vault.FieldText, c.signInWith(v, label)
	default:
		known := false
		field.Type, known = textual[key]
		if !known && !v.isEmpty() {
			field.Type = vault.FieldUnsupported
			c.leave(
				UnknownType,
				cmpOr(label, key),
				"A field of unknown type was imported as text.",
				nil,
			)
		}
		if field.Value = c.plain(v, label); key != "string" && !field.Type.Concealed() {
			field.Value = wordOf(key, label, field.Value)
		}
	}
	c.field(field)
}

func cmpOr(text, other string) string {
	if strings.TrimSpace(text) == "" {
		return other
	}
	return text
}

// plainText returns a text or literal, and "" for anything else.
func (v *value) plainText() string {
	if v == nil || v.kind == arrayKind || v.kind == objectKind {
		return ""
	}
	return v.text
}

func (c *conversion) email(field vault.Field, v *value) {
	field.Type = vault.FieldEmail
	if v.kind != objectKind {
		field.Value = c.plain(v, field.Title)
		c.field(field)
		return
	}
	field.Value = c.text(v.get("email_address"), field.Title)
	c.field(field)
	c.field(related(field, "provider", c.text(v.get("provider"), field.Title)))
}

// related returns a further text that belongs to a field.
func related(field vault.Field, what, text string) vault.Field {
	title := what
	if field.Title != "" {
		title = field.Title + " " + what
	}
	return vault.Field{
		ID:        field.ID + "-" + strings.ReplaceAll(what, " ", "-"),
		Title:     title,
		SectionID: field.SectionID,
		Type:      vault.FieldText,
		Value:     text,
	}
}

func (c *conversion) sshKey(field vault.Field, v *value) {
	field.Type = vault.FieldSSHKey
	if v.kind != objectKind {
		field.Value = vault.OpenSSHKey(c.plain(v, field.Title))
		c.field(field)
		return
	}
	metadata := v.get("metadata")
	private, copied := v.get("privateKey"), metadata.get("privateKey")
	if private.isEmpty() {
		private, copied = copied, private
	}
	if private.plainText() == copied.plainText() {
		copied.set(taken)
	}
	field.Value = vault.OpenSSHKey(c.text(private, field.Title))
	c.field(field)
	c.field(related(field, "public key", c.text(metadata.get("publicKey"), field.Title)))
	c.field(related(field, "fingerprint", c.text(metadata.get("fingerprint"), field.Title)))
	c.field(related(field, "key type", c.keyType(metadata.get("keyType"))))
}

// keyType returns an SSH key's type in words: "Ed25519", "RSA 4096".
func (c *conversion) keyType(v *value) string {
	var words []string
	for _, word := range v.words() {
		words = append(words, wordOf("keyType", "", word))
	}
	v.set(taken)
	return strings.Join(words, " ")
}

// typeNames are names of members that say nothing themselves.
var typeNames = []string{
	"type",
	"keyType",
	"name",
	"bits",
	"size",
	"length",
	"t",
	"c",
	"kind",
	"algorithm",
	"provider",
}

// words returns the names and texts within a value, in order, without those that say nothing.
func (v *value) words() []string {
	if v == nil {
		return nil
	}
	var all []string
	if v.kind < arrayKind {
		if !v.isEmpty() && v.kind != boolKind {
			all = append(all, v.text)
		}
		return all
	}
	for _, e := range v.elements {
		all = append(all, e.words()...)
	}
	for _, m := range v.members {
		if !slices.Contains(typeNames, m.name) {
			all = append(all, m.name)
		}
		all = append(all, m.words()...)
	}
	return all
}

// reference returns the title of the item that a value links to.
func (c *conversion) reference(v *value, label string) string {
	id := v
	if v.kind == objectKind {
		if id = v.get("itemUuid"); id == nil {
			id = v.get("uuid")
		}
	}
	title, ok := c.reader.titles[itemKey{c.account, id.plainText()}]
	if v.isEmpty() {
		return ""
	}
	if !ok {
		c.leave(LinkedItem, label, "A link to an item that isn't in the export was left out.", v)
		return ""
	}
	v.set(taken)
	return cmpOr(title, "Untitled")
}

// signInWith returns how somebody signs in, in words: the provider, and the item of the account there.
func (c *conversion) signInWith(v *value, label string) string {
	if v.kind != objectKind {
		return wordOf("provider", "", c.plain(v, label))
	}
	var words, accounts []string
	for _, m := range v.members {
		switch item := m.get("itemUuid"); {
		case m.isEmpty():
		case m.kind == textKind && !strings.Contains(strings.ToLower(m.name), "uuid"):
			words = append(words, wordOf("provider", "", c.text(m.value, label)))
		case item != nil || m.name == "item" || m.name == "itemUuid":
			if title := c.reference(m.value, label); title != "" {
				accounts = append(accounts, "("+title+")")
			}
		}
	}
	return strings.Join(append(words, accounts...), " ")
}

// date reads Unix seconds; 1Password writes noon UTC of the day.
func (c *conversion) date(v *value, label string) string {
	seconds, ok := v.number()
	if !ok || v.kind != numberKind || seconds < -1<<36 || seconds > 1<<36 {
		return c.plain(v, label)
	}
	v.set(taken)
	return time.Unix(seconds, 0).UTC().Format(time.DateOnly)
}

// monthYear reads a number of the form YYYYMM.
func (c *conversion) monthYear(v *value, label string) string {
	n, ok := v.number()
	if ok && n == 0 {
		return ""
	}
	if !ok || n < 1000_01 || n > 9999_12 || n%100 < 1 || n%100 > 12 {
		return c.plain(v, label)
	}
	v.set(taken)
	return fmt.Sprintf("%04d-%02d", n/100, n%100)
}

// address formats an address in lines: street, post code and town, state, country.
func (c *conversion) address(v *value, label string) string {
	if v.kind != objectKind {
		return c.plain(v, label)
	}
	part := func(name string) string { return c.text(v.get(name), label) }
	town := strings.TrimSpace(part("zip") + " " + part("city"))
	var lines []string
	for _, line := range []string{part("street"), town, part("state"), wordOf("country", "", part("country"))} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
