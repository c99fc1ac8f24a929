package local_test

import (
	"slices"
	"testing"

	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/local"
)

// imported is an item of an export, by its origin.
func imported(account, vaultID, item, vaultTitle, title string) vault.ImportedItem {
	return vault.ImportedItem{
		VaultTitle: vaultTitle,
		Origin:     vault.Origin{Account: account, Vault: vaultID, Item: item},
		Item:       vault.Item{Title: title, Notes: "of " + account},
	}
}

func (b *bench) importItems(in local.Import, items ...vault.ImportedItem) local.Imported {
	b.t.Helper()
	in.Items = vault.ImportedItems(items...)
	done, err := b.Import(b.t.Context(), in)
	if err != nil {
		b.t.Fatal(err)
	}
	return done
}

// users adds admins, unless they are there.
func (b *bench) users(ids ...string) {
	b.t.Helper()
	for _, id := range ids {
		b.exec(`INSERT INTO users (id, email, name, role, password_hash, created_at)
			VALUES (?, ?, '', 'admin', '', 0) ON CONFLICT (id) DO UPDATE SET role = 'admin'`, id, id+"@example.com")
	}
}

func (b *bench) granted(user, vaultID string) bool {
	return b.count(
		`grants WHERE may_view = 1 AND user_id = '`+user+`' AND vault_id = '`+vaultID+`'`,
	) > 0
}

func (b *bench) titles(vaultID string) []string {
	var all []string
	for _, item := range b.items(vaultID) {
		all = append(all, item.Title)
	}
	return all
}

// TestTwoPeoplesVaultsAreNeverOne: exports of two accounts, each with a vault of one name, in
// one file or in two, by whichever letters.
func TestTwoPeoplesVaultsAreNeverOne(t *testing.T) {
	for _, c := range []struct {
		why      string
		ann, max vault.ImportedItem
	}{
		{"two accounts", imported("A", "v1", "i1", "Private", "ann's"), imported("M", "v2", "i2", "Private", "max's")},
		{
			"two accounts, one vault id",
			imported("A", "v", "i", "Private", "ann's"),
			imported("M", "v", "i", "private ", "max's"),
		},
		{
			"one account, two vaults",
			imported("A", "v1", "i1", "Private", "ann's"),
			imported("A", "v2", "i2", "Private", "max's"),
		},
		{"no account ids", imported("", "v", "i", "Private", "ann's"), imported("", "v", "i", "Private", "max's")},
		{"no ids at all", imported("", "", "", "Private", "ann's"), imported("", "", "", "Private", "max's")},
	} {
		t.Run(c.why, func(t *testing.T) {
			b := open(t)
			b.users("ann", "max")
			_, err := b.AddVault(t.Context(), "", "Private")
			noError(t, err)
			ofAnn := b.importItems(local.Import{Owners: []string{"ann"}}, c.ann).Vaults[0]
			ofMax := b.importItems(local.Import{Owners: []string{"max"}}, c.max).Vaults[0]
			if ofAnn.ID == ofMax.ID || !ofAnn.New || !ofMax.New || !ofMax.SameTitle {
				t.Fatalf("ann's %+v, max's %+v", ofAnn, ofMax)
			}
			if !b.granted("ann", ofAnn.ID) || !b.granted("max", ofMax.ID) ||
				b.granted("max", ofAnn.ID) || b.granted("ann", ofMax.ID) || b.count("grants") != 2 {
				t.Error("each owner sees their own vault alone")
			}
			if got := b.titles(ofAnn.ID); !slices.Equal(got, []string{"ann's"}) {
				t.Errorf("ann's vault holds %q", got)
			}
		})
	}
}

// TestImportKnowsVaultsAgain: a vault renamed here or in the source, an item moved between
// vaults, and one without an ID, imported again: nothing is doubled.
func TestImportKnowsVaultsAgain(t *testing.T) {
	b := open(t)
	b.users("ann", "max")
	loose := imported("A", "v1", "", "Private", "no id")
	twice := imported("A", "v1", "", "Private", "no id, twice")
	first := b.importItems(
		local.Import{Owners: []string{"ann"}},
		imported(
			"A",
			"v1",
			"i1",
			"Private",
			"stays",
		),
		imported("A", "v1", "i2", "Private", "moves"),
		loose,
		twice,
		twice,
		imported("M", "v2", "i2", "Private", "of another account"),
		imported("A", "v3", "i3", "Work", "works"),
	)
	if len(first.Vaults) != 3 || first.Added != 7 {
		t.Fatalf("imported %+v", first)
	}
	private, work := first.Vaults[0], first.Vaults[2]
	again := []vault.ImportedItem{
		imported("A", "v3", "i2", "Work", "moves"), imported("A", "v3", "i3", "Work", "works"),
		imported("A", "v1", "i1", "Personal", "stays, changed"), loose, twice, twice,
	}
	for i := range again {
		if again[i].Origin.Vault == "v1" {
			again[i].VaultTitle = "Personal"
		}
	}
	second := b.importItems(local.Import{Owners: []string{"max"}}, again...)
	want := local.Counts{Added: 1, Updated: 1, Equal: 4, Moved: 1}
	if second.Counts != want || len(second.Vaults) != 2 || second.Vaults[0].New ||
		second.Vaults[1].New {
		t.Fatalf("again: %+v", second)
	}
	if got := b.titles(private.ID); !slices.Equal(
		got,
		[]string{"no id", "no id, twice", "no id, twice", "stays, changed"},
	) {
		t.Errorf("Private holds %q", got)
	}
	if got := b.titles(work.ID); !slices.Equal(got, []string{"moves", "works"}) {
		t.Errorf("Work holds %q", got)
	}
	if b.granted("max", private.ID) || b.granted("max", work.ID) || b.count("grants") != 3 {
		t.Error("an import gives rights in a vault that was there")
	}
	if n := b.count("item_bodies"); n != 7 {
		t.Errorf("%d bodies, want 7: the moved item's is erased", n)
	}
	third := b.importItems(local.Import{}, again...)
	if third.Equal != 6 || third.Counts != (local.Counts{Equal: 6}) {
		t.Errorf("a third time: %+v", third)
	}
}

