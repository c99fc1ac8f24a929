package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
)

// stays marks the document, so that stayed tells whether it is still the same one.
func (p *page) stays() {
	p.t.Helper()
	eval[bool](p, `document.stays = true`)
}

func (p *page) stayed() {
	p.t.Helper()
	if !eval[bool](p, `!!document.stays`) {
		p.t.Errorf("%s: the browser left the page\n%s", p.t.Name(), p.state())
	}
}

// goBack goes back in the browser's history, as with its button.
func (p *page) goBack() {
	p.t.Helper()
	entries := call(p, cdppage.GetNavigationHistory, cdp.Empty{})
	before := entries.Entries[entries.CurrentIndex-1]
	call(
		p,
		cdppage.NavigateToHistoryEntry,
		cdppage.NavigateToHistoryEntryParams{EntryID: before.ID},
	)
}

// TestShareFormIsAnsweredInPlace sends a share form with a problem, then without: both answers take
// the form's place, and Back leads to the page before.
func TestShareFormIsAnsweredInPlace(t *testing.T) {
	s := start(t)
	item, title := signedIn(t, s, admin).itemWithOneTimePassword()
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			p := newPage(t, s, window)
			p.signIn(admin)
			p.visit(item)
			p.visit(item + "/share")
			p.choose(`[name=access][value=recipients]`)
			p.choose(`[name=one_time][value=on]`)
			p.stays()
			p.click(submitShare)
			p.await(`[data-error=recipient_missing]`)
			p.awaitTrue(
				"the focus on the first problem",
				`document.activeElement.id === "recipients"`,
			)
			p.await(`[name=one_time][value=on]:checked`)
			p.fill(`[data-testid=recipients]`, "ann@client.example")
			p.click(submitShare)
			p.await(`input#share-link`)
			p.awaitTrue("the focus on the result", `document.activeElement.matches("#share h1")`)
			p.stayed()
			if got := eval[string](p, `document.title`); !strings.HasPrefix(got, "Link created") {
				t.Errorf("the document's title is %q", got)
			}
			if stored := eval[string](p, `JSON.stringify({...sessionStorage, ...localStorage})`); strings.Contains(
				stored,
				"s#",
			) {
				t.Error("the browser's storage has the link")
			}
			link := p.value(`input#share-link`)
			p.reload()
			p.awaitText(title)
			p.await(`[data-testid=state]`)
			if strings.Contains(eval[string](p, `document.documentElement.outerHTML`), link) {
				t.Error("a reload shows the link again")
			}
			p.goBack()
			p.awaitPath(item)
			p.clean()
		})
	}
}
