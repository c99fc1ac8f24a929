package importer

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"itemshare/fault"
)

// hostileSize multiplies the size of hostile archives.
var hostileSize = flag.Int("hostile", 1, "size of hostile archives: 1 is some 4 MB, 32 a hundred")

// hostileArchives are archives that are small for what they ask of a reader.
func hostileArchives(t testing.TB) []struct {
	why     string
	content []byte
} {
	wrapped := func(item string) []byte {
		return zipped(t, entry{"export.data", []byte(
			`{"accounts":[{"attrs":{"uuid":"a"},"vaults":[{"attrs":{"uuid":"v","name":"Work"},"items":` +
				`[` + item + `]}]}]}`,
		)})
	}
	one := func(details string) string {
		return `{"uuid":"1","categoryUuid":"001","overview":{"title":"x"},"details":{` + details + `}}`
	}
	many := func(text string, n int) string { return strings.TrimSuffix(strings.Repeat(text+",", n), ",") }
	some := func(text string, n int) string { return many(text, *hostileSize*n/8) }
	return []struct {
		why     string
		content []byte
	}{
		{
			"items nested 4,900 deep, each with a text",
			wrapped(
				strings.Repeat(
					`{"x":"`+strings.Repeat("y", 2000)+`","item":`,
					4900,
				) + "1" + strings.Repeat(
					"}",
					4900,
				),
			),
		},
		{
			"values nested 4,900 deep",
			wrapped(
				one(`"sections":` + strings.Repeat(`[{"fields":`, 4900) + "1" + strings.Repeat("}]", 4900)),
			),
		},
		{"brackets", wrapped(strings.Repeat("[", *hostileSize*12<<17) + strings.Repeat("]", *hostileSize*12<<17))},
		{
			"blanks",
			zipped(
				t,
				entry{
					"export.data",
					append(bytes.Repeat([]byte(" "), *hostileSize*40<<17), []byte(`{"accounts":[]}`)...),
				},
			),
		},
		{"blanks within an item", wrapped(`{"uuid":` + strings.Repeat("\n", *hostileSize*20<<17) + `"1"}`)},
		{"names", wrapped(`{` + some(`"name":1`, 1_500_000) + `}`)},
		{"different names", zipped(t, entry{"export.data", differentNames(*hostileSize * 1_500_000 / 8)})},
		{"long names", wrapped(`{"details":{` + some(`"`+strings.Repeat("n", 100_000)+`":1`, 200) + `}}`)},
		{
			"9,000 fields of one ID, often",
			wrapped(
				some(
					one(`"sections":[{"fields":[`+many(`{"id":"a","value":{"string":"x"}}`, 9_000)+`]}]`),
					30,
				),
			),
		},
		{
			"9,000 sections of one ID",
			wrapped(
				one(`"sections":[` + many(`{"name":"a","fields":[{"value":{"string":"x"}}]}`, 9_000) + `]`),
			),
		},
		{"empty items", wrapped(some(`{}`, 500_000))},
		{"items of 45,000 numbers", wrapped(some(`{"x":[`+many("1", 45_000)+`]}`, 150))},
		{
			"long paths",
			wrapped(
				some(
					strings.Repeat(
						`{"`+strings.Repeat("p", 900)+`":`,
						28,
					)+"["+many(
						"1",
						20_000,
					)+"]"+strings.Repeat(
						"}",
						28,
					),
					60,
				),
			),
		},
		{
			"vaults",
			zipped(
				t,
				entry{
					"export.data",
					[]byte(`{"accounts":[{"vaults":[` + some(`{"attrs":{"name":"x"}}`, 2_000_000) + `]}]}`),
				},
			),
		},
		{"a long text", wrapped(one(`"notesPlain":"` + strings.Repeat("n", *hostileSize*40<<17) + `"`))},
		{"escapes", wrapped(one(`"notesPlain":"` + strings.Repeat(`\ud800`, *hostileSize*5<<17) + `"`))},
		{"a long number", wrapped(`{"createdAt":` + strings.Repeat("1", *hostileSize*20<<17) + `}`)},
		{"a file of 100 MiB in each of 1,000 items", bomb(t, 1_000)},
		{"400,000 entries", entries(t, 400_000)},
		{
			"9,000 earlier passwords",
			wrapped(one(`"passwordHistory":[` + many(`{"value":"x","time":1}`, 9_000) + `]`)),
		},
	}
}

func differentNames(n int) []byte {
	var data bytes.Buffer
	data.WriteString(`{"accounts":[{"vaults":[{"items":[`)
	for i := range n {
		if i%1000 == 0 {
			if i > 0 {
				data.WriteString(`},`)
			}
			data.WriteString(`{"uuid":"1"`)
		}
		fmt.Fprintf(&data, `,"name%d":1`, i)
	}
	data.WriteString(`}]}]}]}`)
	return data.Bytes()
}

// TestHostileArchives: whatever an archive holds, reading it takes less than 3 s of one processor and
// 256 MiB. They inflate to some 4 MB each: a cost that grows faster than its bytes takes minutes here.
// With -hostile 32 they inflate to a hundred. The heap is looked at while it is read.
func TestHostileArchives(t *testing.T) {
	for _, c := range hostileArchives(t) {
		t.Run(c.why, func(t *testing.T) {
			runtime.GC()
			peak := &peakReader{from: bytes.NewReader(c.content)}
			peak.look()
			before := peak.highest
			started := processorTime(t)
			archive, err := ReadFrom(t.Context(), peak, int64(len(c.content)), Options{})
			if err != nil && fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			kept := 0
			if err == nil {
				for item, err := range archive.Items() {
					if err != nil {
						t.Fatal(err)
					}
					if kept++; kept%1000 == 0 || len(item.Item.Fields) > 1000 {
						peak.look()
					}
				}
			}
			peak.look()
			took, used := processorTime(t)-started, int64(peak.highest)-int64(before)
			t.Logf(
				"%d KiB: %d items, %v, %d MiB; %v",
				len(c.content)>>10,
				kept,
				took.Round(time.Millisecond),
				used>>20,
				err,
			)
			if took > 3*time.Second {
				t.Errorf("it took %v", took)
			}
			if used > 256<<20 {
				t.Errorf("it used %d MiB", used>>20)
			}
		})
	}
}

// processorTime returns what this process has used, so that others don't count.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// peakReader looks at the heap whenever it is read from.
type peakReader struct {
	from    io.ReaderAt
	reads   int
	highest uint64
}

func (p *peakReader) ReadAt(b []byte, at int64) (int, error) {
	if p.reads++; p.reads%8 == 0 {
		p.look()
	}
	return p.from.ReadAt(b, at)
}

func (p *peakReader) Close() error { return nil }

func (p *peakReader) look() {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	p.highest = max(p.highest, stats.HeapAlloc)
}
