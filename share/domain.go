package share

import (
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// hidden tells whether a character does not show, or changes how others show.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) ||
		unicode.IsSpace(r) || r == unicode.ReplacementChar
}

func lowerASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// lookup is IDNA 2008 as a resolver uses it, by the strict rules.
func lookup() *idna.Profile {
	return idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true),
		idna.VerifyDNSLength(true), idna.BidiRule(), idna.CheckHyphens(true))
}

const notADomain = "is neither an address nor a domain. Write name@company.com, or company.com for everybody there."

// canonicalDomain gives a domain as A-labels in lower case, or says why it is none.
// Characters that stand for others (full-width letters, for one) are refused
// rather than mapped: what somebody sees is what is meant.
func canonicalDomain(text string) (domain, why string) {
	text = lowerASCII(text)
	if !strings.Contains(text, ".") || norm.NFKC.String(text) != norm.NFC.String(text) {
		return "", notADomain
	}
	profile := lookup()
	domain, err := profile.ToASCII(text)
	if err != nil || len(domain) > 253 || numeric(domain) || !sameLabels(text, domain) {
		return "", notADomain
	}
	shown, err := profile.ToUnicode(domain)
	if err != nil {
		return "", notADomain
	}
	for _, label := range strings.Split(shown, ".") {
		if mixed(label) {
			return "", "mixes alphabets that look alike. Check that it is the domain that you mean."
		}
	}
	return domain, ""
}

// sameLabels tells whether the A-labels stand for the labels as they were written:
// none was split, and none that looked foreign turned out to be plain ASCII.
func sameLabels(written, domain string) bool {
	before, after := strings.Split(written, "."), strings.Split(domain, ".")
	if len(before) != len(after) {
		return false
	}
	for i := range before {
		foreign := strings.ContainsFunc(before[i], func(r rune) bool { return r > unicode.MaxASCII })
		if after[i] == "" || foreign && !strings.HasPrefix(after[i], "xn--") {
			return false
		}
	}
	return true
}

// numeric tells whether a domain is an IP address or ends like one.
func numeric(domain string) bool {
	last := domain[strings.LastIndexByte(domain, '.')+1:]
	_, err := netip.ParseAddr(domain)
	return err == nil || strings.Trim(last, "0123456789") == ""
}

// mixed tells whether a label holds letters of several scripts, other than those
// that are written together: Japanese, and Chinese or Korean with Latin.
func mixed(label string) bool {
	found := map[string]bool{}
	for _, r := range label {
		if script := scriptOf(r); script != "" {
			found[script] = true
		}
	}
	eastAsian := found["Han"] || found["Hiragana"] || found["Katakana"] || found["Hangul"] || found["Bopomofo"]
	for _, script := range []string{"Han", "Hiragana", "Katakana", "Hangul", "Bopomofo"} {
		delete(found, script)
	}
	if eastAsian {
		delete(found, "Latin")
		return len(found) > 0
	}
	return len(found) > 1
}

// scriptOf names the script of a letter, "" for what belongs to none.
func scriptOf(r rune) string {
	if unicode.In(r, unicode.Common, unicode.Inherited) {
		return ""
	}
	if unicode.Is(unicode.Latin, r) {
		return "Latin"
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return "unknown"
}
