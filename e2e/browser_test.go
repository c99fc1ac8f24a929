package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a page may take to show what a test waits for.
const patience = 15 * time.Second

// size is a window; a phone also has a touch screen.
type size struct {
	name          string
	width, height int64
	phone         bool
}

var (
	phone   = size{"phone", 390, 844, true}
	desktop = size{"desktop", 1280, 900, false}
)

// page is one tab in a browser context of its own: no cookie is shared with another page.
type page struct {
	t      *testing.T
	server *server
	ctx    context.Context

	mu       sync.Mutex
	deaf     bool // while a test's own script runs in the page
	problems []string
}

type pageOption func(*page)

// withoutScripts switches scripts off, as some people and companies do.
func withoutScripts(p *page) {
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// newPage opens an empty tab that reports what goes wrong in it: see clean.
func newPage(t *testing.T, s *server, window size, options ...pageOption) *page {
	t.Helper()
	p := &page{t: t, server: s}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.hear))
	p.ctx = ctx
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	call(p, runtime.AddBinding, runtime.AddBindingParams{Name: "reportViolation"})
	call(p, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: `
		{ const report = reportViolation; delete globalThis.reportViolation;
		document.addEventListener('securitypolicyviolation', e => report(
			e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sourceFile + ':' + e.lineNumber + ' ' + e.sample)) }`})
	p.resize(window)
	for _, o := range options {
		o(p)
	}
	return p
}

// call sends one command of the debug protocol.
func call[P, R any](p *page, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	res, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.t.Fatalf("%s: %v", command.Method, err)
	}
	return res
}

// hear notes what a person who opens the developer tools would see in red.
func (p *page) hear(event any) {
	switch e := event.(type) {
	case *runtime.EventBindingCalled:
		if e.Name == "reportViolation" {
			p.problem("securitypolicyviolation: " + e.Payload)
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		p.problem("exception: " + text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" || e.Type == "assert" {
			args, _ := json.Marshal(e.Args)
			p.problem(fmt.Sprintf("console.%s: %s", e.Type, args))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level != "info" && e.Entry.Level != "verbose" && !anAnswer(e.Entry) {
			address, _, _ := strings.Cut(e.Entry.URL, "#")
			p.problem(fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, address))
		}
	}
}

// anAnswer tells a refusal that the program meant, such as 422 for a form, from an asset that is missing.
func anAnswer(e *log.Entry) bool {
	address, err := url.Parse(e.URL)
	return err == nil && e.Source == "network" && path.Ext(address.Path) == "" && strings.Contains(e.Text, "a status of 4")
}

func (p *page) problem(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.deaf {
		p.problems = append(p.problems, text)
	}
}

// aside runs a script of the test's own, whose traces are not the page's.
func (p *page) aside(do func()) {
	p.mu.Lock()
	p.deaf = true
	p.mu.Unlock()
	do()
	p.mu.Lock()
	p.deaf = false
	p.mu.Unlock()
}

// clean fails the test for each error and violation of the security policy since the last call.
func (p *page) clean() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range p.problems {
		p.t.Errorf("the page reported: %s", text)
	}
	p.problems = nil
}

// do runs the steps within patience; where they fail, the test ends and tells where the page stood.
func (p *page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v\n%s", what, err, p.state())
	}
}

// state describes the page for the reader of a failed test, without its fragment.
func (p *page) state() string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		`location.origin + location.pathname + location.search + "\n" + document.body.innerText.slice(0, 1500)`))
	if err != nil {
		return err.Error()
	}
	return text
}

// eval returns what a JavaScript expression gives in the page.
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

func (p *page) signIn(email string) {
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
	p.do("click "+css, chromedp.ScrollIntoView(chromedp.CSS(css)), chromedp.Click(chromedp.CSS(css), chromedp.NodeVisible))
}

// fill puts text into a field as a person who types it.
func (p *page) fill(css, text string) {
	p.t.Helper()
	p.do("fill "+css, chromedp.WaitVisible(chromedp.CSS(css)), chromedp.Clear(chromedp.CSS(css)), chromedp.SendKeys(chromedp.CSS(css), text))
}

// choose picks an option of a select, or sets a radio button or a check box.
func (p *page) choose(css string) {
	p.t.Helper()
	if !eval[bool](p, "!!"+element(css)+"?.checked") {
		p.click(css)
	}
}

// press sends keys to what has the focus.
func (p *page) press(keys string, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	p.do("press a key", chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
}

// await waits until an element is visible.
func (p *page) await(css string) {
	p.t.Helper()
	p.do("await "+css, chromedp.WaitVisible(chromedp.CSS(css)))
}

// awaitGone waits until no such element is there, or none is visible.
func (p *page) awaitGone(css string) {
	p.t.Helper()
	p.awaitTrue("no "+css, fmt.Sprintf(`![...document.querySelectorAll(%s)].some(e => e.checkVisibility())`, quote(css)))
}

// awaitText waits until the page shows the text.
func (p *page) awaitText(text string) {
	p.t.Helper()
	p.awaitTrue("the text "+text, fmt.Sprintf(`document.body.innerText.toLowerCase().includes(%s.toLowerCase())`, quote(text)))
}

// awaitPath waits until the page has this path.
func (p *page) awaitPath(want string) {
	p.t.Helper()
	base, _ := url.Parse(p.server.url)
	p.awaitTrue("the path "+want, fmt.Sprintf(`location.pathname == %s && document.readyState == "complete"`, quote(base.Path+want)))
}

// awaitTrue asks again and again, through page loads, until an expression is true.
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

// text is what a person reads in the first element of a selector.
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
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	p.do("resize", chromedp.EmulateViewport(window.width, window.height, options...))
}

// scheme sets what the system prefers, light or dark, and lets the change come to rest.
func (p *page) scheme(name string) {
	p.t.Helper()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: name},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	time.Sleep(300 * time.Millisecond)
}

// picture saves what the window shows as {screenshots}/{name}.png, where screenshots are wanted.
func (p *page) picture(name string) {
	p.t.Helper()
	if *screenshots == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatalf("screenshot: %v", err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), smaller(p.t, shot), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// smaller packs a PNG as tightly as the format can.
func smaller(t *testing.T, shot []byte) []byte {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	if out.Len() < len(shot) {
		return out.Bytes()
	}
	return shot
}
