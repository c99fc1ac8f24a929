package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"
)

// nextCode returns the code of an authenticator app of a later step than the one before, for which it
// waits.
func nextCode(t *testing.T, secret, before string) string {
	t.Helper()
	for {
		code, err := totp.GenerateCode(secret, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if code != before {
			return code
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the test ended before the next code")
		case <-time.After(time.Until(time.Now().Truncate(30 * time.Second).Add(30 * time.Second))):
		}
	}
}

// setUpFactor sets a second factor up, and returns its secret, the code that it took and the recovery
// codes.
func (p *page) setUpFactor() (secret, code string, recovery []string) {
	p.t.Helper()
	p.await(`[data-testid=factor-setup]`)
	secret = strings.ReplaceAll(p.text(`[data-testid=factor-key]`), " ", "")
	code = nextCode(p.t, secret, "")
	p.fill(`[name=code]`, code)
	p.press(kb.Enter)
	p.await(`[data-testid=recovery-codes]`)
	return secret, code, strings.Fields(p.value(`[data-testid=recovery-codes]`))
}

// TestSecondFactorInTheBrowser sets a second factor up and signs in with it, with and without scripts.
func TestSecondFactorInTheBrowser(t *testing.T) {
	s := start(t)
	for name, c := range map[string]struct {
		window  size
		who     string
		options []pageOption
	}{
		"desktop":               {desktop, admin, nil},
		"phone without scripts": {phone, member, []pageOption{withoutScripts}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPage(t, s, c.window, c.options...)
			p.typeSignIn(c.who)
			p.visit("/account")
			p.click(`[data-testid=factor-begin]`)
			_, _, recovery := p.setUpFactor()
			p.visit("/account")
			p.awaitText("10 recovery codes left")
			p.forgetSession()
			p.visit("/shares?status=active")
			p.fill(`[name=email]`, c.who)
			p.fill(`[name=password]`, password)
			p.press(kb.Enter)
			p.await(`[data-testid=second-step]`)
			p.fill(`[name=code]`, "000 000")
			p.press(kb.Enter)
			p.await(`[data-error=code_invalid]`)
			p.fill(`[name=code]`, recovery[0])
			p.press(kb.Enter)
			p.awaitPath("/shares")
			p.visit("/account")
			p.click(`[data-testid=factor-off]`)
			p.fill(`[name=off]`, password)
			p.press(kb.Enter)
			p.await(`[data-testid=factor-begin]`)
		})
	}
}
