package importer

import (
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/vault"
)

// bitwardenAll has each type of item, and what has no place here.
const bitwardenAll = `{"encrypted":false,
"folders":[{"id":"f1","name":"Work/Servers"}],
"items":[
{"id":"11111111-0000-4000-8000-000000000001","folderId":"f1","type":1,"reprompt":1,"name":"Wiki",
 "notes":"one\ntwo","favorite":true,"collectionIds":null,"organizationId":null,
 "creationDate":"2023-04-05T06:07:08.900Z","revisionDate":"2024-04-05T06:07:08Z","deletedDate":null,
 "passwordHistory":[{"lastUsedDate":"2023-01-01T00:00:00Z","password":"older"}],
 "fields":[{"name":"pin","value":"1234","type":1,"linkedId":null},{"name":"flag","value":"true","type":2},
  {"name":"room","value":"7","type":0},{"name":"linked","value":null,"type":3,"linkedId":100}],
 "login":{"uris":[{"match":2,"uri":"https://wiki.example"},{"match":null,"uri":"https://w.example"}],
  "username":"ann","password":"pw-1","totp":"otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ",
  "fido2Credentials":[{"credentialId":"c","rpId":"wiki.example"}]}},
{"id":"2","type":2,"name":"Note","notes":"text","secureNote":{"type":0}},
{"id":"3","type":3,"name":"Card","card":{"cardholderName":"Ann","brand":"Visa","number":"4111111111111111",
 "expMonth":"4","expYear":"2031","code":"123"}},
{"id":"4","type":4,"name":"Ann","identity":{"title":"Dr","firstName":"Ann","middleName":null,"lastName":"Lee",
 "address1":"1 Way","address2":null,"city":"Town","state":"CA","postalCode":"123","country":"US",
 "company":"Acme","email":"ann@a.example","phone":"+1 2","ssn":"078-05-1120","username":"annlee",
 "passportNumber":"P1","licenseNumber":"L1"}},
{"id":"5","type":5,"name":"Key","sshKey":{"privateKey":"PRIV","publicKey":"PUB","keyFingerprint":"SHA256:x"}},
{"id":"6","type":6,"name":"Bank","bankAccount":{"bankName":"First","accountNumber":"42"}},
{"id":"7","type":99,"name":"New kind","hologram":{"lightColor":"red"}},
{"id":"8","type":1,"name":"Gone","deletedDate":"2024-01-01T00:00:00Z","login":{}},
{"id":"9","type":1,"name":"Filed","archivedDate":"2024-01-01T00:00:00Z","login":{}},
17]}`

