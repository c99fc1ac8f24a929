package handlers

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/account/oidc"
	"itemshare/account/oidc/oidctest"
	"itemshare/audit"
)

// identities is a real OpenID Connect provider with people of the test.
type identities struct {
	*oidctest.Provider
	t *testing.T
}

func newIdentities(t *testing.T) *identities {
	t.Helper()
	return &identities{Provider: oidctest.Start(t), t: t}
}

// withProvider returns an application whose people sign in with the provider.
func withProvider(t *testing.T, p *identities, issuer string, options appOptions) *app {
	t.Helper()
	late := &lateProvider{}
	options.provider, options.issuer = late, issuer
	a := newApp(t, options)
	callback := a.base.String() + "/signin/oidc/callback"
	p.LeadBackTo(callback)
	late.Provider = oidc.New(oidc.Config{
		Issuer: issuer, ClientID: oidctest.ClientID, ClientSecret: oidctest.ClientSecret,
		Name:        "Company ID",
		GroupsClaim: "groups", AdminGroup: "it-admins", Domains: []string{"joining.example"},
		Callback: callback, Clock: a.clock.Now, Random: rand.Reader,
		Log: slog.New(slog.NewJSONHandler(a.log, nil)),
	})
	return a
}

// lateProvider is a provider that is made once the address of the application is known.
type lateProvider struct{ Provider }

