package account

import (
	"strings"

	"itemshare/address"
)

// CanonicalEmail returns the form of an email address in which users are stored and found. It reports
// false for a text that is not an email address; white space around one is fine.
func CanonicalEmail(text string) (string, bool) {
	email, err := address.Email(strings.TrimSpace(text))
	return email, err == nil
}
