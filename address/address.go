// Package address answers what an email address is and what a domain is, so that sign-in,
// recipients and policies read them alike. It returns each in one canonical form, in which
// addresses are stored, compared and mailed to, and rejects what two programs could read
// differently: quotes, comments, invisible characters, characters that stand for others, and
// domains that mix alphabets.
package address

import (
	"errors"
	"net/mail"
	"strings"
	"unicode"
)

// MaxLength is the length of the longest address or domain, in bytes (RFC 5321).
const MaxLength = 254

const maxLocal = 64 // bytes before the @, RFC 5321

// Why a text is rejected. The texts follow the text in a sentence: “x” isn't a valid email address
// or domain.
var (
	ErrTooLong      = errors.New("is too long. An email address has at most 254 characters")
	ErrInvisible    = errors.New("contains an invisible character. Type it instead of pasting")
	ErrInvalid      = errors.New("isn't a valid email address or domain")
	ErrMixedScripts = errors.New("mixes alphabets that look alike. Check the domain")
	ErrPublicSuffix = errors.New("is shared by many organizations. Enter one organization's domain")
	ErrFreeMail     = errors.New("is open to everyone. Enter full email addresses instead")
)

// Email returns the canonical form of an email address: lower case, with the domain as Domain
// returns it. The local part is a dot-atom of RFC 5322 in ASCII, without quotes and comments. The
// error is ErrTooLong, ErrInvisible, ErrInvalid or ErrMixedScripts.
func Email(text string) (string, error) {
	if err := checkText(text); err != nil {
		return "", err
	}
	local, domain, found := strings.Cut(text, "@")
	if !found || !isDotAtom(local) {
		return "", ErrInvalid
	}
	domain, err := canonicalDomain(domain)
	if err != nil {
		return "", err
	}
	email := lowerASCII(local) + "@" + domain
	if len(email) > MaxLength || !parsesAsItself(email) {
		return "", ErrInvalid
	}
	return email, nil
}

// Domain returns the canonical form of a domain: lower case, each label of another script as an
// A-label (RFC 5890). A domain has at least two labels. The errors are those of Email.
func Domain(text string) (string, error) {
	if err := checkText(text); err != nil {
		return "", err
	}
	return canonicalDomain(text)
}

// DomainOf returns the domain of a canonical email address, or the domain itself.
func DomainOf(canonical string) string {
	return canonical[strings.LastIndexByte(canonical, '@')+1:]
}

// CheckOrganization reports by its error that a canonical domain does not belong to one
// organization: ErrPublicSuffix or ErrFreeMail.
func CheckOrganization(domain string) error {
	switch {
	case IsPublicSuffix(domain):
		return ErrPublicSuffix
	case IsFreeMail(domain):
		return ErrFreeMail
	default:
		return nil
	}
}

// checkText checks what needs no parsing, the length first: nothing long is looked through.
func checkText(text string) error {
	switch {
	case len(text) > MaxLength:
		return ErrTooLong
	case strings.ContainsFunc(text, Invisible):
		return ErrInvisible
	default:
		return nil
	}
}

// Invisible reports whether a character does not show, or changes how others show. White space is
// invisible too: no address contains any.
func Invisible(r rune) bool {
	return unicode.IsControl(r) || unicode.IsSpace(r) || r == unicode.ReplacementChar ||
		unicode.In(
			r,
			unicode.Cf,
			unicode.Variation_Selector,
			unicode.Other_Default_Ignorable_Code_Point,
		)
}

// isDotAtom reports whether a local part is a dot-atom of RFC 5322 in ASCII.
func isDotAtom(local string) bool {
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(r rune) bool { return !isAtomText(r) }) {
			return false
		}
	}
	return len(local) <= maxLocal
}

func isAtomText(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
		strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

// parsesAsItself reports whether the standard library's parser reads the address as the same one.
func parsesAsItself(email string) bool {
	parsed, err := mail.ParseAddress(email)
	return err == nil && parsed.Name == "" && parsed.Address == email
}

// lowerASCII folds case by the rules of ASCII alone: other scripts have letters that fold to ASCII.
func lowerASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}
