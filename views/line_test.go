package views

import (
	"html"
	"strings"
	"testing"
)

// TestLineTextIsEscaped asserts that a text in a line is escaped as everywhere else, in an element and
// in an attribute.
func TestLineTextIsEscaped(t *testing.T) {
	for _, text := range []string{
		"", "plain", `<b title="x" id='y'>&amp;</b>`, `"`, "&&", "a<", ">b", "ü € \x00 \u202e \xff",
	} {
		var got strings.Builder
		page := lines(func(w *lineWriter) {
			w.put("<p>")
			w.text(text)
			w.show(when(now, now))
			w.text(text)
		})
		if err := page.Render(t.Context(), &got); err != nil {
			t.Fatal(err)
		}
		escaped := html.EscapeString(text)
		if !strings.HasPrefix(got.String(), "<p>"+escaped+"<time ") ||
			!strings.HasSuffix(got.String(), "</time>"+escaped) {
			t.Errorf("%q is written as %q", text, got.String())
		}
	}
}
