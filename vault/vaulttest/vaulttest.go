// Package vaulttest is one test suite for every vault.Backend. It knows none of the implementations.
package vaulttest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"itemshare/fault"
	"itemshare/vault"
)

// Contents is everything that the backend under test must return: at least two vaults, one of them
// with three items, and one item with a file.
type Contents struct {
	Vaults []vault.Info
	Items  []vault.Item
	Files  map[string][]byte // by file id
	// Overview returns an item's overview if the backend's lists contain less than
	// vault.OverviewOf; nil otherwise.
	Overview func(vault.Item) vault.Overview
}

// Run tests a backend, including vault.Limiter, vault.Linker and vault.Refresher if it implements
// them.
func Run(t *testing.T, backend vault.Backend, contents Contents) {
	s := suite{backend, contents}
	if s.Overview == nil {
		s.Overview = vault.OverviewOf
	}
	t.Run("vaults", s.vaults)
	t.Run("items", s.items)
	t.Run("files", s.files)
	t.Run("missing", s.missing)
	t.Run("order and pages", s.pages)
	t.Run("search", s.search)
	t.Run("overviews", s.overviews)
	t.Run("many at once", s.manyAtOnce)
	t.Run("unreachable is not missing", s.cancelled)
	if limiter, ok := backend.(vault.Limiter); ok {
		t.Run("limits", func(t *testing.T) { s.limits(t, limiter) })
	}
	if linker, ok := backend.(vault.Linker); ok {
		t.Run("recipients", func(t *testing.T) { s.recipients(t, linker) })
		t.Run("links", func(t *testing.T) { s.links(t, linker) })
	}
	if cached, ok := backend.(vault.Refresher); ok {
		t.Run("age", func(t *testing.T) { s.age(t, cached) })
	}
}

type suite struct {
	backend vault.Backend
	Contents
}

func (s suite) vaults(t *testing.T) {
	got, err := s.backend.Vaults(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byID := cmpopts.SortSlices(func(a, b vault.Info) bool { return a.ID < b.ID })
	if diff := cmp.Diff(s.Vaults, got, byID); diff != "" {
		t.Errorf("vaults (-want +got):\n%s", diff)
	}
}

func (s suite) items(t *testing.T) {
	for _, want := range s.Items {
		got, err := s.backend.Item(t.Context(), want.VaultID, want.ID)
		if err != nil {
			t.Errorf("%s: %v", want.Title, err)
		} else if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.Title, diff)
		}
	}
}

func (s suite) files(t *testing.T) {
	seen := 0
	for _, item := range s.Items {
		for _, file := range item.Files {
			seen++
			got, err := s.read(t.Context(), item, file.ID)
			if err != nil {
				t.Errorf("%s: %v", file.Name, err)
			} else if !bytes.Equal(got, s.Files[file.ID]) || int64(len(got)) != file.Size {
				t.Errorf("%s: %d bytes that differ, want %d", file.Name, len(got), file.Size)
			}
		}
	}
	if seen == 0 {
		t.Error("the contents have no file")
	}
}

func (s suite) read(ctx context.Context, item vault.Item, fileID string) ([]byte, error) {
	file, err := s.backend.OpenFile(ctx, item.VaultID, item.ID, fileID)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

func (s suite) missing(t *testing.T) {
	item := s.withFile()
	other := s.Vaults[0].ID
	if other == item.VaultID {
		other = s.Vaults[1].ID
	}
	for _, c := range []struct{ vault, item, why string }{
		{item.VaultID, "nothing", "no such item"},
		{"nothing", item.ID, "no such vault"},
		{other, item.ID, "an item of another vault"},
		{"", "", "empty IDs"},
	} {
		if _, err := s.backend.Item(t.Context(), c.vault, c.item); fault.KindOf(
			err,
		) != fault.NotFound {
			t.Errorf("item, %s: %v", c.why, err)
		}
		if _, err := s.backend.OpenFile(t.Context(), c.vault, c.item, item.Files[0].ID); fault.KindOf(
			err,
		) != fault.NotFound {
			t.Errorf("file, %s: %v", c.why, err)
		}
	}
	if _, err := s.backend.OpenFile(t.Context(), item.VaultID, item.ID, "nothing"); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("no such file: %v", err)
	}
	for _, without := range s.Items {
		if len(without.Files) == 0 {
			if _, err := s.backend.OpenFile(t.Context(), without.VaultID, without.ID, item.Files[0].ID); fault.KindOf(
				err,
			) != fault.NotFound {
				t.Errorf("a file of another item: %v", err)
			}
			break
		}
	}
}

func (s suite) withFile() vault.Item {
	i := slices.IndexFunc(s.Items, func(item vault.Item) bool { return len(item.Files) > 0 })
	return s.Items[i]
}

func (s suite) ids() (ids []string) {
	for _, info := range s.Vaults {
		ids = append(ids, info.ID)
	}
	return ids
}

