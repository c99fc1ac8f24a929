package importer

import (
	"encoding/json"
	"fmt"
	"strings"

	"itemshare/vault"
)

// builder makes one item of a source's values. It marks each value that it takes, and names in the
// report what has no place here. ids holds the field IDs in use.
type builder struct {
	report *Report // nil for a reading whose findings are known
	vault  string
	item   vault.Item
	ids    map[string]bool
	nextID map[string]int

	files   map[string]bool // IDs of the item's files
	found   map[string]attachment
	remarks []vault.Remark
	reason  string // of the last finding: why the item is left out, if it is

	archived bool // in its source
}

// maxRemarks is the longest list of an entry's remarks.
const maxRemarks = 50

func newBuilder(report *Report, vaultTitle string) builder {
	return builder{
		report: report, vault: vaultTitle, ids: map[string]bool{}, nextID: map[string]int{},
		files: map[string]bool{}, found: map[string]attachment{},
	}
}

// leave names a value that has no place here.
func (b *builder) leave(what What, field, detail string, v *value) {
	b.find(Finding{What: what, Field: field, Detail: detail}, v)
}

// problem names a value that isn't what the format says.
func (b *builder) problem(what What, field, detail string, v *value) {
	b.find(Finding{What: what, Field: field, Detail: detail, Problem: true}, v)
}

func (b *builder) find(f Finding, v *value) {
	v.set(named)
	b.reason = f.Detail
	if len(b.remarks) < maxRemarks {
		remark := vault.Remark{Field: shortened(f.Field), Detail: f.Detail, Problem: f.Problem}
		b.remarks = append(b.remarks, remark)
	}
	if b.report != nil {
		f.Vault, f.Item = b.vault, b.item.Title
		b.report.add(f)
	}
}

// settings counts what nothing has marked.
func (b *builder) settings(v *value, path string) {
	if b.report == nil {
		return
	}
	v.each(path, func(path string, leaf *value) {
		if leaf.mark == unmarked {
			b.report.setting(path)
		}
	})
}

// settle accounts for all values of an item.
func (b *builder) settle(v *value) {
	balance := &b.report.Balance
	v.each("items", func(path string, leaf *value) {
		balance.Values++
		switch leaf.mark {
		case taken:
			balance.ValuesTaken++
		case named:
			balance.ValuesNamed++
		default:
			b.report.setting(strings.Replace(path, "items.item.", "items.", 1))
		}
	})
}

// isTooLarge reports whether an item is beyond what is kept of one, and names its largest part.
func (b *builder) isTooLarge(item *value) (found bool) {
	item.each("", func(path string, leaf *value) {
		if !found && (leaf.flaw == tooLong || leaf.flaw == tooMany) {
			found = true
			b.problem(BadItem, path, "An item is larger than 2 MiB. It was left out.", nil)
		}
	})
	return found
}

// fits reports whether an item can be stored, and names its largest part if it can't.
func (b *builder) fits(item *value) bool {
	size, err := json.Marshal(b.item)
	if err == nil && len(size) <= vault.MaxItemBytes-1024 { // room for IDs
		return true
	}
	largest, length := "", 0
	item.each("", func(path string, leaf *value) {
		if len(leaf.text) > length {
			largest, length = path, len(leaf.text)
		}
	})
	b.problem(BadItem, largest, "An item is larger than 2 MiB. It was left out.", nil)
	return false
}

// list returns the elements of an array. Another kind of value is a problem.
func (b *builder) list(v *value, field string) []*value {
	if v != nil && v.kind != arrayKind {
		b.problem(BadValue, field, "This isn't a list. It was left out.", v)
		return nil
	}
	if v != nil && v.flaw != noFlaw {
		b.problem(BadValue, field, "This list "+string(v.flaw)+". The rest was left out.", nil)
	}
	return v.all()
}

// text returns a text and marks it. Another kind of value is a problem.
func (b *builder) text(v *value, field string) string {
	if v == nil {
		return ""
	}
	if v.kind != textKind {
		b.problem(BadValue, field, "This isn't a text. It was left out.", v)
		return ""
	}
	v.set(taken)
	if v.flaw == replaced {
		b.problem(BadText, field, "This text "+string(replaced)+".", nil)
	}
	return v.text
}

// optionalText returns a text and marks it, or "" for anything else.
func (b *builder) optionalText(v *value) string {
	if v == nil || v.kind != textKind {
		return ""
	}
	v.set(taken)
	return v.text
}

// field adds a field that has a value, with a unique ID. Without a title it is called by its type: IDs
// in an export are no words.
func (b *builder) field(field vault.Field) {
	if field.Value == "" {
		return
	}
	if strings.TrimSpace(field.Title) == "" {
		field.Title = typeLabels[field.Type]
	}
	base := field.ID
	if base == "" {
		base = "field"
	}
	for field.ID == "" || b.ids[field.ID] {
		b.nextID[base]++
		field.ID = fmt.Sprint(base, "-", b.nextID[base])
	}
	b.ids[field.ID] = true
	b.item.Fields = append(b.item.Fields, field)
}

// plain returns a text, or the text of an address, or other JSON unchanged.
func (b *builder) plain(v *value, label string) string {
	switch {
	case v == nil || v.isEmpty() && v.kind != numberKind:
		return ""
	case v.kind == textKind:
		return b.text(v, label)
	case v.flaw != noFlaw:
		b.problem(BadValue, label, "This value "+string(v.flaw)+". It was left out.", v)
		return ""
	}
	for _, name := range []string{"email_address", "string"} {
		if text := v.get(name); text != nil && text.kind == textKind && text.text != "" {
			return b.text(text, label)
		}
	}
	v.set(taken)
	return v.json()
}
