package importer

import (
	"errors"
	"slices"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"itemshare/fault"
	"itemshare/vault"
)

func TestKnownCSV(t *testing.T) {
	for _, c := range []struct {
		format, text string
		category     vault.Category
		title, notes string
		sites        []string
		tags         []string
		fields       []string
	}{
		{
			"Chrome passwords", "name,url,username,password,note\nwiki,https://w.example/,ann,\"p,\"\"w\",hi\n",
			vault.Login, "wiki", "hi",
			[]string{"https://w.example/"},
			nil,
			[]string{"username=ann", "password=p,\"w"},
		},
		{
			"Firefox passwords", `"url","username","password","httpRealm","formActionOrigin","guid",` +
				`"timeCreated","timeLastUsed","timePasswordChanged"` + "\r\n" +
				`"https://w.example","ann","pw","Realm","https://w.example","{g}","1700000000000","1","1700000000000"`,
			vault.Login, "w.example", "",
			[]string{"https://w.example"},
			nil,
			[]string{"username=ann", "password=pw", "httpRealm=Realm"},
		},
		{
			"Safari passwords",
			"Title,URL,Username,Password,Notes,OTPAuth\n" +
				"Wiki,https://w.example,ann,pw,\"a\nb\",otpauth://totp/x?secret=GEZDGNBV\n",
			vault.Login, "Wiki", "a\nb",
			[]string{"https://w.example"},
			nil,
			[]string{"username=ann", "password=pw", "one-time password=otpauth://totp/x?secret=GEZDGNBV"},
		},
		{
			"1Password CSV", "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\n" +
				"Wiki,https://w.example,ann,pw,,false,false,red;blue,note\n",
			vault.Login, "Wiki", "note",
			[]string{"https://w.example"},
			[]string{"red", "blue"},
			[]string{"username=ann", "password=pw"},
		},
		{
			"Bitwarden CSV",
			"folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\n" +
				"Work,1,login,Wiki,note,\"pin: 1\n2\nroom: 7\",0,\"https://a.example,https://b.example\",ann,pw," +
				"GEZDGNBV\n",
			vault.Login, "Wiki", "note",
			[]string{"https://a.example", "https://b.example"},
			[]string{"Work"},
			[]string{
				"username=ann", "password=pw", "one-time password=GEZDGNBV", "pin=1\n2", "room=7",
			},
		},
		{
			"LastPass CSV", "url,username,password,totp,extra,name,grouping,fav\n" +
				"https://w.example,ann,pw,,a note,Wiki,Work\\Ops,0\n",
			vault.Login, "Wiki", "a note",
			[]string{"https://w.example"},
			[]string{"Work/Ops"},
			[]string{"username=ann", "password=pw"},
		},
		{
			"LastPass CSV", "url,username,password,totp,extra,name,grouping,fav\n" +
				"http://sn,,,,\"NoteType:Credit Card\nLanguage:en-US\nName on Card:Ann\nNumber:4111\n" +
				"Notes:keep\nsafe\",Card,,0\n",
			vault.CreditCard, "Card", "keep\nsafe", nil, nil,
			[]string{"Name on Card=Ann", "Number=4111"},
		},
		{
			"Proton Pass CSV", "type,name,url,email,username,password,note,totp,createTime,modifyTime,vault\n" +
				"note,Note,,,,,text,,1700000000,1700000000,Personal\n",
			vault.SecureNote, "Note", "text", nil, nil, nil,
		},
		{
			"KeePassXC CSV",
			`"Group","Title","Username","Password","URL","Notes","TOTP","Icon","Last Modified","Created"` + "\n" +
				`"Root/Mail","Wiki","ann","pw","","","","0","2024-01-02T03:04:05Z","2024-01-02T03:04:05Z"` + "\n",
			vault.Login, "Wiki", "", nil,
			[]string{"Root/Mail"},
			[]string{"username=ann", "password=pw"},
		},
	} {
		t.Run(c.format, func(t *testing.T) {
			archive := mustRead(t, []byte(c.text))
			checkItems(t, archive)
			all := items(t, archive)
			if archive.Format != c.format || len(all) != 1 {
				t.Fatalf("%s with %d items", archive.Format, len(all))
			}
			checkFields(t, all[0], c.category, c.fields...)
			var sites []string
			for _, site := range all[0].Item.Websites {
				sites = append(sites, site.URL)
			}
			if all[0].Item.Title != c.title || all[0].Item.Notes != c.notes ||
				!slices.Equal(sites, c.sites) || !slices.Equal(all[0].Item.Tags, c.tags) {
				t.Errorf("got %+v", all[0].Item)
			}
		})
	}
}

func TestUnknownCSV(t *testing.T) {
	text := []byte("Service;Login;Pass;Room\nWiki;ann;pw;7\nWiki 2;bea;pw2;\n;;;\nWiki 3;c;d;e;f\n")
	_, err := readBytes(text)
	var unknown *UnknownColumns
	if !errors.As(err, &unknown) || fault.KindOf(err) != fault.Invalid {
		t.Fatalf("got %v", err)
	}
	guess := []Role{TitleColumn, UsernameColumn, PasswordColumn, TextColumn}
	if !slices.Equal(unknown.Guess, guess) || len(unknown.Rows) != 3 || unknown.Rows[0][1] != "ann" {
		t.Errorf("guess %q, rows %q", unknown.Guess, unknown.Rows)
	}
	archive, err := readWith(text, Options{Columns: []Role{TitleColumn, UsernameColumn, HiddenColumn, LeaveOut}})
	if err != nil {
		t.Fatal(err)
	}
	checkItems(t, archive)
	all := items(t, archive)
	if len(all) != 3 || all[0].VaultTitle != "Imported" {
		t.Fatalf("got %+v", all)
	}
	checkFields(t, all[0], vault.Login, "username=ann", "Pass=pw")
	want := []string{
		"column: Wiki / Room", "item: Untitled", "column: Wiki 3 / Room", "!value: Wiki 3",
	}
	if got := findings(archive); !slices.Equal(got, want) {
		t.Errorf("findings %q", got)
	}
	for why, columns := range map[string][]Role{
		"too few": {TitleColumn}, "no title": {UsernameColumn, LeaveOut, LeaveOut, LeaveOut},
		"no role": {TitleColumn, "x", LeaveOut, LeaveOut},
	} {
		if _, err := readWith(text, Options{Columns: columns}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", why, err)
		}
	}
}

func TestCSVInUTF16(t *testing.T) {
	text, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().
		String("name,url,username,password\nWikí,https://w.example,ann,pw\n")
	if err != nil {
		t.Fatal(err)
	}
	if all := items(t, mustRead(t, []byte(text))); len(all) != 1 || all[0].Item.Title != "Wikí" {
		t.Errorf("got %+v", all)
	}
}

func TestCSVOfAnotherEncoding(t *testing.T) {
	archive := mustRead(t, []byte("name,url,username,password\nWik\xed,https://w.example,ann,pw\n"))
	if all := items(t, archive); len(all) != 1 || archive.Report.Totals[BadText] != 1 {
		t.Errorf("got %+v, %q", all, findings(archive))
	}
}
