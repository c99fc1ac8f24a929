package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/vault"
)

// veiledValues are the concealed values of all versions of the item that addVersions changes, and
// what its files hold.
var veiledValues = []string{
	concealed, seed, fileText, "pin-of-version-one", "was-concealed", "is-concealed-now",
	"password-of-version-two", "4111111111111111", "OPENSSH PRIVATE",
}

// addVersions adds two versions to the item in the team's vault. Concealed values differ, are
// removed and added, and fields become concealed or stop being so.
func (a *app) addVersions() {
	a.t.Helper()
	key, err := vault.NewSSHKey(strings.NewReader(strings.Repeat("r", 1<<16)), vault.Ed25519)
	a.must(err)
	save := func(change func(*vault.Item)) {
		a.t.Helper()
		item, err := a.vault.Item(a.t.Context(), a.item.VaultID, a.item.ID)
		a.must(err)
		item.Fields = slices.Clone(item.Fields)
		change(&item)
		_, err = a.vault.UpdateItem(a.t.Context(), a.users[memberEmail].ID, item, nil)
		a.must(err)
	}
	save(func(item *vault.Item) {
		item.Title = "Mail server two"
		item.Fields[1].Value = "password-of-version-two"
		item.Fields = append(item.Fields,
			vault.Field{ID: "pin", Title: "pin", Type: vault.FieldConcealed, Value: "pin-of-version-one"},
			vault.Field{ID: "card", Title: "number", Type: vault.FieldCreditCardNumber, Value: "4111111111111111"},
			vault.Field{ID: "key", Title: "key", Type: vault.FieldSSHKey, Value: key},
			vault.Field{ID: "opened", Title: "opened", Type: vault.FieldConcealed, Value: "was-concealed"},
			vault.Field{ID: "closed", Title: "closed", Type: vault.FieldText, Value: "public"},
		)
	})
	save(func(item *vault.Item) {
		item.Fields[1].Value = concealed
		item.Fields = slices.DeleteFunc(item.Fields, func(f vault.Field) bool { return f.ID == "pin" })
		for i, f := range item.Fields {
			switch f.ID {
			case "opened":
				item.Fields[i].Type, item.Fields[i].Value = vault.FieldText, "public now"
			case "closed":
				item.Fields[i].Type, item.Fields[i].Value = vault.FieldConcealed, "is-concealed-now"
			}
		}
	})
}

// TestNoRouteShowsConcealedValues asserts that no byte that somebody gets who may view a vault but not
// reveal what it conceals is a concealed value of an item, of any of its versions or of its files: on
// every page, as a whole and as a fragment, with what they might send.
func TestNoRouteShowsConcealedValues(t *testing.T) {
	a := newAppWithCallers(t)
	a.addVersions()
	b := a.signInWith("veiled", account.Grant{Share: true})
	_, shared := b.share(a.item, url.Values{"files": {"on"}, "totp": {"on"}}) // while they could
	user, err := a.accounts.UserByEmail(t.Context(), "veiled@company.example")
	a.must(err)
	a.must(a.accounts.SetGrant(t.Context(), "", account.Grant{
		UserID: user.ID, VaultID: a.team.ID, Share: true, NoReveal: true,
	}))
	own := a.item.VaultID + "/" + a.item.ID
	for _, r := range routeTable() {
		if strings.HasPrefix(r.path, "/sign") || r.access.ForServiceAccounts() {
			continue
		}
		for _, version := range []string{"1", "2", "3"} {
			if version != "1" && !strings.Contains(r.path, ":version") {
				continue
			}
			pattern := strings.ReplaceAll(r.path, ":version", version)
			for _, form := range []url.Values{routeTests[r.method+" "+r.path].form, {
				"vaults": {a.item.VaultID}, "vault": {a.item.VaultID}, "field": {"password", "opened", "pin"},
				"to": {a.item.VaultID}, "item": {own}, "do": {"tag"}, "tag": {"t"}, "version": {version},
				"title": {"x"}, "choosing": {"on"}, "pick.field.password": {"theirs"}, "files": {"on"},
				"include": {"password"}, "access": {"anyone"}, "q": {"s3cret"},
			}, veiledShare(url.Values{"from": {shared}, "replace": {"on"}}), veiledShare(url.Values{
				"recipients": {"zoe@client.example member@company.example nonsense"},
			})} {
				address := a.fillPattern(pattern, "seen", shared)
				if r.method == http.MethodGet && form != nil {
					address += "?" + form.Encode()
				}
				a.wantVeiled(r.method+" "+address, b.send(r.method, address, form))
				if r.method == http.MethodGet {
					a.wantVeiled("fragment of "+address, b.get(address, "HX-Request", "true"))
				} else if !takesFiles(r) {
					a.wantVeiled("fragment of "+address, b.post(address, form, "HX-Request", "true"))
				}
			}
		}
	}
}

// veiledShare is a share form with everything that the item holds, changed by more.
func veiledShare(more url.Values) url.Values {
	form := url.Values{
		"access": {"recipients"}, "recipients": {"zoe@client.example"}, "expire_after": {"OneDay"},
		"files": {"on"}, "totp": {"on"},
	}
	for name, values := range more {
		form[name] = values
	}
	return form
}

