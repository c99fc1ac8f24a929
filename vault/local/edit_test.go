package local_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/audit"
	"itemshare/db/dbtest"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/local"
)

// loginOf returns an item for CreateItem.
func loginOf(vaultID, title string) vault.Item {
	return vault.Item{
		VaultID: vaultID, Title: title, Category: vault.Login, Tags: []string{"ops"},
		Fields: []vault.Field{
			{
				ID:    "password",
				Title: "password",
				Type:  vault.FieldConcealed,
				Value: "secret of " + title,
			},
		},
	}
}

func (b *bench) create(item vault.Item, files map[string][]byte) vault.Item {
	b.t.Helper()
	created, err := b.CreateItem(b.t.Context(), "ann", item, from(files))
	if err != nil {
		b.t.Fatal(err)
	}
	return created
}

func (b *bench) update(item vault.Item, files map[string][]byte) vault.Item {
	b.t.Helper()
	updated, err := b.UpdateItem(b.t.Context(), "bob", item, from(files))
	if err != nil {
		b.t.Fatal(err)
	}
	return updated
}

// listed returns the titles that a list of a vault shows.
func (b *bench) listed(of *vault.Query) []string {
	b.t.Helper()
	of.Limit = 100
	page, err := b.another().Browse(b.t.Context(), *of)
	if err != nil {
		b.t.Fatal(err)
	}
	var all []string
	for _, o := range page.Items {
		all = append(all, o.Title)
	}
	return all
}

func readAll(t *testing.T, file io.ReadCloser, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// kinds returns how many audit events of each kind there are.
func (b *bench) kinds() map[string]int {
	b.t.Helper()
	all := map[string]int{}
	for _, kind := range []string{
		"created", "edited", "duplicated", "moved", "archived", "restored", "deleted",
		"version_restored",
	} {
		if n := b.count(`audit_events WHERE kind = 'item.` + kind + `'`); n > 0 {
			all[kind] = n
		}
	}
	return all
}

func TestVersions(t *testing.T) {
	b := open(t)
	team := b.vault("Team")
	first := loginOf(team.ID, "One")
	first.Files = []vault.File{{ID: "a", Name: "a"}, {ID: "b", Name: "b"}}
	item := b.create(first, map[string][]byte{"a": []byte("A"), "b": []byte("B")})
	original := item
	b.now = b.now.Add(time.Minute)
	item.Title, item.Files = "Two", item.Files[1:]
	item = b.update(item, nil)

	versions, err := b.Versions(t.Context(), team.ID, item.ID)
	want := []vault.Version{
		{Number: 2, By: "bob", At: b.now, Title: "Two"},
		{Number: 1, By: "ann", At: testTime, Title: "One"},
	}
	if diff := cmp.Diff(want, versions); err != nil || diff != "" {
		t.Errorf("versions: %v (-want +got):\n%s", err, diff)
	}
	before, err := b.ItemVersion(t.Context(), team.ID, item.ID, 1)
	if diff := cmp.Diff(original, before); err != nil || diff != "" {
		t.Errorf("version 1: %v (-want +got):\n%s", err, diff)
	}
	dropped := original.Files[0].ID
	file, err := b.OpenVersionFile(t.Context(), team.ID, item.ID, 1, dropped)
	if content := readAll(t, file, err); content != "A" {
		t.Errorf("a file of version 1: %q", content)
	}
	if _, err := b.OpenFile(t.Context(), team.ID, item.ID, dropped); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("the item still has the file: %v", err)
	}
	if _, err := b.ItemVersion(t.Context(), team.ID, item.ID, 3); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("no such version: %v", err)
	}

	if same := b.update(item, nil); same.Version != 2 {
		t.Errorf("a change of nothing is version %d", same.Version)
	}
	if _, err := b.RestoreVersion(t.Context(), "cid", team.ID, item.ID, 1, 1); fault.KindOf(
		err,
	) != fault.Conflict {
		t.Errorf("restored over an unseen version: %v", err)
	}
	restored, err := b.RestoreVersion(t.Context(), "cid", team.ID, item.ID, 1, 2)
	if err != nil || restored.Version != 3 || !vault.SameContent(restored, original) {
		t.Fatalf("restored %+v, %v", restored, err)
	}
	if content, err := b.read(restored, dropped); err != nil || string(content) != "A" {
		t.Errorf("the restored file: %q, %v", content, err)
	}
	if diff := cmp.Diff(map[string]int{"created": 1, "edited": 1, "version_restored": 1}, b.kinds()); diff != "" {
		t.Error(diff)
	}
}

