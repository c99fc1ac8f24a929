package local

import (
	"bytes"
	"context"
	"encoding/base64"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/seal"
	"itemshare/vault"
)

// keysets is an installation's keys, in memory.
type keysets map[seal.Purpose][]byte

func (k keysets) Keysets(context.Context) (map[seal.Purpose][]byte, error) { return k, nil }

func (k keysets) AddKeysets(_ context.Context, wrapped map[seal.Purpose][]byte) error {
	for purpose, bytes := range wrapped {
		k[purpose] = bytes
	}
	return nil
}

func box(t *testing.T) seal.Box {
	t.Helper()
	master, err := seal.ParseMasterKey(
		base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32)),
	)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := seal.Unlock(t.Context(), master, keysets{})
	if err != nil {
		t.Fatal(err)
	}
	return ring.Box(seal.Items)
}

// TestStoredForm holds the form of what is sealed: databases hold it for years,
// so that a renamed field or another place must be noticed here.
func TestStoredForm(t *testing.T) {
	v := New(Config{Box: box(t)})
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	item := vault.Item{
		ID: "i", VaultID: "v", Title: "T", Category: vault.Login, Notes: "N", Tags: []string{
			"t",
		}, Version: 3, CreatedAt: at, UpdatedAt: at,
		Fields: []vault.Field{
			{ID: "username", Title: "u", SectionID: "s", Type: vault.FieldText, Value: "ann"},
		}, Sections: []vault.Section{{ID: "s", Title: "S"}},
		Websites: []vault.Website{
			{Label: "l", URL: "https://a.example"},
		}, Files: []vault.File{{ID: "f", Name: "n", Type: "text/plain", Size: 7}},
	}
	const body = `{"ID":"i","VaultID":"v","Title":"T","Category":"Login",` +
		`"Fields":[{"ID":"username","Title":"u","SectionID":"s","Type":"Text","Value":"ann"}],` +
		`"Sections":[{"ID":"s","Title":"S"}],"Notes":"N","Tags":["t"],` +
		`"Websites":[{"Label":"l","URL":"https://a.example"}],` +
		`"Files":[{"ID":"f","Name":"n","Type":"text/plain","Size":7}],"Version":3,` +
		`"CreatedAt":"2026-01-02T03:04:05Z","UpdatedAt":"2026-01-02T03:04:05Z"}`
	const overview = `{"ID":"i","VaultID":"v","Title":"T","Subtitle":"ann","Category":"Login",` +
		`"Sites":["a.example"],"Tags":["t"],"Version":3,` +
		`"UpdatedAt":"2026-01-02T03:04:05Z","By":"u","SavedAt":"2026-01-02T03:04:05Z","Source":"AQ==","Digest":"Ag=="}`
	row, err := v.sealItem(
		item,
		provenance{By: "u", SavedAt: at, Source: []byte{1}, Digest: []byte{2}},
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		sealed []byte
		want   string
		place  []string
	}{
		{row.Body, body, []string{"item_bodies", "v", "i", "3"}},
		{row.Overview, overview, []string{"items", "v", "i", "3"}},
	} {
		opened, err := v.c.Box.Open(c.sealed, c.place...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, string(opened)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.place[0], diff)
		}
	}
	if got := chunkPlace("v", "i", "f", 2, true); !cmp.Equal(
		got,
		[]string{"file_chunks", "v", "i", "f", "2", "last"},
	) ||
		chunkBytes != 1<<20 {
		t.Errorf("a chunk's place is %q", got)
	}
}
