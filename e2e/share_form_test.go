package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
)

// stays marks the document. stayed fails the test if it is another one since.
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

// openIncluded unfolds what is included.
func (p *page) openIncluded() {
	p.t.Helper()
	if !eval[bool](p, `document.querySelector("#include").open`) {
		p.click(`#include summary`)
	}
	p.await(`#include [name=include]`)
}

// awaitSummary waits until the share form's sentence has the words.
func (p *page) awaitSummary(words ...string) {
	p.t.Helper()
	for _, w := range words {
		p.awaitTrue(
			"the summary to say "+w,
			`document.querySelector("#share-form [data-testid=summary]")?.textContent.includes(`+quote(
				w,
			)+`)`,
		)
	}
}

// TestShareFormSaysWhatItDoes asserts that the sentence and the folded line follow each choice, that
// the choices stand in their order, and that folding hides nothing from the keyboard.
func TestShareFormSaysWhatItDoes(t *testing.T) {
	s := start(t)
	item, _ := signedIn(t, s, admin).itemWithOneTimePassword()
	for _, window := range []size{phone, {"tall", 1280, 1800, false}} {
		t.Run(window.name, func(t *testing.T) {
			p := newPage(t, s, window)
			p.signIn(admin)
			p.visit(item + "/share")
			p.awaitSummary("Anyone with the link can view this until", "unlimited views",
				"one-time password not included")
			if got := eval[string](p, `[...document.querySelectorAll("#share-form h2")]
				.map((e) => e.textContent.trim()).join()`); got !=
				"Who can view,Link expires after,Number of views,What's included" {
				t.Errorf("the form asks for %s", got)
			}
			if fits := !window.phone; eval[bool](
				p,
				`document.querySelector("#include").open`,
			) != fits {
				t.Error(
					"what is included is folded to a line where the form is too high, and only there",
				)
			}
			line := p.text(`[data-testid=included-line]`)
			if !strings.Contains(line, "field") || !strings.Contains(line, "no one-time password") {
				t.Errorf("the line reads %q", line)
			}
			p.picture("share-form-" + window.name)
			p.choose(`[name=one_time][value=on]`)
			p.awaitSummary("one view")
			p.choose(`[name=access][value=recipients]`)
			p.awaitSummary("Add at least one email address or domain.")
			p.fill(`[data-testid=recipients]`, "ann@client.example, partner.example ")
			p.awaitSummary(
				"One person and anyone at partner.example can view",
				"one view per person",
			)
			p.openIncluded()
			p.choose(`[data-testid=totp] [name=include]`)
			p.awaitSummary("Included: ", "one-time password.")
			p.picture("share-form-open-" + window.name)
			p.awaitTrue("the line to follow",
				`!document.querySelector("#included-line").textContent.includes("no one-time")`)
			if !eval[bool](
				p,
				`document.activeElement.matches("[data-testid=totp] [name=include]")`,
			) {
				t.Error("a new summary takes the focus away")
			}
			p.clean()
		})
	}
}

// TestOnlyTickedPartsAreShared shares a part of an item and a one-time password, with scripts and
// without, and finds on every page what was included.
func TestOnlyTickedPartsAreShared(t *testing.T) {
	s := start(t)
	item, _ := signedIn(t, s, admin).itemWithOneTimePassword()
	for name, options := range map[string][]pageOption{
		"with scripts": nil, "without scripts": {withoutScripts},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPage(t, s, phone, options...)
			p.signIn(admin)
			p.visit(item + "/share")
			p.openIncluded()
			const first = `#include [data-testid=pick]:first-child `
			left := p.text(first + `.pick-label`)
			p.click(first + `[name=include]`)
			p.choose(`[data-testid=totp] [name=include]`)
			if p.hasScripts() {
				p.awaitSummary("one-time password.")
			}
			p.click(submitShare)
			p.await(`input#share-link`)
			p.awaitTrue("the message to say it",
				`document.querySelector("#share-message").value.includes("one-time password.")`)
			l := parseLink(t, p.value(`input#share-link`))
			got := l.item(nil)
			totps := 0
			for _, f := range got.Fields {
				if f.Title == left {
					t.Errorf("%q came along", left)
				}
				if f.Type == "Totp" {
					totps++
				}
			}
			if totps != 1 || got.Tags != nil {
				t.Errorf("%d one-time passwords, tags %v", totps, got.Tags)
			}
			p.visit("/shares")
			p.await(`[data-testid=included]`)
			p.click(`[data-testid=share] a`)
			p.click(`[data-testid=included-parts] summary`)
			names := eval[string](p, `[...document.querySelectorAll("[data-testid=included-part]")]
				.map((e) => e.textContent).join()`)
			if strings.Contains(names, left) || names == "" {
				t.Errorf("the share's page says %s was included", names)
			}
			p.picture("share-included")
			p.clean()
		})
	}
}

// TestRefusalsInPlace asserts that a used form, and a vault that can't be reached, are answered on the
// page, which keeps what was typed.
func TestRefusalsInPlace(t *testing.T) {
	s := start(t, onAccount)
	item := signedIn(t, s, admin).items("")[0]
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.visit(item + "/share")
	p.choose(`[name=access][value=recipients]`)
	p.fill(`[data-testid=recipients]`, "ann@client.example ")
	p.awaitSummary("One person can view")
	p.awaitQuiet() // no request is on its way when the server restarts
	p.stays()
	s.behave("-unreachable")
	p.choose(`[name=one_time][value=on]`)
	p.awaitSummary("Can't reach the vault")
	p.click(submitShare)
	p.await(`[data-testid=try-again]`)
	p.awaitText("Only ann@client.example")
	p.stayed()
	s.behave("")
	p.click(`[data-testid=edit]`)
	p.await(`[data-recipient="ann@client.example"]`)
	p.await(`[name=one_time][value=on]:checked`)
	token := p.value(`#share-form [name=token]`)
	p.click(submitShare)
	p.await(`input#share-link`)
	p.stayed()

	p.visit(item + "/share")
	p.choose(`[name=one_time][value=on]`)
	p.awaitSummary("one view")
	eval[string](p, element(`#share-form [name=token]`)+".value = "+quote(token))
	p.stays()
	p.click(submitShare)
	p.await(`[data-error=already_created]`)
	p.awaitTrue("the focus on the refusal", `document.activeElement.matches("[data-error]")`)
	p.await(`[name=one_time][value=on]:checked`)
	p.stayed()
	p.clean()
}
