package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/vault"
	"itemshare/vault/onepassword/standin"
)

// rules are an account's rules for sharing where they differ from the documented defaults.
type rules struct {
	max, usual    sdk.ItemShareDuration
	types         []string
	kinds         []string
	noFiles       bool
	views         uint32
	shortWithFile bool // 1Password alone: an item with files may be shared for an hour
}

// desk is one backend with a program that may share from it.
type desk struct {
	*app
	caller
	agency *agency // nil on the embedded vault
	plain  vault.Item
	filed  vault.Item // with a file
}

// desks are both backends, each with an account of these rules.
func desks(t *testing.T, r rules) map[string]*desk {
	r.max, r.usual = either(r.max, sdk.ItemShareDurationThirtyDays), either(
		r.usual, sdk.ItemShareDurationSevenDays,
	)
	if r.types == nil {
		r.types = []string{"Authenticated", "Public"}
	}
	if r.kinds == nil {
		r.kinds = []string{"Email", "Domain"}
	}
	return map[string]*desk{"the embedded vault": overLocal(t, r), "1Password": overAccount(t, r)}
}

func either(name, usual sdk.ItemShareDuration) sdk.ItemShareDuration {
	if name == "" {
		return usual
	}
	return name
}

func overLocal(t *testing.T, r rules) *desk {
	a := newApp(t)
	form := url.Values{
		"max_expiry": {
			string(r.max),
		}, "default_expiry": {string(r.usual)}, "allowed_types": r.types, "allowed_recipient_types": r.kinds,
	}
	if !r.noFiles {
		form.Set("files_allowed", "on")
	}
	if r.views > 0 {
		form.Set("max_views", strconv.Itoa(int(r.views)))
	}
	if answer := a.signedIn(adminEmail).post("/admin/policy",
		form); answer.status != http.StatusSeeOther {
		t.Fatalf("the policy: %v", answer)
	}
	return &desk{
		app: a, caller: a.service("Deploy", true, a.team.ID), plain: a.item, filed: a.withFile(),
	}
}

func overAccount(t *testing.T, r rules) *desk {
	g := newAgency(t)
	policy := sdk.ItemShareAccountPolicy{
		MaxExpiry:     r.max,
		DefaultExpiry: r.usual,
		Files:         sdk.ItemShareFiles{Allowed: !r.noFiles, MaxSize: 1 << 20},
	}
	for _, name := range r.types {
		policy.AllowedTypes = append(policy.AllowedTypes, sdk.AllowedType(name))
	}
	for _, name := range r.kinds {
		policy.AllowedRecipientTypes = append(
			policy.AllowedRecipientTypes, sdk.AllowedRecipientType(name),
		)
	}
	if r.views > 0 {
		policy.MaxViews = &r.views
	}
	if hour := sdk.ItemShareDurationOneHour; r.shortWithFile {
		policy.Files.MaxExpiry = &hour
	}
	g.account.SetPolicy(policy)
	return &desk{
		app:    g.app,
		caller: g.service("Deploy", true, g.login.VaultID),
		agency: g,
		plain:  g.login,
		filed:  g.filed,
	}
}

// share makes a link and gives what the history tells of it.
func (d *desk) share(t *testing.T, item vault.Item, body string) (link string, told object) {
	t.Helper()
	made := d.made(item, body)
	return made.Link, d.caller.get("/shares/" + made.ID).object(t)
}

// asked is what 1Password was asked for last.
func (d *desk) asked() standin.Link {
	links := d.agency.account.Links()
	return links[len(links)-1]
}

// refuses wants one problem at a field.
func (d *desk) refuses(t *testing.T, item vault.Item, body, code, field string) {
	t.Helper()
	before := d.links()
	r := d.call(http.MethodPost, itemPath(item)+"/shares", body)
	problems, _ := r.object(t)["errors"].([]any)
	if r.status != http.StatusUnprocessableEntity || len(problems) != 1 {
		t.Fatalf("%s: %v, want one problem", body, r)
	}
	if p := problems[0].(map[string]any); p["code"] != code || p["field"] != field {
		t.Errorf("%s: %v, want %s at %s", body, p, code, field)
	}
	if d.links() > before {
		t.Errorf("%s: refused, and 1Password made a link", body)
	}
}

func (d *desk) links() int {
	if d.agency == nil {
		return 0
	}
	return len(d.agency.account.Links())
}

