package address

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// largestProviders are the mail providers whose domains are mistyped most. None is short: a domain
// of four letters is one slip away from those of many companies.
const largestProviders = `
gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr yahoo.com yahoo.co.uk
yahoo.co.jp yahoo.fr icloud.com protonmail.com comcast.net t-online.de
`

// neighbor is a company's domain that is one slip away from a provider's.
const neighbor = "cloud.com"

// Meant returns what a canonical email address or domain probably means, where its domain is one
// slip away from a large mail provider's: a letter too many, too few or wrong, or two that changed
// places. It returns "" for none, as for a provider's own domain.
func Meant(canonical string) string {
	domain := DomainOf(canonical)
	if domain == neighbor || isProvider(domain) {
		return ""
	}
	for provider := range strings.FieldsSeq(largestProviders) {
		if isSlip(domain, provider) {
			return strings.TrimSuffix(canonical, domain) + provider
		}
	}
	return ""
}

// isProvider reports whether a domain is a mail provider's own. Providers have domains in many
// countries, but where the country is one slip away from com (gmail.co), com is meant.
func isProvider(domain string) bool {
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return IsFreeMail(domain) && !isSlip(suffix, "com")
}

// isSlip reports whether the Damerau–Levenshtein distance of two texts in ASCII is 1.
func isSlip(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case len(a) == 2 && len(b) == 2:
		return a[0] == b[1] && a[1] == b[0]
	default:
		return max(len(a), len(b)) == 1
	}
}
