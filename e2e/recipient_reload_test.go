package e2e

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestAReloadLosesNothing loads the recipient's page again at each step.
func TestAReloadLosesNothing(t *testing.T) {
	program := start(t)
	for _, row := range []struct {
		name string
		run  func(*testing.T, *server)
	}{
		{"before the item is opened", reloadsBefore},
		{"while a code is awaited", reloadsAtTheCode},
		{"of an item that opens once", reloadsOfAnItem},
		{"after the answer was lost", reloadsAfterALostAnswer},
		{"after the tab was killed", restoresTheTab},
		{"when the view is over", reloadsWhenTheViewIsOver},
		{"when another view would count", reloadsOfManyViews},
		{"of a dead link", reloadsOfADeadLink},
		{"after Done", reloadsAfterDone},
		{"without storage", withoutStorage},
		{"I already have a code", alreadyHaveACode},
		{"the wait for a code is the address's", theWaitIsTheAddresss},
	} {
		t.Run(row.name, func(t *testing.T) { t.Parallel(); row.run(t, program) })
	}
}

func (p *page) reload() {
	p.t.Helper()
	p.do("reload", chromedp.Reload())
}

// keeps returns what the tab keeps for a reload.
func (p *page) keeps() string {
	p.t.Helper()
	return eval[string](p, `JSON.stringify({...sessionStorage})`)
}

// dialogs returns what the page has asked in dialogs, each of which was accepted.
func (p *page) dialogs() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

// later makes the page believe, from its next load on, that it is so much later, and the server too.
func (p *page) later(by time.Duration) {
	p.t.Helper()
	call(
		p,
		cdppage.AddScriptToEvaluateOnNewDocument,
		cdppage.AddScriptToEvaluateOnNewDocumentParams{
			Source: fmt.Sprintf(
				`{ const now = Date.now; Date.now = () => now() + %d; Date.parse = () => Date.now() }`,
				by.Milliseconds(),
			),
		},
	)
}

func reloadsBefore(t *testing.T, program *server) {
	s, p := onStage(t, program, nil)
	p.visit(strings.Replace(s.link.String(), "#", "%23", 1))
	p.awaitState("ready")
	p.reload()
	p.awaitState("ready")
	p.await(`[data-testid=repaired]`)
	if n := len(s.heard("open")); n != 0 {
		t.Errorf("a reload opened the link %d times", n)
	}
	p.clean()
}

func reloadsAtTheCode(t *testing.T, program *server) {
	s, p := onStage(t, program, toRecipients)
	toCode(p, s)
	p.reload()
	p.awaitState("code")
	if got := p.text(`[data-testid=sent-to]`); got != "ann@client.example" {
		t.Errorf("the address is %q", got)
	}
	if !eval[bool](p, `document.querySelector("[data-testid=resend]").disabled`) {
		t.Error("a reload shortens the wait for another code")
	}
	p.fill(`[data-testid=code]`, "12345678")
	p.click(`[data-testid=show]`)
	p.awaitState("item")
	if n := len(s.heard("code")); n != 1 {
		t.Errorf("%d codes were asked for", n)
	}
	p.clean()
}

// reloadsOfAnItem is of a link that opens once: the same view shows the item again, and leaving asks.
func reloadsOfAnItem(t *testing.T, program *server) {
	s, p := onStage(t, program, toRecipients)
	enterCode(p, s)
	p.awaitState("item")
	if strings.Contains(p.keeps(), "hunter2") {
		t.Error("the tab keeps the item")
	}
	p.reload()
	p.awaitState("item")
	p.click(`[data-testid=reveal]`)
	p.awaitText("hunter2")
	opens := s.heard("open")
	if len(opens) != 2 || fmt.Sprint(opens[0]) != fmt.Sprint(opens[1]) ||
		len(s.heard("peek")) != 1 {
		t.Errorf("opened with %v", opens)
	}
	if got := p.dialogs(); !slices.Contains(got, "beforeunload ") {
		t.Errorf("leaving asked %q", got)
	}
	p.clean()
}

// reloadsAfterALostAnswer counts no second view: the first may have been counted.
func reloadsAfterALostAnswer(t *testing.T, program *server) {
	s, p := onStage(t, program, func(s *stage) { s.terms["max_views"] = 1 })
	s.on("open", func(with) said { return said{drop: true} })
	pressShow(p, s)
	p.awaitState("offline")
	s.on("open", nil)
	s.on("peek", func(with) said { return problem(http.StatusGone, "viewed") })
	p.reload()
	p.awaitState("item")
	if opens := s.heard("open"); fmt.Sprint(opens[0]) != fmt.Sprint(opens[len(opens)-1]) {
		t.Errorf("opened with %v", opens)
	}
}

// restoresTheTab ends the tab's process, as a phone does that needs the memory.
func restoresTheTab(t *testing.T, program *server) {
	s, p := onStage(t, program, toRecipients)
	toCode(p, s)
	p.killTab()
	p.reload()
	p.awaitState("code")
	p.fill(`[data-testid=code]`, "12345678")
	p.click(`[data-testid=show]`)
	p.awaitState("item")
	p.killTab()
	p.reload()
	p.awaitState("item")
	if codes, opens := s.heard("code"), s.heard("open"); len(codes) != 1 || len(opens) != 2 ||
		fmt.Sprint(opens[0]) != fmt.Sprint(opens[1]) {
		t.Errorf("%d codes, opened with %v", len(codes), opens)
	}
}

// killTab ends the process that shows the page, and waits until it has ended.
func (p *page) killTab() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Second) // nobody is left to answer
	defer cancel()
	_, _ = chromedp.Call(ctx, cdppage.Crash, cdp.Empty{})
}