// TestVersionsAreBounded asserts that the oldest versions are erased, and with them the files that
// no later version has, but no others.
func TestVersionsAreBounded(t *testing.T) {
	b := open(t)
	team := b.vault("Team")
	first := loginOf(team.ID, "1")
	first.Files = []vault.File{{ID: "a", Name: "a"}, {ID: "b", Name: "b"}}
	item := b.create(first, map[string][]byte{"a": []byte("A"), "b": []byte("B")})
	for n := 2; n <= vault.MaxVersions+2; n++ {
		item.Title = fmt.Sprint(n)
		switch n {
		case 2:
			item.Files = item.Files[1:] // a is only in version 1
		case 4:
			item.Files = nil // b is in versions 1 to 3
		}
		item = b.update(item, nil)
		if n == vault.MaxVersions+1 && b.count("item_versions") != vault.MaxVersions {
			t.Fatalf("%d earlier versions", b.count("item_versions"))
		}
	}
	versions, err := b.Versions(t.Context(), team.ID, item.ID)
	if err != nil || len(versions) != vault.MaxVersions+1 || versions[100].Number != 2 {
		t.Fatalf("%d versions, %v", len(versions), err)
	}
	if err := b.SweepStages(t.Context()); err != nil || b.count("files") != 1 ||
		b.count("file_chunks") != 1 || b.count("item_stages") != 0 {
		t.Errorf("%d files, %d chunks, %d stages, %v", b.count("files"), b.count("file_chunks"),
			b.count("item_stages"), err)
	}
	old, err := b.ItemVersion(t.Context(), team.ID, item.ID, 2)
	if err != nil || len(old.Files) != 1 {
		t.Fatalf("version 2: %+v, %v", old, err)
	}
	file, err := b.OpenVersionFile(t.Context(), team.ID, item.ID, 2, old.Files[0].ID)
	if content := readAll(t, file, err); content != "B" {
		t.Errorf("a file of version 2: %q", content)
	}
}

