package importer

import (
	"fmt"
	"strings"

	"itemshare/vault"
)

// bitwardenRest adds what is left of the objects that hold an item's values, of a known type or not.
func bitwardenRest(b *builder, v *value, member string) {
	if v.get(member) != nil && member != "login" && member != "secureNote" {
		b.rest(v.get(member), "")
	}
	if member != "" {
		return
	}
	for _, m := range v.members {
		if m.kind == objectKind {
			b.rest(m.value, "")
		}
	}
}

func bitwardenLogin(b *builder, from *value) {
	b.login(b.text(from.get("username"), "username"), b.text(from.get("password"), "password"))
	b.totp("", "", b.text(from.get("totp"), "totp"))
	for _, u := range b.list(from.get("uris"), "uris") {
		if u.kind == textKind {
			b.website(b.text(u, "uris"))
			continue
		}
		b.website(b.text(u.get("uri"), "uris"))
	}
	if passkeys := from.get("fido2Credentials"); !passkeys.isEmpty() {
		b.leave(Passkey, "", "A passkey was left out.", passkeys)
	}
}

func bitwardenCard(b *builder, from *value) {
	b.fields(from, "", []rule{
		{"cardholderName", "cardholder name", vault.FieldText, "cardholder"},
		{"number", "number", vault.FieldCreditCardNumber, "ccnum"},
		{"code", "verification number", vault.FieldConcealed, "cvv"},
	})
	brand := from.get("brand")
	b.field(vault.Field{
		ID: "type", Title: "type", Type: vault.FieldCreditCardType,
		Value: wordOf("creditCardType", "", b.plain(brand, "brand")),
	})
	month, year := from.get("expMonth"), from.get("expYear")
	b.monthYearOf("expiry", "expiry date", "", month, year)
}

// monthYearOf adds a month of a year. Anything else is added as text.
func (b *builder) monthYearOf(id, title, section string, month, year *value) {
	field := vault.Field{ID: id, Title: title, SectionID: section, Type: vault.FieldMonthYear}
	m, isMonth := int64(0), false
	y, isYear := int64(0), false
	if month != nil && year != nil {
		m, isMonth = month.number()
		y, isYear = year.number()
	}
	if isYear && y > 0 && y < 100 {
		y += 2000
	}
	if isMonth && isYear && m >= 1 && m <= 12 && y >= 1000 && y <= 9999 {
		field.Value = fmt.Sprintf("%04d-%02d", y, m)
		month.set(taken)
		year.set(taken)
	} else {
		field.Type = vault.FieldText
		field.Value = strings.Trim(b.plain(month, title)+"/"+b.plain(year, title), "/")
	}
	b.field(field)
}

func bitwardenIdentity(b *builder, from *value) {
	b.inSection("Identification", func(section string) {
		b.fields(from, section, []rule{
			{"title", "title", vault.FieldText, ""},
			{"firstName", "first name", vault.FieldText, "firstname"},
			{"middleName", "middle name", vault.FieldText, "middlename"},
			{"lastName", "last name", vault.FieldText, "lastname"},
			{"company", "company", vault.FieldText, ""},
			{"ssn", "social security number", vault.FieldConcealed, ""},
			{"passportNumber", "passport number", vault.FieldText, ""},
			{"licenseNumber", "license number", vault.FieldText, ""},
		})
	})
	b.inSection("Address", func(section string) {
		b.addressOf(from, section, []string{"address1"}, []string{"address2"}, []string{"address3"},
			[]string{"postalCode", "city"}, []string{"state"}, []string{"country"})
	})
	b.inSection("Internet details", func(section string) {
		b.fields(from, section, []rule{
			{"username", "username", vault.FieldText, "username"},
			{"email", "email", vault.FieldEmail, ""},
			{"phone", "phone", vault.FieldPhone, ""},
		})
	})
}

func bitwardenKey(b *builder, from *value) {
	b.field(vault.Field{
		ID: "private_key", Title: "private key", Type: vault.FieldSSHKey,
		Value: vault.OpenSSHKey(b.text(from.get("privateKey"), "private key")),
	})
	b.fields(from, "", []rule{
		{"publicKey", "public key", vault.FieldText, "public_key"},
		{"keyFingerprint", "fingerprint", vault.FieldText, "fingerprint"},
	})
}

// bitwardenField adds a custom field: 0 text, 1 hidden, 2 yes or no, 3 linked to a field of the login.
func bitwardenField(b *builder, from *value) {
	if from.kind != objectKind {
		b.problem(BadValue, "fields", "This isn't a field. It was left out.", from)
		return
	}
	title := b.text(from.get("name"), "fields")
	code := from.get("type")
	field := vault.Field{Title: title, Type: vault.FieldText}
	switch code.plainText() {
	case "", "0", "2":
	case "1":
		field.Type = vault.FieldConcealed
	case "3":
		b.leave(UnknownDetail, title, "A field that is linked to another one was left out.", from)
		return
	default:
		b.leave(UnknownType, title, "A field of unknown type was imported as text.", code)
	}
	code.set(taken)
	field.Value = b.plain(from.get("value"), title)
	b.field(field)
}
