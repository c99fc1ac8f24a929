package views

import (
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// render returns a component as HTML.
func render(t testing.TB, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// tree is a parsed page, or an element of it.
type tree struct{ *html.Node }

func parse(t testing.TB, c templ.Component) tree {
	t.Helper()
	root, err := html.Parse(strings.NewReader(render(t, c)))
	if err != nil {
		t.Fatal(err)
	}
	return tree{root}
}

// elements returns all elements in order, including those in templates.
func (n tree) elements() []tree {
	var all []tree
	for d := range n.Descendants() {
		if d.Type == html.ElementNode {
			all = append(all, tree{d})
		}
	}
	return all
}

// elementsWith returns the elements with an attribute. Value "" matches any value.
func (n tree) elementsWith(attribute, value string) []tree {
	var all []tree
	for _, e := range n.elements() {
		if got, ok := e.attr(attribute); ok && (value == "" || got == value) {
			all = append(all, e)
		}
	}
	return all
}

// byTestID returns the first element with a test ID.
func (n tree) byTestID(t testing.TB, testID string) tree {
	t.Helper()
	found := n.elementsWith("data-testid", testID)
	if len(found) == 0 {
		t.Fatalf("no element has the test ID %q", testID)
	}
	return found[0]
}

func (n tree) attr(name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func (n tree) text() string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
