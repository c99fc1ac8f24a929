package e2e

import (
	"fmt"
	"net/http"
	"net/url"
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
				p.await(`[data-testid=typed-back]`) // though the form has asked for its terms
			}
			p.click(submitShare)
			p.await(`input#share-link`)
			p.awaitGone(`[data-testid=typed-back]`)
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

// TestFormsOfItemsComeBack asserts that forms that change items, or share what is in none, come back as
// they were left after signing in, and work.
func TestFormsOfItemsComeBack(t *testing.T) {
	s := start(t)
	for name, options := range map[string][]pageOption{
		"with scripts": nil, "without scripts": {withoutScripts},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPage(t, s, desktop, options...)
			p.signIn(admin)
			interrupted := func(button string) {
				t.Helper()
				p.forgetSession()
				p.click(button)
				p.signInAgain(admin)
				p.await(`[data-testid=typed-back]`)
			}

			p.visit("/items?q=a")
			p.click(`[data-testid=selection] summary`)
			p.choose(`li:nth-child(1) [data-testid=select]`)
			p.choose(`li:nth-child(2) [data-testid=select]`)
			p.fill(`#selection [name=tag]`, "kept "+name)
			interrupted(`[data-testid=tag-selected]`)
			p.awaitValue(`#selection [name=tag]`, "kept "+name)
			p.awaitTrue("both items to be ticked still",
				`new FormData(document.querySelector("#selection")).getAll("item").length === 2`)
			p.click(`[data-testid=tag-selected]`)
			p.awaitText("2 items tagged.")

			p.newItem("Login")
			p.fill(inForm("title"), "Moved "+name)
			p.save()
			p.click(`[data-testid=move]`)
			to := eval[string](p, `document.querySelector("#move-to").value`)
			interrupted(`[data-testid=do-move]`)
			p.awaitValue(`#move-to`, to)
			p.click(`[data-testid=do-move]`)
			p.awaitText("Item moved.")

			p.visit("/share")
			p.await(`#share-form`)
			p.fill(`#text`, "typed before the session ended")
			interrupted(`[data-testid=make-link]`)
			p.awaitValue(`#text`, "typed before the session ended")
			p.click(`[data-testid=make-link]`)
			p.await(`input#share-link`)
			p.clean()
		})
	}
}

// TestUploadGoesOnAfterSigningIn asserts that a file that was chosen after the session ended stays, and
// is sent after signing in again; without scripts the page says that it has to be chosen anew.
func TestUploadGoesOnAfterSigningIn(t *testing.T) {
	s := start(t)
	item := signedIn(t, s, admin).anItem()
	file := newFile(t, "plan.txt", []byte("plan"))
	p := newPage(t, s, phone)
	p.signIn(admin)
	p.visit(item)
	before := p.count(`[data-testid=file]`)
	p.forgetSession()
	p.chooseFiles(`#file`, file)
	p.awaitText("You've been signed out.")
	p.signInElsewhere()
	p.click(`[data-uploads] li [data-cancel]`) // now Try again
	p.awaitCount(`[data-testid=file]`, before+1)
	p.awaitGone(`[data-uploads] li`)

	p = newPage(t, s, phone, withoutScripts)
	p.signIn(admin)
	p.visit(item)
	p.chooseFiles(`#file`, file)
	p.forgetSession()
	p.click(`[data-testid=upload]`)
	p.signInAgain(admin)
	p.await(`[data-testid=typed-back]`)
	p.chooseFiles(`#file`, file)
	p.click(`[data-testid=upload]`)
	p.awaitCount(`[data-testid=file]`, before+2)
}

// signInElsewhere signs in as in another tab of the page's browser.
func (p *page) signInElsewhere() {
	p.t.Helper()
	c := signedIn(p.t, p.server, admin)
	base, err := url.Parse(c.base + "/")
	if err != nil {
		p.t.Fatal(err)
	}
	var all []*network.CookieParam
	for _, cookie := range c.http.Jar.Cookies(base) {
		all = append(all, &network.CookieParam{Name: cookie.Name, Value: cookie.Value, URL: c.base + "/"})
	}
	call(p, network.SetCookies, network.SetCookiesParams{Cookies: all})
}
