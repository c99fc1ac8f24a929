package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// articleWords is an expression: what a shared item says, without the digits of codes and times,
// which run on, and without what a time of day is written with.
func articleWords(css string) string {
	return fmt.Sprintf(`document.querySelector(%q).innerText
		.replaceAll(/until .*/g, "until").replaceAll(/[0-9]/g, "0").replaceAll(/0+ s/g, "0 s")
		.replaceAll(/\s+/g, " ").trim()`, css)
}

// openPreview opens the preview from the share form, one-time password included.
func (p *page) openPreview(item string) {
	p.t.Helper()
	p.visit(item + "/share")
	p.openIncluded()
	p.choose(`[data-testid=totp] [name=include]`)
	p.awaitTrue("the summary to include the one-time password", `(words =>
		words.includes("one-time password") && !words.includes("password not included"))(`+
		element(`#share-form [data-testid=summary]`)+`?.textContent ?? "password not included")`)
	p.click(`[data-testid=preview]`)
	p.awaitTrue("a dialog", modal)
	p.await(`dialog [data-testid=recipient-preview]`)
}

// TestThePreviewIsWhatRecipientsSee compares the preview's words with those of the recipient's page
// of the same item. One-time codes run in it.
func TestThePreviewIsWhatRecipientsSee(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item, _ := c.itemWithOneTimePassword()
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			p := newPage(t, s, window)
			p.signIn(admin)
			p.openPreview(item)
			preview := eval[string](p, articleWords(`[data-testid=recipient-preview]`))
			left := `document.querySelector("[data-testid=preview-code] [data-seconds]").textContent`
			before := eval[string](p, left)
			p.awaitTrue("the code to run", left+" !== "+quote(before))
			p.staysWithin(window.width)
			p.press(kb.Escape)
			p.awaitTrue("no dialog", "!"+modal)

			p.click(submitShare)
			p.await(`input#share-link`)
			recipient := newPage(t, s, window)
			recipient.visit(p.value(`input#share-link`))
			recipient.click(`[data-testid=show]`)
			recipient.await(`[data-testid=totp-code]`)
			if page := eval[string](recipient, articleWords(`[data-testid=item]`)); page != preview {
				t.Errorf("the preview says\n%s\nand the recipient's page\n%s", preview, page)
			}
			p.clean()
		})
	}
}

// TestThePreviewCloses closes the preview by Escape and by its button: the focus returns to the
// button that opened it, and the form is as it was.
func TestThePreviewCloses(t *testing.T) {
	s := start(t)
	item, _ := signedIn(t, s, admin).itemWithOneTimePassword()
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			p := newPage(t, s, window)
			p.signIn(admin)
			p.openPreview(item)
			p.awaitTrue("the focus in the dialog", `!!document.activeElement.closest("dialog")`)
			for _, closeIt := range []func(){
				func() { p.press(kb.Escape) },
				func() { p.click(`[data-testid=dialog-close]`) },
			} {
				closeIt()
				p.awaitGone(`dialog`)
				p.awaitTrue("the focus on the button",
					`document.activeElement.dataset.testid === "preview"`)
				p.press(kb.Enter)
				p.awaitTrue("a dialog", modal)
			}
			p.press(kb.Escape)
			p.awaitGone(`dialog`)
			p.await(`form#share-form`)
			p.clean()
		})
	}
}

// TestAPreviewOfAProblem asks for a preview without recipients: the form says so in place.
func TestAPreviewOfAProblem(t *testing.T) {
	s := start(t)
	item := signedIn(t, s, admin).anItem()
	p := newPage(t, s, phone)
	p.signIn(admin)
	p.visit(item + "/share")
	p.choose(`[name=access][value=recipients]`)
	p.click(`[data-testid=preview]`)
	p.await(`[data-error=recipient_missing]`)
	p.awaitSettled()
	p.awaitTrue("the focus on the field", "document.activeElement === "+element(recipientsField))
	p.fill(recipientsField, "ann@client.example"+kb.Enter)
	p.await(`[data-recipient]`)
	p.awaitMended()
	p.click(`[data-testid=preview]`)
	p.awaitTrue("a dialog", modal)
	p.awaitText("Only ann@client.example can view this")
	p.clean()
}

// TestThePreviewWithoutScripts shows the preview as a page.
func TestThePreviewWithoutScripts(t *testing.T) {
	s := start(t)
	item := signedIn(t, s, admin).anItem()
	p := newPage(t, s, phone, withoutScripts)
	p.signIn(admin)
	p.visit(item + "/share")
	eval[bool](p, `document.querySelector("[data-testid=preview]").removeAttribute("formtarget") ?? true`)
	p.click(`[data-testid=preview]`)
	p.await(`[data-testid=recipient-preview]`)
	p.awaitPath(item + "/share/preview")
	p.clean()
}
