package share

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sentences that several rooms show.
const (
	MissingRecipientsWords = "Add at least one email address or domain."
	MailOffWords           = "Email is off on this server, so recipients can't verify their address."
)

// Sentences returns the policy in words, one sentence for each part of it.
func (p Policy) Sentences() []string {
	if !p.Sharing() {
		return []string{"Sharing is off."}
	}
	all := []string{p.expirySentence(), p.typeSentence()}
	if slices.Contains(p.AllowedTypes, Authenticated) {
		all = append(all, p.recipientSentence())
	}
	return append(all, p.fileSentence())
}

func (p Policy) expirySentence() string {
	longest, usual := Span(p.MaxExpiry), Span(min(p.DefaultExpiry, p.MaxExpiry))
	words := "Links expire after " + usual + " by default, " + longest + " at most, with "
	if longest == usual {
		words = "Links expire after " + longest + " at most, with "
	}
	audience := Anyone
	if !slices.Contains(p.AllowedTypes, Public) {
		audience = Recipients
	}
	words += ViewWords(Terms{MaxViews: p.MaxViews, Audience: audience})
	if p.MaxViews > 0 && len(p.AllowedTypes) == 2 {
		words += " (per person where there are recipients)"
	}
	return words + "."
}

func (p Policy) typeSentence() string {
	var kinds []string
	for _, t := range []Type{Public, Authenticated} {
		if slices.Contains(p.AllowedTypes, t) {
			kinds = append(kinds, strings.TrimPrefix(t.words(), "links "))
		}
	}
	only := ""
	if len(kinds) == 1 {
		only = "only "
	}
	return "Links can " + only + "be " + joined(kinds, "or") + "."
}

func (p Policy) recipientSentence() string {
	if len(p.AllowedRecipientTypes) == 0 || p.NoDomains {
		return "No recipients are allowed."
	}
	var kinds []string
	for _, k := range []RecipientKind{Email, Domain} {
		if slices.Contains(p.AllowedRecipientTypes, k) {
			kinds = append(kinds, k.words())
		}
	}
	where := ""
	if len(p.AllowedDomains) > 0 {
		where = ", at " + joined(p.AllowedDomains, "and") + " only"
	}
	return "Allowed recipients are " + joined(kinds, "and") + where + "."
}

func (p Policy) fileSentence() string {
	switch {
	case !p.FilesAllowed:
		return "Files can't be shared."
	case p.FilesMaxSize == 0:
		return "Files can be shared."
	default:
		return "Files up to " + Size(p.FilesMaxSize) + " can be shared."
	}
}

// Fact is one limit of a policy: its name and its value in words.
type Fact struct{ Name, Value string }

// Facts returns the limits behind the sentences.
func (p Policy) Facts() []Fact {
	views, domains, files := "Unlimited", "Any", "Not allowed"
	types, recipients := "None: sharing is off", "None"
	if len(p.AllowedTypes) > 0 {
		types = allowedWords([]Type{Authenticated, Public}, p.AllowedTypes)
	}
	if len(p.AllowedRecipientTypes) > 0 {
		recipients = allowedWords([]RecipientKind{Email, Domain}, p.AllowedRecipientTypes)
	}
	if p.MaxViews > 0 {
		views = strconv.Itoa(p.MaxViews)
	}
	if len(p.AllowedDomains) > 0 {
		domains = strings.Join(p.AllowedDomains, ", ")
	}
	if p.FilesAllowed {
		files = "Up to the server's limit"
		if p.FilesMaxSize > 0 {
			files = "Up to " + Size(p.FilesMaxSize)
		}
	}
	return []Fact{
		{"Link types", types},
		{"Allowed recipients", recipients},
		{"Allowed domains", domains},
		{"Maximum expiry", Span(p.MaxExpiry)},
		{"Default expiry", Span(p.DefaultExpiry)},
		{"Maximum views", views},
		{"Files", files},
	}
}

// Difference is a fact of two policies. Changed reports whether they differ in it.
type Difference struct {
	Name, Old, New string
	Changed        bool
}

// Compared returns the facts of an old and a new policy side by side.
func (p Policy) Compared(old Policy) []Difference {
	before := old.Facts()
	var all []Difference
	for i, f := range p.Facts() {
		all = append(all, Difference{f.Name, before[i].Value, f.Value, before[i] != f})
	}
	return all
}

