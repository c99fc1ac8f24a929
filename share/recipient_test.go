package share

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"unicode"

	"itemshare/fault"
)

func TestParseRecipient(t *testing.T) {
	for _, c := range []struct {
		why, text, want string // want "" is rejected
		kind            RecipientKind
	}{
		{"an address", "ann@client.example", "ann@client.example", Email},
		{"a domain", "partner.example", "partner.example", Domain},
		{"a name with the address", "Ann <ann@client.example>.", "ann@client.example", Email},
		{
			"case says nothing in a domain, and people type it", "Ann@Client.EXAMPLE",
			"ann@client.example", Email,
		},
		{
			"a domain in its own script is kept as an A-label", "post@münchen.example",
			"post@xn--mnchen-3ya.example", Email,
		},
		{"a company below a public suffix", "acme.co.uk", "acme.co.uk", Domain},
		{"at a free-mail provider a single person may be named", "ann@gmail.com", "ann@gmail.com", Email},

		{why: "nothing", text: ""},
		{why: "a lone @", text: "@"},
		{why: "an @ before a domain may be an address that was cut", text: "@partner.example"},
		{why: "two people", text: "ann@acme.com bob@acme.com"},
		{why: "two @", text: "a@b@acme.com"},
		{why: "two @ before a domain", text: "@@acme.com"},
		{why: "an @ at the end", text: "acme.com@"},
		{why: "quotes hide the real domain", text: `"a@acme.com"@evil.com`},
		{why: "a comment", text: "a@evil.com(x@acme.com)"},
		{why: "full-width @", text: "a\uff20acme.com"},
		{why: "full-width letters", text: "a@\uff41cme.com"},
		{why: "a Cyrillic а among Latin letters", text: "a@\u0430cme.com"},
		{why: "a zero-width space", text: "a@ac\u200bme.com"},
		{why: "a wildcard", text: "*.acme.com"},
		{why: "a word", text: "bob"},
		{why: "a megabyte", text: strings.Repeat("a", 1<<20)},
		{why: "a public suffix", text: "co.uk"},
		{why: "a public suffix of a host", text: "github.io"},
		{why: "a public suffix with @", text: "@com.au"},
		{why: "free mail", text: "gmail.com"},
		{why: "free mail in capitals", text: "GMail.COM"},
		{why: "a free-mail family in one country", text: "yahoo.co.jp"},
		{why: "free mail elsewhere", text: "qq.com"},
		{why: "throw-away mail", text: "mailinator.com"},
	} {
		got, problem := ParseRecipient(c.text)
		switch {
		case c.want == "" && problem == nil:
			t.Errorf("%s: %q reads as %v", c.why, c.text, got)
		case c.want == "" && (problem.Code != fault.CodeRecipientInvalid || problem.Field != "recipients" ||
			!strings.HasSuffix(problem.Detail, ".")):
			t.Errorf("%s: problem %+v", c.why, problem)
		case c.want != "" && problem != nil:
			t.Errorf("%s: %q is rejected: %s", c.why, c.text, problem.Detail)
		case c.want != "" && got != (Recipient{c.kind, c.want}):
			t.Errorf("%s: %q reads as %v", c.why, c.text, got)
		}
	}
}

