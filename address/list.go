package address

import (
	"errors"
	"iter"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
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

const (
	newlines = "\n\r\v\f\u0085\u2028\u2029"
	commas   = ",\uff0c\u3001\ufe50\ufe51\ufe11\ufe12\uff64\u060c"
	others   = ";\uff1b\ufe54\ufe14\u061b"
	quotes   = "\"'`\u00b4\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\u00ab\u00bb" +
		"\u300c\u300d\u300e\u300f\uff02\uff07\u2032\u2033"
	opening = "<([{\uff1c\uff08\uff3b\uff5b\u3008\u300a\u3010\u27e8"
	closing = ">)]}\uff1e\uff09\uff3d\uff5d\u3009\u300b\u3011\u27e9"
	angles  = "<\uff1c\u3008\u27e8"
	stops   = ".\u3002\uff0e\uff61"
)

// closerOf returns the bracket that closes an opening one, 0 for another character.
func closerOf(r rune) rune {
	opener, closer := []rune(opening), []rune(closing)
	for i := range opener {
		if opener[i] == r {
			return closer[i]
		}
	}
	return 0
}

// part is a text between two separators. comma reports whether a comma ends it, which also
// separates the parts of a name.
type part struct {
	text  string
	comma bool
}

// partsOf splits a list at its separators, except in quoted names and in comments.
func partsOf(text string) iter.Seq[part] {
	return func(yield func(part) bool) {
		start, skipTo, previous := 0, 0, ' '
		for i, r := range text {
			before := previous
			previous = r
			if i < skipTo {
				continue
			}
			isComma := strings.ContainsRune(commas, r)
			switch {
			case isComma || strings.ContainsRune(others+newlines, r):
				if !yield(part{text[start:i], isComma}) {
					return
				}
				start = i + utf8.RuneLen(r)
				previous = ' '
			case r == '(' || r == '\uff08' || startsQuote(r, before):
				skipTo = i + quotedLength(text[i:])
			}
		}
		yield(part{text[start:], false})
	}
}

// startsQuote reports whether a quote after another character starts a name; inside a word it is
// an apostrophe.
func startsQuote(r, before rune) bool {
	return strings.ContainsRune(quotes, r) &&
		(unicode.IsSpace(before) || strings.ContainsRune(opening, before))
}

// quotedLength returns the length of the quoted name, or the comment, at the start of a text: 0 if
// it doesn't end on its line, or holds addresses.
func quotedLength(text string) int {
	first, width := utf8.DecodeRuneInString(text)
	closers, isComment := quotes, false
	if closer := closerOf(first); closer != 0 {
		closers, isComment = string(closer), true
	}
	for i, r := range text[:min(len(text), maxQuoted)] {
		switch {
		case i < width:
		case r == '@' || strings.ContainsRune(newlines, r):
			return 0
		case !strings.ContainsRune(closers, r):
		case isComment || endsWord(text[i+utf8.RuneLen(r):]):
			return i + utf8.RuneLen(r)
		}
	}
	return 0
}

func endsWord(rest string) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || unicode.IsSpace(next) ||
		strings.ContainsRune(opening+closing+commas+others, next)
}

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

func isWord(text string) bool {
	return !strings.ContainsFunc(strings.TrimSpace(text), unicode.IsSpace)
}

// bracket is an address in brackets, and the texts around it.
type bracket struct{ before, inside, after string }