func reloadsWhenTheViewIsOver(t *testing.T, program *server) {
	s, p := onStage(t, program, func(s *stage) { s.terms["max_views"] = 1 })
	pressShow(p, s)
	p.awaitState("item")
	s.on("open", func(with) said { return problem(http.StatusGone, "viewed") })
	s.on("peek", func(with) said { return problem(http.StatusGone, "viewed") })
	p.later(3 * time.Minute)
	ownView := func(why string) {
		t.Helper()
		p.awaitState("viewed")
		p.awaitText("You opened it here on")
		if strings.Contains(p.state(), "someone else") {
			t.Errorf("%s: it says that somebody else may have seen the item", why)
		}
		if kept := p.keeps(); strings.Contains(kept, encode(s.link.secret)) ||
			strings.Contains(kept, "proof") {
			t.Errorf("%s: the tab keeps %s", why, kept)
		}
	}
	p.reload()
	ownView("after a reload")
	p.reload()
	ownView("after another")
	visitLink(p, s)
	ownView("after the link was followed again")
	if n := len(s.heard("open")); n != 1 {
		t.Errorf("%d openings", n)
	}

	_, stranger := onStage(t, program, nil)
	visitLink(stranger, s)
	stranger.awaitText("someone else may have seen")
	p.clean()
}

// reloadsOfManyViews: once the view is over, a reload must not count another.
func reloadsOfManyViews(t *testing.T, program *server) {
	s, p := onStage(t, program, func(s *stage) { s.terms["max_views"] = 3 })
	pressShow(p, s)
	p.awaitState("item")
	p.later(3 * time.Minute)
	p.reload()
	p.awaitState("missing")
	if kept := p.keeps(); kept != "{}" || len(s.heard("open")) != 1 {
		t.Errorf("%d openings; the tab keeps %s", len(s.heard("open")), kept)
	}
	if got := p.dialogs(); len(got) != 0 {
		t.Errorf("leaving asked %q", got)
	}
	p.clean()
}

func reloadsOfADeadLink(t *testing.T, program *server) {
	s, p := onStage(t, program, nil)
	visitLink(p, s)
	p.awaitState("ready")
	s.on("peek", func(with) said { return problem(http.StatusGone, "revoked") })
	p.reload()
	p.awaitState("revoked")
	p.awaitText("Ask Maria Lopez for a new link.")
	if kept := p.keeps(); kept != "{}" {
		t.Errorf("the tab keeps %s", kept)
	}
	p.reload()
	p.awaitState("missing")
	p.clean()
}

func reloadsAfterDone(t *testing.T, program *server) {
	s, p := onStage(t, program, func(s *stage) { s.terms["max_views"] = 1 })
	pressShow(p, s)
	p.click(`[data-testid=done]`)
	p.awaitState("done")
	if got := p.dialogs(); len(got) != 1 ||
		!strings.Contains(got[0], "confirm You can't open this item again.") {
		t.Errorf("Done asked %q", got)
	}
	if kept := p.keeps(); kept != "{}" {
		t.Errorf("the tab keeps %s", kept)
	}
	axe(t, p)
	p.picture("recipient-done-390-light")
	p.reload()
	p.awaitState("missing")
	if got := p.dialogs(); len(got) != 1 {
		t.Errorf("leaving asked %q", got[1:])
	}
	p.clean()
}

func withoutStorage(t *testing.T, program *server) {
	s, p := onStage(t, program, nil)
	call(
		p,
		cdppage.AddScriptToEvaluateOnNewDocument,
		cdppage.AddScriptToEvaluateOnNewDocumentParams{
			Source: `Object.defineProperty(globalThis, "sessionStorage",
				{ get() { throw new DOMException("off", "SecurityError") } })`,
		},
	)
	pressShow(p, s)
	p.await(`[data-testid=forgetful]`)
	p.awaitState("item")
	p.await(`[data-testid=forgetful]`)
	p.clean()
}

func alreadyHaveACode(t *testing.T, program *server) {
	s, p := onStage(t, program, toRecipients)
	visitLink(p, s)
	p.fill(`[data-testid=email]`, "ann")
	p.click(`[data-testid=have-code]`)
	p.awaitText("Enter a valid email address.")
	p.fill(`[data-testid=email]`, "ann@client.example")
	p.click(`[data-testid=have-code]`)
	p.awaitState("code")
	p.fill(`[data-testid=code]`, "12345678")
	p.click(`[data-testid=show]`)
	p.awaitState("item")
	if codes, opens := s.heard("code"), s.heard("open"); len(codes) != 0 || len(opens) != 1 ||
		opens[0]["email"] != "ann@client.example" {
		t.Errorf("codes %v, openings %v", codes, opens)
	}
	p.clean()
}

// theWaitIsTheAddresss goes to another address and back: a second code would end the first.
func theWaitIsTheAddresss(t *testing.T, program *server) {
	s, p := onStage(t, program, toRecipients)
	toCode(p, s)
	ask := func(email string) {
		p.click(`[data-testid=other-address]`)
		p.retype(`[data-testid=email]`, email)
		p.click(`[data-testid=send-code]`)
		p.awaitState("code")
	}
	ask("bob@client.example")
	ask("Ann@client.example")
	if !eval[bool](p, `document.querySelector("[data-testid=resend]").disabled`) {
		t.Error("another code can be sent at once")
	}
	var emails []any
	for _, body := range s.heard("code") {
		emails = append(emails, body["email"])
	}
	if fmt.Sprint(emails) != "[ann@client.example bob@client.example]" {
		t.Errorf("codes were asked for %v", emails)
	}
	p.clean()
}
