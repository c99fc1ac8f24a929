package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// replacedNode is in Chromium's error when the page replaces an element that was found a moment
// before, so that a step did nothing to it.
const replacedNode = "Could not find node with given id"

// do runs the steps before the timeout, again where the page has just replaced their element. If one
// fails, the test ends and reports the page's state.
func (p *page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	err := chromedp.Do(ctx, steps...)
	for err != nil && ctx.Err() == nil && strings.Contains(err.Error(), replacedNode) {
		err = chromedp.Do(ctx, steps...)
	}
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", what, err, p.state())
	}
}

// state describes the page for the reader of a failed test, without its fragment.
func (p *page) state() string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		`location.origin + location.pathname + location.search + "\n" + document.body.innerText.slice(0, 1500)`,
	))
	if err != nil {
		return err.Error()
	}
	return text
}

// eval returns the value of a JavaScript expression in the page.
func eval[T any](p *page, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", expression, err, p.state())
	}
	return v
}

// visit opens a path of the program, or a whole address, as if typed into the address bar.
func (p *page) visit(address string) {
	p.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = p.server.url + address
	}
	if strings.Contains(address, "#") {
		// A new fragment alone would not load the page again.
		p.do("leave", chromedp.Navigate("about:blank"))
	}
	shown, _, _ := strings.Cut(address, "#")
	p.do("visit "+shown, chromedp.Navigate(address))
}

// signIn starts a session in the tab for someone, as if they had just signed in, and shows their items.
func (p *page) signIn(email string) {
	p.t.Helper()
	r := newClient(p.t, p.server).startSession(email)
	for _, cookie := range (&http.Response{Header: r.header}).Cookies() {
		call(p, network.SetCookie, network.SetCookieParams{
			Name: cookie.Name, Value: cookie.Value, URL: p.server.url, Path: cookie.Path,
			HTTPOnly: &cookie.HttpOnly, Secure: &cookie.Secure, SameSite: network.CookieSameSiteLax,
		})
	}
	p.visit("/items")
	p.awaitPath("/items")
}

// typeSignIn signs in on the sign-in page.
func (p *page) typeSignIn(email string) {
	p.t.Helper()
	p.visit("/signin")
	p.fill(`[name=email]`, email)
	p.fill(`[name=password]`, password)
	p.press(kb.Enter)
	p.awaitPath("/items")
}

// click clicks the first element of a CSS selector, once it is visible and enabled.
func (p *page) click(css string) {
	p.t.Helper()
	p.do(
		"click "+css,
		chromedp.WaitVisible(chromedp.CSS(css)),
		chromedp.ScrollIntoView(chromedp.CSS(css)),
		chromedp.Click(chromedp.CSS(css), chromedp.NodeVisible),
	)
}

// clickAt clicks a point of the window, in CSS pixels.
func (p *page) clickAt(x, y float64) {
	p.t.Helper()
	p.do(fmt.Sprintf("click at %g, %g", x, y), chromedp.MouseClickXY(x, y))
}

// fill replaces what is in a field as a person who selects it and types.
func (p *page) fill(css, text string) {
	p.t.Helper()
	p.do("fill "+css, chromedp.WaitVisible(chromedp.CSS(css)))
	p.awaitSettled()
	p.do("focus on "+css, chromedp.Focus(chromedp.CSS(css)))
	eval[bool](p, element(css)+`.select() ?? true`)
	if text == "" {
		text = kb.Delete
	}
	p.press(text)
}

// awaitSettled waits until htmx has finished putting fragments into the page: it moves the focus as
// its last step, some 20 ms after a fragment shows, which no person is quick enough to notice.
func (p *page) awaitSettled() {
	p.t.Helper()
	p.awaitTrue("the page to settle",
		`!document.querySelector(".htmx-added, .htmx-swapping, .htmx-settling")`)
}

// choose sets a radio button or a check box, by its label where the control itself is hidden.
func (p *page) choose(css string) {
	p.t.Helper()
	p.do("choose "+css, chromedp.WaitReady(chromedp.CSS(css)))
	if eval[bool](p, element(css)+".checked") {
		return
	}
	target := chromedp.JSPath(
		fmt.Sprintf(
			`(e => e.getBoundingClientRect().width > 4 &&
				e.checkVisibility({opacityProperty: true}) ? e : e.labels[0])(%s)`,
			element(css),
		),
	)
	p.do(
		"choose "+css,
		chromedp.ScrollIntoView(target),
		chromedp.Click(target, chromedp.NodeVisible),
	)
	p.awaitTrue(css+" to be checked", element(css)+".checked")
}

// pick chooses a value among radio buttons or the options of a select.
func (p *page) pick(name, value string) {
	p.t.Helper()
	list := fmt.Sprintf(`select[name=%s]`, name)
	if p.count(list) == 0 {
		p.choose(fmt.Sprintf(`[name=%s][value=%s]`, name, value))
		return
	}
	p.do("pick "+value, chromedp.SetValue(chromedp.CSS(list), value))
	eval[bool](p, element(list)+`.dispatchEvent(new Event("change", {bubbles: true}))`)
}

