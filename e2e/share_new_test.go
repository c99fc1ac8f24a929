package e2e

import (
	"bytes"
	"crypto/rand"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestShareSomethingNew asserts that a text is shared from any page by one click, a paste and one
// button, with and without scripts, and that files come with it.
func TestShareSomethingNew(t *testing.T) {
	s := start(t)
	content := make([]byte, 2<<20+5)
	_, _ = rand.Read(content)
	for name, options := range map[string][]pageOption{
		"with scripts": nil, "without scripts": {withoutScripts},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPage(t, s, desktop, options...)
			p.signIn(member)
			p.click(`nav a[href$="/share"]`)
			p.await(`#share-form`)
			p.fill(`#text`, "the secret")
			p.chooseFiles(`#file`, newFile(t, "plan.bin", content))
			if p.hasScripts() {
				p.give("drop", "dropped.txt", "dropped")
				p.awaitCount(`[data-uploads] li`, 2)
				axe(t, p)
				p.picture("new-share-filled")
			}
			p.click(`[data-testid=make-link]`)
			p.await(`input#share-link`)
			link := p.value(`input#share-link`)
			p.clean()

			r := newPage(t, s, phone)
			r.visit(link)
			r.click(`[data-testid=show]`)
			r.click(`[data-testid=reveal]`)
			r.awaitText("the secret")
			dir := r.downloads()
			r.click(`[data-testid=download]`)
			if got := awaitFile(t, dir, "plan.bin"); !bytes.Equal(got, content) {
				t.Errorf("%d other bytes were downloaded", len(got))
			}
			if files := r.count(`[data-testid=download]`); p.hasScripts() && files != 2 {
				t.Errorf("%d files", files)
			}
			r.clean()
		})
	}
}

// TestShareSomethingNewKeepsFiles asserts that chosen files stay with a form that is answered with a
// problem, and that only what was forgotten is left to do.
func TestShareSomethingNewKeepsFiles(t *testing.T) {
	s := start(t)
	p := newPage(t, s, phone)
	p.signIn(admin)
	p.visit("/share")
	p.chooseFiles(`#file`, newFile(t, "plan.txt", []byte("plan")))
	p.await(`[data-uploads] li`)
	p.click(`[data-testid=terms] > summary`)
	p.choose(`[name=access][value=recipients]`)
	p.click(`[data-testid=make-link]`)
	p.await(`[data-error=recipient_missing]`)
	p.awaitSettled()
	p.picture("new-share-refused")
	p.await(`[data-uploads] li`)
	p.fill(`[data-testid=recipients]`, "ann@client.example")
	p.press(kb.Tab)
	p.await(`[data-recipient]`)
	p.click(`[data-testid=make-link]`)
	p.await(`input#share-link`)
	p.awaitText("plan.txt")
	p.clean()
}
