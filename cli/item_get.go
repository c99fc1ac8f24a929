package cli

import (
	"fmt"
	"io"

	"itemshare/client"
	"itemshare/vault"
)

type itemGetCommand struct {
	remote
	itemName
	Field  string `placeholder:"FIELD" help:"${item_get_field}"`
	Reveal bool   `help:"Print hidden values too, such as passwords."`
	JSON   bool   `help:"Print the item, or the field, as JSON, including hidden values." name:"json"`
}

// Help returns more text for item get --help.
func (c *itemGetCommand) Help() string {
	return "Prints an item, which the audit log records. " +
		"Control characters are printed as escapes; --json, and --field except at a terminal, " +
		"print values exactly.\n\n" + exitCodesHelp
}

// Run prints an item.
func (c *itemGetCommand) Run(p *program) error { return remoteError(c.get(p)) }

func (c *itemGetCommand) get(p *program) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	item, vaultTitle, err := c.load(p.ctx, api)
	switch {
	case err != nil:
		return err
	case c.Field != "":
		return c.printField(p, item)
	case c.JSON:
		return printJSON(p.stdout, item)
	}
	out := &itemText{reveal: c.Reveal, now: p.clock()}
	out.line("", "%s", plain(vault.ShownTitle(item.Title)))
	out.line("", "%s in %s, version %d, edited %s",
		plain(item.Category), plain(vaultTitle), item.Version, timeWords(item.UpdatedAt))
	out.line("", "ID: %s", plain(item.ID))
	out.content(sharedItemOf(item))
	_, err = io.WriteString(p.stdout, out.text.String())
	return err
}

// printField prints the value of one field and a line break. Naming a field asks for its value, so
// that it is not hidden. Of a one-time password it prints the current code.
func (c *itemGetCommand) printField(p *program, item client.Item) error {
	field, err := fieldOf(vaultItemOf(item), c.Field)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p.stdout, apiField(field))
	}
	value := field.Value
	if field.Type == vault.FieldTOTP && value != "" {
		seed, err := vault.ParseSeed(value)
		if err != nil {
			return fmt.Errorf("%s: %s", plain(field.Title), sentence(err))
		}
		value, _ = seed.Code(p.clock())
	}
	if isTerminal(p.stdout) {
		value = plainLines(value)
	}
	_, err = fmt.Fprintln(p.stdout, value)
	return err
}

// sharedItemOf returns an item as a recipient of all of it would see it.
func sharedItemOf(item client.Item) client.SharedItem {
	shown := client.SharedItem{
		Title: item.Title, Category: item.Category, Sections: item.Sections,
		Websites: item.Websites, Tags: item.Tags, Notes: item.Notes,
	}
	for _, f := range vaultItemOf(item).Fields {
		shown.Fields = append(shown.Fields, client.SharedField{
			Title: f.Title, Type: string(f.Type), Value: f.Value, Section: f.SectionID,
		})
	}
	for _, f := range item.Files {
		shown.Files = append(shown.Files, client.SharedFile{Name: f.Name, Size: f.Size})
	}
	return shown
}

// vaultItemOf returns what can be assigned of an item, and its category.
func vaultItemOf(item client.Item) vault.Item {
	in := vault.Item{Category: vault.Category(item.Category), Notes: item.Notes}
	for _, s := range item.Sections {
		in.Sections = append(in.Sections, vault.Section(s))
	}
	for _, f := range item.Fields {
		section := ""
		if f.SectionID != nil {
			section = *f.SectionID
		}
		in.Fields = append(in.Fields, vault.Field{
			ID: f.ID, Title: f.Title, SectionID: section, Type: vault.FieldType(f.FieldType), Value: f.Value,
		})
	}
	return in
}

func apiField(f vault.Field) client.ItemField {
	out := client.ItemField{ID: f.ID, Title: f.Title, FieldType: string(f.Type), Value: f.Value}
	if f.SectionID != "" {
		out.SectionID = &f.SectionID
	}
	return out
}

// apiParts returns the fields and sections of an item for the API.
func apiParts(item vault.Item) (fields []client.ItemField, sections []client.ItemSection) {
	for _, f := range item.Fields {
		fields = append(fields, apiField(f))
	}
	for _, s := range item.Sections {
		sections = append(sections, client.ItemSection(s))
	}
	return fields, sections
}
