package share

import (
	"cmp"
	"fmt"
	"iter"
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
// The Text of a parsed one is its address, with its domain as it was typed; that of too many is the
// rest; a problem of the whole list has none.
type CheckedRecipient struct {
	Text      string
	Recipient Recipient
	Problem   *fault.Problem
	Meant     string // what a parsed one was probably meant to be, "" for itself
}

// ParseRecipient parses one address or domain, in any form that address.One reads. It rejects
// public suffixes and domains where anyone can have an address.
func ParseRecipient(text string) (Recipient, *fault.Problem) {
	checked := checkEntry(address.One(text))
	return checked.Recipient, checked.Problem
}

// checkEntry returns an entry of a list with its problem, if it has one. It offers the domain that
// a rejected one probably means.
func checkEntry(entry address.Entry) CheckedRecipient {
	err, offer := entry.Err, entry.Offer
	if domain := cmp.Or(offer, entry.Address); domain != "" && entry.IsDomain {
		if e := address.CheckOrganization(domain); e != nil {
			err, offer = e, ""
		}
	}
	if err == nil {
		return CheckedRecipient{
			Text: entry.Shown(), Recipient: recipientOf(entry), Meant: address.Meant(entry.Address),
		}
	}
	detail := quoted(entry.Text) + " " + err.Error() + "."
	if offer != "" {
		detail += " Enter “" + offer + "” for everyone at that domain."
	}
	return CheckedRecipient{Text: entry.Text, Problem: &fault.Problem{
		Code: fault.CodeRecipientInvalid, Field: "recipients", Detail: detail,
	}}
}

// recipientOf returns the recipient that a valid entry names.
func recipientOf(entry address.Entry) Recipient {
	if entry.IsDomain {
		return Recipient{Domain, entry.Address}
	}
	return Recipient{Email, entry.Address}
}

// ParseAddress parses an address as a recipient types or pastes it.
func ParseAddress(text string) (string, bool) { return address.Own(text) }

// searchedFor returns the recipient that a search text names, as an address or as a domain in any
// form.
func searchedFor(text string) (Recipient, bool) {
	entry := address.One(text)
	if entry.Offer != "" {
		return Recipient{Domain, entry.Offer}, true
	}
	return recipientOf(entry), entry.Err == nil
}

// listOf returns the entries of texts that may hold several each.
func listOf(raw []string) iter.Seq[address.Entry] { return address.List(strings.Join(raw, "\n")) }

func namesAny(raw []string) bool {
	for range listOf(raw) {
		return true
	}
	return false
}

// checkRecipients parses recipients and drops duplicates. More than the limit are one
// problem, whose Text is the rest.
func checkRecipients(raw []string) []CheckedRecipient {
	var all []CheckedRecipient
	var rest []string
	seen := map[string]bool{}
	for entry := range listOf(raw) {
		checked := checkEntry(entry)
		key := cmp.Or(checked.Recipient.Address, checked.Text)
		if seen[key] {
			continue
		}
		if len(all) >= MaxRecipients {
			rest = append(rest, checked.Text)
			continue
		}
		seen[key] = true
		all = append(all, checked)
	}
	if len(rest) > 0 {
		all = append(all, CheckedRecipient{Text: strings.Join(rest, "\n"), Problem: &fault.Problem{
			Code: fault.CodeTooManyRecipients, Field: "recipients", Detail: "A link can have up to 50 " +
				"people and domains. Create another link for the rest.",
		}})
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

// maxQuoted is how many characters of a text are repeated.
const maxQuoted = 60

// quoted returns what was typed in quotation marks, shortened, with the code of each invisible
// character in its place: “ja[U+200B]ne@corp.example”. The first of them is always shown.
func quoted(text string) string {
	runes := []rune(strings.ToValidUTF8(text[:min(len(text), 2*address.MaxLength)], "\uFFFD"))
	start := 0
	if at := slices.IndexFunc(runes, address.Invisible); at > maxQuoted-10 {
		start = at - maxQuoted/2
	}
	var shown []rune
	if start > 0 {
		shown = append(shown, '…')
	}
	for _, r := range runes[start:] {
		if len(shown) >= maxQuoted {
			shown = append(shown[:maxQuoted], '…')
			break
		}
		if address.Invisible(r) && r != ' ' {
			shown = append(shown, []rune(fmt.Sprintf("[U+%04X]", r))...)
		} else {
			shown = append(shown, r)
		}
	}
	return "“" + string(shown) + "”"
}
