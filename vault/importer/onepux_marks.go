package importer

import (
	"cmp"
	"slices"

	"itemshare/vault"
)

// An export that package exporter wrote has members called itemshare, which say exactly what its fields
// were: their types, sections and order. Without them a value is what it is in 1Password.
const ownMember = "itemshare"

// placedField is a field with its place in the item that was exported.
type placedField struct {
	vault.Field
	at int64
}

// marked adds a field that was exported here, and reports whether it was.
func (c *conversion) marked(from *value, field vault.Field, v *value) bool {
	mark := from.get(ownMember)
	at := mark.get("at")
	if mark == nil || at == nil {
		return false
	}
	number, ok := at.number()
	kind := mark.get("type").plainText()
	if !ok || kind == "" || field.ID == "" || c.ids[field.ID] {
		return false
	}
	field.Type, field.SectionID = vault.FieldType(kind), mark.get("section").plainText()
	field.Value = c.exactly(v, field.Title)
	mark.set(taken)
	from.get("id").set(taken)
	c.ids[field.ID] = true
	c.placed = append(c.placed, placedField{field, number})
	return true
}

// exactly returns a value without turning codes into words.
func (c *conversion) exactly(v *value, title string) string {
	if v == nil || v.kind != objectKind {
		return c.text(v, title)
	}
	for _, m := range v.members {
		switch {
		case m.name == "date" && m.kind == numberKind:
			return c.date(m.value, title)
		case m.name == "monthYear" && m.kind == numberKind:
			return c.monthYear(m.value, title)
		case m.kind == textKind:
			return c.text(m.value, title)
		case m.kind == objectKind:
			for _, name := range []string{"email_address", "privateKey", "street"} {
				if text := m.get(name); text != nil {
					return c.text(text, title)
				}
			}
		}
	}
	return ""
}

// place adds the fields that were exported here, in their order, before others.
func (c *conversion) place() {
	slices.SortStableFunc(c.placed, func(a, b placedField) int { return cmp.Compare(a.at, b.at) })
	fields := make([]vault.Field, 0, len(c.placed)+len(c.item.Fields))
	for _, placed := range c.placed {
		fields = append(fields, placed.Field)
	}
	c.item.Fields = append(fields, c.item.Fields...)
}
