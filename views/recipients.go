package views

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"itemshare/fault"
	"itemshare/share"
)

// CheckedRecipient is a text entered as a recipient, and the recipient or the problem with it. A
// problem of the whole list has the texts that don't fit, if any.
type CheckedRecipient struct {
	Text    string // as entered
	Kind    share.RecipientKind
	Address string         // canonical
	Problem *fault.Problem // nil for a valid recipient
	Meant   string         // what a valid recipient was probably meant to be, "" for itself
}

// isEntry reports whether a checked text is one recipient, and not what is wrong with the list.
func isEntry(r CheckedRecipient) bool {
	return r.Text != "" &&
		(r.Problem == nil || r.Problem.Code != fault.CodeTooManyRecipients)
}

// wrongOf returns the problems of a list, those of the whole list first.
func wrongOf(recipients []CheckedRecipient) []CheckedRecipient {
	var whole, entries []CheckedRecipient
	for _, r := range recipients {
		switch {
		case r.Problem == nil:
		case isEntry(r):
			entries = append(entries, r)
		default:
			whole = append(whole, r)
		}
	}
	return append(whole, entries...)
}

// meantOf returns the first recipient that was probably meant to be another, the zero value for
// none. One that is meant to be a recipient of the same list is offered too: they become one.
func meantOf(recipients []CheckedRecipient) CheckedRecipient {
	for _, r := range recipients {
		if r.Problem == nil && r.Meant != "" {
			return r
		}
	}
	return CheckedRecipient{}
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// moreWrong says how many more recipients are wrong, "" for none.
func moreWrong(wrong []CheckedRecipient) string {
	switch len(wrong) {
	case 0:
		return ""
	case 1:
		return "1 more entry needs fixing."
	}
	return strconv.Itoa(len(wrong)) + " more entries need fixing."
}

// chipWords says what is wrong with a recipient, and names it.
func chipWords(r CheckedRecipient) string {
	words := problemWords(*r.Problem)
	if r.Problem.Code == fault.CodeRecipientInvalid || !isEntry(r) ||
		strings.Contains(words, r.Text) {
		return words
	}
	return "“" + truncate(r.Text, 60) + "”: " + words
}

// problemMark marks what has a problem for scripts and tests.
func problemMark(p fault.Problem, marked bool) templ.Attributes {
	if marked {
		return templ.Attributes{"data-error": string(p.Code)}
	}
	return templ.Attributes{"data-refused": string(p.Code)}
}

// fixWords says what to do about entries that are no recipients.
func fixWords(wrong int) string {
	if wrong == 1 {
		return "Fix or remove the entry marked above."
	}
	return "Fix or remove the " + strconv.Itoa(wrong) + " entries marked above."
}
