package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"itemshare/client"
)

// plain is a text of which a terminal obeys nothing: what controls it or turns the
// direction of writing stands as an escape.
func plain(text string) string { return escaped(text, obeyed) }

// plainLines is plain for a text of many lines.
func plainLines(text string) string {
	return escaped(text, func(r rune) bool { return r != '\n' && obeyed(r) })
}

// obeyed tells whether a terminal might do something other than show the character.
func obeyed(r rune) bool {
	return unicode.Is(unicode.Cc, r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) || r == '\uFEFF'
}

// escaped writes some characters as \u and four digits.
func escaped(text string, these func(rune) bool) string {
	if !strings.ContainsFunc(text, these) {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		if these(r) {
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// hidden stands for a value that was not asked for.
const hidden = "(hidden: --reveal shows it)"

// printItem prints an opened item for people.
func printItem(w io.Writer, item client.SharedItem, reveal bool) error {
	out := &page{}
	out.line("", "%s", plain(item.Title))
	out.line("", "%s, shared by %s, %s", plain(item.Category), plain(item.SharedBy), timeWords(time.Unix(item.SharedAt, 0)))
	sections := map[string][]client.SharedField{} // gathered once: a stranger chose how many there are
	for _, f := range item.Fields {
		sections[f.Section] = append(sections[f.Section], f)
	}
	if len(sections[""]) > 0 {
		out.text.WriteByte('\n')
		out.fields(sections[""], reveal)
	}
	for _, s := range item.Sections {
		if len(sections[s.ID]) > 0 {
			out.line("\n", "%s", plain(s.Title))
			out.fields(sections[s.ID], reveal)
			delete(sections, s.ID) // an id given twice prints nothing twice
		}
	}
	for i, site := range item.Websites {
		out.line(first(i), "%s", strings.TrimPrefix(plain(site.Label)+": ", ": ")+plain(site.URL))
	}
	if len(item.Tags) > 0 {
		out.line("\n", "Tags: %s", plain(strings.Join(item.Tags, ", ")))
	}
	if item.Notes != "" {
		out.text.WriteByte('\n')
		out.value("Notes", item.Notes)
	}
	for i, f := range item.Files {
		out.line(first(i), "File: %s (%d bytes)", plain(f.Name), f.Size)
	}
	_, err := io.WriteString(w, out.text.String())
	return err
}

// first is the empty line before a group.
func first(i int) string {
	if i == 0 {
		return "\n"
	}
	return ""
}

// page collects lines.
type page struct{ text strings.Builder }

func (p *page) line(before, format string, args ...any) {
	fmt.Fprintf(&p.text, before+format+"\n", args...)
}

// fields prints those of one section, or those of none.
func (p *page) fields(all []client.SharedField, reveal bool) {
	for _, f := range all {
		if f.Concealed() && !reveal && f.Value != "" {
			p.line("", "%s: %s", plain(f.Title), hidden)
		} else {
			p.value(f.Title, f.Value)
		}
	}
}

// value prints a value; one of several lines stands below its name.
func (p *page) value(title, value string) {
	value = strings.ReplaceAll(value, "\r\n", "\n")
	if !strings.Contains(value, "\n") {
		p.line("", "%s: %s", plain(title), plain(value))
		return
	}
	p.line("", "%s:", plain(title))
	for line := range strings.SplitSeq(strings.TrimRight(value, "\n"), "\n") {
		p.line("", "    %s", plain(line))
	}
}