func (s suite) pages(t *testing.T) {
	all := s.browse(t, vault.Query{Vaults: s.ids(), Limit: 1000})
	if len(all) != len(s.Items) {
		t.Errorf("%d items, want %d", len(all), len(s.Items))
	}
	for i := 1; i < len(all); i++ {
		if a, b := all[i-1], all[i]; strings.EqualFold(a.Title, b.Title) && a.ID >= b.ID {
			t.Errorf("equal titles not in order of id: %s, %s", a.ID, b.ID)
		}
	}
	for _, limit := range []int{1, 2, 7} {
		if diff := cmp.Diff(all, s.browse(t, vault.Query{Vaults: s.ids(), Limit: limit})); diff != "" {
			t.Errorf("pages of %d differ from one page:\n%s", limit, diff)
		}
	}
	if got := s.browse(t, vault.Query{Limit: 10}); len(got) != 0 {
		t.Errorf("no vault named, yet %d items", len(got))
	}
	for _, id := range s.ids() {
		for _, o := range s.browse(t, vault.Query{Vaults: []string{id}, Limit: 3}) {
			if o.VaultID != id {
				t.Errorf("%q is of another vault", o.Title)
			}
		}
	}
}

// browse returns the overviews on all pages of a query.
func (s suite) browse(t *testing.T, query vault.Query) (all []vault.Overview) {
	t.Helper()
	for range len(s.Items) + 1 {
		page, err := s.backend.Browse(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) > query.Limit {
			t.Errorf("%d items on a page of %d", len(page.Items), query.Limit)
		}
		all = append(all, page.Items...)
		if query.After = page.Next; page.Next == "" {
			return all
		}
		for _, o := range page.Items {
			if len(o.Title) > 3 && strings.Contains(page.Next, o.Title) {
				t.Errorf("the cursor holds the title %q", o.Title)
			}
		}
	}
	t.Fatal("the pages do not end")
	return nil
}

func (s suite) search(t *testing.T) {
	for _, item := range s.Items {
		for _, text := range append(strings.Fields(item.Title), strings.ToUpper(item.Title)) {
			found := s.browse(t, vault.Query{Vaults: s.ids(), Text: text, Limit: 50})
			if !slices.ContainsFunc(found, func(o vault.Overview) bool { return o.ID == item.ID }) {
				t.Errorf("%q does not find %q", text, item.Title)
			}
		}
		for _, o := range s.browse(t, vault.Query{Vaults: s.ids(), Category: item.Category, Limit: 50}) {
			if o.Category != item.Category {
				t.Errorf("%s found among %s", o.Category, item.Category)
			}
		}
	}
	if found := s.browse(t, vault.Query{Vaults: s.ids(), Text: "no item says this", Limit: 50}); len(
		found,
	) != 0 {
		t.Errorf("%d items found for a text of none", len(found))
	}
	for _, item := range s.Items[:1] { // as few words as any text can have count
		word := strings.Fields(item.Title)[0] + " "
		long := strings.Repeat(word, 16) + strings.Repeat("no item says this ", 10_000)
		if len(s.browse(t, vault.Query{Vaults: s.ids(), Text: long, Limit: 50})) == 0 {
			t.Errorf("nothing found for 16 times %q and 40,000 other words", word)
		}
	}
	for _, item := range s.Items {
		for _, field := range item.Fields {
			if field.Type.Concealed() && len(field.Value) > 8 &&
				len(s.browse(t, vault.Query{Vaults: s.ids(), Text: field.Value, Limit: 1})) > 0 {
				t.Errorf("a concealed value of %q is found", item.Title)
			}
		}
	}
}

func (s suite) overviews(t *testing.T) {
	want := s.withFile()
	got, err := s.backend.Overviews(t.Context(), want.VaultID, []string{"nothing", want.ID})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]vault.Overview{s.Overview(want)}, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("overviews (-want +got):\n%s", diff)
	}
	if _, err := s.backend.Overviews(t.Context(), "nothing", []string{want.ID}); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("no such vault: %v", err)
	}
}

func (s suite) manyAtOnce(t *testing.T) {
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			want := s.Items[i%len(s.Items)]
			got, err := s.backend.Item(t.Context(), want.VaultID, want.ID)
			if err != nil || !cmp.Equal(want, got, cmpopts.EquateEmpty()) {
				t.Errorf("item %d: %v", i, err)
			}
			query := vault.Query{Vaults: s.ids(), Text: fmt.Sprint(i), Limit: 5}
			if _, err := s.backend.Browse(t.Context(), query); err != nil {
				t.Errorf("browse %d: %v", i, err)
			}
		})
	}
	group.Wait()
}

func (s suite) cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.backend.Item(ctx, s.Items[0].VaultID, s.Items[0].ID)
	if err == nil || fault.KindOf(err) == fault.NotFound {
		t.Errorf("a cancelled look: %v", err)
	}
}
