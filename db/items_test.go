package db

import (
	"strings"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault/local"
)

var itemTime = time.Unix(1_700_000_000, 0)

// goLive stages an item version and makes it live.
func goLive(
	t *testing.T,
	db *DB,
	stage string,
	item local.SealedItem,
	changes local.Changes,
) error {
	t.Helper()
	if err := db.StageItems(t.Context(), stage, []local.SealedItem{item}, itemTime); err != nil {
		t.Fatal(err)
	}
	changes.Items = 1
	return db.GoLive(
		t.Context(),
		stage,
		changes,
		[]audit.Entry{
			{At: itemTime, Kind: audit.ItemsImported, Subject: item.VaultID, Detail: []byte("d")},
		},
	)
}

func TestItemsGoLive(t *testing.T) {
	db := open(t)
	ctx := t.Context()
	before, err := db.VaultChanges(ctx)
	if err != nil {
		t.Fatal(err)
	}
	item := local.SealedItem{
		VaultID:  "v",
		ID:       "i",
		Version:  1,
		Overview: []byte("o1"),
		Body:     []byte("b1"),
	}
	if err := db.StageFile(ctx, "s1", local.SealedFile{VaultID: "v", ItemID: "i", ID: "f"}, itemTime); err != nil {
		t.Fatal(err)
	}
	if err := db.StageFileChunk(ctx, "s1", "f", 0, []byte("c"), itemTime); err != nil {
		t.Fatal(err)
	}
	if err := db.StageItems(ctx, "s1", []local.SealedItem{item}, itemTime); err != nil {
		t.Fatal(err)
	}
	if _, err := db.SealedItem(ctx, "v", "i"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a staged item is seen: %v", err)
	}
	if err := db.GoLive(
		ctx,
		"s1",
		local.Changes{
			Files:  1,
			Items:  1,
			Vaults: []local.SealedVault{{ID: "v", Name: []byte("n")}, {ID: "w", Name: []byte("m")}},
		},
		nil,
	); err != nil {
		t.Fatal(err)
	}
	after, err := db.VaultChanges(ctx)
	if err != nil || after != before+1 {
		t.Errorf("the counter went from %d to %d, %v", before, after, err)
	}
	if got, err := db.SealedItem(ctx, "v", "i"); err != nil || got.Version != 1 ||
		string(got.Body) != "b1" ||
		string(got.Overview) != "o1" {
		t.Errorf("%+v, %v", got, err)
	}
	item.Version, item.Base, item.Overview, item.Body = 2, 1, []byte("o2"), []byte("b2")
	if err := goLive(t, db, "s2", item, local.Changes{GoneFiles: []local.GoneFile{{ID: "f", Version: 2}}}); err != nil {
		t.Fatal(err)
	}
	overviews, err := db.SealedOverviews(ctx, "v")
	if err != nil || len(overviews) != 1 || overviews[0].Version != 2 ||
		string(overviews[0].Overview) != "o2" ||
		overviews[0].Body != nil {
		t.Errorf("%+v, %v", overviews, err)
	}
	if chunk, err := db.SealedChunk(ctx, "f", 0); err != nil || string(chunk) != "c" {
		t.Errorf("a file that the version before has: %q, %v", chunk, err)
	}
	vaults, err := db.SealedVaults(ctx)
	if err != nil || len(vaults) != 2 || vaults[0].Changed != after+1 ||
		vaults[1].Changed != after {
		t.Errorf("only the vault that changed has the new counter: %+v, %v", vaults, err)
	}
}

// TestItemsGoLiveOrNot asserts that a stage that cannot go live changes nothing, vaults, grants
// and audit entries included.
func TestItemsGoLiveOrNot(t *testing.T) {
	db := open(t)
	ctx := t.Context()
	item := local.SealedItem{
		VaultID:  "v",
		ID:       "i",
		Version:  1,
		Overview: []byte("o"),
		Body:     []byte("b"),
	}
	if err := goLive(
		t,
		db,
		"s1",
		item,
		local.Changes{Vaults: []local.SealedVault{{ID: "v", Name: []byte("n")}}},
	); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		why     string
		item    local.SealedItem
		changes local.Changes
		kind    fault.Kind
	}{
		{"the item is there already", item, local.Changes{}, fault.Conflict},
		{
			"a version is left out",
			local.SealedItem{VaultID: "v", ID: "i", Version: 3, Base: 2, Overview: []byte("o"), Body: []byte("b")},
			local.Changes{},
			fault.Conflict,
		},
		{
			"a later version of no item",
			local.SealedItem{VaultID: "v", ID: "new", Version: 2, Base: 1, Overview: []byte("o"), Body: []byte("b")},
			local.Changes{},
			fault.Conflict,
		},
		{
			"an owner who is nobody",
			local.SealedItem{VaultID: "v", ID: "j", Version: 1, Overview: []byte("o"), Body: []byte("b")},
			local.Changes{Owners: []string{"nobody"}, OwnedVaults: []string{"v"}},
			fault.NotFound,
		},
	} {
		c.changes.Vaults, c.changes.VaultCount = []local.SealedVault{
			{ID: "extra", Name: []byte("x")},
		}, 1
		if err := goLive(t, db, "stage "+c.why, c.item, c.changes); fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v", c.why, err)
		}
	}
	vaults, err := db.SealedVaults(ctx)
	if err != nil || len(vaults) != 1 {
		t.Errorf("%d vaults, %v", len(vaults), err)
	}
	var entries int
	if err := db.read(ctx).row(`SELECT COUNT(*) FROM audit_events`).Scan(&entries); err != nil ||
		entries != 1 {
		t.Errorf("%d audit entries, %v", entries, err)
	}
	if err := db.SweepItemStages(ctx, itemTime.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	var bodies int
	if err := db.read(ctx).row(`SELECT COUNT(*) FROM item_bodies`).Scan(&bodies); err != nil ||
		bodies != 1 {
		t.Errorf("%d bodies after the sweep, %v", bodies, err)
	}
}

