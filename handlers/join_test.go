package handlers

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"itemshare/account"
	"itemshare/account/passkey/passkeytest"
	"itemshare/audit"
)

var ceremonyOptions = regexp.MustCompile(`data-passkey(?:-add)?="([^"]+)"`)

// options returns what a page holds for the browser's half of a ceremony.
func (r reply) options(t *testing.T) string {
	t.Helper()
	found := ceremonyOptions.FindStringSubmatch(r.body)
	if found == nil {
		t.Fatalf("a page without a ceremony: %v", r)
	}
	return html.UnescapeString(found[1])
}

// device is a browser's authenticator at the application.
func (a *app) device(t *testing.T) *passkeytest.Device {
	t.Helper()
	return passkeytest.New(t, a.base.Scheme+"://"+a.base.Host)
}

// invited returns the code and the ID of somebody who is invited.
func (a *app) invited(email string) (code, id string) {
	a.t.Helper()
	issued, err := a.accounts.Invite(a.t.Context(), "", account.NewInvite{
		Email: email, Name: "Zoe", Role: account.Member, Grants: []account.Grant{{VaultID: a.team.ID}},
	}, account.Post{})
	a.must(err)
	return string(issued.Code), issued.User.ID
}

// beginJoin sends a code to join with a passkey.
func (b *browser) beginJoin(code string) reply {
	b.app.t.Helper()
	return b.post("/join", url.Values{"code": {code}, "with": {"passkey"}})
}

// endJoin sends the browser's answer.
func (b *browser) endJoin(code, response string) reply {
	b.app.t.Helper()
	return b.post("/join", url.Values{"code": {code}, "response": {response}})
}

// TestJoinWithAPasskey follows an invitation to a passkey, which meets a required second factor, and
// signs in with it elsewhere.
func TestJoinWithAPasskey(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	a.must(a.accounts.RequireFactor(t.Context(), "", true))
	admin.post("/admin/users", url.Values{
		"email": {"zoe@company.example"}, "name": {"Zoe"}, "role": {"member"}, "by": {"mail"},
		"vaults": {a.team.ID + ":view"},
	})
	code := a.mailedCode("zoe@company.example")
	device, zoe := a.device(t), a.browser()
	zoe.get("/join").wantWords(t, "the page", "join-passkey", `type="password"`, "A passkey needs JavaScript",
		"!data-passkey-add", "!signin-provider")
	before := a.dump()
	begun := zoe.beginJoin(code)
	a.wantUnchanged(before, "beginning a ceremony")
	if begun.status != http.StatusOK || begun.header.Get("Content-Encoding") != "" {
		t.Fatal(begun)
	}
	begun.wantWords(t, "the ceremony", "zoe@company.example", `value="`+code+`"`, `!type="password"`)
	zoe.post("/join", url.Values{"code": {code}, "with": {"choice"}}).
		wantWords(t, "another way", `value="`+code+`"`, `type="password"`, "!join-problem")
	response := device.Create(begun.options(t))
	a.wantSignedIn(zoe.endJoin(code, response), "the passkey", "/items")
	if r := zoe.get(itemPath(a.item)); r.status != http.StatusOK {
		t.Errorf("an item of her vault: %v", r)
	}
	if r := zoe.endJoin(code, response); r.status != http.StatusGone || r.errors()[0] != "expired" {
		t.Errorf("the same again: %v", r)
	}
	a.browser().endSignIn(t, device, a, "elsewhere")
	admin.get("/admin/users?q=zoe").wantWords(t, "the people", "Passkey</span>", "!No second factor")
	about := a.addManager().get("/users?email=zoe@company.example")
	about.wantWords(t, "the people to a program", `"secondFactor":true`)
	for _, kind := range []audit.Kind{audit.UserJoined, audit.PasskeyAdded} {
		if n := a.countEvents(kind); n != 1 {
			t.Errorf("%d events %s", n, kind)
		}
	}
	a.wantNowhere(code, strings.ReplaceAll(code, "-", ""))
}

