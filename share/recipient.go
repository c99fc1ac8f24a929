package share

import (
	"slices"
	"strings"

	"itemshare/address"
	"itemshare/fault"
)

// Recipient is one person, or everyone at a domain. Address is canonical: a
// lower-case address, or a domain as an A-label.
type Recipient struct {
	Kind    RecipientKind
	Address string
}

// domain returns the domain, which is the part after the @ of an address.
func (r Recipient) domain() string { return address.DomainOf(r.Address) }

// MaxRecipients is how many recipients a share can have.
const MaxRecipients = 50

// CheckedRecipient is a recipient as it was typed, with its parsed value or its problem.
// A problem of the whole list has an empty Text.
type CheckedRecipient struct {
	Text      string
	Recipient Recipient
	Problem   *fault.Problem
}

// ParseRecipient parses an address or a domain; a domain may have an @ before it. It rejects public
// suffixes and domains where anyone can have an address.
func ParseRecipient(text string) (Recipient, *fault.Problem) {
	r, err := readRecipient(text)
	if err == nil && r.Kind == Domain {
		err = address.CheckOrganization(r.Address)
	}
	if err != nil {
		return Recipient{}, &fault.Problem{
			Code: fault.CodeRecipientInvalid, Field: "recipients", Detail: quoted(text) + " " + err.Error() + ".",
		}
	}
	return r, nil
}

// ParseAddress parses an address as a recipient types it.
func ParseAddress(text string) (string, bool) {
	email, err := address.Email(strings.TrimSpace(text))
	return email, err == nil
}

// readRecipient parses an address or a domain. Its error is one of the address package.
func readRecipient(text string) (Recipient, error) {
	domain, isDomain := strings.CutPrefix(text, "@")
	if isDomain || !strings.Contains(text, "@") {
		canonical, err := address.Domain(domain)
		return Recipient{Domain, canonical}, err
	}
	email, err := address.Email(text)
	return Recipient{Email, email}, err
}

// splitRecipients splits texts at newlines, commas, semicolons and spaces.
func splitRecipients(raw []string) []string {
	var parts []string
	for _, text := range raw {
		parts = append(parts, strings.FieldsFunc(text, func(r rune) bool {
			return strings.ContainsRune(",; \t\r\n", r)
		})...)
	}
	return parts
}

// checkRecipients parses recipients and drops duplicates. More than the limit are one
// problem of the whole list; it does not parse the rest.
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
				Code: fault.CodeTooManyRecipients, Field: "recipients", Detail: "A link can have up to 50 " +
					"people and domains. Create another link for the rest.",
			}})
		}
		seen[r] = problem == nil
		all = append(all, CheckedRecipient{text, r, problem})
	}
	return all
}

// splitChecked returns the valid recipients and the problems of a checked list.
func splitChecked(checked []CheckedRecipient) (good []Recipient, problems []fault.Problem) {
	for _, c := range checked {
		if c.Problem != nil {
			problems = append(problems, *c.Problem)
		} else {
			good = append(good, c.Recipient)
		}
	}
	return slices.Clip(good), problems
}

// quoted returns what was typed in quotation marks, shortened and without invisible
// characters.
func quoted(text string) string {
	text = strings.ToValidUTF8(text[:min(len(text), address.MaxLength)], "\uFFFD")
	runes := []rune(strings.Map(func(r rune) rune {
		if address.Invisible(r) {
			return '\uFFFD'
		}
		return r
	}, text))
	if len(runes) > 60 {
		runes = append(runes[:60], '…')
	}
	return "“" + string(runes) + "”"
}