// TestADomainMatchesExactly asserts that a share for a domain opens for addresses with exactly
// that domain after the @.
func TestADomainMatchesExactly(t *testing.T) {
	s := newTestService(t)
	recipients, err := s.sealRecipients(
		"id",
		[]Recipient{{Domain, "acme.com"}, {Email, "zoe@client.example"}},
	)
	if err != nil {
		t.Fatal(err)
	}
	record := Record{ID: "id", Recipients: recipients}
	for text, want := range map[string]bool{
		"ann@acme.com":                   true,
		"ANN@ACME.COM":                   true,
		"zoe@client.example":             true,
		" zoe@client.example\n":          true, // pasted
		"a@evil-acme.com":                false,
		"a@acme.com.evil.com":            false,
		"a@sub.acme.com":                 false,
		"a@acme.co":                      false,
		"a@acme.comm":                    false,
		"acme.com@evil.com":              false,
		`"a@acme.com"@evil.com`:          false,
		"a@evil.com (x@acme.com)":        false,
		"a@evil.com(x@acme.com)":         false,
		"a@evil.com,x@acme.com":          false,
		"a\uff20acme.com":                false,
		"a@\u0430cme.com":                false,
		"a@\u0430\u0441\u043c\u0435.com": false, // all Cyrillic: a domain of its own
		"a@acme\u3002com":                false,
		"x@client.example":               false,
		"zoe+x@client.example":           false,
		"zo.e@client.example":            false,
		"zoe@client.example.":            true, // the end of a sentence
		"zoe@client.example..":           false,
		"Zoe <zoe@client.example>":       true,
		"mailto:zoe@client.example?x=y":  true,
		"zoe@client.example x@evil.com":  false,
		"zoe@client.example\u200b":       false,
		"acme.com":                       false,
		"@acme.com":                      false,
	} {
		address, ok := ParseAddress(text)
		if got := ok && s.hasRecipient(record, address); got != want {
			t.Errorf("%q opens: %t", text, got)
		}
	}
	record.Recipients[0].RemovedAt = 1
	if s.hasRecipient(record, "ann@acme.com") {
		t.Error("a removed domain still opens")
	}
}

func TestCheckRecipients(t *testing.T) {
	got := checkRecipients(
		[]string{"ann@a.example, bob@b.example;ANN@A.example\nc.example", " C.example\tnope ,, "},
	)
	var texts []string
	for _, c := range got {
		if c.Problem != nil {
			texts = append(texts, "!"+c.Text)
			continue
		}
		texts = append(texts, c.Recipient.Address)
	}
	if want := []string{"ann@a.example", "bob@b.example", "c.example", "!nope"}; !slices.Equal(
		texts,
		want,
	) {
		t.Errorf("read %q, want %q", texts, want)
	}
}

func TestTooManyRecipients(t *testing.T) {
	var many []string
	for i := range MaxRecipients {
		many = append(many, fmt.Sprintf("p%d@a.example", i))
	}
	for _, c := range []struct {
		why     string
		raw     []string
		refused bool
	}{
		{"50 fit", many, false},
		{"a duplicate does not count", append(slices.Clone(many), "P1@A.example"), false},
		{"51 do not", append(slices.Clone(many), "x@a.example"), true},
		{"wrong ones count, or a megabyte of them would be read", append(slices.Clone(many), "x"), true},
	} {
		_, problems := splitChecked(checkRecipients(c.raw))
		if refused := len(problems) == 1 && problems[0].Code == fault.CodeTooManyRecipients; refused != c.refused {
			t.Errorf("%s: %v", c.why, problems)
		}
	}
	if got := checkRecipients([]string{strings.Repeat("x@a.example ", 100_000)}); len(got) != 1 {
		t.Errorf("one address named often is %d", len(got))
	}
}

// TestLongTextsCostNothing asserts that a text that is too long is rejected by its length, before
// it is parsed.
func TestLongTextsCostNothing(t *testing.T) {
	long := strings.Repeat("a@b.example ", 1<<20)
	if _, problem := ParseRecipient(long); problem == nil ||
		!strings.Contains(problem.Detail, "too long") {
		t.Errorf("problem %v", problem)
	}
	result := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			ParseRecipient(long)
		}
	})
	if result.AllocedBytesPerOp() > 16<<10 {
		t.Errorf("%d bytes for a text of 12 MiB", result.AllocedBytesPerOp())
	}
}

