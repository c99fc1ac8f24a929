package onepassword_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"itemshare/vault"
	"itemshare/vault/onepassword"
	"itemshare/vault/onepassword/standin"
	"itemshare/vault/vaulttest"
)

// token stands for a service account's token, which must appear in no output.
const token = "ops_eyJzaWduSW5BZGRyZXNzIjoibXkuMXBhc3N3b3JkLmNvbSJ9"

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// testBackend is a backend over a stand-in account, with a clock that the test advances.
type testBackend struct {
	*onepassword.Backend
	t           *testing.T
	account     *standin.Account
	elapsed     atomic.Int64 // since start, in nanoseconds
	connections int
	connect     func() error // nil: connecting succeeds
	contents    vaulttest.Contents
}

func newBackend(t *testing.T, change ...func(*onepassword.Config)) *testBackend {
	t.Helper()
	b := &testBackend{t: t}
	b.account = standin.New(b.now, rand.Reader)
	b.fill()
	config := onepassword.Config{
		Token: token, Clock: b.now,
		Connect: func(context.Context) (onepassword.Client, error) {
			b.connections++
			if b.connect != nil {
				if err := b.connect(); err != nil {
					return nil, err
				}
			}
			return b.account.Client(), nil
		},
	}
	for _, f := range change {
		f(&config)
	}
	b.Backend = onepassword.New(config)
	return b
}

func (b *testBackend) now() time.Time { return start.Add(time.Duration(b.elapsed.Load())) }

func (b *testBackend) advance(d time.Duration) { b.elapsed.Add(int64(d)) }

// fill adds two vaults to the account: one with items of every sort, one with a single item.
func (b *testBackend) fill() {
	files := map[string][]byte{
		"plan": []byte("%PDF-1.4 plan"),
		"log":  bytes.Repeat([]byte("line\n"), 100_000),
		"none": {},
	}
	from := func(id string) (io.ReadCloser, error) {
		content, ok := files[id]
		if !ok {
			return nil, fmt.Errorf("no file %s", id)
		}
		return io.NopCloser(bytes.NewReader(content)), nil
	}
	b.contents = vaulttest.Contents{Files: map[string][]byte{}, Overview: listOverview}
	for _, group := range []struct {
		title string
		items []vault.Item
	}{
		{"Zebra", sampleItems()},
		{"apple", []vault.Item{
			{Title: "Lonely", Category: vault.SecureNote, Notes: "alone"},
		}},
	} {
		for i := range group.items {
			group.items[i].CreatedAt = start.AddDate(0, -1, -i)
			group.items[i].UpdatedAt = start.Add(-time.Duration(i) * time.Hour)
		}
		info, items, err := b.account.Add(group.title, group.items, from)
		if err != nil {
			b.t.Fatal(err)
		}
		b.contents.Vaults = append(b.contents.Vaults, info)
		b.contents.Items = append(b.contents.Items, items...)
		for n, item := range group.items {
			for i, file := range item.Files {
				b.contents.Files[items[n].Files[i].ID] = files[file.ID]
			}
		}
	}
}

// listOverview returns an item as the SDK's lists show it: without fields, files and version.
func listOverview(item vault.Item) vault.Overview {
	item.Fields, item.Files, item.Version = nil, nil, 0
	return vault.OverviewOf(item)
}

func sampleItems() []vault.Item {
	return []vault.Item{
		{
			Title: "Mail", Category: vault.Login, Version: 7, Tags: []string{"a", "b"}, Notes: "two\nlines",
			Websites: []vault.Website{{Label: "website", URL: "https://mail.example/login"}},
			Fields: []vault.Field{
				{ID: "username", Title: "username", Type: vault.FieldText, Value: "ann"},
				{
					ID:    "password",
					Title: "password",
					Type:  vault.FieldConcealed,
					Value: "correct horse battery",
				},
				{
					ID:    "otp",
					Title: "one-time password",
					Type:  vault.FieldTOTP,
					Value: "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ",
				},
			},
		},
		{
			Title: "Every kind of field", Category: vault.Identity,
			Sections: []vault.Section{{ID: "s1", Title: "First"}, {ID: "s2", Title: "Second"}},
			Fields: []vault.Field{
				{ID: "1", Title: "card", Type: vault.FieldCreditCardType, Value: "visa"},
				{
					ID:        "2",
					Title:     "number",
					Type:      vault.FieldCreditCardNumber,
					Value:     "4111111111111111",
					SectionID: "s1",
				},
				{
					ID:        "3",
					Title:     "phone",
					Type:      vault.FieldPhone,
					Value:     "+1 555 0100",
					SectionID: "s1",
				},
				{ID: "4", Title: "page", Type: vault.FieldURL, Value: "https://ann.example"},
				{ID: "5", Title: "mail", Type: vault.FieldEmail, Value: "ann@company.example"},
				{ID: "6", Title: "related", Type: vault.FieldReference, Value: "abc"},
				{ID: "7", Title: "choice", Type: vault.FieldMenu, Value: "one"},
				{
					ID:        "8",
					Title:     "expires",
					Type:      vault.FieldMonthYear,
					Value:     "2031-02",
					SectionID: "s2",
				},
				{
					ID:    "9",
					Title: "address",
					Type:  vault.FieldAddress,
					Value: "12 Example Street\n12345 Sampletown\nExampleland",
				},
				{ID: "10", Title: "born", Type: vault.FieldDate, Value: "1990-04-01"},
				{ID: "11", Title: "hologram", Type: vault.FieldUnsupported, Value: "{}"},
			},
		},
		{
			Title: "Deploy key", Category: vault.SSHKey, Fields: []vault.Field{
				{
					ID:    "private_key",
					Title: "private key",
					Type:  vault.FieldSSHKey,
					Value: "-----BEGIN NOTHING-----",
				},
				{
					ID:    "private_key-public-key",
					Title: "public key",
					Type:  vault.FieldText,
					Value: "ssh-ed25519 AAAA",
				},
				{
					ID:    "private_key-fingerprint",
					Title: "fingerprint",
					Type:  vault.FieldText,
					Value: "SHA256:0000",
				},
				{
					ID:    "private_key-key-type",
					Title: "key type",
					Type:  vault.FieldText,
					Value: "Ed25519",
				},
			},
		},
		{
			Title: "Lease", Category: vault.Document, Files: []vault.File{
				{
					ID:   "plan",
					Name: "plan.pdf",
					Type: "application/pdf",
				}, {ID: "log", Name: "access.log", Type: "text/plain"}, {ID: "none", Name: "empty"},
			},
		},
		{
			Title:    "mail",
			Category: vault.Login,
			Websites: []vault.Website{{URL: "https://other.example"}},
		},
		{Title: "From the future", Category: vault.Unsupported},
	}
}

func TestBackend(t *testing.T) {
	b := newBackend(t)
	vaulttest.Run(t, b.Backend, b.contents)
	if n := b.account.Overlaps(); n > 0 {
		t.Errorf("%d calls began while another ran", n)
	}
	if b.connections != 1 {
		t.Errorf("%d clients were made", b.connections)
	}
}

var errUnknown = errors.New("something new")
