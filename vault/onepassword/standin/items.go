package standin

import (
	"strings"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/vault"
)

// sdkItem converts an item to the SDK's form: addresses in parts, months as MM/YYYY, values computed
// from a key or a one-time password in its details, the first file of a Document as its document.
func sdkItem(item vault.Item) sdk.Item {
	to := sdk.Item{
		ID: item.ID, Title: item.Title, Category: sdk.ItemCategory(item.Category),
		VaultID: item.VaultID, Notes: item.Notes,
		Tags: item.Tags, Version: item.Version, CreatedAt: item.CreatedAt, UpdatedAt: item.UpdatedAt,
	}
	for _, site := range item.Websites {
		to.Websites = append(
			to.Websites,
			sdk.Website{
				URL:              site.URL,
				Label:            site.Label,
				AutofillBehavior: sdk.AutofillBehaviorAnywhereOnWebsite,
			},
		)
	}
	for _, section := range item.Sections {
		to.Sections = append(to.Sections, sdk.ItemSection{ID: section.ID, Title: section.Title})
	}
	for _, field := range item.Fields {
		if key := keyOf(to, field); key != nil {
			key.set(field)
			continue
		}
		to.Fields = append(to.Fields, sdkField(field))
	}
	for i, file := range item.Files {
		attributes := sdk.FileAttributes{Name: file.Name, ID: file.ID, Size: uint32(file.Size)}
		if i == 0 && item.Category == vault.Document {
			to.Document = &attributes
			continue
		}
		to.Files = append(
			to.Files,
			sdk.ItemFile{Attributes: attributes, SectionID: "add more", FieldID: file.ID},
		)
	}
	return to
}

func sdkField(field vault.Field) sdk.ItemField {
	to := sdk.ItemField{
		ID:        field.ID,
		Title:     field.Title,
		FieldType: sdk.ItemFieldType(field.Type),
		Value:     field.Value,
	}
	if field.SectionID != "" {
		to.SectionID = &field.SectionID
	}
	switch field.Type {
	case vault.FieldMonthYear:
		if year, month, ok := strings.Cut(field.Value, "-"); ok {
			to.Value = month + "/" + year
		}
	case vault.FieldAddress:
		lines := append(strings.Split(field.Value, "\n"), "", "", "")
		details := sdk.NewItemFieldDetailsTypeVariantAddress(address(lines))
		to.Value, to.Details = strings.Join(strings.Split(field.Value, "\n"), ", "), &details
	case vault.FieldTOTP:
		details := sdk.NewItemFieldDetailsTypeVariantOTP(&sdk.OTPFieldDetails{Code: ptr("000000")})
		to.Details = &details
	case vault.FieldSSHKey:
		details := sdk.NewItemFieldDetailsTypeVariantSSHKey(&sdk.SSHKeyAttributes{})
		to.Details = &details
	}
	return to
}

// address parses lines: street, post code and town, country.
func address(lines []string) *sdk.AddressFieldDetails {
	zip, city, ok := strings.Cut(lines[1], " ")
	if !ok {
		zip, city = "", lines[1]
	}
	return &sdk.AddressFieldDetails{Street: lines[0], Zip: zip, City: city, Country: lines[2]}
}

// key is an SSH key with the values computed from it.
type key struct{ *sdk.SSHKeyAttributes }

// keyOf returns the key that a field was computed from, or nil.
func keyOf(item sdk.Item, field vault.Field) *key {
	if len(item.Fields) == 0 {
		return nil
	}
	last := item.Fields[len(item.Fields)-1]
	if last.FieldType == sdk.ItemFieldTypeSSHKey && strings.HasPrefix(field.ID, last.ID+"-") {
		return &key{last.Details.SSHKey()}
	}
	return nil
}

func (k *key) set(field vault.Field) {
	switch field.Title {
	case "public key":
		k.PublicKey = field.Value
	case "fingerprint":
		k.Fingerprint = field.Value
	case "key type":
		k.KeyType = field.Value
	}
}

// filesOf returns an item's files, that of a Document first.
func filesOf(item sdk.Item) (all []sdk.FileAttributes) {
	if item.Document != nil {
		all = append(all, *item.Document)
	}
	for _, file := range item.Files {
		all = append(all, file.Attributes)
	}
	return all
}
