package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/vault"
	passwords "itemshare/vault/password"
	"itemshare/vault/strength"
	"itemshare/views"
)

// changeForm carries out what a button of the form asks for: to add, move or remove a part, to apply a
// type, or to make a password. It returns the name of the control to continue with, and reports
// whether a button asked for anything; nothing is saved then.
func (h *Handlers) changeForm(pressed url.Values, form *views.ItemForm) (focus string, ok bool, err error) {
	switch {
	case pressed.Has("add"):
		focus, err = h.addPart(form, pressed.Get("add"))
	case pressed.Has("move"):
		focus = movePart(form, pressed.Get("move"))
	case pressed.Has("remove"):
		focus = removePart(form, pressed.Get("remove"))
	case pressed.Has("apply"):
		if list, n := partOf(pressed.Get("apply")); list == "field" && n >= 0 && n < len(form.Fields) {
			focus = views.FieldName("field", n, "value")
		}
	case pressed.Has("find"):
		if list, n := partOf(pressed.Get("find")); list == "field" && n >= 0 && n < len(form.Fields) {
			focus = views.FieldName("field", n, "value")
		}
	case pressed.Has("refer"):
		focus = refer(form, pressed.Get("refer"))
	case pressed.Has("generate"):
		focus, err = h.generate(form, pressed.Get("generate"))
	default:
		return "", false, nil
	}
	return focus, true, err
}

// addPart adds "section", "website" or "field", or a field to a section: "field.2".
func (h *Handlers) addPart(form *views.ItemForm, what string) (focus string, err error) {
	switch list, n := partOf(what); list {
	case "section":
		id, err := h.formToken()
		form.Sections = append(form.Sections, vault.Section{ID: id})
		return views.FieldName("section", len(form.Sections)-1, "title"), err
	case "website":
		form.Websites = append(form.Websites, vault.Website{})
		return views.FieldName("website", len(form.Websites)-1, "url"), nil
	case "field":
		id, err := h.formToken()
		field := vault.Field{ID: id, Type: vault.FieldText}
		if n >= 0 && n < len(form.Sections) {
			field.SectionID = form.Sections[n].ID
		}
		form.Fields = append(form.Fields, field)
		return views.FieldName("field", len(form.Fields)-1, "title"), err
	}
	return "", nil
}

// partOf splits a name such as "field.2"; the number is -1 without one.
func partOf(name string) (list string, n int) {
	list, number, _ := strings.Cut(name, ".")
	n, err := strconv.Atoi(number)
	if err != nil {
		return list, -1
	}
	return list, n
}

// movePart moves a part to another place: "field.3.up" or "field.3.down", among those of its section and
// beyond them into the next; or "field.3.to.1.beside.2", into the section of the field that it is
// dropped on.
func movePart(form *views.ItemForm, what string) (focus string) {
	name, to, _ := strings.Cut(what, ".to.")
	to, beside, _ := strings.Cut(to, ".beside.")
	name, down := strings.CutSuffix(name, ".down")
	name, up := strings.CutSuffix(name, ".up")
	list, from := partOf(name)
	if from < 0 {
		return ""
	}
	target, err := strconv.Atoi(to)
	switch {
	case up:
		target = from - 1
	case down:
		target = from + 1
	case err != nil:
		return ""
	}
	switch list {
	case "section":
		return move(form.Sections, list, "title", from, target)
	case "website":
		return move(form.Websites, list, "url", from, target)
	case "field":
		if up || down {
			return moveField(form, from, up)
		}
		if n, err := strconv.Atoi(beside); err == nil && n >= 0 && max(n, from) < len(form.Fields) {
			form.Fields[from].SectionID = form.Fields[n].SectionID
		}
		return move(form.Fields, list, "title", from, target)
	}
	return ""
}

// move moves an entry of a list, and returns the name of its control.
func move[T any](list []T, name, control string, from, to int) string {
	if from >= len(list) || to < 0 || to >= len(list) {
		return ""
	}
	entry := list[from]
	copy(list[from:], list[from+1:])
	copy(list[to+1:], list[to:len(list)-1])
	list[to] = entry
	return views.FieldName(name, to, control)
}

// moveField moves a field by one among those of its section; the first or last of a section moves
// into the section before or after.
func moveField(form *views.ItemForm, from int, up bool) string {
	if from >= len(form.Fields) {
		return ""
	}
	field := form.Fields[from]
	for to := range neighbours(from, len(form.Fields), up) {
		if form.Fields[to].SectionID == field.SectionID {
			return move(form.Fields, "field", "title", from, to)
		}
	}
	order := append([]vault.Section{{}}, form.Sections...)
	at := slices.IndexFunc(order, func(s vault.Section) bool { return s.ID == field.SectionID })
	next := at + 1
	if up {
		next = at - 1
	}
	if next < 0 || next >= len(order) {
		return views.FieldName("field", from, "title")
	}
	form.Fields[from].SectionID = order[next].ID
	if up { // the last of the section before
		return move(form.Fields, "field", "title", from, len(form.Fields)-1)
	}
	return move(form.Fields, "field", "title", from, 0)
}

// neighbours yields the indexes before or after one, the nearest first.
func neighbours(from, count int, up bool) func(func(int) bool) {
	return func(yield func(int) bool) {
		step := 1
		if up {
			step = -1
		}
		for i := from + step; i >= 0 && i < count && yield(i); i += step {
		}
	}
}

// removePart removes a part. The fields of a removed section stay, in none.
func removePart(form *views.ItemForm, what string) (focus string) {
	list, n := partOf(what)
	switch {
	case list == "section" && n >= 0 && n < len(form.Sections):
		for i := range form.Fields {
			if form.Fields[i].SectionID == form.Sections[n].ID {
				form.Fields[i].SectionID = ""
			}
		}
		form.Sections = slices.Delete(form.Sections, n, n+1)
		return nearest("section", "title", n, len(form.Sections))
	case list == "website" && n >= 0 && n < len(form.Websites):
		form.Websites = slices.Delete(form.Websites, n, n+1)
		return nearest("website", "url", n, len(form.Websites))
	case list == "field" && n >= 0 && n < len(form.Fields):
		form.Fields = slices.Delete(form.Fields, n, n+1)
		return nearest("field", "value", n, len(form.Fields))
	}
	return ""
}

// nearest names the control of the entry that follows a removed one, else of the one before.
func nearest(list, control string, n, left int) string {
	if left == 0 {
		return "title"
	}
	return views.FieldName(list, min(n, left-1), control)
}

// generate makes a value for a field: a password, or an SSH key of a type: "field.3.rsa".
func (h *Handlers) generate(form *views.ItemForm, what string) (focus string, err error) {
	list, rest, _ := strings.Cut(what, ".")
	number, keyType, isKey := strings.Cut(rest, ".")
	n, err := strconv.Atoi(number)
	if err != nil || list != "field" || n < 0 || n >= len(form.Fields) {
		return "", nil
	}
	if isKey {
		form.Fields[n].Value, err = vault.NewSSHKey(h.c.Random, vault.SSHKeyType(keyType))
	} else {
		recipe := passwords.Usual(form.Fields[n].Title, form.Fields[n].ID)
		form.Fields[n].Value, err = passwords.Generate(h.c.Random, recipe)
	}
	return views.FieldName("field", n, "value"), err
}

// showStrength says how hard a password is to guess.
func (h *Handlers) showStrength(c echo.Context, _ account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	return h.showSecret(
		c, http.StatusOK, views.PasswordStrength(strength.Estimate(form.Get("password"))),
	)
}
