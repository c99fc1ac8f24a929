package importer

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"itemshare/vault"
)

// templates are the fields of the published format's categories, a line each: title, key and value as
// JSON, then the value as it should arrive where it differs. Lines without bars are titles of sections.
var templates = []struct {
	code     string
	category vault.Category
	fields   string
}{
	{"001", vault.Login, `
Extra
one-time password|totp|"otpauth://totp/x?secret=GEZDGNBV"
sign in with|ssoLogin|{"provider":"google","item":{"vaultUuid":"v","itemUuid":"item-002"}}|Google (002)
security question|concealed|"Rex"`},
	{"002", vault.CreditCard, `
cardholder name|string|"Ann Example"
type|creditCardType|"mc"|Mastercard
number|creditCardNumber|"5555555555554444"
verification number|concealed|"123"
expiry date|monthYear|203012|2030-12
valid from|monthYear|202001|2020-01
Contact Information
issuing bank|string|"Bank"
phone (toll free)|phone|"+1 800 1"
website|url|"https://bank.example"
Additional Details
PIN|concealed|"0000"
credit limit|string|"1000"
interest rate|string|"5 %"
issue number|string|"1"`},
	{"003", vault.SecureNote, ``},
	{"004", vault.Identity, `
Identification
first name|string|"Ann"
gender|menu|"female"|Female
birth date|date|1262347200|2010-01-01
occupation|string|"Engineer"
Address
address|address|{"street":"1 Way","city":"T","country":"us","zip":"1","state":"CA"}|1 Way⏎1 T⏎CA⏎United States
default phone|phone|"+49 30 1"
Internet Details
email|email|{"email_address":"ann@a.example","provider":null}|ann@a.example
reminder answer|concealed|"blue"`},
	{"005", vault.Password, ``},
	{"006", vault.Document, ``},
	{"100", vault.SoftwareLicense, `
version|string|"8"
license key|string|"AAAA-BBBB"
Customer
licensed to|string|"Ann"
registered email|email|{"email_address":"ann@a.example","provider":"fastmail"}|ann@a.example
Publisher
download page|url|"https://dl.example"
retail price|string|"10"
Order
purchase date|date|1262347200|2010-01-01`},
	{"101", vault.BankAccount, `
bank name|string|"Bank"
type|menu|"money_market"|Money Market
routing number|string|"1"
account number|string|"2"
SWIFT|string|"DEUTDEFF"
IBAN|string|"DE02"
PIN|concealed|"1"
Branch Information
phone|phone|"1"
address|string|"Main St"`},
	{"102", vault.Database, `
type|menu|"postgresql"|PostgreSQL
server|string|"db.example"
port|string|"5432"
database|string|"app"
username|string|"app"
password|concealed|"secret"
SID|string|"x"
alias|string|"y"
connection options|string|"sslmode=require"`},
	{"103", vault.DriverLicense, `
full name|string|"Ann"
address|string|"1 Way"
date of birth|date|1262347200|2010-01-01
sex|gender|"male"|Male
height|string|"170"
license class|string|"B"
conditions / restrictions|string|"none"
state|string|"CA"
country|country|"de"|Germany
expiry date|monthYear|203012|2030-12`},
	{"104", vault.OutdoorLicense, `
valid from|date|1262347200|2010-01-01
approved wildlife|string|"fish"
maximum quota|string|"3"`},
	{"105", vault.Membership, `
group|string|"Club"
telephone|phone|"1"
member since|monthYear|202001|2020-01
member ID|string|"7"`},
	{"106", vault.Passport, `
type|string|"P"
issuing country|menu|"fr"|France
number|string|"X1"
issued on|date|1262347200|2010-01-01`},
	{"107", vault.Rewards, `
company name|string|"Air"
member ID|string|"1"
PIN|concealed|"2"
More Information
customer service phone|phone|"3"`},
	{"108", vault.SocialSecurityNumber, `
name|string|"Ann"
number|concealed|"078-05-1120"`},
	{"109", vault.Router, `
base station name|string|"Home"
base station password|concealed|"x"
network name|string|"wifi"
wireless security|menu|"wpa3e"|WPA3 Enterprise
wireless network password|concealed|"y"`},
	{"110", vault.Server, `
URL|string|"ssh://a"
username|string|"root"
password|concealed|"toor"
Admin Console
admin console URL|string|"https://a"
Hosting Provider
support phone|phone|"1"`},
	{"111", vault.Email, `
type|menu|"imap"|IMAP
username|string|"ann"
server|string|"imap.example"
port number|string|"993"
password|concealed|"p"
security|menu|"tls"|TLS
auth method|menu|"kerberos_v5"|Kerberos V5 (GSSAPI)
SMTP
SMTP server|string|"smtp.example"`},
	{"112", vault.APICredentials, `
username|string|"bot"
credential|concealed|"key"
type|menu|"other"|Other
valid from|date|1262347200|2010-01-01
hostname|string|"api.example"`},
	{"113", vault.MedicalRecord, `
date|date|1262347200|2010-01-01
location|string|"Clinic"
healthcare professional|string|"Dr."
medication
dosage|string|"1"`},
	{"114", vault.SSHKey, `
private key|sshKey|` +
		`{"privateKey":"KEY","metadata":{"privateKey":"KEY","publicKey":"PUB","fingerprint":"FP",` +
		`"keyType":{"rsa":{"bits":4096}}}}|KEY`},
	{"115", vault.CryptoWallet, `
recovery phrase|concealed|"a b c"
password|concealed|"p"
Wallet
wallet address|string|"0x"
linked item|reference|"item-001"|001`},
}

