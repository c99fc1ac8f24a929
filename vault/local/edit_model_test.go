package local_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/local"
)

// anyText generates texts as people and programs send them: of any characters, long, hostile.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.String(),
		rapid.StringN(0, 40, -1),
		rapid.SampledFrom([]string{
			"", " ", "\x00", "\xff\xfe", "a\r\nb", "\u202eltr", "<script>alert(1)</script>", "{{.}}",
			"='x", "漢字 ünïcode", strings.Repeat("x", 5000), "\ud7ff\U0010ffff",
		}),
	)
}

// anyItem generates items that CheckItem accepts.
func anyItem(vaultID string) *rapid.Generator[vault.Item] {
	label := rapid.Map(
		anyText(),
		func(s string) string { return string([]rune(s)[:min(len([]rune(s)), 200)]) },
	)
	return rapid.Custom(func(t *rapid.T) vault.Item {
		item := vault.Item{
			VaultID: vaultID, Title: label.Draw(t, "title") + "t",
			Category: vault.Category(rapid.OneOf(
				rapid.SampledFrom(vault.Categories()), rapid.Just(vault.Category("Spaceship")),
			).Draw(t, "category")),
			Notes: anyText().Draw(t, "notes"),
			Tags:  rapid.SliceOfN(rapid.StringN(0, 20, -1), 0, 5).Draw(t, "tags"),
		}
		for n := range rapid.IntRange(0, 3).Draw(t, "sections") {
			item.Sections = append(item.Sections, vault.Section{
				ID: fmt.Sprint("s", n), Title: label.Draw(t, "section"),
			})
		}
		for range rapid.IntRange(0, 3).Draw(t, "websites") {
			item.Websites = append(item.Websites, vault.Website{
				Label: label.Draw(t, "label"), URL: label.Draw(t, "url"),
			})
		}
		types := append(vault.FieldTypes(), "Spaceship")
		for n := range rapid.IntRange(0, 8).Draw(t, "fields") {
			field := vault.Field{
				ID: fmt.Sprint("f", n), Title: label.Draw(t, "field"),
				Type: rapid.SampledFrom(types).Draw(t, "type"), Value: anyText().Draw(t, "value"),
			}
			if len(item.Sections) > 0 && rapid.Bool().Draw(t, "in a section") {
				field.SectionID = rapid.SampledFrom(item.Sections).Draw(t, "which").ID
			}
			item.Fields = append(item.Fields, field)
		}
		item.Fields = rapid.Permutation(item.Fields).Draw(t, "order")
		return item
	})
}

// TestAnyItemSurvives asserts that an item of any fields comes back as it was from being created,
// changed, kept as a version, restored, duplicated and moved.
func TestAnyItemSurvives(t *testing.T) {
	b := open(t)
	team, other := b.vault("Team"), b.vault("Other")
	ctx := t.Context()
	rapid.Check(t, func(t *rapid.T) {
		first, second := anyItem(team.ID).Draw(t, "first"), anyItem(team.ID).Draw(t, "second")
		tidy := func(item vault.Item) vault.Item {
			item, err := vault.TidyItem(item, func() (string, error) { return "", nil })
			must(t, err)
			return item
		}
		same := func(step string, got vault.Item, err error, want vault.Item) {
			must(t, err)
			if !vault.SameContent(got, tidy(want)) {
				t.Fatalf("%s:\n%+v\nwant\n%+v", step, got, want)
			}
		}
		created, err := b.CreateItem(ctx, "ann", first, nil)
		must(t, err)
		got, err := b.Item(ctx, team.ID, created.ID)
		same("created", got, err, first)
		second.ID, second.Version = created.ID, 1
		changed, err := b.UpdateItem(ctx, "ann", second, nil)
		must(t, err)
		got, err = b.Item(ctx, team.ID, created.ID)
		same("changed", got, err, second)
		got, err = b.ItemVersion(ctx, team.ID, created.ID, 1)
		same("the version before", got, err, first)
		copied, err := b.DuplicateItem(ctx, "ann", team.ID, created.ID)
		copied.Title = second.Title
		same("the copy", copied, err, second)
		restored, err := b.RestoreVersion(ctx, "ann", team.ID, created.ID, 1, changed.Version)
		same("restored", restored, err, first)
		moved, err := b.MoveItem(ctx, "ann", team.ID, created.ID, other.ID)
		same("moved", moved, err, first)
		got, err = b.ItemVersion(ctx, other.ID, created.ID, 1)
		same("its version", got, err, first)
		if changed.Version == 2 {
			got, err = b.ItemVersion(ctx, other.ID, created.ID, 2)
			same("its other version", got, err, second)
		}
	})
}

