package cli

import (
	"slices"
	"strings"

	"itemshare/vault"
)

// draft is an item that assignments change. It has the usual fields of its category, so that they
// can be assigned by name.
type draft struct {
	item  vault.Item
	usual map[string]bool // IDs of fields and sections that the item lacked
	newID func() (string, error)
}

func newDraft(item vault.Item, newID func() (string, error)) *draft {
	d := &draft{item: vault.WithTemplate(item), usual: map[string]bool{}, newID: newID}
	for _, f := range d.item.Fields[len(item.Fields):] {
		d.usual["field "+f.ID] = true
	}
	for _, s := range d.item.Sections[len(item.Sections):] {
		d.usual["section "+s.ID] = true
	}
	return d
}

// assign changes the field that an assignment names, or adds it.
func (d *draft) assign(a assignment) error {
	found := matches(d.item, a.name)
	switch {
	case len(found) > 1:
		return errAmbiguous(d.item, a.name, found)
	case len(found) == 1 && a.remove:
		d.item.Fields = slices.Delete(d.item.Fields, found[0], found[0]+1)
		return nil
	case len(found) == 1:
		field := &d.item.Fields[found[0]]
		field.Value = a.value
		if a.kind != "" {
			field.Type = a.kind
		}
		return nil
	case isNotes(a.name):
		d.item.Notes = a.value
		return nil
	case a.remove:
		return errNoField(a.name)
	}
	return d.add(a)
}

// add adds a field, and its section if the item has none of that name. A field without a type is
// concealed, as by op: what should not have been hidden does no harm.
func (d *draft) add(a assignment) error {
	section, name := cutSection(a.name)
	field := vault.Field{Title: name, Type: a.kind, Value: a.value}
	if a.kind == "" {
		field.Type = vault.FieldConcealed
	}
	var err error
	if field.ID, err = d.newID(); err != nil {
		return err
	}
	if section != "" {
		if field.SectionID, err = d.section(section); err != nil {
			return err
		}
	}
	d.item.Fields = append(d.item.Fields, field)
	return nil
}

// section returns the ID of the section with a name, which it adds if there is none.
func (d *draft) section(name string) (string, error) {
	for _, s := range d.item.Sections {
		if s.ID == name || strings.EqualFold(s.Title, name) {
			return s.ID, nil
		}
	}
	id, err := d.newID()
	d.item.Sections = append(d.item.Sections, vault.Section{ID: id, Title: name})
	return id, err
}

// done returns the item without the usual fields that were not filled in, and without their sections.
func (d *draft) done() vault.Item {
	item := d.item
	item.Fields = slices.DeleteFunc(item.Fields, func(f vault.Field) bool {
		return f.Value == "" && d.usual["field "+f.ID]
	})
	item.Sections = slices.DeleteFunc(item.Sections, func(s vault.Section) bool {
		return d.usual["section "+s.ID] && !slices.ContainsFunc(item.Fields, func(f vault.Field) bool {
			return f.SectionID == s.ID
		})
	})
	return item
}
