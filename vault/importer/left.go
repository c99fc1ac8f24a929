package importer

import (
	"fmt"
	"slices"

	"github.com/dustin/go-humanize/english"
)

// leftovers counts what was left out, by sentence.
type leftovers map[leftover]int

// leftover is a sentence with the verbs %d and %s, for a count and a noun.
type leftover struct{ sentence, noun string }

func (l leftovers) note(sentence, noun string) { l[leftover{sentence, noun}]++ }

func (l leftovers) sentences() []string {
	var all []string
	for what, n := range l {
		all = append(all, fmt.Sprintf(what.sentence, n, english.PluralWord(n, what.noun, "")))
	}
	slices.Sort(all)
	return all
}
