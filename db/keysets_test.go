package db

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

func TestSwapKeysets(t *testing.T) {
	db := open(t)
	type keysets = map[seal.Purpose][]byte
	first := keysets{seal.Items: []byte("items 1"), seal.Chain: []byte("chain 1")}
	second := keysets{seal.Items: []byte("items 2"), seal.Chain: []byte("chain 2")}
	if err := db.AddKeysets(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	entry := auditEntry(audit.KeysRotated, "")
	for _, c := range []struct {
		from, to keysets
		why      string
	}{
		{keysets{seal.Items: []byte("items 0"), seal.Chain: []byte("chain 1")}, second, "somebody swapped one before"},
		{keysets{seal.Items: []byte("items 1")}, keysets{seal.Items: []byte("items 2")}, "somebody added one before"},
		{first, keysets{seal.Items: []byte("items 2")}, "one would stay under the old key"},
	} {
		if err := db.SwapKeysets(t.Context(), c.from, c.to, entry); fault.KindOf(
			err,
		) != fault.Conflict {
			t.Errorf("%s: %v", c.why, err)
		}
	}
	if got, err := db.Keysets(t.Context()); err != nil || !cmp.Equal(first, got) {
		t.Errorf("refused, yet there are %s, %v", got, err)
	}
	if n := countRows(t, db, "audit_events"); n != 0 {
		t.Errorf("%d events of what did not happen", n)
	}
	if err := db.SwapKeysets(t.Context(), first, second, entry); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Keysets(t.Context()); err != nil || !cmp.Equal(second, got) {
		t.Errorf("there are %s, %v", got, err)
	}
	if n := countRows(t, db, "audit_events"); n != 1 {
		t.Errorf("%d events, want one", n)
	}
}
