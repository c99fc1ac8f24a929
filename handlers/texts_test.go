package handlers

import (
	"net/http"
	"net/url"
	"testing"
)

// TestTextsThatAreNone asserts that bytes that PostgreSQL cannot store are reported as the
// sender's mistake in every field.
func TestTextsThatAreNone(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	item := itemPath(a.item)
	fields := []string{
		"email", "password", "next", "name", "vaults", "lifetime", "token", "access", "recipients",
		"expire_after", "omit", "include", "shown", "from",
		"field", "vault", "after", "max_expiry", "allowed_domains",
	}
	for _, text := range []string{"\x00", "x\x00y", "\xff", "0123456789abcdef\xc3("} {
		escaped := url.QueryEscape(text)
		for _, path := range []string{
			"/shares/" + escaped, "/shares?by=" + escaped, "/shares?vault=" + escaped,
			"/shares?q=" + escaped, "/shares?after=" + escaped,
			"/items?q=" + escaped, "/items?vault=" + escaped, "/items?after=" + escaped,
			"/vaults/" + escaped + "/items/x",
			"/vaults/" + a.team.ID + "/items/" + escaped, item + "/share?from=" + escaped,
			"/admin/policy?vault=" + escaped,
			"/admin/audit?actor=" + escaped, "/admin/audit?subject=" + escaped,
			"/admin/audit?kind=" + escaped, serviceAccountsPath + "?revoked=" + escaped,
		} {
			if r := admin.get(path); r.status >= http.StatusInternalServerError {
				t.Errorf("%s: %d", path, r.status)
			}
		}
		form := url.Values{"replace": {"on"}, "chosen": {"on"}}
		for _, field := range fields {
			form.Set(field, text)
		}
		before := a.dump()
		for _, path := range []string{
			"/shares/" + escaped + "/revoke", "/shares/" + escaped + "/recipients/0/remove",
			item + "/share", item + "/reveal",
			"/admin/policy", "/admin/policy/preview", serviceAccountsPath,
			serviceAccountsPath + "/" + escaped + "/revoke",
		} {
			if r := admin.post(path, form); r.status < http.StatusBadRequest ||
				r.status >= http.StatusInternalServerError {
				t.Errorf("POST %s: %d", path, r.status)
			}
		}
		a.wantUnchanged(before, "what is no text")
		if r := a.browser().post("/signin", form); r.status != http.StatusUnauthorized {
			t.Errorf("sign in: %v", r)
		}
		form = url.Values{"access": {"anyone"}, "token": {"0123456789abcdef" + text}}
		if r := admin.post(item+"/share", form); r.status >= http.StatusInternalServerError {
			t.Errorf("a share's token: %v", r)
		}
	}
}
