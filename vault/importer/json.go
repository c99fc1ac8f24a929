package importer

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
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
