package importer

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/unicode"

	"itemshare/vault"
)

// keePassXML is an export with these entries in a group of a group.
func keePassXML(entries string) string {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte("the plan"))
	z.Close()
	return `<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<KeePassFile><Meta><Generator>KeePass</Generator><DatabaseName>Home</DatabaseName>
<RecycleBinUUID>YmluYmluYmluYmluYmluYg==</RecycleBinUUID><Binaries>
<Binary ID="0" Compressed="True">` + base64.StdEncoding.EncodeToString(packed.Bytes()) + `</Binary>
<Binary ID="1">
  ` + base64.StdEncoding.EncodeToString([]byte("unused")) + `
</Binary></Binaries></Meta>
<Root><Group><UUID>cm9vdHJvb3Ryb290cm9vdA==</UUID><Name>Root</Name><Notes></Notes>
<Group><UUID>Z3JvdXBncm91cGdyb3VwZw==</UUID><Name>Internet</Name><Group>
<UUID>c3VicGFydHN1YnBhcnRzdQ==</UUID><Name>Mail</Name>` + entries + `</Group></Group>
<Group><UUID>YmluYmluYmluYmluYmluYg==</UUID><Name>Recycle Bin</Name><Entry><UUID>Z29uZQ==</UUID>
<String><Key>Title</Key><Value>Gone</Value></String></Entry></Group></Group>
<DeletedObjects><DeletedObject><UUID>eA==</UUID></DeletedObject></DeletedObjects></Root></KeePassFile>`
}

const keePassEntry = `<Entry><UUID>ZW50cnkxZW50cnkxZW50cg==</UUID><IconID>5</IconID><Tags>red;blue</Tags>
<Times><LastModificationTime>2024-04-05T06:07:08Z</LastModificationTime>
<CreationTime>CLeW2w4AAAA=</CreationTime><ExpiryTime>2030-01-02T00:00:00Z</ExpiryTime><Expires>True</Expires></Times>
<String><Key>Title</Key><Value>Wiki &amp; more</Value></String>
<String><Key>UserName</Key><Value>ann</Value></String>
<String><Key>Password</Key><Value ProtectInMemory="True">p&lt;w</Value></String>
<String><Key>URL</Key><Value>https://w.example</Value></String>
<String><Key>Notes</Key><Value>one
two</Value></String>
<String><Key>otp</Key><Value ProtectInMemory="True">otpauth://totp/x?secret=GEZDGNBV</Value></String>
<String><Key>pin</Key><Value ProtectInMemory="True">1234</Value></String>
<String><Key>room</Key><Value>7</Value></String>
<String><Key>sealed</Key><Value Protected="True">AAAA</Value></String>
<Binary><Key>plan.txt</Key><Value Ref="0" /></Binary>
<AutoType><Enabled>True</Enabled></AutoType>
<History><Entry><UUID>eA==</UUID><String><Key>Title</Key><Value>Old</Value></String></Entry></History></Entry>`

func TestKeePass(t *testing.T) {
	archive := mustRead(t, []byte(keePassXML(keePassEntry)))
	checkItems(t, archive)
	all := items(t, archive)
	if archive.Format != "KeePass export" || archive.Entries != 2 || len(all) != 1 {
		t.Fatalf("%s: %d entries, %d items", archive.Format, archive.Entries, len(all))
	}
	wiki := all[0]
	if wiki.VaultTitle != "Home" || wiki.Item.Title != "Wiki & more" || wiki.Item.Notes != "one\ntwo" ||
		wiki.Origin.Account != "keepass cm9vdHJvb3Ryb290cm9vdA==" ||
		wiki.Origin.Item != "ZW50cnkxZW50cnkxZW50cg==" ||
		!slices.Equal(wiki.Item.Tags, []string{"red", "blue", "Internet/Mail"}) ||
		!wiki.Item.UpdatedAt.Equal(time.Date(2024, 4, 5, 6, 7, 8, 0, time.UTC)) ||
		wiki.Item.CreatedAt.IsZero() || content(t, wiki, 0) != "the plan" {
		t.Errorf("got %+v", wiki)
	}
	checkFields(t, wiki, vault.Login, "username=ann", "password=p<w",
		"one-time password=otpauth://totp/x?secret=GEZDGNBV", "expires=2030-01-02", "pin=1234", "room=7")
	want := []string{"!value: Wiki & more / sealed", "password_history: Wiki & more", "trashed: Gone"}
	if got := findings(archive); !slices.Equal(got, want) {
		t.Errorf("findings %q\nwant %q", got, want)
	}
	if !slices.Equal(archive.Report.Unused, []string{"Binary 1"}) {
		t.Errorf("unused %q", archive.Report.Unused)
	}
}

