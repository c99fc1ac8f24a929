package importer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"itemshare/vault"
)

// textual maps the value keys whose value is imported unchanged.
var textual = map[string]vault.FieldType{
	"string": vault.FieldText, "concealed": vault.FieldConcealed, "totp": vault.FieldTOTP,
	"url": vault.FieldURL, "phone": vault.FieldPhone,
	"creditCardType": vault.FieldCreditCardType, "creditCardNumber": vault.FieldCreditCardNumber,
	"reference": vault.FieldReference,
	"menu":      vault.FieldMenu, "gender": vault.FieldMenu,
}

// values adds the contents of a field's value object: usually a single typed key.
func (c *conversion) values(field vault.Field, value map[string]json.RawMessage) {
	for _, key := range slices.Sorted(maps.Keys(value)) {
		c.value(field, key, value[key])
	}
}

func (c *conversion) value(field vault.Field, key string, raw json.RawMessage) {
	if string(raw) == "null" {
		return
	}
	switch key {
	case "email":
		c.email(field, raw)
	case "date":
		field.Type, field.Value = vault.FieldDate, date(raw)
		c.field(field)
	case "monthYear":
		field.Type, field.Value = vault.FieldMonthYear, monthYear(raw)
		c.field(field)
	case "address":
		field.Type, field.Value = vault.FieldAddress, address(raw)
		c.field(field)
	case "sshKey":
		c.sshKey(field, raw)
	case "file":
		var file exportedFile
		if err := json.Unmarshal(raw, &file); err == nil {
			c.file(&file)
		}
	default:
		fieldType, known := textual[key]
		if field.Type, field.Value = fieldType, plainText(raw); !known {
			field.Type = vault.FieldUnsupported
			if field.Value != "" {
				c.left.note("%d %s of unknown type: imported as text.", "field")
			}
		}
		c.field(field)
	}
}

// plainText returns the text of a JSON string or address, and other JSON unchanged.
func plainText(raw json.RawMessage) string {
	var text string
	if err := json.Unmarshal(raw, &text); err == nil {
		return text
	}
	var object struct {
		Address string `json:"email_address"`
		Text    string `json:"string"`
	}
	if err := json.Unmarshal(raw, &object); err == nil && object.Address+object.Text != "" {
		return object.Address + object.Text
	}
	if empty(raw) {
		return ""
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return ""
	}
	return compact.String()
}

func (c *conversion) email(field vault.Field, raw json.RawMessage) {
	var email struct {
		Address  string `json:"email_address"`
		Provider string `json:"provider"`
	}
	field.Type = vault.FieldEmail
	if err := json.Unmarshal(raw, &email); err != nil {
		field.Value = plainText(raw)
		c.field(field)
		return
	}
	field.Value = email.Address
	c.field(field)
	c.field(related(field, "provider", email.Provider))
}

// related returns a further text that belongs to a field.
func related(field vault.Field, what, value string) vault.Field {
	title := what
	if field.Title != "" {
		title = field.Title + " " + what
	}
	return vault.Field{
		ID:        field.ID + "-" + strings.ReplaceAll(what, " ", "-"),
		Title:     title,
		SectionID: field.SectionID,
		Type:      vault.FieldText,
		Value:     value,
	}
}

func (c *conversion) sshKey(field vault.Field, raw json.RawMessage) {
	var key struct {
		PrivateKey string `json:"privateKey"`
		Metadata   struct {
			PrivateKey  string `json:"privateKey"`
			PublicKey   string `json:"publicKey"`
			Fingerprint string `json:"fingerprint"`
			KeyType     any    `json:"keyType"`
		} `json:"metadata"`
	}
	field.Type = vault.FieldSSHKey
	if err := json.Unmarshal(raw, &key); err != nil {
		field.Value = plainText(raw)
		c.field(field)
		return
	}
	if field.Value = key.PrivateKey; field.Value == "" {
		field.Value = key.Metadata.PrivateKey
	}
	c.field(field)
	c.field(related(field, "public key", key.Metadata.PublicKey))
	c.field(related(field, "fingerprint", key.Metadata.Fingerprint))
	if keyType, ok := key.Metadata.KeyType.(string); ok {
		c.field(related(field, "key type", keyType))
	} else if key.Metadata.KeyType != nil {
		c.field(related(field, "key type", compactJSON(key.Metadata.KeyType)))
	}
}

func compactJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}

// date reads Unix seconds; 1Password writes noon UTC of the day.
func date(raw json.RawMessage) string {
	var seconds int64
	if err := json.Unmarshal(raw, &seconds); err != nil || seconds < -1<<36 || seconds > 1<<36 {
		return plainText(raw)
	}
	return time.Unix(seconds, 0).UTC().Format(time.DateOnly)
}

// monthYear reads a number of the form YYYYMM.
func monthYear(raw json.RawMessage) string {
	text := strings.Trim(string(raw), `"`)
	n, err := strconv.Atoi(text)
	if err == nil && n == 0 {
		return ""
	}
	if err != nil || len(text) != 6 || n%100 < 1 || n%100 > 12 {
		return plainText(raw)
	}
	return fmt.Sprintf("%04d-%02d", n/100, n%100)
}

// address formats an address in lines: street, post code and town, state, country.
func address(raw json.RawMessage) string {
	var a struct {
		Street  string `json:"street"`
		City    string `json:"city"`
		Country string `json:"country"`
		ZIP     string `json:"zip"`
		State   string `json:"state"`
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return plainText(raw)
	}
	var lines []string
	for _, line := range []string{a.Street, strings.TrimSpace(a.ZIP + " " + a.City), a.State, a.Country} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
