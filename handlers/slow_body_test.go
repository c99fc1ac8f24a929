package handlers

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"itemshare/account"
)

// lateBody is a body of which nothing is sent before the server reads it, which it does once it has
// judged the caller. Before it is read, then runs.
type lateBody struct {
	io.Reader
	then func()
}

func (b *lateBody) Read(p []byte) (int, error) {
	if b.then != nil {
		b.then()
		b.then = nil
	}
	return b.Reader.Read(p)
}

// late returns the browser with a body that waits for the server to ask for it.
func (b *browser) late() *browser {
	client, transport := *b.client, b.client.Transport.(*http.Transport).Clone()
	transport.ExpectContinueTimeout = time.Minute
	b.app.t.Cleanup(transport.CloseIdleConnections)
	client.Transport = transport
	return &browser{app: b.app, client: &client}
}

// TestWhatASlowAdminSendsCountsNoMore suspends and demotes an admin after they were judged, and before the
// body of their request has come: nothing is changed, on any route that changes what people may do.
func TestWhatASlowAdminSendsCountsNoMore(t *testing.T) {
	a := newAppWithCallers(t)
	_, share := a.browsers[1].share(a.item, nil)
	email := "sue@company.example"
	a.suspendedBrowser(email)
	sue, err := a.accounts.UserByEmail(t.Context(), email)
	a.must(err)
	tried := 0
	for _, r := range routeTable() {
		if !manages(r) || r.access.ForServiceAccounts() {
			continue
		}
		key := r.method + " " + r.path
		for how, end := range map[string]func(){
			"suspended": func() { a.must(a.accounts.SetDisabled(t.Context(), "", email, true)) },
			"demoted": func() {
				a.must(a.accounts.ChangePerson(t.Context(), "", sue.ID, sue.Name, account.Member))
				a.must(a.accounts.SetGrant(t.Context(), "", account.Grant{UserID: sue.ID, VaultID: a.team.ID}))
			},
		} {
			tried++
			a.must(a.accounts.SetDisabled(t.Context(), "", email, false))
			a.must(a.accounts.ChangePerson(t.Context(), "", sue.ID, sue.Name, account.Admin))
			b := a.signIn(email).late()
			before := ""
			body := &lateBody{strings.NewReader(routeTests[key].form.Encode()), func() {
				end()
				before = a.dump()
			}}
			got := b.do(r.method, a.fillPattern(r.path, "seen", share), body,
				"Content-Type", "application/x-www-form-urlencoded", "Expect", "100-continue")
			if before == "" {
				t.Fatalf("%s: the body was not asked for: %d", key, got.status)
			}
			if got.status != http.StatusSeeOther && got.status < 400 || how == "demoted" && got.status < 400 {
				t.Errorf("%s, %s meanwhile: %d", key, how, got.status)
			}
			a.wantUnchanged(before, key+", "+how)
		}
	}
	if tried < 50 {
		t.Errorf("only %d requests were tried", tried)
	}
}

// TestWhatASlowProgramSendsCountsNoMore revokes a token before the body of a request has come.
func TestWhatASlowProgramSendsCountsNoMore(t *testing.T) {
	a := newApp(t)
	made, token, err := a.accounts.AddServiceAccount(t.Context(), "", account.NewServiceAccount{
		Name: "Directory", ManagePeople: true,
	})
	a.must(err)
	before := ""
	body := &lateBody{strings.NewReader(`{"email":"eve@company.example","name":"Eve","role":"admin"}`), func() {
		a.must(a.accounts.RevokeServiceAccount(t.Context(), "", made.ID))
		before = a.dump()
	}}
	got := a.browser().late().do(http.MethodPost, "/api/v1/users", body, "Authorization", "Bearer "+string(token),
		"Content-Type", "application/json", "Expect", "100-continue")
	if before == "" || got.status != http.StatusUnauthorized {
		t.Errorf("revoked meanwhile: %v", got)
	}
	a.wantUnchanged(before, "a revoked program")
}
