package address

import (
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// maxDomain is the length of the longest domain in text, in bytes (RFC 1035).
const maxDomain = 253

// lookupProfile returns IDNA 2008 as resolvers use it (RFC 5891, section 5), by the strict rules.
func lookupProfile() *idna.Profile {
	return idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true),
		idna.VerifyDNSLength(true), idna.BidiRule(), idna.CheckHyphens(true))
}

// canonicalDomain returns a domain in A-labels. It rejects characters that stand for others
// (full-width letters, for one) instead of mapping them: the domain that a person sees is the one
// that counts.
func canonicalDomain(text string) (string, error) {
	text = lowerASCII(text)
	if !strings.Contains(text, ".") || norm.NFKC.String(text) != norm.NFC.String(text) {
		return "", ErrInvalid
	}
	profile := lookupProfile()
	domain, err := profile.ToASCII(text)
	if err != nil || len(domain) > maxDomain || isNumeric(domain) || !hasSameLabels(text, domain) {
		return "", ErrInvalid
	}
	unicodeDomain, err := profile.ToUnicode(domain)
	if err != nil {
		return "", ErrInvalid
	}
	for label := range strings.SplitSeq(unicodeDomain, ".") {
		if mixesScripts(label) {
			return "", ErrMixedScripts
		}
	}
	return domain, nil
}

// hasSameLabels reports whether the A-labels of domain stand for the labels as they were written:
// none was split, and none that was not ASCII turned into ASCII.
func hasSameLabels(written, domain string) bool {
	before, after := strings.Split(written, "."), strings.Split(domain, ".")
	if len(before) != len(after) {
		return false
	}
	for i := range before {
		isASCII := !strings.ContainsFunc(
			before[i],
			func(r rune) bool { return r > unicode.MaxASCII },
		)
		if after[i] == "" || !isASCII && !strings.HasPrefix(after[i], "xn--") {
			return false
		}
	}
	return true
}

// isNumeric reports whether a domain is an IP address or ends like one.
func isNumeric(domain string) bool {
	top := domain[strings.LastIndexByte(domain, '.')+1:]
	_, err := netip.ParseAddr(domain)
	return err == nil || strings.Trim(top, "0123456789") == ""
}

// mixesScripts reports whether a label has letters of several scripts, other than those that are
// written together: the scripts of Japanese, and Chinese or Korean with Latin.
func mixesScripts(label string) bool {
	scripts := map[string]bool{}
	for _, r := range label {
		if script := scriptOf(r); script != "" {
			scripts[script] = true
		}
	}
	isEastAsian := false
	for _, script := range []string{"Han", "Hiragana", "Katakana", "Hangul", "Bopomofo"} {
		isEastAsian = isEastAsian || scripts[script]
		delete(scripts, script)
	}
	if isEastAsian {
		delete(scripts, "Latin")
		return len(scripts) > 0
	}
	return len(scripts) > 1
}

// scriptOf returns the name of a letter's script, or "" for what belongs to no script.
func scriptOf(r rune) string {
	switch {
	case unicode.In(r, unicode.Common, unicode.Inherited):
		return ""
	case unicode.Is(unicode.Latin, r):
		return "Latin"
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return "unknown"
}
