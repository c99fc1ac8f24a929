package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// programStandIn is the program with a made-up 1Password account.
const programStandIn = "../bin/itemshare-standin"

// buildStandIn builds programStandIn once.
var buildStandIn = sync.OnceValue(func() error {
	out, err := exec.Command("go", "build", "-o", programStandIn, "./standin").CombinedOutput()
	if err != nil {
		return fmt.Errorf("build the stand-in: %w\n%s", err, out)
	}
	return nil
})

// onAccount serves the demo's items from a stand-in for a 1Password account.
func onAccount(s *server) {
	if err := buildStandIn(); err != nil {
		s.t.Fatal(err)
	}
	s.file = programStandIn
	s.env = append(s.env, "OP_SERVICE_ACCOUNT_TOKEN=standin")
}

// behave starts the program again with an account that behaves as the kind says: "-strict",
// "-lost", "-limited", "-unreachable". Its ids are the same.
func (s *server) behave(kind string) {
	s.t.Helper()
	if code := s.stop(syscall.SIGTERM); code != 0 {
		s.t.Fatalf("exit %d", code)
	}
	s.env = append(s.env, "OP_SERVICE_ACCOUNT_TOKEN=standin"+kind) // the last one counts
	s.run()
}

// TestPagesOverAnAccount walks through the pages that differ if a 1Password account creates the
// links, as TestPages does.
func TestPagesOverAnAccount(t *testing.T) {
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, onAccount)
			w := &pageWalk{t: t, server: s, window: window, client: signedIn(t, s, admin)}
			item := w.client.items("")[0] // while the account answers
			for _, c := range []struct {
				kind  string
				stops []pageState
			}{
				{"-strict", strictAccountPages(item)},
				{"-lost", failingAccountPages("lost", item)},
				{"-limited", unreachableAccountPages("limited")},
				{"-unreachable", unreachableAccountPages("unreachable")},
				{"", linkPages(w, item)}, // which end with another choice of who creates links
			} {
				t.Run("account"+c.kind, func(t *testing.T) {
					w.t = t
					s.behave(c.kind)
					w.run(admin, c.stops)
				})
			}
		})
	}
}

const makesNative = `[data-testid=make-link]`

func linkPages(w *pageWalk, item string) []pageState {
	return []pageState{
		{name: "account-items", goTo: at("/items")},
		{name: "account-share", goTo: at(item + "/share")},
		{name: "account-link", goTo: func(p *page) {
			p.visit(item + "/share")
			p.choose(`[name=access][value=recipients]`)
			p.fill(`[data-testid=recipients]`, "ann@client.example, partner.example"+kb.Enter)
			p.awaitText("partner.example") // as a chip, which moves the button
			p.awaitSettled()
			p.click(makesNative)
			p.await(`input#share-link`)
		}},
		{name: "account-share-shown", goTo: func(p *page) {
			links := w.client.shares("")
			if len(links) == 0 {
				p.t.Fatal("no link was created")
			}
			p.visit(links[0])
		}},
		{name: "account-history", goTo: at("/shares")},
		{name: "account-policy", goTo: at("/admin/policy")},
		{name: "account-policy-preview", goTo: func(p *page) {
			p.visit("/admin/policy")
			p.pick("max_expiry", "OneHour")
			p.pick("default_expiry", "OneHour")
			p.click(`[data-testid=preview]`)
			p.await(`[data-testid=revoke-there]`)
		}},
		{name: "account-policy-ours", goTo: func(p *page) {
			p.visit("/admin/policy")
			p.choose(`[name=links_by][value=itemshare]`)
			p.click(`[data-testid=save-links]`)
			p.await(`[name=links_by][value=itemshare][checked]`)
		}},
		{name: "account-share-ours", goTo: at(item + "/share")},
	}
}

func strictAccountPages(item string) []pageState {
	return []pageState{
		{name: "account-strict", goTo: at(item + "/share")},
		{name: "account-strict-policy", goTo: at("/admin/policy")},
	}
}

func failingAccountPages(name, item string) []pageState {
	return []pageState{{name: "account-" + name, goTo: func(p *page) {
		p.visit(item + "/share")
		p.click(makesNative)
		p.await(`[data-testid=try-again]`)
	}}}
}

func unreachableAccountPages(name string) []pageState {
	return []pageState{
		{name: "account-" + name, goTo: func(p *page) {
			p.visit("/items")
			p.await(`[data-error=unavailable]`)
		}},
		{name: "account-" + name + "-policy", goTo: at("/admin/policy"), noPicture: true},
	}
}

// TestNativeLinkInTheBrowser creates a native link with scripts and one without, and finds both
// in the history.
func TestNativeLinkInTheBrowser(t *testing.T) {
	s := start(t, onAccount)
	c := signedIn(t, s, admin)
	item := c.items("")[0]
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.visit(item + "/share")
	p.choose(`[name=access][value=recipients]`)
	p.fill(`[data-testid=recipients]`, "ann@client.example")
	p.click(makesNative)
	p.await(`input#share-link`)
	if link := p.value(`input#share-link`); !strings.HasPrefix(
		link,
		"https://share.1password.com/s#",
	) {
		t.Error("the link is not 1Password's")
	}
	p.clean()
	if r := c.post(item+"/share", url.Values{"access": {"anyone"}}); r.status != http.StatusCreated {
		t.Errorf("without scripts: %v", r)
	}
	for _, share := range c.shares("status=active") {
		if r := c.get(share); !strings.Contains(r.body, "Managed in 1Password") {
			t.Errorf("%s: %v", share, r)
		}
	}
	if n := len(c.shares("")); n != 2 {
		t.Errorf("%d links in the history", n)
	}
	p.visit("/items")
	p.click(`[data-testid=refresh]`)
	p.await(`[data-testid=freshness]`)
}
