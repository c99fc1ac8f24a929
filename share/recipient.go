package share

import (
	"net/mail"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"itemshare/fault"
)

// Recipient is one person, or everybody at a domain. Address is canonical: a
// lower-case address, or a domain as an A-label.
type Recipient struct {
	Kind    RecipientKind
	Address string
}

// domain is the part after the @, or the domain itself.
func (r Recipient) domain() string {
	return r.Address[strings.LastIndexByte(r.Address, '@')+1:]
}

// MaxRecipients is how many recipients one share may name.
const MaxRecipients = 50

// maxAddress bounds what is parsed at all, in bytes.
const maxAddress = 254

// CheckedRecipient is one recipient as somebody typed it, and what it reads as or
// what is wrong with it. A problem of the whole list has an empty Text.
type CheckedRecipient struct {
	Text      string
	Recipient Recipient
	Problem   *fault.Problem
}

// ParseRecipient reads one address or domain; a domain may have an @ before it.
// It refuses public suffixes and domains where anybody can have an address.
func ParseRecipient(text string) (Recipient, *fault.Problem) {
	r, why := readRecipient(text)
	if why == "" && r.Kind == Domain {
		why = everybodysDomain(r.Address)
	}
	if why != "" {
		return Recipient{}, &fault.Problem{Code: fault.CodeRecipientInvalid, Field: "recipients", Detail: quoted(text) + " " + why}
	}
	return r, nil
}

// ParseAddress reads what must be one address, as a recipient types it.
func ParseAddress(text string) (string, bool) {
	r, why := readRecipient(strings.Trim(text, " \t\r\n"))
	return r.Address, why == "" && r.Kind == Email
}

// readRecipient canonicalises an address or a domain, or says why it cannot. The
// length comes first: nothing long is parsed.
func readRecipient(text string) (r Recipient, why string) {
	if len(text) > maxAddress {
		return Recipient{}, "is too long: an address has at most 254 characters."
	}
	if strings.ContainsFunc(text, hidden) {
		return Recipient{}, "holds a character that does not show. Type it anew instead of pasting it."
	}
	local, domain, _ := cut(text)
	domain, why = canonicalDomain(domain)
	if why != "" {
		return Recipient{}, why
	}
	if local == "" {
		return Recipient{Domain, domain}, ""
	}
	address := lowerASCII(local) + "@" + domain
	if !plainLocal(local) || !readsAs(address) {
		return Recipient{}, "is not an address. Write it like name@company.com, alone and without quotes."
	}
	return Recipient{Email, address}, ""
}

// cut parts text at its first @. Another one stays in the domain, which refuses it.
// Nothing before the @ makes it a domain.
func cut(text string) (local, domain string, found bool) {
	if local, domain, found = strings.Cut(text, "@"); !found {
		return "", text, false
	}
	return local, domain, true
}

// plainLocal tells whether a local part is a dot-atom of RFC 5322 in ASCII.
func plainLocal(local string) bool {
	for _, atom := range strings.Split(local, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(r rune) bool {
			letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
			return !letter && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
		}) {
			return false
		}
	}
	return len(local) <= 64
}

// readsAs tells whether the standard parser, too, reads the address as itself.
func readsAs(address string) bool {
	parsed, err := mail.ParseAddress(address)
	return err == nil && parsed.Name == "" && parsed.Address == address && len(address) <= maxAddress
}

// everybodysDomain says why a domain names nobody in particular, "" where it names somebody.
func everybodysDomain(domain string) string {
	if suffix, _ := publicsuffix.PublicSuffix(domain); suffix == domain {
		return "belongs to many companies. Name one company's domain, or people's addresses."
	}
	if freeMail(domain) {
		return "gives an address to anyone. Name people's addresses there instead."
	}
	return ""
}

// splitRecipients parts texts at newlines, commas, semicolons and spaces.
func splitRecipients(raw []string) []string {
	var parts []string
	for _, text := range raw {
		parts = append(parts, strings.FieldsFunc(text, func(r rune) bool {
			return strings.ContainsRune(",; \t\r\n", r)
		})...)
	}
	return parts
}

// checkRecipients reads each recipient once, however often it is named. More than
// the limit is one problem of the whole list, and the rest is not read.
func checkRecipients(raw []string) []CheckedRecipient {
	var all []CheckedRecipient
	seen := map[Recipient]bool{}
	for _, text := range splitRecipients(raw) {
		r, problem := ParseRecipient(text)
		if problem == nil && seen[r] {
			continue
		}
		if len(all) == MaxRecipients {
			return append(all, CheckedRecipient{Problem: &fault.Problem{
				Code: fault.CodeTooManyRecipients, Field: "recipients", Detail: "At most 50 people and domains fit in one link. Share again with the others.",
			}})
		}
		seen[r] = problem == nil
		all = append(all, CheckedRecipient{text, r, problem})
	}
	return all
}

// parted gives the good recipients and the problems of a checked list.
func parted(checked []CheckedRecipient) (good []Recipient, problems []fault.Problem) {
	for _, c := range checked {
		if c.Problem != nil {
			problems = append(problems, *c.Problem)
		} else {
			good = append(good, c.Recipient)
		}
	}
	return slices.Clip(good), problems
}

// quoted shows what somebody typed, shortened, without what could turn the line round.
func quoted(text string) string {
	text = strings.ToValidUTF8(text[:min(len(text), maxAddress)], "\uFFFD")
	runes := []rune(strings.Map(func(r rune) rune {
		if hidden(r) {
			return '\uFFFD'
		}
		return r
	}, text))
	if len(runes) > 60 {
		runes = append(runes[:60], '…')
	}
	return "“" + string(runes) + "”"
}
