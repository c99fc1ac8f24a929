package local_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"itemshare/vault"
	"itemshare/vault/local"
)

// remembered returns everything that a vault lists and finds of some vaults.
func remembered(t *rapid.T, of *local.Vault, vaults []vault.Info) (all []vault.Page) {
	t.Helper()
	var ids []string
	for _, v := range vaults {
		ids = append(ids, v.ID)
	}
	for _, query := range []vault.Query{
		{Vaults: ids},
		{Vaults: ids, Archived: true},
		{Vaults: ids[:1]},
		{Vaults: ids, Text: "title 1"},
		{Vaults: ids, Category: vault.Login},
		{Vaults: ids[1:], Text: "user"},
	} {
		for query.Limit, query.Count = 3, true; ; {
			page, err := of.Browse(t.Context(), query)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, page)
			if query.After = page.Next; page.Next == "" {
				break
			}
		}
	}
	return all
}

// TestMemoryFollowsChanges asserts that a process which remembers vaults lists and finds after any
// changes what one does that reads everything.
func TestMemoryFollowsChanges(t *testing.T) {
	b := open(t)
	vaults := []vault.Info{b.vault("One"), b.vault("Two")}
	old := b.process()
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			b.changeSomething(t, vaults)
			if rapid.Bool().Draw(t, "look") {
				remembered(t, old, vaults)
			}
		}
		if diff := cmp.Diff(remembered(t, b.another(), vaults), remembered(t, old, vaults)); diff != "" {
			t.Errorf("what is remembered differs (-read +remembered):\n%s", diff)
		}
	})
}

// changeSomething makes one change to one of the items of some vaults.
func (b *bench) changeSomething(t *rapid.T, vaults []vault.Info) {
	page, err := b.Browse(t.Context(), vault.Query{
		Vaults: []string{vaults[0].ID, vaults[1].ID}, Limit: 100,
		Archived: rapid.Bool().Draw(t, "archived"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) == 0 || rapid.IntRange(0, 2).Draw(t, "create") == 0 {
		_, err = b.CreateItem(t.Context(), "", vault.Item{
			VaultID:  rapid.SampledFrom(vaults).Draw(t, "vault").ID,
			Title:    fmt.Sprint("Title ", rapid.IntRange(0, 20).Draw(t, "title")),
			Category: rapid.SampledFrom([]vault.Category{vault.Login, vault.Server}).Draw(t, "category"),
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	item := rapid.SampledFrom(page.Items).Draw(t, "item")
	switch rapid.IntRange(0, 4).Draw(t, "change") {
	case 0:
		var whole vault.Item
		if whole, err = b.Item(t.Context(), item.VaultID, item.ID); err == nil && !whole.Archived() {
			whole.Title = fmt.Sprint("Title ", rapid.IntRange(0, 20).Draw(t, "title"))
			_, err = b.UpdateItem(t.Context(), "", whole, nil)
		}
	case 1:
		err = b.ArchiveItem(t.Context(), "", item.VaultID, item.ID)
	case 2:
		err = b.RestoreItem(t.Context(), "", item.VaultID, item.ID)
	case 3:
		if !item.ArchivedAt.IsZero() {
			err = b.DeleteItem(t.Context(), "", item.VaultID, item.ID)
		}
	case 4:
		if item.ArchivedAt.IsZero() {
			to := vaults[0].ID
			if item.VaultID == to {
				to = vaults[1].ID
			}
			_, err = b.MoveItem(t.Context(), "", item.VaultID, item.ID, to)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestManyChangesAtOnce asserts the same for so many changes that the index of a vault is made anew, by
// several imports and by one.
func TestManyChangesAtOnce(t *testing.T) {
	b := open(t)
	info := b.fill("Team", 10)
	old := b.process()
	count := func(v *local.Vault) (n int) {
		query := vault.Query{Vaults: []string{info.ID}, Limit: 400}
		for {
			page, err := v.Browse(t.Context(), query)
			if err != nil {
				t.Fatal(err)
			}
			n += len(page.Items)
			if query.After = page.Next; page.Next == "" {
				return n
			}
		}
	}
	for _, n := range []int{10, 300, 600, 610, 1300} { // an import has those of the one before
		b.fill("Team", n)
		if got := count(old); got != n {
			t.Errorf("%d items are remembered, want %d", got, n)
		}
	}
}

// BenchmarkSave is a save of one item and the look at the list that follows, in a vault of 500 and of
// 50,000 items. The list is opened before.
func BenchmarkSave(b *testing.B) {
	for _, n := range []int{500, 50_000} {
		bench := open(b)
		info := bench.fill("Team", n)
		query := vault.Query{Vaults: []string{info.ID}, Text: "many", Limit: 50}
		page, err := bench.Browse(b.Context(), query)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n, " items"), func(b *testing.B) {
			var saving, looking time.Duration
			for i := range b.N {
				item, err := bench.Item(b.Context(), info.ID, page.Items[i%len(page.Items)].ID)
				if err != nil {
					b.Fatal(err)
				}
				item.Notes = fmt.Sprint("note ", i)
				start := time.Now()
				if _, err := bench.UpdateItem(b.Context(), "", item, nil); err != nil {
					b.Fatal(err)
				}
				saved := time.Now()
				if _, err := bench.Browse(b.Context(), query); err != nil {
					b.Fatal(err)
				}
				saving, looking = saving+saved.Sub(start), looking+time.Since(saved)
			}
			b.ReportMetric(float64(saving.Microseconds())/float64(b.N), "µs/save")
			b.ReportMetric(float64(looking.Microseconds())/float64(b.N), "µs/list")
		})
	}
}
