package importer

import (
	"slices"
	"testing"
	"time"

	"itemshare/vault"
)

// protonAll has each type of item, and what has no place here.
const protonAll = `{"version":"1.30.0","userId":"u1","encrypted":false,"vaults":{
"v1":{"name":"Personal","description":"mine","display":{"color":3,"icon":2},
"folders":[{"folderId":"fo","parentFolderId":null,"name":"Bills"}],"items":[
{"itemId":"i1","shareId":"s","folderId":"fo","state":1,"createTime":1700000000,"modifyTime":1710000000,
 "pinned":true,"aliasEmail":null,"contentFormatVersion":7,"files":["plan.txt"],
 "data":{"type":"login","metadata":{"name":"Wiki","note":"a note","itemUuid":"x1"},
 "platformSpecific":{"android":{"allowedApps":[]}},
 "extraFields":[{"fieldName":"second","type":"totp","data":{"totpUri":"GEZDGNBVGY3TQOJQ"}},
  {"fieldName":"pin","type":"hidden","data":{"content":"1234"}},
  {"fieldName":"room","type":"text","data":{"content":"7"}},
  {"fieldName":"since","type":"timestamp","data":{"timestamp":"2024-02-03T00:00:00Z"}}],
 "content":{"itemEmail":"ann@a.example","itemUsername":"ann","password":"pw","urls":["https://w.example"],
  "autofillUrls":[{"url":"https://w.example","mode":0}],"totpUri":"otpauth://totp/x?secret=GEZDGNBV",
  "passkeys":[{"keyId":"k","rpId":"w.example"}]}}},
{"itemId":"i2","state":1,"data":{"type":"note","metadata":{"name":"Note","note":"text"},"extraFields":[],"content":{}}},
{"itemId":"i3","state":1,"data":{"type":"creditCard","metadata":{"name":"Card","note":""},"extraFields":[],
 "content":{"cardholderName":"Ann","cardType":1,"number":"4111","verificationNumber":"123",
 "expirationDate":"2031-04","pin":"99"}}},
{"itemId":"i4","state":1,"data":{"type":"identity","metadata":{"name":"Ann","note":""},"extraFields":[],
 "content":{"fullName":"Ann Lee","email":"a@a.example","streetAddress":"1 Way","zipOrPostalCode":"123",
 "city":"Town","countryOrRegion":"US","xHandle":"@ann","company":"Acme",
 "extraWorkDetails":[{"fieldName":"desk","type":"text","data":{"content":"12"}}],
 "extraSections":[{"sectionName":"More","sectionFields":[{"fieldName":"a","type":"text","data":{"content":"b"}}]}]}}},
{"itemId":"i5","state":1,"aliasEmail":"x@alias.example","data":{"type":"alias","metadata":{"name":"Alias","note":""},
 "extraFields":[],"content":{}}},
{"itemId":"i6","state":1,"data":{"type":"sshKey","metadata":{"name":"Key"},"content":{"privateKey":"PRIV",
 "publicKey":"PUB","sections":[]}}},
{"itemId":"i7","state":1,"data":{"type":"wifi","metadata":{"name":"Net"},"content":{"ssid":"home","password":"pw",
 "security":2,"sections":[{"sectionName":"S","sectionFields":[{"fieldName":"a","type":"text",
  "data":{"content":"b"}}]}]}}},
{"itemId":"i8","state":2,"data":{"type":"note","metadata":{"name":"Gone"},"content":{}}}
]}}}`

func TestProton(t *testing.T) {
	archive := mustRead(t, zipped(t, entry{"Proton Pass/data.json", []byte(protonAll)},
		entry{"Proton Pass/files/plan.txt", []byte("the plan")}))
	checkItems(t, archive)
	all := items(t, archive)
	if archive.Format != "Proton Pass export" || archive.Entries != 8 || len(all) != 7 {
		t.Fatalf("%s: %d entries, %d items", archive.Format, archive.Entries, len(all))
	}
	wiki := all[0]
	if wiki.VaultTitle != "Personal" || wiki.Item.Notes != "a note" ||
		wiki.Origin != (vault.Origin{Account: "proton u1", Vault: "v1", Item: "i1"}) ||
		!slices.Equal(wiki.Item.Tags, []string{"Bills"}) || len(wiki.Item.Websites) != 1 ||
		!wiki.Item.CreatedAt.Equal(time.Unix(1700000000, 0)) || content(t, wiki, 0) != "the plan" {
		t.Errorf("got %+v", wiki)
	}
	checkFields(t, wiki, vault.Login, "username=ann", "password=pw", "email=ann@a.example",
		"one-time password=otpauth://totp/x?secret=GEZDGNBV", "second=GEZDGNBVGY3TQOJQ", "pin=1234",
		"room=7", "since=2024-02-03")
	checkFields(t, all[2], vault.CreditCard, "cardholder name=Ann", "number=4111",
		"verification number=123", "PIN=99", "expiry date=2031-04")
	checkFields(t, all[3], vault.Identity, "full name=Ann Lee", "email=a@a.example",
		"address=1 Way\n123 Town\nUS", "X handle=@ann", "company=Acme", "desk=12", "a=b")
	checkFields(t, all[4], vault.Login, "username=x@alias.example")
	checkFields(t, all[5], vault.SSHKey, "private key=PRIV", "public key=PUB")
	checkFields(t, all[6], vault.Router, "network name=home", "wireless network password=pw",
		"wireless security=WPA2", "a=b")
	want := []string{
		"vault_description:  / Personal", "passkey: Wiki", "favorite: Wiki", "trashed: Gone",
	}
	if got := findings(archive); !slices.Equal(got, want) {
		t.Errorf("findings %q\nwant %q", got, want)
	}
	if plain := mustRead(t, []byte(protonAll)); plain.Entries != 8 || plain.Report.Problems != 1 {
		t.Errorf("without the archive: %d entries, %d problems", plain.Entries, plain.Report.Problems)
	}
}
