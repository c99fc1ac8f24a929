package local_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/audit"
	"itemshare/db"
	"itemshare/db/dbtest"
	"itemshare/fault"
	"itemshare/seal"
	"itemshare/vault"
	"itemshare/vault/local"
	"itemshare/vault/vaulttest"
)

var testTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// bench is a vault over a real database, and ways to reach behind it.
type bench struct {
	*local.Vault
	t    testing.TB
	url  string
	db   *db.DB
	ring *seal.Keyring
	now  time.Time
}

func open(t testing.TB) *bench {
	t.Helper()
	url := dbtest.URL(t)
	store, err := db.Open(t.Context(), db.Config{URL: url, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	master, err := seal.ParseMasterKey(
		base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)),
	)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := seal.Unlock(t.Context(), master, store)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, url: url, db: store, ring: ring, now: testTime}
	b.Vault = b.another()
	return b
}

// another is the vault as a second process would open it.
func (b *bench) another() *local.Vault { return b.over(b.db) }

// over is the vault over a store.
func (b *bench) over(store local.Store) *local.Vault {
	return local.New(local.Config{
		Store: store, Box: b.ring.Box(seal.Items),
		Audit: audit.NewLog(b.ring.Box(seal.Audit), b.ring.Hasher(seal.Addresses)),
		Clock: func() time.Time { return b.now }, Random: rand.Reader,
	})
}

// process is the vault as a process with a database handle of its own has it.
func (b *bench) process() *local.Vault {
	b.t.Helper()
	store, err := db.Open(b.t.Context(), db.Config{URL: b.url, Clock: time.Now})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { store.Close() })
	return b.over(store)
}

// vault adds a vault of which ann, ben, bob and cid edit the items.
func (b *bench) vault(name string) vault.Info {
	b.t.Helper()
	info, err := b.AddVault(b.t.Context(), "", name)
	if err != nil {
		b.t.Fatal(err)
	}
	b.users("ann", "ben", "bob", "cid")
	b.exec(`INSERT INTO grants (user_id, vault_id, may_view, may_share, may_edit)
		SELECT id, ?, 1, 0, 1 FROM users WHERE id IN ('ann', 'ben', 'bob', 'cid')`, info.ID)
	return info
}

func (b *bench) add(item vault.Item, files map[string][]byte) vault.Item {
	b.t.Helper()
	added, err := b.AddItem(b.t.Context(), item, from(files))
	if err != nil {
		b.t.Fatal(err)
	}
	return added
}

// exec changes the database behind the vault's back.
func (b *bench) exec(query string, args ...any) {
	b.t.Helper()
	result, err := dbtest.Raw(b.t, b.url).Exec(dbtest.Say(b.url, query), args...)
	if err != nil {
		b.t.Fatal(err)
	}
	if n, _ := result.RowsAffected(); n == 0 {
		b.t.Fatalf("nothing changed: %s", query)
	}
}

