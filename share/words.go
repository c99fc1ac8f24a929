package share

import (
	"slices"
	"strconv"
	"strings"
)

// Sentences say the rule in plain words, one sentence for each part of it.
func (p Policy) Sentences() []string {
	if !p.Sharing() {
		return []string{"Sharing is turned off."}
	}
	all := []string{p.expiryWords(), p.viewWords(), p.typeWords()}
	if slices.Contains(p.AllowedTypes, Authenticated) {
		all = append(all, p.recipientWords())
	}
	return append(all, p.fileWords())
}

func (p Policy) expiryWords() string {
	longest, usual := Span(p.MaxExpiry), Span(min(p.DefaultExpiry, p.MaxExpiry))
	if longest == usual {
		return "A link lasts " + longest + " unless a shorter time is chosen."
	}
	return "A link lasts " + usual + " unless another time is chosen, and " + longest + " at most."
}

func (p Policy) viewWords() string {
	if p.MaxViews == 0 {
		return "It can be opened any number of times until then."
	}
	return "It can be opened " + times(p.MaxViews) + ", by named people " + times(p.MaxViews) + " each."
}

func (p Policy) typeWords() string {
	switch named, anyone := slices.Contains(p.AllowedTypes, Authenticated), slices.Contains(p.AllowedTypes, Public); {
	case named && anyone:
		return "It can be for named people or for anyone who has the link."
	case named:
		return "It can only be for named people, who prove their address with a mailed code."
	default:
		return "It can only be for anyone who has the link, not for named people."
	}
}

func (p Policy) recipientWords() string {
	people, domains := slices.Contains(p.AllowedRecipientTypes, Email), slices.Contains(p.AllowedRecipientTypes, Domain)
	who := "People and whole domains can be named"
	switch {
	case !people && !domains, p.NoDomains:
		return "Nobody can be named at present."
	case !domains:
		who = "Single people can be named, no whole domains"
	case !people:
		who = "Whole domains can be named, no single people"
	}
	if len(p.AllowedDomains) == 0 {
		return who + "."
	}
	return who + ", at " + listed(p.AllowedDomains, "and") + " alone."
}

func (p Policy) fileWords() string {
	switch {
	case !p.FilesAllowed:
		return "Files stay behind."
	case p.FilesMaxSize == 0:
		return "Files may come along."
	default:
		return "Files of up to " + size(p.FilesMaxSize) + " may come along."
	}
}

// Who says who can open a share: "Two people and anyone at partner.example".
func Who(audience Audience, recipients []Recipient) string {
	if audience == Anyone {
		return "Anyone with the link"
	}
	people, domains := 0, []string{}
	for _, r := range recipients {
		if r.Kind == Domain {
			domains = append(domains, r.Address)
		} else {
			people++
		}
	}
	var parts []string
	switch {
	case people == 1:
		parts = append(parts, "one person")
	case people > 1:
		parts = append(parts, inWords(people)+" people")
	}
	if len(domains) > 0 {
		parts = append(parts, "anyone at "+listed(domains, "or"))
	}
	if len(parts) == 0 {
		return "Nobody"
	}
	return capital(strings.Join(parts, " and "))
}

// HowOften says how often a share opens: "once per address", "" for any number of times.
func HowOften(t Terms) string {
	switch {
	case t.MaxViews == 0:
		return ""
	case t.Audience == Recipients:
		return times(t.MaxViews) + " per address"
	default:
		return times(t.MaxViews)
	}
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	default:
		return inWords(n) + " times"
	}
}

func inWords(n int) string {
	words := strings.Fields("no one two three four five six seven eight nine ten")
	if n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