func TestArchive(t *testing.T) {
	b := open(t)
	team := b.vault("Team")
	first := loginOf(team.ID, "One")
	first.Files = []vault.File{{ID: "a", Name: "a"}}
	item := b.create(first, map[string][]byte{"a": noise(9 << 20)})
	b.create(loginOf(team.ID, "Other"), nil)
	item.Title = "Changed"
	item = b.update(item, nil)
	ctx := t.Context()
	if err := b.DeleteItem(ctx, "ann", team.ID, item.ID); fault.KindOf(err) != fault.Conflict {
		t.Errorf("deleted without archiving: %v", err)
	}
	for range 2 { // the second changes nothing
		if err := b.ArchiveItem(ctx, "ann", team.ID, item.ID); err != nil {
			t.Fatal(err)
		}
	}
	all, archive := &vault.Query{
		Vaults: []string{team.ID},
	}, &vault.Query{
		Vaults:   []string{team.ID},
		Archived: true,
	}
	if got, hidden := b.listed(all), b.listed(archive); !slices.Equal(got, []string{"Other"}) ||
		!slices.Equal(hidden, []string{"Changed"}) {
		t.Errorf("listed %q, archived %q", got, hidden)
	}
	archived, err := b.Item(ctx, team.ID, item.ID)
	if err != nil || !archived.Archived() || archived.Version != item.Version {
		t.Errorf("archived: %+v, %v", archived, err)
	}
	found, err := b.Overviews(ctx, team.ID, []string{item.ID})
	if err != nil || len(found) != 1 || found[0].ArchivedAt != b.now {
		t.Errorf("its overview: %+v, %v", found, err)
	}
	item.Title = "Again"
	for what, err := range map[string]error{
		"update":    second(b.UpdateItem(ctx, "", item, nil)),
		"duplicate": second(b.DuplicateItem(ctx, "", team.ID, item.ID)),
		"move":      second(b.MoveItem(ctx, "", team.ID, item.ID, team.ID)),
		"restore":   second(b.RestoreVersion(ctx, "", team.ID, item.ID, 1, item.Version)),
	} {
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s of an archived item: %v", what, err)
		}
	}
	if err := b.RestoreItem(ctx, "ann", team.ID, item.ID); err != nil || len(b.listed(all)) != 2 ||
		len(b.listed(archive)) != 0 {
		t.Errorf("restored: %v", err)
	}
	if err := b.ArchiveItem(ctx, "ann", team.ID, item.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.DeleteItem(ctx, "ann", team.ID, item.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Item(ctx, team.ID, item.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("deleted: %v", err)
	}
	for _, table := range []string{"item_versions", "files", "file_chunks", "item_stages"} {
		if n := b.count(table); n != 0 {
			t.Errorf("%d rows of %s are left", n, table)
		}
	}
	want := map[string]int{"created": 2, "edited": 1, "archived": 2, "restored": 1, "deleted": 1}
	if diff := cmp.Diff(want, b.kinds()); diff != "" {
		t.Error(diff)
	}
	for what, err := range map[string]error{
		"archive": b.ArchiveItem(ctx, "", team.ID, item.ID),
		"restore": b.RestoreItem(ctx, "", team.ID, item.ID),
		"delete":  b.DeleteItem(ctx, "", team.ID, item.ID),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s of a deleted item: %v", what, err)
		}
	}
}

