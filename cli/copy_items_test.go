package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/db/dbtest"
	"itemshare/fault"
	"itemshare/vault"
)

// historyOfItems are items with a past: one that was changed and moved and lost a file on the way, an
// archived one, and one that was deleted.
type historyOfItems struct{ moved, archived, deleted vault.Item }

// addHistory adds the sample data and items with a past, and gives the sample's member rights of each
// kind.
func (h *openedInstallation) addHistory() (items historyOfItems) {
	h.t.Helper()
	ctx := h.t.Context()
	must(h.t, h.in.addDemo(ctx, password))
	items = h.addPast()
	team, err := h.in.vault.Find(ctx, "Team")
	must(h.t, err)
	for vaultID, grant := range map[string]account.Grant{
		team.ID: {View: true, Share: true, NoReveal: true}, items.moved.VaultID: {Edit: true},
	} {
		grant.UserID, grant.VaultID = h.member(), vaultID
		must(h.t, h.in.accounts.SetGrant(ctx, "", grant))
	}
	return items
}

// addPast adds items with a past to the sample data.
func (h *openedInstallation) addPast() (items historyOfItems) {
	h.t.Helper()
	ctx := h.t.Context()
	team, err := h.in.vault.Find(ctx, "Team")
	must(h.t, err)
	other, err := h.in.vault.AddVault(ctx, "", "Other")
	must(h.t, err)
	create := func(title string) vault.Item {
		made, err := h.in.vault.CreateItem(ctx, "", vault.Item{
			VaultID: team.ID, Title: title, Category: vault.Login,
			Fields: []vault.Field{{ID: "password", Title: "p", Type: vault.FieldConcealed, Value: "one"}},
			Files:  []vault.File{{ID: "f", Name: "a.txt"}, {ID: "g", Name: "b.txt"}},
		}, func(id string) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(strings.Repeat(id, 1<<20+7))), nil
		})
		must(h.t, err)
		return made
	}
	item := create("Straße")
	item.Files = slices.Clone(item.Files[:1])
	item.Fields = []vault.Field{{ID: "password", Title: "p", Type: vault.FieldConcealed, Value: "two"}}
	item, err = h.in.vault.UpdateItem(ctx, "", item, nil)
	must(h.t, err)
	items.moved, err = h.in.vault.MoveItem(ctx, "", item.VaultID, item.ID, other.ID)
	must(h.t, err)
	items.archived, items.deleted = create("Archived"), create("Deleted")
	for _, item := range []vault.Item{items.archived, items.deleted} {
		must(h.t, h.in.vault.ArchiveItem(ctx, "", item.VaultID, item.ID))
	}
	must(h.t, h.in.vault.DeleteItem(ctx, "", items.deleted.VaultID, items.deleted.ID))
	return items
}

// member returns the ID of the sample's member.
func (h *openedInstallation) member() string {
	h.t.Helper()
	user, err := h.in.accounts.UserByEmail(h.t.Context(), "member@example.com")
	must(h.t, err)
	return user.ID
}

// describe returns all that is kept of the items and of the member's rights, as text.
func (h *openedInstallation) describe(items historyOfItems) string {
	h.t.Helper()
	var all strings.Builder
	for _, item := range []vault.Item{items.moved, items.archived} {
		versions, err := h.in.vault.Versions(h.t.Context(), item.VaultID, item.ID)
		must(h.t, err)
		for _, v := range versions {
			was, err := h.in.vault.ItemVersion(h.t.Context(), item.VaultID, item.ID, v.Number)
			must(h.t, err)
			fmt.Fprintf(&all, "%+v\n%+v\n", v, was)
			for _, file := range was.Files {
				content, err := h.in.vault.OpenVersionFile(
					h.t.Context(), item.VaultID, item.ID, v.Number, file.ID,
				)
				must(h.t, err)
				bytes, err := io.ReadAll(content)
				must(h.t, err)
				fmt.Fprintf(&all, "%s: %d bytes %q\n", file.Name, len(bytes), bytes[:3])
			}
		}
		now, err := h.in.vault.Item(h.t.Context(), item.VaultID, item.ID)
		must(h.t, err)
		fmt.Fprintf(&all, "archived %v\n", now.Archived())
	}
	if _, err := h.in.vault.Item(
		h.t.Context(), items.deleted.VaultID, items.deleted.ID,
	); fault.KindOf(err) != fault.NotFound {
		h.t.Errorf("the deleted item: %v", err)
	}
	grants, err := h.in.accounts.GrantsOf(h.t.Context(), []string{h.member()})
	must(h.t, err)
	slices.SortFunc(grants, func(a, b account.Grant) int { return strings.Compare(a.VaultID, b.VaultID) })
	fmt.Fprintf(&all, "%+v\n", grants)
	return all.String()
}

// goOn asserts that the items can be changed as before.
func (h *openedInstallation) goOn(items historyOfItems) {
	h.t.Helper()
	ctx, item := context.Background(), items.moved
	restored, err := h.in.vault.RestoreVersion(ctx, "", item.VaultID, item.ID, 1, item.Version)
	if err != nil || restored.Version != item.Version+1 || len(restored.Files) != 2 {
		h.t.Errorf("an earlier version restored: version %d, %d files, %v",
			restored.Version, len(restored.Files), err)
	}
	must(h.t, h.in.vault.RestoreItem(ctx, "", items.archived.VaultID, items.archived.ID))
	must(h.t, h.in.vault.ArchiveItem(ctx, "", items.archived.VaultID, items.archived.ID))
	must(h.t, h.in.vault.DeleteItem(ctx, "", items.archived.VaultID, items.archived.ID))
}

// TestItemsKeepTheirPast asserts that versions, files of earlier ones, the archive and rights are the
// same after a copy to PostgreSQL and back, and in a restored backup.
func TestItemsKeepTheirPast(t *testing.T) {
	data := newData(t)
	first, second := "sqlite:"+filepath.Join(data, "itemshare.db"), dbtest.Schema(t)
	third, fourth := "sqlite:"+filepath.Join(data, "third.db"), "sqlite:"+filepath.Join(data, "fourth.db")
	h := openInstallation(t, data, first)
	items := h.addHistory()
	want := h.describe(items)
	h.close()
	if strings.Count(want, "b.txt: ") != 2 || strings.Count(want, "archived true") != 1 {
		t.Fatalf("too little to compare:\n%.3000s", want)
	}
	backup := filepath.Join(data, "backup")
	for _, args := range [][]string{
		{"copy", "--from", first, "--to", second},
		{"copy", "--from", second, "--to", third},
		{"--database", third, "backup", backup},
		{"--database", fourth, "restore", backup},
	} {
		if got := command(t, data, "", args...); got.code != 0 {
			t.Fatalf("%v: %+v", args, got)
		}
	}
	for _, url := range []string{second, third, fourth} {
		h := openInstallation(t, data, url)
		if got := h.describe(items); got != want {
			t.Errorf("at %.12s:\n%s\nwant\n%s", url, got, want)
		}
		h.goOn(items)
		h.close()
	}
}