// more are the fields that come with others.
var more = map[string][]string{
	"100": {"Customer · registered email provider · fastmail"},
	"114": {
		" · private key public key · PUB",
		" · private key fingerprint · FP",
		" · private key key type · RSA 4096",
	},
}

// exportedTemplate returns an item with every attribute of the published format, and its fields as they
// should arrive, "section · title · value".
func exportedTemplate(t *testing.T, code, lines string) (item map[string]any, want []string) {
	t.Helper()
	section := map[string]any{"title": "", "name": "s0", "fields": []any{}}
	sections := []any{section}
	for i, line := range strings.Split(strings.TrimSpace(lines), "\n") {
		parts := strings.Split(line, "|")
		if len(parts) < 3 {
			section = map[string]any{
				"title":               line,
				"name":                fmt.Sprint("s", i+1),
				"fields":              []any{},
				"hideAddAnotherField": true,
			}
			sections = append(sections, section)
			continue
		}
		var value any
		if err := json.Unmarshal([]byte(parts[2]), &value); err != nil {
			t.Fatal(line, err)
		}
		text, ok := value.(string)
		if len(parts) == 4 {
			text = strings.ReplaceAll(parts[3], "⏎", "\n")
		} else if !ok {
			t.Fatal(line)
		}
		want = append(want, fmt.Sprint(section["title"], " · ", parts[0], " · ", text))
		section["fields"] = append(section["fields"].([]any), map[string]any{
			"title": parts[0], "id": fmt.Sprint("f", i), "value": map[string]any{parts[1]: value},
			"guarded": true, "multiline": true, "dontGenerate": true,
			"inputTraits": map[string]any{
				"keyboard":       "default",
				"correction":     "no",
				"capitalization": "default",
			},
		})
	}
	details := map[string]any{
		"notesPlain": "notes of " + code, "sections": sections,
		"passwordHistory": []any{map[string]any{"value": "old", "time": 1458322355}},
		"loginFields": []any{map[string]any{
			"value": "user", "id": "x", "name": "login", "fieldType": "T", "designation": "username",
		}, map[string]any{"value": "pass", "id": "y", "name": "pw", "fieldType": "P", "designation": "password"}},
		"htmlForm": map[string]any{"htmlMethod": "post"},
		"password": "pass",
	}
	if code == "006" {
		details["documentAttributes"] = map[string]any{
			"fileName":      "plan.pdf",
			"documentId":    "d1",
			"decryptedSize": 4,
		}
	}
	return map[string]any{
		"uuid": "item-" + code, "favIndex": 1, "createdAt": 1614298956, "updatedAt": 1635346445, "state": "active",
		"categoryUuid": code, "details": details,
		"overview": map[string]any{
			"subtitle": "sub", "urls": []any{map[string]any{"label": "site", "url": "https://a.example"}},
			"url": "https://a.example", "title": code, "ps": 100, "pbe": 86.1, "pgrng": true, "tags": []any{"t"},
			"icons": map[string]any{
				"detail": "icon",
			}, "watchtowerExclusions": map[string]any{"1": "x"},
		},
	}, want
}

