package account

import (
	"strings"
	"testing"
)

func TestCanonicalEmail(t *testing.T) {
	tests := []struct{ why, text, want string }{
		{"plain", "ada@example.com", "ada@example.com"},
		{"case and spaces", "  Ada@Example.COM\n", "ada@example.com"},
		{"plus and dots stay", "a.d+a@example.com", "a.d+a@example.com"},
		{
			"a domain in Unicode becomes an A-label",
			"ada@Bücher.example",
			"ada@xn--bcher-kva.example",
		},
		{"nothing", "", ""},
		{"no at", "ada.example.com", ""},
		{"two", "a@b@example.com", ""},
		{"no local part", "@example.com", ""},
		{"no dot", "ada@localhost", ""},
		{"a dot at the end", "ada@example.com.", ""},
		{"a name around", "Ada <ada@example.com>", ""},
		{"a comment", "ada(x)@example.com", ""},
		{"quotes", `"ada"@example.com`, ""},
		{"a number address", "ada@[127.0.0.1]", ""},
		{"a local part beyond ASCII", "adä@example.com", ""},
		{"full-width letters are not mapped", "ada@ｅxample.com", ""},
		{"nor is an ideographic stop", "ada@example。com", ""},
		{"a domain that mixes alphabets", "ada@\u0435xample.com", ""},
		{"full-width at", "ada＠example.com", ""},
		{"the Kelvin sign folds to k in Unicode, not here", "\u212a@example.com", ""},
		{"a header within", "ada@example.com\r\nBcc: x@y.example", ""},
		{"NUL", "a\x00da@example.com", ""},
		{"zero width", "ada@exam\u200bple.com\u200b.", ""},
		{"255 bytes", strings.Repeat("a", 243) + "@example.com", ""},
		{"two dots", "a..b@example.com", ""},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			got, ok := CanonicalEmail(tt.text)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, ok, tt.want)
			}
		})
	}
}

func FuzzCanonicalEmail(f *testing.F) {
	for _, seed := range []string{"Ada@Example.com", "a@xn--bcher-kva.example", "a@ß.example", "\u212a@b.c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		email, ok := CanonicalEmail(text)
		if !ok {
			return
		}
		if again, ok := CanonicalEmail(email); !ok || again != email {
			t.Errorf("%q becomes %q, which becomes %q", text, email, again)
		}
		if len(email) > 254 || strings.Count(email, "@") != 1 ||
			strings.ContainsAny(email, " \r\n\t<>\"(),;:\\[]\x00") {
			t.Errorf("%q was taken as %q", text, email)
		}
	})
}
