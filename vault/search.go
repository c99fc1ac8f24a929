package vault

import (
	"slices"
	"strings"
	"sync"
)

// MostCounted is the number up to which a search counts its matches.
const MostCounted = 1000

// A search looks for the first words of its text, and for the first characters of each.
const (
	maxWords = 16
	maxWord  = 100
)

// searchWords returns the words that a text is searched for, folded. Whatever the text, they are
// few and short.
func searchWords(text string) []string {
	var words []string
	for word := range strings.FieldsSeq(text) {
		runes := 0
		for i := range word {
			if runes++; runes > maxWord {
				word = word[:i]
				break
			}
		}
		if words = append(words, word); len(words) == maxWords {
			break
		}
	}
	words = strings.Fields(fold(strings.Join(words, " ")))
	return words[:min(len(words), maxWords)]
}

// term is a word that is searched for. It matches a text with the word in it, and every item of the
// categories, whose names have the word.
type term struct {
	word       string
	categories []Category
}

func searchTerms(text string) []term {
	var terms []term
	for _, word := range searchWords(text) {
		terms = append(terms, term{word, namedCategories()[word]})
	}
	return terms
}

// plainWords returns the words of the terms that match no category.
func plainWords(terms []term) []string {
	var words []string
	for _, t := range terms {
		if len(t.categories) == 0 {
			words = append(words, t.word)
		}
	}
	return words
}

// namedCategories returns the categories by each whole word of their names, also with an s: a part of
// a word would find most items of a vault while someone types.
var namedCategories = sync.OnceValue(func() map[string][]Category {
	named := map[string][]Category{}
	for _, l := range labels {
		for word := range strings.FieldsSeq(fold(l.label)) {
			for _, form := range []string{word, word + "s"} {
				named[form] = append(named[form], l.category)
			}
		}
	}
	return named
})

func (e *entry) has(terms []term) bool {
	for _, t := range terms {
		if !strings.Contains(e.text, t.word) && !slices.Contains(t.categories, e.Category) {
			return false
		}
	}
	return true
}

// countMatches counts what a search finds: all items of a category, and of a text at most one more
// than MostCounted.
func countMatches(indexes []*Index, terms []term, category Category) (n int) {
	for _, x := range indexes {
		switch {
		case len(terms) == 0 && category == "":
			n += x.Len()
		case len(terms) == 0:
			n += len(x.categories[category])
			for position := range x.hidden {
				if x.entries[position].Category == category {
					n--
				}
			}
		default:
			x.candidates(terms, category, 0, func(position int) bool {
				e := &x.entries[position]
				if (category == "" || e.Category == category) && e.has(terms) {
					n++
				}
				return n <= MostCounted
			})
		}
	}
	if len(terms) > 0 {
		n = min(n, MostCounted+1)
	}
	return n
}
