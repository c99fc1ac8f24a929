package importer

import (
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// flaw is why a value isn't what stands in the export.
type flaw string

// Flaws, as the ends of sentences.
const (
	noFlaw   flaw = ""
	tooLong  flaw = "is too long"
	tooDeep  flaw = "is nested too deeply"
	tooMany  flaw = "has too many values"
	replaced flaw = "holds characters that aren't valid text, which were replaced by \uFFFD"
)

// text reads a string. One of more than limit bytes is read to its end and not returned.
func (s *scanner) text(limit int) (string, flaw, error) {
	if err := s.expect('"'); err != nil {
		return "", noFlaw, err
	}
	s.scratch, s.limit, s.long = s.scratch[:0], limit, false
	found := noFlaw
	for {
		if s.pos == s.end {
			if err := s.fill(); err != nil {
				return "", noFlaw, err
			}
		}
		from := s.pos
		for s.pos < s.end && s.buf[s.pos] != '"' && s.buf[s.pos] != '\\' && s.buf[s.pos] >= ' ' {
			s.pos++
		}
		s.scratch = append(s.scratch, s.buf[from:s.pos]...)
		s.bound()
		if s.pos == s.end {
			continue
		}
		switch c := s.buf[s.pos]; {
		case c == '"':
			s.pos++
			return s.result(found)
		case c < ' ':
			return "", noFlaw, errSyntax
		}
		s.pos++
		valid, err := s.escape()
		if err != nil {
			return "", noFlaw, err
		}
		if !valid {
			found = replaced
		}
	}
}

// bound drops a string that is longer than what is kept.
func (s *scanner) bound() {
	if len(s.scratch) > s.limit {
		s.scratch, s.long = s.scratch[:0], true
	}
}

func (s *scanner) result(found flaw) (string, flaw, error) {
	if s.long {
		return "", tooLong, nil
	}
	text := string(s.scratch)
	if !utf8.ValidString(text) {
		return strings.ToValidUTF8(text, "\uFFFD"), replaced, nil
	}
	return text, found, nil
}

const (
	escapes = `"\/bfnrt`
	escaped = "\"\\/\b\f\n\r\t"
)

// escape reads what follows a backslash. It reports false for half of a surrogate pair.
func (s *scanner) escape() (valid bool, err error) {
	c, err := s.next()
	if err != nil {
		return false, err
	}
	if i := strings.IndexByte(escapes, c); i >= 0 {
		s.scratch = append(s.scratch, escaped[i])
		return true, nil
	}
	if c != 'u' {
		return false, errSyntax
	}
	unit, err := s.hex()
	valid = true
	for err == nil && utf16.IsSurrogate(unit) {
		// A pair needs a second escape. Anything else leaves a half.
		if !s.follows(unit) {
			unit, valid = utf8.RuneError, false
			break
		}
		var second rune
		if second, err = s.hex(); err != nil {
			break
		}
		if pair := utf16.DecodeRune(unit, second); pair != utf8.RuneError {
			unit = pair
			break
		}
		s.scratch, valid = utf8.AppendRune(s.scratch, utf8.RuneError), false
		s.bound()
		unit = second
	}
	s.scratch = utf8.AppendRune(s.scratch, unit)
	return valid, err
}

// follows reads \u if it comes next and the unit before it can begin a pair.
func (s *scanner) follows(unit rune) bool {
	if unit >= 0xDC00 {
		return false
	}
	if s.end-s.pos < 2 { // the two bytes may be in the next block
		rest := copy(s.buf, s.buf[s.pos:s.end])
		n, _ := io.ReadAtLeast(s.from, s.buf[rest:], 2-rest)
		s.pos, s.end = 0, rest+n
		s.steps += n
	}
	if s.end-s.pos < 2 || s.buf[s.pos] != '\\' || s.buf[s.pos+1] != 'u' {
		return false
	}
	s.pos += 2
	return true
}

func (s *scanner) hex() (rune, error) {
	var unit rune
	for range 4 {
		c, err := s.next()
		if err != nil {
			return 0, err
		}
		digit := strings.IndexByte("0123456789abcdef", c|0x20)
		if digit < 0 || c < '0' {
			return 0, errSyntax
		}
		unit = unit<<4 | rune(digit)
	}
	return unit, nil
}
