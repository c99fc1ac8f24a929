package address

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
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