// atProvider signs in at the provider, and returns the address that it leads back to, "" if it
// doesn't.
func (p *identities) atProvider(address, user string) string {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	get := func(address string) string {
		resp, err := client.Get(address)
		if err != nil {
			p.t.Fatal(err)
		}
		resp.Body.Close()
		return resp.Header.Get("Location")
	}
	login := get(address)
	u, err := url.Parse(login)
	if err != nil || login == "" {
		p.t.Fatalf("the provider leads to %q: %v", login, err)
	}
	if u.Query().Get("error") != "" {
		return login
	}
	resp, err := client.PostForm(p.Server.URL+"/login/username", url.Values{
		"id": {u.Query().Get("authRequestID")}, "username": {user}, "password": {oidctest.Password},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	resp.Body.Close()
	back := resp.Header.Get("Location")
	if back == "" {
		return ""
	}
	if strings.HasPrefix(back, "/") {
		back = p.Server.URL + back
	}
	return get(back)
}

// through signs in with the provider, and returns the answer to where that leads back to.
func (b *browser) through(p *identities, user, next string) reply {
	b.app.t.Helper()
	r := b.get("/signin/oidc?next=" + url.QueryEscape(next))
	if r.status != http.StatusSeeOther || !strings.HasPrefix(r.header.Get("Location"), p.Server.URL) {
		b.app.t.Fatalf("to the provider: %v", r)
	}
	back := p.atProvider(r.header.Get("Location"), user)
	return b.get(strings.TrimPrefix(back, b.app.base.String()))
}

func (a *app) wantSignedIn(r reply, why, location string) {
	a.t.Helper()
	if r.status != http.StatusSeeOther || r.header.Get("Location") != location {
		a.t.Errorf("%s: %d to %q %v", why, r.status, r.header.Get("Location"), r.errors())
	}
}

func (a *app) wantRefused(r reply, why, words string) {
	a.t.Helper()
	if r.status != http.StatusUnauthorized || len(r.errors()) == 0 ||
		r.errors()[0] != "signin_failed" || !strings.Contains(r.body, words) {
		a.t.Errorf("%s: %v", why, r)
	}
}

func TestSignInWithAProvider(t *testing.T) {
	p := newIdentities(t)
	a := withProvider(t, p, p.Server.URL, appOptions{})
	if page := a.browser().get("/signin?next=/shares"); !strings.Contains(
		page.body, `href="/signin/oidc?next=%2Fshares"`) || !strings.Contains(page.body, "Company ID") {
		t.Errorf("the sign-in page: %v", page)
	}
	p.Add("max", memberEmail, "Max", true)
	p.Add("new", "new@joining.example", "Nell New", true)
	p.Add("stranger", "stranger@elsewhere.example", "Sid", true)
	p.Add("unverified", adminEmail, "Mallory", false)
	elsewhere := a.signIn(memberEmail)
	b := a.browser()
	a.wantSignedIn(b.through(p, "max", "/shares?q=x"), "somebody who is here", "/shares?q=x")
	if r := b.get("/account"); !strings.Contains(r.body, memberEmail) {
		t.Errorf("as somebody else: %v", r)
	}
	b.get("/account").wantWords(t, "her page", "You sign in with Company ID, without a password.",
		`!type="password"`)
	if r := elsewhere.get("/items"); r.status != http.StatusSeeOther {
		t.Error("a session of the password outlived it")
	}
	r := a.browser().post("/signin", url.Values{"email": {memberEmail}, "password": {password}})
	if r.status != http.StatusUnauthorized {
		t.Errorf("the password still works: %v", r)
	}
	p.Add("max", "renamed@company.example", "Max", true)
	p.Add("thief", memberEmail, "Theo", true)
	a.wantRefused(a.browser().through(p, "thief", ""), "a second one with the address", "invite you")
	b = a.browser()
	a.wantSignedIn(b.through(p, "max", ""), "another address", "/items")
	if r := b.get("/account"); !strings.Contains(r.body, memberEmail) {
		t.Errorf("bound by the address: %v", r)
	}
	b = a.browser()
	a.wantSignedIn(b.through(p, "new", ""), "a domain that may join", "/items")
	if r := b.get("/account"); !strings.Contains(r.body, "Nell New") {
		t.Errorf("without a name: %v", r)
	}
	a.wantRefused(a.browser().through(p, "stranger", ""), "a stranger", "invite you")
	a.wantRefused(a.browser().through(p, "unverified", ""), "an unverified address", "confirm")
	p.Remove("max")
	if r := a.browser().get("/signin/oidc"); p.atProvider(r.header.Get("Location"), "max") != "" {
		t.Error("somebody who vanished signs in")
	}
	a.must(a.accounts.SetDisabled(t.Context(), "", "new@joining.example", true))
	a.wantRefused(a.browser().through(p, "new", ""), "a suspended person", "invite you")
	for _, text := range []string{oidctest.ClientSecret, "code=", "state="} {
		if strings.Contains(a.log.String(), text) {
			t.Errorf("the log has %q", text)
		}
	}
}

func TestInvitedThroughAProvider(t *testing.T) {
	p := newIdentities(t)
	a := withProvider(t, p, p.Server.URL, appOptions{noPasswords: true})
	_, err := a.accounts.Invite(t.Context(), "", account.NewInvite{
		Email: "ivy@company.example", Name: "Ivy", Role: account.Member,
		Grants: []account.Grant{{VaultID: a.team.ID}},
	}, account.Post{})
	a.must(err)
	p.Add("ivy", "IVY@company.example", "Ivy I", true)
	b := a.browser()
	a.wantSignedIn(b.through(p, "ivy", itemPath(a.item)), "an invited person", itemPath(a.item))
	if r := b.get(itemPath(a.item)); r.status != http.StatusOK {
		t.Errorf("without the invitation's rights: %v", r)
	}
	for _, page := range []reply{a.browser().get("/signin"), b.get("/account")} {
		page.wantWords(t, "a page without passwords", `!type="password"`, "!own-factor", "!no-password")
	}
	a.browser().get("/join").wantWords(t, "where a code is used", "join-passkey", "Sign in with Company ID",
		`!type="password"`)
	r := a.browser().post("/signin", url.Values{"email": {adminEmail}, "password": {password}})
	if r.status != http.StatusUnauthorized {
		t.Errorf("a password: %v", r)
	}
}

func TestGroupsOfAProvider(t *testing.T) {
	p := newIdentities(t)
	a := withProvider(t, p, p.Server.URL, appOptions{})
	ctx := t.Context()
	ops, err := a.accounts.AddGroup(ctx, "", "Ops")
	a.must(err)
	sales, err := a.accounts.AddGroup(ctx, "", "Sales")
	a.must(err)
	user := a.users[memberEmail]
	a.must(a.accounts.SetMember(ctx, "", sales.ID, user.ID, true))
	p.Add("max", memberEmail, "Max", true, "ops", "it-admins", "unknown here")
	b := a.browser()
	a.wantSignedIn(b.through(p, "max", "/admin/users"), "an admin by a claim", "/admin/users")
	if r := b.get("/admin/users"); r.status != http.StatusOK {
		t.Errorf("no admin: %v", r)
	}
	groups := func() (names []string) {
		all, err := a.accounts.GroupsOf(ctx, []string{user.ID})
		a.must(err)
		for _, g := range all[user.ID] {
			names = append(names, g.Name)
		}
		return names
	}
	if got := groups(); len(got) != 1 || got[0] != ops.Name {
		t.Errorf("groups %v", got)
	}
	p.Add("max", memberEmail, "Max", true)
	a.wantSignedIn(a.browser().through(p, "max", ""), "without groups", "/items")
	if got := groups(); len(got) != 0 {
		t.Errorf("groups that the provider took: %v", got)
	}
	if r := b.get("/admin/users"); r.status != http.StatusForbidden {
		t.Errorf("still an admin: %v", r)
	}
}

// TestForgedAnswersOfAProvider asserts that nobody signs in by an answer that isn't to this browser.
func TestForgedAnswersOfAProvider(t *testing.T) {
	p := newIdentities(t)
	a := withProvider(t, p, p.Server.URL, appOptions{})
	p.Add("max", memberEmail, "Max", true)
	begin := func() (b *browser, back string) {
		b = a.browser()
		r := b.get("/signin/oidc?next=/shares")
		return b, strings.TrimPrefix(p.atProvider(r.header.Get("Location"), "max"), a.base.String())
	}
	_, back := begin()
	a.wantRefused(a.browser().get(back), "in another browser", "begun in another browser")
	b, back := begin()
	a.wantRefused(b.get(strings.Replace(back, "state=", "state=x", 1)), "another state", "begun")
	a.wantRefused(b.get(back), "after a forged one", "begun in another browser")
	b, back = begin()
	u, err := url.Parse(back)
	a.must(err)
	forged := u.Query()
	forged.Set("code", "forged")
	a.wantRefused(b.get(u.Path+"?"+forged.Encode()), "a forged code", "")
	b, back = begin()
	if r := b.do(http.MethodHead, back, nil); r.status != http.StatusNoContent {
		t.Errorf("a look: %v", r)
	}
	a.wantSignedIn(b.get(back), "the right one", "/shares")
	a.wantRefused(b.get(back), "twice", "begun in another browser")
	b = a.browser()
	r := b.get("/signin/oidc?next=/shares")
	u, err = url.Parse(r.header.Get("Location"))
	a.must(err)
	if u.Query().Get("code_challenge_method") != "S256" || u.Query().Get("nonce") == "" {
		t.Errorf("without PKCE or nonce: %v", u)
	}
	r = b.get("/signin/oidc/callback?error=access_denied&state=" + u.Query().Get("state"))
	a.wantRefused(r, "cancelled there", "sign you in")
	if !strings.Contains(r.body, "next=%2Fshares") {
		t.Error("the target page is lost")
	}
	// A code of another sign-in has another nonce.
	one, first := begin()
	two := a.browser()
	u, err = url.Parse(two.get("/signin/oidc").header.Get("Location"))
	a.must(err)
	mixed, err := url.Parse(first)
	a.must(err)
	query := mixed.Query()
	query.Set("state", u.Query().Get("state"))
	a.wantRefused(two.get(mixed.Path+"?"+query.Encode()), "someone else's code", "")
	a.wantSignedIn(one.get(first), "its owner", "/shares")
	// Someone who changes the nonce on the way gets a token for another sign-in, with the right verifier.
	b = a.browser()
	u, err = url.Parse(b.get("/signin/oidc").header.Get("Location"))
	a.must(err)
	query = u.Query()
	query.Set("nonce", "another")
	u.RawQuery = query.Encode()
	back = strings.TrimPrefix(p.atProvider(u.String(), "max"), a.base.String())
	a.wantRefused(b.get(back), "a token for another nonce", "")
}

func TestAProviderThatIsDown(t *testing.T) {
	p := newIdentities(t)
	gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(`<html>not what was asked for`))
	}))
	t.Cleanup(gate.Close)
	for why, issuer := range map[string]string{
		"nobody answers": "http://127.0.0.1:1", "nonsense": gate.URL,
	} {
		a := withProvider(t, p, issuer, appOptions{})
		b := a.browser()
		r := b.get("/signin/oidc?next=/shares")
		if r.status != http.StatusServiceUnavailable || !strings.Contains(r.body, "Company ID can") ||
			!strings.Contains(r.body, "next=%2Fshares") {
			t.Errorf("%s: %v", why, r)
		}
		r = b.post("/signin", url.Values{"email": {memberEmail}, "password": {password}})
		if r.status != http.StatusSeeOther {
			t.Errorf("%s: the password: %v", why, r)
		}
	}
	a := withProvider(t, p, p.Server.URL, appOptions{})
	p.Add("max", memberEmail, "Max", true)
	b := a.browser()
	back := p.atProvider(b.get("/signin/oidc").header.Get("Location"), "max")
	p.Server.Close()
	if r := b.get(strings.TrimPrefix(back, a.base.String())); r.status != http.StatusServiceUnavailable {
		t.Errorf("down before the end: %v", r)
	}
	a.clock.advance(time.Minute)
	if r := b.get("/signin/oidc"); r.status != http.StatusServiceUnavailable {
		t.Errorf("down once it was up: %v", r)
	}
}

// TestProviderRefusalsAreStored asserts that a refused sign-in has an audit event, and a bounded number.
func TestProviderRefusalsAreStored(t *testing.T) {
	p := newIdentities(t)
	a := withProvider(t, p, p.Server.URL, appOptions{})
	p.Add("stranger", "stranger@elsewhere.example", "Sid", true)
	for range 12 {
		a.wantRefused(a.browser().through(p, "stranger", ""), "a stranger", "invite you")
	}
	page, err := a.audited.List(t.Context(), audit.Query{Limit: 50, Kind: audit.SignInRefused})
	a.must(err)
	if n := len(page.Events); n != 10 {
		t.Errorf("%d events", n)
	}
}
