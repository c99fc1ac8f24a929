package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// focused describes what has the focus, and whether a person sees that it has it: an outline or a
// shadow, on the control, on its label, or on what is drawn beside a hidden control.
const focused = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return null;
	const drawn = [e, ...(e.labels ?? []), e.parentElement, e.nextElementSibling].filter(Boolean);
	const ring = c => [null, "::before", "::after"].some(pseudo => {
		const s = getComputedStyle(c, pseudo);
		return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none";
	});
	const box = (e.getBoundingClientRect().width > 4 ? e : e.labels?.[0] ?? e).getBoundingClientRect();
	e.dataset.reached = "yes";
	return {
		name: e.outerHTML.slice(0, 120),
		seen: drawn.some(ring),
		inWindow: box.bottom > 0 && box.top < innerHeight,
	};
})()`

// unreached lists what a mouse can reach and the Tab key did not. Of a group of radio buttons the
// keyboard stops at one.
const unreached = `[...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
	.filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled &&
		e.type !== "hidden" && e.type !== "radio" && e.tabIndex >= 0 && !e.dataset.reached)
	.map(e => e.outerHTML.slice(0, 120))`

type focus struct {
	Name           string
	Seen, InWindow bool
}

// TestEveryControlByKeyboard presses Tab through each page: every control gets the focus, shows
// it, and never traps it.
func TestEveryControlByKeyboard(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item, _ := c.itemWithOneTimePassword()
	l := c.share(item, nil)
	p := newPage(t, s, desktop)
	p.visit("/signin")
	p.tabThrough()
	p.visit(l.String())
	p.await(`[data-testid=show]`)
	p.tabThrough()
	p.signIn(admin)
	for _, address := range []string{
		"/items", item, item + "/share", "/shares", c.shares("")[0],
		"/admin/policy", "/admin/users", "/admin/vaults", "/admin/mail", "/admin/audit",
	} {
		p.visit(address)
		p.tabThrough()
	}
}

// tabThrough presses Tab until the focus leaves the page.
func (p *page) tabThrough() {
	p.t.Helper()
	path := eval[string](p, "location.pathname")
	eval[*focus](p, focused) // where the page itself puts the focus counts as reached
	for range 400 {
		p.press(kb.Tab)
		at := eval[*focus](p, focused)
		if at == nil {
			if left := eval[[]string](p, unreached); len(left) > 0 {
				p.t.Errorf("%s: Tab does not reach\n%s", path, strings.Join(left, "\n"))
			}
			return
		}
		if !at.Seen || !at.InWindow {
			p.t.Errorf(
				"%s: focus is not seen (ring %v, in the window %v): %s",
				path,
				at.Seen,
				at.InWindow,
				at.Name,
			)
		}
	}
	p.t.Errorf("%s: 400 times Tab do not leave the page", path)
}
