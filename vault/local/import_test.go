package local_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"itemshare/db/dbtest"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/importer"
	"itemshare/vault/local"
)

// take imports the export at path.
func (b *bench) take(path, target string, owners ...string) (local.Imported, error) {
	b.t.Helper()
	archive, err := importer.Read(b.t.Context(), path, importer.Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	defer archive.Close()
	return b.Import(
		b.t.Context(),
		local.Import{
			Target: target,
			Owners: owners,
			Items:  archive.Items(),
			Format: archive.Format,
		},
	)
}

// items reads a vault whole, by title.
func (b *bench) items(vaultID string) []vault.Item {
	b.t.Helper()
	page, err := b.Browse(b.t.Context(), vault.Query{Vaults: []string{vaultID}, Limit: 1000})
	if err != nil {
		b.t.Fatal(err)
	}
	var all []vault.Item
	for _, o := range page.Items {
		item, err := b.Item(b.t.Context(), vaultID, o.ID)
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, item)
	}
	return all
}

// TestExportEqualsItsSource imports 210 items of 14 categories in three vaults
// with 20 files, and compares every one with its source, bytes included.
func TestExportEqualsItsSource(t *testing.T) {
	b := open(t)
	sources, files := sampleExport()
	path := writeExport(t, sources, files)
	done, err := b.take(path, "")
	if err != nil || done.Added != 210 || done.Files != 20 || len(done.Vaults) != 3 ||
		!done.Vaults[0].New {
		t.Fatalf("imported %+v, %v", done, err)
	}
	byTitle := cmpopts.SortSlices(func(a, b vault.Item) bool { return a.Title < b.Title })
	for _, to := range done.Vaults {
		got := b.items(to.ID)
		for i := range got {
			for j, file := range got[i].Files {
				content, err := b.read(got[i], file.ID)
				source := sources[to.Title][slices.IndexFunc(
					sources[to.Title],
					func(s vault.Item) bool { return s.Title == got[i].Title },
				)]
				if err != nil || !bytes.Equal(content, files[source.Files[j].ID]) {
					t.Errorf("%s: file %d differs, %v", got[i].Title, j, err)
				}
			}
		}
		if diff := cmp.Diff(
			sources[to.Title],
			got,
			byTitle,
			cmpopts.IgnoreFields(vault.Item{}, "ID", "VaultID", "Version"),
			cmpopts.IgnoreFields(vault.File{}, "ID"),
		); diff != "" {
			t.Errorf("%s (-source +imported):\n%s", to.Title, diff)
		}
	}
	if n, m := b.count("item_stages"), b.count("staged_items"); n+m != 0 {
		t.Errorf("%d stages, %d staged items left", n, m)
	}
}

func TestImportAgain(t *testing.T) {
	b := open(t)
	sources, files := sampleExport()
	for name := range sources {
		sources[name] = sources[name][:8]
	}
	path := writeExport(t, sources, files)
	if _, err := b.take(path, ""); err != nil {
		t.Fatal(err)
	}
	chunks := b.count("file_chunks")
	again, err := b.take(path, "")
	if err != nil || again.Equal != 24 || again.Added+again.Updated+again.Files != 0 ||
		again.Vaults[0].New {
		t.Fatalf("the same again: %+v, %v", again, err)
	}

	changed := &sources["Source 0"][0] // has files
	changed.Title, changed.UpdatedAt = "Changed", changed.UpdatedAt.Add(time.Hour)
	files[changed.Files[1].ID] = noise(77)
	changed.Files[1].Size = 77
	sources["Source 1"] = append(sources["Source 1"], sampleItem(500))
	again, err = b.take(writeExport(t, sources, files), "")
	if err != nil || again.Equal != 23 || again.Updated != 1 || again.Added != 1 ||
		again.Files != 2 {
		t.Fatalf("one changed, one more: %+v, %v", again, err)
	}
	at := slices.IndexFunc(
		again.Vaults,
		func(v local.ImportedVault) bool { return v.Title == "Source 0" },
	)
	items := b.items(again.Vaults[at].ID)
	item := items[slices.IndexFunc(items, func(i vault.Item) bool { return i.Title == "Changed" })]
	if item.Version != 2 || !item.UpdatedAt.Equal(changed.UpdatedAt) ||
		!item.CreatedAt.Equal(changed.CreatedAt) {
		t.Errorf("version %d, updated %v", item.Version, item.UpdatedAt)
	}
	if content, err := b.read(item, item.Files[1].ID); err != nil ||
		!bytes.Equal(content, noise(77)) {
		t.Errorf("the file: %d bytes, %v", len(content), err)
	}
	if n := b.count("item_bodies"); n != 25 {
		t.Errorf("%d bodies, want 25: the old version's is erased", n)
	}
	before, err := b.ItemVersion(t.Context(), item.VaultID, item.ID, 1)
	if err != nil || before.Title == "Changed" || len(before.Files) != 2 {
		t.Fatalf("the version before: %+v, %v", before, err)
	}
	if n := b.count("file_chunks"); n != chunks+2 {
		t.Errorf("%d chunks, had %d: the version before keeps its files", n, chunks)
	}
}

