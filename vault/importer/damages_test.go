package importer

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"itemshare/fault"
)

// texts are small exports that are a text, one of each format.
func texts() map[string]string {
	all := map[string]string{
		"Bitwarden": bitwardenAll, "Proton Pass": protonAll, "KeePass": keePassXML(keePassEntry),
		"unknown CSV": "Service;Login;Pass\nWiki;ann;pw\n",
	}
	for _, format := range csvFormats() {
		columns := slices.Sorted(maps.Keys(format.columns))
		row := make([]string, len(columns))
		for i, name := range columns {
			switch {
			case name == "type":
				row[i] = "login"
			case format.columns[name] != ArchivedColumn:
				row[i] = "secret-marker"
			}
		}
		all[format.name] = strings.Join(columns, ",") + "\n" + strings.Join(row, ",") + "\n"
	}
	return all
}

// wantReadOrRefused reads an export, and asserts that one that can't be read is refused in one sentence
// without anything of its content. It returns how many items there are, -1 for none that can be read.
func wantReadOrRefused(t *testing.T, content []byte) int {
	t.Helper()
	archive, err := readBytes(content)
	var unknown *UnknownColumns
	switch {
	case errors.As(err, &unknown):
		return len(unknown.Rows)
	case err == nil:
		return len(items(t, archive))
	}
	problems := fault.ProblemsOf(err)
	if fault.KindOf(err) != fault.Invalid || len(problems) != 1 || problems[0].Detail == "" ||
		strings.Contains(problems[0].Detail, "secret-marker") || strings.Count(problems[0].Detail, ". ") > 1 {
		t.Errorf("refused with %v", err)
	}
	return -1
}

// TestDamagedTexts: whatever becomes of an export on its way, it is read as far as it can be or refused in
// plain words, and a text in UTF-16 is the same as in UTF-8.
func TestDamagedTexts(t *testing.T) {
	for name, whole := range texts() {
		t.Run(name, func(t *testing.T) {
			want := wantReadOrRefused(t, []byte(whole))
			if want < 1 {
				t.Fatalf("the export itself has %d items", want)
			}
			for _, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
				marked, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(whole)
				if err != nil {
					t.Fatal(err)
				}
				if n := wantReadOrRefused(t, []byte(marked)); n != want {
					t.Errorf("in UTF-16: %d items, want %d", n, want)
				}
				if n := wantReadOrRefused(t, []byte(marked[2:])); n != -1 {
					t.Errorf("in UTF-16 without a mark: %d items, want none", n)
				}
				wantReadOrRefused(t, []byte(marked[:len(marked)/2|1])) // half a character at the end
			}
			if n := wantReadOrRefused(t, []byte("\ufeff"+whole)); n != want {
				t.Errorf("with a mark: %d items, want %d", n, want)
			}
			for at := 0; at < len(whole); at += len(whole)/60 + 1 {
				wantReadOrRefused(t, []byte(whole[:at]))
				changed := []byte(whole)
				changed[at] ^= 0x20
				wantReadOrRefused(t, changed)
				wantReadOrRefused(t, bytes.Replace(changed, changed[at:at+1], []byte{0}, 1))
				wantReadOrRefused(t, slices.Concat(changed[:at], changed[at/2:])) // a part of it twice
			}
			huge := strings.Replace(whole, "secret-marker", strings.Repeat("x", 3<<20), 1)
			wantReadOrRefused(t, []byte(huge))
			wantReadOrRefused(t, append([]byte(whole), make([]byte, 1<<20)...))
		})
	}
}

// TestWrongTypes: a number where JSON should have a text, a list or an object.
func TestWrongTypes(t *testing.T) {
	for name, whole := range map[string]string{"Bitwarden": bitwardenAll, "Proton Pass": protonAll} {
		t.Run(name, func(t *testing.T) {
			read := 0
			for at := range len(whole) - 1 {
				if whole[at] != ':' || !strings.ContainsRune(`"[{`, rune(whole[at+1])) {
					continue
				}
				if wantReadOrRefused(t, []byte(whole[:at]+`:5,"other":`+whole[at+1:])) > 0 {
					read++
				}
			}
			if read < 20 {
				t.Errorf("of the changed exports %d are read", read)
			}
		})
	}
}