// allowedWords returns in words which of all values are allowed.
func allowedWords[T interface {
	comparable
	words() string
}](all, allowed []T) string {
	var words []string
	for _, value := range all {
		if slices.Contains(allowed, value) {
			words = append(words, value.words())
		}
	}
	return capital(joined(words, "and"))
}

// StricterWords says where a vault's policy is stricter than the account's.
func (p Policy) StricterWords(account Policy) string {
	switch stricter := p.stricter(account); {
	case !p.Sharing() && account.Sharing():
		return "Sharing is off"
	case len(stricter) == 0:
		return "Same as account"
	default:
		return capital(joined(stricter, "and"))
	}
}

// stricter returns where a policy is stricter than another, each in a few words.
func (p Policy) stricter(than Policy) []string {
	var all []string
	for _, t := range without(than.AllowedTypes, p.AllowedTypes) {
		all = append(all, "no "+t.words())
	}
	for _, k := range without(than.AllowedRecipientTypes, p.AllowedRecipientTypes) {
		all = append(all, "no "+k.words())
	}
	if len(p.AllowedDomains) > 0 && !slices.Equal(p.AllowedDomains, than.AllowedDomains) {
		all = append(all, "only "+joined(p.AllowedDomains, "and"))
	}
	if p.MaxExpiry < than.MaxExpiry {
		all = append(all, Span(p.MaxExpiry)+" at most")
	}
	if p.MaxViews != than.MaxViews &&
		narrower(int64(p.MaxViews), int64(than.MaxViews)) == int64(p.MaxViews) {
		all = append(all, count(p.MaxViews, "view")+" at most")
	}
	switch {
	case than.FilesAllowed && !p.FilesAllowed:
		all = append(all, "no files")
	case p.FilesMaxSize != than.FilesMaxSize && narrower(p.FilesMaxSize, than.FilesMaxSize) == p.FilesMaxSize:
		all = append(all, "files up to "+Size(p.FilesMaxSize))
	}
	return all
}

func (t Type) words() string {
	if t == Public {
		return "links for anyone"
	}
	return "links for specific people"
}

func (k RecipientKind) words() string {
	if k == Domain {
		return "whole domains"
	}
	return "individual email addresses"
}

// Who says who can view a share: "Two people and anyone at partner.example".
func Who(audience Audience, recipients []Recipient) string {
	if audience == Anyone {
		return "Anyone with the link"
	}
	people, domains := 0, []string{}
	for _, r := range recipients {
		if r.Kind == Domain {
			domains = append(domains, cmp.Or(r.Address, "a domain"))
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
		parts = append(parts, "anyone at "+joined(domains, "or"))
	}
	if len(parts) == 0 {
		return "No one"
	}
	return capital(strings.Join(parts, " and "))
}

// ViewWords says how many views a share has: "one view per person", "unlimited views".
func ViewWords(t Terms) string {
	words := "unlimited views"
	switch {
	case t.MaxViews == 0:
		return words
	case t.MaxViews == 1:
		words = "one view"
	default:
		words = "up to " + count(t.MaxViews, "view")
	}
	if t.Audience == Recipients {
		words += " per person"
	}
	return words
}

func inWords(n int) string {
	words := strings.Fields("no one two three four five six seven eight nine ten")
	if n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// joined joins names as a sentence does: "a, b and c", the many cut short.
func joined(names []string, and string) string {
	if len(names) > 10 {
		names = append(slices.Clone(names[:10]), fmt.Sprintf("%d more", len(names)-10))
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + and + " " + names[last]
}

// Span returns a length in words, in the largest unit that divides it:
// "1 hour", "7 days", "90 minutes".
func Span(length time.Duration) string {
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"day", day}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		if length >= unit.length && length%unit.length == 0 {
			return count(int(length/unit.length), unit.name)
		}
	}
	return length.String()
}

// Size returns a number of bytes in words, to one decimal: "4.8 MiB".
func Size(bytes int64) string {
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if bytes >= unit.bytes {
			number := fmt.Sprintf("%.1f", float64(bytes)/float64(unit.bytes))
			return strings.TrimSuffix(number, ".0") + " " + unit.name
		}
	}
	return count(int(bytes), "byte")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
