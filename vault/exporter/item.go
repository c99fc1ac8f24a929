package exporter

import (
	"strings"
	"time"

	"itemshare/vault"
)

// The JSON of an item in 1Password's format (support.1password.com/1pux-format). The members called
// itemshare, which 1Password ignores, hold what that format has no place for: the order of fields, and
// types that its values don't tell. Package importer reads them.

type object = map[string]any

// categoryCodes are the format's numbers of categories.
var categoryCodes = map[vault.Category]string{
	vault.Login: "001", vault.CreditCard: "002", vault.SecureNote: "003", vault.Identity: "004",
	vault.Password: "005", vault.Document: "006", vault.SoftwareLicense: "100",
	vault.BankAccount: "101", vault.Database: "102", vault.DriverLicense: "103",
	vault.OutdoorLicense: "104", vault.Membership: "105", vault.Passport: "106",
	vault.Rewards: "107", vault.SocialSecurityNumber: "108", vault.Router: "109",
	vault.Server: "110", vault.Email: "111", vault.APICredentials: "112",
	vault.MedicalRecord: "113", vault.SSHKey: "114", vault.CryptoWallet: "115",
}

func itemOf(item vault.Item) object {
	code, ok := categoryCodes[item.Category]
	if !ok {
		code = "003" // 1Password shows it as a note with fields
	}
	state := "active"
	if item.Archived() {
		state = "archived"
	}
	overview := object{"title": item.Title, "subtitle": "", "tags": item.Tags}
	var urls []object
	for _, site := range item.Websites {
		urls = append(urls, object{"label": site.Label, "url": site.URL})
	}
	if len(item.Websites) > 0 {
		overview["url"], overview["urls"] = item.Websites[0].URL, urls
	}
	return object{
		"uuid": item.ID, "createdAt": item.CreatedAt.Unix(), "updatedAt": item.UpdatedAt.Unix(),
		"state": state, "categoryUuid": code, "overview": overview, "details": detailsOf(item),
		"itemshare": object{"category": string(item.Category)},
	}
}

// detailsOf returns an item's notes, fields and files. User name and password of a login stand where
// 1Password looks for them; other fields outside sections, and files, in sections of their own.
func detailsOf(item vault.Item) object {
	details := object{"notesPlain": item.Notes}
	var logins []object
	var sections []object
	byID := map[string]int{}
	for _, section := range item.Sections {
		byID[section.ID] = len(sections)
		sections = append(sections, object{
			"title": section.Title, "name": section.ID, "fields": []object{},
			"itemshare": object{"section": true},
		})
	}
	loose := -1 // the section of fields outside sections
	at := func(sectionID string) int {
		if i, ok := byID[sectionID]; ok && sectionID != "" {
			return i
		}
		if loose < 0 {
			loose = len(sections)
			sections = append(sections, object{
				"title": "", "name": "", "fields": []object{}, "itemshare": object{"section": false},
			})
		}
		return loose
	}
	for i, field := range item.Fields {
		if designation := designationOf(item, field); designation != "" {
			logins = append(logins, loginOf(field, designation, i))
			continue
		}
		section := sections[at(field.SectionID)]
		section["fields"] = append(section["fields"].([]object), fieldOf(field, i))
	}
	for i, file := range item.Files {
		if i == 0 && item.Category == vault.Document {
			details["documentAttributes"] = fileObject(file)
			continue
		}
		section := sections[at("")]
		section["fields"] = append(section["fields"].([]object), object{
			"title": file.Name, "id": "file-" + file.ID, "value": object{"file": fileObject(file)},
		})
	}
	details["loginFields"], details["sections"] = logins, sections
	return details
}

// designationOf returns what a field of a login is for browsers, "" for any other field.
func designationOf(item vault.Item, field vault.Field) string {
	switch {
	case item.Category != vault.Login || field.SectionID != "":
		return ""
	case field.ID == "username" && field.Type == vault.FieldText,
		field.ID == "password" && field.Type == vault.FieldConcealed:
		return field.ID
	}
	return ""
}

func loginOf(field vault.Field, designation string, number int) object {
	code := "T"
	if designation == "password" {
		code = "P"
	}
	return object{
		"value": field.Value, "id": field.ID, "name": field.Title, "fieldType": code,
		"designation": designation, "itemshare": markOf(field, number),
	}
}

func markOf(field vault.Field, number int) object {
	return object{"type": string(field.Type), "section": field.SectionID, "at": number}
}

func fieldOf(field vault.Field, number int) object {
	key, value := valueOf(field)
	return object{
		"title": field.Title, "id": field.ID, "value": object{key: value},
		"itemshare": markOf(field, number),
	}
}

// valueKeys are the members that hold the values of types that are texts.
var valueKeys = map[vault.FieldType]string{
	vault.FieldConcealed: "concealed", vault.FieldTOTP: "totp", vault.FieldURL: "url",
	vault.FieldPhone: "phone", vault.FieldCreditCardType: "creditCardType",
	vault.FieldCreditCardNumber: "creditCardNumber", vault.FieldMenu: "menu",
}

// valueOf returns a field's value as the format has it. What is no date, say, stays the text that it
// is.
func valueOf(field vault.Field) (key string, value any) {
	text := field.Value
	switch field.Type {
	case vault.FieldEmail:
		return "email", object{"email_address": text, "provider": nil}
	case vault.FieldSSHKey:
		return "sshKey", object{"privateKey": text}
	case vault.FieldAddress:
		return "address", object{"street": text}
	case vault.FieldDate:
		if day, err := time.Parse(time.DateOnly, text); err == nil && day.Format(time.DateOnly) == text {
			return "date", day.Add(12 * time.Hour).Unix()
		}
	case vault.FieldMonthYear:
		if month, err := time.Parse("2006-01", text); err == nil && month.Format("2006-01") == text &&
			month.Year() >= 1000 {
			return "monthYear", month.Year()*100 + int(month.Month())
		}
	}
	if key, ok := valueKeys[field.Type]; ok {
		return key, text
	}
	return "string", text
}

func fileObject(file vault.File) object {
	return object{
		"fileName": file.Name, "documentId": file.ID, "decryptedSize": file.Size,
		"itemshare": object{"type": file.Type},
	}
}

// entryName returns the name of a file's entry in the archive: its ID tells it, whatever becomes of
// its name.
func entryName(file vault.File) string {
	name := strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\\:*?"<>|`, r) || r == 0xFFFD {
			return '_'
		}
		return r
	}, file.Name)
	if len(name) > 100 {
		name = strings.ToValidUTF8(name[:100], "")
	}
	return file.ID + "__" + name
}