func TestBitwarden(t *testing.T) {
	archive := mustRead(t, []byte(bitwardenAll))
	checkItems(t, archive)
	all := items(t, archive)
	if archive.Format != "Bitwarden export" || archive.Entries != 10 || len(all) != 7 {
		t.Fatalf("%s: %d entries, %d items", archive.Format, archive.Entries, len(all))
	}
	wiki := all[0]
	want := vault.ImportedItem{
		VaultTitle: "Bitwarden",
		Origin: vault.Origin{
			Account: "bitwarden", Item: "11111111-0000-4000-8000-000000000001",
		},
		Item: vault.Item{
			Title: "Wiki", Category: vault.Login, Notes: "one\ntwo", Tags: []string{"Work/Servers"},
			CreatedAt: time.Date(2023, 4, 5, 6, 7, 8, 0, time.UTC),
			UpdatedAt: time.Date(2024, 4, 5, 6, 7, 8, 0, time.UTC),
			Websites: []vault.Website{
				{Label: "website", URL: "https://wiki.example"},
				{Label: "website", URL: "https://w.example"},
			},
			Fields: []vault.Field{
				{ID: "username", Title: "username", Type: vault.FieldText, Value: "ann"},
				{ID: "password", Title: "password", Type: vault.FieldConcealed, Value: "pw-1"},
				{
					ID: "totp", Title: "one-time password", Type: vault.FieldTOTP,
					Value: "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ",
				},
				{ID: "field-1", Title: "pin", Type: vault.FieldConcealed, Value: "1234"},
				{ID: "field-2", Title: "flag", Type: vault.FieldText, Value: "true"},
				{ID: "field-3", Title: "room", Type: vault.FieldText, Value: "7"},
			},
		},
	}
	checkImported(t, wiki, want)
	checkFields(t, all[2], vault.CreditCard, "cardholder name=Ann", "number=4111111111111111",
		"verification number=123", "type=Visa", "expiry date=2031-04")
	checkFields(t, all[3], vault.Identity, "title=Dr", "first name=Ann", "last name=Lee", "company=Acme",
		"social security number=078-05-1120", "passport number=P1", "license number=L1",
		"address=1 Way\n123 Town\nCA\nUS", "username=annlee", "email=ann@a.example", "phone=+1 2")
	checkFields(t, all[4], vault.SSHKey, "private key=PRIV", "public key=PUB", "fingerprint=SHA256:x")
	checkFields(t, all[5], vault.BankAccount, "Bank name=First", "Account number=42")
	checkFields(t, all[6], vault.Unsupported, "Light color=red")
	wantFindings := []string{
		"detail: Wiki / linked", "passkey: Wiki", "password_history: Wiki", "favorite: Wiki",
		"category: New kind / 99", "trashed: Gone", "archived: Filed", "!item: Untitled",
	}
	got := findings(archive)
	slices.Sort(got)
	slices.Sort(wantFindings)
	if !slices.Equal(got, wantFindings) {
		t.Errorf("findings %q\nwant %q", got, wantFindings)
	}
	if archive.Report.Settings["items.reprompt"] != 1 ||
		archive.Report.Settings["items.login.uris.match"] != 1 {
		t.Errorf("settings %v", archive.Report.Settings)
	}
}

func TestBitwardenCollections(t *testing.T) {
	archive := mustRead(t, []byte(`{"encrypted":false,"items":[
		{"id":"1","organizationId":"o","collectionIds":["c2","c1"],"type":2,"name":"A","notes":"n"}],
		"collections":[{"id":"c1","organizationId":"o","name":"Ops","externalId":null},
		{"id":"c2","organizationId":"o","name":"Team","externalId":"x"}]}`))
	all := items(t, archive)
	if len(all) != 1 || all[0].VaultTitle != "Team" || !slices.Equal(all[0].Item.Tags, []string{"Ops"}) ||
		all[0].Origin != (vault.Origin{Account: "bitwarden o", Vault: "c2", Item: "1"}) {
		t.Errorf("got %+v", all)
	}
	checkReport(t, archive)
}

func TestBitwardenAttachments(t *testing.T) {
	archive := mustRead(t, zipped(t,
		entry{"data.json", []byte(`{"items":[{"id":"1","type":2,"name":"A","notes":"n"}]}`)},
		entry{"attachments/1/plan.txt", []byte("the plan")},
		entry{"attachments/2/lost.txt", []byte("of nobody")}))
	all := items(t, archive)
	if len(all) != 1 || len(all[0].Item.Files) != 1 || all[0].Item.Files[0].Name != "plan.txt" ||
		content(t, all[0], 0) != "the plan" {
		t.Errorf("got %+v", all)
	}
	if got := archive.Report.Unused; !slices.Equal(got, []string{"attachments/2/lost.txt"}) {
		t.Errorf("unused %q", got)
	}
	checkReport(t, archive)
}

func TestEncryptedExportsAreRefused(t *testing.T) {
	for why, text := range map[string]string{
		"Bitwarden":        `{"encrypted":true,"encKeyValidation_DO_NOT_EDIT":"x","items":[]}`,
		"with a password":  `{"encrypted":true,"passwordProtected":true,"salt":"x","data":"y"}`,
		"Proton Pass, PGP": "-----BEGIN PGP MESSAGE-----\n\nx",
		"KeePass":          "\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5",
	} {
		t.Run(why, func(t *testing.T) {
			_, err := readBytes([]byte(text))
			if err == nil || !strings.Contains(err.Error(), "encrypted") {
				t.Errorf("got %v", err)
			}
		})
	}
}