// endSignIn signs in with the passkey of a device.
func (b *browser) endSignIn(t *testing.T, device *passkeytest.Device, a *app, why string) {
	t.Helper()
	response := device.Get(b.get("/signin").options(t))
	a.wantSignedIn(b.post("/signin/passkey", url.Values{"response": {response}}), why, "/items")
}

// TestCeremoniesThatJoinNobody asserts that an answer which proves nothing changes nothing: the code
// stays in the page, which begins again, and the right answer joins.
func TestCeremoniesThatJoinNobody(t *testing.T) {
	a := newApp(t)
	other, _ := a.invited("other@client.example")
	for name, answer := range map[string]func(b *browser, code string) reply{
		"nothing": func(b *browser, code string) reply {
			b.beginJoin(code)
			return b.endJoin(code, "")
		},
		"in a browser that began nothing": func(b *browser, code string) reply {
			begun := a.browser().beginJoin(code)
			return b.endJoin(code, a.device(t).Create(begun.options(t)))
		},
		"an answer to the ceremony before": func(b *browser, code string) reply {
			before := b.beginJoin(code)
			b.beginJoin(code)
			return b.endJoin(code, a.device(t).Create(before.options(t)))
		},
		"once another answer was wrong": func(b *browser, code string) reply {
			begun := b.beginJoin(code)
			b.endJoin(code, "{}")
			return b.endJoin(code, a.device(t).Create(begun.options(t)))
		},
		"an answer of another invitation": func(b *browser, code string) reply {
			begun := b.beginJoin(other)
			return b.endJoin(code, a.device(t).Create(begun.options(t)))
		},
		"at another origin": func(b *browser, code string) reply {
			device := passkeytest.New(t, "http://evil.example")
			return b.endJoin(code, device.Create(b.beginJoin(code).options(t)))
		},
		"without its user": func(b *browser, code string) reply {
			device := a.device(t)
			device.Unverified = true
			return b.endJoin(code, device.Create(b.beginJoin(code).options(t)))
		},
	} {
		code, id := a.invited(strings.ReplaceAll(name, " ", ".") + "@client.example")
		b, before := a.browser(), a.dump()
		r := answer(b, code)
		a.wantUnchanged(before, name)
		if r.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, r.status)
		}
		r.wantWords(t, name, "This passkey couldn&#39;t be added", `value="`+code+`"`)
		a.wantSignedIn(b.endJoin(code, a.device(t).Create(r.options(t))), "after "+name, "/items")
		if keys, err := a.db.PasskeysOf(t.Context(), id); err != nil || len(keys) != 1 {
			t.Errorf("%s: %d passkeys, %v", name, len(keys), err)
		}
	}
}

// TestInvitationsEndDuringACeremony asserts that an invitation which ends while the browser makes a
// passkey joins nobody, and is answered as with a password.
func TestInvitationsEndDuringACeremony(t *testing.T) {
	a := newApp(t)
	ctx := t.Context()
	for _, c := range []struct {
		name   string
		end    func(code, id string)
		status int
	}{
		{"withdrawn", func(_, id string) { a.must(a.accounts.Withdraw(ctx, "", id)) }, 401},
		{"suspended", func(_, id string) { a.must(a.accounts.Suspend(ctx, "", id, true)) }, 401},
		{"renewed", func(_, id string) {
			_, err := a.accounts.InviteAgain(ctx, "", id, account.Post{})
			a.must(err)
		}, 401},
		{"used", func(code, _ string) {
			a.browser().post("/join", url.Values{"code": {code}, "password": {password}})
		}, 410},
		{"expired", func(string, string) { a.clock.advance(account.InviteLifetime) }, 410},
	} {
		code, id := a.invited(c.name + "@client.example")
		b := a.browser()
		response := a.device(t).Create(b.beginJoin(code).options(t))
		c.end(code, id)
		r := b.endJoin(code, response)
		if r.status != c.status {
			t.Errorf("%s: %d", c.name, r.status)
		}
		r.wantWords(t, c.name, `data-testid="join-problem"`, `value="`+code+`"`, "!data-passkey-add")
		if keys, err := a.db.PasskeysOf(ctx, id); err != nil || len(keys) != 0 {
			t.Errorf("%s: %d passkeys, %v", c.name, len(keys), err)
		}
	}
}

