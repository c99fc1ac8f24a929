package local

import (
	"crypto/sha256"
	"testing"

	"itemshare/vault"
)

// TestFormerSource: items of imports before vaults had sources are known by this hash.
func TestFormerSource(t *testing.T) {
	origin := vault.Origin{Account: "a1", Vault: "v1", Item: "i1"}
	want := sha256.Sum256([]byte(`["a1","v1","i1"]`))
	if got := formerSourceOf(origin); string(got) != string(want[:]) {
		t.Errorf("source %x, want %x", got, want)
	}
	earlier := newEarlierItems()
	earlier.bySource[string(want[:])] = []earlierItem{{id: "former"}}
	item := earlier.find(vault.ImportedItem{}, nil, sourceOf(origin, nil), formerSourceOf(origin))
	if item.id != "former" || item.match != vault.BySource {
		t.Errorf("found %+v", item)
	}
}