// TestImportIntoAChosenVault: by name or ID, without giving anybody anything in one that was
// there; a name of two vaults chooses none.
func TestImportIntoAChosenVault(t *testing.T) {
	b := open(t)
	b.users("ann")
	team, err := b.AddVault(t.Context(), "", "Team")
	noError(t, err)
	items := []vault.ImportedItem{
		imported("A", "v1", "i1", "Private", "one"), imported("A", "v2", "i2", "Work", "two"),
	}
	done := b.importItems(local.Import{Target: " team", Owners: []string{"ann"}}, items...)
	if len(done.Vaults) != 1 || done.Vaults[0].ID != team.ID || done.Added != 2 ||
		b.count("grants") != 0 {
		t.Errorf("imported %+v, %d grants", done, b.count("grants"))
	}
	// An item that moves between the export's vaults stays one.
	items[1].Origin.Vault = "v1"
	if done := b.importItems(local.Import{Target: team.ID}, items...); done.Equal != 2 {
		t.Errorf("by ID: %+v", done)
	}
	b.importItems(local.Import{}, imported("A", "v1", "i1", "Team", "one"))
	_, err = b.Import(
		t.Context(),
		local.Import{Target: "Team", Items: vault.ImportedItems(items...)},
	)
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("a name of two vaults: %v", err)
	}
}

func TestImportDryRun(t *testing.T) {
	b := open(t)
	b.users("ann")
	items := []vault.ImportedItem{
		imported("A", "v1", "i1", "Private", "one"), imported("A", "v2", "i2", "Private", "two"),
	}
	b.importItems(local.Import{}, items[0])
	done := b.importItems(local.Import{DryRun: true, Owners: []string{"ann"}}, items...)
	if done.Counts != (local.Counts{Added: 1, Equal: 1}) || !done.Vaults[1].New ||
		!done.Vaults[1].SameTitle {
		t.Errorf("it would %+v", done)
	}
	if b.count("vaults") != 1 || b.count("items") != 1 ||
		b.count("grants")+b.count("item_stages") != 0 {
		t.Error("a dry run changed the database")
	}
}

// TestImportOfSingleVaultsElsewhere: a chosen vault takes several vaults of the export, in one import once,
// and what goes to one leaves the account's vaults as they are.
func TestImportOfSingleVaultsElsewhere(t *testing.T) {
	b := open(t)
	b.users("ann")
	team, err := b.AddVault(t.Context(), "", "Team")
	noError(t, err)
	items := []vault.ImportedItem{
		imported("A", "v1", "i1", "Private", "one"), imported("A", "v2", "i2", "Work", "two"),
		imported("A", "v3", "i3", "Home", "three"), imported("A", "v1", "i4", "Private", "four"),
	}
	first := b.importItems(local.Import{Owners: []string{"ann"}}, items[:1]...)
	to := map[string]string{"Work": team.ID, "Home": " team"}
	choose := func(from vault.ImportSource) string { return to[from.Title] }
	done := b.importItems(local.Import{To: choose, Owners: []string{"ann"}}, items...)
	if len(done.Vaults) != 2 || done.Added != 3 || done.Equal != 1 || done.Moved != 0 {
		t.Fatalf("imported %+v", done)
	}
	if got := done.Vaults[1]; got.ID != team.ID || got.New ||
		!slices.Equal(got.Sources, []string{"Work", "Home"}) {
		t.Errorf("the chosen vault: %+v", got)
	}
	if got := done.Sources; len(got) != 3 || got[0].Title != "Private" || got[0].Entries != 2 ||
		got[0].ID == got[1].ID || got[1].Entries != 1 {
		t.Errorf("sources %+v", got)
	}
	to["Private"] = "Fresh" // a new one, without what the earlier import brought
	done = b.importItems(local.Import{To: choose, Owners: []string{"ann"}}, items...)
	if done.Added != 2 || done.Equal != 2 || done.Moved != 0 || !done.Vaults[0].New {
		t.Errorf("into a new vault: %+v", done)
	}
	if got := b.titles(first.Vaults[0].ID); !slices.Equal(got, []string{"four", "one"}) {
		t.Errorf("the earlier import's vault has %q", got)
	}
	_, err = b.Import(t.Context(), local.Import{
		By: "ann", To: choose, Items: vault.ImportedItems(items...),
		MayEdit: func(id string) bool { return id != team.ID },
	})
	if fault.KindOf(err) != fault.Forbidden {
		t.Errorf("into a vault that isn't theirs to edit: %v", err)
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