func must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// editorModel is one person's view of an item: what they last read.
type editorModel struct {
	vault *local.Vault
	read  vault.Item
}

// TestNoWriteIsLost runs two editors of one item in 1,000 random orders. A change is accepted exactly
// if its editor has read the current version, and each accepted change is the item or one of its
// versions ever after.
func TestNoWriteIsLost(t *testing.T) {
	b := open(t)
	team := b.vault("Team")
	editors := []*editorModel{{vault: b.Vault}, {vault: b.process()}}
	runs := 1000
	if testing.Short() {
		runs = 50
	}
	for run := range runs {
		interleave(t, b, editors, team.ID, rapid.Custom(func(t *rapid.T) []int {
			return rapid.SliceOfN(rapid.IntRange(0, 5), 4, 10).Draw(t, "steps")
		}).Example(run))
	}
}

// interleave runs one order of steps: each editor reads (0, 1), changes (2, 3) or restores the first
// version (4, 5).
func interleave(t *testing.T, b *bench, editors []*editorModel, vaultID string, steps []int) {
	ctx := t.Context()
	item := b.create(loginOf(vaultID, "0"), nil)
	accepted := []string{"0"} // titles of the versions
	for _, e := range editors {
		e.read = item
	}
	for n, step := range steps {
		e := editors[step%2]
		current := uint32(len(accepted))
		var saved vault.Item
		var err error
		want := fmt.Sprint(n + 1)
		switch step / 2 {
		case 0:
			if e.read, err = e.vault.Item(ctx, vaultID, item.ID); err != nil ||
				e.read.Version != current ||
				e.read.Title != accepted[current-1] {
				t.Fatalf("%v, step %d: read %+v, %v", steps, n, e.read, err)
			}
			continue
		case 1:
			change := e.read
			change.Title = want
			saved, err = e.vault.UpdateItem(ctx, "", change, nil)
		default:
			if e.read.Version == 1 {
				continue
			}
			want = "0"
			saved, err = e.vault.RestoreVersion(ctx, "", vaultID, item.ID, 1, e.read.Version)
		}
		if stale := e.read.Version != current; stale != (fault.KindOf(err) == fault.Conflict) ||
			!stale && err != nil {
			t.Fatalf("%v, step %d: version %d of %d: %v", steps, n, e.read.Version, current, err)
		}
		if err == nil {
			accepted = append(accepted, want)
			e.read = saved
		}
	}
	versions, err := b.Versions(ctx, vaultID, item.ID)
	var titles []string
	for _, v := range versions {
		titles = append(titles, v.Title)
	}
	slices.Reverse(titles)
	if err != nil || !slices.Equal(titles, accepted) {
		t.Fatalf("%v: versions %q, want %q, %v", steps, titles, accepted, err)
	}
}

// TestCountingAtOnce has four writers in two processes count in one field, each starting again after
// a conflict: no count is lost.
func TestCountingAtOnce(t *testing.T) {
	b := open(t)
	team := b.vault("Team")
	start := loginOf(team.ID, "Counter")
	start.Notes = "0"
	item := b.create(start, nil)
	const each = 20
	var all sync.WaitGroup
	for _, v := range []*local.Vault{b.Vault, b.Vault, b.process(), b.process()} {
		all.Go(func() {
			for n := 0; n < each; {
				now, err := v.Item(t.Context(), team.ID, item.ID)
				if err != nil {
					t.Error(err)
					return
				}
				count, _ := strconv.Atoi(now.Notes)
				now.Notes = strconv.Itoa(count + 1)
				switch _, err := v.UpdateItem(t.Context(), "", now, nil); fault.KindOf(err) {
				case fault.Conflict:
				case fault.Internal:
					if err != nil {
						t.Error(err)
						return
					}
					n++
				default:
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	got, err := b.Item(t.Context(), team.ID, item.ID)
	if err != nil || got.Notes != strconv.Itoa(4*each) || got.Version != 4*each+1 {
		t.Errorf("counted to %s in version %d, %v", got.Notes, got.Version, err)
	}
}
