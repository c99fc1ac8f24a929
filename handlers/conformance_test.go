package handlers

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"
)

// conformanceTests are the statements of the documentation, each with its test and the rules that
// the test needs.
var conformanceTests = map[string]struct {
	rules rules
	check func(*testing.T, *sharingBackend)
}{
	"item by vault and item id": {check: func(t *testing.T, b *sharingBackend) {
		item := b.program.get(itemPath(b.plainItem)).object(t)
		if item["id"] != b.plainItem.ID || item["vaultId"] != b.plainItem.VaultID ||
			item["title"] != b.plainItem.Title ||
			len(item["fields"].([]any)) != len(b.plainItem.Fields) {
			t.Errorf("the item: %v", item)
		}
		if r := b.program.get("/vaults/" + b.plainItem.VaultID + "/items/nothing"); r.status != http.StatusNotFound ||
			r.code() != "not_found" {
			t.Errorf("no such item: %v", r)
		}
	}},
	"permission to share": {check: func(t *testing.T, b *sharingBackend) {
		reader := b.addProgram("Reader", false, b.plainItem.VaultID)
		if r := reader.call(http.MethodPost, itemPath(b.plainItem)+"/shares",
			`{}`); r.status != http.StatusForbidden ||
			r.code() != "forbidden" {
			t.Errorf("a token that may read alone: %v", r)
		}
		if b.native == nil {
			return
		}
		b.native.account.Bar(b.plainItem.VaultID, true)
		defer b.native.account.Bar(b.plainItem.VaultID, false)
		if r := b.call(http.MethodPost, itemPath(b.plainItem)+"/shares", `{}`); r.status < 400 ||
			r.status == http.StatusNotFound ||
			!strings.Contains(strings.ToLower(r.body), "share items") {
			t.Errorf("a 1Password token without Share items: %v", r)
		}
	}},
	"default: unlimited views": {check: func(t *testing.T, b *sharingBackend) {
		if policy := b.policy(t); policy["maxViews"] != nil {
			t.Errorf("the policy: %v", policy)
		}
		link, details := b.share(t, b.plainItem, `{}`)
		if details["maxViews"] != 0.0 {
			t.Errorf("the share: %v", details)
		}
		if b.native == nil {
			l := b.link(link)
			for range 3 {
				l.content(l.open(nil))
			}
		}
	}},
	"default: all recipient types": {check: func(t *testing.T, b *sharingBackend) {
		if got := b.policy(t)["allowedRecipientTypes"]; !containsExactly(got, "Email", "Domain") {
			t.Errorf("the policy: %v", got)
		}
	}},
	"default: all share types": {check: func(t *testing.T, b *sharingBackend) {
		if got := b.policy(t)["allowedTypes"]; !containsExactly(got, "Authenticated", "Public") {
			t.Errorf("the policy: %v", got)
		}
	}},
	"default: 30 days at most": {check: func(t *testing.T, b *sharingBackend) {
		if got := b.policy(t)["maxExpiry"]; got != "ThirtyDays" {
			t.Errorf("the policy: %v", got)
		}
	}},
	"default: 7 days": {check: func(t *testing.T, b *sharingBackend) {
		if got := b.policy(t)["defaultExpiry"]; got != "SevenDays" {
			t.Errorf("the policy: %v", got)
		}
	}},
	"rule: longest expiry": {
		rules{max: sdk.ItemShareDurationSevenDays, usual: sdk.ItemShareDurationOneDay},
		func(t *testing.T, b *sharingBackend) {
			b.wantProblem(
				t,
				b.plainItem,
				`{"expireAfter":"FourteenDays"}`,
				"policy_expiry",
				"expireAfter",
			)
			checkExpiry("SevenDays", 7*aDay)(t, b)
		},
	},
	"rule: views": {rules{views: 2}, func(t *testing.T, b *sharingBackend) {
		if got := b.policy(t)["maxViews"]; got != 2.0 {
			t.Errorf("the policy: %v", got)
		}
		link, details := b.share(t, b.plainItem, `{}`)
		if details["maxViews"] != 2.0 {
			t.Errorf("the share: %v", details)
		}
		if b.native == nil {
			l := b.link(link)
			l.content(l.open(nil))
			l.content(l.open(nil))
			if r := l.open(nil); r.code() != "viewed" {
				t.Errorf("a third time: %v", r)
			}
		}
	}},
	"rule: share types": {
		rules{types: []string{"Authenticated"}},
		func(t *testing.T, b *sharingBackend) {
			b.wantProblem(t, b.plainItem, `{}`, "policy_access", "recipients")
			b.share(t, b.plainItem, `{"recipients":["ann@client.example"]}`)
		},
	},
	"rule: public links alone": {
		rules{types: []string{"Public"}},
		func(t *testing.T, b *sharingBackend) {
			b.wantProblem(
				t,
				b.plainItem,
				`{"recipients":["ann@client.example"]}`,
				"policy_access",
				"recipients",
			)
			b.share(t, b.plainItem, `{}`)
		},
	},
	"rule: recipient types": {
		rules{kinds: []string{"Email"}},
		func(t *testing.T, b *sharingBackend) {
			b.wantProblem(
				t,
				b.plainItem,
				`{"recipients":["client.example"]}`,
				"policy_recipient_type",
				"recipients",
			)
			b.share(t, b.plainItem, `{"recipients":["ann@client.example"]}`)
		},
	},
	"rule: files": {rules{noFiles: true}, func(t *testing.T, b *sharingBackend) {
		b.wantProblem(t, b.fileItem, b.requestWithFiles(), "policy_files", "files")
		b.share(t, b.plainItem, `{}`)
	}},
	"rule: what holds with files": {
		rules{shortWithFile: true},
		func(t *testing.T, b *sharingBackend) {
			if b.native == nil { // the embedded vault has no rules for items with files
				return
			}
			b.wantProblem(t, b.fileItem, `{"expireAfter":"OneDay"}`, "policy_expiry", "expireAfter")
			_, details := b.share(t, b.fileItem, `{}`)
			if got := lifetimeOf(t, details); got != time.Hour {
				t.Errorf("the default with files: %v", got)
			}
			checkExpiryOf(t, b, `{"expireAfter":"OneDay"}`, aDay)
		},
	},
	"validate: an address": {check: func(t *testing.T, b *sharingBackend) {
		if r := b.validate(`"helloworld@client.example"`); r.body != `[{"type":"Email",`+
			`"parameters":{"email":"helloworld@client.example"}}]` {
			t.Errorf("%v", r)
		}
	}},
	"validate: a domain": {check: func(t *testing.T, b *sharingBackend) {
		if r := b.validate(`"client.example"`); r.body != `[{"type":"Domain",`+
			`"parameters":{"domain":"client.example"}}]` {
			t.Errorf("%v", r)
		}
	}},
	"validate: refused ones": {
		rules{kinds: []string{"Email"}},
		func(t *testing.T, b *sharingBackend) {
			r := b.validate(`"ann@client.example","client.example","nobody at all"`)
			if r.status != http.StatusUnprocessableEntity ||
				len(r.object(t)["errors"].([]any)) < 2 ||
				!strings.Contains(r.body, "client.example") {
				t.Errorf("%v", r)
			}
		},
	},
	"ExpireAfter: OneHour":      {check: checkExpiry("OneHour", time.Hour)},
	"ExpireAfter: OneDay":       {check: checkExpiry("OneDay", aDay)},
	"ExpireAfter: SevenDays":    {check: checkExpiry("SevenDays", 7*aDay)},
	"ExpireAfter: FourteenDays": {check: checkExpiry("FourteenDays", 14*aDay)},
	"ExpireAfter: ThirtyDays":   {check: checkExpiry("ThirtyDays", 30*aDay)},
	"ExpireAfter: absent": {
		rules{usual: sdk.ItemShareDurationOneDay},
		func(t *testing.T, b *sharingBackend) {
			checkExpiryOf(t, b, `{}`, aDay)
		},
	},
	"ExpireAfter: another word": {check: func(t *testing.T, b *sharingBackend) {
		b.wantProblem(t, b.plainItem, `{"expireAfter":"TwoDays"}`, "invalid", "expireAfter")
	}},
	"Recipients: none": {check: func(t *testing.T, b *sharingBackend) {
		link, details := b.share(t, b.plainItem, `{"recipients":[]}`)
		if details["audience"] != "anyone" {
			t.Errorf("the share: %v", details)
		}
		if b.native != nil {
			if made := b.lastLink(); len(made.Recipients) > 0 {
				t.Errorf("1Password was asked for %v", made)
			}
			return
		}
		l := b.link(link)
		if content := l.content(l.open(nil)); content["title"] != b.plainItem.Title {
			t.Errorf("the copy: %v", content)
		}
	}},
	"Recipients: addresses and domains": {check: func(t *testing.T, b *sharingBackend) {
		link, details := b.share(
			t,
			b.plainItem,
			`{"recipients":`+b.validate(`"ann@client.example","partner.example"`).body+`}`,
		)
		if details["audience"] != "recipients" || len(details["recipients"].([]any)) != 2 {
			t.Errorf("the share: %v", details)
		}
		if b.native != nil {
			if made := b.lastLink(); !slices.Equal(
				made.Recipients, []string{"ann@client.example", "partner.example"},
			) {
				t.Errorf("1Password was asked for %v", made)
			}
			return
		}
		l := b.link(link)
		if r := l.open(nil); r.code() != "verification_required" {
			t.Errorf("without a code: %v", r)
		}
		for _, address := range []string{"ann@client.example", "bob@partner.example"} {
			l.content(l.open(object{"email": address, "code": l.requestCode(address)}))
		}
	}},
	"OneTimeOnly": {check: func(t *testing.T, b *sharingBackend) {
		link, details := b.share(
			t,
			b.plainItem,
			`{"recipients":["ann@client.example","bob@client.example"],"oneTimeOnly":true}`,
		)
		if details["maxViews"] != 1.0 {
			t.Errorf("the share: %v", details)
		}
		if b.native != nil {
			if made := b.lastLink(); !made.OneTime {
				t.Errorf("1Password was asked for %v", made)
			}
			return
		}
		l := b.link(link)
		open := func(address string) reply {
			return l.open(object{"email": address, "code": l.requestCode(address)})
		}
		l.content(open("ann@client.example"))
		if r := open("ann@client.example"); r.code() != "viewed" {
			t.Errorf("a second time: %v", r)
		}
		l.content(open("bob@client.example"))
		if r := l.open(nil); r.code() != "viewed" {
			t.Errorf("when nobody has a view left: %v", r)
		}
	}},
	"the link": {check: func(t *testing.T, b *sharingBackend) {
		one, _ := b.share(t, b.plainItem, `{}`)
		other, _ := b.share(t, b.plainItem, `{}`)
		begins := b.base.String() + "/s#"
		if b.native != nil {
			begins = "https://share.1password.com/s#"
		}
		if one == other || !strings.HasPrefix(one, begins) {
			t.Errorf("the links: %s, %s", one, other)
		}
	}},
	"a copy": {check: func(t *testing.T, b *sharingBackend) {
		if b.native != nil { // 1Password makes the copy
			return
		}
		item := b.addItem(newLogin(b.team.ID, "Router"))
		link, _ := b.share(t, item, `{}`)
		item.Title = "Renamed meanwhile"
		_, err := b.vault.UpdateItem(t.Context(), "", item, nil)
		b.must(err)
		l := b.link(link)
		if content := l.content(l.open(nil)); content["title"] != "Router" {
			t.Errorf("the copy changed: %v", content)
		}
	}},
	"Items.Create":  {check: editingTest("POST", checkItemsCreate)},
	"Items.Put":     {check: editingTest("PUT", checkItemsPut)},
	"Items.Archive": {check: editingTest("POST", checkItemsArchive)},
	"Items.Delete":  {check: editingTest("DELETE", checkItemsDelete)},

	"Files.Attach":             {check: checkFilesAttach},
	"Files.Read":               {check: checkFilesRead},
	"Files.Delete":             {check: checkFilesDelete},
	"beyond: a text":           {check: checkUnfiledText},
	"beyond: files":            {check: checkUnfiledFiles},
	"beyond: the policy holds": {rules{types: []string{"Authenticated"}, noFiles: true}, checkUnfiledPolicy},
}

// TestConformance tests each row of docs/conformance.md over both backends.
func TestConformance(t *testing.T) {
	text, err := os.ReadFile("../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	// one pair of backends for each set of rules
	rows, all := map[string]bool{}, map[string]map[string]*sharingBackend{}
	for _, found := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		rows[found[1]] = true
		if _, ok := conformanceTests[found[1]]; !ok {
			t.Errorf("nothing holds the row %q", found[1])
		}
	}
	for name, s := range conformanceTests {
		if !rows[name] {
			t.Errorf("%q has no row", name)
		}
		key := fmt.Sprint(s.rules)
		if all[key] == nil {
			all[key] = newSharingBackends(t, s.rules)
		}
		for backend, b := range all[key] {
			t.Run(name+"/"+backend, func(t *testing.T) { s.check(t, b) })
		}
	}
}
