package importer

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"itemshare/fault"
	"itemshare/vault"
)

// bomb is an archive whose items all have one file, of 100 MiB of zeros.
func bomb(t testing.TB, items int) []byte {
	var data bytes.Buffer
	data.WriteString(`{"accounts":[{"vaults":[{"items":[`)
	for i := range items {
		if i > 0 {
			data.WriteByte(',')
		}
		fmt.Fprintf(&data, `{"uuid":"%d","details":{"documentAttributes":{"documentId":"d1"}}}`, i)
	}
	data.WriteString(`]}]}]}`)
	return zipped(
		t,
		entry{"export.data", data.Bytes()},
		entry{"files/d1__a", make([]byte, vault.MaxFileBytes)},
	)
}

// entries is an archive with many entries, and nothing in them.
func entries(t testing.TB, n int) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := range n {
		if _, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i), CRC32: crc32.ChecksumIEEE(nil)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestScannerIsLinear: twice the bytes cost twice the steps and allocations, whatever they are.
func TestScannerIsLinear(t *testing.T) {
	for why, text := range map[string]func(n int) string{
		"blanks":  func(n int) string { return strings.Repeat(" ", n) + "1" },
		"nesting": func(n int) string { return strings.Repeat("[", n/2) + strings.Repeat("]", n/2) },
		"names":   func(n int) string { return "{" + strings.Repeat(`"a":1,`, n/6) + `"a":1}` },
		"texts":   func(n int) string { return `"` + strings.Repeat(`a\n`, n/3) + `"` },
		"objects": func(n int) string { return strings.Repeat(`{"item":`, n/9) + "1" + strings.Repeat("}", n/9) },
	} {
		cost := func(n int) (steps int, allocations float64) {
			content := text(n)
			allocations = testing.AllocsPerRun(1, func() {
				s := newScanner(context.Background(), strings.NewReader(content))
				if _, err := s.value(&budget{bytes: maxItemText, values: maxItemValues}, 0); err != nil {
					t.Fatal(why, err)
				}
				steps = s.steps
			})
			return steps, allocations
		}
		steps, allocations := cost(100_000)
		moreSteps, moreAllocations := cost(200_000)
		if moreSteps > 2*steps+10 || moreAllocations > 2.1*allocations+20 {
			t.Errorf(
				"%s: %d steps and %v allocations became %d and %v",
				why,
				steps,
				allocations,
				moreSteps,
				moreAllocations,
			)
		}
	}
}

// TestManyEntriesAreNotRead: of an archive's list of entries no more is read than 50,000 need.
func TestManyEntriesAreNotRead(t *testing.T) {
	content := entries(t, 400_000)
	counted := &countingReader{from: bytes.NewReader(content)}
	_, err := ReadFrom(t.Context(), counted, int64(len(content)), Options{})
	if fault.KindOf(err) != fault.Invalid || counted.bytes > maxDirectory+64<<10 {
		t.Errorf("%d bytes of %d read, %v", counted.bytes, len(content), err)
	}
}

type countingReader struct {
	from  io.ReaderAt
	bytes int
}

func (r *countingReader) ReadAt(p []byte, at int64) (int, error) {
	n, err := r.from.ReadAt(p, at)
	r.bytes += n
	return n, err
}

func (r *countingReader) Close() error { return nil }

// TestFilesCostWhatTheArchiveIs: the files of all items together are at most so much larger than the
// archive, even where many name one. The others are named.
func TestFilesCostWhatTheArchiveIs(t *testing.T) {
	content := bomb(t, 100)
	archive := mustRead(t, content)
	var total int64
	for _, item := range items(t, archive) {
		for _, file := range item.Item.Files {
			total += file.Size
		}
	}
	if bound := costFree + costRatio*int64(len(content)); total == 0 || total > bound {
		t.Errorf("%d bytes of files, want at most %d", total, bound)
	}
	if named := archive.Report.Totals[BadFile]; named != 100-archive.Files || named == 0 {
		t.Errorf("%d files named, %d taken", named, archive.Files)
	}
}

// TestLongTextsAreNotKept: of a text beyond its limit nothing is in memory, whatever it is written as.
func TestLongTextsAreNotKept(t *testing.T) {
	for _, part := range []string{"x", `\n`, `\ud800`, `\ud83d\ude00`, "\xff"} {
		s := newScanner(t.Context(), strings.NewReader(`"`+strings.Repeat(part, 1<<20)+`"`))
		text, flaw, err := s.text(100)
		if text != "" || flaw != tooLong || err != nil || cap(s.scratch) > 2*scannerBytes {
			t.Errorf("%q: %d bytes kept, %q, %v", part, cap(s.scratch), flaw, err)
		}
	}
}