// TestItemQueriesUseIndexes reads the plans of what a request, and the moment of
// going live, ask.
func TestItemQueriesUseIndexes(t *testing.T) {
	db := openAt(t, t.TempDir()+"/a.db")
	for _, query := range []string{
		`SELECT changed FROM vault_changes WHERE one = 1`,
		`SELECT id, version, overview FROM items WHERE vault_id = 'v' ORDER BY id`,
		`SELECT i.version, b.body FROM items i LEFT JOIN item_bodies b ON b.stage_id = i.stage_id AND ` +
			`b.item_id = i.id WHERE i.vault_id = 'v' AND i.id = 'i'`,
		`SELECT sealed FROM file_chunks WHERE file_id = 'f' AND number = 0`,
		`SELECT s.item_id FROM staged_items s LEFT JOIN items i ON i.vault_id = s.vault_id AND i.id = ` +
			`s.item_id WHERE s.stage_id = 's' AND COALESCE(i.version, 0) <> s.base LIMIT 1`,
		`DELETE FROM item_bodies WHERE (stage_id, item_id) IN (SELECT i.stage_id, i.id FROM staged_items s ` +
			`JOIN items i ON i.vault_id = s.vault_id AND i.id = s.item_id WHERE s.stage_id = 's')`,
		`SELECT version, overview FROM item_versions WHERE vault_id = 'v' AND item_id = 'i' AND ` +
			`stage_id = '' ORDER BY version DESC`,
		`SELECT overview, body FROM item_versions WHERE vault_id = 'v' AND item_id = 'i' AND ` +
			`version = 1 AND stage_id = ''`,
		`INSERT INTO item_versions (vault_id, item_id, version, overview, body) ` +
			`SELECT i.vault_id, i.id, i.version, i.overview, b.body ` +
			`FROM staged_items s JOIN items i ON i.vault_id = s.vault_id AND i.id = s.item_id ` +
			`JOIN item_bodies b ON b.stage_id = i.stage_id AND b.item_id = i.id WHERE s.stage_id = 's'`,
		`UPDATE item_versions SET stage_id = '' WHERE stage_id = 's' AND stage_id <> ''`,
		`SELECT v.vault_id, v.item_id, v.version FROM staged_items s JOIN item_versions v ` +
			`ON v.vault_id = s.vault_id AND v.item_id = s.item_id AND v.version < s.version - 100 ` +
			`WHERE s.stage_id = 's'`,
		`UPDATE files SET stage_id = 's' WHERE id IN (SELECT f.id FROM staged_items s JOIN files f ` +
			`ON f.vault_id = s.vault_id AND f.item_id = s.item_id AND f.gone_version <= s.version - 100 ` +
			`WHERE s.stage_id = 's')`,
		`DELETE FROM item_versions WHERE vault_id = 'v' AND item_id = 'i' AND stage_id = ''`,
		`DELETE FROM item_versions WHERE stage_id = 's' AND stage_id <> ''`,
		`UPDATE files SET stage_id = 's' WHERE vault_id = 'v' AND item_id = 'i' AND stage_id IS NULL`,
		`DELETE FROM file_chunks WHERE (file_id, number) IN (SELECT c.file_id, c.number FROM files f ` +
			`JOIN file_chunks c ON c.file_id = f.id WHERE f.stage_id = 's' LIMIT 8)`,
		`UPDATE files SET stage_id = NULL WHERE stage_id = 's'`,
		`UPDATE shares SET vault_id = 'w' WHERE item_id = 'i' AND vault_id = 'v'`,
		`SELECT id FROM item_stages WHERE staged_at < 5 ORDER BY staged_at LIMIT 1`,
	} {
		rows, err := db.read(t.Context()).query(`EXPLAIN QUERY PLAN ` + query)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(detail, "SCAN") && !strings.Contains(detail, "SUBQUERY") ||
				strings.Contains(detail, "TEMP B-TREE") {
				t.Errorf("%s\n\t%s", query, detail)
			}
		}
		rows.Close()
	}
}
