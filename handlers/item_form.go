package handlers

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"itemshare/vault"
	"itemshare/views"
)

// maxFormParts is how many fields, sections or websites of a form are read. It is above every limit
// of an item, so that what is too much is said and not cut off.
const maxFormParts = 2000

// itemForm reads the form of an item. Its lists have the order of the numbers in the names; a
// section without an ID gets one, as does a field.
func (h *Handlers) itemForm(form url.Values) (views.ItemForm, error) {
	typed := views.ItemForm{
		Category: vault.Category(form.Get("category")),
		Title:    form.Get("title"),
		Tags:     form.Get("tags"),
		Notes:    plainLines(form.Get("notes")),
		Version:  version(form.Get("version")),
	}
	for _, n := range partNumbers(form, "website") {
		typed.Websites = append(typed.Websites, vault.Website{
			Label: form.Get(views.FieldName("website", n, "label")),
			URL:   form.Get(views.FieldName("website", n, "url")),
		})
	}
	sections, err := h.formSections(form, &typed)
	if err != nil {
		return views.ItemForm{}, err
	}
	for _, n := range partNumbers(form, "field") {
		field, err := h.formField(form, n, sections)
		if err != nil {
			return views.ItemForm{}, err
		}
		typed.Fields = append(typed.Fields, field)
	}
	return typed, nil
}

// formSections reads the sections into the form. It returns their IDs by what a field may name
// them: the ID or the number.
func (h *Handlers) formSections(
	form url.Values, typed *views.ItemForm,
) (map[string]string, error) {
	ids := map[string]string{}
	for _, n := range partNumbers(form, "section") {
		id, err := h.partID(form.Get(views.FieldName("section", n, "id")))
		if err != nil {
			return nil, err
		}
		ids[strconv.Itoa(n)] = id
		typed.Sections = append(
			typed.Sections, vault.Section{ID: id, Title: form.Get(views.FieldName("section", n, "title"))},
		)
	}
	for _, s := range typed.Sections {
		ids[s.ID] = s.ID
	}
	return ids, nil
}

func (h *Handlers) formField(
	form url.Values, n int, sections map[string]string,
) (vault.Field, error) {
	get := func(part string) string { return form.Get(views.FieldName("field", n, part)) }
	id, err := h.partID(get("id"))
	return vault.Field{
		ID: id, Title: get("title"), SectionID: sections[get("section")],
		Type:  vault.FieldType(cmp.Or(get("type"), string(vault.FieldText))),
		Value: plainLines(get("value")),
	}, err
}

// partID returns the ID of a field or section, a new one for "".
func (h *Handlers) partID(id string) (string, error) {
	if id != "" {
		return id, nil
	}
	return h.formToken()
}

// plainLines returns a text with the line breaks that it is stored with: a form sends CR LF.
func plainLines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

func version(text string) uint32 {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// partNumbers returns the numbers of a list's entries in a form, in order.
func partNumbers(form url.Values, list string) []int {
	seen := map[int]bool{}
	for name := range form {
		rest, ok := strings.CutPrefix(name, list+".")
		number, _, dotted := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if ok && dotted && err == nil && n >= 0 {
			seen[n] = true
		}
	}
	numbers := make([]int, 0, len(seen))
	for n := range seen {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	return numbers[:min(len(numbers), maxFormParts)]
}

// itemOfForm returns the item that a form describes, and the indexes in the form of its fields.
// Fields without a value that before does not have are left out, as are empty websites and
// sections without a field.
func itemOfForm(form views.ItemForm, before vault.Item) (vault.Item, []int) {
	item := before
	item.Title, item.Notes, item.Tags = form.Title, form.Notes, tagsOf(form.Tags)
	item.Category, item.Version = form.Category, form.Version
	item.Fields, item.Sections, item.Websites = nil, nil, nil
	var places []int
	for i, field := range form.Fields {
		if field.Value == "" && !hasField(before, field.ID) {
			continue
		}
		item.Fields, places = append(item.Fields, field), append(places, i)
	}
	for _, s := range form.Sections {
		if slices.ContainsFunc(item.Fields, func(f vault.Field) bool { return f.SectionID == s.ID }) ||
			slices.ContainsFunc(before.Sections, func(b vault.Section) bool { return b.ID == s.ID }) {
			item.Sections = append(item.Sections, s)
		}
	}
	for _, w := range form.Websites {
		if strings.TrimSpace(w.URL) != "" || slices.Contains(before.Websites, w) {
			item.Websites = append(item.Websites, w)
		}
	}
	return item, places
}

func hasField(item vault.Item, id string) bool {
	_, ok := fieldOf(item, id)
	return ok
}

// tagsOf reads tags that are separated by commas, each once.
func tagsOf(text string) (tags []string) {
	for tag := range strings.SplitSeq(text, ",") {
		tag = strings.TrimSpace(tag)
		if tag != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// formOfItem returns the form filled in with an item.
func formOfItem(item vault.Item) views.ItemForm {
	return views.ItemForm{
		Category: item.Category, Title: item.Title, Tags: strings.Join(item.Tags, ", "),
		Notes: item.Notes, Websites: item.Websites, Sections: item.Sections, Fields: item.Fields,
		Version: item.Version,
	}
}
