package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
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

	scriptless bool

	mu       sync.Mutex
	paused   bool // while a test's own script runs in the page
	problems []string
	asked    []string // what dialogs asked: their kinds and texts
	traffic  traffic
}

// traffic is what a page loaded over the wire.
type traffic struct {
	bytes    float64
	requests []string  // paths
	last     time.Time // of a request
}

type pageOption func(*page)

// withoutScripts switches scripts off, as some people and companies do.
func withoutScripts(p *page) {
	p.scriptless = true
	call(
		p,
		emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: true},
	)
}

func (p *page) hasScripts() bool { return !p.scriptless }

// newPage opens an empty tab that reports what goes wrong in it: see clean.
func newPage(t *testing.T, s *server, window size, options ...pageOption) *page {
	t.Helper()
	p := &page{t: t, server: s}
	ctx, cancel := chromedp.NewContext(
		browser,
		chromedp.WithNewBrowserContext(),
		chromedp.WithListener(p.recordEvent),
	)
	p.ctx = ctx
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	call(p, runtime.AddBinding, runtime.AddBindingParams{Name: "reportViolation"})
	call(
		p,
		cdppage.AddScriptToEvaluateOnNewDocument,
		cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: `
		{ const report = reportViolation; delete globalThis.reportViolation;
		document.addEventListener('securitypolicyviolation', e => report(
			e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sourceFile + ':' + e.lineNumber + ' ' + e.sample)) }`},
	)
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

// recordEvent records what the browser's developer tools would show as an error.
func (p *page) recordEvent(event any) {
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
			if !isAbort.Match(args) {
				p.problem(fmt.Sprintf("console.%s: %s", e.Type, args))
			}
		}
	case *cdppage.EventJavascriptDialogOpening:
		p.mu.Lock()
		p.asked = append(p.asked, string(e.Type)+" "+e.Message)
		p.mu.Unlock()
		go func() { // a listener must not wait for an answer
			_, _ = chromedp.Call(p.ctx, cdppage.HandleJavaScriptDialog,
				cdppage.HandleJavaScriptDialogParams{Accept: true})
		}()
	case *network.EventRequestWillBeSent:
		p.request(e.Request.URL)
	case *network.EventLoadingFinished:
		p.mu.Lock()
		p.traffic.bytes += e.EncodedDataLength
		p.mu.Unlock()
	case *log.EventEntryAdded:
		if e.Entry.Level != "info" && e.Entry.Level != "verbose" && !isIntendedError(e.Entry) {
			address, _, _ := strings.Cut(e.Entry.URL, "#")
			p.problem(fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, address))
		}
	}
}

// isAbort matches what htmx says when the page ends a request that it no longer needs. Where the server
// wasn't reached it also says htmx:sendError.
var isAbort = regexp.MustCompile(`"htmx:(sendAbort|afterRequest), `)

// isIntendedError reports whether an error status comes from the program on purpose, such as 422
// for a form or 503 while the vault is unreachable, and not from a missing asset.
func isIntendedError(e *log.Entry) bool {
	address, err := url.Parse(e.URL)
	return err == nil && e.Source == "network" && path.Ext(address.Path) == "" &&
		(strings.Contains(e.Text, "a status of 4") || strings.Contains(e.Text, "a status of 503"))
}

func (p *page) problem(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.paused {
		p.problems = append(p.problems, text)
	}
}

func (p *page) request(address string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "data" || u.Scheme == "about" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.traffic.requests = append(p.traffic.requests, u.Path)
	p.traffic.last = time.Now()
}

// awaitQuiet waits until the page has sent no request for half a second.
func (p *page) awaitQuiet() {
	p.t.Helper()
	began := time.Now()
	for {
		p.mu.Lock()
		last := p.traffic.last
		p.mu.Unlock()
		quiet := time.Since(last)
		if last.Before(began) {
			quiet = time.Since(began)
		}
		switch {
		case quiet >= 500*time.Millisecond:
			return
		case time.Since(began) > patience:
			p.t.Fatal("the page never came to rest")
		}
		time.Sleep(500*time.Millisecond - quiet)
	}
}

// aside runs a script of the test's own, whose traces are not the page's.
func (p *page) aside(do func()) {
	p.mu.Lock()
	p.paused = true
	p.mu.Unlock()
	do()
	p.mu.Lock()
	p.paused = false
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
