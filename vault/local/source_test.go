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
	earlier := earlierItems{string(want[:]): {{id: "former"}}}
	if item, ok := earlier.take(nil, sourceOf(origin, nil), formerSourceOf(origin)); !ok ||
		item.id != "former" {
		t.Errorf("found %+v, %v", item, ok)
	}
}
