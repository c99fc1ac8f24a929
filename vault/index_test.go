package vault

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func titles(page Page) []string {
	var all []string
	for _, o := range page.Items {
		all = append(all, o.Title)
	}
	return all
}

func TestBrowseMatches(t *testing.T) {
	x := NewIndex([]Overview{
		{
			ID:       "1",
			Title:    "Staging database",
			Subtitle: "deploy",
			Category: Database,
			Tags:     []string{"Ops"},
		},
		{ID: "2", Title: "büro Router", Sites: []string{"router.example"}, Category: Router},
		{ID: "3", Title: "STRASSE 12", Category: Identity},
		{ID: "4", Title: "東京オフィス", Category: Login},
		{ID: "5", Title: "Ｆｕｌｌ width", Category: Login},
		{ID: "6", Title: "with\x00zero", Category: Login},
	})
	for _, c := range []struct {
		text     string
		category Category
		want     []string
		why      string
	}{
		{
			"",
			"",
			[]string{
				"büro Router", "Ｆｕｌｌ width", "Staging database", "STRASSE 12",
				"with\x00zero", "東京オフィス",
			},
			"all, case folded",
		},
		{"STAG", "", []string{"Staging database"}, "a piece of a word, any case"},
		{"ops data", "", []string{"Staging database"}, "each word, in any part"},
		{"database staging", "", []string{"Staging database"}, "in any order"},
		{"staging router", "", nil, "all words must be there"},
		{"router.ex", "", []string{"büro Router"}, "a site"},
		{"bu\u0308ro", "", []string{"büro Router"}, "a letter and its accent apart"},
		{"straße", "", []string{"STRASSE 12"}, "folded, not lowered"},
		{"京", "", []string{"東京オフィス"}, "one letter is a word"},
		{"東京", "", []string{"東京オフィス"}, "and two"},
		{"ス", "", []string{"東京オフィス"}, "the last letter"},
		{"full", "", []string{"Ｆｕｌｌ width"}, "full width"},
		{"\x00z", "", []string{"with\x00zero"}, "a zero letter"},
		{"base deploy", "", []string{"Staging database"}, "words of one text"},
		{"databasedeploy", "", nil, "no match across the parts"},
		{"databases", "", []string{"Staging database"}, "a category in the plural"},
		{"wireless", "", []string{"büro Router"}, "a word of a category's name alone"},
		{"wireless büro", "", []string{"büro Router"}, "and a word of the item"},
		{"wireles", "", nil, "not a part of a category's name"},
		{"login", "", []string{"Ｆｕｌｌ width", "with\x00zero", "東京オフィス"}, "a category"},
		{"LOGIN 東京", "", []string{"東京オフィス"}, "a category and a word"},
		{"login wireless", "", nil, "no item has two categories"},
		{"", Login, []string{"Ｆｕｌｌ width", "with\x00zero", "東京オフィス"}, "a category"},
		{"staging", Login, nil, "both must hold"},
	} {
		page := Browse([]*Index{x}, Query{Text: c.text, Category: c.category, Limit: 10})
		if !slices.Equal(titles(page), c.want) || page.Next != "" {
			t.Errorf("%q %s: got %q; want %q: %s", c.text, c.category, titles(page), c.want, c.why)
		}
	}
}

// TestSearchWords: few and short words are left of any text, and reading it takes no longer than
// its length.
func TestSearchWords(t *testing.T) {
	long := strings.Repeat("x", 100)
	for _, c := range []struct {
		why, text string
		want      []string
	}{
		{"nothing", " \n\u3000", nil},
		{"folded", "Straße ＦＵＬＬ", []string{"strasse", "full"}},
		{"a long word is cut", long + "y " + long, []string{long, long}},
		{
			"after characters, not bytes", strings.Repeat("東", 101),
			[]string{strings.Repeat("東", 100)},
		},
		{"many words", strings.Repeat("a ", 10_000), slices.Repeat([]string{"a"}, 16)},
		{"folding adds spaces", strings.Repeat("\u00a8x ", 10_000), slices.Repeat([]string{"\u0308x"}, 16)},
	} {
		if got := searchWords(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %.200q, want %.200q", c.why, got, c.want)
		}
	}
	for _, unit := range []string{"word ", "x", " ", "\u0308", "\ufdfa", "\xff"} {
		text := strings.Repeat(unit, 1<<20)
		start := time.Now()
		words := searchWords(text)
		if took := time.Since(start); took > time.Second || len(strings.Join(words, "")) > 64<<10 {
			t.Errorf("%q over and over: %d words in %v", unit, len(words), took)
		}
	}
}

