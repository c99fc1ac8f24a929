package e2e

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/webauthn"
)

// invite invites somebody by email, in the name of an admin, and returns the path of their link.
func (s *server) invite(admin *client, email string) string {
	s.t.Helper()
	admin.post("/admin/users", url.Values{
		"email": {email}, "name": {"Zoe Zimmer"}, "role": {"member"}, "by": {"mail"},
	})
	return strings.TrimPrefix(s.mailedLink(email), s.url)
}

// verifies says whether somebody unlocks the authenticator when it asks.
func (p *page) verifies(id webauthn.AuthenticatorID, unlocked bool) {
	p.t.Helper()
	call(p, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{
		AuthenticatorID: id, IsUserVerified: unlocked,
	})
}

const (
	joinByPasskey = `[data-testid=join-passkey]`
	createPasskey = `[data-testid=create-passkey] button`
)

// TestJoinWithPasskeyInTheBrowser follows an invitation to a passkey: by its link on a phone and with
// the code typed on a desktop, after a ceremony that was canceled. Another browser with the same link
// comes too late.
func TestJoinWithPasskeyInTheBrowser(t *testing.T) {
	s := start(t)
	client := signedIn(t, s, admin)
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			email := window.name + "@company.example"
			link := s.invite(client, email)
			_, code, _ := strings.Cut(link, "#")
			p, late := newPage(t, s, window), newPage(t, s, window)
			id := p.authenticator()
			late.authenticator()
			late.visit(link)
			late.click(joinByPasskey)
			late.await(createPasskey)

			if window.phone {
				p.visit(link)
				p.await(`[name=password]:focus`)
			} else {
				p.visit("/join")
				p.click(joinByPasskey) // which asks for the code first
				p.await(`[name=code]:focus`)
				p.fill(`[name=code]`, strings.ToLower(code))
			}
			p.click(joinByPasskey)
			p.awaitText(email)
			p.await(createPasskey + ":focus")
			p.verifies(id, false)
			p.click(createPasskey)
			p.awaitText("No passkey was created.")
			p.click(`[data-testid=join-otherwise]`)
			p.await(`[name=password]:focus`)
			p.click(joinByPasskey)
			p.verifies(id, true)
			p.click(createPasskey)
			p.awaitPath("/items")
			p.isSignedInAs(email)
			p.await(`[data-testid=passkey]`)
			p.clean()

			late.click(createPasskey)
			late.await(`[data-error=expired]`)
			late.awaitText("This code was used already.")
			late.clean()

			call(p, network.ClearBrowserCookies, cdp.Empty{})
			p.withoutSuggestions()
			p.visit("/signin?next=%2Faccount")
			p.click(`[data-testid=signin-passkey] button`)
			p.awaitPath("/account")
		})
	}
}

// TestJoinWithoutAPasskey asserts that a browser without scripts, and one without passkeys, are told so
// and join with a password.
func TestJoinWithoutAPasskey(t *testing.T) {
	s := start(t)
	client := signedIn(t, s, admin)
	t.Run("without scripts", func(t *testing.T) {
		p := newPage(t, s, phone, withoutScripts)
		p.visit("/join")
		p.awaitText("A passkey needs JavaScript.")
		if p.count(joinByPasskey+":not([hidden])") > 0 {
			t.Error("a passkey is offered")
		}
		_, code, _ := strings.Cut(s.invite(client, zoe), "#")
		p.fill(`[name=code]`, code)
		p.fill(`[name=password]`, password)
		p.click(`[data-testid=join] button`)
		p.awaitPath("/items")
	})
	t.Run("without passkeys", func(t *testing.T) {
		p := newPage(t, s, desktop)
		p.runsFirst(`delete window.PublicKeyCredential`)
		p.visit("/join")
		p.awaitText("This browser can't use passkeys.")
		if p.count(joinByPasskey+":not([hidden])") > 0 {
			t.Error("a passkey is offered")
		}
		p.clean()
	})
}

// joinPages are the steps of somebody with a code to a passkey.
func joinPages(w *pageWalk) []pageState {
	return []pageState{
		{name: "join-passkey", goTo: func(p *page) {
			p.authenticator()
			p.visit(w.server.invite(w.client, "joins@company.example"))
			p.click(joinByPasskey)
			p.await(createPasskey)
		}},
		{name: "join-passkey-failed", goTo: func(p *page) {
			eval[bool](p, `document.querySelector("[name=response]").form.submit() ?? true`)
			p.await(`[data-testid=join-problem]`)
		}},
	}
}
