package vault

import (
	"slices"
	"sort"
)

// grams lists, for each sequence of three letters, the texts that contain it. Each text is taken to
// end in two NUL letters, so that its last two letters start a gram as well: as the keys are sorted,
// shorter sequences are ranges of keys.
type grams struct {
	keys  []uint64 // in order
	lists [][]uint32
	texts int
}

// gram packs three letters; a rune has 21 bits.
func gram(a, b, c rune) uint64 { return uint64(a)<<42 | uint64(b)<<21 | uint64(c) }

func newGrams(texts int, text func(i int) string) grams {
	lists := map[uint64][]uint32{}
	for i := range texts {
		var a, b rune
		put := func(c rune) {
			if a != 0 {
				if list := lists[gram(a, b, c)]; len(list) == 0 || list[len(list)-1] != uint32(i) {
					lists[gram(a, b, c)] = append(list, uint32(i))
				}
			}
			a, b = b, c
		}
		for _, c := range text(i) {
			put(c)
		}
		put(0)
		put(0)
	}
	g := grams{
		texts: texts,
		keys:  make([]uint64, 0, len(lists)),
		lists: make([][]uint32, 0, len(lists)),
	}
	for key := range lists {
		g.keys = append(g.keys, key)
	}
	slices.Sort(g.keys)
	for _, key := range g.keys {
		g.lists = append(g.lists, slices.Clip(lists[key]))
	}
	return g
}

// candidates returns the shortest sorted list that includes every text with all of the words. It
// reports false if no word narrows the texts down enough to be faster than searching each.
func (g grams) candidates(words []string) (shortest []uint32, narrowed bool) {
	for _, word := range words {
		list, ok := g.word(word)
		if ok && (!narrowed || len(list) < len(shortest)) {
			shortest, narrowed = list, true
		}
	}
	return shortest, narrowed
}

func (g grams) word(word string) (shortest []uint32, narrowed bool) {
	letters := []rune(word)
	switch len(letters) {
	case 0:
		return nil, false
	case 1:
		return g.between(gram(letters[0], 0, 0), gram(letters[0]+1, 0, 0))
	case 2:
		return g.between(gram(letters[0], letters[1], 0), gram(letters[0], letters[1]+1, 0))
	}
	for i := range len(letters) - 2 {
		key := gram(letters[i], letters[i+1], letters[i+2])
		at, ok := slices.BinarySearch(g.keys, key)
		if !ok {
			return nil, true
		}
		if !narrowed || len(g.lists[at]) < len(shortest) {
			shortest, narrowed = g.lists[at], true
		}
	}
	return shortest, narrowed
}

// between joins the lists of a range of keys. It reports false for long lists: so frequent a sequence
// is found quickly by searching all texts.
func (g grams) between(from, to uint64) ([]uint32, bool) {
	first := sort.Search(len(g.keys), func(i int) bool { return g.keys[i] >= from })
	last := sort.Search(len(g.keys), func(i int) bool { return g.keys[i] >= to })
	total := 0
	for _, list := range g.lists[first:last] {
		if total += len(list); total > g.texts/16+16 {
			return nil, false
		}
	}
	joined := make([]uint32, 0, total)
	for _, list := range g.lists[first:last] {
		joined = append(joined, list...)
	}
	slices.Sort(joined)
	return slices.Compact(joined), true
}