func TestImportIntoOneVaultWithOwners(t *testing.T) {
	b := open(t)
	sources, _ := sampleExport()
	for name := range sources {
		sources[name] = sources[name][1:3]
	}
	path := writeExport(t, sources, nil)
	for _, id := range []string{"ann", "bob"} {
		b.exec(
			`INSERT INTO users (id, email, name, role, password_hash, created_at) VALUES (?, ?, '', 'admin', '', 0)`,
			id,
			id+"@example.com",
		)
	}
	done, err := b.take(path, "New home", "ann", "bob")
	if err != nil || len(done.Vaults) != 1 || done.Vaults[0].Title != "New home" ||
		done.Added != 6 {
		t.Fatalf("imported %+v, %v", done, err)
	}
	if n := b.count(`grants WHERE may_view = 1 AND may_share = 1 AND vault_id = '` + done.Vaults[0].ID + `'`); n != 2 {
		t.Errorf("%d grants, want 2", n)
	}
	if again, err := b.take(path, "new HOME", "ann"); err != nil || again.Equal != 6 {
		t.Errorf("again: %+v, %v", again, err)
	}
	if n := b.count(`audit_events WHERE kind = 'vault.imported'`); n != 2 {
		t.Errorf("%d audit events, want one an import", n)
	}
	if _, err := b.take(path, "For nobody", "no such user"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no such owner: %v", err)
	}
	if _, err := b.Find(t.Context(), "For nobody"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a vault of a failed import: %v", err)
	}
}

// TestImportAllOrNothing: a file that breaks off in the middle leaves nothing.
func TestImportAllOrNothing(t *testing.T) {
	b := open(t)
	team := b.vault("Team")
	items := []vault.ImportedItem{
		{VaultTitle: "Team", Item: sampleItem(1)},
		{VaultTitle: "Other", Item: sampleItem(2)},
	}
	for range 300 { // more than one batch
		items = append(items, vault.ImportedItem{VaultTitle: "Team", Item: sampleItem(3)})
	}
	reads := 0
	items = append(
		items,
		vault.ImportedItem{
			VaultTitle: "Team",
			Item:       vault.Item{Files: []vault.File{{ID: "f"}}},
			Open: func(string) (io.ReadCloser, error) {
				if reads++; reads == 1 {
					return io.NopCloser(bytes.NewReader(noise(2 << 20))), nil
				}
				return io.NopCloser(io.MultiReader(bytes.NewReader(noise(1<<20)), failing{})), nil
			},
		},
	)
	if _, err := b.Import(t.Context(), local.Import{Items: vault.ImportedItems(items...)}); !errors.Is(
		err,
		errBroken,
	) {
		t.Fatalf("got %v", err)
	}
	if got := b.items(team.ID); len(got) != 0 {
		t.Errorf("%d items are seen", len(got))
	}
	if vaults, _ := b.Vaults(t.Context()); len(vaults) != 1 {
		t.Errorf("vaults %v", vaults)
	}
	for _, table := range []string{"items", "item_bodies", "staged_items", "item_stages", "files", "file_chunks"} {
		if n := b.count(table); n != 0 {
			t.Errorf("%d rows of %s left", n, table)
		}
	}
}

