package importer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"itemshare/vault"
)

// exportedItem is an item of export.data.
type exportedItem struct {
	UUID         string                     `json:"uuid"`
	CreatedAt    int64                      `json:"createdAt"`
	UpdatedAt    int64                      `json:"updatedAt"`
	State        string                     `json:"state"`
	Trashed      bool                       `json:"trashed"`
	CategoryUUID string                     `json:"categoryUuid"`
	Overview     exportedOverview           `json:"overview"`
	Details      exportedDetails            `json:"details"`
	Rest         map[string]json.RawMessage `json:"-"` // details with unknown names
}

type exportedOverview struct {
	Title string   `json:"title"`
	URL   string   `json:"url"`
	Tags  []string `json:"tags"`
	URLs  []struct {
		Label string `json:"label"`
		URL   string `json:"url"`
	} `json:"urls"`
}

type exportedDetails struct {
	LoginFields []*struct {
		Value       json.RawMessage `json:"value"`
		ID          string          `json:"id"`
		Name        string          `json:"name"`
		FieldType   string          `json:"fieldType"`
		Designation string          `json:"designation"`
	} `json:"loginFields"`
	NotesPlain         string            `json:"notesPlain"`
	Sections           []*exportedPart   `json:"sections"`
	PasswordHistory    []json.RawMessage `json:"passwordHistory"`
	DocumentAttributes *exportedFile     `json:"documentAttributes"`
	Password           string            `json:"password"`
}

type exportedPart struct {
	Title  string `json:"title"`
	Name   string `json:"name"`
	Fields []*struct {
		Title string                     `json:"title"`
		ID    string                     `json:"id"`
		Value map[string]json.RawMessage `json:"value"`
	} `json:"fields"`
}

type exportedFile struct {
	FileName      string `json:"fileName"`
	DocumentID    string `json:"documentId"`
	DecryptedSize int64  `json:"decryptedSize"`
}

// knownDetails are the names of the details that are imported, or counted as left out.
var knownDetails = []string{
	"loginFields",
	"notesPlain",
	"sections",
	"passwordHistory",
	"documentAttributes",
	"password",
	"htmlForm",
}

// parseItem reads one element of items: the item itself or, in older exports, an object around it. It
// returns nil for null.
func parseItem(raw json.RawMessage) (*exportedItem, error) {
	var wrapped struct {
		Item    json.RawMessage            `json:"item"`
		Details map[string]json.RawMessage `json:"details"`
	}
	if err := json.Unmarshal(raw, &wrapped); err != nil {
		return nil, err
	}
	if len(wrapped.Item) > 0 && wrapped.Details == nil {
		return parseItem(wrapped.Item)
	}
	var item *exportedItem
	if err := json.Unmarshal(raw, &item); err != nil || item == nil {
		return nil, err
	}
	item.Rest = map[string]json.RawMessage{}
	for name, value := range wrapped.Details {
		if !slices.Contains(knownDetails, name) && !empty(value) {
			item.Rest[name] = value
		}
	}
	return item, nil
}

func empty(value json.RawMessage) bool {
	return slices.Contains([]string{"", "null", `""`, "[]", "{}", "false", "0"}, string(value))
}

// categories maps the format's numbers to categories.
var categories = map[string]vault.Category{
	"001": vault.Login, "002": vault.CreditCard, "003": vault.SecureNote, "004": vault.Identity,
	"005": vault.Password, "006": vault.Document,
	"100": vault.SoftwareLicense, "101": vault.BankAccount, "102": vault.Database,
	"103": vault.DriverLicense, "104": vault.OutdoorLicense,
	"105": vault.Membership, "106": vault.Passport, "107": vault.Rewards,
	"108": vault.SocialSecurityNumber, "109": vault.Router, "110": vault.Server,
	"111": vault.Email, "112": vault.APICredentials, "113": vault.MedicalRecord,
	"114": vault.SSHKey, "115": vault.CryptoWallet,
}

// conversion converts one item. ids holds the field IDs in use.
type conversion struct {
	item vault.Item
	left leftovers
	ids  map[string]bool
}

