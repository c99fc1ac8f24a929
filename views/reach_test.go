package views

import (
	"slices"
	"strings"
	"testing"
)

// TestTablesHaveNames asserts that each table has a name, each of its columns a head, and each row
// one of its own.
func TestTablesHaveNames(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		for _, table := range parse(t, page).all("table") {
			if !table.has("aria-label") && !table.has("aria-labelledby") && len(table.all("caption")) == 0 {
				t.Errorf("%s: a table without a name", name)
			}
			for _, body := range table.all("tbody") {
				for _, row := range body.all("tr") {
					if heads := row.elementsWith("scope", "row"); len(heads) != 1 {
						t.Errorf("%s: a row with %d heads: %q", name, len(heads), row.text())
					}
				}
			}
			for _, head := range table.all("th") {
				if !head.has("scope") || head.is("scope", "col") && strings.TrimSpace(head.text()) == "" {
					t.Errorf("%s: a head without words or scope in %q", name, table.text())
				}
			}
		}
	}
}

// TestControlsHaveNames asserts that each field has a label, without its hint, and that each button
// says what it is about: two of the same name do the same.
func TestControlsHaveNames(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		root := parse(t, page)
		for _, field := range slices.Concat(root.all("input"), root.all("select"), root.all("textarea")) {
			if field.is("type", "hidden") {
				continue
			}
			label := root.labelOf(field)
			if label == "" {
				t.Errorf("%s: a field without a label: %v", name, field.Attr)
			}
		}
		for _, hint := range root.ofClass("hint") {
			for _, field := range fieldsAround(hint) {
				id, _ := hint.attr("id")
				if by, _ := field.attr("aria-labelledby"); by == "" || by == id {
					t.Errorf("%s: the hint %q is part of a field's name", name, hint.text())
				}
			}
		}
		does := map[string]string{}
		for _, button := range slices.Concat(root.all("button"), root.all("summary")) {
			// Fields of an item may have the same name.
			if button.inside("dialog") || button.has("data-copy") {
				continue
			}
			words, act := nameOf(button), actOf(button)
			if words == "" {
				t.Errorf("%s: a %s without a name: %v", name, button.Data, button.Attr)
			}
			if other, twice := does[words]; twice && other != act {
				t.Errorf("%s: two controls are called %q: %s and %s", name, words, other, act)
			}
			does[words] = act
		}
	}
}

// TestNewTabsAreSaid asserts that what opens in a new tab says so to those who don't see it.
func TestNewTabsAreSaid(t *testing.T) {
	n := 0
	for name, page := range (sample{"", "text"}).pages() {
		for _, e := range parse(t, page).elements() {
			if e.is("target", "_blank") || e.is("formtarget", "_blank") {
				if n++; !strings.Contains(e.text(), "opens in a new tab") {
					t.Errorf("%s: %q opens in a new tab and doesn't say so", name, e.text())
				}
			}
		}
	}
	if n == 0 {
		t.Error("nothing opens in a new tab")
	}
}

func (e tree) all(tag string) []tree {
	return slices.DeleteFunc(e.elements(), func(e tree) bool { return e.Data != tag })
}

func (e tree) has(attribute string) bool {
	_, ok := e.attr(attribute)
	return ok
}

func (e tree) is(attribute, value string) bool {
	got, ok := e.attr(attribute)
	return ok && got == value
}

func (e tree) inside(tag string) bool {
	for p := e.Parent; p != nil; p = p.Parent {
		if p.Data == tag {
			return true
		}
	}
	return false
}

// fieldsAround returns the fields of the label that a hint is in.
func fieldsAround(hint tree) []tree {
	for p := hint.Parent; p != nil; p = p.Parent {
		if p.Data == "label" {
			return tree{p}.all("input")
		}
	}
	return nil
}

// labelOf returns the name of a field.
func (e tree) labelOf(field tree) string {
	if label, _ := field.attr("aria-label"); label != "" {
		return label
	}
	id, _ := field.attr("id")
	ids, _ := field.attr("aria-labelledby")
	words := ""
	for _, other := range e.elements() {
		own, _ := other.attr("id")
		if other.Data == "label" && id != "" && other.is("for", id) ||
			own != "" && slices.Contains(strings.Fields(ids), own) {
			words += other.text()
		}
	}
	for p := field.Parent; p != nil; p = p.Parent {
		if p.Data == "label" {
			words += tree{p}.text()
		}
	}
	return strings.TrimSpace(words)
}

func nameOf(e tree) string {
	if label, _ := e.attr("aria-label"); label != "" {
		return label
	}
	return strings.TrimSpace(e.text())
}

// actOf tells apart what buttons do.
func actOf(e tree) string {
	for _, attribute := range []string{"formaction", "popovertarget"} {
		if value, ok := e.attr(attribute); ok {
			return attribute + value
		}
	}
	for p := e.Parent; p != nil; p = p.Parent {
		if p.Data == "form" || p.Data == "details" {
			action, _ := tree{p}.attr("action")
			id, _ := tree{p}.attr("id")
			test, _ := tree{p}.attr("data-testid")
			return p.Data + action + id + test
		}
	}
	return "page"
}

func (e tree) ofClass(class string) []tree {
	return slices.DeleteFunc(e.elements(), func(e tree) bool {
		classes, _ := e.attr("class")
		return !slices.Contains(strings.Fields(classes), class)
	})
}
