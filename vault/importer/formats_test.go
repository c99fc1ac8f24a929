package importer

import (
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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