func (c *conversion) convert(from *exportedItem) vault.Item {
	c.item = vault.Item{
		Title: from.Overview.Title, Category: vault.Unsupported, Notes: from.Details.NotesPlain,
		Tags:      from.Overview.Tags,
		CreatedAt: instant(from.CreatedAt), UpdatedAt: instant(from.UpdatedAt),
	}
	if c.item.Title == "" {
		c.item.Title = "Untitled"
	}
	if category, ok := categories[from.CategoryUUID]; ok {
		c.item.Category = category
	} else {
		c.left.note("%d %s of unknown category: imported as Other with all fields.", "item")
	}
	c.websites(from.Overview)
	c.logins(from.Details)
	for i, section := range from.Details.Sections {
		if section != nil {
			c.section(i, section)
		}
	}
	c.file(from.Details.DocumentAttributes)
	if len(from.Details.PasswordHistory) > 0 {
		c.left.note("The password history of %d %s was left out.", "item")
	}
	for name := range from.Rest {
		c.left.note(
			fmt.Sprintf(
				"The detail %q of %%d %%s was left out.",
				strings.ReplaceAll(shortened(name), "%", ""),
			),
			"item",
		)
	}
	return c.item
}

// instant converts a time of the export, which may be absent.
func instant(seconds int64) time.Time {
	if seconds <= 0 || seconds > 1<<36 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

func shortened(name string) string {
	letters := []rune(name)
	return string(letters[:min(len(letters), 40)])
}

func (c *conversion) websites(overview exportedOverview) {
	for _, u := range overview.URLs {
		if u.URL != "" {
			c.item.Websites = append(c.item.Websites, vault.Website{Label: u.Label, URL: u.URL})
		}
	}
	if len(c.item.Websites) == 0 && overview.URL != "" {
		c.item.Websites = []vault.Website{{Label: "website", URL: overview.URL}}
	}
}

// loginTypes maps the types of web form fields.
var loginTypes = map[string]vault.FieldType{
	"P":   vault.FieldConcealed,
	"E":   vault.FieldEmail,
	"U":   vault.FieldURL,
	"TEL": vault.FieldPhone,
}

func (c *conversion) logins(details exportedDetails) {
	for _, field := range details.LoginFields {
		if field == nil {
			continue
		}
		fieldType, known := loginTypes[field.FieldType]
		if !known {
			fieldType = vault.FieldText
		}
		id, title := field.ID, field.Name
		switch field.Designation {
		case "username":
			// Subtitles look for this ID. An email address serves as user name as well.
			id, title, fieldType = "username", "username", vault.FieldText
		case "password":
			id, title, fieldType = "password", "password", vault.FieldConcealed
		}
		c.field(vault.Field{ID: id, Title: title, Type: fieldType, Value: plainText(field.Value)})
	}
	if details.Password != "" && !c.ids["password"] {
		c.field(
			vault.Field{
				ID:    "password",
				Title: "password",
				Type:  vault.FieldConcealed,
				Value: details.Password,
			},
		)
	}
}

func (c *conversion) section(number int, from *exportedPart) {
	section := vault.Section{ID: from.Name, Title: from.Title}
	if section.ID == "" ||
		slices.ContainsFunc(
			c.item.Sections,
			func(s vault.Section) bool { return s.ID == section.ID },
		) {
		section.ID = fmt.Sprint("section-", number+1)
	}
	before := len(c.item.Fields)
	for _, field := range from.Fields {
		if field != nil {
			c.values(
				vault.Field{ID: field.ID, Title: field.Title, SectionID: section.ID},
				field.Value,
			)
		}
	}
	if len(c.item.Fields) > before {
		c.item.Sections = append(c.item.Sections, section)
	}
}

// field adds a field that has a value, with a unique ID.
func (c *conversion) field(field vault.Field) {
	if field.Value == "" {
		return
	}
	if field.Title == "" {
		field.Title = field.ID
	}
	base := field.ID
	if base == "" {
		base = "field"
	}
	for n := 1; field.ID == "" || c.ids[field.ID]; n++ {
		field.ID = fmt.Sprint(base, "-", n)
	}
	c.ids[field.ID] = true
	c.item.Fields = append(c.item.Fields, field)
}

func (c *conversion) file(from *exportedFile) {
	if from == nil || from.DocumentID == "" {
		return
	}
	if slices.ContainsFunc(
		c.item.Files,
		func(f vault.File) bool { return f.ID == from.DocumentID },
	) {
		return
	}
	name := from.FileName
	if name == "" {
		name = "file"
	}
	c.item.Files = append(
		c.item.Files,
		vault.File{ID: from.DocumentID, Name: name, Size: from.DecryptedSize},
	)
}
