package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"itemshare/account/oidc/oidctest"
)

const providerLink = `[data-testid=signin-provider]`

// startWithProvider starts the demo with a provider that its people sign in with.
func startWithProvider(t *testing.T, options ...serverOption) (*server, *oidctest.Provider) {
	t.Helper()
	provider := oidctest.Start(t)
	withProvider := func(s *server) {
		provider.LeadBackTo(s.url + "/signin/oidc/callback")
		s.env = append(s.env, "ITEMSHARE_OIDC_ISSUER="+provider.Server.URL,
			"ITEMSHARE_OIDC_CLIENT_ID="+oidctest.ClientID,
			"ITEMSHARE_OIDC_CLIENT_SECRET="+oidctest.ClientSecret,
			"ITEMSHARE_OIDC_NAME=Company ID")
	}
	return start(t, append([]serverOption{withProvider}, options...)...), provider
}

// withoutPasswords lets people sign in with the provider alone.
func withoutPasswords(s *server) { s.env = append(s.env, "ITEMSHARE_PASSWORDS=off") }

// signInWithProvider clicks the link on the sign-in page, and signs in on the provider's own page.
func (p *page) signInWithProvider(who string) {
	p.t.Helper()
	p.click(providerLink)
	p.fill(`#username`, who)
	p.fill(`#password`, oidctest.Password)
	p.press(kb.Enter)
}

// isSignedInAs asserts whose account the page is of.
func (p *page) isSignedInAs(email string) {
	p.t.Helper()
	p.visit("/account")
	p.awaitText("You're signed in as " + email)
}

// TestProviderInTheBrowser signs in with a provider as people do: by its link on the sign-in page, and
// on the provider's own page, which is of another site.
func TestProviderInTheBrowser(t *testing.T) {
	s, provider := startWithProvider(t)
	provider.Add("max", member, "Max", true)
	provider.Add("stranger", "sid@elsewhere.example", "Sid", true)

	t.Run("back to where they were going", func(t *testing.T) {
		p := newPage(t, s, desktop)
		p.visit("/shares?status=active")
		p.await(`[data-testid=continues]`)
		p.signInWithProvider("max")
		p.awaitPath("/shares")
		if query := eval[string](p, `location.search`); query != "?status=active" {
			t.Errorf("led to another list: %q", query)
		}
		p.isSignedInAs(member)
		p.awaitText("You sign in with Company ID, without a password.")
		p.clean()
	})
	t.Run("invited, without scripts", func(t *testing.T) { arriveInvited(t, s, provider) })
	t.Run("a stranger", func(t *testing.T) {
		p := newPage(t, s, desktop)
		p.visit("/shares")
		p.signInWithProvider("stranger")
		p.await(`[data-error=signin_failed]`)
		p.awaitText("Ask your administrator to invite you")
		if address := eval[string](p, `location.href`); !strings.HasPrefix(address, s.url) {
			t.Errorf("refused at %s", address)
		}
		p.visit("/items")
		p.await(providerLink)
	})
	t.Run("the provider is gone", func(t *testing.T) {
		provider.Server.Close()
		newClient(t, s).awaitText("/signin/oidc", `data-error="unavailable"`)
		p := newPage(t, s, desktop)
		p.visit("/shares?status=active")
		p.click(providerLink)
		p.await(`[data-error=unavailable]`)
		p.awaitText("Company ID can't be reached right now")
		p.fill(`[name=email]`, admin)
		p.fill(`[name=password]`, password)
		p.press(kb.Enter)
		p.awaitPath("/shares")
		p.clean()
	})
}

// arriveInvited invites somebody, who arrives on a phone without scripts by signing in elsewhere.
func arriveInvited(t *testing.T, s *server, provider *oidctest.Provider) {
	a := newPage(t, s, desktop)
	a.signIn(admin)
	a.inviteZoe(provider)
	p := newPage(t, s, phone, withoutScripts)
	p.visit("/vaults")
	p.signInWithProvider("zoe")
	p.awaitPath("/vaults")
	p.isSignedInAs(zoe)
	a.visit("/admin/users?q=zoe")
	a.await(`[data-status=Active]`)
}

