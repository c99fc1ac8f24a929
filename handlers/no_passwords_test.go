package handlers

import (
	"net/http"
	"net/url"
	"testing"
)

// TestPasswordsOff asserts that where nobody signs in with a password no page asks for one or offers to
// set one, and that the routes say why they don't.
func TestPasswordsOff(t *testing.T) {
	p := newIdentities(t)
	a := withProvider(t, p, p.Server.URL, appOptions{noPasswords: true})
	p.Add("max", memberEmail, "Max", true)
	p.Add("ada", adminEmail, "Ada", true)
	member, admin := a.browser(), a.browser()
	a.wantSignedIn(member.through(p, "max", ""), "a member", "/items")
	a.wantSignedIn(admin.through(p, "ada", ""), "an admin", "/items")

	code, id := a.invited("zoe@client.example")
	zoe, device := a.browser(), a.device(t)
	r := zoe.post("/join", url.Values{"code": {code}, "password": {password}})
	a.wantRefused(r, "joining with a password", "Passwords are turned off here.")
	r.wantWords(t, "joining with a password", `value="`+code+`"`, `!type="password"`, "join-passkey")
	begun := zoe.beginJoin(code)
	begun.wantWords(t, "the ceremony", "join-otherwise", `!type="password"`)
	a.wantSignedIn(zoe.endJoin(code, device.Create(begun.options(t))), "joining", "/items")

	zoe.get("/account").wantWords(t, "her page", "Sign in with your fingerprint, face or device PIN.",
		"add-passkey", "!assword", "!own-factor")
	member.get("/account").wantWords(t, "his page", "!assword", "!own-factor", "!add-passkey")
	a.wantSignedIn(zoe.get("/account/second-factor"), "a second factor", "/account")
	before := a.dump()
	for path, form := range map[string]url.Values{
		"/account/password":        {"current": {password}, "password": {"another long passphrase"}},
		"/account/password/remove": {"remove_password": {password}},
	} {
		r := zoe.post(path, form)
		if r.status != http.StatusConflict {
			t.Errorf("%s: %d", path, r.status)
		}
		r.wantWords(t, path, "Passwords are turned off here.")
	}
	a.wantUnchanged(before, "changing a password")

	admin.get("/admin/users").wantWords(t, "the people", "!Require a second factor", "Passkey</span>",
		"Signs in with Company ID", "!assword")
	admin.get("/admin/users/invite").wantWords(t, "inviting", "!assword", "They create a passkey with a link",
		"or sign in with Company ID.")
	admin.get("/admin/users/"+id).wantWords(t, "her page to an admin", "Link for a new passkey", "!assword")
	his := "/admin/users/" + a.users[memberEmail].ID
	admin.get(his).wantWords(t, "his page to an admin", "!reset-link", "!reset-mail", "!assword")
	before = a.dump()
	r = admin.post(his+"/reset", url.Values{"by": {"link"}})
	if r.status != http.StatusConflict {
		t.Errorf("a code of no use: %d", r.status)
	}
	r.wantWords(t, "a code of no use", "They sign in with your provider")
	a.wantUnchanged(before, "a code of no use")
	refused := a.addManager().want(
		http.StatusConflict, "POST", "/users/"+a.users[memberEmail].ID+"/password-reset", "",
	)
	refused.wantWords(t, "a program's code of no use", "They sign in with your provider")
}

// TestSetUpWithPasswordsOff asserts that the first admin is asked for no password, and can add a passkey.
func TestSetUpWithPasswordsOff(t *testing.T) {
	p := newIdentities(t)
	a := withProvider(t, p, p.Server.URL, appOptions{noPasswords: true, empty: true})
	b, device := a.browser(), a.device(t)
	b.get("/setup").wantWords(t, "the set-up", "Your account, or sign in with Company ID", `!type="password"`)
	form := setUpForm(a, nil)
	form.Del("password")
	if r := b.post("/setup", form); r.status != http.StatusSeeOther {
		t.Fatal(r)
	}
	response := device.Create(b.get("/account").options(t))
	r := b.post("/account/passkeys", url.Values{"response": {response}})
	a.wantSignedIn(r, "adding a passkey", "/account?done=passkey")
	a.browser().endSignIn(t, device, a, "with the passkey")
	p.Add("ada", "ada@company.example", "Ada", true)
	a.wantSignedIn(a.browser().through(p, "ada", ""), "with the provider", "/items")
}

// TestNewPasskeyForSomeone asserts that an admin's link lets somebody who lost their passkey in again
// where passwords are off.
func TestNewPasskeyForSomeone(t *testing.T) {
	p := newIdentities(t)
	a := withProvider(t, p, p.Server.URL, appOptions{noPasswords: true})
	p.Add("ada", adminEmail, "Ada", true)
	admin := a.browser()
	a.wantSignedIn(admin.through(p, "ada", ""), "an admin", "/items")
	r := admin.post("/admin/users/"+a.users[memberEmail].ID+"/reset", url.Values{"by": {"link"}})
	link := shownLink.FindStringSubmatch(r.body)
	if r.status != http.StatusCreated || link == nil {
		t.Fatal(r)
	}
	r.wantWords(t, "the link", "New passkey for Max", "!assword")
	u, err := url.Parse(link[1])
	a.must(err)
	b, device := a.browser(), a.device(t)
	begun := b.beginJoin(u.Fragment)
	a.wantSignedIn(b.endJoin(u.Fragment, device.Create(begun.options(t))), "the link", "/items")
	a.browser().endSignIn(t, device, a, "with the passkey")
}
