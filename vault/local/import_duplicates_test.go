package local_test

import (
	"fmt"
	"testing"

	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/local"
)

// loginEntry is an entry of an export, perhaps without an ID.
func loginEntry(number int, id, title, username, site, password string) vault.ImportedItem {
	entry := vault.ImportedItem{Number: number, VaultTitle: "Source", Item: vault.Item{
		Title: title, Category: vault.Login, Websites: []vault.Website{{URL: site}},
		Fields: []vault.Field{
			{ID: "username", Title: "username", Type: vault.FieldText, Value: username},
			{ID: "password", Title: "password", Type: vault.FieldConcealed, Value: password},
		},
	}}
	if id != "" {
		entry.Origin = vault.Origin{Account: "account", Item: id}
	}
	return entry
}

// outcomes imports entries into the vault Team and returns what became of each.
func (b *bench) outcomes(in local.Import, entries ...vault.ImportedItem) []string {
	b.t.Helper()
	var all []string
	in.Target, in.Items = "Team", vault.ImportedItems(entries...)
	in.Each = func(o vault.ImportOutcome) error {
		all = append(all, fmt.Sprintf("%d %s %s", o.Number, o.Did, o.Like))
		return nil
	}
	if _, err := b.Import(b.t.Context(), in); err != nil {
		b.t.Fatal(err)
	}
	return all
}

func (b *bench) passwords() map[string]int {
	b.t.Helper()
	info, err := b.Find(b.t.Context(), "Team")
	if err != nil {
		b.t.Fatal(err)
	}
	all := map[string]int{}
	for _, item := range b.items(info.ID) {
		for _, field := range item.Fields {
			if field.ID == "password" {
				all[field.Value]++
			}
		}
	}
	return all
}

func TestDuplicates(t *testing.T) {
	first := []vault.ImportedItem{
		loginEntry(1, "i1", "Known", "ann", "https://a.example", "old-1"),
		loginEntry(2, "", "Looks", "ann", "https://www.b.example/x", "old-2"),
		loginEntry(3, "i3", "Same", "ann", "https://c.example", "same"),
	}
	again := []vault.ImportedItem{
		loginEntry(1, "i1", "Known anew", "ann", "https://a.example", "new-1"),
		loginEntry(2, "", "looks", "ANN", "https://b.example", "new-2"),
		loginEntry(3, "i3", "Same", "ann", "https://c.example", "same"),
		loginEntry(4, "", "Looks", "bea", "https://b.example", "other user"),
		{Number: 5, Item: vault.Item{Title: "Bad"}, LeftOut: "It is bad."},
	}
	for _, c := range []struct {
		duplicates vault.Duplicates
		single     map[int]vault.Duplicates
		want       []string
		passwords  map[string]int
	}{
		{
			want: []string{
				"1 updated source", "2 skipped look", "3 unchanged source", "4 added ", "5 left_out ",
			},
			passwords: map[string]int{"new-1": 1, "old-2": 1, "same": 1, "other user": 1},
		},
		{
			duplicates: vault.SkipDuplicates,
			want: []string{
				"1 skipped source", "2 skipped look", "3 unchanged source", "4 added ", "5 left_out ",
			},
			passwords: map[string]int{"old-1": 1, "old-2": 1, "same": 1, "other user": 1},
		},
		{
			duplicates: vault.UpdateDuplicates,
			want: []string{
				"1 updated source", "2 updated look", "3 unchanged source", "4 added ", "5 left_out ",
			},
			passwords: map[string]int{"new-1": 1, "new-2": 1, "same": 1, "other user": 1},
		},
		{
			duplicates: vault.KeepDuplicates, single: map[int]vault.Duplicates{2: vault.SkipDuplicates},
			want: []string{
				"1 added source", "2 skipped look", "3 unchanged source", "4 added ", "5 left_out ",
			},
			passwords: map[string]int{"old-1": 1, "new-1": 1, "old-2": 1, "same": 1, "other user": 1},
		},
	} {
		t.Run("decision "+string(c.duplicates), func(t *testing.T) {
			b := open(t)
			b.outcomes(local.Import{}, first...)
			in := local.Import{
				Duplicates: c.duplicates,
				Decide:     func(number int) vault.Duplicates { return c.single[number] },
			}
			in.DryRun = true
			if got := b.outcomes(in, again...); fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("a dry run: %q\nwant %q", got, c.want)
			}
			in.DryRun = false
			if got := b.outcomes(in, again...); fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("the import: %q\nwant %q", got, c.want)
			}
			if got := b.passwords(); fmt.Sprint(got) != fmt.Sprint(c.passwords) {
				t.Errorf("passwords %v, want %v", got, c.passwords)
			}
		})
	}
}

// An entry that looks like an item takes it away from no other entry.
func TestLookAlikeBeforeTheItemItself(t *testing.T) {
	b := open(t)
	b.outcomes(local.Import{}, loginEntry(1, "i1", "A", "ann", "https://a.example", "old"))
	got := b.outcomes(local.Import{},
		loginEntry(1, "i2", "A", "ann", "https://a.example", "another"),
		loginEntry(2, "i1", "A", "ann", "https://a.example", "new"))
	if fmt.Sprint(got) != "[1 skipped look 2 updated source]" {
		t.Errorf("got %q", got)
	}
}

func TestImportWhereOneMayNotEdit(t *testing.T) {
	b := open(t)
	b.outcomes(local.Import{}, loginEntry(1, "i1", "A", "ann", "https://a.example", "old"))
	entry := loginEntry(1, "i2", "B", "ann", "https://b.example", "new")
	for why, in := range map[string]local.Import{
		"a vault that isn't theirs": {Target: "Team", MayEdit: func(string) bool { return false }},
		"a new vault":               {Target: "Another", NoNewVaults: true},
	} {
		in.Items = vault.ImportedItems(entry)
		if _, err := b.Import(t.Context(), in); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", why, err)
		}
	}
	if got := b.passwords(); len(got) != 1 {
		t.Errorf("passwords %v", got)
	}
}
