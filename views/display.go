package views

import (
	"slices"

	"itemshare/vault"
)

// ViewItem returns an item as pages show it, without its concealed values.
func ViewItem(item vault.Item, vaultTitle string) ItemView {
	view := ItemView{
		ItemRef: ItemRef{
			VaultID: item.VaultID, ID: item.ID, Vault: vaultTitle, Title: item.Title,
			Category: item.Category, Version: item.Version,
		},
		Websites:  item.Websites,
		Notes:     item.Notes,
		Tags:      item.Tags,
		Files:     item.Files,
		UpdatedAt: item.UpdatedAt,
	}
	view.Sections = sectionsOf(item)
	return view
}

// sectionsOf groups the fields by section. Those of no section, or of an unknown one, come first.
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

// ViewField returns a field as pages show it, without a concealed value.
func ViewField(f vault.Field) ItemField {
	field := ItemField{
		ID: f.ID, Label: f.Title, Type: f.Type, Concealed: f.Type.Concealed(), Empty: f.Value == "",
	}
	if !field.Concealed {
		field.Value = f.Value
	}
	if f.Type == vault.FieldSSHKey {
		field.Key, _ = vault.PublicKeyOf(f.Value)
	}
	return field
}