// TestCrashedStage: what a crash left behind is not seen, and is swept.
func TestCrashedStage(t *testing.T) {
	b := open(t)
	team := b.vault("Team")
	item := b.add(vault.Item{VaultID: team.ID, Title: "Old"}, nil)
	crashed := local.SealedItem{
		VaultID:  team.ID,
		ID:       item.ID,
		Version:  2,
		Overview: []byte("x"),
		Body:     []byte("x"),
	}
	for _, err := range []error{
		b.db.StageItems(t.Context(), "crashed", []local.SealedItem{crashed}, b.now),
		b.db.StageVersions(t.Context(), "crashed", []local.SealedItem{crashed}, b.now),
		b.db.StageFile(t.Context(), "crashed", local.SealedFile{VaultID: team.ID, ItemID: item.ID, ID: "f"}, b.now),
		b.db.StageFileChunk(t.Context(), "crashed", "f", 0, []byte("x"), b.now),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	item.Title = "New"
	if updated, err := b.UpdateItem(t.Context(), "", item, nil); err != nil ||
		updated.Version != 2 {
		t.Fatalf("a change beside it: %+v, %v", updated, err)
	}
	b.now = b.now.Add(59 * time.Minute)
	if err := b.SweepStages(t.Context()); err != nil || b.count("item_stages") != 1 {
		t.Errorf("swept too early: %v", err)
	}
	b.now = b.now.Add(2 * time.Minute)
	if err := b.SweepStages(t.Context()); err != nil ||
		b.count("item_stages")+b.count("files")+b.count("file_chunks") != 0 ||
		b.count("item_versions") != 1 || // that of the change
		b.count("item_bodies") != 1 {
		t.Errorf("not swept: %v", err)
	}
	if got, err := b.Item(t.Context(), team.ID, item.ID); err != nil || got.Title != "New" {
		t.Errorf("the item: %q, %v", got.Title, err)
	}
}

// TestTwoStagesOfOneItem: the second to go live finds the item changed.
func TestTwoStagesOfOneItem(t *testing.T) {
	b := open(t)
	team := b.vault("Team")
	item := b.add(vault.Item{VaultID: team.ID, Title: "Old"}, nil)
	for _, stage := range []string{"one", "two"} {
		row := local.SealedItem{
			VaultID:  team.ID,
			ID:       item.ID,
			Version:  2,
			Base:     1,
			Overview: []byte("x"),
			Body:     []byte(stage),
		}
		if err := b.db.StageItems(t.Context(), stage, []local.SealedItem{row}, b.now); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.db.GoLive(t.Context(), "one", local.Changes{Items: 1}, nil); err != nil {
		t.Fatal(err)
	}
	if err := b.db.GoLive(t.Context(), "two", local.Changes{Items: 1}, nil); fault.KindOf(
		err,
	) != fault.Conflict {
		t.Errorf("the second: %v", err)
	}
	// One that has gone live is not erased by dropping its stage.
	if err := b.db.DropItemStage(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if row, err := b.db.SealedItem(t.Context(), team.ID, item.ID); err != nil ||
		string(row.Body) != "one" {
		t.Errorf("body %q, %v", row.Body, err)
	}
}

// TestMarkers: nothing of an item stands in the database's files, in any writing.
func TestMarkers(t *testing.T) {
	b := open(t)
	marker := func(of string) string { return "MARKER-" + of + "-4711" }
	info := b.vault(marker("vault"))
	item := vault.Item{
		VaultID: info.ID, Title: marker("title"), Category: vault.Login, Notes: marker("notes"), Tags: []string{
			marker("tag"),
		},
		Sections: []vault.Section{{ID: marker("section-id"), Title: marker("section")}},
		Fields: []vault.Field{
			{
				ID:    "username",
				Title: marker("label"),
				Type:  vault.FieldText,
				Value: marker("username"),
			},
			{
				ID:        marker("field-id"),
				SectionID: marker("section-id"),
				Type:      vault.FieldConcealed,
				Value:     marker("secret"),
			},
		},
		Websites: []vault.Website{
			{Label: marker("site-label"), URL: "https://" + marker("host") + ".example"},
		},
		Files: []vault.File{{ID: "f", Name: marker("file-name"), Type: marker("file-type")}},
	}
	files := map[string][]byte{"f": bytes.Repeat([]byte(marker("bytes")), 100_000)}
	added := b.add(item, files)
	added.Title = marker("second-title")
	updated := b.update(added, nil)
	other := b.vault(marker("other-vault"))
	copied, err := b.DuplicateItem(t.Context(), "", info.ID, updated.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = b.MoveItem(t.Context(), "", info.ID, copied.ID, other.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.RestoreVersion(t.Context(), "", info.ID, added.ID, 1, 2); err != nil {
		t.Fatal(err)
	}
	if err := b.ArchiveItem(t.Context(), "", info.ID, added.ID); err != nil {
		t.Fatal(err)
	}
	b.create(item, files)
	incoming := vault.ImportedItem{
		VaultTitle: marker("source-vault"),
		Origin: vault.Origin{
			Account: marker("account"),
			Vault:   marker("source-vault-id"),
			Item:    marker("source-id"),
		},
		Item: item,
		Open: from(files),
	}
	if _, err := b.Import(t.Context(), local.Import{Items: vault.ImportedItems(incoming)}); err != nil {
		t.Fatal(err)
	}
	b.items(info.ID)
	content := bytes.ToLower(dbtest.Content(t, b.url))
	for _, form := range written("MARKER-") {
		if at := bytes.Index(content, bytes.ToLower(form)); at >= 0 {
			t.Errorf("the database holds %q", content[at:min(at+40, len(content))])
		}
	}
	if len(content) < 1<<20 {
		t.Errorf("only %d bytes looked at", len(content))
	}
}

// written returns a text in the encodings in which it might leak.
func written(text string) [][]byte {
	forms := [][]byte{[]byte(text), []byte(hex.EncodeToString([]byte(text)))}
	var wide []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	forms = append(forms, wide)
	for shift := range 3 { // base64 depends on what stands before
		encoded := base64.StdEncoding.EncodeToString(append(make([]byte, shift), text...))
		forms = append(forms, []byte(encoded[(shift*8+5)/6:len(text)*8/6]))
	}
	return forms
}

// TestImportAtTwoProcesses has another process do the same between an import's
// look at the vaults and its end: nothing is there twice.
func TestImportAtTwoProcesses(t *testing.T) {
	for _, c := range []struct {
		why    string
		there  bool // the vault, before both
		vaults int  // in the end
		other  func(b *bench, second *local.Vault, same local.Import) error
	}{
		{"the same export", false, 1, func(b *bench, second *local.Vault, same local.Import) error {
			_, err := second.Import(b.t.Context(), same)
			return err
		}},
		{"the same export into a vault that " +
			"is there", true, 1, func(b *bench, second *local.Vault, same local.Import) error {
			_, err := second.Import(b.t.Context(), same)
			return err
		}},
		{"a vault of that name", false, 2, func(b *bench, second *local.Vault, _ local.Import) error {
			_, err := second.AddVault(b.t.Context(), "", "Team")
			return err
		}},
	} {
		t.Run(c.why, func(t *testing.T) {
			b := open(t)
			second := b.process()
			items := []vault.ImportedItem{
				{
					VaultTitle: "Team",
					Origin:     vault.Origin{Account: "a", Vault: "v", Item: "one"},
					Item:       vault.Item{Title: "one"},
				},
				{
					VaultTitle: "Team",
					Origin:     vault.Origin{Account: "a", Vault: "v", Item: "two"},
					Item:       vault.Item{Title: "two", Files: []vault.File{{ID: "f"}}},
					Open:       from(map[string][]byte{"f": {1}}),
				},
			}
			if c.there {
				earlier := vault.ImportedItem{
					VaultTitle: "Team",
					Origin:     items[0].Origin,
					Item:       vault.Item{Title: "earlier"},
				}
				if _, err := b.Import(t.Context(), local.Import{Items: vault.ImportedItems(earlier)}); err != nil {
					t.Fatal(err)
				}
			}
			once := slices.Clone(items)
			amid := slices.Clone(items)
			amid[1].Open = func(id string) (io.ReadCloser, error) {
				if once != nil {
					same := local.Import{Items: vault.ImportedItems(once...)}
					once = nil
					if err := c.other(b, second, same); err != nil {
						t.Errorf("the other process: %v", err)
					}
				}
				return items[1].Open(id)
			}
			if _, err := b.Import(t.Context(), local.Import{Items: vault.ImportedItems(amid...)}); fault.KindOf(
				err,
			) != fault.Conflict {
				t.Errorf("the later one: %v, want a conflict", err)
			}
			done, err := b.Import(t.Context(), local.Import{Items: vault.ImportedItems(items...)})
			if err != nil || len(done.Vaults) != 1 {
				t.Fatal(done, err)
			}
			if vaults, items := b.count("vaults"), b.items(done.Vaults[0].ID); vaults != c.vaults ||
				len(items) != 2 {
				t.Errorf("%d vaults, %d items in it, want %d and 2", vaults, len(items), c.vaults)
			}
		})
	}
}
