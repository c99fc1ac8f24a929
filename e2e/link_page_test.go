package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// asks returns how often the page asked before it was left.
func (p *page) asks() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, asked := range p.asked {
		if strings.HasPrefix(asked, "beforeunload") {
			n++
		}
	}
	return n
}

// createsLink shares an item in the form, up to the page that shows the link.
func (p *page) createsLink(item string) {
	p.t.Helper()
	p.visit(item + "/share")
	eval[bool](p, `(() => {
		navigator.clipboard.writeText = async () => {};
		navigator.share = async () => {};
		return true;
	})()`)
	p.click(submitShare)
	p.await(`input#share-link`)
	p.awaitSettled()
}

// TestALinkIsNotLost leaves the page of a new link: it asks as long as the link was not copied, not
// shown as a QR code and not shared, and then no more.
func TestALinkIsNotLost(t *testing.T) {
	s := start(t)
	item := signedIn(t, s, admin).anItem()
	ways := []struct {
		name string
		take func(*page)
		asks int
	}{
		{"nothing", func(p *page) { p.click(`h1`) }, 1},
		{"copied", func(p *page) { p.click(`[data-testid=copy-link]`); p.awaitText("Copied") }, 0},
		{"message", func(p *page) { p.click(`[data-testid=copy-message]`); p.awaitText("Copied") }, 0},
		{"shared", func(p *page) {
			p.click(`[data-testid=native-share]`)
			eval[bool](p, `new Promise(done => setTimeout(() => done(true)))`)
		}, 0},
		{"scanned", func(p *page) {
			p.click(`[data-testid=show-qr] summary`)
			p.await(`[data-testid=qr]`)
		}, 0},
		{"by hand", func(p *page) {
			p.click(`input#share-link`)
			p.press("a", chromedp.ModifierCtrl)
			eval[bool](p, `document.execCommand("copy")`)
		}, 0},
	}
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			p := newPage(t, s, window)
			p.signIn(admin)
			for _, way := range ways {
				before := p.asks()
				p.createsLink(item)
				way.take(p)
				p.click(`[data-testid=to-history]`)
				p.awaitTrue("the share's page", `location.pathname.includes("/shares/") &&
					!document.querySelector("#share-link")`)
				if got := p.asks() - before; got != way.asks {
					t.Errorf("%s: left with %d questions, want %d", way.name, got, way.asks)
				}
			}
			p.clean()
		})
	}
}

// TestALinkNamesItsRecipients creates links for one, three and five recipients.
func TestALinkNamesItsRecipients(t *testing.T) {
	s := start(t)
	item := signedIn(t, s, admin).anItem()
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			p := newPage(t, s, window)
			p.signIn(admin)
			for recipients, want := range map[string]string{
				"ann@client.example": "Only ann@client.example can view this until ",
				"ann@client.example max@client.example partner.example": "Only ann@client.example, " +
					"max@client.example and anyone at partner.example can view this until ",
				strings.ReplaceAll(people(5), "\r\n", " "): "Only person1@client.example, person2@client.example, " +
					"person3@client.example +2 can view this until ",
			} {
				p.visit(item + "/share")
				p.choose(`[name=access][value=recipients]`)
				p.fill(recipientsField, recipients+kb.Enter)
				p.awaitGone(`.who-chip:not([data-recipient])`)
				p.await(`[data-recipient]`)
				p.click(submitShare)
				p.await(`input#share-link`)
				if got := p.text(`[data-testid=summary]`); !strings.HasPrefix(got, want) {
					t.Errorf("the link's page says %q, want %q…", got, want)
				}
				p.staysWithin(window.width)
			}
			p.clean()
		})
	}
}
