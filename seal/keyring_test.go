package seal_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"itemshare/audit"
	"itemshare/db"
	"itemshare/seal"
)

func newKey(t *testing.T) seal.MasterKey {
	t.Helper()
	random := make([]byte, 32)
	rand.Read(random)
	key, err := seal.ParseMasterKey(base64.StdEncoding.EncodeToString(random))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newStore(t *testing.T) *db.DB {
	t.Helper()
	store, err := db.Open(
		t.Context(),
		db.Config{URL: "sqlite:" + t.TempDir() + "/test.db", Clock: time.Now},
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func unlock(t *testing.T, master seal.MasterKey, store seal.Store) *seal.Keyring {
	t.Helper()
	keyring, err := seal.Unlock(t.Context(), master, store)
	if err != nil {
		t.Fatal(err)
	}
	return keyring
}

func TestSealedOpensAfterRestart(t *testing.T) {
	master, store := newKey(t), newStore(t)
	first, second := unlock(t, master, store), unlock(t, master, store)
	sealed, err := first.Seal(seal.Items, []byte("hunter2"), "items", "vault", "item")
	if err != nil {
		t.Fatal(err)
	}
	opened, err := second.Open(seal.Items, sealed, "items", "vault", "item")
	if err != nil || string(opened) != "hunter2" {
		t.Errorf("opened %q, %v", opened, err)
	}
	if !bytes.Equal(first.MAC(seal.Codes, "a"), second.MAC(seal.Codes, "a")) {
		t.Error("the hashes of two runs differ")
	}
	if bytes.Contains(sealed, []byte("hunter2")) {
		t.Error("the sealed bytes hold the text")
	}
}

func TestWrongKeyWritesNothing(t *testing.T) {
	store := newStore(t)
	unlock(t, newKey(t), store)
	before, _ := store.Keysets(t.Context())
	if _, err := seal.Unlock(t.Context(), newKey(t), store); !errors.Is(err, seal.ErrWrongKey) {
		t.Errorf("err = %v, want ErrWrongKey", err)
	}
	if after, _ := store.Keysets(t.Context()); !maps.EqualFunc(before, after, bytes.Equal) {
		t.Error("the keysets changed")
	}
}

// TestWrongKeyAddsNoMissingKeyset: a database of an older version lacks a
// purpose, and the wrong key must not fill the gap.
func TestWrongKeyAddsNoMissingKeyset(t *testing.T) {
	full, old := newStore(t), newStore(t)
	unlock(t, newKey(t), full)
	wrapped, _ := full.Keysets(t.Context())
	delete(wrapped, seal.Chain)
	if err := old.AddKeysets(t.Context(), wrapped); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Unlock(t.Context(), newKey(t), old); !errors.Is(err, seal.ErrWrongKey) {
		t.Errorf("err = %v, want ErrWrongKey", err)
	}
	if after, _ := old.Keysets(t.Context()); len(after) != len(wrapped) {
		t.Error("a keyset was added under the wrong key")
	}
}

func TestSealedOpensNowhereElse(t *testing.T) {
	keyring := unlock(t, newKey(t), newStore(t))
	sealed, err := keyring.Seal(seal.Items, []byte("secret"), "items", "vault-a", "item-1", "1")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		why     string
		purpose seal.Purpose
		place   []string
	}{
		{"another vault", seal.Items, []string{"items", "vault-b", "item-1", "1"}},
		{"another item", seal.Items, []string{"items", "vault-a", "item-2", "1"}},
		{"an older version put back", seal.Items, []string{"items", "vault-a", "item-1", "2"}},
		{"another table", seal.Items, []string{"files", "vault-a", "item-1", "1"}},
		{"a part less", seal.Items, []string{"items", "vault-a", "item-1"}},
		{"no place", seal.Items, nil},
		{"parts cut elsewhere", seal.Items, []string{"items", "vault-", "aitem-1", "1"}},
		{"parts joined", seal.Items, []string{"itemsvault-aitem-11"}},
		{"another purpose", seal.History, []string{"items", "vault-a", "item-1", "1"}},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			opened, err := keyring.Open(tt.purpose, sealed, tt.place...)
			if !errors.Is(err, seal.ErrDamaged) || opened != nil {
				t.Errorf("opened %q, %v", opened, err)
			}
		})
	}
}

func TestFlippedBit(t *testing.T) {
	keyring := unlock(t, newKey(t), newStore(t))
	sealed, err := keyring.Seal(seal.Items, []byte("secret"), "p")
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(sealed) * 8 {
		damaged := bytes.Clone(sealed)
		damaged[bit/8] ^= 1 << (bit % 8)
		if opened, err := keyring.Open(seal.Items, damaged, "p"); !errors.Is(err, seal.ErrDamaged) {
			t.Fatalf("bit %d flipped: opened %q, %v", bit, opened, err)
		}
	}
	for length := range sealed {
		if _, err := keyring.Open(seal.Items, sealed[:length], "p"); !errors.Is(
			err,
			seal.ErrDamaged,
		) {
			t.Fatalf("cut to %d bytes: %v", length, err)
		}
	}
}

