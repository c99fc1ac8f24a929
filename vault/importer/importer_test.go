package importer

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/fault"
	"itemshare/vault"
)

// entry is one entry of a test archive.
type entry struct {
	name    string
	content []byte
}

func zipped(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range entries {
		w, err := z.Create(e.name)
		if err == nil {
			_, err = w.Write(e.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// onepux is an export of these items in one vault.
func onepux(t testing.TB, items string, more ...entry) []byte {
	data := `{"accounts":[{"vaults":[{"items":[` + items +
		`],"attrs":{"uuid":"v1","name":"Work"}}],"attrs":{"uuid":"a1"}}]}`
	return zipped(
		t,
		append(
			[]entry{{"export.attributes", []byte(`{"version":3}`)}, {"export.data", []byte(data)}},
			more...)...)
}

func readBytes(content []byte) (*Archive, error) {
	return readWith(content, Options{})
}

func readWith(content []byte, options Options) (*Archive, error) {
	return ReadFrom(
		context.Background(), bytes.NewReader(content), int64(len(content)), options,
	)
}

func mustRead(t testing.TB, content []byte) *Archive {
	t.Helper()
	archive, err := readBytes(content)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// items reads all items of an archive that are imported.
func items(t testing.TB, archive *Archive) []vault.ImportedItem {
	t.Helper()
	var all []vault.ImportedItem
	for item, err := range archive.Items() {
		if err != nil {
			t.Fatal(err)
		}
		if item.LeftOut == "" {
			item.Number, item.Remarks = 0, nil
			all = append(all, item)
		}
	}
	return all
}

// findings returns a report's findings as "what: item / field", with an exclamation mark before a problem.
func findings(archive *Archive) []string {
	var all []string
	for _, f := range archive.Report.Findings {
		text := string(f.What) + ": " + f.Item
		if f.Field != "" {
			text += " / " + f.Field
		}
		if f.Problem {
			text = "!" + text
		}
		all = append(all, text)
	}
	return all
}

func TestAllFieldValues(t *testing.T) {
	archive := mustRead(
		t,
		onepux(
			t,
			`{"uuid":"i1","createdAt":1600000000,"updatedAt":1650000000,"state":"active",
		"categoryUuid":"001","favIndex":1,
		"overview":{"title":"Mail","url":"https://a.example","urls":[{"label":"site",
		"url":"https://a.example"},{"label":"","url":"b.example"}],"tags":["x","y"],"ps":3},
		"details":{"notesPlain":"one\ntwo","loginFields":[
			{"value":"ann","id":"u","name":"login","fieldType":"T","designation":"username"},
			{"value":"pw","id":"","name":"pass","fieldType":"P","designation":"password"},
			{"value":"1234","id":"","name":"pin","fieldType":"P"},
			{"value":{"email_address":"ann@a.example"},"id":"","name":"mail","fieldType":"E"},
			{"value":"","id":"","name":"blank","fieldType":"T"},null],
		"passwordHistory":[{"value":"old","time":1}],
		"passkey":{"rpId":"a.example"},
		"sections":[{"title":"Main","name":"s1","fields":[
			{"title":"text","id":"f1","value":{"string":"\u0000<b>é"}},
			{"title":"hidden","id":"f2","value":{"concealed":"h"}},
			{"title":"code","id":"TOTP_1","value":{"totp":"otpauth://totp/x?secret=GEZDGNBV"}},
			{"title":"site","id":"f4","value":{"url":"https://c.example"}},
			{"title":"mail","id":"f5","value":{"email":{"email_address":"b@a.example","provider":"fastmail"}}},
			{"title":"call","id":"f6","value":{"phone":"+1 2"}},
			{"title":"born","id":"f7","value":{"date":-86340}},
			{"title":"expires","id":"f8","value":{"monthYear":203012}},
			{"title":"no month","id":"f9","value":{"monthYear":203013}},
			{"title":"home","id":"f10","value":{"address":{"street":"1 Way","city":"Town",
			"country":"us","zip":"123","state":"CA"}}},
			{"title":"type","id":"f11","value":{"creditCardType":"visa"}},
			{"title":"number","id":"f12","value":{"creditCardNumber":"4111"}},
			{"title":"other","id":"f13","value":{"reference":"abc"}},
			{"title":"choice","id":"f14","value":{"menu":"two"}},
			{"title":"new kind","id":"f15","value":{"hologram":{"a":[1,2]}}},
			{"title":"none","id":"f16","value":{"string":""}},
			{"title":"null","id":"f17","value":{"date":null}},
			{"title":"again","id":"f1","value":{"string":"same id"}}]},
			{"title":"Empty","name":"s2","fields":[{"title":"a","id":"b","value":{"string":""}}]},
			{"title":"Keys","name":"s1","fields":[
			{"title":"key","id":"k","value":{"sshKey":{"privateKey":"PRIV","metadata":{
				"privateKey":"P2","publicKey":"PUB","fingerprint":"FP","keyType":"ed25519"}}}}]}]}}`,
		),
	)
	want := vault.Item{
		Title: "Mail", Category: vault.Login, Notes: "one\ntwo", Tags: []string{"x", "y"},
		CreatedAt: time.Unix(1600000000, 0).UTC(), UpdatedAt: time.Unix(1650000000, 0).UTC(),
		Websites: []vault.Website{{Label: "site", URL: "https://a.example"}, {URL: "b.example"}},
		Sections: []vault.Section{{ID: "s1", Title: "Main"}, {ID: "section-3", Title: "Keys"}},
		Fields: []vault.Field{
			{ID: "username", Title: "username", Type: vault.FieldText, Value: "ann"},
			{ID: "password", Title: "password", Type: vault.FieldConcealed, Value: "pw"},
			{ID: "field-1", Title: "pin", Type: vault.FieldConcealed, Value: "1234"},
			{ID: "field-2", Title: "mail", Type: vault.FieldEmail, Value: "ann@a.example"},
			{ID: "f1", Title: "text", SectionID: "s1", Type: vault.FieldText, Value: "\x00<b>é"},
			{ID: "f2", Title: "hidden", SectionID: "s1", Type: vault.FieldConcealed, Value: "h"},
			{
				ID:        "TOTP_1",
				Title:     "code",
				SectionID: "s1",
				Type:      vault.FieldTOTP,
				Value:     "otpauth://totp/x?secret=GEZDGNBV",
			},
			{
				ID:        "f4",
				Title:     "site",
				SectionID: "s1",
				Type:      vault.FieldURL,
				Value:     "https://c.example",
			},
			{
				ID:        "f5",
				Title:     "mail",
				SectionID: "s1",
				Type:      vault.FieldEmail,
				Value:     "b@a.example",
			},
			{
				ID:        "f5-provider",
				Title:     "mail provider",
				SectionID: "s1",
				Type:      vault.FieldText,
				Value:     "fastmail",
			},
			{ID: "f6", Title: "call", SectionID: "s1", Type: vault.FieldPhone, Value: "+1 2"},
			{ID: "f7", Title: "born", SectionID: "s1", Type: vault.FieldDate, Value: "1969-12-31"},
			{
				ID:        "f8",
				Title:     "expires",
				SectionID: "s1",
				Type:      vault.FieldMonthYear,
				Value:     "2030-12",
			},
			{
				ID:        "f9",
				Title:     "no month",
				SectionID: "s1",
				Type:      vault.FieldMonthYear,
				Value:     "203013",
			},
			{
				ID:        "f10",
				Title:     "home",
				SectionID: "s1",
				Type:      vault.FieldAddress,
				Value:     "1 Way\n123 Town\nCA\nUnited States",
			},
			{
				ID:        "f11",
				Title:     "type",
				SectionID: "s1",
				Type:      vault.FieldCreditCardType,
				Value:     "Visa",
			},
			{
				ID:        "f12",
				Title:     "number",
				SectionID: "s1",
				Type:      vault.FieldCreditCardNumber,
				Value:     "4111",
			},
			{ID: "f14", Title: "choice", SectionID: "s1", Type: vault.FieldMenu, Value: "two"},
			{
				ID:        "f15",
				Title:     "new kind",
				SectionID: "s1",
				Type:      vault.FieldUnsupported,
				Value:     `{"a":[1,2]}`,
			},
			{ID: "f1-1", Title: "again", SectionID: "s1", Type: vault.FieldText, Value: "same id"},
			{ID: "k", Title: "key", SectionID: "section-3", Type: vault.FieldSSHKey, Value: "PRIV"},
			{
				ID:        "k-public-key",
				Title:     "key public key",
				SectionID: "section-3",
				Type:      vault.FieldText,
				Value:     "PUB",
			},
			{
				ID:        "k-fingerprint",
				Title:     "key fingerprint",
				SectionID: "section-3",
				Type:      vault.FieldText,
				Value:     "FP",
			},
			{
				ID:        "k-key-type",
				Title:     "key key type",
				SectionID: "section-3",
				Type:      vault.FieldText,
				Value:     "Ed25519",
			},
		},
	}
	if diff := cmp.Diff(want, items(t, archive)[0].Item); diff != "" {
		t.Errorf("item (-want +got):\n%s", diff)
	}
	if got := items(t, archive)[0]; got.VaultTitle != "Work" ||
		got.Origin != (vault.Origin{Account: "a1", Vault: "v1", Item: "i1"}) {
		t.Errorf("origin %q of %q", got.Origin, got.VaultTitle)
	}
	if diff := cmp.Diff([]string{
		"favorite: Mail",
		"linked_item: Mail / other",
		"field_type: Mail / new kind",
		"password_history: Mail",
		"passkey: Mail",
	}, findings(archive)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

func TestFilesCategoriesAndStates(t *testing.T) {
	archive := mustRead(t, onepux(
		t,
		`
		{"uuid":"1","categoryUuid":"006","state":"active","overview":{"title":"Plan"},
		"details":{"documentAttributes":{"fileName":"plan.pdf","documentId":"d1",
		"decryptedSize":4}}},
		{"uuid":"2","categoryUuid":"003","overview":{"title":"Note"},
		"details":{"sections":[{"title":"","name":"","fields":[
			{"title":"f","id":"f","value":{"file":{"fileName":"../../etc/passwd","documentId":"d2","decryptedSize":0}}},
			{"title":"g","id":"g","value":{"file":{"fileName":"gone.txt","documentId":"d9","decryptedSize":1}}}]}]}},
		{"uuid":"3","categoryUuid":"999","overview":{"title":""},"details":{"password":"p"}},
		{"uuid":"4","categoryUuid":"001","state":"archived","overview":{"title":"Old"}},
		{"item":{"uuid":"5","categoryUuid":"005","trashed":true,"overview":{"title":"Gone"}}},
		{"item":{"uuid":"6","categoryUuid":"005","overview":{"title":"Wrapped","url":"c.example"},
		"details":{"password":"w"}}},
		null`,
		entry{"files/d1__plan.pdf", []byte("%PDF")},
		entry{
			"files/d2___passwd",
			nil,
		},
		entry{"files/avatar.png", []byte("x")},
		entry{"files/", nil},
	))
	var titles []string
	all := items(t, archive)
	for _, item := range all {
		titles = append(titles, string(item.Item.Category)+" "+item.Item.Title)
	}
	if want := []string{"Document Plan", "SecureNote Note", "Unsupported Untitled", "Password Wrapped"}; !slices.Equal(
		titles,
		want,
	) {
		t.Errorf("items %q, want %q", titles, want)
	}
	if archive.Report.Totals[ArchivedItem] != 1 || archive.Report.Totals[DeletedItem] != 1 ||
		archive.Files != 2 ||
		archive.Vaults != 1 ||
		archive.Counts[vault.Document] != 1 {
		t.Errorf(
			"%v, %d files, %d vaults, %v",
			archive.Report.Totals,
			archive.Files,
			archive.Vaults,
			archive.Counts,
		)
	}
	plan := all[0]
	content, err := plan.Open(plan.Item.Files[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(content); err != nil || string(got) != "%PDF" ||
		plan.Item.Files[0].Size != 4 {
		t.Errorf("%q, %v, %d bytes", got, err, plan.Item.Files[0].Size)
	}
	if f := all[1].Item.Files[0]; f.Name != "../../etc/passwd" || f.Size != 0 {
		t.Errorf("a name is only a text: %+v", f)
	}
	if f := all[3].Item; f.Fields[0].ID != "password" ||
		f.Websites[0].URL != "c.example" {
		t.Errorf("wrapped: %+v", f)
	}
	want := []string{
		"!file: Note / gone.txt", "category: Untitled / 999", "archived: Old", "trashed: Gone",
	}
	if diff := cmp.Diff(want, findings(archive)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"files/avatar.png"}, archive.Report.Unused); diff != "" {
		t.Errorf("unused (-want +got):\n%s", diff)
	}
}

// TestInvalidExports: whatever is broken or hostile is refused in one sentence for
// people, which holds nothing of the content.
func TestInvalidExports(t *testing.T) {
	const marker = "SecretMarker"
	item := func(details string) string {
		return `{"uuid":"1","categoryUuid":"001","overview":{"title":"` + marker + `"},"details":{` + details + `}}`
	}
	document := item(`"documentAttributes":{"fileName":"a","documentId":"d1","decryptedSize":4}`)
	whole := onepux(t, document, entry{"files/d1__a", []byte("abcd")})
	mustRead(t, whole)
	for _, c := range []struct {
		why     string
		content []byte
		says    string
	}{
		{"nothing", nil, "This file is empty"},
		{"a text", []byte("one line\n" + marker), "isn't a supported export"},
		{"another zip", zipped(t, entry{"word/document.xml", []byte(marker)}), "isn't a supported export"},
		{"an empty zip", zipped(t), "isn't a supported export"},
		{"half of it", whole[:len(whole)/2], "incomplete"},
		{"all but the end", whole[:len(whole)-10], "incomplete"},
		{"the head alone", whole[:8], "incomplete"},
		{"a path that climbs", onepux(t, document, entry{"files/../../etc/cron.d/x", nil}), "leads out"},
		{"a path that climbs, in Windows' way", onepux(t, document, entry{`files\..\..\x`, nil}), "leads out"},
		{"an absolute path", onepux(t, document, entry{"/etc/passwd", nil}), "leads out"},
		{"a drive", onepux(t, document, entry{`C:\x`, nil}), "leads out"},
		{"a symbolic link", withLink(t), "regular file"},
		{
			"two entries with the same name",
			onepux(t, document, entry{"files/d1__a", []byte("abcd")}, entry{"files/d1__a", []byte("efgh")}),
			"the same name",
		},
		{
			"JSON cut short",
			zipped(t, entry{"export.data", []byte(`{"accounts":[{"vaults":[{"items":[{"uuid":"` + marker)}),
			"incomplete",
		},
		{"no JSON", zipped(t, entry{"export.data", []byte(marker)}), "1Password's format"},
		{"no data", zipped(t, entry{"export.data", nil}), "incomplete"},
		{"a list", zipped(t, entry{"export.data", []byte(`["` + marker + `"]`)}), "1Password's format"},
		{
			"accounts of another kind",
			zipped(t, entry{"export.data", []byte(`{"accounts":"` + marker + `"}`)}),
			"1Password's format",
		},
	} {
		t.Run(c.why, func(t *testing.T) {
			archive, err := readBytes(c.content)
			if archive != nil || fault.KindOf(err) != fault.Invalid {
				t.Fatalf("got %v, %v", archive, err)
			}
			problems := fault.ProblemsOf(err)
			if len(problems) != 1 || !strings.Contains(problems[0].Detail, c.says) ||
				strings.Count(problems[0].Detail, ". ") > 0 {
				t.Errorf("it says %q, want something of %q", problems, c.says)
			}
			if strings.Contains(err.Error(), marker) {
				t.Errorf("the error holds an item's content: %v", err)
			}
		})
	}
}

// flipped changes a bit of a file's bytes.
func flipped(archive []byte) []byte {
	changed := bytes.Clone(archive)
	r, _ := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	for _, f := range r.File {
		if at, err := f.DataOffset(); err == nil && strings.HasPrefix(f.Name, "files/") {
			changed[at+1] ^= 0x10
		}
	}
	return changed
}

func withLink(t *testing.T) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	header := &zip.FileHeader{Name: "files/link"}
	header.SetMode(fs.ModeSymlink | 0o777)
	if w, err := z.CreateHeader(header); err != nil {
		t.Fatal(err)
	} else {
		fmt.Fprint(w, "/etc/passwd")
	}
	z.Create("export.data")
	z.Close()
	return out.Bytes()
}

// lying is an export whose file claims another size than it has.
func lying(t *testing.T, item string, claimed uint64, real int) []byte {
	t.Helper()
	content := bytes.Repeat([]byte("a"), real)
	var deflated bytes.Buffer
	w, _ := flate.NewWriter(&deflated, 9)
	w.Write(content)
	w.Close()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	data, _ := z.Create("export.data")
	fmt.Fprint(data, `{"accounts":[{"vaults":[{"items":[`+item+`]}]}]}`)
	raw, err := z.CreateRaw(&zip.FileHeader{
		Name: "files/d1__a", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(content),
		CompressedSize64: uint64(deflated.Len()), UncompressedSize64: claimed,
	})
	if err != nil {
		t.Fatal(err)
	}
	raw.Write(deflated.Bytes())
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestReadFromDisk(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "no-name-that-tells")
	if err := os.WriteFile(path, onepux(t, `{"uuid":"1","overview":{"title":"x"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	archive, err := Read(t.Context(), path, Options{})
	if err != nil || len(items(t, archive)) != 1 {
		t.Fatalf("%v, %v", archive, err)
	}
	if err := archive.Close(); err != nil {
		t.Error(err)
	}
	for _, wrong := range []string{dir, filepath.Join(dir, "nothing")} {
		if _, err := Read(t.Context(), wrong, Options{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(cancelled, path, Options{}); err == nil ||
		fault.KindOf(err) == fault.Invalid {
		t.Errorf("cancelled: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(
		onepux(
			f,
			`{"uuid":"1","overview":{"title":"x"},"details":{"sections":[{"fields":[{"id":"a","value":{"date":1}}]}]}}`,
			entry{"files/a__b", []byte("c")},
		),
	)
	f.Add(zipped(f, entry{"../x", nil}))
	f.Add(stored("a/export.data", []byte("\uFEFF{\"accounts\":[{\"vaults\":[{\"items\":[{}]}]}]}")))
	f.Fuzz(func(t *testing.T, content []byte) {
		archive, err := readBytes(content)
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("not a plain refusal: %v", err)
		}
		if err == nil {
			checkItems(t, archive)
		}
	})
}

func FuzzItems(f *testing.F) {
	f.Add(
		[]byte(
			`{"uuid":"1","categoryUuid":"001","overview":{"title":"x"},"details":{
			"loginFields":[{"value":1}],"sections":[{"fields":[{"id":"a","value":{"email":"x","sshKey":1}}]}]}}`,
		),
	)
	f.Add(
		[]byte(
			`{"item":{"uuid":"1","favIndex":1,"trashed":1,"state":"x"},"file":{"attrs":{"uuid":"a"},"path":"p"}},` +
				`17,null`,
		),
	)
	f.Add(
		[]byte(
			`{"uuid":"1","overview":{"urls":["u",{"url":"v"}],"tags":["a",5,"\ud800\u0041"]},"details":{` +
				`"password":"p",` +
				`"documentAttributes":{"documentId":"d"},"sections":[{"fields":[{"value":{"reference":"1","ssoLogin":` +
				`{"provider":"google"}}}]}]}}`,
		),
	)
	f.Fuzz(func(t *testing.T, items []byte) {
		var data bytes.Buffer
		data.WriteString(`{"accounts":[{"vaults":[{"items":[`)
		data.Write(items)
		data.WriteString(`]}]}]}`)
		if archive, err := readBytes(stored("export.data", data.Bytes())); err == nil {
			checkItems(t, archive)
		}
	})
}

// checkItems holds what every item that was read must be.
func checkItems(t *testing.T, archive *Archive) {
	checkReport(t, archive)
	for _, incoming := range items(t, archive) {
		ids := map[string]bool{}
		for _, field := range incoming.Item.Fields {
			if field.ID == "" || ids[field.ID] || field.Value == "" || field.Type == "" {
				t.Errorf("field %+v", field)
			}
			ids[field.ID] = true
		}
		if incoming.Item.Title == "" || incoming.Item.Category == "" {
			t.Errorf("item %+v", incoming.Item)
		}
	}
}

// stored is a zip of one entry, made without compressing.
func stored(name string, content []byte) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, _ := z.CreateRaw(&zip.FileHeader{
		Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(content),
		CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content)),
	})
	w.Write(content)
	z.Close()
	return out.Bytes()
}

// checkReport holds what every report must be: all is accounted for.
func checkReport(t testing.TB, archive *Archive) {
	t.Helper()
	r := archive.Report
	b := r.Balance
	unused, settings, kept := 0, 0, 0
	for _, n := range r.Settings {
		settings += n
	}
	number := 0
	for entry := range archive.Items() {
		if number++; entry.Number != number {
			t.Errorf("entry %d has number %d", number, entry.Number)
		}
		if entry.LeftOut == "" {
			kept++
		}
	}
	if number != b.Items || number != archive.Entries {
		t.Errorf("%d entries, %d in the balance, %d in the archive", number, b.Items, archive.Entries)
	}
	if unused = b.Entries - b.EntriesTaken; unused != len(r.Unused) && len(r.Unused) < maxFindings {
		t.Errorf("%d entries unused, %d named", unused, len(r.Unused))
	}
	left := b.Items - b.ItemsTaken
	names := r.Totals[ArchivedItem] + r.Totals[DeletedItem] + r.Totals[UnknownState] + r.Totals[BadItem]
	if left != names || kept != b.ItemsTaken {
		t.Errorf("%d items left out, %d named; %d taken, %d read", left, names, b.ItemsTaken, kept)
	}
	if left := b.Values - b.ValuesTaken - b.ValuesNamed; left < 0 || left > settings {
		t.Errorf("%d values in no count, %d settings", left, settings)
	}
	if b.ValuesNamed > 0 && len(r.Findings) == 0 {
		t.Errorf("%d values named without a finding", b.ValuesNamed)
	}
}
