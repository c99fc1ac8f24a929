package importer

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// kind is the kind of a JSON value.
type kind byte

const (
	nullKind kind = iota
	boolKind
	numberKind
	textKind
	arrayKind
	objectKind
)

// value is one JSON value of an item. Its conversion marks each text and number that it uses, or names
// in the report: what has no mark in the end was left out.
type value struct {
	kind     kind
	text     string // a string, or a literal as it is written
	elements []*value
	members  []member
	flaw     flaw
	mark     mark
}

type member struct {
	name string
	*value
}

// mark is what became of a value.
type mark byte

const (
	unmarked mark = iota
	taken         // imported
	named         // named in a finding
)

// budget bounds what is kept of one item.
type budget struct{ bytes, values int }

// maxDepth is the deepest nesting of an item's values. 1Password's own are six deep.
const maxDepth = 32

// value reads a value. What is beyond the budget is read and not kept, and its flaw says so.
func (s *scanner) value(left *budget, depth int) (*value, error) {
	c, err := s.start()
	if err != nil {
		return nil, err
	}
	left.values--
	v := &value{}
	switch {
	case c == '{' || c == '[':
		v.kind = arrayKind
		if c == '{' {
			v.kind = objectKind
		}
		if depth == maxDepth {
			v.flaw = tooDeep
			_, err = s.skip()
			return v, err
		}
		return v, s.childrenOf(v, left, depth)
	case c == '"':
		v.kind = textKind
		v.text, v.flaw, err = s.text(left.bytes)
		left.bytes -= len(v.text)
		return v, err
	}
	v.text, err = s.literal()
	v.kind = literalKind(v.text)
	return v, err
}

func literalKind(text string) kind {
	switch text {
	case "null":
		return nullKind
	case "true", "false":
		return boolKind
	}
	return numberKind
}

func (s *scanner) childrenOf(v *value, left *budget, depth int) error {
	child := func(keep func(*value)) error {
		if left.values <= 0 || left.bytes <= 0 {
			v.flaw = tooMany
			_, err := s.skip()
			return err
		}
		c, err := s.value(left, depth+1)
		if err == nil {
			keep(c)
		}
		return err
	}
	if v.kind == arrayKind {
		return s.array(func() error {
			return child(func(c *value) { v.elements = append(v.elements, c) })
		})
	}
	return s.object(func(name string) error {
		left.bytes -= len(name)
		return child(func(c *value) { v.members = append(v.members, member{name, c}) })
	})
}

// get returns the value of a name: of several, the last one, as JSON has it. It returns nil if there is
// none, or null.
func (v *value) get(name string) *value {
	if v == nil {
		return nil
	}
	for i := len(v.members) - 1; i >= 0; i-- {
		if v.members[i].name == name {
			if v.members[i].kind == nullKind {
				return nil
			}
			return v.members[i].value
		}
	}
	return nil
}

// all returns the elements of an array that aren't null.
func (v *value) all() []*value {
	if v == nil {
		return nil
	}
	var all []*value
	for _, e := range v.elements {
		if e.kind != nullKind {
			all = append(all, e)
		}
	}
	return all
}

// isEmpty reports whether a value holds nothing.
func (v *value) isEmpty() bool {
	if v == nil {
		return true
	}
	if v.flaw != noFlaw {
		return false
	}
	switch v.kind {
	case nullKind:
		return true
	case arrayKind, objectKind:
		for _, c := range v.children() {
			if !c.isEmpty() {
				return false
			}
		}
		return true
	}
	return v.text == "" || v.text == "0" || v.text == "false"
}

func (v *value) children() []*value {
	all := v.elements
	for _, m := range v.members {
		all = append(all, m.value)
	}
	return all
}

// number returns a whole number.
func (v *value) number() (int64, bool) {
	if v.kind != numberKind && v.kind != textKind {
		return 0, false
	}
	if n, err := strconv.ParseInt(v.text, 10, 64); err == nil {
		return n, true
	}
	n, err := strconv.ParseFloat(v.text, 64)
	return int64(n), err == nil && v.kind == numberKind && n == math.Trunc(n) && math.Abs(n) < 1<<53
}

// set marks a value and all within it that has no mark yet.
func (v *value) set(m mark) {
	if v == nil {
		return
	}
	if v.mark == unmarked {
		v.mark = m
	}
	for _, c := range v.children() {
		c.set(m)
	}
}

// each calls fn with each text, number and flawed value and its path of names.
func (v *value) each(path string, fn func(path string, leaf *value)) {
	switch {
	case v.kind < arrayKind:
		if v.mark != unmarked || !v.isEmpty() {
			fn(path, v)
		}
		return
	case v.flaw != noFlaw:
		fn(path, v)
	}
	for _, e := range v.elements {
		e.each(path, fn)
	}
	for _, m := range v.members {
		m.each(join(path, m.name), fn)
	}
}

// join adds a name to a path. A path is at most so long: in a hostile item each of many values may have
// a long one.
func join(path, name string) string {
	const longest = 100
	switch {
	case len(path) > longest:
		return path
	case path == "":
		return shortened(name)
	}
	return path + "." + shortened(name)
}

// json returns a value as compact JSON.
func (v *value) json() string {
	var out strings.Builder
	v.write(&out)
	return out.String()
}

func (v *value) write(out *strings.Builder) {
	quote := func(text string) {
		quoted, err := json.Marshal(text)
		if err != nil {
			panic("importer: strings are always JSON: " + err.Error())
		}
		out.Write(quoted)
	}
	switch v.kind {
	case textKind:
		quote(v.text)
	case arrayKind:
		out.WriteByte('[')
		for i, e := range v.elements {
			if i > 0 {
				out.WriteByte(',')
			}
			e.write(out)
		}
		out.WriteByte(']')
	case objectKind:
		out.WriteByte('{')
		for i, m := range v.members {
			if i > 0 {
				out.WriteByte(',')
			}
			quote(m.name)
			out.WriteByte(':')
			m.write(out)
		}
		out.WriteByte('}')
	default:
		out.WriteString(v.text)
	}
}