func (b *bench) count(table string) (n int) {
	b.t.Helper()
	if err := dbtest.Raw(b.t, b.url).QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

func from(files map[string][]byte) func(string) (io.ReadCloser, error) {
	return func(id string) (io.ReadCloser, error) {
		content, ok := files[id]
		if !ok {
			return nil, fmt.Errorf("no file %s", id)
		}
		return io.NopCloser(bytes.NewReader(content)), nil
	}
}

func (b *bench) read(item vault.Item, fileID string) ([]byte, error) {
	file, err := b.OpenFile(b.t.Context(), item.VaultID, item.ID, fileID)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

func noise(n int) []byte {
	content := make([]byte, n)
	for i := range content {
		content[i] = byte(i*31 ^ i>>8)
	}
	return content
}

func TestBackend(t *testing.T) {
	b := open(t)
	first, second := b.vault("Zebra"), b.vault("apple")
	want := vaulttest.Contents{Vaults: []vault.Info{first, second}, Files: map[string][]byte{}}
	files := map[string][]byte{
		"1": noise(3<<20 + 17),
		"2": {},
		"3": noise(1 << 20),
		"4": noise(2<<20 + 1),
	}
	for i, item := range []vault.Item{
		{
			VaultID: first.ID, Title: "Staging database", Category: vault.Database, Tags: []string{
				"ops",
			}, Notes: "line\nline",
			Fields: []vault.Field{
				{ID: "username", Title: "user", Type: vault.FieldText, Value: "deploy"},
				{ID: "password", Type: vault.FieldConcealed, Value: "correct horse battery"},
			},
		},
		{
			VaultID:  first.ID,
			Title:    "Same",
			Category: vault.Login,
			Websites: []vault.Website{{URL: "https://example.com"}},
		},
		{VaultID: first.ID, Title: "Same", Category: vault.Login},
		{VaultID: second.ID, Title: "مرحبا", Category: vault.Document, Files: []vault.File{
			{ID: "1", Name: "plan.pdf", Type: "application/pdf"},
			{ID: "2", Name: "empty"},
			{ID: "3", Name: "one"},
			{ID: "4", Name: "two"},
		}},
	} {
		added := b.add(item, files)
		if added.Version != 1 || added.ID == "" || added.UpdatedAt != testTime {
			t.Errorf("item %d: %+v", i, added)
		}
		for j, file := range added.Files {
			want.Files[file.ID] = files[item.Files[j].ID]
		}
		want.Items = append(want.Items, added)
	}
	vaulttest.Run(t, b, want)
	vaulttest.Run(t, b.another(), want)
}

func TestVaultNames(t *testing.T) {
	b := open(t)
	team := b.vault("  Team ")
	if team.Title != "Team" {
		t.Errorf("the name is %q", team.Title)
	}
	for _, c := range []struct {
		name string
		kind fault.Kind
	}{
		{"", fault.Invalid},
		{"   ", fault.Invalid},
		{"TEAM", fault.Conflict},
		{strings.Repeat("x", 201), fault.Invalid},
	} {
		if _, err := b.AddVault(t.Context(), "", c.name); fault.KindOf(err) != c.kind {
			t.Errorf("%q: %v", c.name, err)
		}
	}
	for _, name := range []string{"team", team.ID} {
		if found, err := b.Find(t.Context(), name); err != nil || found != team {
			t.Errorf("find %q: %v, %v", name, found, err)
		}
	}
	if _, err := b.Find(t.Context(), "Nobody's"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("find another: %v", err)
	}
	if n := b.count("audit_events"); n != 1 {
		t.Errorf("%d audit events, want 1", n)
	}
}

func TestUpdate(t *testing.T) {
	b, other := open(t), (*local.Vault)(nil)
	other = b.another()
	team := b.vault("Team")
	item := b.add(
		vault.Item{
			VaultID: team.ID,
			Title:   "Old",
			Files:   []vault.File{{ID: "a", Name: "a"}, {ID: "b", Name: "b"}},
		},
		map[string][]byte{"a": noise(5), "b": noise(6)},
	)
	if page, err := other.Browse(t.Context(), vault.Query{Vaults: []string{team.ID}, Limit: 5}); err != nil ||
		page.Items[0].Title != "Old" {
		t.Fatalf("another process before: %v, %v", page, err)
	}
	b.now = b.now.Add(time.Hour)
	change := item
	change.Title = "New"
	change.Files = []vault.File{item.Files[1], {ID: "c", Name: "c"}}
	updated, err := b.UpdateItem(t.Context(), "", change, from(map[string][]byte{"c": noise(7)}))
	if err != nil || updated.Version != 2 || updated.UpdatedAt != b.now ||
		updated.CreatedAt != testTime {
		t.Fatalf("updated: %+v, %v", updated, err)
	}
	if page, err := other.Browse(t.Context(), vault.Query{Vaults: []string{team.ID}, Limit: 5}); err != nil ||
		page.Items[0].Title != "New" ||
		page.Items[0].Version != 2 {
		t.Errorf("another process after: %v, %v", page, err)
	}
	got, err := b.Item(t.Context(), team.ID, item.ID)
	if diff := cmp.Diff(updated, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for i, size := range []int{6, 7} {
		if content, err := b.read(got, got.Files[i].ID); err != nil ||
			!bytes.Equal(content, noise(size)) {
			t.Errorf("file %d: %d bytes, %v", i, len(content), err)
		}
	}
	change.Files = nil
	if _, err := b.UpdateItem(t.Context(), "", change, nil); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the old version again: %v", err)
	}
	if n, m, k := b.count("item_bodies"), b.count("file_chunks"), b.count("item_stages"); n != 1 ||
		m != 3 || // the file that only the version before has
		k != 0 {
		t.Errorf("left behind: %d bodies, %d chunks, %d stages", n, m, k)
	}
}

func TestBounds(t *testing.T) {
	b := open(t)
	team := b.vault("Team")
	if _, err := b.AddItem(
		t.Context(),
		vault.Item{VaultID: team.ID, Notes: strings.Repeat("x", vault.MaxItemBytes)},
		nil,
	); fault.CodeOf(
		err,
	) != fault.CodeTooLarge {
		t.Errorf("2 MiB of text: %v", err)
	}
	huge := func(string) (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(zeros{}, vault.MaxFileBytes+1)), nil
	}
	if _, err := b.AddItem(
		t.Context(),
		vault.Item{VaultID: team.ID, Files: []vault.File{{ID: "1"}}},
		huge,
	); fault.CodeOf(
		err,
	) != fault.CodeTooLarge {
		t.Errorf("more than 100 MiB: %v", err)
	}
	broken := func(string) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(bytes.NewReader(noise(1<<20)), failing{})), nil
	}
	if _, err := b.AddItem(
		t.Context(),
		vault.Item{VaultID: team.ID, Files: []vault.File{{ID: "1"}}},
		broken,
	); !errors.Is(
		err,
		errBroken,
	) {
		t.Errorf("a file that breaks off: %v", err)
	}
	if _, err := b.AddItem(t.Context(), vault.Item{VaultID: "nothing"}, nil); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("no such vault: %v", err)
	}
	if n, m := b.count("items"), b.count("file_chunks"); n != 0 || m != 0 {
		t.Errorf("left behind: %d items, %d chunks", n, m)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

var errBroken = errors.New("broken off")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errBroken }

