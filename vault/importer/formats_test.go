package importer

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"itemshare/fault"
	"itemshare/vault"
)

func checkImported(t *testing.T, got, want vault.ImportedItem) {
	t.Helper()
	diff := cmp.Diff(want, got, cmpopts.IgnoreFields(vault.ImportedItem{}, "Open"),
		cmpopts.EquateEmpty())
	if diff != "" {
		t.Errorf("item (-want +got):\n%s", diff)
	}
}

// checkFields compares an item's category and its fields, as "title=value".
func checkFields(t *testing.T, got vault.ImportedItem, category vault.Category, want ...string) {
	t.Helper()
	var fields []string
	for _, field := range got.Item.Fields {
		fields = append(fields, field.Title+"="+field.Value)
	}
	if got.Item.Category != category || !slices.Equal(fields, want) {
		t.Errorf("%s is %s with %q\nwant %s with %q", got.Item.Title, got.Item.Category, fields,
			category, want)
	}
}

// content returns the bytes of an item's file.
func content(t *testing.T, item vault.ImportedItem, number int) string {
	t.Helper()
	file, err := item.Open(item.Item.Files[number].ID)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	bytes, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes)
}

// TestCutExports cuts exports at many places: each is refused with one sentence that holds nothing of it.
func TestCutExports(t *testing.T) {
	for name, whole := range map[string]string{
		"Bitwarden": bitwardenAll, "Proton Pass": protonAll, "KeePass": keePassXML(keePassEntry),
	} {
		t.Run(name, func(t *testing.T) {
			for at := 1; at < len(whole); at += len(whole)/50 + 1 {
				_, err := readBytes([]byte(whole[:at]))
				problems := fault.ProblemsOf(err)
				if fault.KindOf(err) != fault.Invalid || len(problems) != 1 || problems[0].Detail == "" {
					t.Fatalf("cut at %d: %v", at, err)
				}
				for _, content := range []string{"ann", "pw", "Wiki"} {
					if strings.Contains(err.Error(), content) {
						t.Fatalf("cut at %d, the error holds %q: %v", at, content, err)
					}
				}
			}
		})
	}
}

// TestHostileExports bounds what an export may cost. Each is refused, or read in the end.
func TestHostileExports(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 200_000)
	for name, c := range map[string]struct {
		content []byte
		says    string // "" for one that is read
	}{
		"JSON that nests deeply": {[]byte(`{"items":[` + deep), "incomplete"},
		"an item that nests deeply": {
			[]byte(`{"items":[` + strings.Repeat(`{"a":`, 10_000) + `1` + strings.Repeat(`}`, 10_000) + `]}`), "",
		},
		"many items": {
			[]byte(`{"items":[` + strings.Repeat(`{"type":2},`, maxItems+10) + `{"type":2}]}`), "",
		},
		"a CSV file that is one cell":  {[]byte("name,url,username,password\n\"" + strings.Repeat("x", 8<<20)), ""},
		"a CSV file of many columns":   {[]byte(strings.Repeat("a,", 1000) + "b\n"), "200 columns"},
		"a CSV file that is too large": {append([]byte("name,url\n"), make([]byte, maxCSV)...), "supported"},
		"entities in XML":              {[]byte(`<KeePassFile><Root>&lol;</Root></KeePassFile>`), "damaged"},
		"JSON in an archive that is a bomb": {
			zipped(t, entry{"data.json", make([]byte, maxData+1)}), "128 MiB",
		},
		"no text": {[]byte("a,b\x00c\n"), "supported"},
	} {
		t.Run(name, func(t *testing.T) {
			archive, err := readBytes(c.content)
			if c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Fatalf("got %v, want %q", err, c.says)
			}
			if c.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				checkReport(t, archive)
			}
		})
	}
}
