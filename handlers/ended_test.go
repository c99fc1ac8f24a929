package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestSignInNamesWhoseSessionEnded: in the browser where it ended, by itself, and nowhere else.
func TestSignInNamesWhoseSessionEnded(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	signIn := func(b *browser) string {
		t.Helper()
		r := b.get("/shares?status=active")
		if r.status != http.StatusSeeOther || strings.Contains(r.header.Get("Location"), "company.example") {
			t.Fatalf("%v", r)
		}
		return b.get(r.header.Get("Location")).body
	}
	named := []string{
		"Your session ended. Sign in again to continue to History.", `value="` + memberEmail + `"`,
	}
	b.get("/signin?next=/shares").wantWords(t, "while it lasts", "!"+memberEmail,
		"Sign in to continue to History.")
	a.clock.advance(31 * time.Minute)
	reply{body: signIn(b)}.wantWords(t, "half an hour later", named...)
	stranger := reply{body: signIn(a.browser())}
	stranger.wantWords(t, "another browser", "!"+memberEmail, "Sign in to continue to History.")
	a.must(a.accounts.SetPassword(t.Context(), "", memberEmail, password))
	reply{body: signIn(b)}.wantWords(t, "after a new password", named...)
	a.must(a.accounts.SetDisabled(t.Context(), "", memberEmail, true))
	reply{body: signIn(b)}.wantWords(t, "once suspended", "!"+memberEmail)
	a.must(a.accounts.SetDisabled(t.Context(), "", memberEmail, false))
	a.clock.advance(namedTime)
	reply{body: signIn(b)}.wantWords(t, "a day later", "!"+memberEmail)

	b = a.signIn(memberEmail)
	b.post("/signout", nil)
	reply{body: signIn(b)}.wantWords(t, "after signing out", "!"+memberEmail)
}

// TestSignInNamesNobodyOnRequest: neither the field that pages put into their forms nor a query makes
// the sign-in page name somebody else.
func TestSignInNamesNobodyOnRequest(t *testing.T) {
	a := newApp(t)
	b := a.signIn(otherEmail)
	a.clock.advance(31 * time.Minute)
	victim := a.users[memberEmail].ID
	form := url.Values{"name": {"typed"}, ownerField: {victim}}
	r := b.post("/account/name", form)
	r.sealedForm(t)
	r.wantWords(t, "a form of somebody else", "!"+memberEmail, "!"+otherEmail)
	a.browser().post("/account/name", form).wantWords(t, "a stranger's form", "!"+memberEmail)
	b.get("/signin?email="+memberEmail+"&who="+victim).wantWords(t, "a query", "!"+memberEmail)
	form.Set(ownerField, a.users[otherEmail].ID)
	b.post("/account/name", form).wantWords(t, "one's own form", `value="`+otherEmail+`"`)
}

// TestSignInLeavesASessionAlone: the sign-in page and a wrong password end nobody's session.
func TestSignInLeavesASessionAlone(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	b.get("/signin")
	b.post("/signin", url.Values{"email": {otherEmail}, "password": {"wrong"}})
	if r := b.get("/items"); r.status != http.StatusOK {
		t.Errorf("%v", r)
	}
}
