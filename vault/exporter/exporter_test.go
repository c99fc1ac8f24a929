package exporter_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"itemshare/audit"
	"itemshare/db"
	"itemshare/db/dbtest"
	"itemshare/seal"
	"itemshare/vault"
	"itemshare/vault/exporter"
	"itemshare/vault/importer"
	"itemshare/vault/local"
)

var testTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func open(t *testing.T) *local.Vault {
	t.Helper()
	store, err := db.Open(t.Context(), db.Config{URL: dbtest.URL(t), Clock: time.Now})
	noError(t, err)
	t.Cleanup(func() { store.Close() })
	master, err := seal.ParseMasterKey(
		base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)),
	)
	noError(t, err)
	ring, err := seal.Unlock(t.Context(), master, store)
	noError(t, err)
	return local.New(local.Config{
		Store: store, Box: ring.Box(seal.Items),
		Audit: audit.NewLog(ring.Box(seal.Audit), ring.Hasher(seal.Addresses)),
		Clock: func() time.Time { return testTime }, Random: rand.Reader,
	})
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fieldTypes are all types of fields.
var fieldTypes = []vault.FieldType{
	vault.FieldText, vault.FieldConcealed, vault.FieldCreditCardType, vault.FieldCreditCardNumber,
	vault.FieldPhone, vault.FieldURL, vault.FieldTOTP, vault.FieldEmail, vault.FieldReference,
	vault.FieldSSHKey, vault.FieldMenu, vault.FieldMonthYear, vault.FieldAddress, vault.FieldDate,
	vault.FieldUnsupported,
}

// texts are values that formats and programs stumble over.
var texts = rapid.OneOf(
	rapid.SampledFrom([]string{
		"", "0", "false", "null", "male", "mc", "wpa", "us", "2030-12", "2030-13", "2030-12-01", "1969-12-31",
		"0001-01-01", " a ", "a\nb\r\n\tc", "\x00\x01", "<b>&amp;", `"\'`, "=1+1", "é\u202e\ufeff", "😀",
		"otpauth://totp/x?secret=GEZDGNBV", "https://a.example", strings.Repeat("long ", 1000),
		"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\n" +
			"-----END PRIVATE KEY-----\n",
	}),
	rapid.StringN(0, 20, 80).Filter(isValid),
)

func isValid(text string) bool { return strings.ToValidUTF8(text, "?") == text }

var names = rapid.StringMatching(`[A-Za-zé <>&"]{1,20}`).Filter(func(s string) bool {
	return strings.TrimSpace(s) == s
})

// items generates any item.
func items(vaultID string) *rapid.Generator[vault.Item] {
	return rapid.Custom(func(t *rapid.T) vault.Item {
		item := vault.Item{
			VaultID: vaultID, Title: names.Draw(t, "title"),
			Category: rapid.SampledFrom(vault.Categories()).Draw(t, "category"),
			Notes:    texts.Draw(t, "notes"),
			Tags:     rapid.SliceOfNDistinct(names, 0, 3, rapid.ID[string]).Draw(t, "tags"),
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "sections") {
			item.Sections = append(item.Sections, vault.Section{
				ID: fmt.Sprint("s", i), Title: texts.Draw(t, "section"),
			})
		}
		for i := range rapid.IntRange(0, 8).Draw(t, "fields") {
			id := fmt.Sprint("f", i)
			if i < 2 && rapid.Bool().Draw(t, "login") {
				id = []string{"username", "password"}[i]
			}
			field := vault.Field{
				ID: id, Title: texts.Draw(t, "label"), Value: texts.Draw(t, "value"),
				Type: rapid.SampledFrom(fieldTypes).Draw(t, "type"),
			}
			if n := len(item.Sections); n > 0 && rapid.Bool().Draw(t, "sectioned") {
				field.SectionID = item.Sections[rapid.IntRange(0, n-1).Draw(t, "of")].ID
			}
			item.Fields = append(item.Fields, field)
		}
		for range rapid.IntRange(0, 2).Draw(t, "websites") {
			item.Websites = append(item.Websites, vault.Website{
				Label: texts.Draw(t, "site label"),
				URL:   "https://" + rapid.StringMatching(`[a-z]{1,5}`).Draw(t, "host") + ".example",
			})
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "files") {
			item.Files = append(item.Files, vault.File{
				ID: fmt.Sprint("file", i), Name: rapid.SampledFrom([]string{
					"a.txt", "../../b", `c\d:e*`, "é😀.pdf", "no extension",
				}).Draw(t, "file"), Type: rapid.SampledFrom([]string{"", "text/plain"}).Draw(t, "media"),
			})
		}
		return item
	})
}

// TestImportReadsTheSame exports any items and reads the export: each is the same, files included.
func TestImportReadsTheSame(t *testing.T) {
	store := open(t)
	number := 0
	rapid.Check(t, func(r *rapid.T) {
		number++
		info, err := store.AddVault(t.Context(), "", fmt.Sprint("Vault ", number))
		if err != nil {
			r.Fatal(err)
		}
		for range rapid.IntRange(1, 3).Draw(r, "items") {
			made, err := store.AddItem(t.Context(), items(info.ID).Draw(r, "item"), openText)
			if err != nil {
				r.Fatal(err)
			}
			if rapid.Bool().Draw(r, "archived") {
				if err := store.ArchiveItem(t.Context(), "", info.ID, made.ID); err != nil {
					r.Fatal(err)
				}
			}
		}
		check(t.Context(), r, store, info)
	})
}

// openText returns the bytes of a test's file.
func openText(id string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("bytes of " + id)), nil
}

func check(ctx context.Context, t *rapid.T, store *local.Vault, info vault.Info) {
	var out bytes.Buffer
	counts, err := exporter.Write(ctx, &out, exporter.Export{
		From: store, Vaults: []vault.Info{info}, Account: "here", Now: testTime,
	})
	if err != nil {
		t.Fatal(err)
	}
	archive, err := importer.ReadFrom(
		ctx, bytes.NewReader(out.Bytes()), int64(out.Len()), importer.Options{Archived: true},
	)
	if err != nil {
		t.Fatal(err)
	}
	b := archive.Report.Balance
	if archive.Report.Problems != 0 || len(archive.Report.Findings) != 0 || b.Items != counts.Items ||
		b.Entries != b.EntriesTaken {
		t.Fatalf("report %+v", archive.Report)
	}
	for entry, err := range archive.Items() {
		if err != nil {
			t.Fatal(err)
		}
		want, err := store.Item(ctx, info.ID, entry.Origin.Item)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range want.Files {
			if got, want := bytesOf(t, entry.Open, file.ID), contentOf(ctx, t, store, want, file.ID); got != want {
				t.Fatalf("file %q is %q, want %q", file.Name, got, want)
			}
		}
		want.ID, want.VaultID, want.Version, want.ArchivedAt = "", "", 0, time.Time{}
		if diff := cmp.Diff(want, entry.Item, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("item (-want +got):\n%s", diff)
		}
		if entry.VaultTitle != info.Title || entry.Origin.Vault != info.ID ||
			entry.Origin.Account != "here" {
			t.Fatalf("origin %+v of %s", entry.Origin, entry.VaultTitle)
		}
	}
}

func bytesOf(t *rapid.T, open func(string) (io.ReadCloser, error), id string) string {
	content, err := open(id)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	all, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func contentOf(
	ctx context.Context, t *rapid.T, store *local.Vault, item vault.Item, id string,
) string {
	return bytesOf(t, func(id string) (io.ReadCloser, error) {
		return store.OpenFile(ctx, item.VaultID, item.ID, id)
	}, id)
}