// TestDamage: bits flipped, rows swapped and moved are told as damage, and never
// give what belongs to another.
func TestDamage(t *testing.T) {
	for _, c := range []struct{ why, query string }{
		{
			"a bit of a body",
			`UPDATE item_bodies SET body = CAST(substr(body, 1, 40) || x'00' || substr(body, 42) AS BLOB) ` +
				`WHERE item_id = :a`,
		},
		{"a body cut short", `UPDATE item_bodies SET body = substr(body, 1, length(body) - 1) WHERE item_id = :a`},
		{"a body lost", `DELETE FROM item_bodies WHERE item_id = :a`},
		{
			"the body of another item",
			`UPDATE item_bodies SET body = (SELECT body FROM item_bodies WHERE item_id = :b) WHERE item_id = :a`,
		},
		{
			"an overview in a body's place",
			`UPDATE item_bodies SET body = (SELECT overview FROM items WHERE id = :a) WHERE item_id = :a`,
		},
		{"an item moved to another vault", `UPDATE items SET vault_id = :other WHERE id = :a`},
		{"another version's number", `UPDATE items SET version = 2 WHERE id = :a`},
	} {
		t.Run(c.why, func(t *testing.T) {
			b := open(t)
			team, other := b.vault("Team"), b.vault("Other")
			item := b.add(vault.Item{VaultID: team.ID, Title: "first"}, nil)
			second := b.add(vault.Item{VaultID: team.ID, Title: "second"}, nil)
			b.exec(
				strings.NewReplacer(":a", "'"+item.ID+"'", ":b", "'"+second.ID+"'", ":other", "'"+other.ID+"'").
					Replace(c.query),
			)
			in := team.ID
			if strings.Contains(c.query, ":other") {
				in = other.ID
			}
			got, err := b.another().Item(t.Context(), in, item.ID)
			if fault.KindOf(err) != fault.Internal || fault.CodeOf(err) != fault.CodeDamaged ||
				got.Title != "" {
				t.Errorf("got %q, %v; damage is neither missing nor unreachable", got.Title, err)
			}
			if got, err := b.Item(t.Context(), team.ID, second.ID); err != nil ||
				got.Title != "second" {
				t.Errorf("the other item: %q, %v", got.Title, err)
			}
		})
	}
}

