package share

import (
	"slices"

	"itemshare/fault"
	"itemshare/share/link"
	"itemshare/vault"
)

// maxContent is the largest JSON of an item without its files, in bytes.
const maxContent = 2 << 20

// snapshot copies the selected parts of an item. Entries of files have no nonce prefixes
// yet.
func snapshot(item vault.Item, choice selection, by Sharer, at int64) Content {
	c := Content{
		Title: item.Title, Category: string(item.Category), SharedBy: by.Name, SharedAt: at,
		Files: entries(choice.filesOf(item)),
	}
	hasFields, hasShared, isSection := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, section := range item.Sections {
		isSection[section.ID] = true
	}
	for _, f := range item.Fields {
		hasFields[f.SectionID] = true
		if choice.field(f) {
			hasShared[f.SectionID] = true
			field := ContentField{Title: f.Title, Type: string(f.Type), Value: f.Value}
			if isSection[f.SectionID] {
				field.Section = f.SectionID
			}
			c.Fields = append(c.Fields, field)
		}
	}
	for _, section := range item.Sections {
		if hasShared[section.ID] ||
			!hasFields[section.ID] { // a section left empty by omission says what was left out
			c.Sections = append(c.Sections, ContentSection(section))
		}
	}
	if choice.part(PartNotes) {
		c.Notes = item.Notes
	}
	if choice.part(PartTags) {
		c.Tags = slices.Clone(item.Tags)
	}
	if choice.part(PartWebsites) {
		for _, site := range item.Websites {
			c.Websites = append(c.Websites, link.Website(site))
		}
	}
	return c
}

func entries(files []vault.File) []link.File {
	var all []link.File
	for i, f := range files {
		all = append(
			all,
			link.File{
				Index:     i,
				Name:      f.Name,
				Type:      f.Type,
				Size:      f.Size,
				ChunkSize: link.ChunkSize,
			},
		)
	}
	return all
}

// encode returns the JSON of a content, or a problem where it is too large.
func encode(c Content) ([]byte, error) {
	text, err := c.Encode()
	if err != nil {
		return nil, err
	}
	if len(text) > maxContent {
		return nil, fault.Field(
			"",
			fault.CodeInvalid,
			"This item is too large to share. Its text can have up to 2 MiB without files. Leave some fields out.",
		)
	}
	return text, nil
}
