package share

import (
	"context"
	"crypto/rand"
	"maps"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/seal"
)

// newTestService returns a service without a store. Its keyring and audit log are real.
func newTestService(t testing.TB) *Service {
	t.Helper()
	keys := newTestKeyring(t)
	return New(Config{
		Keyring: keys, Audit: audit.NewLog(keys.Box(seal.Audit), keys.Hasher(seal.Addresses)), Random: rand.Reader,
		Clock: func() time.Time { return time.Unix(1_800_000_000, 0) }, BaseURL: "https://share.example",
	})
}

func newTestKeyring(t testing.TB) *seal.Keyring {
	t.Helper()
	master, err := seal.ParseMasterKey("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.Unlock(context.Background(), master, keysets{})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// keysets stores wrapped keysets in memory.
type keysets map[seal.Purpose][]byte

func (k keysets) Keysets(
	context.Context,
) (map[seal.Purpose][]byte, error) {
	return maps.Clone(k), nil
}

func (k keysets) AddKeysets(_ context.Context, wrapped map[seal.Purpose][]byte) error {
	maps.Copy(k, wrapped)
	return nil
}
