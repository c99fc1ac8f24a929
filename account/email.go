package account

import (
	"net/mail"
	"strings"

	"golang.org/x/net/idna"
)

const longestEmail = 254 // bytes, RFC 5321

// CanonicalEmail is the one form of an address that users are kept and found
// under: lower case, the domain an A-label. It tells false for what is no plain
// address.
func CanonicalEmail(text string) (string, bool) {
	text = strings.TrimSpace(text)
	local, domain, ok := strings.Cut(text, "@")
	if !ok || len(text) > longestEmail || !plain(local) || !strings.Contains(domain, ".") {
		return "", false
	}
	domain, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", false
	}
	// Some labels come out in a form that is refused when it goes in again.
	if again, err := idna.Lookup.ToASCII(domain); err != nil || again != domain {
		return "", false
	}
	email := strings.ToLower(local) + "@" + domain
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > longestEmail {
		return "", false
	}
	return email, true
}

// plain tells whether a local part is printable ASCII without quotes or brackets.
func plain(local string) bool {
	for _, c := range []byte(local) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),:;<>@[\]`, c) >= 0 {
			return false
		}
	}
	return local != ""
}
