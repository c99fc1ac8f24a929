package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// modal is an expression: whether a dialog is open over the page.
const modal = `!!document.querySelector("dialog:modal")`

// TestDialogsCloseAndReturnTheFocus asks before a token is revoked. Escape, Cancel and a click
// beside the dialog leave everything as it was, with the focus where it came from.
func TestDialogsCloseAndReturnTheFocus(t *testing.T) {
	s := start(t)
	s.serviceAccount("--vault", "Team")
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			p := newPage(t, s, window)
			p.signIn(admin)
			p.visit("/admin/service-accounts")
			for _, closeIt := range []func(){
				func() { p.press(kb.Escape) },
				func() { p.press(kb.Enter) }, // on Cancel
				func() { p.clickAt(4, 4) },   // beside the dialog
			} {
				p.click(`[data-testid=revoke-ask] summary`)
				p.awaitTrue("a dialog", modal)
				p.awaitTrue("the focus on Cancel",
					`document.activeElement.dataset.testid === "dialog-cancel"`)
				closeIt()
				p.awaitTrue("no dialog", "!"+modal)
				p.awaitTrue("the focus where it was", `document.activeElement.matches("summary")`)
				p.awaitGone(`.confirm[open]`)
			}
			p.staysWithin(window.width)
			p.clean()
		})
	}
}

// TestDialogOpensAgainAtOnce opens a dialog again before the event of its closing has arrived.
func TestDialogOpensAgainAtOnce(t *testing.T) {
	s := start(t)
	s.serviceAccount("--vault", "Team")
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.visit("/admin/service-accounts")
	p.click(`[data-testid=revoke-ask] summary`)
	p.awaitTrue("a dialog", modal)
	if !eval[bool](p, `new Promise(done => {
		const dialog = document.querySelector("dialog");
		dialog.addEventListener("close", () => setTimeout(() => done(dialog.matches(":modal"))));
		dialog.close();
		document.querySelector("[data-testid=revoke-ask] summary").click();
	})`) {
		t.Error("the dialog's own closing closed it again")
	}
	p.clean()
}

// TestMenusClose opens a menu of the item form, which Escape and a click beside it close. The window
// that makes passwords, from the form's own script, returns the focus to its button.
func TestMenusClose(t *testing.T) {
	s := start(t)
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.newItem("Login")
	menu := `[data-menu]:has([data-retype])`
	p.click(menu + ` summary`)
	p.await(menu + `[open]`)
	p.press(kb.Escape)
	p.awaitGone(menu + `[open]`)
	p.awaitTrue("the focus on the menu's button", `document.activeElement.matches("[data-menu] > summary")`)
	p.click(menu + ` summary`)
	p.await(menu + `[open]`)
	p.click(`h1`)
	p.awaitGone(menu + `[open]`)

	// As in Safari, where a click on a button doesn't focus it.
	eval[bool](p, `document.activeElement.blur(), document.querySelector("[data-generate]").click(), true`)
	p.awaitTrue("the window", modal)
	p.click(`#generator [data-dialog-close]`)
	p.awaitTrue("the focus where it was", `document.activeElement.matches("[data-generate]")`)
	p.clean()
}

// TestQuestionsWithoutScripts asks below the button where scripts are off.
func TestQuestionsWithoutScripts(t *testing.T) {
	s := start(t)
	s.serviceAccount("--vault", "Team")
	p := newPage(t, s, phone, withoutScripts)
	p.signIn(admin)
	p.visit("/admin/service-accounts")
	p.click(`[data-testid=revoke-ask] summary`)
	p.click(`[data-testid=revoke]`)
	p.await(`[data-state=revoked]`)
	p.clean()
}
