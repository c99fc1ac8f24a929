package views

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestTextParts asserts what is a link in a text, and what ends one.
func TestTextParts(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                   nil,
		"no link":                            nil,
		"see https://a.example/x?y=1#z.":     {"https://a.example/x?y=1#z"},
		"(https://a.example) http://b.ex/, ": {"https://a.example", "http://b.ex/"},
		"https://a.example/w_(b)":            {"https://a.example/w_(b)"},
		"javascript://x https:// ftp://c.d":  nil,
		"<https://a.example>\nhttps://ü.de":  {"https://a.example", "https://ü.de"},
	} {
		var got []string
		for _, part := range textParts(text) {
			if part.Address != "" {
				got = append(got, part.Address)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestTextPartsAreTheText asserts that no part of a text is lost or added.
func TestTextPartsAreTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.OneOf(
			rapid.String(), rapid.SampledFrom([]string{"https://a.example/", "http://", " ", ".", "(", ")"}),
		)).Draw(t, "text"), "")
		joined := ""
		for _, part := range textParts(text) {
			joined += part.Text
		}
		if utf8.ValidString(text) && joined != text {
			t.Errorf("%q became %q", text, joined)
		}
	})
}
