package importer

import (
	"itemshare/vault"
)

// protonTypes maps the format's types to categories.
var protonTypes = map[string]vault.Category{
	"login": vault.Login, "note": vault.SecureNote, "creditCard": vault.CreditCard,
	"identity": vault.Identity, "alias": vault.Login, "sshKey": vault.SSHKey, "wifi": vault.Router,
	"custom": vault.SecureNote,
}

func protonLogin(b *builder, from *value) {
	email, username := from.get("itemEmail"), from.get("itemUsername")
	name := b.text(username, "username")
	address := b.text(email, "email")
	if name == "" {
		name, address = address, ""
	}
	b.login(name, b.text(from.get("password"), "password"))
	b.field(vault.Field{ID: "email", Title: "email", Type: vault.FieldEmail, Value: address})
	b.totp("", "", b.text(from.get("totpUri"), "totpUri"))
	for _, url := range b.list(from.get("urls"), "urls") {
		b.website(b.text(url, "urls"))
	}
	for _, url := range b.list(from.get("autofillUrls"), "autofillUrls") {
		b.website(b.text(url.get("url"), "urls"))
	}
	if passkeys := from.get("passkeys"); !passkeys.isEmpty() {
		b.leave(Passkey, "", "A passkey was left out.", passkeys)
	}
}

func protonCard(b *builder, from *value) {
	b.fields(from, "", []rule{
		{"cardholderName", "cardholder name", vault.FieldText, "cardholder"},
		{"number", "number", vault.FieldCreditCardNumber, "ccnum"},
		{"verificationNumber", "verification number", vault.FieldConcealed, "cvv"},
		{"pin", "PIN", vault.FieldConcealed, "pin"},
	})
	from.get("cardType").set(taken) // the number tells it
	expiry := from.get("expirationDate")
	text := b.plain(expiry, "expiry date")
	field := vault.Field{
		ID: "expiry", Title: "expiry date", Type: vault.FieldMonthYear, Value: text,
	}
	if !isMonth(text) {
		field.Type = vault.FieldText
	}
	if len(text) == 6 && isMonth(text[2:]+"-"+text[:2]) { // MMYYYY of older exports
		field.Type, field.Value = vault.FieldMonthYear, text[2:]+"-"+text[:2]
	}
	b.field(field)
}

func protonWifi(b *builder, from *value) {
	b.fields(from, "", []rule{
		{"ssid", "network name", vault.FieldText, "network_name"},
		{"password", "wireless network password", vault.FieldConcealed, "wireless_password"},
	})
	security := from.get("security")
	words := map[string]string{"1": "WPA", "2": "WPA2", "3": "WPA3", "4": "WEP"}
	b.field(vault.Field{
		ID: "wireless_security", Title: "wireless security", Type: vault.FieldMenu,
		Value: words[security.plainText()],
	})
	if words[security.plainText()] != "" || security.isEmpty() {
		security.set(taken)
	}
}

func protonIdentity(b *builder, from *value) {
	text, phone, email, url := vault.FieldText, vault.FieldPhone, vault.FieldEmail, vault.FieldURL
	groups := []struct {
		title string
		rules []rule
		extra string
	}{
		{"Personal details", []rule{
			{"fullName", "full name", text, ""},
			{"firstName", "first name", text, "firstname"},
			{"middleName", "middle name", text, ""},
			{"lastName", "last name", text, "lastname"},
			{"email", "email", email, ""},
			{"phoneNumber", "phone", phone, ""},
			{"birthdate", "birth date", text, ""},
			{"gender", "gender", text, ""},
		}, "extraPersonalDetails"},
		{"Address details", []rule{
			{"organization", "organization", text, ""},
			{"floor", "floor", text, ""},
			{"county", "county", text, ""},
		}, "extraAddressDetails"},
		{"Contact details", []rule{
			{"socialSecurityNumber", "social security number", vault.FieldConcealed, ""},
			{"passportNumber", "passport number", text, ""},
			{"licenseNumber", "license number", text, ""},
			{"website", "website", url, ""},
			{"xHandle", "X handle", text, ""},
			{"secondPhoneNumber", "second phone", phone, ""},
			{"linkedin", "LinkedIn", text, ""},
			{"reddit", "Reddit", text, ""},
			{"facebook", "Facebook", text, ""},
			{"yahoo", "Yahoo", text, ""},
			{"instagram", "Instagram", text, ""},
		}, "extraContactDetails"},
		{"Work details", []rule{
			{"company", "company", text, ""},
			{"jobTitle", "job title", text, ""},
			{"personalWebsite", "personal website", url, ""},
			{"workPhoneNumber", "work phone", phone, ""},
			{"workEmail", "work email", email, ""},
		}, "extraWorkDetails"},
	}
	for i, group := range groups {
		b.inSection(group.title, func(section string) {
			if i == 1 {
				b.addressOf(from, section, []string{"streetAddress"},
					[]string{"zipOrPostalCode", "city"}, []string{"stateOrProvince"},
					[]string{"countryOrRegion"})
			}
			b.fields(from, section, group.rules)
			protonFields(b, section, from.get(group.extra))
		})
	}
	for _, section := range b.list(from.get("extraSections"), "extraSections") {
		protonSection(b, section)
	}
}

func protonSection(b *builder, from *value) {
	title := b.text(from.get("sectionName"), "sections")
	b.inSection(title, func(id string) { protonFields(b, id, from.get("sectionFields")) })
}

// protonFields adds the fields that people add to an item.
func protonFields(b *builder, section string, list *value) {
	for _, from := range b.list(list, "extraFields") {
		title := b.text(from.get("fieldName"), "extraFields")
		content, code := from.get("data"), from.get("type")
		field := vault.Field{
			ID: "extra", Title: title, SectionID: section, Type: vault.FieldText,
		}
		switch code.plainText() {
		case "totp":
			field.Type, field.Value = vault.FieldTOTP, b.text(content.get("totpUri"), title)
		case "hidden":
			field.Type, field.Value = vault.FieldConcealed, b.text(content.get("content"), title)
		case "timestamp":
			field.Type, field.Value = vault.FieldDate, protonDate(b, content.get("timestamp"), title)
		case "text":
			field.Value = b.text(content.get("content"), title)
		default:
			b.leave(UnknownType, title, "A field of unknown type was imported as text.", nil)
			field.Value = b.plain(content, title)
		}
		code.set(taken)
		b.field(field)
	}
}

// protonDate returns the day of a time, a text or an object of seconds.
func protonDate(b *builder, v *value, title string) string {
	if v != nil && v.kind == objectKind {
		v.get("nanos").set(taken)
		v = v.get("seconds")
	}
	at := b.moment(v, title)
	if at.IsZero() {
		return ""
	}
	return at.Format("2006-01-02")
}
