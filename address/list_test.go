package address

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// listCase is a row of testdata/lists.json, which the tests of the recipient's page read too. Want
// has an entry each: an email address, @ and a domain, or what is rejected: ! and the domain that
// is offered, or a part of the words.
type listCase struct {
	Why  string
	Text string
	Want []string
	// Typed is what the recipient's page sends where a person types Text as their own address.
	Typed string
}

func listCases(t testing.TB) []listCase {
	t.Helper()
	text, err := os.ReadFile("testdata/lists.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []listCase
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// is reports whether an entry is what a row wants.
func (e Entry) is(want string) bool {
	switch {
	case strings.HasSuffix(want, "?"):
		return e.Err != nil && e.Text == strings.TrimSuffix(want, "?")
	case strings.HasPrefix(want, "!") && strings.Contains(want, "."):
		return errors.Is(e.Err, ErrInvalid) && e.Offer == want[1:]
	case strings.HasPrefix(want, "!"):
		return e.Err != nil && e.Address == "" && e.Offer == "" &&
			strings.Contains(e.Err.Error(), want[1:])
	case strings.HasPrefix(want, "@"):
		return e.Err == nil && e.IsDomain && e.Address == want[1:]
	default:
		return e.Err == nil && !e.IsDomain && e.Address == want
	}
}

func TestList(t *testing.T) {
	for _, c := range listCases(t) {
		got := slices.Collect(List(c.Text))
		if !slices.EqualFunc(got, c.Want, Entry.is) {
			t.Errorf("%s: %q reads as %+v, want %q", c.Why, c.Text, got, c.Want)
		}
		checkAgain(t, got)
		own, isOne := Own(c.Text)
		if sent, ok := Own(c.Typed); sent != own || ok != isOne {
			t.Errorf("%s: the page sends %q, which is %q, not %q", c.Why, c.Typed, sent, own)
		}
	}
}

// checkAgain: a valid entry reads alone as it does in its list, and its address as itself. A
// rejected one, sent again, is rejected again.
func checkAgain(t *testing.T, entries []Entry) {
	t.Helper()
	for _, entry := range entries {
		again := slices.Collect(List(entry.Text))
		isRejected := func(e Entry) bool { return e.Err != nil }
		if entry.Err == nil && !slices.Equal(again, []Entry{entry}) ||
			entry.Err != nil && !slices.ContainsFunc(again, isRejected) {
			t.Errorf("%+v reads alone as %+v", entry, again)
		}
		if entry.Err != nil {
			continue
		}
		same := Entry{Text: entry.Address, Address: entry.Address, IsDomain: entry.IsDomain}
		if again := One(entry.Address); again != same {
			t.Errorf("%+v: its address reads as %+v", entry, again)
		}
	}
}

func TestOne(t *testing.T) {
	for text, want := range map[string]string{
		" Jane <jane@corp.example>. ":          "jane@corp.example",
		"jane@corp.example, Jane@Corp.example": "jane@corp.example",
		"corp.example":                         "@corp.example",
		"*@corp.example":                       "!corp.example",
		"jane@corp.example max@corp.example":   "!",
		"Jane jane@corp.example":               "!",
		"jane@corp.example corp.example":       "!",
		"":                                     "!",
		strings.Repeat("a@b.example ", 1<<20):  "!too long",
	} {
		if got := One(text); !got.is(want) {
			t.Errorf("%.40q reads as %+v, want %q", text, got, want)
		}
	}
}

func TestOwn(t *testing.T) {
	for text, want := range map[string]string{
		"jane@corp.example":                         "jane@corp.example",
		"Jane Doe jane@corp.example":                "jane@corp.example",
		"Jane Doe <jane@corp.example>":              "jane@corp.example",
		"mailto:jane@corp.example?subject=x":        "jane@corp.example",
		"jane@corp.example <jane@corp.example>":     "jane@corp.example",
		"jane@corp.example, max@corp.example":       "",
		"jane@corp.example ja\u200bne@corp.example": "",
		"corp.example":                              "",
		"@corp.example":                             "",
		"":                                          "",
		strings.Repeat("a@b.example ", 1<<20):       "",
	} {
		if got, ok := Own(text); got != want || ok != (want != "") {
			t.Errorf("%.40q reads as %q, %t", text, got, ok)
		}
	}
}

// TestListIsLinear: a text of 256 KiB, as much as a form can hold, takes no more than its length.
func TestListIsLinear(t *testing.T) {
	for _, unit := range []string{
		`"`, `"a `, "(", "<", "<a", "[a@", "(a ", "'", "a,", "a, b <", "Doe, ", "@", "a@b.example(", "<>",
		" ", "\u00a0", ".", "a", "[](", "mailto:", "&lt;", "\u200b", "**", "{", "(a,", "\xff",
	} {
		text := strings.Repeat(unit, 256<<10/len(unit))
		start := time.Now()
		for range List(text) {
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%q over and over took %v", unit, took)
		}
	}
}

func FuzzList(f *testing.F) {
	for _, c := range listCases(f) {
		f.Add(c.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		entries := slices.Collect(List(text))
		checkAgain(t, entries)
		for _, entry := range entries {
			if (entry.Err == nil) == (entry.Address == "") || entry.Text == "" {
				t.Errorf("%q has %+v", text, entry)
			}
			if strings.Contains(entry.Address, "@") == entry.IsDomain && entry.Err == nil {
				t.Errorf("%q has %+v", text, entry)
			}
		}
		email, ok := Own(text)
		if again, fine := Own(email); ok && (!fine || again != email) {
			t.Errorf("%q is %q, and that %q", text, email, again)
		}
	})
}
