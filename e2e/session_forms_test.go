package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp/kb"
)

// forgetSession deletes every cookie of the browser, which ends the session.
func (p *page) forgetSession() {
	p.t.Helper()
	call(p, network.ClearBrowserCookies, cdp.Empty{})
}

// signInAgain fills in the sign-in form of the page.
func (p *page) signInAgain(email string) {
	p.t.Helper()
	p.await(`[data-testid=typed-kept]`)
	p.fill(`[name=email]`, email)
	p.fill(`[name=password]`, password)
	p.press(kb.Enter)
}

// TestTypedFormComesBack asserts that a share form whose session ended comes back as it was typed
// after signing in on the same page, and works.
func TestTypedFormComesBack(t *testing.T) {
	s := start(t)
	item, _ := signedIn(t, s, admin).itemWithOneTimePassword()
	for name, options := range map[string][]pageOption{
		"with scripts": nil, "without scripts": {withoutScripts},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPage(t, s, phone, options...)
			p.signIn(admin)
			p.visit(item + "/share")
			p.fillShareForm()
			const box = `#include [data-testid=pick]:first-child [name=include]`
			p.openIncluded()
			p.click(box)
			p.forgetSession()
			p.click(submitShare)
			p.signInAgain(admin)
			p.await(`[data-testid=typed-back]`)
			p.awaitTrue("the box to be as it was left", element(box)+`.checked === false`)
			p.await(`[name=access][value=recipients]:checked`)
			p.await(`[name=one_time][value=on]:checked`)
			if p.hasScripts() {
				p.await(`[data-recipient][data-kind=email]`)
				p.await(`[data-recipient][data-kind=domain]`)
				p.awaitSummary("One person and anyone at partner.example", "Included: 1 of ")
			}
			p.click(submitShare)
			p.await(`input#share-link`)
			if !p.hasScripts() {
				return
			}
			p.visit(item)
			p.forgetSession()
			p.click(`[data-testid=reveal]`)
			p.signInAgain(admin)
			p.await(`[data-testid=typed-back]`)
			p.click(`[data-testid=reveal]`)
			p.await(`[data-secret]`)
		})
	}
}

// TestAnUnknownViewIsOpenedAgain asserts that the recipient's page repeats a view whose outcome
// is unknown: a few times by itself, then when asked.
func TestAnUnknownViewIsOpenedAgain(t *testing.T) {
	s, p := onStage(t, start(t), toRecipients)
	unsure, asked := 6, 0
	s.on("open", func(with) said {
		if asked++; asked <= unsure {
			return problem(http.StatusServiceUnavailable, "unknown_outcome")
		}
		return s.opened()
	})
	enterCode(p, s)
	p.awaitState("unknown")
	p.click(`[data-testid=retry]`)
	p.awaitState("item")
	opens := s.heard("open")
	if len(opens) != unsure+1 {
		t.Errorf("opened %d times", len(opens))
	}
	for _, open := range opens {
		if fmt.Sprint(open) != fmt.Sprint(opens[0]) {
			t.Errorf("opened with %v, then with %v", opens[0], open)
		}
	}
}