func lasts(t *testing.T, told object) time.Duration {
	t.Helper()
	from, err := time.Parse(time.RFC3339, told["createdAt"].(string))
	until, err2 := time.Parse(time.RFC3339, told["expiresAt"].(string))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	return until.Sub(from)
}

// checkExpiry holds one value of ExpireAfter.
func checkExpiry(name string, want time.Duration) func(*testing.T, *desk) {
	return func(t *testing.T, d *desk) {
		_, told := d.share(t, d.plain, `{"expireAfter":"`+name+`"}`)
		if got := lasts(t, told); got != want {
			t.Errorf("%s lasts %v, want %v", name, got, want)
		}
		if d.agency != nil && d.asked().Expiry != want {
			t.Errorf("1Password was asked for %v", d.asked().Expiry)
		}
	}
}

const aDay = 24 * time.Hour

// statements are the documentation's, each with what holds it and the rules that it needs.
var statements = map[string]struct {
	rules rules
	check func(*testing.T, *desk)
}{
	"item by vault and item id": {check: func(t *testing.T, d *desk) {
		item := d.caller.get(itemPath(d.plain)).object(t)
		if item["id"] != d.plain.ID || item["vaultId"] != d.plain.VaultID ||
			item["title"] != d.plain.Title ||
			len(item["fields"].([]any)) != len(d.plain.Fields) {
			t.Errorf("the item: %v", item)
		}
		if r := d.caller.get("/vaults/" + d.plain.VaultID + "/items/nothing"); r.status != http.StatusNotFound ||
			r.code() != "not_found" {
			t.Errorf("no such item: %v", r)
		}
	}},
	"permission to share": {check: func(t *testing.T, d *desk) {
		reader := d.service("Reader", false, d.plain.VaultID)
		if r := reader.call(http.MethodPost, itemPath(d.plain)+"/shares",
			`{}`); r.status != http.StatusForbidden ||
			r.code() != "forbidden" {
			t.Errorf("a token that may read alone: %v", r)
		}
		if d.agency == nil {
			return
		}
		d.agency.account.Bar(d.plain.VaultID, true)
		defer d.agency.account.Bar(d.plain.VaultID, false)
		if r := d.call(http.MethodPost, itemPath(d.plain)+"/shares", `{}`); r.status < 400 ||
			r.status == http.StatusNotFound ||
			!strings.Contains(strings.ToLower(r.body), "share items") {
			t.Errorf("a 1Password token without Share items: %v", r)
		}
	}},
	"default: unlimited views": {check: func(t *testing.T, d *desk) {
		if policy := d.policy(t); policy["maxViews"] != nil {
			t.Errorf("the policy: %v", policy)
		}
		link, told := d.share(t, d.plain, `{}`)
		if told["maxViews"] != 0.0 {
			t.Errorf("the share: %v", told)
		}
		if d.agency == nil {
			l := d.link(link)
			for range 3 {
				l.content(l.open(nil))
			}
		}
	}},
	"default: all recipient types": {check: func(t *testing.T, d *desk) {
		if got := d.policy(t)["allowedRecipientTypes"]; !same(got, "Email", "Domain") {
			t.Errorf("the policy: %v", got)
		}
	}},
	"default: all share types": {check: func(t *testing.T, d *desk) {
		if got := d.policy(t)["allowedTypes"]; !same(got, "Authenticated", "Public") {
			t.Errorf("the policy: %v", got)
		}
	}},
	"default: 30 days at most": {check: func(t *testing.T, d *desk) {
		if got := d.policy(t)["maxExpiry"]; got != "ThirtyDays" {
			t.Errorf("the policy: %v", got)
		}
	}},
	"default: 7 days": {check: func(t *testing.T, d *desk) {
		if got := d.policy(t)["defaultExpiry"]; got != "SevenDays" {
			t.Errorf("the policy: %v", got)
		}
	}},
	"rule: longest expiry": {
		rules{max: sdk.ItemShareDurationSevenDays, usual: sdk.ItemShareDurationOneDay},
		func(t *testing.T, d *desk) {
			d.refuses(t, d.plain, `{"expireAfter":"FourteenDays"}`, "policy_expiry", "expireAfter")
			checkExpiry("SevenDays", 7*aDay)(t, d)
		},
	},
	"rule: views": {rules{views: 2}, func(t *testing.T, d *desk) {
		if got := d.policy(t)["maxViews"]; got != 2.0 {
			t.Errorf("the policy: %v", got)
		}
		link, told := d.share(t, d.plain, `{}`)
		if told["maxViews"] != 2.0 {
			t.Errorf("the share: %v", told)
		}
		if d.agency == nil {
			l := d.link(link)
			l.content(l.open(nil))
			l.content(l.open(nil))
			if r := l.open(nil); r.code() != "viewed" {
				t.Errorf("a third time: %v", r)
			}
		}
	}},
	"rule: share types": {rules{types: []string{"Authenticated"}}, func(t *testing.T, d *desk) {
		d.refuses(t, d.plain, `{}`, "policy_access", "recipients")
		d.share(t, d.plain, `{"recipients":["ann@client.example"]}`)
	}},
	"rule: public links alone": {rules{types: []string{"Public"}}, func(t *testing.T, d *desk) {
		d.refuses(
			t,
			d.plain,
			`{"recipients":["ann@client.example"]}`,
			"policy_access",
			"recipients",
		)
		d.share(t, d.plain, `{}`)
	}},
	"rule: recipient types": {rules{kinds: []string{"Email"}}, func(t *testing.T, d *desk) {
		d.refuses(
			t,
			d.plain,
			`{"recipients":["client.example"]}`,
			"policy_recipient_type",
			"recipients",
		)
		d.share(t, d.plain, `{"recipients":["ann@client.example"]}`)
	}},
	"rule: files": {rules{noFiles: true}, func(t *testing.T, d *desk) {
		d.refuses(t, d.filed, d.withFiles(), "policy_files", "files")
		d.share(t, d.plain, `{}`)
	}},
	"rule: what holds with files": {rules{shortWithFile: true}, func(t *testing.T, d *desk) {
		if d.agency == nil { // it has no rules of this sort
			return
		}
		d.refuses(t, d.filed, `{"expireAfter":"OneDay"}`, "policy_expiry", "expireAfter")
		_, told := d.share(t, d.filed, `{}`)
		if got := lasts(t, told); got != time.Hour {
			t.Errorf("the default with files: %v", got)
		}
		checkExpiryOf(t, d, `{"expireAfter":"OneDay"}`, aDay)
	}},
	"validate: an address": {check: func(t *testing.T, d *desk) {
		if r := d.validate(`"helloworld@client.example"`); r.body != `[{"type":"Email",`+
			`"parameters":{"email":"helloworld@client.example"}}]` {
			t.Errorf("%v", r)
		}
	}},
	"validate: a domain": {check: func(t *testing.T, d *desk) {
		if r := d.validate(`"client.example"`); r.body != `[{"type":"Domain",`+
			`"parameters":{"domain":"client.example"}}]` {
			t.Errorf("%v", r)
		}
	}},
	"validate: refused ones": {rules{kinds: []string{"Email"}}, func(t *testing.T, d *desk) {
		r := d.validate(`"ann@client.example","client.example","nobody at all"`)
		if r.status != http.StatusUnprocessableEntity || len(r.object(t)["errors"].([]any)) < 2 ||
			!strings.Contains(r.body, "client.example") {
			t.Errorf("%v", r)
		}
	}},
	"ExpireAfter: OneHour":      {check: checkExpiry("OneHour", time.Hour)},
	"ExpireAfter: OneDay":       {check: checkExpiry("OneDay", aDay)},
	"ExpireAfter: SevenDays":    {check: checkExpiry("SevenDays", 7*aDay)},
	"ExpireAfter: FourteenDays": {check: checkExpiry("FourteenDays", 14*aDay)},
	"ExpireAfter: ThirtyDays":   {check: checkExpiry("ThirtyDays", 30*aDay)},
	"ExpireAfter: absent": {rules{usual: sdk.ItemShareDurationOneDay}, func(t *testing.T, d *desk) {
		checkExpiryOf(t, d, `{}`, aDay)
	}},
	"ExpireAfter: another word": {check: func(t *testing.T, d *desk) {
		d.refuses(t, d.plain, `{"expireAfter":"TwoDays"}`, "invalid", "expireAfter")
	}},
	"Recipients: none": {check: func(t *testing.T, d *desk) {
		link, told := d.share(t, d.plain, `{"recipients":[]}`)
		if told["audience"] != "anyone" {
			t.Errorf("the share: %v", told)
		}
		if d.agency != nil {
			if made := d.asked(); len(made.Recipients) > 0 {
				t.Errorf("1Password was asked for %v", made)
			}
			return
		}
		l := d.link(link)
		if content := l.content(l.open(nil)); content["title"] != d.plain.Title {
			t.Errorf("the copy: %v", content)
		}
	}},
	"Recipients: addresses and domains": {check: func(t *testing.T, d *desk) {
		link, told := d.share(
			t,
			d.plain,
			`{"recipients":`+d.validate(`"ann@client.example","partner.example"`).body+`}`,
		)
		if told["audience"] != "recipients" || len(told["recipients"].([]any)) != 2 {
			t.Errorf("the share: %v", told)
		}
		if d.agency != nil {
			if made := d.asked(); !slices.Equal(
				made.Recipients, []string{"ann@client.example", "partner.example"},
			) {
				t.Errorf("1Password was asked for %v", made)
			}
			return
		}
		l := d.link(link)
		if r := l.open(nil); r.code() != "verification_required" {
			t.Errorf("without a code: %v", r)
		}
		for _, address := range []string{"ann@client.example", "bob@partner.example"} {
			l.content(l.open(object{"email": address, "code": l.mailed(address)}))
		}
	}},
	"OneTimeOnly": {check: func(t *testing.T, d *desk) {
		link, told := d.share(
			t,
			d.plain,
			`{"recipients":["ann@client.example","bob@client.example"],"oneTimeOnly":true}`,
		)
		if told["maxViews"] != 1.0 {
			t.Errorf("the share: %v", told)
		}
		if d.agency != nil {
			if made := d.asked(); !made.OneTime {
				t.Errorf("1Password was asked for %v", made)
			}
			return
		}
		l := d.link(link)
		for _, address := range []string{"ann@client.example", "bob@client.example"} { // once each
			l.content(l.open(object{"email": address, "code": l.mailed(address)}))
		}
		if r := l.open(object{
			"email": "ann@client.example", "code": l.mailed("ann@client.example"),
		}); r.code() != "viewed" {
			t.Errorf("a second time: %v", r)
		}
	}},
	"the link": {check: func(t *testing.T, d *desk) {
		one, _ := d.share(t, d.plain, `{}`)
		other, _ := d.share(t, d.plain, `{}`)
		begins := d.base.String() + "/s#"
		if d.agency != nil {
			begins = "https://share.1password.com/s#"
		}
		if one == other || !strings.HasPrefix(one, begins) {
			t.Errorf("the links: %s, %s", one, other)
		}
	}},
	"a copy": {check: func(t *testing.T, d *desk) {
		if d.agency != nil { // 1Password makes the copy
			return
		}
		item := d.add(login(d.team.ID, "Router"))
		link, _ := d.share(t, item, `{}`)
		item.Title = "Renamed meanwhile"
		_, err := d.vault.UpdateItem(t.Context(), item, nil)
		d.must(err)
		l := d.link(link)
		if content := l.content(l.open(nil)); content["title"] != "Router" {
			t.Errorf("the copy changed: %v", content)
		}
	}},
}