// TestSharingUnseen asserts that somebody who may not reveal an item creates a link to all of it, on
// every page on the way without a value or a one-time code, and that its recipient gets them.
func TestSharingUnseen(t *testing.T) {
	a := newApp(t)
	a.addVersions()
	b := a.signInWith("veiled", account.Grant{Share: true, NoReveal: true})
	path := itemPath(a.item) + "/share"
	for _, r := range []reply{
		b.get(path), b.post(path+"/terms", veiledShare(nil)), b.post(path+"/preview", veiledShare(nil)),
		b.post(path+"/preview", veiledShare(nil), "HX-Request", "true"),
		b.post(path+"/recipients", veiledShare(nil)),
	} {
		a.wantVeiled("on the way", r)
		if r.status != http.StatusOK || strings.Contains(r.body, `data-testid="preview-code"`) {
			t.Errorf("on the way: %d, or with one-time codes", r.status)
		}
	}
	if form := b.get(path); !strings.Contains(form.body, `data-testid="unseen"`) ||
		!strings.Contains(form.body, `value="recipients" checked`) {
		t.Error("the form does not say what sharing without seeing prevents, or offers links for anyone")
	}
	for _, who := range []string{"veiled@company.example", "veiled+x@company.example", "company.example"} {
		r := b.post(path, veiledShare(url.Values{"recipients": {who}}))
		if r.status != http.StatusUnprocessableEntity || r.errors()[0] != "recipient_member" {
			t.Errorf("sharing with %s: %v", who, r)
		}
	}
	created := b.post(path, veiledShare(nil))
	a.wantVeiled("the link's page", created)
	if created.status != http.StatusCreated || !strings.Contains(created.body, `data-testid="unseen"`) {
		t.Fatalf("the link's page: %v", created)
	}
	link := a.link(linkInput.FindStringSubmatch(created.body)[1])
	opened := link.content(link.open(object{
		"email": "zoe@client.example", "code": link.requestCode("zoe@client.example"),
	}))
	for _, value := range []string{concealed, seed} {
		if !strings.Contains(fmt.Sprint(opened), value) {
			t.Errorf("the recipient doesn't get %q", value)
		}
	}
}

// TestSharingUnseenByProgram asserts the same of a service account.
func TestSharingUnseenByProgram(t *testing.T) {
	a := newApp(t)
	a.addVersions()
	p := a.addServiceAccount(account.NewServiceAccount{
		Name: "Veiled", Vaults: []string{a.team.ID}, ShareItems: true, NoReveal: true,
	})
	item := itemPath(a.item)
	for _, c := range []struct {
		call, body string
		status     int
		code       string
	}{
		{"GET " + item, "", 200, ""},
		{"GET /vaults/" + a.team.ID + "/items?q=s3cret", "", 200, ""},
		{"GET " + item + "/files/" + a.item.Files[0].ID, "", 403, "forbidden"},
		{"GET " + item + "/share-policy", "", 200, ""},
		{"POST " + item + "/recipients", `{"recipients":["zoe@client.example"]}`, 200, ""},
		{"POST " + item + "/recipients", `{"recipients":["member@company.example"]}`, 422, "recipient_member"},
		{"POST " + item + "/recipients", `{"recipients":["company.example"]}`, 422, "recipient_member"},
		{"POST " + item + "/shares", `{}`, 422, "policy_access"},
		{"POST " + item + "/shares", `{"recipients":["member@company.example"]}`, 422, "recipient_member"},
		{"POST " + item + "/shares", `{"recipients":["zoe@client.example"],"totp":true,"files":true}`, 201, ""},
		{"GET /shares", "", 200, ""},
		{"POST /shares", `{"notes":"its own text"}`, 201, ""},
	} {
		method, path, _ := strings.Cut(c.call, " ")
		r := p.call(method, path, c.body)
		a.wantVeiled(c.call, r)
		if r.status != c.status || r.code() != c.code {
			t.Errorf("%s %s: %v", c.call, c.body, r)
		}
	}
	if r := p.get(item + "/share-policy"); !strings.Contains(r.body, `"allowedTypes":["Authenticated"]`) {
		t.Errorf("its policy: %s", r.body)
	}
}

// wantVeiled asserts that a response has none of veiledValues.
func (a *app) wantVeiled(what string, got reply) {
	a.t.Helper()
	for _, value := range veiledValues {
		if strings.Contains(got.body, value) {
			a.t.Errorf("%s: %d with %q", what, got.status, value)
		}
	}
}

// TestConcealedValuesAreNotFound asserts that a search by a concealed value finds nothing, whoever
// searches: its results would tell the value letter by letter.
func TestConcealedValuesAreNotFound(t *testing.T) {
	a := newApp(t)
	a.addVersions()
	b := a.signInWith("veiled", account.Grant{View: true, NoReveal: true})
	for _, b := range []*browser{b, a.signIn(memberEmail)} {
		for _, value := range veiledValues {
			q := value[:5]
			if r := b.get("/items?q=" + url.QueryEscape(q)); r.status != http.StatusOK ||
				strings.Contains(r.body, a.item.ID) {
				t.Errorf("the search for %q: %d, found", q, r.status)
			}
		}
		if r := b.get("/items?q=mail"); !strings.Contains(r.body, a.item.ID) {
			t.Error("the title is not found either")
		}
	}
}
