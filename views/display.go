package views

import (
	"slices"
	"strconv"
	"time"

	"itemshare/share"
	"itemshare/vault"
)

// ViewItem is an item as pages show it: concealed values stay behind.
func ViewItem(item vault.Item, vaultTitle string) ItemView {
	view := ItemView{
		ItemRef:   ItemRef{VaultID: item.VaultID, ID: item.ID, Vault: vaultTitle, Title: item.Title, Category: item.Category, Version: item.Version},
		Websites:  item.Websites,
		Notes:     item.Notes,
		Tags:      item.Tags,
		Files:     item.Files,
		UpdatedAt: item.UpdatedAt,
	}
	view.Sections = sectionsOf(item)
	return view
}

// sectionsOf groups the fields, those of no known section first.
func sectionsOf(item vault.Item) []ItemSection {
	sections := []ItemSection{{}}
	place := map[string]int{}
	for _, s := range item.Sections {
		place[s.ID] = len(sections)
		sections = append(sections, ItemSection{Title: s.Title})
	}
	for _, f := range item.Fields {
		s := &sections[place[f.SectionID]]
		s.Fields = append(s.Fields, ViewField(f))
	}
	return slices.DeleteFunc(sections, func(s ItemSection) bool { return len(s.Fields) == 0 })
}

// ViewField is a field as pages show it: a concealed value stays behind.
func ViewField(f vault.Field) ItemField {
	field := ItemField{ID: f.ID, Label: f.Title, Type: f.Type, Concealed: f.Type.Concealed(), Empty: f.Value == ""}
	if !field.Concealed {
		field.Value = f.Value
	}
	return field
}

// PolicyForm fills the policy form with a stored policy.
func PolicyForm(vaultID string, p share.Policy) PolicyInput {
	input := PolicyInput{
		Vault:          vaultID,
		MaxExpiry:      durationName(p.MaxExpiry),
		DefaultExpiry:  durationName(p.DefaultExpiry),
		AllowedDomains: p.AllowedDomains,
		FilesAllowed:   p.FilesAllowed,
	}
	if p.MaxViews > 0 {
		input.MaxViews = strconv.Itoa(p.MaxViews)
	}
	if p.FilesMaxSize > 0 {
		input.FilesMaxSize = strconv.FormatInt(p.FilesMaxSize, 10)
	}
	for _, t := range p.AllowedTypes {
		input.AllowedTypes = append(input.AllowedTypes, string(t))
	}
	for _, k := range p.AllowedRecipientTypes {
		input.AllowedRecipientTypes = append(input.AllowedRecipientTypes, recipientTypeName(k))
	}
	return input
}

func recipientTypeName(k share.RecipientKind) string {
	if k == share.Domain {
		return "Domain"
	}
	return "Email"
}

// duration is one of the five lengths a share may have.
type duration struct {
	Name  string // of the interface
	Words string
	Time  time.Duration
}

const day = 24 * time.Hour

func durations() []duration {
	return []duration{
		{"OneHour", "1 hour", time.Hour},
		{"OneDay", "1 day", day},
		{"SevenDays", "7 days", 7 * day},
		{"FourteenDays", "14 days", 14 * day},
		{"ThirtyDays", "30 days", 30 * day},
	}
}

func durationName(d time.Duration) string {
	for _, known := range durations() {
		if known.Time == d {
			return known.Name
		}
	}
	return ""
}
