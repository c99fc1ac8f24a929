package address

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"testing"
)

type accepted struct{ why, text, want string }

func TestEmail(t *testing.T) {
	longest := strings.Repeat("a", 54) + "@" + strings.Repeat(strings.Repeat("b", 49)+".", 4)[:199]
	for _, c := range []accepted{
		{"an address", "ann@client.example", "ann@client.example"},
		{"case does not count", "Ann@Client.EXAMPLE", "ann@client.example"},
		{
			"all of RFC 5322's atom characters", "a!#$%&'*+-/=?^_`{|}~b.c@x.example",
			"a!#$%&'*+-/=?^_`{|}~b.c@x.example",
		},
		{
			"a domain in its own script becomes an A-label", "post@münchen.example",
			"post@xn--mnchen-3ya.example",
		},
		{"at a free-mail provider a single person may be named", "ann@gmail.com", "ann@gmail.com"},
		{"254 bytes fit", longest, longest},
	} {
		if got, err := Email(c.text); err != nil || got != c.want {
			t.Errorf("%s: %q reads as %q, %v", c.why, c.text, got, err)
		}
		if _, err := Domain(c.text); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %q reads as a domain, %v", c.why, c.text, err)
		}
	}
}

func TestDomain(t *testing.T) {
	for _, c := range []accepted{
		{"a domain", "partner.example", "partner.example"},
		{"capitals of other scripts too", "MÜNCHEN.example", "xn--mnchen-3ya.example"},
		{
			"written in parts (u and two dots), as some keyboards do", "mu\u0308nchen.example",
			"xn--mnchen-3ya.example",
		},
		{"the A-label itself", "xn--mnchen-3ya.example", "xn--mnchen-3ya.example"},
		{"Japanese writes three scripts together", "日本のドメイン.example", "xn--u9jxfoe1dzd2589ao4b.example"},
		{"an organization below a public suffix", "acme.co.uk", "acme.co.uk"},
	} {
		if got, err := Domain(c.text); err != nil || got != c.want {
			t.Errorf("%s: %q reads as %q, %v", c.why, c.text, got, err)
		}
		if _, err := Email(c.text); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %q reads as an email address, %v", c.why, c.text, err)
		}
	}
}

// TestRejected: these are neither email addresses nor domains.
func TestRejected(t *testing.T) {
	for why, text := range map[string]string{
		"an empty text":                          "",
		"a lone @":                               "@",
		"two @":                                  "a@b@acme.com",
		"two @ before a domain":                  "@@acme.com",
		"an @ at the end":                        "acme.com@",
		"quotes hide the real domain":            `"a@acme.com"@evil.com`,
		"quotes":                                 `"ann"@acme.com`,
		"a comment":                              "a@evil.com(x@acme.com)",
		"a comment in front":                     "(x)a@acme.com",
		"a name":                                 "Ann<ann@acme.com>",
		"angle brackets":                         "<ann@acme.com>",
		"a group":                                "team:ann@acme.com;",
		"a route":                                "@evil.com:ann@acme.com",
		"an escaped character":                   `a\@b@acme.com`,
		"full-width @":                           "a\uff20acme.com",
		"small @":                                "a\ufe6bacme.com",
		"full-width letters":                     "a@\uff41cme.com",
		"a full-width stop":                      "a@acme\uff0ecom",
		"an ideographic stop":                    "a@acme\u3002com",
		"the Kelvin sign reads as k":             "a@\u212aelvin.com",
		"the long s reads as s":                  "a@acme\u017f.com",
		"a Cyrillic а among Latin letters":       "a@\u0430cme.com",
		"the same, hidden in an A-label":         "a@xn--cme-7cd.com",
		"a Greek ο among Latin letters":          "a@g\u03bfogle.com",
		"a local part that is not ASCII":         "\u0430nn@acme.com",
		"a zero-width space":                     "a@ac\u200bme.com",
		"a zero-width space in the local part":   "a\u200b@acme.com",
		"a zero-width joiner":                    "a@ac\u200dme.com",
		"a soft hyphen":                          "a@ac\u00adme.com",
		"a byte order mark":                      "\ufeffa@acme.com",
		"right-to-left override":                 "a@\u202emoc.emca",
		"a variation selector":                   "a@acme\ufe0f.com",
		"an invisible letter":                    "a@acme\u115f.com",
		"NUL":                                    "a@acme.com\x00",
		"a line break would start a header":      "a@acme.com\r\nBcc: x@evil.com",
		"a tab":                                  "a\t@acme.com",
		"not UTF-8":                              "a@acme\xff.com",
		"a dot first":                            ".ann@acme.com",
		"a dot last":                             "ann.@acme.com",
		"two dots":                               "an..n@acme.com",
		"an empty label":                         "a@acme..com",
		"a dot at the domain's start":            "a@.acme.com",
		"a dot at its end":                       "a@acme.com.",
		"a hyphen first":                         "a@-acme.com",
		"an underscore":                          "a@ac_me.com",
		"no dot: no company has it":              "a@localhost",
		"an IP address":                          "a@127.0.0.1",
		"an address literal":                     "a@[127.0.0.1]",
		"an IPv6 address":                        "a@[IPv6:::1]",
		"a numeric top":                          "a@acme.123",
		"a URL":                                  "https://acme.com",
		"a path":                                 "acme.com/x",
		"a port":                                 "acme.com:25",
		"a wildcard":                             "*.acme.com",
		"a word":                                 "bob",
		"an A-label that decodes to plain ASCII": "xn--acme-.com",
		"an A-label that is none":                "xn--\u00fc.com",
		"a local part of 65 bytes":               strings.Repeat("a", 65) + "@acme.com",
		"a label of 64 bytes":                    "a@" + strings.Repeat("b", 64) + ".com",
		"255 bytes":                              "a@" + strings.Repeat("b.", 124) + "comm.",
		"more than 254 bytes in A-labels":        strings.Repeat("a", 64) + "@" + strings.Repeat("ü.", 24) + "example",
		"a full-width letter beside a foreign one": "\uff41ü.example",
		"a megabyte": strings.Repeat("a", 1<<20),
	} {
		if got, err := Email(text); err == nil || got != "" {
			t.Errorf("%s: %q is the email address %q", why, text, got)
		}
		if got, err := Domain(text); err == nil || got != "" {
			t.Errorf("%s: %q is the domain %q", why, text, got)
		}
	}
}

