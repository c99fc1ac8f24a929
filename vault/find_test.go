package vault_test

import (
	"slices"
	"strings"
	"testing"

	"itemshare/fault"
	"itemshare/vault"
)

func TestVaultsOfOneTitle(t *testing.T) {
	vaults := []vault.Info{
		{
			ID:    "0001aaaa",
			Title: "Private",
		}, {ID: "0002bbbb", Title: "private"}, {ID: "c", Title: "Team"},
	}
	var titles []string
	for _, info := range vault.Distinct(vaults) {
		titles = append(titles, info.Title)
	}
	if want := []string{"Private (aaaa)", "private (bbbb)", "Team"}; !slices.Equal(titles, want) {
		t.Errorf("titles %q, want %q", titles, want)
	}
	if vaults[0].Title != "Private" {
		t.Error("Distinct changed its argument")
	}
	if _, err := vault.Find(vaults, "PRIVATE"); fault.KindOf(err) != fault.Invalid ||
		!strings.Contains(fault.ProblemsOf(err)[0].Detail, "0001aaaa, 0002bbbb") {
		t.Errorf("a title of two vaults: %v", err)
	}
	if info, err := vault.Find(vaults, "0002bbbb"); err != nil || info.Title != "private" {
		t.Errorf("by ID: %+v, %v", info, err)
	}
}