// press sends keys to what has the focus. A script that cancels a key's down event keeps its
// character out, as at a real keyboard.
func (p *page) press(keys string, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	for _, r := range keys {
		events := kb.Encode(r)
		down, up := events[0], events[len(events)-1]
		for _, m := range modifiers {
			down.Modifiers |= int64(m)
			up.Modifiers |= int64(m)
		}
		if len(events) == 3 &&
			down.Modifiers&int64(
				chromedp.ModifierCtrl|chromedp.ModifierAlt|chromedp.ModifierMeta,
			) == 0 {
			down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
		}
		call(p, input.DispatchKeyEvent, *down)
		call(p, input.DispatchKeyEvent, *up)
	}
}

// await waits until an element is visible.
func (p *page) await(css string) {
	p.t.Helper()
	p.do("await "+css, chromedp.WaitVisible(chromedp.CSS(css)))
}

// awaitGone waits until no matching element exists or is visible.
func (p *page) awaitGone(css string) {
	p.t.Helper()
	p.awaitTrue(
		"no "+css,
		fmt.Sprintf(
			`![...document.querySelectorAll(%s)].some(e => e.checkVisibility())`,
			quote(css),
		),
	)
}

// awaitText waits until the page shows the text.
func (p *page) awaitText(text string) {
	p.t.Helper()
	p.awaitTrue("the text "+text, showsText(text))
}

// showsText is an expression: whether the page shows a text.
func showsText(text string) string {
	return fmt.Sprintf(
		`document.body.innerText.toLowerCase().includes(%s.toLowerCase())`,
		quote(text),
	)
}

// awaitPath waits until the page has this path.
func (p *page) awaitPath(want string) {
	p.t.Helper()
	base, _ := url.Parse(p.server.url)
	p.awaitTrue(
		"the path "+want,
		fmt.Sprintf(
			`location.pathname == %s && document.readyState == "complete"`,
			quote(base.Path+want),
		),
	)
}

// awaitTrue evaluates an expression repeatedly, through page loads, until it is true.
func (p *page) awaitTrue(what, expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		if err == nil && ok {
			return
		}
		select {
		case <-ctx.Done():
			p.t.Fatalf("waited for %s\n%s", what, p.state())
		case <-time.After(25 * time.Millisecond):
		}
	}
}

// text returns the visible text of the first element of a selector.
func (p *page) text(css string) string {
	p.t.Helper()
	return eval[string](p, element(css)+`?.innerText ?? "(absent)"`)
}

func (p *page) value(css string) string {
	p.t.Helper()
	return eval[string](p, element(css)+`?.value ?? "(absent)"`)
}

func (p *page) count(css string) int {
	p.t.Helper()
	return eval[int](p, fmt.Sprintf(`document.querySelectorAll(%s).length`, quote(css)))
}

func element(css string) string { return fmt.Sprintf("document.querySelector(%s)", quote(css)) }

func quote(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

func (p *page) resize(window size) {
	p.t.Helper()
	var options []chromedp.EmulateViewportOption
	if window.phone {
		options = append(
			options,
			chromedp.EmulateMobile,
			chromedp.EmulateTouch,
			chromedp.EmulatePortrait,
		)
	}
	p.do("resize", chromedp.EmulateViewport(window.width, window.height, options...))
}

// scheme sets the color scheme that the system prefers, light or dark, and waits until the page has
// its colors.
func (p *page) scheme(name string) {
	p.t.Helper()
	call(
		p,
		emulation.SetEmulatedMedia,
		emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: name},
			{Name: "prefers-reduced-motion", Value: "reduce"},
		}},
	)
	p.awaitTrue("colors that stay", fmt.Sprintf(`matchMedia("(prefers-color-scheme: %s)").matches &&
		!document.getAnimations().some(a => a instanceof CSSTransition)`, name))
}

// drag moves the pointer from one element to the lower part of another, with its button pressed. Both
// are in the window then.
func (p *page) drag(from, to string) {
	p.t.Helper()
	p.await(from)
	p.await(to)
	eval[bool](p, `(`+element(from)+`.scrollIntoView({block: "center", behavior: "instant"}), true)`)
	start, end := p.pointIn(from, 0.5), p.pointIn(to, 0.9)
	for _, step := range []input.DispatchMouseEventParams{
		{Type: "mouseMoved", X: start[0], Y: start[1]},
		{Type: "mousePressed", X: start[0], Y: start[1], Button: "left", ClickCount: 1},
		{Type: "mouseMoved", X: end[0], Y: (start[1] + end[1]) / 2, Button: "left"},
		{Type: "mouseMoved", X: end[0], Y: end[1], Button: "left"},
		{Type: "mouseReleased", X: end[0], Y: end[1], Button: "left", ClickCount: 1},
	} {
		call(p, input.DispatchMouseEvent, step)
	}
}

// pointIn returns a point in the middle of an element, at a part of its height.
func (p *page) pointIn(css string, part float64) []float64 {
	p.t.Helper()
	return eval[[]float64](p, fmt.Sprintf(
		`(r => [r.left + r.width / 2, r.top + r.height * %v])(%s.getBoundingClientRect())`,
		part, element(css),
	))
}