func TestBrowsePages(t *testing.T) {
	a, b := many("a", 107), many("b", 53)
	indexes := []*Index{NewIndex(a), NewIndex(b)}
	var seen []string
	for query := (Query{Limit: 10}); ; {
		page := Browse(indexes, query)
		for _, o := range page.Items {
			seen = append(seen, fold(o.Title)+"\x00"+o.ID)
		}
		if query.After = page.Next; page.Next == "" {
			break
		}
		if strings.Contains(page.Next, "tem") {
			t.Fatalf("the cursor %q holds a title", page.Next)
		}
	}
	if len(seen) != 160 || !slices.IsSorted(seen) ||
		len(slices.Compact(slices.Clone(seen))) != 160 {
		t.Errorf("%d items, sorted %v", len(seen), slices.IsSorted(seen))
	}
	first := Browse(indexes, Query{Limit: 1}).Items[0].ID
	if page := Browse(indexes, Query{Limit: 10, After: "gone"}); page.Items[0].ID != first ||
		!page.Restarted {
		t.Error("a cursor that points nowhere begins anew")
	}
	if page := Browse(nil, Query{Limit: 10}); len(page.Items) != 0 {
		t.Error("no vault, yet items")
	}
}

// TestBrowseEqualsLooking holds the index against looking at every item.
func TestBrowseEqualsLooking(t *testing.T) {
	letters := rapid.StringOfN(rapid.SampledFrom([]rune("aabbc 東É\n")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		var all []Overview
		for i, title := range rapid.SliceOfN(letters, 0, 60).Draw(t, "titles") {
			all = append(
				all,
				Overview{ID: fmt.Sprint(i), Title: title, Category: Categories()[i%2]},
			)
		}
		query := Query{Text: letters.Draw(t, "text"), Limit: rapid.IntRange(1, 20).Draw(t, "limit")}
		if rapid.Bool().Draw(t, "by category") {
			query.Category = Login
		}
		var want []string
		for _, o := range all {
			e := entry{text: fold(o.Title)}
			if e.has(searchTerms(query.Text)) &&
				(query.Category == "" || o.Category == query.Category) {
				want = append(want, fold(o.Title)+"\x00"+o.ID)
			}
		}
		slices.Sort(want)
		var got []string
		var parts [3][]Overview
		for i, o := range all {
			part := &parts[rapid.IntRange(0, len(parts)-1).Draw(t, fmt.Sprint("vault of ", i))]
			*part = append(*part, o)
		}
		for indexes := []*Index{NewIndex(parts[0]), NewIndex(parts[1]), NewIndex(parts[2])}; ; {
			page := Browse(indexes, query)
			for _, o := range page.Items {
				got = append(got, fold(o.Title)+"\x00"+o.ID)
			}
			if query.After = page.Next; page.Next == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%+v: got %q, want %q", query, got, want)
		}
	})
}

func TestBrowseCounts(t *testing.T) {
	indexes := []*Index{NewIndex(many("a", 1500)), NewIndex(many("b", 100))}
	for _, c := range []struct {
		query Query
		want  int
	}{
		{Query{}, 1600},
		{Query{After: "a0000007"}, 1600},
		{Query{Category: Login}, 68},
		{Query{Text: "item"}, MostCounted + 1},
		{Query{Text: "user7@"}, 2},
		{Query{Text: "tag3"}, 160},
		{Query{Text: "tag3", After: "a0000003"}, 160},
		{Query{Text: "tag3", Category: Server}, 14},
		{Query{Text: "nothing"}, 0},
		{Query{Text: "server"}, 66},
	} {
		c.query.Limit, c.query.Count = 10, true
		if page := Browse(indexes, c.query); page.Total != c.want {
			t.Errorf("%+v: %d, want %d", c.query, page.Total, c.want)
		}
	}
}

func many(prefix string, n int) []Overview {
	all := make([]Overview, n)
	for i := range all {
		all[i] = Overview{
			ID: fmt.Sprintf(
				"%s%07d",
				prefix,
				i,
			), Title: fmt.Sprintf("Item %d", (i*7919)%n), Subtitle: fmt.Sprintf("user%d@example.com", i),
			Sites: []string{
				fmt.Sprintf("host%d.example", i%100),
			}, Category: Categories()[i%24], Tags: []string{"tag" + fmt.Sprint(i%10)},
		}
	}
	return all
}

func BenchmarkBrowse(b *testing.B) {
	for _, n := range []int{500, 50_000} {
		x := []*Index{NewIndex(many("x", n))}
		for _, text := range []string{"", "a", "zq", "item", "user499", "host7 tag7", "nothing", "9"} {
			b.Run(fmt.Sprintf("%d/%s", n, text), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					Browse(x, Query{Text: text, Limit: 50})
				}
			})
		}
	}
}

// BenchmarkBrowseVaults lists the first of 200 vaults' items.
func BenchmarkBrowseVaults(b *testing.B) {
	var indexes []*Index
	for i := range 200 {
		indexes = append(indexes, NewIndex(many(fmt.Sprint("vault", i), 250)))
	}
	for _, text := range []string{"", "item", "user49"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Browse(indexes, Query{Text: text, Limit: 50, Count: true})
			}
		})
	}
}

func BenchmarkNewIndex(b *testing.B) {
	all := many("x", 50_000)
	for b.Loop() {
		NewIndex(all)
	}
}