func TestDamagedOrSwappedKeyset(t *testing.T) {
	master, source := newKey(t), newStore(t)
	unlock(t, master, source)
	tests := []struct {
		why    string
		change func(map[seal.Purpose][]byte)
	}{
		{"one bit flipped", func(w map[seal.Purpose][]byte) { w[seal.Items][40] ^= 1 }},
		{
			"two rows swapped",
			func(w map[seal.Purpose][]byte) { w[seal.Items], w[seal.Mail] = w[seal.Mail], w[seal.Items] },
		},
		{"emptied", func(w map[seal.Purpose][]byte) { w[seal.Codes] = []byte{} }},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			wrapped, err := source.Keysets(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			tt.change(wrapped)
			store := newStore(t)
			if err := store.AddKeysets(t.Context(), wrapped); err != nil {
				t.Fatal(err)
			}
			if _, err := seal.Unlock(t.Context(), master, store); !errors.Is(
				err,
				seal.ErrWrongKey,
			) {
				t.Errorf("err = %v", err)
			}
		})
	}
}

func TestRewrap(t *testing.T) {
	old, fresh, store := newKey(t), newKey(t), newStore(t)
	before := unlock(t, old, store)
	sealed, err := before.Seal(seal.Mail, []byte("text"), "p")
	if err != nil {
		t.Fatal(err)
	}
	wrapped, _ := store.Keysets(t.Context())
	if _, err := seal.Rewrap(fresh, old, wrapped); !errors.Is(err, seal.ErrWrongKey) {
		t.Errorf("rewrapping with the wrong key says %v", err)
	}
	again, err := seal.Rewrap(old, fresh, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	moved := newStore(t)
	if err := moved.AddKeysets(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	after := unlock(t, fresh, moved)
	if opened, err := after.Open(seal.Mail, sealed, "p"); err != nil || string(opened) != "text" {
		t.Errorf("what was sealed before opens as %q, %v", opened, err)
	}
	if !bytes.Equal(before.MAC(seal.Addresses, "a"), after.MAC(seal.Addresses, "a")) {
		t.Error("the hashes changed")
	}
	if _, err := seal.Unlock(t.Context(), old, moved); !errors.Is(err, seal.ErrWrongKey) {
		t.Errorf("the old key still fits: %v", err)
	}
}

// TestUnlockAtOnce: of many processes that find an empty database all must end
// up with the same keys.
func TestUnlockAtOnce(t *testing.T) {
	master, store := newKey(t), newStore(t)
	keyrings := make([]*seal.Keyring, 16)
	group, ctx := errgroup.WithContext(context.Background())
	for i := range keyrings {
		group.Go(func() (err error) {
			keyrings[i], err = seal.Unlock(ctx, master, store)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for i, keyring := range keyrings {
		sealed, err := keyring.Seal(seal.History, []byte("x"), "p")
		if err != nil {
			t.Fatal(err)
		}
		other := keyrings[(i+1)%len(keyrings)]
		if _, err := other.Open(seal.History, sealed, "p"); err != nil {
			t.Fatalf("keyrings %d and the next differ: %v", i, err)
		}
		if !bytes.Equal(keyring.MAC(seal.Chain, "x"), other.MAC(seal.Chain, "x")) {
			t.Fatalf("hashes %d and the next differ", i)
		}
	}
}

func TestMACFramesAndSeparates(t *testing.T) {
	keyring := unlock(t, newKey(t), newStore(t))
	seen := map[string]string{}
	for _, purpose := range []seal.Purpose{seal.Addresses, seal.Codes, seal.Chain, seal.Cookies} {
		for _, parts := range [][]string{{}, {""}, {"", ""}, {"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}} {
			name := fmt.Sprintf("%s %q", purpose, parts)
			sum := keyring.MAC(purpose, parts...)
			if len(sum) != 32 {
				t.Errorf("%s: %d bytes", name, len(sum))
			}
			if earlier, ok := seen[string(sum)]; ok {
				t.Errorf("%s and %s have one hash", name, earlier)
			}
			seen[string(sum)] = name
		}
	}
}

func TestNewID(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	earlier, err := seal.NewID(at, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	later, _ := seal.NewID(at.Add(time.Millisecond), rand.Reader)
	same, _ := seal.NewID(at, rand.Reader)
	if len(earlier) != 26 || earlier >= later || earlier == same {
		t.Errorf("ids %q %q %q", earlier, later, same)
	}
	if _, err := seal.NewID(at, bytes.NewReader(nil)); err == nil {
		t.Error("an id was made without randomness")
	}
}

// TestRefresh: a keyring that only seals uses new keys of another process once it looks for them.
func TestRefresh(t *testing.T) {
	master, store := newKey(t), newStore(t)
	writer := unlock(t, master, store)
	if renewed, err := writer.Refresh(); renewed || err != nil {
		t.Fatalf("nothing changed: %v, %v", renewed, err)
	}
	from, err := store.Keysets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	to, err := seal.Renew(master, from)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.SwapKeysets(t.Context(), from, to, audit.Entry{}); err != nil {
		t.Fatal(err)
	}
	if renewed, err := writer.Refresh(); !renewed || err != nil {
		t.Fatalf("the keys were renewed: %v, %v", renewed, err)
	}
	sealed, err := writer.Seal(seal.Items, []byte("hunter2"), "items", "vault", "item")
	if err != nil || !unlock(t, master, store).IsNewest(seal.Items, sealed) {
		t.Errorf("sealed with an earlier key, %v", err)
	}
}
