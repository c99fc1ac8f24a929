package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// recipientsField is where recipients are typed.
const recipientsField = `[data-testid=recipients]`

// typesRecipients runs a test on the share form of an item, on a phone and on a desktop.
func typesRecipients(t *testing.T, run func(*page, *client)) {
	t.Helper()
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			p := newPage(t, s, window)
			p.signIn(admin)
			p.visit(item + "/share")
			p.choose(`[name=access][value=recipients]`)
			run(p, c)
			p.staysWithin(window.width)
			p.clean()
		})
	}
}

// paste pastes a text into the recipients' field.
func (p *page) paste(text string) {
	p.t.Helper()
	_ = eval[bool](p, fmt.Sprintf(`(() => {
		const data = new DataTransfer();
		data.setData("text/plain", %s);
		const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
		document.querySelector(%q).dispatchEvent(paste);
		return true;
	})()`, quote(text), recipientsField))
}

// people returns the addresses of n people, one a line.
func people(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("person%d@client.example", i+1))
	}
	return strings.Join(all, "\r\n")
}

func (p *page) awaitValue(css, want string) {
	p.t.Helper()
	p.awaitTrue(fmt.Sprintf("%s to hold %q", css, want), element(css)+".value === "+quote(want))
}

// awaitMended waits until nothing says any more that a recipient is wrong.
func (p *page) awaitMended() {
	p.t.Helper()
	p.awaitGone(`.who-chip.wrong, [data-testid=recipients-wrong], #problem-recipients, [data-testid=problems]`)
	p.awaitTrue("a valid field", element(recipientsField)+`.getAttribute("aria-invalid") === null`)
}

// TestEnterNeverCreatesALink presses Enter in the recipients' field: it makes a chip, and nothing
// where nothing is typed.
func TestEnterNeverCreatesALink(t *testing.T) {
	typesRecipients(t, func(p *page, c *client) {
		p.fill(recipientsField, "ann@client.example"+kb.Enter)
		p.await(`[data-recipient="ann@client.example"]`)
		for range 3 {
			p.press(kb.Enter)
		}
		p.press("max@client.example" + kb.Enter + kb.Enter)
		p.await(`[data-recipient="max@client.example"]`)
		p.await(`form#share-form`)
		if got := c.shares(""); len(got) > 0 {
			p.t.Errorf("Enter created %d links", len(got))
		}
	})
}

// TestAWrongChipIsMended takes a wrong chip back into the field by a click, by Enter and by
// Backspace. What says that it is wrong goes away with it, also after the form was refused.
func TestAWrongChipIsMended(t *testing.T) {
	typesRecipients(t, func(p *page, _ *client) {
		const wrong = `.who-chip.wrong[data-text="bob@"]`
		back := map[string]func(){
			"a click": func() { p.click(wrong + ` [data-edit]`) },
			"Enter": func() {
				p.press(kb.Tab, chromedp.ModifierShift)
				p.press(kb.Tab, chromedp.ModifierShift)
				p.awaitTrue("the focus on the chip", `document.activeElement.matches("[data-edit]")`)
				p.press(kb.Enter)
			},
			"Backspace": func() { p.press(kb.Backspace) },
		}
		for name, take := range back {
			p.fill(recipientsField, "ann@client.example bob@"+kb.Enter)
			p.await(wrong + `[data-error=recipient_invalid]`)
			p.awaitText("“bob@” isn't a valid email address or domain.")
			take()
			p.awaitValue(recipientsField, "bob@")
			p.awaitMended()
			p.awaitTrue("the focus in the field after "+name,
				"document.activeElement === "+element(recipientsField))
			p.press("client.example" + kb.Enter)
			p.await(`[data-recipient="bob@client.example"]`)
			p.awaitMended()
			p.press(kb.Backspace) // removes a valid one
			p.awaitGone(`[data-recipient="bob@client.example"]`)
			p.press(kb.Backspace)
			p.awaitGone(`[data-recipient]`)
		}

		p.fill(recipientsField, "ann@client.example, bob@"+kb.Enter)
		p.await(wrong)
		p.click(submitShare)
		p.await(`[data-testid=problems]`)
		p.awaitSettled()
		p.await(wrong)
		p.click(wrong + ` [data-edit]`)
		p.awaitValue(recipientsField, "bob@")
		p.awaitMended()
	})
}