func TestKeePassOneTimePasswords(t *testing.T) {
	for why, c := range map[string][2]string{
		"KeeTrayTOTP": {
			`<String><Key>TOTP Seed</Key><Value>GEZD GNBV</Value></String>
			<String><Key>TOTP Settings</Key><Value>60;8</Value></String>`,
			"otpauth://totp/?digits=8&period=60&secret=GEZDGNBV",
		},
		"KeeTrayTOTP as usual": {
			`<String><Key>TOTP Seed</Key><Value>GEZDGNBV</Value></String>
			<String><Key>TOTP Settings</Key><Value>30;6</Value></String>`, "GEZDGNBV",
		},
		"KeePass": {
			`<String><Key>TimeOtp-Secret-Hex</Key><Value>3132333435</Value></String>
			<String><Key>TimeOtp-Algorithm</Key><Value>HMAC-SHA-256</Value></String>`,
			"otpauth://totp/?algorithm=SHA256&secret=GEZDGNBV",
		},
		"KeeOtp": {
			`<String><Key>otp</Key><Value>key=GEZDGNBV&amp;step=60</Value></String>`,
			"otpauth://totp/?period=60&secret=GEZDGNBV",
		},
	} {
		t.Run(why, func(t *testing.T) {
			entry := `<Entry><String><Key>Title</Key><Value>A</Value></String>` + c[0] + `</Entry>`
			all := items(t, mustRead(t, []byte(keePassXML(entry))))
			if len(all) != 1 || len(all[0].Item.Fields) != 1 || all[0].Item.Fields[0].Value != c[1] ||
				all[0].Item.Fields[0].Type != vault.FieldTOTP {
				t.Fatalf("got %+v", all)
			}
			if _, err := vault.ParseSeed(c[1]); err != nil {
				t.Errorf("no code can be made: %v", err)
			}
		})
	}
}

func TestKeePassInUTF16(t *testing.T) {
	text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().
		String(strings.Replace(keePassXML(keePassEntry), "utf-8", "utf-16", 1))
	if err != nil {
		t.Fatal(err)
	}
	all := items(t, mustRead(t, []byte(text)))
	if len(all) != 1 || all[0].Item.Title != "Wiki & more" || content(t, all[0], 0) != "the plan" {
		t.Errorf("got %+v", all)
	}
}

func TestKeePassBroken(t *testing.T) {
	whole := keePassXML(keePassEntry)
	for why, c := range map[string][2]string{
		"cut":              {whole[:len(whole)/2], "damaged or incomplete"},
		"without its end":  {whole[:len(whole)-5], "damaged or incomplete"},
		"another document": {"<html><body>x</body></html>", "isn't a supported export"},
		"a document type": {
			`<!DOCTYPE x [<!ENTITY a "b">]>` + whole, "isn't a supported export",
		},
		"a document type within": {
			strings.Replace(whole, "<Root>", `<!DOCTYPE x><Root>`, 1), "document type",
		},
		"nested deeply": {
			strings.Replace(whole, "<Root>", "<Root>"+strings.Repeat("<Group>", 200), 1), "deeply",
		},
		"not nested": {strings.Replace(whole, "</Group></Group>", "</Group></Entry>", 1), "damaged"},
	} {
		t.Run(why, func(t *testing.T) {
			_, err := readBytes([]byte(c[0]))
			if err == nil || !strings.Contains(err.Error(), c[1]) {
				t.Errorf("got %v, want %q", err, c[1])
			}
		})
	}
}

// An entry that is too large is named, and the others come.
func TestKeePassTooLarge(t *testing.T) {
	large := `<Entry><String><Key>Title</Key><Value>Large</Value></String><String><Key>Notes</Key><Value>` +
		strings.Repeat("x", 3<<20) + `</Value></String></Entry>`
	archive := mustRead(t, []byte(keePassXML(large+keePassEntry)))
	checkReport(t, archive)
	if all := items(t, archive); len(all) != 1 || archive.Report.Totals[BadItem] != 1 {
		t.Errorf("%d items, findings %q", len(all), findings(archive))
	}
}
