package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"itemshare/vault"
)

// assignment is one argument of item create and item edit, [section.]field[[type]]=value, in the
// manner of 1Password's op. A backslash before one of . = [ ] \ takes away its meaning in a name.
type assignment struct {
	name   string // of section and field, as typed
	kind   vault.FieldType
	value  string
	remove bool // [delete] instead of a type
	input  bool // the value is read from standard input
}

// errNotAssignment never quotes the argument, which may be a secret.
var errNotAssignment = errors.New("write field=value or Section.field[type]=value, " +
	"or field=- to read the value from standard input")

// typeNames are other names of types: those of op.
var typeNames = map[string]vault.FieldType{
	"password": vault.FieldConcealed, "otp": vault.FieldTOTP,
}

func parseAssignment(text string) (assignment, error) {
	at := indexUnescaped(text, '=')
	a := assignment{name: text}
	if at >= 0 {
		a.name, a.value = text[:at], text[at+1:]
	}
	if open := indexUnescaped(a.name, '['); open >= 0 && strings.HasSuffix(a.name, "]") {
		name := a.name[open+1 : len(a.name)-1]
		a.name = a.name[:open]
		if a.remove = strings.EqualFold(name, "delete"); !a.remove {
			var err error
			if a.kind, err = parseFieldType(name); err != nil {
				return a, err
			}
		}
	}
	if at < 0 && !a.remove || strings.TrimSpace(a.name) == "" {
		return a, errNotAssignment
	}
	if a.input = a.value == "-" && !a.remove; a.input {
		a.value = ""
	}
	return a, nil
}

// parseFieldType returns the type with that name, in any case: the SDK's or op's.
func parseFieldType(name string) (vault.FieldType, error) {
	if t, ok := typeNames[strings.ToLower(name)]; ok {
		return t, nil
	}
	var names []string
	for _, t := range vault.FieldTypes() {
		if strings.EqualFold(string(t), name) {
			return t, nil
		}
		names = append(names, string(t))
	}
	return "", fmt.Errorf("there is no type of field %s: use one of %s, or delete",
		plain(name), strings.Join(names, ", "))
}

// indexUnescaped returns the place of the first such character without a backslash before it, or -1.
func indexUnescaped(text string, char byte) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case char:
			return i
		}
	}
	return -1
}

// unescape removes the backslashes before characters that would mean something.
var unescape = strings.NewReplacer(`\.`, `.`, `\=`, `=`, `\[`, `[`, `\]`, `]`, `\\`, `\`).Replace

// cutSection splits "Section.field". The section is "" where the name has none.
func cutSection(name string) (section, field string) {
	if at := indexUnescaped(name, '.'); at > 0 && at < len(name)-1 {
		return unescape(name[:at]), unescape(name[at+1:])
	}
	return "", unescape(name)
}

// fieldOf returns the field that has the name; "notes" and "notesPlain" are the notes where no field
// has that name.
func fieldOf(item vault.Item, name string) (vault.Field, error) {
	found := matches(item, name)
	switch {
	case len(found) == 1:
		return item.Fields[found[0]], nil
	case len(found) > 1:
		return vault.Field{}, errAmbiguous(item, name, found)
	case isNotes(name):
		return vault.Field{ID: name, Title: "notes", Type: vault.FieldText, Value: item.Notes}, nil
	}
	return vault.Field{}, errNoField(name)
}

func isNotes(name string) bool { return name == "notes" || name == "notesPlain" }

func errNoField(name string) error {
	return exitError{exitNotFound, fmt.Sprintf("the item has no field %s", plain(unescape(name)))}
}

func errAmbiguous(item vault.Item, name string, found []int) error {
	var ids []string
	for _, at := range found[:min(len(found), maxListed)] {
		ids = append(ids, plain(item.Fields[at].ID))
	}
	return fmt.Errorf("%d fields are named %s. Use Section.field or an ID: %s",
		len(found), plain(unescape(name)), strings.Join(ids, ", "))
}

// matches returns the places of the fields that have the name: by ID, or else by title, or else by
// title in another case. Without a section, the fields of all sections count. A name with a dot may
// also be the whole name of a field.
func matches(item vault.Item, name string) []int {
	section, field := cutSection(name)
	found := matchesIn(item, section, field)
	if len(found) == 0 && section != "" {
		found = matchesIn(item, "", unescape(name))
	}
	return found
}

func matchesIn(item vault.Item, section, name string) []int {
	for _, fits := range []func(vault.Field) bool{
		func(f vault.Field) bool { return f.ID == name },
		func(f vault.Field) bool { return f.Title == name },
		func(f vault.Field) bool { return strings.EqualFold(f.Title, name) },
	} {
		var found []int
		for at, f := range item.Fields {
			if fits(f) && (section == "" || isSection(item, f.SectionID, section)) {
				found = append(found, at)
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// isSection reports whether the section with that ID has the name.
func isSection(item vault.Item, id, name string) bool {
	return slices.ContainsFunc(item.Sections, func(s vault.Section) bool {
		return s.ID == id && (id == name || strings.EqualFold(s.Title, name))
	})
}