// nextBracket finds the first brackets that hold an address. Others hold a comment, or are in a
// quoted name.
func nextBracket(text string) (bracket, bool) {
	skipTo, previous := 0, ' '
	for i, r := range text {
		before, closer := previous, closerOf(r)
		previous = r
		switch {
		case i < skipTo:
			continue
		case startsQuote(r, before):
			skipTo = i + quotedLength(text[i:])
			continue
		case closer == 0:
			continue
		}
		rest := text[i+utf8.RuneLen(r):]
		end := strings.IndexRune(rest[:min(len(rest), maxEntry)], closer)
		isAngle := strings.ContainsRune(angles, r)
		switch {
		case end < 0 && isAngle && strings.Contains(rest, "@"):
			return bracket{text[:i], rest, ""}, true
		case end < 0:
		case isAngle || isWord(rest[:end]) && strings.Contains(rest[:end], "@"):
			return bracket{text[:i], rest[:end], rest[end+utf8.RuneLen(closer):]}, true
		case !strings.Contains(rest[:end], "@"):
			skipTo = i + utf8.RuneLen(r) + end
		}
	}
	return bracket{}, false
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

// withoutComments removes comments beside an address: jane@corp.example (Jane Doe).
func withoutComments(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	var kept strings.Builder
	copied, skipTo := 0, 0
	for i, r := range text {
		if i < skipTo || r != '(' && r != '\uff08' {
			continue
		}
		if length := quotedLength(text[i:]); length > 0 {
			kept.WriteString(text[copied:i] + " ")
			copied, skipTo = i+length, i+length
		}
	}
	return kept.String() + text[copied:]
}

// isLabel reports whether a word before others is a header's name (To:) or counts (1. or 2).
func isLabel(word string) bool {
	name, isHeader := strings.CutSuffix(word, ":")
	if isHeader {
		return strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
	}
	number := strings.Trim(word, "(.)")
	return number != word && len(number) <= 3 && strings.Trim(number, "0123456789") == ""
}

// readWord reads a word with what surrounds it. It reports false if that is all there is.
func readWord(word string) (Entry, bool) {
	if len(word) > maxEntry {
		return Entry{Text: word, Err: ErrTooLong}, true
	}
	text := trim(word)
	if !strings.ContainsFunc(text, isTelling) {
		return Entry{}, false
	}
	entry := Entry{Text: text}
	at := strings.IndexByte(text, '@')
	switch {
	case hasScheme(text):
		entry.Address, entry.Err = readMailto(text)
	case at > 0 && text[:at] != "*" && !strings.Contains(text, "://"):
		if query := strings.IndexByte(text[at:], '?'); query > 0 {
			text = trim(text[:at+query])
		}
		entry.Address, entry.Err = Email(text)
	default:
		entry.IsDomain = true
		if entry.Address, entry.Err = Domain(text); errors.Is(entry.Err, ErrInvalid) {
			entry.Offer = offered(text)
		}
	}
	return entry, true
}

const mailto = "mailto:"

func hasScheme(text string) bool {
	return len(text) >= len(mailto) && strings.EqualFold(text[:len(mailto)], mailto)
}

// readMailto reads the address of a link that opens a mail program (RFC 6068).
func readMailto(text string) (string, error) {
	text, _, _ = strings.Cut(text[len(mailto):], "?")
	decoded, err := url.PathUnescape(strings.TrimPrefix(text, "//"))
	if err != nil {
		return "", ErrInvalid
	}
	return Email(trim(decoded))
}

// offered returns the domain in a URL, or after a wildcard or an @, "" for none.
func offered(text string) string {
	_, rest, isURL := strings.Cut(text, "://")
	if isURL {
		text = rest
	}
	if end := strings.IndexAny(text, "/?#"); end >= 0 {
		text = text[:end]
	}
	if at := strings.LastIndexByte(text, '@'); isURL {
		text = text[at+1:]
	}
	for _, prefix := range []string{"*", "@", ".", "www."} {
		if len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix) {
			text = text[len(prefix):]
		}
	}
	host, _, _ := strings.Cut(text, ":")
	domain, err := Domain(host)
	if err != nil {
		return ""
	}
	return domain
}

// trim removes what surrounds an address in a text: quotes, brackets, bullets and punctuation, and
// one full stop. No domain ends with any of them. At the start an address can have some; those are
// removed only in pairs.
func trim(word string) string {
	end, beforeStop := len(word), 0
	for end > 0 {
		r, width := utf8.DecodeLastRuneInString(word[:end])
		if isStop := strings.ContainsRune(stops, r); isStop && beforeStop > 0 {
			end = beforeStop // ..
			break
		} else if isStop {
			beforeStop = end
		} else if !isTrailing(r) {
			break
		}
		end -= width
	}
	text, suffix := word[:end], word[end:]
	return strings.TrimLeftFunc(text, func(r rune) bool {
		return isLeading(r) || strings.ContainsRune("*_~|{", r) && strings.ContainsRune(suffix, pair(r))
	})
}

func pair(r rune) rune {
	if r == '{' {
		return '}'
	}
	return r
}

func isTrailing(r rune) bool {
	return (unicode.IsPunct(r) || unicode.IsSymbol(r)) &&
		!strings.ContainsRune("@-/\uff20\ufe6b\u2026\ufffd", r)
}

func isLeading(r rune) bool {
	return strings.ContainsRune(quotes, r) || isTrailing(r) && !isAtomText(r) &&
		!strings.ContainsRune(stops, r)
}

// isTelling reports whether a character is more than decoration.
func isTelling(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.N) || isHidden(r) ||
		strings.ContainsRune("@\uff20\ufe6b", r)
}

// isHidden reports whether a character is invisible, other than white space, which separates.
func isHidden(r rune) bool { return Invisible(r) && !unicode.IsSpace(r) }
