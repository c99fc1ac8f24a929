package e2e

// accountPages are those of one's own account.
func accountPages(w *pageWalk) []pageState {
	signedIn(w.t, w.server, member) // a second session to list
	return []pageState{
		{name: "own-account", goTo: at("/account")},
		{name: "own-account-problem", goTo: func(p *page) {
			p.visit("/account")
			p.fill(`[name=current]`, "wrong")
			p.fill(`[name=password]`, "password1")
			p.click(`[data-testid=own-password] button`)
			p.await(`#problem-password`)
		}},
	}
}
