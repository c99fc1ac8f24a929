package importer

import (
	"slices"
	"strings"
	"testing"

	"itemshare/vault"
)

// good is an item that arrives whatever stands beside it.
const good = `{"uuid":"good","categoryUuid":"003","overview":{"title":"Good"},"details":{"notesPlain":"n"}}`

// TestOneBadPartNeverStopsTheRest: what is wrong is named with its item and field, the good item
// arrives, and so does what is good of the other.
func TestOneBadPartNeverStopsTheRest(t *testing.T) {
	item := func(rest string) string {
		return `{"uuid":"bad","categoryUuid":"001","overview":{"title":"Bad"},` + rest + `}`
	}
	details := func(rest string) string { return item(`"details":{` + rest + `}`) }
	document := details(`"documentAttributes":{"fileName":"a","documentId":"d1","decryptedSize":4}`)
	value := func(text string) string {
		return details(
			`"sections":[{"title":"S","name":"s","fields":[{"title":"F","id":"f","value":` + text + `}]}]`,
		)
	}
	file := entry{"files/d1__a", []byte("abcd")}
	for _, c := range []struct {
		why     string
		content []byte
		finds   string // "" for none
		arrives bool   // the other item
	}{
		{"nothing wrong", onepux(t, good+","+document, file), "", true},
		{"a bit flipped in a file", flipped(onepux(t, good+","+document, file)), "!file: Bad / a", true},
		{"a file shorter than said", onepux(t, good+","+document,
			entry{"files/d1__a", []byte("abc")}), "!file: Bad / documentAttributes decryptedSize", true},
		{"a size that is a text", onepux(t, good+","+details(`"documentAttributes":{"fileName":"a",`+
			`"documentId":"d1","decryptedSize":"many"}`), file), "!file: Bad / documentAttributes decryptedSize", true},
		{"a file of more than 100 MiB", onepux(t, good+","+details(`"documentAttributes":{"fileName":"a",`+
			`"documentId":"d1"}`), entry{"files/d1__a", make([]byte, vault.MaxFileBytes+1)}), "!file: Bad / a", true},
		{"a file that says it is small", lying(t, good+","+document, 4, 1<<20), "!file: Bad / a", true},
		{"a file that says it is huge", lying(t, good+","+document, 1<<40, 1<<10), "!file: Bad / a", true},
		{"no file", onepux(t, good+","+document), "!file: Bad / a", true},
		{"a file that is a text", onepux(t, good+","+value(`{"file":"d1"}`)), "!file: Bad / F", true},
		{"a note of 3 MiB", onepux(t, good+","+details(`"notesPlain":`+
			`"`+strings.Repeat("x", 3<<20)+`"`)), "!item: Bad / details.notesPlain", false},
		{"a note of 9 MiB", onepux(t, good+","+details(`"notesPlain":`+
			`"`+strings.Repeat("x", 9<<20)+`"`)), "!item: Bad / details.notesPlain", false},
		{"200,000 fields", onepux(t, good+","+details(`"sections":[{"fields":[`+strings.Repeat(`{"id":"a",`+
			`"value":{"string":"x"}},`, 200_000)+`{}]}]`)), "!item: Bad / details.sections.fields", false},
		{"a tag that is a number", onepux(t, good+`,{"uuid":"bad","categoryUuid":"001","overview":{"title":`+
			`"Bad","tags":["a",5]}}`), "!value: Bad / tags", true},
		{"tags that are a text", onepux(t, good+`,{"uuid":"bad","categoryUuid":"001","overview":{"title":"Bad",`+
			`"tags":"a"}}`), "!value: Bad / tags", true},
		{"a time that is a date", onepux(t, good+","+item(`"createdAt":`+
			`"2024-01-01"`)), "!value: Bad / createdAt", true},
		{"a time beyond all", onepux(t, good+","+item(`"updatedAt":1e30`)), "!value: Bad / updatedAt", true},
		{"notes that are a list", onepux(t, good+","+details(`"notesPlain":[`+
			`"x"]`)), "!value: Bad / notesPlain", true},
		{"details that are a text", onepux(t, good+","+item(`"details":"x"`)), "!value: Bad / details", true},
		{"sections that are an object", onepux(t, good+","+details(`"sections":{"a":`+
			`1}`)), "!value: Bad / sections", true},
		{"a section that is a number", onepux(t, good+","+details(`"sections":[`+
			`17]`)), "!value: Bad / sections", true},
		{"a field that is a text", onepux(t, good+","+details(`"sections":[{"title":"S","fields":[`+
			`"x"]}]`)), "!value: Bad / S", true},
		{"a value that is a text", onepux(t, good+","+value(`"x"`)), "", true},
		{"half a surrogate pair", onepux(t, good+","+value(`{"concealed":"a\ud800b"}`)), "!text: Bad / F", true},
		{"the other half", onepux(t, good+","+value(`{"concealed":"a\udc00"}`)), "!text: Bad / F", true},
		{"two halves the wrong way", onepux(t, good+","+value(`{"concealed":`+
			`"\udc00\ud800\ud800"}`)), "!text: Bad / F", true},
		{"a byte that is no UTF-8", onepux(t, good+","+value("{\"concealed\":\"a\xff\"}")), "!text: Bad / F", true},
		{"a whole pair", onepux(t, good+","+value(`{"concealed":"\ud83d\ude00"}`)), "", true},
		{"a title that is a list", onepux(t, good+`,{"uuid":"bad","categoryUuid":"001","overview":{"title":[`+
			`"x"]}}`), "!value: Untitled / title", true},
		{"an item that is a number", onepux(t, good+`,17`), "!item: Untitled", false},
		{"an item that is a list", onepux(t, good+`,[{"uuid":"1"}]`), "!item: Untitled", false},
		{"a state that nobody knows", onepux(t, good+","+item(`"state":"asleep"`)), "!state: Bad / asleep", false},
		{"items within items", onepux(t, good+","+strings.Repeat(`{`+
			`"item":`, 200_000)+"1"+strings.Repeat("}", 200_000)), "category: Untitled", true},
		{"lists within lists", onepux(t, good+","+details(
			`"x":`+strings.Repeat("[", 200_000)+strings.Repeat("]", 200_000))), "detail: Bad / x", true},
		{"a value within values", onepux(t, good+","+value(`{`+
			`"string":`+strings.Repeat("[", 200)+`"deep"`+strings.Repeat("]", 200)+`}`)), "", true},
	} {
		t.Run(c.why, func(t *testing.T) {
			archive := mustRead(t, c.content)
			checkItems(t, archive)
			all := items(t, archive)
			if all[0].Item.Title != "Good" || all[0].Item.Notes != "n" ||
				(len(all) == 2) != c.arrives {
				t.Errorf("%d items", len(all))
			}
			got := findings(archive)
			if c.finds == "" && len(got) > 0 || c.finds != "" && !slices.Contains(got, c.finds) {
				t.Errorf("finds %q, want %q", got, c.finds)
			}
			if (archive.Report.Problems > 0) != strings.HasPrefix(c.finds, "!") {
				t.Errorf("%d problems", archive.Report.Problems)
			}
			for _, f := range archive.Report.Findings {
				if f.Vault != "Work" && !strings.HasPrefix(c.why, "a file that says") ||
					f.Detail == "" {
					t.Errorf("finding %+v", f)
				}
			}
		})
	}
}
