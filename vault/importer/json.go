package importer

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON from a stream. Its time is proportional to the bytes it reads, and its memory to
// what its caller keeps. encoding/json would hold a whole value in memory, read nested ones again, and
// neither tell a duplicate name nor a character that isn't one.
type scanner struct {
	ctx      context.Context
	from     io.Reader
	buf      []byte
	pos, end int
	scratch  []byte // of the string that is being read
	limit    int    // bytes of it that are kept
	long     bool   // it is longer
	steps    int    // bytes looked at, for tests
}

var errSyntax = errors.New("not JSON")

const scannerBytes = 64 << 10

func newScanner(ctx context.Context, from io.Reader) *scanner {
	s := &scanner{ctx: ctx, from: from, buf: make([]byte, scannerBytes)}
	if s.fill() == nil && strings.HasPrefix(string(s.buf[:s.end]), "\uFEFF") {
		s.pos = len("\uFEFF")
	}
	return s
}

// fill reads more, at the end of what was read.
func (s *scanner) fill() error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	n, err := io.ReadAtLeast(s.from, s.buf, 4)
	s.pos, s.end = 0, n
	s.steps += n
	if n > 0 {
		return nil
	}
	return err
}

// peek returns the next byte without reading it.
func (s *scanner) peek() (byte, error) {
	if s.pos == s.end {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	return s.buf[s.pos], nil
}

func (s *scanner) next() (byte, error) {
	c, err := s.peek()
	if err == nil {
		s.pos++
	}
	return c, err
}

// start returns the first byte of the next token without reading it.
func (s *scanner) start() (byte, error) {
	for {
		c, err := s.peek()
		if err != nil || c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c, err
		}
		s.pos++
	}
}

func (s *scanner) expect(want byte) error {
	c, err := s.start()
	if err == nil && c != want {
		err = errSyntax
	}
	if err == nil {
		s.pos++
	}
	return err
}

// object reads an object or null and calls each to read the value of each name.
func (s *scanner) object(each func(name string) error) error {
	return s.list('{', '}', func() error {
		if c, err := s.start(); err != nil || c != '"' {
			return errors.Join(errSyntax, err)
		}
		name, _, err := s.text(maxName)
		if err == nil {
			err = s.expect(':')
		}
		if err != nil {
			return err
		}
		return each(name)
	})
}

// array reads an array or null and calls each to read each element.
func (s *scanner) array(each func() error) error { return s.list('[', ']', each) }

func (s *scanner) list(opening, closing byte, each func() error) error {
	c, err := s.start()
	if err == nil && c == 'n' {
		_, err = s.literal()
		return err
	}
	if err != nil {
		return err
	}
	if err := s.expect(opening); err != nil {
		return errKind
	}
	if c, err = s.start(); err == nil && c == closing {
		s.pos++
		return nil
	}
	for err == nil {
		if err = each(); err != nil {
			return err
		}
		if c, err = s.start(); err != nil {
			return err
		}
		s.pos++
		if c == closing {
			return nil
		}
		if c != ',' {
			return errSyntax
		}
	}
	return err
}

// errKind is the error for a value of another kind than the caller expects.
var errKind = errors.New("another kind of value")

// maxName is the longest name of a member that is kept, in bytes.
const maxName = 1000

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

// literal reads a number, true, false or null.
func (s *scanner) literal() (string, error) {
	s.scratch = s.scratch[:0]
	for {
		c, err := s.peek()
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		if err != nil || !isLiteral[c] {
			break
		}
		if s.pos++; len(s.scratch) < maxLiteral {
			s.scratch = append(s.scratch, c)
		}
	}
	if !json.Valid(s.scratch) {
		if len(s.scratch) == 0 {
			if _, err := s.peek(); err != nil {
				return "", err
			}
		}
		return "", errSyntax
	}
	return string(s.scratch), nil
}

// isLiteral holds the characters of numbers, true, false and null.
var isLiteral = func() (set [256]bool) {
	for _, c := range []byte("+-.0123456789abcdefghijklmnopqrstuvwxyzE") {
		set[c] = true
	}
	return set
}()

// maxLiteral is the longest number, in characters.
const maxLiteral = 400

// skip reads a value without keeping it and reports whether it holds anything.
func (s *scanner) skip() (filled bool, err error) {
	for depth := 0; ; {
		c, err := s.start()
		if err != nil {
			return false, err
		}
		switch c {
		case '{', '[':
			depth++
			s.pos++
		case '}', ']':
			depth--
			s.pos++
		case ',', ':':
			s.pos++
		case '"':
			text, flaw, err := s.text(0)
			if err != nil {
				return false, err
			}
			filled = filled || text != "" || flaw != noFlaw
		default:
			text, err := s.literal()
			if err != nil {
				return false, err
			}
			filled = filled || text != "null" && text != "false" && text != "0"
		}
		if depth < 0 {
			return false, errSyntax
		}
		if depth == 0 {
			return filled, nil
		}
	}
}
