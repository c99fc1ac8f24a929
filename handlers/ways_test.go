package handlers

import (
	"net/http"
	"net/url"
	"testing"

	"itemshare/account"
)

// addKey adds a passkey of a person. Its proof is tested with a browser.
func (a *app) addKey(email, id string) {
	a.t.Helper()
	session, err := a.accounts.SignIn(a.t.Context(), email, password, account.Caller{})
	a.must(err)
	a.must(a.accounts.AddPasskey(a.t.Context(), session.Identity, session.Token, account.Passkey{
		ID: []byte(id), Credential: []byte("{}"), Name: "Laptop",
	}, password))
}

// TestRemovingThePassword: offered where another way to sign in remains, by the password, on one's own
// page, which then has no form that asks for it.
func TestRemovingThePassword(t *testing.T) {
	a := newApp(t)
	b, elsewhere := a.signIn(memberEmail), a.signIn(memberEmail)
	const remove = "/account/password/remove"
	b.get("/account").wantWords(t, "with a password alone", "Change password", "!"+remove)
	r := b.post(remove, url.Values{"remove_password": {password}})
	if r.status != http.StatusConflict {
		t.Errorf("the only way: %v", r)
	}
	r.wantWords(t, "the only way", "This is your only way to sign in.")
	a.addKey(memberEmail, "one")
	b.get("/account").wantWords(t, "with a passkey", remove, "with your passkeys alone")
	r = b.post(remove, url.Values{"remove_password": {"wrong"}})
	if r.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong password: %v", r)
	}
	r.wantWords(t, "a wrong password", `data-testid="problem-remove_password"`, "!wrong\"")
	r = b.post(remove, url.Values{"remove_password": {password}})
	if r.status != http.StatusSeeOther {
		t.Fatal(r)
	}
	b.get(r.header.Get("Location")).wantWords(t, "afterwards", "Password removed.",
		"You sign in with a passkey, without a password.", "!"+`type="password"`, "!own-factor",
		"add-passkey")
	if r := elsewhere.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("still signed in elsewhere: %v", r)
	}
	r = a.browser().post("/signin", url.Values{"email": {memberEmail}, "password": {password}})
	if r.status != http.StatusUnauthorized {
		t.Errorf("the password: %v", r)
	}
	r = b.post("/account/passkeys/b25l/remove", nil)
	if r.status != http.StatusConflict {
		t.Errorf("the last passkey: %v", r)
	}
	r.wantWords(t, "the last passkey", "This is your only way to sign in.", `data-testid="passkey"`)
	a.clock.advance(account.FreshTime)
	b.get("/account").wantWords(t, "later", "passkey-stale", "!add-passkey")
}
