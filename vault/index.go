package vault

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Index searches the overviews of one vault in memory: by ID, in order of title, and by parts of
// words. It is immutable and safe for concurrent use.
type Index struct {
	entries    []entry // in order
	positions  map[string]uint32
	categories map[Category][]uint32
	grams      func() grams    // made by the first search
	hidden     map[uint32]bool // positions that Without leaves out
}

// entry is an overview with its keys for sorting and searching.
type entry struct {
	Overview
	key  string // folded title
	text string // the searchable values, folded, one per line
}

func (e *entry) compare(other *entry) int {
	return cmp.Or(cmp.Compare(e.key, other.key), cmp.Compare(e.ID, other.ID))
}

// NewIndex returns an index of a vault's overviews.
func NewIndex(overviews []Overview) *Index {
	x := &Index{
		entries:    sortedEntries(overviews),
		positions:  make(map[string]uint32, len(overviews)),
		categories: map[Category][]uint32{},
	}
	entries := x.entries
	x.grams = sync.OnceValue(func() grams {
		return newGrams(len(entries), func(i int) string { return entries[i].text })
	})
	for i := range entries {
		e := &entries[i]
		x.positions[e.ID] = uint32(i)
		x.categories[e.Category] = append(x.categories[e.Category], uint32(i))
	}
	return x
}

func sortedEntries(overviews []Overview) []entry {
	type sortable struct {
		key, text, id string
		at            int
	}
	order := make([]sortable, len(overviews))
	for i, o := range overviews {
		key, text := searchable(o)
		order[i] = sortable{key, text, o.ID, i}
	}
	slices.SortFunc(order, func(a, b sortable) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id))
	})
	entries := make([]entry, len(order))
	for i, o := range order {
		entries[i] = entry{overviews[o.at], o.key, o.text}
	}
	return entries
}

// searchable returns an overview's key for sorting, and the text to search.
func searchable(o Overview) (key, text string) {
	key = fold(o.Title)
	more := append([]string{"", o.Subtitle}, o.Sites...)
	text = key + fold(strings.Join(append(more, o.Tags...), "\n"))
	return text[:len(key)], text
}

// Without returns the index without some items. It shares the rest with x, and takes time for those items
// alone.
func (x *Index) Without(itemIDs iter.Seq[string]) *Index {
	without := *x
	without.hidden = maps.Clone(x.hidden)
	for id := range itemIDs {
		if position, ok := x.positions[id]; ok {
			if without.hidden == nil {
				without.hidden = map[uint32]bool{}
			}
			without.hidden[position] = true
		}
	}
	return &without
}

// All yields the overviews, in order.
func (x *Index) All() iter.Seq[Overview] {
	return func(yield func(Overview) bool) {
		for i := range x.entries {
			if !x.hidden[uint32(i)] && !yield(x.entries[i].Overview) {
				return
			}
		}
	}
}

// Len returns the number of overviews.
func (x *Index) Len() int { return len(x.entries) - len(x.hidden) }

// Get returns the overview of an item.
func (x *Index) Get(itemID string) (Overview, bool) {
	position, ok := x.positions[itemID]
	if !ok || x.hidden[position] {
		return Overview{}, false
	}
	return x.entries[position].Overview, true
}

// Browse runs a query over the indexes of its vaults. The cursor is the last item's ID, so it reveals
// nothing of the item. If that item no longer exists, Browse starts from the
// beginning and says so in Restarted.
func Browse(indexes []*Index, query Query) Page {
	if query.Limit <= 0 {
		return Page{}
	}
	terms := searchTerms(query.Text)
	after := cursor(indexes, query.After)
	var found []*entry
	for _, x := range indexes {
		found = x.find(found, terms, query.Category, after, query.Limit+1)
	}
	page := Page{Restarted: query.After != "" && after == nil}
	if len(found) > query.Limit {
		found = found[:query.Limit]
		page.Next = found[query.Limit-1].ID
	}
	if query.Count {
		page.Total = len(found)
		if page.Next != "" || after != nil {
			page.Total = countMatches(indexes, terms, query.Category)
		}
	}
	page.Items = make([]Overview, len(found))
	for i, e := range found {
		page.Items[i] = e.Overview
	}
	return page
}

func cursor(indexes []*Index, itemID string) *entry {
	for _, x := range indexes {
		if position, ok := x.positions[itemID]; ok && !x.hidden[position] {
			return &x.entries[position]
		}
	}
	return nil
}

// find adds its matches that follow an entry to those found before. It returns the first of both, at
// most limit, in order.
func (x *Index) find(
	found []*entry,
	terms []term,
	category Category,
	after *entry,
	limit int,
) []*entry {
	start := 0
	if after != nil {
		at, exact := slices.BinarySearchFunc(
			x.entries,
			after,
			func(e entry, target *entry) int { return e.compare(target) },
		)
		if start = at; exact {
			start++
		}
	}
	var last *entry // whatever follows it is too late
	if len(found) == limit {
		last = found[limit-1]
	}
	before := len(found)
	x.candidates(terms, category, start, func(position int) bool {
		e := &x.entries[position]
		if last != nil && last.compare(e) < 0 {
			return false
		}
		if (category == "" || e.Category == category) && e.has(terms) {
			found = append(found, e)
		}
		return len(found) < before+limit
	})
	if len(found) > before {
		slices.SortFunc(found, (*entry).compare)
	}
	return found[:min(len(found), limit)]
}

// candidates calls next for each position in the shortest list that contains every match, in order,
// until next returns false.
func (x *Index) candidates(
	terms []term,
	category Category,
	start int,
	next func(position int) bool,
) {
	more := func(position int) bool { return x.hidden[uint32(position)] || next(position) }
	list, narrowed := x.narrow(terms)
	if category != "" && (!narrowed || len(x.categories[category]) < len(list)) {
		list, narrowed = x.categories[category], true
	}
	if !narrowed {
		for i := start; i < len(x.entries) && more(i); i++ {
		}
		return
	}
	from, _ := slices.BinarySearch(list, uint32(start))
	for _, position := range list[from:] {
		if !more(int(position)) {
			return
		}
	}
}

// narrow returns the shortest sorted list that includes every match of the terms. It reports false if
// none is short.
func (x *Index) narrow(terms []term) (shortest []uint32, narrowed bool) {
	if len(terms) == 0 {
		return nil, false
	}
	shortest, narrowed = x.grams().candidates(plainWords(terms))
	if narrowed {
		return shortest, true
	}
	for _, t := range terms {
		list, ok := x.grams().word(t.word)
		if len(t.categories) == 0 || !ok {
			continue
		}
		list = slices.Clone(list)
		for _, c := range t.categories {
			list = append(list, x.categories[c]...)
		}
		slices.Sort(list)
		if list = slices.Compact(list); !narrowed || len(list) < len(shortest) {
			shortest, narrowed = list, true
		}
	}
	return shortest, narrowed
}

// fold makes texts comparable: it unifies full-width and composed forms, then case. It replaces the
// NUL character, which ends texts in grams.
func fold(text string) string {
	if isPlain(text) {
		return strings.ToLower(text)
	}
	text = strings.ReplaceAll(text, "\x00", "\uFFFD")
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(text)))
}

// isPlain reports whether a text is ASCII without NUL, as most are.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] == 0 || text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