// inviteZoe invites by email somebody whom the provider knows.
func (p *page) inviteZoe(provider *oidctest.Provider) {
	p.t.Helper()
	provider.Add("zoe", zoe, "Zoe Zimmer", true)
	p.visit("/admin/users/invite")
	p.fill(`[name=email]`, zoe)
	p.fill(`[name=name]`, "Zoe Zimmer")
	p.click(`[data-testid=send-invite]`)
	p.await(`[data-status=Invited]`)
}

// TestInvitedWithoutPasswords follows invitations where nobody has a password: the email and the page of
// its link speak of none, one person creates a passkey there, and another signs in with the provider.
func TestInvitedWithoutPasswords(t *testing.T) {
	s, provider := startWithProvider(t, withoutPasswords)
	provider.Add("ann", admin, "Ann", true)
	a := newPage(t, s, desktop)
	a.visit("/admin/users/invite")
	a.signInWithProvider("ann")
	a.awaitPath("/admin/users/invite")
	a.awaitText("They create a passkey with a link that works once, for seven days, or sign in with Company ID.")
	const yan = "yan@company.example"
	a.fill(`[name=email]`, yan)
	a.fill(`[name=name]`, "Yan")
	a.click(`[data-testid=send-invite]`)
	a.await(`[data-status=Invited]`)
	link := strings.TrimPrefix(s.mailedLink(yan), s.url)
	for _, m := range s.outbox() {
		if m.To == yan && strings.Contains(m.Text, "password:") {
			t.Errorf("invited with %s", m.Text)
		}
	}
	y := newPage(t, s, desktop)
	y.authenticator()
	y.visit(link)
	y.await(joinByPasskey + ":focus")
	if n := y.count(`[type=password]`); n != 0 {
		t.Errorf("%d fields for a password", n)
	}
	y.press(kb.Enter)
	y.await(createPasskey + ":focus")
	y.press(kb.Enter)
	y.awaitPath("/items")
	y.isSignedInAs(yan)
	y.clean()

	a.inviteZoe(provider)
	p := newPage(t, s, phone)
	p.visit(strings.TrimPrefix(s.mailedLink(zoe), s.url))
	if address := eval[string](p, `location.href`); strings.Contains(address, "#") {
		t.Errorf("a code stays in the address: %s", address)
	}
	p.signInWithProvider("zoe")
	p.awaitPath("/items")
	p.isSignedInAs(zoe)
}

// providerPages are the sign-in page with a provider, which works, and then is gone, and as many fields
// for a password.
func providerPages(provider *oidctest.Provider, passwords int) []pageState {
	return []pageState{
		{name: "join-provider", goTo: func(p *page) {
			p.visit("/join")
			p.await(providerLink)
			if n := p.count(`[type=password]`); n != passwords {
				p.t.Errorf("%d fields for a password to join, want %d", n, passwords)
			}
		}},
		{name: "signin-provider", goTo: func(p *page) {
			p.visit("/signin")
			p.await(providerLink)
			if n := p.count(`[type=password]`); n != passwords {
				p.t.Errorf("%d fields for a password, want %d", n, passwords)
			}
		}},
		{name: "signin-provider-refused", goTo: func(p *page) {
			provider.Add("sid", "sid@elsewhere.example", "Sid", true)
			p.signInWithProvider("sid")
			p.await(`[data-error=signin_failed]`)
		}},
		{name: "signin-provider-gone", goTo: func(p *page) {
			provider.Server.Close()
			newClient(p.t, p.server).awaitText("/signin/oidc", `data-error="unavailable"`)
			p.visit("/signin")
			p.click(providerLink)
			p.await(`[data-error=unavailable]`)
		}},
	}
}

// TestProviderPages visits the sign-in page with a provider, as TestPages does the other pages: with
// passwords too, and without.
func TestProviderPages(t *testing.T) {
	for _, window := range []size{phone, desktop} {
		for name, c := range map[string]struct {
			options   []serverOption
			passwords int
		}{
			"":              {nil, 1},
			"-no-passwords": {[]serverOption{withoutPasswords}, 0},
		} {
			t.Run(window.name+name, func(t *testing.T) {
				t.Parallel()
				s, provider := startWithProvider(t, c.options...)
				states := providerPages(provider, c.passwords)
				for i := range states {
					states[i].name += name
				}
				(&pageWalk{t: t, server: s, window: window}).run("nobody", states)
			})
		}
	}
}