// TestCeremonyOfTheCodeBefore asserts that a ceremony which began with a code that was replaced since
// joins nobody by the new one.
func TestCeremonyOfTheCodeBefore(t *testing.T) {
	a := newApp(t)
	code, id := a.invited("zoe@client.example")
	b := a.browser()
	response := a.device(t).Create(b.beginJoin(code).options(t))
	issued, err := a.accounts.InviteAgain(t.Context(), "", id, account.Post{})
	a.must(err)
	if r := b.endJoin(string(issued.Code), response); r.status != http.StatusUnprocessableEntity {
		t.Errorf("%v", r)
	}
}

// TestTwoBrowsersWithOneInvitation asserts that of two that end their ceremonies at once one joins.
func TestTwoBrowsersWithOneInvitation(t *testing.T) {
	a := newApp(t)
	code, id := a.invited("zoe@client.example")
	var ends [2]func() reply
	for i := range ends { // both begin before one ends
		b := a.browser()
		response := a.device(t).Create(b.beginJoin(code).options(t))
		ends[i] = func() reply { return b.endJoin(code, response) }
	}
	var replies [2]reply
	var both sync.WaitGroup
	for i, end := range ends {
		both.Go(func() { replies[i] = end() })
	}
	both.Wait()
	if replies[0].status+replies[1].status != http.StatusSeeOther+http.StatusGone {
		t.Errorf("%v\n%v", replies[0], replies[1])
	}
	if keys, err := a.db.PasskeysOf(t.Context(), id); err != nil || len(keys) != 1 {
		t.Errorf("%d passkeys, %v", len(keys), err)
	}
}

// TestBeginningTellsStrangersNothing asserts that a wrong code is answered and counted alike with a
// passkey, whoever is invited.
func TestBeginningTellsStrangersNothing(t *testing.T) {
	a := newApp(t)
	const wrong = "ABCD-EFGH-JKLM-NPQR"
	before := a.browser().beginJoin(wrong)
	ended := a.browser().endJoin(wrong, "{}")
	a.invited("zoe@client.example")
	after := a.browser().beginJoin(wrong)
	if before.stableText() != after.stableText() || before.stableText() != ended.stableText() ||
		before.status != http.StatusUnauthorized || before.header.Get("Set-Cookie") != "" {
		t.Errorf("%v\n%v\n%v", before, after, ended)
	}
	last := after
	for range 20 {
		last = a.browser().beginJoin(wrong)
	}
	if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" {
		t.Errorf("the twentieth guess: %v", last)
	}
}

// TestPasskeySignsInOnce asserts that a browser's answer signs in once, even where its cookie is brought
// back, and not once a later one did.
func TestPasskeySignsInOnce(t *testing.T) {
	a := newApp(t)
	code, _ := a.invited("zoe@client.example")
	device, b := a.device(t), a.browser()
	device.Uncounted = true // else the counter would tell
	a.wantSignedIn(b.endJoin(code, device.Create(b.beginJoin(code).options(t))), "joining", "/items")

	thief := a.browser()
	page := thief.get("/signin")
	cookie := page.header.Get("Set-Cookie")
	cookie, _, _ = strings.Cut(cookie, ";")
	form := url.Values{"response": {device.Get(page.options(t))}}
	send := func() reply { return a.browser().post("/signin/passkey", form, "Cookie", cookie) }
	a.wantSignedIn(send(), "the first time", "/items")
	a.wantRefused(send(), "the cookie brought back", "This passkey doesn&#39;t work here")
	a.wantRefused(thief.post("/signin/passkey", url.Values{"response": {"{}"}}), "nonsense", "")
}
