package onepassword

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/fault"
	"itemshare/vault"
)

// itemOf is the SDK's item as ours. What we do not know by name becomes Unsupported.
func itemOf(from sdk.Item) vault.Item {
	item := vault.Item{
		ID: from.ID, VaultID: from.VaultID, Title: from.Title, Category: categoryOf(from.Category), Notes: from.Notes,
		Tags: from.Tags, Websites: websitesOf(from.Websites), Version: from.Version,
		CreatedAt: from.CreatedAt.UTC(), UpdatedAt: from.UpdatedAt.UTC(),
	}
	for _, section := range from.Sections {
		item.Sections = append(item.Sections, vault.Section{ID: section.ID, Title: section.Title})
	}
	for _, field := range from.Fields {
		item.Fields = append(item.Fields, fieldsOf(field)...)
	}
	for _, file := range filesOf(from) {
		item.Files = append(item.Files, vault.File{ID: file.ID, Name: file.Name, Type: mediaType(file.Name), Size: int64(file.Size)})
	}
	return item
}

func categoryOf(from sdk.ItemCategory) vault.Category {
	if category, ok := vault.ParseCategory(string(from)); ok {
		return category
	}
	return vault.Unsupported
}

// fieldsOf is one field, and beside an SSH key what is computed from it: the SDK
// keeps it with the key, a recipient wants to copy it alone.
func fieldsOf(from sdk.ItemField) []vault.Field {
	field := vault.Field{ID: from.ID, Title: from.Title, Type: typeOf(from.FieldType), Value: from.Value}
	if from.SectionID != nil {
		field.SectionID = *from.SectionID
	}
	switch field.Type {
	case vault.FieldAddress:
		if a := address(from.Details); a != nil {
			field.Value = addressLines(*a)
		}
	case vault.FieldMonthYear:
		field.Value = monthYear(from.Value)
	case vault.FieldSSHKey:
		return append([]vault.Field{field}, besideKey(field, from.Details)...)
	}
	return []vault.Field{field}
}

func typeOf(from sdk.ItemFieldType) vault.FieldType {
	switch t := vault.FieldType(from); t {
	case vault.FieldText, vault.FieldConcealed, vault.FieldCreditCardType, vault.FieldCreditCardNumber, vault.FieldPhone,
		vault.FieldURL, vault.FieldTOTP, vault.FieldEmail, vault.FieldReference, vault.FieldSSHKey, vault.FieldMenu,
		vault.FieldMonthYear, vault.FieldAddress, vault.FieldDate:
		return t
	}
	return vault.FieldUnsupported
}

// address gives an address in parts, nil where there is none: the SDK's own getter
// ends the program where the details are of another type.
func address(d *sdk.ItemFieldDetails) *sdk.AddressFieldDetails {
	if d == nil || d.Type != sdk.ItemFieldDetailsTypeVariantAddress {
		return nil
	}
	return d.Address()
}

// addressLines writes street, post code and town, state, country in lines.
func addressLines(a sdk.AddressFieldDetails) string {
	var lines []string
	for _, line := range []string{a.Street, strings.TrimSpace(a.Zip + " " + a.City), a.State, a.Country} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// monthYear turns the SDK's MM/YYYY into YYYY-MM, and leaves any other text as it is.
func monthYear(text string) string {
	month, year, ok := strings.Cut(text, "/")
	if !ok || len(month) != 2 || len(year) != 4 || strings.Trim(month+year, "0123456789") != "" {
		return text
	}
	return year + "-" + month
}

func besideKey(key vault.Field, d *sdk.ItemFieldDetails) (fields []vault.Field) {
	if d == nil || d.Type != sdk.ItemFieldDetailsTypeVariantSSHKey || d.SSHKey() == nil {
		return nil
	}
	for _, part := range []struct{ title, value string }{
		{"public key", d.SSHKey().PublicKey}, {"fingerprint", d.SSHKey().Fingerprint}, {"key type", d.SSHKey().KeyType},
	} {
		if part.value != "" {
			fields = append(fields, vault.Field{
				ID: key.ID + "-" + strings.ReplaceAll(part.title, " ", "-"), Title: part.title,
				SectionID: key.SectionID, Type: vault.FieldText, Value: part.value,
			})
		}
	}
	return fields
}

func websitesOf(from []sdk.Website) (sites []vault.Website) {
	for _, site := range from {
		sites = append(sites, vault.Website{Label: site.Label, URL: site.URL})
	}
	return sites
}

// filesOf are an item's files: that of a Document first, then those of fields.
func filesOf(item sdk.Item) (files []sdk.FileAttributes) {
	if item.Document != nil {
		files = append(files, *item.Document)
	}
	for _, file := range item.Files {
		files = append(files, file.Attributes)
	}
	return files
}

func fileOf(item sdk.Item, id string) (sdk.FileAttributes, bool) {
	for _, file := range filesOf(item) {
		if file.ID == id {
			return file, true
		}
	}
	return sdk.FileAttributes{}, false
}

// mediaType goes by the name's ending, since the SDK tells none; "" for others.
func mediaType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".txt", ".log", ".md", ".csv":
		return "text/plain"
	case ".pdf":
		return "application/pdf"
	case ".png":
		return "image/png"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".gif":
		return "image/gif"
	case ".webp":
		return "image/webp"
	case ".zip":
		return "application/zip"
	case ".json":
		return "application/json"
	}
	return ""
}

// overviewOf is what the SDK's lists tell of an item. They know neither its fields
// nor its version: the subtitle is a website's host or nothing, the version 0.
func overviewOf(from sdk.ItemOverview) vault.Overview {
	return vault.OverviewOf(vault.Item{
		ID: from.ID, VaultID: from.VaultID, Title: from.Title, Category: categoryOf(from.Category),
		Websites: websitesOf(from.Websites), Tags: from.Tags, UpdatedAt: from.UpdatedAt.UTC(),
	})
}

// wholeFile gives bytes to read, and an error where they are not as many as the
// account says: a file cut short must not pass for one.
func wholeFile(content []byte, size int64) (io.ReadCloser, error) {
	if int64(len(content)) != size {
		return nil, fault.Because(fault.Unavailable, fmt.Errorf("read a file: %d bytes came, and there are %d", len(content), size))
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}
