package e2e

import "github.com/chromedp/chromedp/kb"

// accountPages are those of one's own account. The second factor is off again at their end.
func accountPages(w *pageWalk) []pageState {
	signedIn(w.t, w.server, member) // a second session to list
	return []pageState{
		{name: "own-account", goTo: at("/account")},
		{name: "own-emails", goTo: func(p *page) {
			p.visit("/account")
			p.click(`[data-testid=own-emails] [name=tell]`)
			p.click(`[data-testid=own-emails] button`)
			p.awaitText("Emails saved.")
		}},
		{name: "own-account-problem", goTo: func(p *page) {
			p.visit("/account")
			p.fill(`[name=current]`, "wrong")
			p.fill(`[name=password]`, "password1")
			p.click(`[data-testid=own-password] button`)
			p.await(`#problem-password`)
		}},
		{name: "own-second-factor", goTo: at("/account/second-factor")},
		{name: "own-second-factor-wrong", goTo: func(p *page) {
			p.fill(`[name=code]`, "000000")
			p.press(kb.Enter)
			p.await(`#problem-code`)
		}},
		{name: "own-recovery-codes", goTo: func(p *page) { p.setUpFactor() }},
		{name: "own-account-protected", goTo: at("/account")},
		{name: "signin-code", goTo: func(p *page) {
			p.visit("/signin?next=/account")
			p.fill(`[name=email]`, member)
			p.fill(`[name=password]`, password)
			p.press(kb.Enter)
			p.await(`[data-testid=second-step]`)
		}},
		{name: "signin-code-wrong", goTo: func(p *page) {
			p.fill(`[name=code]`, "000000")
			p.press(kb.Enter)
			p.await(`[data-error=code_invalid]`)
		}},
		{name: "own-account-off", noPicture: true, goTo: func(p *page) {
			p.visit("/account")
			p.click(`[data-testid=factor-off]`)
			p.fill(`[name=off]`, password)
			p.press(kb.Enter)
			p.await(`[data-testid=factor-begin]`)
		}},
	}
}
