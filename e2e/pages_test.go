package e2e

import (
	"fmt"
	"testing"
)

// pageState is one page in one state, and the function that brings a tab there.
type pageState struct {
	name      string
	goTo      func(*page)
	noPicture bool // looks like another state
}

func at(address string) func(*page) { return func(p *page) { p.visit(address) } }

// TestPages visits every page and state in two windows and two color schemes: axe finds no
// violation, the security policy holds, no script fails and nothing scrolls sideways. With
// -screenshots it saves a picture of each.
func TestPages(t *testing.T) {
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, withWebhooks)
			w := &pageWalk{t: t, server: s, window: window, client: signedIn(t, s, admin)}
			w.run("nobody", signedOutPages(w))
			w.run("nobody", joinPages(w))
			w.run(admin, sharerPages(w))
			w.run(admin, adminPages(w))
			w.run(admin, webhookPages(w))
			w.run(admin, importPages(w))
			w.run(admin, groupPages())
			w.run(admin, peoplePages())
			w.run(member, memberPages(w))
		})
	}
}

// pageWalk visits page states in one window size.
type pageWalk struct {
	t      *testing.T
	server *server
	window size
	client *client // an admin's, to set the scene
}

// run visits the states in one tab, signed in as who unless that is "nobody".
func (w *pageWalk) run(who string, states []pageState) {
	w.t.Helper()
	p := newPage(w.t, w.server, w.window)
	if who != "nobody" {
		p.signIn(who)
	}
	for _, state := range states {
		w.t.Run(state.name, func(t *testing.T) {
			p.t = t
			state.goTo(p)
			w.inspect(t, p, state)
		})
	}
	p.t = w.t
}

// inspect checks the page in both color schemes and at the edges of its widths.
func (w *pageWalk) inspect(t *testing.T, p *page, state pageState) {
	t.Helper()
	p.clean()
	for scheme, check := range axeSchemes {
		p.scheme(scheme)
		check(t, p)
		if !state.noPicture {
			p.picture(fmt.Sprintf("%s-%d-%s", state.name, w.window.width, scheme))
		}
	}
	for _, width := range []int64{320, 1600} {
		if w.window.phone == (width == 320) {
			p.resize(size{width: width, height: w.window.height, phone: w.window.phone})
			p.staysWithin(width)
		}
	}
	p.resize(w.window)
	p.staysWithin(w.window.width)
}

// staysWithin fails the test where the page is wider than the window.
func (p *page) staysWithin(width int64) {
	p.t.Helper()
	if wide := eval[int64](p, `document.documentElement.scrollWidth`); wide > width {
		widest := eval[string](
			p,
			fmt.Sprintf(
				`[...document.querySelectorAll("body *")]
					.filter(e => e.getBoundingClientRect().right > %d)
					.map(e => e.outerHTML.slice(0, 120)).slice(0, 3).join("\n")`,
				width,
			),
		)
		p.t.Errorf("at %d px the page is %d px wide:\n%s", width, wide, widest)
	}
}

func signedOutPages(w *pageWalk) []pageState {
	share, _ := w.client.itemWithOneTimePassword()
	share += "/share"
	return []pageState{
		{name: "signin", goTo: at("/signin")},
		{name: "signin-failed", goTo: func(p *page) {
			p.visit("/signin")
			p.fill(`[name=email]`, admin)
			p.fill(`[name=password]`, "wrong")
			p.click(`[data-testid=signin] button`)
			p.await(`[data-error=signin_failed]`)
		}},
		{name: "signin-too-often", goTo: func(p *page) {
			for range 6 {
				newClient(p.t, w.server).signIn("too-often@example.com", "wrong", "")
			}
			p.visit("/signin")
			p.fill(`[name=email]`, "too-often@example.com")
			p.fill(`[name=password]`, "wrong")
			p.click(`[data-testid=signin] button`)
			p.await(`[data-error=too_many_attempts]`)
		}},
		{name: "join", goTo: at("/join")},
		{name: "join-wrong", goTo: func(p *page) {
			p.visit("/join")
			p.fill(`[name=code]`, "ABCD-EFGH-JKLM-NPQR")
			p.fill(`[name=password]`, password)
			p.click(`[data-testid=join] button`)
			p.await(`[data-error=code_invalid]`)
		}},
		{name: "outbox-empty", goTo: at("/demo/outbox")},
		{name: "not-found-signed-out", goTo: at("/nowhere")},
		{name: "signin-session-ended", goTo: func(p *page) {
			p.signIn(admin)
			w.client.post("/account/sessions/end", nil)
			p.visit("/shares")
			p.await(`[data-testid=session-ended]`)
			p.await(`[name=password]:focus`)
		}},
		{name: "signin-again", goTo: func(p *page) {
			p.signIn(admin)
			p.visit(share)
			p.forgetSession()
			p.click(submitShare)
			p.await(`[data-testid=typed-kept]`)
		}},
		{name: "form-back", goTo: func(p *page) {
			p.signInAgain(admin)
			p.await(`[data-testid=typed-back]`)
		}},
		{name: "form-gone", goTo: func(p *page) {
			p.forgetSession()
			p.click(submitShare)
			p.signInAgain(member)
			p.await(`[data-testid=form-gone]`)
		}},
	}
}
