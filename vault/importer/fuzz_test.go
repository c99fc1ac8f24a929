package importer

import (
	"strings"
	"testing"

	"itemshare/fault"
)

// checkExport holds what every export must be that was read or refused.
func checkExport(t *testing.T, content []byte, options Options) {
	archive, err := readWith(content, options)
	if err != nil {
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("not a plain refusal: %v", err)
		}
		return
	}
	checkItems(t, archive)
}

func FuzzBitwarden(f *testing.F) {
	f.Add(strings.TrimSuffix(bitwardenAll[strings.Index(bitwardenAll, `"items":[`)+len(`"items":[`):], "]}"))
	f.Add(`{"type":"1","name":5,"login":[],"fields":{"a":1},"collectionIds":"x"},null,"x"`)
	f.Add(`{"type":3,"card":{"expMonth":"13","expYear":"x"},"creationDate":"yesterday"}`)
	f.Fuzz(func(t *testing.T, items string) {
		checkExport(t, []byte(`{"encrypted":false,"folders":[{"id":"f","name":"F"}],"items":[`+items+`]}`),
			Options{Archived: true})
	})
}

func FuzzProton(f *testing.F) {
	from := strings.Index(protonAll, `"items":[`) + len(`"items":[`)
	f.Add(strings.TrimSuffix(protonAll[from:], "]}}}"))
	f.Add(`{"state":1,"data":{"type":"login","metadata":[],"content":{"urls":5},"extraFields":[7]}}`)
	f.Add(`{"data":{"type":"x","content":{"a":{"b":["c"]}},"extraFields":[{"type":"timestamp","data":{"timestamp":` +
		`{"seconds":5}}}]},"files":["a"]}`)
	f.Fuzz(func(t *testing.T, items string) {
		checkExport(t, []byte(`{"version":"1","userId":"u","vaults":{"v":{"name":"V","items":[`+items+`]}}}`),
			Options{})
	})
}

func FuzzKeePass(f *testing.F) {
	f.Add(keePassEntry)
	f.Add(`<Entry><String><Key/><Value/></String><Binary><Key>a</Key><Value>AAAA</Value></Binary></Entry>`)
	f.Add(`<Entry><Times><CreationTime>x</CreationTime></Times><String><Key>otp</Key><Value>key=%</Value></String>` +
		`<Binary><Value Ref="9"/></Binary></Entry><![CDATA[x]]>`)
	f.Fuzz(func(t *testing.T, entries string) {
		checkExport(t, []byte(keePassXML(entries)), Options{})
	})
}

func FuzzCSV(f *testing.F) {
	f.Add("name,url,username,password,note\na,https://b,c,\"d\n\"\"e\",f\n", uint8(0))
	f.Add("url,username,password,totp,extra,name,grouping,fav\n"+
		"http://sn,,,,\"NoteType:SSH Key\nPrivate Key:-----\nx\",n,,1\n", uint8(0))
	f.Add("a;b;c\n1;2;3;4\n\"x;\n", uint8(3))
	f.Add("\ufefftitle\turl\n\xff\t\x00\n", uint8(2))
	f.Fuzz(func(t *testing.T, text string, columns uint8) {
		options := Options{Archived: columns%2 == 1}
		for i := range int(columns) % 8 {
			options.Columns = append(options.Columns, Roles()[i%len(Roles())])
		}
		checkExport(t, []byte(text), options)
	})
}

func FuzzAny(f *testing.F) {
	f.Add([]byte(bitwardenAll))
	f.Add([]byte(protonAll))
	f.Add([]byte(keePassXML(keePassEntry)))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00\n\x00"))
	f.Add(zipped(f, entry{"data.json", []byte(`{"items":[{}]}`)}, entry{"attachments/1/a", nil}))
	f.Fuzz(func(t *testing.T, content []byte) { checkExport(t, content, Options{}) })
}
