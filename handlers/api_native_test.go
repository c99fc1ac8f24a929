package handlers

import (
	"net/http"
	"strings"
	"testing"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/vault"
	"itemshare/vault/onepassword/standin"
)

// TestNativeLinksByProgram asserts that a 1Password account creates the link that a service
// account requests.
func TestNativeLinksByProgram(t *testing.T) {
	a := newNativeApp(t)
	hour, views := sdk.ItemShareDurationOneHour, uint32(1)
	a.account.SetPolicy(sdk.ItemShareAccountPolicy{
		MaxExpiry: sdk.ItemShareDurationSevenDays, DefaultExpiry: sdk.ItemShareDurationOneDay,
		AllowedTypes: []sdk.AllowedType{
			sdk.AllowedTypeAuthenticated,
			sdk.AllowedTypePublic,
		},
		AllowedRecipientTypes: []sdk.AllowedRecipientType{sdk.AllowedRecipientTypeEmail},
		Files: sdk.ItemShareFiles{
			Allowed: true, MaxSize: 1 << 20, MaxExpiry: &hour, MaxViews: &views,
			AllowedTypes: []sdk.AllowedType{sdk.AllowedTypeAuthenticated},
		},
	})
	p := a.addProgram("Deploy", true, a.plainItem.VaultID)
	policy := p.get(itemPath(a.plainItem) + "/share-policy").body
	want := `{"maxExpiry":"SevenDays","defaultExpiry":"OneDay","allowedTypes":["Authenticated",` +
		`"Public"],"allowedRecipientTypes":["Email"],"allowedDomains":[],` +
		`"files":{"allowed":true,"maxSize":1048576,"maxExpiry":"OneHour",` +
		`"defaultExpiry":"OneHour","maxViews":1,"allowedTypes":["Authenticated"]}}`
	if policy != want {
		t.Errorf("policy: %s\nwant %s", policy, want)
	}
	r := p.call(
		"POST",
		itemPath(a.plainItem)+"/shares",
		`{"recipients":["zoe@client.example"],"oneTimeOnly":true}`,
		"Idempotency-Key",
		"k",
	)
	made := r.object(t)
	if r.status != http.StatusCreated || made["native"] != true ||
		made["link"] != a.account.Links()[0].URL {
		t.Fatalf("share: %v", r)
	}
	if r := p.call("POST", itemPath(a.plainItem)+"/shares", `{}`, "Idempotency-Key",
		"k"); r.code() != "already_created" ||
		r.object(t)["share"] != made["id"] {
		t.Errorf("again: %v", r)
	}
	if share := p.get("/shares/" + made["id"].(string)).object(t); share["native"] != true ||
		share["status"] != "active" {
		t.Errorf("history: %v", share)
	}
	if r := p.call("DELETE", "/shares/"+made["id"].(string), ""); r.status != http.StatusConflict ||
		r.code() != "conflict" ||
		!strings.Contains(r.body, "in 1Password") {
		t.Errorf("revoke: %v", r)
	}
	if r := p.call("POST", itemPath(a.plainItem)+"/shares",
		`{"omit":["password"],"totp":true}`); r.status != http.StatusUnprocessableEntity ||
		!strings.Contains(r.body, "shares the whole item") {
		t.Errorf("parts of a whole: %v", r)
	}
}

// TestALinkThatMayBeThereIsNotAskedForAgain asserts that the answer about a link that may exist
// has no Retry-After: programs repeat a request that is answered with 503 and a time.
func TestALinkThatMayBeThereIsNotAskedForAgain(t *testing.T) {
	a := newNativeApp(t)
	p := a.addProgram("Deploy", true, a.plainItem.VaultID)
	a.account.On("Shares.Create", standin.Trouble{Err: standin.ErrNoNetwork})
	if r := p.call("POST", itemPath(a.plainItem)+"/shares",
		`{}`); r.status != http.StatusServiceUnavailable ||
		r.code() != "link_unknown" ||
		r.header.Get("Retry-After") != "" {
		t.Errorf("%v, again after %q", r, r.header.Get("Retry-After"))
	}
	if r := p.call("POST", itemPath(a.plainItem)+"/shares", `{}`); r.code() != "unavailable" ||
		r.header.Get("Retry-After") == "" {
		t.Errorf("certainly none: %v, again after %q", r, r.header.Get("Retry-After"))
	}
}

// TestANewItemOfAnAccount asserts that an item can be shared before the lists, which are up to a
// minute old, show it.
func TestANewItemOfAnAccount(t *testing.T) {
	a := newNativeApp(t)
	if r := a.addProgram("Reader", false, a.plainItem.VaultID).get("/vaults"); r.status != http.StatusOK {
		t.Fatalf("the lists are not remembered: %v", r)
	}
	info, items, err := a.account.Add("New", []vault.Item{newLogin("", "New")}, nil)
	a.must(err)
	p := a.addProgram("Deploy", true, info.ID)
	for what, r := range map[string]reply{
		"the item":   p.get(itemPath(items[0])),
		"its policy": p.get(itemPath(items[0]) + "/share-policy"),
		"its recipients": p.call("POST", itemPath(items[0])+"/recipients",
			`{"recipients":["zoe@client.example"]}`),
	} {
		if r.status != http.StatusOK {
			t.Errorf("%s: %v", what, r)
		}
	}
	missing := "/vaults/" + info.ID + "/items/" + strings.Repeat("x", 26)
	for what, r := range map[string]reply{
		"the policy of no item": p.get(missing + "/share-policy"),
		"recipients of no item": p.call("POST", missing+"/recipients",
			`{"recipients":["zoe@client.example"]}`),
		"no recipients and no item": p.call("POST", missing+"/recipients", `{"recipients":[]}`),
	} {
		if r.status != http.StatusNotFound {
			t.Errorf("%s: %v", what, r)
		}
	}
	if r := p.call("POST", itemPath(items[0])+"/shares", `{}`); r.status != http.StatusCreated {
		t.Errorf("a share: %v", r)
	}
}