// TestDeletedBytesAreOverwritten asserts that nothing sealed of a deleted item, of its versions and of
// its files is left in the database's file and log, nor of what it was in another vault, though it was
// there.
func TestDeletedBytesAreOverwritten(t *testing.T) {
	b := open(t)
	if !strings.HasPrefix(b.url, "sqlite:") {
		t.Skip("PostgreSQL reuses the space of rows, which VACUUM frees")
	}
	team := b.vault("Team")
	first := loginOf(team.ID, "One")
	first.Files = []vault.File{{ID: "a", Name: "a"}}
	item := b.create(first, map[string][]byte{"a": noise(9 << 20)})
	item.Title = "Two"
	fileID := item.Files[0].ID
	item.Files = nil
	item = b.update(item, nil)
	sealed := map[string][]byte{}
	b.addSealed(sealed, "first", item, fileID)
	moved, err := b.MoveItem(t.Context(), "", team.ID, item.ID, b.vault("Other").ID)
	if err != nil {
		t.Fatal(err)
	}
	item = moved
	earlier, err := b.ItemVersion(t.Context(), item.VaultID, item.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	b.addSealed(sealed, "moved", item, earlier.Files[0].ID)
	if err := errors.Join(
		b.ArchiveItem(t.Context(), "", item.VaultID, item.ID),
		b.DeleteItem(t.Context(), "", item.VaultID, item.ID),
	); err != nil {
		t.Fatal(err)
	}
	if clean, err := b.db.Scrub(t.Context()); err != nil || !clean {
		t.Fatalf("scrubbed %v, %v", clean, err)
	}
	content := dbtest.Content(t, b.url)
	for what, bytesOf := range sealed {
		if bytes.Contains(content, bytesOf[:min(len(bytesOf), 64)]) {
			t.Errorf("the %s is left", what)
		}
	}
}

// addSealed adds the sealed bytes of an item, of its first version and of a file. All but the file's,
// which may be in parts, must be found in the database.
func (b *bench) addSealed(to map[string][]byte, when string, item vault.Item, fileID string) {
	b.t.Helper()
	current, err := b.db.SealedItem(b.t.Context(), item.VaultID, item.ID)
	earlier, err2 := b.db.SealedVersion(b.t.Context(), item.VaultID, item.ID, 1)
	chunk, err3 := b.db.SealedChunk(b.t.Context(), fileID, 0)
	if err := errors.Join(err, err2, err3); err != nil {
		b.t.Fatal(err)
	}
	content := dbtest.Content(b.t, b.url)
	for what, sealed := range map[string][]byte{
		"item": current.Body, "overview": current.Overview,
		"version": earlier.Body, "version's overview": earlier.Overview,
	} {
		to[when+" "+what] = sealed
		if !bytes.Contains(content, sealed) {
			b.t.Errorf("the %s %s is not found before it is deleted", when, what)
		}
	}
	to[when+" file"] = chunk[100:1100]
}

func second[T any](_ T, err error) error { return err }

func TestDuplicate(t *testing.T) {
	b := open(t)
	team := b.vault("Team")
	first := loginOf(team.ID, strings.Repeat("ü", vault.MaxTitle))
	first.Files = []vault.File{{ID: "a", Name: "a"}}
	item := b.create(first, map[string][]byte{"a": []byte("A")})
	b.now = b.now.Add(time.Hour)
	copied, err := b.DuplicateItem(t.Context(), "bob", team.ID, item.ID)
	if err != nil || copied.ID == item.ID || copied.Version != 1 ||
		!strings.HasSuffix(copied.Title, "ü (copy)") ||
		copied.CreatedAt != b.now ||
		copied.Files[0].ID == item.Files[0].ID {
		t.Fatalf("%+v, %v", copied, err)
	}
	if err := vault.CheckItem(copied); err != nil {
		t.Error(err)
	}
	// The copy does not need the original.
	if err := b.ArchiveItem(t.Context(), "", team.ID, item.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.DeleteItem(t.Context(), "", team.ID, item.ID); err != nil {
		t.Fatal(err)
	}
	if content, err := b.read(copied, copied.Files[0].ID); err != nil || string(content) != "A" {
		t.Errorf("its file: %q, %v", content, err)
	}
}

func TestMove(t *testing.T) {
	b := open(t)
	from, to := b.vault("From"), b.vault("To")
	first := loginOf(from.ID, "One")
	first.Files = []vault.File{{ID: "a", Name: "a"}, {ID: "b", Name: "b"}}
	item := b.create(first, map[string][]byte{"a": noise(9 << 20), "b": []byte("B")})
	item.Title, item.Files = "Two", item.Files[1:]
	item = b.update(item, nil)
	ctx := t.Context()
	if _, err := b.MoveItem(ctx, "ann", from.ID, item.ID, "nowhere"); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("moved to no vault: %v", err)
	}
	moved, err := b.MoveItem(ctx, "ann", from.ID, item.ID, to.ID)
	if err != nil || moved.ID != item.ID || moved.VaultID != to.ID || moved.Version != 3 {
		t.Fatalf("moved %+v, %v", moved, err)
	}
	if _, err := b.Item(ctx, from.ID, item.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("it is still there: %v", err)
	}
	if got, err := b.Item(ctx, to.ID, item.ID); err != nil || !cmp.Equal(got, moved) {
		t.Errorf("%+v, %v", got, err)
	}
	if content, err := b.read(moved, moved.Files[0].ID); err != nil || string(content) != "B" {
		t.Errorf("its file: %q, %v", content, err)
	}
	versions, err := b.Versions(ctx, to.ID, item.ID)
	if err != nil || len(versions) != 3 || versions[2].By != "ann" || versions[1].By != "bob" {
		t.Fatalf("versions %+v, %v", versions, err)
	}
	old, err := b.ItemVersion(ctx, to.ID, item.ID, 1)
	if err != nil || old.Title != "One" || len(old.Files) != 2 ||
		old.Files[1].ID != moved.Files[0].ID {
		t.Fatalf("version 1: %+v, %v", old, err)
	}
	file, err := b.OpenVersionFile(ctx, to.ID, item.ID, 1, old.Files[0].ID)
	if content := readAll(t, file, err); content != string(noise(9<<20)) {
		t.Errorf("a file of version 1: %d bytes", len(content))
	}
	if n := b.count(`item_versions WHERE vault_id = '`+from.ID+`' OR stage_id <> ''`) +
		b.count(`files WHERE vault_id = '`+from.ID+`' OR stage_id IS NOT NULL`) + b.count("item_stages"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	if n := b.count("files WHERE gone_version = 2"); n != 1 {
		t.Errorf("the file of version 1 alone would never be erased")
	}
	// And back again.
	if back, err := b.MoveItem(ctx, "ann", to.ID, item.ID, from.ID); err != nil ||
		back.Version != 4 {
		t.Errorf("back: %+v, %v", back, err)
	}
	if got := b.listed(&vault.Query{Vaults: []string{from.ID, to.ID}}); !slices.Equal(
		got,
		[]string{"Two"},
	) {
		t.Errorf("listed %q", got)
	}
}

// TestMoveWhileChanged asserts that a change during a move makes the move fail, and that nothing of it
// is left.
func TestMoveWhileChanged(t *testing.T) {
	b := open(t)
	from, to := b.vault("From"), b.vault("To")
	item := b.create(loginOf(from.ID, "One"), nil)
	item.Title = "Two"
	item = b.update(item, nil)
	store := &beforeLive{Store: b.db}
	slow := b.over(store)
	store.then = func() {
		item.Title = "Three"
		item = b.update(item, nil)
	}
	if _, err := slow.MoveItem(t.Context(), "ann", from.ID, item.ID, to.ID); fault.KindOf(
		err,
	) != fault.Conflict {
		t.Errorf("moved: %v", err)
	}
	if got, err := b.Item(t.Context(), from.ID, item.ID); err != nil || got.Title != "Three" {
		t.Errorf("%+v, %v", got, err)
	}
	if n := b.count(`item_versions WHERE vault_id = '`+to.ID+`'`) + b.count("item_stages"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// TestDamagedVersion asserts that a damaged version says so and spoils nothing else, and that a
// damaged item can be restored from an earlier version.
func TestDamagedVersion(t *testing.T) {
	b := open(t)
	team, other := b.vault("Team"), b.vault("Other")
	item := b.create(loginOf(team.ID, "1"), nil)
	for _, title := range []string{"2", "3"} {
		item.Title = title
		item = b.update(item, nil)
	}
	b.exec(`UPDATE item_versions SET overview = x'01', body = x'00' WHERE version = 2`)
	versions, err := b.Versions(t.Context(), team.ID, item.ID)
	if err != nil || len(versions) != 3 || versions[0].Damaged || !versions[1].Damaged ||
		versions[2].Title != "1" {
		t.Errorf("%+v, %v", versions, err)
	}
	if _, err := b.ItemVersion(t.Context(), team.ID, item.ID, 2); fault.CodeOf(
		err,
	) != fault.CodeDamaged {
		t.Errorf("the damaged version: %v", err)
	}
	item, err = b.MoveItem(t.Context(), "", team.ID, item.ID, other.ID)
	if err != nil {
		t.Fatal(err)
	}
	if versions, err := b.Versions(t.Context(), other.ID, item.ID); err != nil ||
		len(versions) != 4 ||
		!versions[2].Damaged {
		t.Errorf("moved: %+v, %v", versions, err)
	}
	b.exec(`UPDATE item_bodies SET body = x'00'`)
	if _, err := b.Item(t.Context(), other.ID, item.ID); fault.CodeOf(err) != fault.CodeDamaged {
		t.Errorf("the damaged item: %v", err)
	}
	restored, err := b.RestoreVersion(t.Context(), "", other.ID, item.ID, 3, item.Version)
	if err != nil || restored.Title != "3" || restored.Version != item.Version+1 {
		t.Errorf("restored %+v, %v", restored, err)
	}
}

// TestVersionsStayInTheirPlace asserts that a version does not open in another vault, at another item
// or number.
func TestVersionsStayInTheirPlace(t *testing.T) {
	for _, change := range []string{
		`UPDATE item_versions SET version = 3`,
		`UPDATE item_versions SET vault_id = 'v'`,
		`UPDATE item_versions SET item_id = 'i'`,
	} {
		b := open(t)
		team := b.vault("Team")
		item := b.create(loginOf(team.ID, "1"), nil)
		item.Title = "2"
		item = b.update(item, nil)
		b.exec(change)
		var sealed local.SealedItem
		err := dbtest.Raw(t, b.url).QueryRow(
			`SELECT vault_id, item_id, version, overview, body FROM item_versions`,
		).Scan(&sealed.VaultID, &sealed.ID, &sealed.Version, &sealed.Overview, &sealed.Body)
		if err != nil {
			t.Fatal(err)
		}
		moved := &otherRow{Store: b.db, row: sealed}
		if opened, err := b.over(moved).ItemVersion(t.Context(), team.ID, item.ID, 1); fault.CodeOf(
			err,
		) != fault.CodeDamaged {
			t.Errorf("%s: %+v, %v", change, opened, err)
		}
	}
}

// TestChangesAreChecked asserts that each change of an item goes through CheckItem and that an item
// without IDs gets some.
func TestChangesAreChecked(t *testing.T) {
	b := open(t)
	team := b.vault("Team")
	bad := loginOf(team.ID, " ")
	if _, err := b.CreateItem(t.Context(), "", bad, nil); fault.ProblemsOf(err)[0].Field != "title" {
		t.Error(err)
	}
	good := loginOf(team.ID, "x")
	good.Sections = []vault.Section{{Title: "s"}, {Title: "s"}}
	good.Fields = []vault.Field{{Value: "\xff\x00\u202e<b>"}, {Value: "2"}}
	good.Tags = []string{" a ", "a", ""}
	item := b.create(good, nil)
	got, err := b.Item(t.Context(), team.ID, item.ID)
	if err != nil || got.Fields[0].ID == got.Fields[1].ID ||
		got.Sections[0].ID == got.Sections[1].ID ||
		got.Fields[0].Value != "\uFFFD\x00\u202e<b>" ||
		got.Fields[0].Type != vault.FieldText ||
		!slices.Equal(got.Tags, []string{"a"}) {
		t.Errorf("%+v, %v", got, err)
	}
	if !bytes.Equal([]byte(got.Fields[1].Value), []byte("2")) {
		t.Errorf("%+v", got.Fields)
	}
	item.Title = strings.Repeat("x", vault.MaxTitle+1)
	if _, err := b.UpdateItem(t.Context(), "", item, nil); fault.ProblemsOf(err)[0].Field != "title" {
		t.Error(err)
	}
	_, err = b.CreateItem(t.Context(), "", loginOf("nowhere", "x"), nil)
	if fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.CreateItem(cancelled, "", loginOf(team.ID, "y"), nil); err == nil ||
		b.count("item_stages") != 0 {
		t.Errorf("a caller who hung up: %v", err)
	}
}

// beforeLive is a store in which something happens right before a stage goes live.
type beforeLive struct {
	local.Store
	then func()
}

func (s *beforeLive) GoLive(
	ctx context.Context, stage string, changes local.Changes, entries []audit.Entry,
) error {
	s.then()
	return s.Store.GoLive(ctx, stage, changes, entries)
}

// otherRow is a store whose earlier versions are all one row.
type otherRow struct {
	local.Store
	row local.SealedItem
}

func (s *otherRow) SealedVersion(
	context.Context,
	string,
	string,
	uint32,
) (local.SealedItem, error) {
	return s.row, nil
}

// TestTags asserts that the tags in use are those of the items that are listed.
func TestTags(t *testing.T) {
	b := open(t)
	info := b.vault("Team")
	b.create(vault.Item{VaultID: info.ID, Title: "One", Tags: []string{"b", "a"}}, nil)
	b.create(vault.Item{VaultID: info.ID, Title: "Two", Tags: []string{"c", "a"}}, nil)
	gone := b.create(vault.Item{VaultID: info.ID, Title: "Three", Tags: []string{"archived"}}, nil)
	if err := b.ArchiveItem(t.Context(), "", info.ID, gone.ID); err != nil {
		t.Fatal(err)
	}
	tags, err := b.Tags(t.Context(), info.ID)
	if err != nil || !slices.Equal(tags, []string{"a", "b", "c"}) {
		t.Errorf("%v, %v", tags, err)
	}
}
