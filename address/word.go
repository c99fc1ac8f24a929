package address

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

func isWord(text string) bool {
	return !strings.ContainsFunc(strings.TrimSpace(text), unicode.IsSpace)
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