func checkExpiryOf(t *testing.T, d *desk, body string, want time.Duration) {
	t.Helper()
	_, told := d.share(t, d.plain, body)
	if got := lasts(t, told); got != want {
		t.Errorf("%s lasts %v, want %v", body, got, want)
	}
}

func same(got any, want ...string) bool {
	all, _ := got.([]any)
	if len(all) != len(want) {
		return false
	}
	for _, name := range want {
		if !slices.Contains(all, any(name)) {
			return false
		}
	}
	return true
}

func (d *desk) policy(t *testing.T) object {
	t.Helper()
	return d.caller.get(itemPath(d.plain) + "/share-policy").object(t)
}

func (d *desk) validate(list string) reply {
	return d.call(http.MethodPost, itemPath(d.plain)+"/recipients", `{"recipients":[`+list+`]}`)
}

// withFiles asks for files where they come along only when asked for.
func (d *desk) withFiles() string {
	if d.agency != nil {
		return `{}`
	}
	return `{"files":true}`
}

// TestConformance holds each row of docs/conformance.md over both backends.
func TestConformance(t *testing.T) {
	text, err := os.ReadFile("../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	// an application for each set of rules
	rows, all := map[string]bool{}, map[string]map[string]*desk{}
	for _, found := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		rows[found[1]] = true
		if _, ok := statements[found[1]]; !ok {
			t.Errorf("nothing holds the row %q", found[1])
		}
	}
	for name, s := range statements {
		if !rows[name] {
			t.Errorf("%q has no row", name)
		}
		key := fmt.Sprint(s.rules)
		if all[key] == nil {
			all[key] = desks(t, s.rules)
		}
		for backend, d := range all[key] {
			t.Run(name+"/"+backend, func(t *testing.T) { s.check(t, d) })
		}
	}
}
