package importer

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"itemshare/fault"
	"itemshare/vault"
)

// oneField is an export of an item with one field.
func oneField(t *testing.T, field string) []byte {
	return onepux(
		t,
		`{"uuid":"1","categoryUuid":"003","overview":{"title":"One"},"details":{"sections":[{"fields":[`+
			field+`]}]}},{"uuid":"k1","categoryUuid":"001","overview":{"title":"Linked"}}`,
	)
}

// TestFieldsInWords: labels and values are words, never 1Password's own IDs and codes.
func TestFieldsInWords(t *testing.T) {
	for _, c := range []struct{ field, want string }{
		{`{"title":"","id":"xjo5u3","value":{"date":1637841660}}`, "Date=2021-11-25"},
		{`{"title":" ","id":"xjo5u3","value":{"concealed":"x"}}`, "Password=x"},
		{`{"title":"","id":"xjo5u3","value":{"monthYear":202112}}`, "Month and year=2021-12"},
		{`{"title":"","id":"xjo5u3","value":{"new":"x"}}`, "Other=x"},
		{`{"title":"a","id":"f","value":{"date":0}}`, "a=1970-01-01"},
		{`{"title":"a","id":"f","value":{"date":"yesterday"}}`, "a=yesterday"},
		{`{"title":"a","id":"f","value":{"reference":"k1"}}`, "a=Linked"},
		{`{"title":"a","id":"f","value":{"reference":{"vaultUuid":"v1","itemUuid":"k1"}}}`, "a=Linked"},
		{`{"title":"a","id":"f","value":{"reference":"nothing"}}`, ""},
		{`{"title":"sign in with","id":"f","value":{"ssoLogin":{"provider":"google","item":{"vaultUuid":"v1",` +
			`"itemUuid":"k1"}}}}`, "sign in with=Google (Linked)"},
		{`{"title":"sign in with","id":"f","value":{"ssoLogin":{"provider":"google","item":{"vaultUuid":"v1",` +
			`"itemUuid":"gone"}}}}`, "sign in with=Google"},
		{`{"title":"sign in with","id":"f","value":{"ssoLogin":{"provider":"github","item":` +
			`null}}}`, "sign in with=GitHub"},
		{`{"title":"sign in with","id":"f","value":{"ssoLogin":"apple"}}`, "sign in with=Apple"},
		{`{"title":"card","id":"f","value":{"creditCardType":"mc"}}`, "card=Mastercard"},
		{`{"title":"card","id":"f","value":{"creditCardType":"new card"}}`, "card=new card"},
		{`{"title":"security","id":"f","value":{"menu":"wpa3e"}}`, "security=WPA3 Enterprise"},
		{`{"title":"issuing country","id":"f","value":{"menu":"us"}}`, "issuing country=United States"},
		{`{"title":"from","id":"f","value":{"country":"de"}}`, "from=Germany"},
		{`{"title":"home","id":"f","value":{"address":{"street":"","city":"","country":"us","zip":"","state":` +
			`""}}}`, "home=United States"},
		{`{"title":"home","id":"f","value":{"address":{"country":"zz"}}}`, "home=zz"},
		{`{"title":"a","id":"f","value":{"string":"mc"}}`, "a=mc"},
		{`{"title":"a","id":"f","value":{"concealed":"none"}}`, "a=none"},
		{`{"title":"k","id":"f","value":{"sshKey":{"privateKey":"P","metadata":{"keyType":{"ed25519":{` +
			`}}}}}}`, "k=P;k key type=Ed25519"},
		{`{"title":"k","id":"f","value":{"sshKey":{"privateKey":"P","metadata":{"keyType":{"rsa":{"bits":` +
			`4096}}}}}}`, "k=P;k key type=RSA 4096"},
		{`{"title":"k","id":"f","value":{"sshKey":{"privateKey":"P","metadata":{"keyType":{"type":"rsa","size":` +
			`2048}}}}}`, "k=P;k key type=RSA 2048"},
	} {
		archive := mustRead(t, oneField(t, c.field))
		checkItems(t, archive)
		var got []string
		for _, field := range items(t, archive)[0].Item.Fields {
			got = append(got, field.Title+"="+field.Value)
		}
		if strings.Join(got, ";") != c.want {
			t.Errorf("%s: %q, want %q", c.field, got, c.want)
		}
	}
}

