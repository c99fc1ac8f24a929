package share

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// Extent is how much of an item a share includes: all that lists say of it. The zero value is of a
// share whose history was erased, or that was created before this was stored.
type Extent struct {
	Fields, TOTPs, Files  int // Fields are without one-time passwords
	Notes, Websites, Tags bool
	Of                    Counts
}

// Counts are the numbers of an item's parts.
type Counts struct {
	Fields   int  `json:"fields,omitempty"` // without one-time passwords
	TOTPs    int  `json:"totps,omitempty"`
	Files    int  `json:"files,omitempty"`
	Notes    bool `json:"notes,omitempty"`
	Websites bool `json:"websites,omitempty"`
}

// Known reports whether it is known what a share included.
func (e Extent) Known() bool { return e != Extent{} }

// Words says what is included, and what of the item isn't: "4 of 5 fields, 2 files, one-time
// password not included". It is "" where that isn't known.
func (e Extent) Words() string { return e.words("", " not included") }

// Line says the same beside a heading: "4 of 5 fields, 2 files, no one-time password".
func (e Extent) Line() string { return e.words("no ", "") }

// words says in a few words each what is included, then what isn't of that which usually is, or
// which people expect. Notes and websites are included unless said otherwise, tags are not. What
// stands around one-time passwords that aren't included is given.
func (e Extent) words(before, after string) string {
	var with, without [4]string
	in, out := with[:0], without[:0]
	group := func(n, of int, noun, before, after string) {
		switch {
		case of == 0:
		case n == 0:
			out = append(out, before+plural(of, noun)+after)
		default:
			in = append(in, portion(n, of, noun))
		}
	}
	group(e.Fields, e.Of.Fields, "field", "no ", "")
	group(e.Files, e.Of.Files, "file", "no ", "")
	group(e.TOTPs, e.Of.TOTPs, totpNoun, before, after)
	if e.Tags {
		in = append(in, PartTags)
	}
	if e.Of.Notes && !e.Notes {
		out = append(out, "no "+PartNotes)
	}
	if e.Of.Websites && !e.Websites {
		out = append(out, "no "+PartWebsites)
	}
	switch all := strings.Join(append(in, out...), ", "); {
	case all != "":
		return capital(all)
	case e.Known():
		return "Only the title"
	}
	return ""
}

const totpNoun = "one-time password"

// portion counts some parts of an item: "4 of 5 fields", "2 files", "one-time password".
func portion(n, of int, noun string) string {
	switch {
	case noun == totpNoun && of == 1:
		return noun
	case n == of:
		return strconv.Itoa(n) + " " + plural(n, noun)
	}
	return strconv.Itoa(n) + " of " + strconv.Itoa(of) + " " + plural(of, noun)
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// storedIncluded is what a share includes as it is stored. Its extent comes first, so that a list reads
// no further: six numbers and the letters of the parts, those that the item had last.
type storedIncluded struct {
	Extent string `json:"extent"`
	Included
}

const (
	extentStart   = `{"extent":"`
	extentLetters = "nwtNW"
)

func (in Included) stored() (string, error) {
	e := in.Extent()
	text := make([]byte, 0, 32)
	for _, n := range e.numbers() {
		text = append(strconv.AppendInt(text, int64(*n), 10), ' ')
	}
	for i, part := range e.parts() {
		if *part {
			text = append(text, extentLetters[i])
		}
	}
	whole, err := json.Marshal(storedIncluded{string(text), in})
	return string(whole), err
}

func (e *Extent) numbers() [6]*int {
	return [...]*int{&e.Fields, &e.TOTPs, &e.Files, &e.Of.Fields, &e.Of.TOTPs, &e.Of.Files}
}

func (e *Extent) parts() [len(extentLetters)]*bool {
	return [...]*bool{&e.Notes, &e.Websites, &e.Tags, &e.Of.Notes, &e.Of.Websites}
}

// readIncluded reads what stored returned; "" is the zero value.
func readIncluded(stored string) (in Included, err error) {
	if stored == "" {
		return Included{}, nil
	}
	if err := json.Unmarshal([]byte(stored), &in); err != nil {
		return Included{}, errIncluded
	}
	return in, nil
}

// readExtent reads the extent alone. Of a share from before it was stored, the names are counted.
func readExtent(stored string) (Extent, error) {
	rest, ok := strings.CutPrefix(stored, extentStart)
	if !ok {
		in, err := readIncluded(stored)
		return in.Extent(), err
	}
	var e Extent
	text, _, _ := strings.Cut(rest, `"`)
	for _, n := range e.numbers() {
		number, rest, _ := strings.Cut(text, " ")
		var err error
		if *n, err = strconv.Atoi(number); err != nil {
			return Extent{}, errIncluded
		}
		text = rest
	}
	for i, part := range e.parts() {
		*part = strings.IndexByte(text, extentLetters[i]) >= 0
	}
	return e, nil
}

// errIncluded says nothing of the text, which holds names of an item.
var errIncluded = errors.New("what is included can't be read")
