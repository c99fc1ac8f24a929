package local_test

import (
	"io"
	"strings"
	"testing"

	"itemshare/vault"
	"itemshare/vault/vaulttest"
)

// TestDemo: every category, texts of all kinds and files, none of it lost. A
// member sees less than one page of items, so that the two users' lists differ.
func TestDemo(t *testing.T) {
	b := open(t)
	demo, err := b.AddDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	contents := vaulttest.Contents{
		Vaults: []vault.Info{demo.Team, demo.ReadOnly, demo.Admins},
		Files:  map[string][]byte{},
	}
	categories, types := map[vault.Category]bool{}, map[vault.FieldType]bool{}
	for _, info := range contents.Vaults {
		items := b.items(info.ID)
		contents.Items = append(contents.Items, items...)
		for _, item := range items {
			categories[item.Category] = true
			for _, field := range item.Fields {
				types[field.Type] = true
				if _, err := vault.ParseSeed(field.Value); field.Type == vault.FieldTOTP &&
					err != nil {
					t.Errorf("%s: %v", item.Title, err)
				}
			}
			for _, file := range item.Files {
				if contents.Files[file.ID], err = b.read(item, file.ID); err != nil {
					t.Errorf("%s: %v", file.Name, err)
				}
			}
		}
	}
	vaulttest.Run(t, b, contents)
	for _, c := range vault.Categories() {
		if !categories[c] {
			t.Errorf("no item of category %s", c)
		}
	}
	if len(types) != 15 {
		t.Errorf("%d types of fields, want all 15: %v", len(types), types)
	}
	team, readOnly, admins := len(
		b.items(demo.Team.ID),
	), len(
		b.items(demo.ReadOnly.ID),
	), len(
		b.items(demo.Admins.ID),
	)
	if team < 40 || readOnly < 5 || admins < 5 || team+readOnly >= 50 {
		t.Errorf("%d, %d and %d items", team, readOnly, admins)
	}
	first, err := b.Browse(
		t.Context(),
		vault.Query{Vaults: []string{demo.Team.ID, demo.ReadOnly.ID, demo.Admins.ID}, Limit: 50},
	)
	if err != nil || first.Items[0].Title == "" {
		t.Fatal(err)
	}
	if item, err := b.Item(t.Context(), first.Items[0].VaultID, first.Items[0].ID); err != nil ||
		len(item.Fields) == 0 {
		t.Errorf("the first item %q has no fields to share", item.Title)
	}
	checkDemoFiles(t, b, contents)
}

func checkDemoFiles(t *testing.T, b *bench, contents vaulttest.Contents) {
	t.Helper()
	for _, item := range contents.Items {
		for _, file := range item.Files {
			head := string(contents.Files[file.ID][:min(8, file.Size)])
			for suffix, start := range map[string]string{".png": "\x89PNG", ".pdf": "%PDF-1.4"} {
				if strings.HasSuffix(file.Name, suffix) && !strings.HasPrefix(head, start) {
					t.Errorf("%s begins with %q", file.Name, head)
				}
			}
			if file.Name == "access.log" && file.Size < 3<<20 {
				t.Errorf("%s has %d bytes", file.Name, file.Size)
			}
		}
	}
	for _, item := range contents.Items {
		if len(item.Files) > 0 {
			file, err := b.OpenFile(t.Context(), item.VaultID, item.ID, item.Files[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			file.Close()
			if _, err := io.ReadAll(file); err == nil {
				t.Error("a closed file is read")
			}
			return
		}
	}
}
