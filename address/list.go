package address

import (
	"errors"
	"iter"
	"strings"
	"unicode"
)

// ErrTwoAddresses rejects an entry whose name is another email address than the one in brackets.
var ErrTwoAddresses = errors.New("contains two different addresses. Enter the one you mean")

// maxEntry is the length of the longest text that is parsed as one entry, in bytes: an address, and
// a name as long.
const maxEntry = 4 * MaxLength

// maxQuoted is the length of the longest name or comment that can hold separators, in bytes.
const maxQuoted = 200

// Entry is an email address or a domain in a list.
type Entry struct {
	Text     string // as it is written in the list, without what surrounds it
	Address  string // in canonical form, "" if Err isn't nil
	IsDomain bool
	Err      error  // why it is rejected, nil otherwise
	Offer    string // the domain that a rejected text probably means, "" for none
}

// Shown returns a valid entry as it was typed: with its domain in the domain's own script, unless it
// was typed in A-labels.
func (e Entry) Shown() string {
	if strings.Contains(lowerASCII(e.Text), "xn--") {
		return e.Address
	}
	domain := DomainOf(e.Address)
	shown, err := lookupProfile().ToUnicode(domain)
	if err != nil {
		return e.Address
	}
	return strings.TrimSuffix(e.Address, domain) + shown
}

// List returns the entries of a list, as people type it and as mail programs copy it: with names,
// angle brackets, quotes, mailto:, punctuation around each, and separators of any script. What
// could mean two addresses, or more people than were named, is rejected.
func List(text string) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		surname := "" // a part that belongs to a name if one follows: Doe, Jane <jane@corp.example>
		for part := range partsOf(entities.Replace(text)) {
			before := surname
			surname = ""
			if before != "" && !startsWithName(part.text) && !yieldWords(before, yield) {
				return
			}
			if part.comma && before == "" && isName(part.text) {
				surname = part.text
			} else if !yieldPart(part.text, yield) {
				return
			}
		}
		if surname != "" {
			yieldWords(surname, yield)
		}
	}
}

// One returns the only entry of a list; an entry that is repeated counts once.
func One(text string) Entry {
	if len(text) > maxEntry {
		return Entry{Text: text[:maxEntry], Err: ErrTooLong}
	}
	var only Entry
	for entry := range List(text) {
		if only.Text != "" && (entry.Address != only.Address || entry.Err != nil) {
			return Entry{Text: strings.TrimSpace(text), Err: ErrInvalid}
		}
		only = entry
	}
	if only.Text == "" {
		return Entry{Text: strings.TrimSpace(text), Err: ErrInvalid}
	}
	return only
}

// Own returns the email address that a person enters as their own: the only one in the text,
// whatever name stands beside it.
func Own(text string) (email string, ok bool) {
	if len(text) > maxEntry {
		return "", false
	}
	for entry := range List(text) {
		switch {
		case entry.IsDomain && entry.Err == nil:
		case entry.Err != nil && !strings.Contains(entry.Text, "@"):
		case entry.Err != nil || email != "" && email != entry.Address:
			return "", false
		default:
			email = entry.Address
		}
	}
	return email, email != ""
}

// entities are what a copy of a page's source has in place of brackets and quotes.
var entities = strings.NewReplacer(
	"&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#34;", `"`, "&#39;", "'", "&apos;", "'",
	"&nbsp;", " ", "&#160;", " ",
)

// isName reports whether a part can only be a name: no word of it is an address or a domain.
func isName(text string) bool {
	if len(text) > maxQuoted || strings.ContainsAny(text, "@"+opening+closing) ||
		!strings.ContainsFunc(text, unicode.IsLetter) || strings.ContainsFunc(text, isHidden) {
		return false
	}
	for word := range strings.FieldsSeq(text) {
		if entry, _ := readWord(word); entry.Err == nil || entry.Offer != "" {
			return false
		}
	}
	return true
}

// startsWithName reports whether a part is a name followed by an address in brackets.
func startsWithName(text string) bool {
	found, ok := nextBracket(text)
	return ok && isName(found.before) && strings.Contains(found.inside, "@")
}

// yieldPart yields the entries of a part: addresses with names and brackets, then single words.
func yieldPart(text string, yield func(Entry) bool) bool {
	for {
		found, ok := nextBracket(text)
		if !ok {
			return yieldWords(text, yield)
		}
		insides := []string{found.inside}
		for { // [jane@corp.example](mailto:jane@corp.example)
			next, isBracket := nextBracket(found.after)
			if !isBracket || next.before != "" {
				break
			}
			insides, found.after = append(insides, next.inside), next.after
		}
		written := strings.TrimSpace(text[:len(text)-len(found.after)])
		text = found.after
		if entry, ok := named(found.before, insides, written); ok && !yield(entry) {
			return false
		}
	}
}

// named reads an address in brackets with the name before it, and reports false if there is
// nothing to read.
func named(name string, insides []string, written string) (Entry, bool) {
	entry, ok := readInside(insides[0])
	if !ok && strings.TrimSpace(name) == "" {
		return Entry{}, false
	}
	isNamed := strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r)
	})
	if !ok || isNamed && entry.IsDomain {
		return Entry{Text: written, Err: ErrInvalid}, true
	}
	for _, text := range append(strings.Fields(name), insides[1:]...) {
		other, ok := readInside(text)
		if ok && other.Err == nil && !other.IsDomain && other.Address != entry.Address {
			return Entry{Text: written, Err: ErrTwoAddresses}, true
		}
	}
	entry.Text = written
	return entry, true
}

// readInside reads what stands in brackets, which is one word.
func readInside(text string) (Entry, bool) {
	text = strings.TrimSpace(text)
	if !isWord(text) {
		return Entry{Text: text, Err: ErrInvalid}, true
	}
	return readWord(text)
}

// yieldWords yields an entry for each word of a part without addresses in brackets.
func yieldWords(text string, yield func(Entry) bool) bool {
	words := strings.FieldsFunc(withoutComments(text), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(commas+others, r)
	})
	for i, word := range words {
		if i < len(words)-1 && isLabel(word) {
			continue
		}
		if entry, ok := readWord(word); ok && !yield(entry) {
			return false
		}
	}
	return true
}
