package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/webauthn"
)

// authenticator adds to the browser an authenticator that verifies its user, and returns its ID.
func (p *page) authenticator() webauthn.AuthenticatorID {
	p.t.Helper()
	call(p, webauthn.Enable, webauthn.EnableParams{})
	return call(p, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
		Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: "ctap2", Ctap2version: "ctap2_1", Transport: "internal", HasResidentKey: true,
			HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		},
	}).AuthenticatorID
}

// withoutSuggestions keeps the browser from offering passkeys in the email field.
func (p *page) withoutSuggestions() {
	p.t.Helper()
	p.runsFirst(`PublicKeyCredential.isConditionalMediationAvailable = async () => false`)
}

// runsFirst runs a script before those of each page.
func (p *page) runsFirst(script string) {
	p.t.Helper()
	call(
		p, cdppage.AddScriptToEvaluateOnNewDocument,
		cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: script},
	)
}

// TestPasskeys adds a passkey, signs in with it by the button and by the suggestions of the email
// field, without password and second factor, and removes it.
func TestPasskeys(t *testing.T) {
	s := start(t)
	for _, c := range []struct {
		window size
		who    string
		button bool
	}{{desktop, admin, true}, {phone, member, false}} {
		t.Run(c.window.name, func(t *testing.T) {
			p := newPage(t, s, c.window)
			id := p.authenticator()
			p.signIn(c.who)
			p.visit("/account")
			p.fill(`[name=passkey_name]`, "Work laptop")
			p.fill(`[name=passkey_password]`, "wrong")
			p.click(`[data-testid=add-passkey] button`)
			p.await(`#problem-passkey_password`)
			call(p, webauthn.ClearCredentials, webauthn.ClearCredentialsParams{AuthenticatorID: id})
			p.fill(`[name=passkey_name]`, "Work laptop")
			p.fill(`[name=passkey_password]`, password)
			p.click(`[data-testid=add-passkey] button`)
			p.await(`[data-testid=passkey]`)
			p.awaitText("Work laptop")
			call(p, network.ClearBrowserCookies, cdp.Empty{})
			if c.button {
				p.withoutSuggestions()
			}
			p.visit("/signin?next=%2Fshares")
			if c.button {
				p.click(`[data-testid=signin-passkey] button`)
			}
			p.awaitPath("/shares")
			p.visit("/account")
			p.click(`[data-testid=remove-passkey]`)
			p.awaitGone(`[data-testid=passkey]`)
			call(p, network.ClearBrowserCookies, cdp.Empty{})
			p.visit("/signin?next=%2Fshares")
			if c.button {
				p.click(`[data-testid=signin-passkey] button`)
			}
			p.awaitText("This passkey doesn't work here")
		})
	}
}

// TestPasskeyAlone removes the password beside a passkey, which then signs in alone and stays.
func TestPasskeyAlone(t *testing.T) {
	s := start(t)
	p := newPage(t, s, phone)
	p.authenticator()
	p.withoutSuggestions()
	p.signIn(member)
	p.visit("/account")
	p.fill(`[name=passkey_password]`, password)
	p.click(`[data-testid=add-passkey] button`)
	p.await(`[data-testid=passkey]`)
	p.click(`[data-testid=remove-password]`)
	p.picture("own-account-remove-password-" + phone.name)
	p.fill(`[name=remove_password]`, "wrong")
	p.click(`[data-testid=remove-password-do]`)
	p.await(`#problem-remove_password`)
	p.clean()
	axe(t, p)
	p.fill(`[name=remove_password]`, password)
	p.click(`[data-testid=remove-password-do]`)
	p.await(`[data-testid=no-password]`)
	p.picture("own-account-no-password-" + phone.name)
	axe(t, p)
	call(p, network.ClearBrowserCookies, cdp.Empty{})
	p.visit("/signin?next=%2Faccount")
	p.click(`[data-testid=signin-passkey] button`)
	p.awaitPath("/account")
	p.click(`[data-testid=remove-passkey]`)
	p.awaitText("This is your only way to sign in.")
	p.await(`[data-testid=passkey]`)
	p.clean()
}
