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

// itemOf converts an item of the SDK. Unknown categories and field types become Unsupported.
func itemOf(from sdk.Item) vault.Item {
	item := vault.Item{
		ID: from.ID, VaultID: from.VaultID, Title: vault.ShownTitle(from.Title),
		Category: categoryOf(from.Category), Notes: from.Notes,
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
		item.Files = append(
			item.Files,
			vault.File{
				ID:   file.ID,
				Name: file.Name,
				Type: mediaType(file.Name),
				Size: int64(file.Size),
			},
		)
	}
	return item
}

func categoryOf(from sdk.ItemCategory) vault.Category {
	if category, ok := vault.ParseCategory(string(from)); ok {
		return category
	}
	return vault.Unsupported
}

// fieldsOf converts a field. An SSH key is followed by a field for each value computed from it, so
// that recipients can copy them separately.
func fieldsOf(from sdk.ItemField) []vault.Field {
	field := vault.Field{
		ID:    from.ID,
		Title: from.Title,
		Type:  typeOf(from.FieldType),
		Value: from.Value,
	}
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
		field.Value = vault.OpenSSHKey(field.Value)
		return append([]vault.Field{field}, keyFields(field, from.Details)...)
	}
	return []vault.Field{field}
}

func typeOf(from sdk.ItemFieldType) vault.FieldType {
	switch t := vault.FieldType(from); t {
	case vault.FieldText,
		vault.FieldConcealed,
		vault.FieldCreditCardType,
		vault.FieldCreditCardNumber,
		vault.FieldPhone,
		vault.FieldURL,
		vault.FieldTOTP,
		vault.FieldEmail,
		vault.FieldReference,
		vault.FieldSSHKey,
		vault.FieldMenu,
		vault.FieldMonthYear,
		vault.FieldAddress,
		vault.FieldDate:
		return t
	}
	return vault.FieldUnsupported
}

// address returns the parts of an address, or nil if there are none. The SDK's own getter panics if
// the details are of another type.
func address(d *sdk.ItemFieldDetails) *sdk.AddressFieldDetails {
	if d == nil || d.Type != sdk.ItemFieldDetailsTypeVariantAddress {
		return nil
	}
	return d.Address()
}

// addressLines formats an address in lines: street, post code and town, state, country.
func addressLines(a sdk.AddressFieldDetails) string {
	var lines []string
	for _, line := range []string{a.Street, strings.TrimSpace(a.Zip + " " + a.City), a.State, a.Country} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// monthYear converts the SDK's MM/YYYY to YYYY-MM, and returns any other text unchanged.
func monthYear(text string) string {
	month, year, ok := strings.Cut(text, "/")
	if !ok || len(month) != 2 || len(year) != 4 || strings.Trim(month+year, "0123456789") != "" {
		return text
	}
	return year + "-" + month
}

func keyFields(key vault.Field, d *sdk.ItemFieldDetails) (fields []vault.Field) {
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

// filesOf returns an item's files: that of a Document first, then those of fields.
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

// mediaType returns the media type for a file name's extension, or "": the SDK provides none.
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

// overviewOf converts an entry of the SDK's lists. These contain neither fields nor versions: the
// subtitle is a website's host or empty, and the version 0.
func overviewOf(from sdk.ItemOverview) vault.Overview {
	return vault.OverviewOf(vault.Item{
		ID: from.ID, VaultID: from.VaultID, Title: vault.ShownTitle(from.Title), Category: categoryOf(from.Category),
		Websites: websitesOf(from.Websites), Tags: from.Tags, UpdatedAt: from.UpdatedAt.UTC(),
	})
}

// wholeFile returns a reader of a file's content, or an error if the content is not as long as the
// account says: a truncated file must not pass as complete.
func wholeFile(content []byte, size int64) (io.ReadCloser, error) {
	if int64(len(content)) != size {
		return nil, fault.Because(
			fault.Unavailable,
			fmt.Errorf("read a file: got %d bytes of %d", len(content), size),
		)
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}