// TestHiddenCharactersAreNamed asserts that the problem names an invisible character of a pasted
// recipient.
func TestHiddenCharactersAreNamed(t *testing.T) {
	for _, r := range "\u200b\u200d\u00ad\ufeff\u202e\ufe0f\x00\u3164" {
		for _, text := range []string{
			"a" + string(r) + "@acme.com",
			"a@ac" + string(r) + "me.com",
			string(r) + "acme.com",
		} {
			if _, problem := ParseRecipient(text); problem == nil ||
				!strings.Contains(problem.Detail, "invisible character") ||
				!strings.Contains(problem.Detail, fmt.Sprintf("[U+%04X]", r)) {
				t.Errorf("%+q: %v", text, problem)
			}
		}
	}
}

// TestHiddenCharactersAreShown asserts that the problem shows where the character is, however
// long the text before it.
func TestHiddenCharactersAreShown(t *testing.T) {
	long := strings.Repeat("a", 60)
	for text, want := range map[string]string{
		"jane@corp.example\u200b":      "“jane@corp.example[U+200B]” contains",
		"ja\u200b\u200bne@a.example":   "“ja[U+200B][U+200B]ne@a.example” contains",
		"\ufeffcorp.example":           "“[U+FEFF]corp.example” contains",
		long + "@b\u00adc.example":     "aa@b[U+00AD]c.example” contains",
		"Jane <jane@corp\u202e.e.com>": "“Jane <jane@corp[U+202E].e.com>” contains",
	} {
		if _, problem := ParseRecipient(text); problem == nil || !strings.Contains(problem.Detail, want) {
			t.Errorf("%+q: %v, want %s", text, problem, want)
		}
	}
}

// TestADomainIsOffered asserts that a text that stands for everyone at a domain is rejected with
// an offer of that domain, unless no share can be for everyone there.
func TestADomainIsOffered(t *testing.T) {
	for text, want := range map[string]string{
		"*@corp.example":        "Enter “corp.example” for everyone at that domain.",
		"@corp.example":         "Enter “corp.example” for everyone at that domain.",
		"https://corp.example/": "Enter “corp.example” for everyone at that domain.",
		"*@gmail.com":           "“*@gmail.com” is open to everyone.",
		"@co.uk":                "“@co.uk” is shared by many organizations.",
	} {
		_, problem := ParseRecipient(text)
		if problem == nil || !strings.Contains(problem.Detail, want) ||
			strings.Contains(problem.Detail, "Enter “") != strings.Contains(want, "Enter “") {
			t.Errorf("%q: %v, want %s", text, problem, want)
		}
	}
}

// TestQuotedShowsPlainly asserts that a text quoted in a problem is short and has no control
// characters.
func TestQuotedShowsPlainly(t *testing.T) {
	got := quoted("a\u202e\x00b\xff" + strings.Repeat("x", 1000))
	if len([]rune(got)) > 63 ||
		strings.ContainsFunc(
			got,
			func(r rune) bool { return unicode.IsControl(r) || r == '\u202e' },
		) {
		t.Errorf("quoted: %q", got)
	}
}

func FuzzRecipient(f *testing.F) {
	for _, seed := range []string{
		"ann@client.example",
		"partner.example",
		`"a@acme.com"@evil.com`,
		"a@\u0430cme.com",
		"post@münchen.example",
		"xn--mnchen-3ya.example",
		"a@acme\u3002com",
		"日本.example",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, problem := ParseRecipient(text)
		if problem != nil {
			return
		}
		for _, b := range []byte(r.Address) {
			if b <= ' ' || b >= 0x7f || 'A' <= b && b <= 'Z' {
				t.Fatalf("%q reads as %q", text, r.Address)
			}
		}
		if again, problem := ParseRecipient(r.Address); problem != nil || again != r {
			t.Errorf("%q reads as %v, and that as %v", text, r, again)
		}
		if strings.Count(r.Address, "@") > 1 ||
			(strings.Count(r.Address, "@") == 1) != (r.Kind == Email) {
			t.Errorf("%q reads as %v", text, r)
		}
		if r.Kind == Email {
			if parsed, err := mail.ParseAddress(r.Address); err != nil ||
				parsed.Address != r.Address {
				t.Errorf("%q would be mailed as %v", r.Address, parsed)
			}
		}
	})
}