// TestEd25519Key: one in PKCS#8 arrives in the form that OpenSSH reads.
func TestEd25519Key(t *testing.T) {
	der := append([]byte("0.\x02\x01\x000\x05\x06\x03+ep\x04\x22\x04\x20"), make([]byte, 32)...)
	key := `-----BEGIN PRIVATE KEY-----\n` + base64.StdEncoding.EncodeToString(
		der,
	) + `\n-----END PRIVATE KEY-----\n`
	archive := mustRead(
		t,
		oneField(
			t,
			`{"title":"k","id":"f","value":{"sshKey":{"privateKey":"`+key+`","metadata":{"privateKey":"`+key+`"}}}}`,
		),
	)
	fields := items(t, archive)[0].Item.Fields
	if len(fields) != 1 ||
		!strings.HasPrefix(fields[0].Value, "-----BEGIN OPENSSH PRIVATE KEY-----\n") {
		t.Errorf("fields %+v", fields)
	}
}

// TestFlagsAndStates: what has no place here is named, with the item it stands at.
func TestFlagsAndStates(t *testing.T) {
	data := zipped(
		t,
		entry{"export.data", []byte(`{"accounts":[{"attrs":{"uuid":"a","name":"Ann"},"vaults":[
		{"attrs":{"uuid":"v1","name":"Work","desc":"Ours","type":"U"},"items":[
			{"uuid":"1","categoryUuid":"001","favIndex":3,"overview":{"title":"Mail","ps":90},"details":{
				"loginFields":[{"value":"new","designation":"password","fieldType":"P"}],
				"password":"old","passwordHistory":[{"value":"older","time":1},{"value":"oldest","time":2}]}},
			{"uuid":"2","categoryUuid":"001","state":"archived","overview":{"title":"Filed"}},
			{"uuid":"3","categoryUuid":"001","state":"archived","trashed":true,"overview":{"title":"Binned"}},
			{"uuid":"4","categoryUuid":"001","state":"deleted","overview":{"title":"Deleted"}}]}]}]}`)},
	)
	archive := mustRead(t, data)
	checkItems(t, archive)
	want := []string{
		"vault_description:  / desc", "favorite: Mail", "password_history: Mail",
		"archived: Filed", "trashed: Binned", "trashed: Deleted",
	}
	if diff := cmp.Diff(want, findings(archive)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if f := archive.Report.Findings[0]; f.Vault != "Work" {
		t.Errorf("description of %+v", f)
	}
	fields := items(t, archive)[0].Item.Fields
	if len(fields) != 2 || fields[1].Value != "old" || fields[1].Title != "other password" ||
		fields[1].Type != vault.FieldConcealed {
		t.Errorf("a password that differs: %+v", fields)
	}
	if archive.Report.Settings["items.overview.ps"] != 1 ||
		archive.Report.Settings["accounts.vaults.attrs.type"] != 1 {
		t.Errorf("settings %v", archive.Report.Settings)
	}
	archive, err := readWith(data, Options{Archived: true})
	if err != nil {
		t.Fatal(err)
	}
	if all := items(t, archive); len(all) != 2 || all[1].Item.Title != "Filed" ||
		archive.Report.Totals[DeletedItem] != 2 {
		t.Errorf("with archived ones: %d items", len(all))
	}
}

// TestFileBesideItem: the form with a file beside the item, and an entry that nothing refers to.
func TestFileBesideItem(t *testing.T) {
	archive := mustRead(
		t,
		onepux(t, `{"item":{"uuid":"1","categoryUuid":"006","overview":{"title":"Photo"}},
		"file":{"attrs":{"uuid":"d9","name":"x.jpg","type":"image/jpeg"},"path":"files/d9__x.jpg"}},
		{"item":{"uuid":"2","categoryUuid":"006","overview":{"title":"By path"}},
		"file":{"attrs":{"name":"y.jpg"},"path":"files/strange"}}`,
			entry{"files/d9__x.jpg", []byte("JPEG")}, entry{"files/strange", []byte("Y")},
			entry{"files/d9__other.jpg", []byte("?")}, entry{"readme.txt", []byte("hello")}),
	)
	checkItems(t, archive)
	all := items(t, archive)
	for i, want := range []string{"x.jpg image/jpeg JPEG", "y.jpg  Y"} {
		file := all[i].Item.Files[0]
		content, err := all[i].Open(file.ID)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if got := file.Name + " " + file.Type + " " + string(text); err != nil || got != want ||
			file.Size != int64(len(text)) {
			t.Errorf("file %q, want %q, %v", got, want, err)
		}
	}
	r := archive.Report
	if want := []string{"files/d9__other.jpg", "readme.txt"}; !slices.Equal(r.Unused, want) ||
		r.Balance.Entries != 6 || r.Balance.EntriesTaken != 4 || r.Balance.Bytes-r.Balance.BytesTaken != 6 {
		t.Errorf("unused %q, balance %+v", r.Unused, r.Balance)
	}
}

// TestArchivesMadeAnew: with a byte-order mark, within a folder, with backslashes, in bzip2.
func TestArchivesMadeAnew(t *testing.T) {
	data := `{"accounts":[{"vaults":[{"attrs":{"uuid":"v"},"items":[{"uuid":"1","categoryUuid":"003",` +
		`"overview":{"title":"One"},"details":{"documentAttributes":{"fileName":"a","documentId":"d1"}}}]}],` +
		`"attrs":{"uuid":"a"}}]}`
	file := []byte("abcd")
	for _, c := range []struct {
		why     string
		content []byte
	}{
		{"a byte-order mark", zipped(t, entry{"export.data", []byte("\uFEFF" + data)}, entry{"files/d1__a", file})},
		{
			"blanks around",
			zipped(t, entry{"export.data", []byte("\r\n\t " + data + " \n")}, entry{"files/d1__a", file}),
		},
		{
			"a folder",
			zipped(
				t, entry{"My export/", nil},
				entry{"My export/export.data", []byte(data)},
				entry{"My export/files/d1__a", file},
			),
		},
		{
			"folders, and another program's",
			zipped(
				t, entry{"a/b/export.data", []byte(data)},
				entry{"a/b/files/d1__a", file},
				entry{"__MACOSX/a/b/c/export.data", []byte("x")},
			),
		},
		{"backslashes", zipped(t, entry{`x\export.data`, []byte(data)}, entry{`x\files\d1__a`, file})},
		{"a dot", zipped(t, entry{"./export.data", []byte(data)}, entry{"./files/d1__a", file})},
		{"bzip2", bzipped(t, data)},
	} {
		t.Run(c.why, func(t *testing.T) {
			archive := mustRead(t, c.content)
			checkItems(t, archive)
			all := items(t, archive)
			if len(all) != 1 || len(all[0].Item.Files) != 1 || archive.Report.Problems != 0 {
				t.Errorf("%d items, findings %q", len(all), findings(archive))
			}
		})
	}
	for _, c := range []struct {
		why, says string
		content   []byte
	}{
		{
			"another compression",
			"compression that isn't supported (method 93)",
			rawZip(t, 93, []byte("x"), []byte(data)),
		},
		{"UTF-16", "UTF-16", zipped(t, entry{"export.data", []byte("\xff\xfe{\x00")})},
		{"bzip2 that isn't", "damaged or incomplete", rawZip(t, methodBzip2, []byte("x"), []byte(data))},
	} {
		_, err := readBytes(c.content)
		if fault.KindOf(err) != fault.Invalid ||
			!strings.Contains(fault.ProblemsOf(err)[0].Detail, c.says) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

// rawZip is a zip of export.data whose bytes are compressed already.
func rawZip(t *testing.T, method uint16, compressed, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, bytes := range map[string][2][]byte{"export.data": {compressed, content}} {
		w, err := z.CreateRaw(&zip.FileHeader{
			Name: name, Method: method, CRC32: crc32.ChecksumIEEE(bytes[1]),
			CompressedSize64: uint64(len(bytes[0])), UncompressedSize64: uint64(len(bytes[1])),
		})
		if err == nil {
			_, err = w.Write(bytes[0])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.Create("files/d1__a")
	if err == nil {
		_, err = fmt.Fprint(w, "abcd")
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bzipped is an export whose data is in bzip2, which Go can't write.
func bzipped(t *testing.T, data string) []byte {
	t.Helper()
	compressed, err := base64.StdEncoding.DecodeString(madeAnewInBzip2)
	if err != nil {
		t.Fatal(err)
	}
	return rawZip(t, methodBzip2, compressed, []byte(data))
}

// madeAnewInBzip2 is the data of TestArchivesMadeAnew, by the program bzip2.
const madeAnewInBzip2 = "QlpoOTFBWSZTWXW8PVsAAGAfgBAEaBAgIYIKP6efqiAAlIZTRNoUeJqBhGaag09ShonqP1RhDTTRjSqLJK9YIb6y2F" +
	"W3EwccBCTkt+k8u1AF3IdCTcRTHcqWnLzq0T+pR1w4/GZAcc3TsGiSWVc+sAL1V8RAPcwQ4YEkMWjEvslGVdUZhJ0n" +
	"JIGC8qN7meFFOrJ4g90+MCJLWtA65F3JFOFCQdbw9Ww="

// TestDuplicateNames: JSON's last member of a name counts, and the earlier one is not lost unseen.
func TestDuplicateNames(t *testing.T) {
	archive := mustRead(
		t,
		oneField(
			t,
			`{"title":"first","title":"last","id":"f","value":{"string":"a","string":"b"}}`,
		),
	)
	checkItems(t, archive)
	fields := items(t, archive)[0].Item.Fields
	if len(fields) != 1 || fields[0].Title != "last" || fields[0].Value != "b" {
		t.Errorf("fields %+v", fields)
	}
	settings := archive.Report.Settings
	if settings["items.details.sections.fields.title"] != 1 ||
		settings["items.details.sections.fields.value.string"] != 1 {
		t.Errorf("settings %v", settings)
	}
}

// TestOrigins: accounts are told apart by ID, or else by address and server.
func TestOrigins(t *testing.T) {
	for _, c := range []struct {
		account, vault string
		want           vault.Origin
	}{
		{`{"uuid":"a"}`, `{"uuid":"v","name":"N"}`, vault.Origin{Account: "a", Vault: "v", Item: "1"}},
		{`{"email":"A@b.example","domain":"https://x"}`, `{"uuid":` +
			`"v"}`, vault.Origin{Account: "email https://x a@b.example", Vault: "v", Item: "1"}},
		{`{"uuid":"a"}`, `{"name":"N"}`, vault.Origin{Account: "a", Vault: "name N", Item: "1"}},
		{`{"name":"Ann"}`, `{"uuid":"v"}`, vault.Origin{Vault: "v", Item: "1"}},
		{`null`, `null`, vault.Origin{Item: "1"}},
	} {
		archive := mustRead(
			t,
			zipped(
				t,
				entry{
					"export.data",
					[]byte(`{"accounts":[{"vaults":[{"items":[{"uuid":"1"}],"attrs":` +
						c.vault + `}],"attrs":` + c.account + `}]}`),
				},
			),
		)
		if got := items(t, archive)[0].Origin; got != c.want {
			t.Errorf("%s, %s: %+v, want %+v", c.account, c.vault, got, c.want)
		}
	}
}
