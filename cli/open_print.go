package cli

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode"

	"itemshare/client"
	"itemshare/fault"
	"itemshare/vault"
)

// plain replaces characters that control a terminal, or change the direction of writing, with
// escapes.
func plain(text string) string { return escape(text, isControl) }

// plainLines is plain for a text of several lines.
func plainLines(text string) string {
	return escape(text, func(r rune) bool { return r != '\n' && isControl(r) })
}

// isControl reports whether a terminal might do something other than show the character.
func isControl(r rune) bool {
	return unicode.Is(unicode.Cc, r) ||
		unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) ||
		r == '\uFEFF'
}

// escape replaces the characters that match with \u and four digits.
func escape(text string, match func(rune) bool) string {
	if !strings.ContainsFunc(text, match) {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		if match(r) {
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// hidden stands for a concealed value.
const hidden = "(hidden: use --reveal to show)"

// printItem prints an opened item for people, with the one-time codes of a time.
func printItem(w io.Writer, item client.SharedItem, reveal bool, now time.Time) error {
	out := &itemText{reveal: reveal, now: now}
	out.line("", "%s", plain(vault.ShownTitle(item.Title)))
	out.line("", "%s, shared by %s, %s",
		plain(item.Category), plain(item.SharedBy), timeWords(time.Unix(item.SharedAt, 0)))
	out.content(item)
	_, err := io.WriteString(w, out.text.String())
	return err
}

// content adds the fields, the other values and the names of the files.
func (t *itemText) content(item client.SharedItem) {
	sections := map[string][]client.SharedField{} // by ID, built once: there may be many thousands
	for _, f := range item.Fields {
		sections[f.Section] = append(sections[f.Section], f)
	}
	if len(sections[""]) > 0 {
		t.text.WriteByte('\n')
		t.fields(sections[""])
	}
	for _, s := range item.Sections {
		if len(sections[s.ID]) > 0 {
			t.line("\n", "%s", plain(s.Title))
			t.fields(sections[s.ID])
			delete(sections, s.ID) // an ID that occurs twice prints once
		}
	}
	for i, site := range item.Websites {
		t.line(
			gapBefore(i),
			"%s",
			strings.TrimPrefix(plain(site.Label)+": ", ": ")+plain(site.URL),
		)
	}
	if len(item.Tags) > 0 {
		t.line("\n", "Tags: %s", plain(strings.Join(item.Tags, ", ")))
	}
	if item.Notes != "" {
		t.text.WriteByte('\n')
		t.value("Notes", item.Notes)
	}
	for i, f := range item.Files {
		t.line(gapBefore(i), "File: %s (%d bytes)", plain(f.Name), f.Size)
	}
}

// gapBefore returns an empty line before the first of a group.
func gapBefore(i int) string {
	if i == 0 {
		return "\n"
	}
	return ""
}

// itemText is the text of an item.
type itemText struct {
	text   strings.Builder
	reveal bool
	now    time.Time
}

func (t *itemText) line(before, format string, args ...any) {
	fmt.Fprintf(&t.text, before+format+"\n", args...)
}

// fields adds the fields of one section.
func (t *itemText) fields(all []client.SharedField) {
	for _, f := range all {
		switch {
		case f.Type == string(vault.FieldTOTP) && f.Value != "":
			t.oneTimePassword(f)
		case f.Concealed():
			t.concealed(f.Title, f.Value)
		default:
			t.value(f.Title, f.Value)
		}
	}
}

// oneTimePassword adds the code, or why there is none, and the seed, called so.
func (t *itemText) oneTimePassword(f client.SharedField) {
	seed, err := vault.ParseSeed(f.Value)
	switch {
	case err != nil:
		t.value(f.Title, fault.ProblemsOf(err)[0].Detail)
	case t.reveal:
		code, left := seed.Code(t.now)
		t.value(f.Title, fmt.Sprintf("%s (valid for %.0f s)", code, math.Ceil(left.Seconds())))
	}
	t.concealed(f.Title+" (seed)", f.Value)
}

func (t *itemText) concealed(title, value string) {
	if !t.reveal && value != "" {
		value = hidden
	}
	t.value(title, value)
}

// value adds a value; several lines go below the title.
func (t *itemText) value(title, value string) {
	value = strings.ReplaceAll(value, "\r\n", "\n")
	if !strings.Contains(value, "\n") {
		t.line("", "%s: %s", plain(title), plain(value))
		return
	}
	t.line("", "%s:", plain(title))
	for line := range strings.SplitSeq(strings.TrimRight(value, "\n"), "\n") {
		t.line("", "    %s", plain(line))
	}
}
