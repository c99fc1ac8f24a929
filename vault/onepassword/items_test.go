package onepassword

import (
	"encoding/json"
	"testing"

	sdk "github.com/1password/onepassword-sdk-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"itemshare/vault"
)

// TestItemsAsTheSDKDecodesThem decodes the SDK's own JSON with the SDK's own types.
func TestItemsAsTheSDKDecodesThem(t *testing.T) {
	const text = `{"id":"i","title":"T","category":"Hologram","vaultId":"v","version":3,
	 "createdAt":"2026-01-02T03:04:05+01:00","updatedAt":"2026-01-02T03:04:05Z","notes":"n","tags":["x"],
	 "websites":[{"url":"https://a.example","label":"site","autofillBehavior":"Never"}],
	 "sections":[{"id":"s","title":"S"}],
	 "fields":[
	  {"id":"1","title":"a","fieldType":"Address","value":"one line","details":{"type":"Address",
	  "content":{"street":"12 Example Street","city":"Sampletown","country":"Exampleland",
	  "zip":"12345","state":"Middle"}}},
	  {"id":"2","title":"b","fieldType":"Address","value":"as it is"},
	  {"id":"3","title":"c","fieldType":"MonthYear","value":"02/2031","sectionId":"s"},
	  {"id":"4","title":"d","fieldType":"MonthYear","value":"soon"},
	  {"id":"5","title":"e","fieldType":"Totp","value":"otpauth://totp/x?secret=AAAA",
	  "details":{"type":"Otp","content":{"code":"123456"}}},
	  {"id":"6","title":"f","fieldType":"Passkey","value":"?"},
	  {"id":"7","title":"private key","fieldType":"SshKey","value":"k","details":{"type":"SshKey",
	  "content":{"publicKey":"p","fingerprint":"f","keyType":"Ed25519"}}},
	  {"id":"8","title":"h","fieldType":"SshKey","value":"k","details":{"type":"SshKey","content":null}},
	  {"id":"9","title":"i","fieldType":"Address","value":"odd","details":{"type":"Otp","content":{}}}],
	 "document":{"name":"doc.PDF","id":"d","size":5},
	 "files":[{"attributes":{"name":"x","id":"f1","size":7},"sectionId":"s","fieldId":"ff"}]}`
	var from sdk.Item
	if err := json.Unmarshal([]byte(text), &from); err != nil {
		t.Fatal(err)
	}
	got := itemOf(from)
	want := vault.Item{
		ID: "i", VaultID: "v", Title: "T", Category: vault.Unsupported, Notes: "n", Tags: []string{"x"}, Version: 3,
		Websites: []vault.Website{
			{Label: "site", URL: "https://a.example"},
		}, Sections: []vault.Section{{ID: "s", Title: "S"}},
		Fields: []vault.Field{
			{
				ID:    "1",
				Title: "a",
				Type:  vault.FieldAddress,
				Value: "12 Example Street\n12345 Sampletown\nMiddle\nExampleland",
			},
			{ID: "2", Title: "b", Type: vault.FieldAddress, Value: "as it is"},
			{ID: "3", Title: "c", Type: vault.FieldMonthYear, Value: "2031-02", SectionID: "s"},
			{ID: "4", Title: "d", Type: vault.FieldMonthYear, Value: "soon"},
			{ID: "5", Title: "e", Type: vault.FieldTOTP, Value: "otpauth://totp/x?secret=AAAA"},
			{ID: "6", Title: "f", Type: vault.FieldUnsupported, Value: "?"},
			{ID: "7", Title: "private key", Type: vault.FieldSSHKey, Value: "k"},
			{ID: "7-public-key", Title: "public key", Type: vault.FieldText, Value: "p"},
			{ID: "7-fingerprint", Title: "fingerprint", Type: vault.FieldText, Value: "f"},
			{ID: "7-key-type", Title: "key type", Type: vault.FieldText, Value: "Ed25519"},
			{ID: "8", Title: "h", Type: vault.FieldSSHKey, Value: "k"},
			{ID: "9", Title: "i", Type: vault.FieldAddress, Value: "odd"},
		},
		Files: []vault.File{
			{ID: "d", Name: "doc.PDF", Type: "application/pdf", Size: 5},
			{ID: "f1", Name: "x", Size: 7},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(vault.Item{}, "CreatedAt", "UpdatedAt")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.CreatedAt.Location().String() != "UTC" || got.CreatedAt.Hour() != 2 {
		t.Errorf("made at %s", got.CreatedAt)
	}
}

// TestAllCategoriesAndFieldTypes asserts that categories and field types have the SDK's names.
func TestAllCategoriesAndFieldTypes(t *testing.T) {
	for _, c := range vault.Categories() {
		if got := categoryOf(sdk.ItemCategory(c)); got != c {
			t.Errorf("%s reads as %s", c, got)
		}
	}
	for _, f := range []sdk.ItemFieldType{
		sdk.ItemFieldTypeText, sdk.ItemFieldTypeConcealed, sdk.ItemFieldTypeCreditCardType,
		sdk.ItemFieldTypeCreditCardNumber,
		sdk.ItemFieldTypePhone, sdk.ItemFieldTypeURL, sdk.ItemFieldTypeTOTP, sdk.ItemFieldTypeEmail,
		sdk.ItemFieldTypeReference,
		sdk.ItemFieldTypeSSHKey, sdk.ItemFieldTypeMenu, sdk.ItemFieldTypeMonthYear,
		sdk.ItemFieldTypeAddress, sdk.ItemFieldTypeDate,
	} {
		if got := typeOf(f); string(got) != string(f) {
			t.Errorf("%s reads as %s", f, got)
		}
	}
}

// TestTruncatedFileIsAnError asserts that a file shorter than its stated size is an error.
func TestTruncatedFileIsAnError(t *testing.T) {
	if _, err := wholeFile([]byte("abc"), 4); err == nil {
		t.Error("three bytes pass for four")
	}
}