func TestWhyATextIsRejected(t *testing.T) {
	for text, want := range map[string]error{
		"bob":                                 ErrInvalid,
		"a@g\u03bfogle.com":                   ErrMixedScripts,
		strings.Repeat("a@b.example ", 1<<20): ErrTooLong,
	} {
		if _, err := Email(text); !errors.Is(err, want) {
			t.Errorf("%.40q: %v, want %v", text, err, want)
		}
	}
	for _, r := range "\u200b\u200d\u00ad\ufeff\u202e\ufe0f\x00\u00a0\u3164" {
		for _, format := range []string{"a%c@acme.com", "a@ac%cme.com", "%cacme.com"} {
			text := fmt.Sprintf(format, r)
			if _, err := Email(text); !errors.Is(err, ErrInvisible) {
				t.Errorf("%+q: %v", text, err)
			}
			if _, err := Domain(text); !errors.Is(err, ErrInvisible) {
				t.Errorf("%+q: %v", text, err)
			}
		}
	}
}

func TestCheckOrganization(t *testing.T) {
	for domain, want := range map[string]error{
		"acme.com":       nil,
		"acme.co.uk":     nil,
		"acme.github.io": nil,
		"mygmail.com":    nil,
		"gmail.acme.com": nil,
		"co.uk":          ErrPublicSuffix,
		"com.au":         ErrPublicSuffix,
		"github.io":      ErrPublicSuffix,
		"gmail.com":      ErrFreeMail,
		"yahoo.co.jp":    ErrFreeMail,
		"qq.com":         ErrFreeMail,
		"mailinator.com": ErrFreeMail,
	} {
		if got := CheckOrganization(domain); !errors.Is(got, want) {
			t.Errorf("%s: %v, want %v", domain, got, want)
		}
	}
}

func TestDomainOf(t *testing.T) {
	for _, text := range []string{"ann@client.example", "client.example"} {
		if got := DomainOf(text); got != "client.example" {
			t.Errorf("the domain of %s is %s", text, got)
		}
	}
}

// TestLongTextsCostNothing: what is too long is not even looked through.
func TestLongTextsCostNothing(t *testing.T) {
	long := strings.Repeat("a@b.example ", 1<<20)
	result := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			_, _ = Email(long)
			_, _ = Domain(long)
		}
	})
	if result.AllocedBytesPerOp() > 0 {
		t.Errorf("%d bytes for a text of 12 MiB", result.AllocedBytesPerOp())
	}
}

func FuzzEmail(f *testing.F) {
	for _, seed := range []string{
		"ann@client.example", `"a@acme.com"@evil.com`, "a@\u0430cme.com", "post@münchen.example",
		"a@xn--mnchen-3ya.example", "a@acme\u3002com", "a@日本.example", "\u212a@b.c", "a@ß.example",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		email, err := Email(text)
		if err != nil {
			return
		}
		if again, err := Email(email); err != nil || again != email {
			t.Errorf("%q reads as %q, and that as %q, %v", text, email, again, err)
		}
		if parsed, err := mail.ParseAddress(email); err != nil || parsed.Address != email {
			t.Errorf("%q would be mailed as %v", email, parsed)
		}
		if domain, err := Domain(DomainOf(email)); err != nil ||
			!strings.HasSuffix(email, "@"+domain) {
			t.Errorf("the domain of %q reads as %q, %v", email, domain, err)
		}
		for _, b := range []byte(email) {
			if b <= ' ' || b >= 0x7f || 'A' <= b && b <= 'Z' {
				t.Fatalf("%q reads as %q", text, email)
			}
		}
	})
}
