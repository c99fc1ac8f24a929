package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

var setUpCode = regexp.MustCompile(`set-up code\s+([A-Z0-9]{4}-[A-Z0-9]{4})`)

// setUpCode waits for the code that the newest of some starts printed. Each prints and logs it.
func (s *server) setUpCode(starts int) string {
	s.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		found := setUpCode.FindAllStringSubmatch(s.log.tail(40), -1)
		if len(found) == 2*starts {
			return found[len(found)-1][1]
		}
	}
	s.t.Fatal("no set-up code was printed")
	return ""
}

// TestPagesOfTheSetUp walks from an empty folder to the first shared item as TestPages does. The code is
// the same after a restart and works once, and a restart on the way changes nothing.
func TestPagesOfTheSetUp(t *testing.T) {
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			t.Parallel()
			mails := startMailServer(t, 0)
			s := start(t, withoutDemo, func(s *server) {
				s.env = append(s.env, "ITEMSHARE_SMTP="+mails.url, "ITEMSHARE_MAIL_FROM=share@company.example")
			})
			code := s.setUpCode(1)
			s.stop(syscall.SIGTERM)
			s.run()
			if again := s.setUpCode(2); again != code {
				t.Errorf("another code after a restart")
			}
			w := &pageWalk{t: t, server: s, window: window}
			w.run("nobody", setUpPages(s, code))
			if r, err := http.Get(s.url + "/setup"); err != nil || r.StatusCode != http.StatusNotFound {
				t.Errorf("the set-up afterwards: %v, %v", r, err)
			}
			if len(mails.received()) != 1 {
				t.Errorf("%d test emails arrived", len(mails.received()))
			}
		})
	}
}

// setUpPages are the steps of the set-up, each taken.
func setUpPages(s *server, code string) []pageState {
	save := `[data-testid=save]`
	return []pageState{
		{name: "setup", goTo: func(p *page) {
			p.visit("/items")
			p.awaitPath("/setup")
		}},
		{name: "setup-refused", goTo: func(p *page) {
			p.fillSetUp("wrong")
			p.await(`[data-error=code_invalid]`)
		}},
		{name: "setup-organization", goTo: func(p *page) {
			p.fillSetUp(strings.ToLower(code))
			p.awaitPath("/setup/organization")
		}},
		{name: "setup-left", goTo: func(p *page) {
			p.visit("/items")
			p.await(`[data-testid=setup-left]`)
		}},
		{name: "setup-rules", goTo: func(p *page) {
			p.click(`[data-testid=setup-continue]`)
			p.awaitPath("/setup/organization")
			p.fill(`[name=name]`, "Acme & Söhne")
			p.click(save)
			p.awaitPath("/setup/rules")
		}},
		{name: "setup-rules-refused", goTo: func(p *page) {
			p.choose(`[name=rules][value=domains]`)
			p.fill(`[name=allowed_domains]`, "gmail.com")
			p.click(save)
			p.await(`[data-testid=problem-allowed_domains]`)
		}},
		{name: "setup-email", goTo: func(p *page) {
			p.fill(`[name=allowed_domains]`, "company.example")
			p.click(save)
			p.awaitPath("/setup/email")
		}},
		{name: "setup-email-sent", goTo: func(p *page) {
			p.click(`[data-testid=mail-test]`)
			p.await(`[data-testid=mail-sent]`)
		}},
		{name: "setup-vault", goTo: func(p *page) {
			s.stop(syscall.SIGTERM)
			s.run()
			p.click(`[data-testid=later]`)
			p.awaitPath("/setup/vault")
		}},
		{name: "setup-item", goTo: func(p *page) {
			p.click(save)
			p.awaitPath("/setup/item")
		}},
		{name: "setup-share", goTo: func(p *page) {
			p.fill(`[name=title]`, "Guest Wi-Fi")
			p.fill(`[name="field.0.value"]`, "guest")
			p.fill(`[name="field.1.value"]`, "correct horse battery staple")
			p.click(save)
			p.await(`form#share-form`)
			p.choose(`[name=access][value=recipients]`)
			p.fill(`[data-testid=recipients]`, "bea@company.example")
			p.press(kb.Tab)
			p.await(`[data-recipient][data-kind=email]`)
		}},
		{name: "setup-link", goTo: func(p *page) {
			p.click(submitShare)
			p.await(`input#share-link`)
			p.awaitText("Everything is set up.")
		}},
		{name: "setup-done", goTo: func(p *page) {
			p.visit("/admin")
			p.await(`[data-testid=setup-end]`)
		}},
		{name: "setup-closed", noPicture: true, goTo: func(p *page) {
			p.click(`[data-testid=setup-end]`)
			p.awaitGone(`[data-testid=setup-left]`)
		}},
		{name: "organization", goTo: at("/setup/organization")},
		{name: "signin-organization", goTo: func(p *page) {
			p.forgetSession()
			p.visit("/signin")
			p.await(`[data-testid=organization]`)
		}},
	}
}

// fillSetUp fills in the first page of the set-up, and sends it.
func (p *page) fillSetUp(code string) {
	p.t.Helper()
	p.fill(`[name=code]`, code)
	p.fill(`[name=name]`, "Ada Admin")
	p.fill(`[name=email]`, "ada@company.example")
	p.fill(`[name=password]`, password)
	p.click(`[data-testid=setup] button`)
}
