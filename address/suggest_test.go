package address

import (
	"strings"
	"testing"
)

func TestMeant(t *testing.T) {
	for text, want := range map[string]string{
		"ann@gmial.com":        "ann@gmail.com", // two letters changed places
		"ann@gmal.com":         "ann@gmail.com", // one too few
		"ann@gmaill.com":       "ann@gmail.com", // one too many
		"ann@gnail.com":        "ann@gmail.com", // one wrong
		"ann@gmail.co":         "ann@gmail.com",
		"ann@gmail.con":        "ann@gmail.com",
		"ann@hotmail.co.ku":    "ann@hotmail.co.uk",
		"ann@outlok.com":       "ann@outlook.com",
		"ann@yahooo.com":       "ann@yahoo.com",
		"gmial.com":            "gmail.com",
		"ann@gmail.com":        "",
		"ann@ymail.com":        "", // a provider of its own, one letter from gmail.com
		"ann@mail.com":         "",
		"ann@outlook.fr":       "",
		"ann@gmiall.com":       "", // two slips
		"ann@glami.com":        "",
		"ann@cloud.com":        "", // a company's
		"ann@mail.gmial.com":   "",
		"ann@client.example":   "",
		"gmial.com@corp.local": "",
		"":                     "",
	} {
		if got := Meant(text); got != want {
			t.Errorf("%q probably means %q, want %q", text, got, want)
		}
	}
}

// TestProvidersMeanThemselves: a provider that IsFreeMail doesn't know could be offered another.
func TestProvidersMeanThemselves(t *testing.T) {
	for domain := range strings.FieldsSeq(largestProviders) {
		if !IsFreeMail(domain) {
			t.Errorf("%s is not known as a free mail provider", domain)
		}
	}
	for domain := range strings.FieldsSeq(freeMailDomains) {
		if got := Meant("ann@" + domain); got != "" {
			t.Errorf("%s is offered %s", domain, got)
		}
	}
}

func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		"ann@Client.example":               "ann@client.example",
		"jane@Bücher.example":              "jane@bücher.example",
		"Jane <jane@bücher.example>":       "jane@bücher.example",
		"jane@xn--bcher-kva.example":       "jane@xn--bcher-kva.example",
		"bücher.example":                   "bücher.example",
		"почта.example":                    "почта.example",
		"Jörg <jane@xn--bcher-kva.example": "jane@xn--bcher-kva.example",
	} {
		entry := One(text)
		if got := entry.Shown(); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
		if again := One(entry.Shown()); again.Address != entry.Address || again.Shown() != want {
			t.Errorf("%q is shown as %q, which reads as %+v", text, want, again)
		}
	}
}