// TestChipsAreShort has several wrong entries, one of them long: each is a short chip, and one line
// below the box says what is wrong with the first.
func TestChipsAreShort(t *testing.T) {
	typesRecipients(t, func(p *page, _ *client) {
		long := strings.Repeat("very-", 20) + "long@"
		p.fill(recipientsField, "gmail.com "+long+" bob@"+kb.Enter)
		p.await(`[data-text="bob@"][data-error=recipient_invalid]`)
		if n := p.count(`[data-testid=recipients-wrong]`); n != 1 {
			p.t.Errorf("%d lines say what is wrong, want one", n)
		}
		p.awaitText("“gmail.com” is open to everyone. Enter full email addresses instead.")
		p.awaitText("2 more entries need fixing.")
		if height := eval[float64](
			p, `Math.max(...[...document.querySelectorAll(".who-chip")].map(c => c.offsetHeight))`,
		); height > 48 {
			p.t.Errorf("a chip is %v px high, want one line", height)
		}
		p.click(`[data-text="gmail.com"] [data-remove]`)
		p.awaitText("1 more entry needs fixing.")
	})
}

// TestTheRestStaysInTheField pastes 52 addresses: 50 become chips, and the two that don't fit stay
// in the field, until there is room.
func TestTheRestStaysInTheField(t *testing.T) {
	typesRecipients(t, func(p *page, c *client) {
		p.paste(people(52))
		p.await(`[data-error=too_many_recipients]`)
		if n := p.count(`[data-recipient]`); n != 50 {
			p.t.Errorf("%d chips, want 50", n)
		}
		p.awaitValue(recipientsField, "person51@client.example, person52@client.example")
		p.awaitText("A link can have up to 50 people and domains.")
		p.click(submitShare)
		p.await(`[data-testid=problems]`)
		p.awaitSettled()
		p.awaitValue(recipientsField, "person51@client.example, person52@client.example")
		for _, name := range []string{"person1@", "person2@"} {
			p.click(fmt.Sprintf(`[data-text^=%q] [data-remove]`, name))
			p.awaitGone(fmt.Sprintf(`[data-text^=%q]`, name))
		}
		p.press(kb.Enter)
		p.await(`[data-recipient="person52@client.example"]`)
		p.awaitValue(recipientsField, "")
		p.awaitMended()
		if n := p.count(`[data-recipient]`); n != 50 {
			p.t.Errorf("%d chips, want 50", n)
		}
	})
}

// TestAMistypedProviderIsOffered types gmial.com: gmail.com is offered, and applied only when it is
// chosen.
func TestAMistypedProviderIsOffered(t *testing.T) {
	typesRecipients(t, func(p *page, _ *client) {
		p.fill(recipientsField, "ann@gmial.com, max@gmail.com"+kb.Enter)
		p.await(`[data-recipient="ann@gmial.com"]`)
		p.await(`[data-recipient="max@gmail.com"]`)
		p.awaitText("Did you mean gmail.com?")
		p.click(`[data-testid=recipients-meant] button`)
		p.await(`[data-recipient="ann@gmail.com"]`)
		p.awaitGone(`[data-recipient="ann@gmial.com"], [data-testid=recipients-meant]`)
	})
}

// TestDomainsAreShownAsTyped types a domain of another script: the chip shows it, and its canonical
// form is what counts.
func TestDomainsAreShownAsTyped(t *testing.T) {
	typesRecipients(t, func(p *page, _ *client) {
		p.fill(recipientsField, "jane@bücher.example"+kb.Enter)
		p.await(`[data-recipient="jane@xn--bcher-kva.example"]`)
		p.press("ann@client.example" + kb.Enter) // a second check changes nothing
		p.await(`[data-recipient="ann@client.example"]`)
		got := p.text(`[data-recipient="jane@xn--bcher-kva.example"]`)
		if !strings.Contains(got, "jane@bücher.example") {
			p.t.Errorf("the chip shows %q", got)
		}
	})
}
