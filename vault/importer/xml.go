package importer

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"io"
)

// xmlReader reads XML element by element. Its memory is bounded by the longest text that it keeps.
type xmlReader struct {
	ctx     context.Context
	from    *xmlBytes
	decoder *xml.Decoder
	element xml.StartElement // the last that was opened
	open    []string         // names of the elements that are open
	tokens  int
}

// xmlBytes counts what the decoder has read, and drops what is beyond the longest text. Nothing but a
// tag can follow a text, so that what it drops ends with the next one.
type xmlBytes struct {
	from *bufio.Reader
	at   int64
	run  int // bytes since the last token
	cut  bool
}

func (x *xmlBytes) ReadByte() (byte, error) {
	for {
		c, err := x.from.ReadByte()
		if err != nil {
			return 0, err
		}
		x.at++
		if x.run++; x.run <= maxXMLText {
			return c, nil
		}
		if c == '<' {
			x.run = 0
			return c, nil
		}
		x.cut = true
	}
}

func (x *xmlBytes) Read([]byte) (int, error) {
	return 0, errors.New("xml: not read byte by byte")
}

func newXMLReader(ctx context.Context, from io.Reader) *xmlReader {
	bytes := &xmlBytes{from: bufio.NewReaderSize(from, scannerBytes)}
	decoder := xml.NewDecoder(bytes)
	// The text is UTF-8 by now, whatever it says.
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return &xmlReader{ctx: ctx, from: bytes, decoder: decoder}
}

// position returns how many bytes were read.
func (r *xmlReader) position() int64 { return r.from.at }

// token returns the next token, and whether a text was cut.
func (r *xmlReader) token() (xml.Token, bool, error) {
	if r.tokens++; r.tokens%1000 == 0 && r.ctx.Err() != nil {
		return nil, false, r.ctx.Err()
	}
	r.from.run, r.from.cut = 0, false
	token, err := r.decoder.RawToken()
	if errors.Is(err, io.EOF) && len(r.open) > 0 {
		err = io.ErrUnexpectedEOF
	}
	switch t := token.(type) {
	case xml.StartElement:
		if r.open = append(r.open, t.Name.Local); len(r.open) > maxXMLDepth {
			return nil, false, invalidFile("The export is nested too deeply.", nil)
		}
		r.element = t.Copy()
	case xml.EndElement:
		if n := len(r.open); n == 0 || r.open[n-1] != t.Name.Local {
			return nil, false, io.ErrUnexpectedEOF
		}
		r.open = r.open[:len(r.open)-1]
	case xml.Directive:
		return nil, false, invalidFile("The export has a document type, which KeePass never writes.", nil)
	}
	return token, r.from.cut, err
}

// nextElement returns the name of the next element that opens.
func (r *xmlReader) nextElement() (string, error) {
	for {
		token, _, err := r.token()
		if err != nil {
			return "", err
		}
		if start, ok := token.(xml.StartElement); ok {
			return start.Name.Local, nil
		}
	}
}

// attribute returns an attribute of the element that was opened last.
func (r *xmlReader) attribute(name string) string {
	for _, a := range r.element.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// children calls each for each element within the one that is open. Each reads it to its end.
func (r *xmlReader) children(each func(name string) error) error {
	for {
		token, _, err := r.token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := each(t.Name.Local); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// skip reads the open element to its end.
func (r *xmlReader) skip() error {
	for until := len(r.open) - 1; len(r.open) > until; {
		if _, _, err := r.token(); err != nil {
			return err
		}
	}
	return nil
}

// content returns the text of the open element and reads it to its end.
func (r *xmlReader) content() (string, error) {
	left := budget{bytes: 64 << 10, values: 100}
	v, err := r.value(&left, 0)
	return v.content().plainText(), err
}

// value reads the open element to its end, as a text or as an object of its elements. Attributes are
// members whose name begins with @; the text beside them is the member "".
func (r *xmlReader) value(left *budget, depth int) (*value, error) {
	left.values--
	v := &value{kind: objectKind}
	for _, a := range r.element.Attr {
		left.bytes -= len(a.Name.Local) + len(a.Value)
		v.members = append(v.members, member{"@" + a.Name.Local, &value{kind: textKind, text: a.Value}})
	}
	var text []byte
	var found flaw
	for {
		token, cut, err := r.token()
		if err != nil {
			return nil, err
		}
		if cut {
			found = tooLong
		}
		switch t := token.(type) {
		case xml.CharData:
			if found == noFlaw && len(text)+len(t) <= left.bytes {
				text = append(text, t...)
			} else if len(t) > 0 {
				found = tooLong
			}
		case xml.StartElement:
			if err := r.child(v, t.Name.Local, left, depth); err != nil {
				return nil, err
			}
		case xml.EndElement:
			return v.withText(string(text), found, left), nil
		}
	}
}

// child reads an element within a value. What is beyond the budget is read and not kept.
func (r *xmlReader) child(v *value, name string, left *budget, depth int) error {
	if left.values <= 0 || left.bytes <= 0 || depth >= maxDepth {
		v.flaw = tooMany
		return r.skip()
	}
	left.bytes -= len(name)
	c, err := r.value(left, depth+1)
	if err == nil {
		v.members = append(v.members, member{name, c})
	}
	return err
}

// withText returns an element with its text. White space between elements isn't one.
func (v *value) withText(text string, found flaw, left *budget) *value {
	left.bytes -= len(text)
	leaf := &value{kind: textKind, text: text, flaw: found}
	switch {
	case len(v.members) == 0:
		return leaf
	case v.members[len(v.members)-1].name[0] == '@': // it has attributes alone
		v.members = append(v.members, member{"", leaf})
	}
	return v
}

// content returns the text of an element, which may have attributes.
func (v *value) content() *value {
	if v == nil || v.kind != objectKind {
		return v
	}
	return v.get("")
}