// TestPublishedFormat: an export with each field of each category and every attribute of the format.
// All arrives or is in the report, to the last value and entry.
func TestPublishedFormat(t *testing.T) {
	var exported []any
	want := map[string][]string{}
	for _, c := range templates {
		item, fields := exportedTemplate(t, c.code, c.fields)
		exported = append(exported, item)
		want[c.code] = append([]string{" · username · user", " · password · pass"}, fields...)
		want[c.code] = append(want[c.code], more[c.code]...)
	}
	data, err := json.Marshal(map[string]any{"accounts": []any{map[string]any{
		"attrs": map[string]any{
			"accountName": "Company", "name": "Ann", "avatar": "me.png", "email": "a@b.example", "uuid": "A",
			"domain": "https://my.1password.example/",
		},
		"vaults": []any{map[string]any{"attrs": map[string]any{
			"uuid": "v", "desc": "Shared", "avatar": "v.png", "name": "Work", "type": "E",
		}, "items": exported}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	archive := mustRead(
		t,
		zipped(
			t,
			entry{"export.attributes", []byte(`{"version":3}`)},
			entry{"export.data", data},
			entry{
				"files/d1__plan.pdf",
				[]byte("%PDF"),
			},
			entry{"files/me.png", []byte("PNG")},
			entry{"files/v.png", []byte("PNG")},
		),
	)
	checkItems(t, archive)
	all := items(t, archive)
	if len(all) != len(templates) {
		t.Fatalf("%d items", len(all))
	}
	for i, c := range templates {
		comparePublished(t, all[i], c.category, c.code, want[c.code])
	}
	comparePublishedReport(t, archive)
}

func comparePublished(
	t *testing.T,
	got vault.ImportedItem,
	category vault.Category,
	code string,
	want []string,
) {
	t.Helper()
	item, titles := got.Item, map[string]string{}
	for _, s := range item.Sections {
		titles[s.ID] = s.Title
	}
	var fields []string
	for _, f := range item.Fields {
		fields = append(fields, titles[f.SectionID]+" · "+f.Title+" · "+f.Value)
	}
	slices.Sort(fields)
	slices.Sort(want)
	if diff := cmp.Diff(want, fields); diff != "" || item.Category != category {
		t.Errorf("%s is a %s (-want +got):\n%s", code, item.Category, diff)
	}
	if item.Notes != "notes of "+code || !slices.Equal(item.Tags, []string{"t"}) || len(item.Websites) != 1 ||
		item.CreatedAt.Unix() != 1614298956 ||
		item.UpdatedAt.Unix() != 1635346445 {
		t.Errorf("%s: %+v", code, item)
	}
	if code == "006" {
		content, err := got.Open(item.Files[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(content); err != nil || string(text) != "%PDF" {
			t.Errorf("document %q, %v", text, err)
		}
	}
}

func comparePublishedReport(t *testing.T, archive *Archive) {
	t.Helper()
	r, n := archive.Report, len(templates)
	if want := map[What]int{Favorite: n, PasswordHistory: n, VaultDescription: 1}; !maps.Equal(
		r.Totals,
		want,
	) ||
		r.Problems != 0 {
		t.Errorf("totals %v, want %v", r.Totals, want)
	}
	if want := []string{"files/me.png", "files/v.png"}; !slices.Equal(r.Unused, want) {
		t.Errorf("unused %q", r.Unused)
	}
	left := 0
	var names []string
	for name, count := range r.Settings {
		if strings.HasPrefix(name, "items.") {
			left += count
		}
		names = append(names, name)
	}
	slices.Sort(names)
	if want := strings.Fields(`
		accounts.attrs.accountName accounts.attrs.avatar accounts.attrs.domain accounts.attrs.email
		accounts.attrs.name accounts.vaults.attrs.avatar accounts.vaults.attrs.type items.details.htmlForm.htmlMethod
		items.details.sections.fields.dontGenerate items.details.sections.fields.guarded
		items.details.sections.fields.inputTraits.capitalization items.details.sections.fields.inputTraits.correction
		items.details.sections.fields.inputTraits.keyboard items.details.sections.fields.multiline
		items.details.sections.hideAddAnotherField
		items.overview.icons.detail items.overview.pbe items.overview.pgrng items.overview.ps items.overview.subtitle
		items.overview.watchtowerExclusions.1`); !slices.Equal(
		names,
		want,
	) {
		t.Errorf("settings (-want +got):\n%s", cmp.Diff(want, names))
	}
	if b := r.Balance; b.Values != b.ValuesTaken+b.ValuesNamed+left || b.Items != n ||
		b.ItemsTaken != n {
		t.Errorf("balance %+v, settings %d", b, left)
	}
}