func TestDamagedOverviewsAndNames(t *testing.T) {
	b := open(t)
	team, other := b.vault("Team"), b.vault("Other")
	first := b.add(vault.Item{VaultID: team.ID, Title: "first"}, nil)
	second := b.add(vault.Item{VaultID: team.ID, Title: "second"}, nil)
	b.exec(
		`UPDATE items SET overview = (SELECT overview FROM items WHERE id = ?) WHERE id = ?`,
		second.ID,
		first.ID,
	)
	b.exec(
		`UPDATE vaults SET name = (SELECT name FROM vaults WHERE id = ?) WHERE id = ?`,
		team.ID,
		other.ID,
	)
	again := b.another()
	page, err := again.Browse(t.Context(), vault.Query{Vaults: []string{team.ID}, Limit: 9})
	if err != nil || len(page.Items) != 2 || page.Items[0].Title != "Damaged item" ||
		page.Items[0].ID != first.ID ||
		page.Items[1].Title != "second" {
		t.Errorf("got %+v, %v", page.Items, err)
	}
	vaults, err := again.Vaults(t.Context())
	if err != nil || len(vaults) != 2 || vaults[0].Title != "Damaged vault" {
		t.Errorf("got %+v, %v", vaults, err)
	}
}

func TestDamagedFiles(t *testing.T) {
	for _, c := range []struct{ why, query string }{
		{
			"a bit of a chunk",
			`UPDATE file_chunks SET sealed = CAST(substr(sealed, 1, 99) || x'5a5b' || substr(sealed, 102) ` +
				`AS BLOB) WHERE file_id = :a AND number = 1`,
		},
		{"two chunks swapped", `UPDATE file_chunks SET number = 9 WHERE file_id = :a AND number = 0;
			UPDATE file_chunks SET number = 0 WHERE file_id = :a AND number = 1;
			UPDATE file_chunks SET number = 1 WHERE file_id = :a AND number = 9`},
		{"the last chunk lost", `DELETE FROM file_chunks WHERE file_id = :a AND number = 2`},
		{"the first chunk lost", `DELETE FROM file_chunks WHERE file_id = :a AND number = 0`},
		{
			"a chunk of another file",
			`UPDATE file_chunks SET sealed = (SELECT sealed FROM file_chunks WHERE file_id = :b AND number ` +
				`= 0) WHERE file_id = :a AND number = 0`,
		},
		{
			"a chunk twice",
			`UPDATE file_chunks SET sealed = (SELECT sealed FROM file_chunks WHERE file_id = :a AND number ` +
				`= 0) WHERE file_id = :a AND number = 1`,
		},
	} {
		t.Run(c.why, func(t *testing.T) {
			b := open(t)
			team := b.vault("Team")
			files := map[string][]byte{"1": noise(2<<20 + 5), "2": noise(3 << 20)}
			item := b.add(
				vault.Item{VaultID: team.ID, Files: []vault.File{{ID: "1"}, {ID: "2"}}},
				files,
			)
			for step := range strings.SplitSeq(c.query, ";") {
				b.exec(
					strings.NewReplacer(":a", "'"+item.Files[0].ID+"'", ":b", "'"+item.Files[1].ID+"'").
						Replace(step),
				)
			}
			got, err := b.read(item, item.Files[0].ID)
			if fault.CodeOf(err) != fault.CodeDamaged || !bytes.HasPrefix(files["1"], got) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
			if got, err := b.read(item, item.Files[1].ID); err != nil ||
				!bytes.Equal(got, files["2"]) {
				t.Errorf("the other file: %d bytes, %v", len(got), err)
			}
		})
	}
}

// TestMemoryIsCheap: while nothing changes, a look opens nothing again.
func TestMemoryIsCheap(t *testing.T) {
	b := open(t)
	team := b.vault("Team")
	b.add(vault.Item{VaultID: team.ID, Title: "x"}, nil)
	query := vault.Query{Vaults: []string{team.ID}, Limit: 50}
	look := func() {
		if _, err := b.Browse(context.Background(), query); err != nil {
			t.Fatal(err)
		}
	}
	look()
	b.exec(`UPDATE items SET overview = x'00'`) // would show as damaged, if it were read
	look()
	page, _ := b.Browse(t.Context(), query)
	if page.Items[0].Title != "x" {
		t.Errorf("the overview was read again: %q", page.Items[0].Title)
	}
}
