package e2e

import (
	"encoding/base32"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"itemshare/account/oidc/oidctest"
)

const marked = "marked@company.example"

// TestNothingTypedToSignInIsOnDisk types marked passwords, codes and names into every form of signing in,
// right and wrong, and searches for them, and for the seed and the codes that the pages show, after each
// step.
func TestNothingTypedToSignInIsOnDisk(t *testing.T) {
	s, provider := startWithProvider(t)
	m := secrets{"provider's secret": []byte(oidctest.ClientSecret)}
	own := m.newMarker("password")
	if out, exit := s.command(own+"\n", "user", "add", "--email", marked, "--name", "Mark", "--role", "admin",
		"--password-stdin"); exit != 0 {
		t.Fatalf("user add: %s", out)
	}
	p := newPage(t, s, desktop)
	p.authenticator()
	p.withoutSuggestions()
	p.visit("/signin")
	p.sends(`[data-error=signin_failed]`, "email", marked, "password", m.newMarker("wrong password"))
	p.sends(`[data-testid=new-item], [data-testid=search]`, "email", marked, "password", own)
	m.searchDisk(t, s, "after signing in")

	own = m.markPassword(p, own)
	m.searchDisk(t, s, "after another password")
	m.markPasskey(p, own)
	m.searchDisk(t, s, "after a passkey")
	m.markFactor(p, own)
	m.searchDisk(t, s, "after a second factor")
	m.markJoining(p)
	m.searchDisk(t, s, "after an invitation and a reset")
	m.markProvider(p, provider)
	m.searchDisk(t, s, "after signing in with the provider")

	s.backUp()
	s.kill()
	m.searchDisk(t, s, "after kill -9")
	s.run()
	s.stop(syscall.SIGTERM)
	m.searchDisk(t, s, "after the end")
}

// sends fills in fields, given by name and text, sends their form with Enter, and waits for an element.
func (p *page) sends(await string, fields ...string) {
	p.t.Helper()
	for i := 0; i+1 < len(fields); i += 2 {
		p.fill(`[name=`+fields[i]+`]`, fields[i+1])
	}
	p.press(kb.Enter)
	p.await(await)
}

// markPassword changes the password, which it returns, and sends one after the session has ended.
func (m secrets) markPassword(p *page, before string) (own string) {
	p.t.Helper()
	p.visit("/account")
	p.sends(`#problem-current`, "current", m.newMarker("wrong current password"),
		"password", m.newMarker("refused new password"))
	p.sends(`#problem-password`, "current", before, "password", "short")
	own = m.newMarker("new password")
	p.sends(`[data-testid=own-password]`, "current", before, "password", own)
	p.awaitText("Password changed")
	p.forgetSession()
	p.sends(`[data-testid=signin]`, "current", m.newMarker("late current password"),
		"password", m.newMarker("late password"))
	p.visit("/signin?next=%2Faccount")
	p.sends(`[data-testid=own-password]`, "email", marked, "password", own)
	return own
}

// markPasskey adds a passkey with a marked name, and signs in with it.
func (m secrets) markPasskey(p *page, own string) {
	p.t.Helper()
	p.visit("/account")
	p.fill(`[name=passkey_name]`, m.newMarker("refused passkey's name"))
	p.fill(`[name=passkey_password]`, m.newMarker("wrong password for a passkey"))
	p.click(`[data-testid=add-passkey] button`)
	p.await(`#problem-passkey_password`)
	p.fill(`[name=passkey_name]`, m.newMarker("passkey's name"))
	p.fill(`[name=passkey_password]`, own)
	p.click(`[data-testid=add-passkey] button`)
	p.await(`[data-testid=passkey]`)
	p.awaitText(string(m["passkey's name"]))
	p.forgetSession()
	p.visit("/signin?next=%2Faccount")
	p.click(`[data-testid=signin-passkey] button`)
	p.awaitPath("/account")
}

// addSeed adds the seed of a second factor as it is shown, and its bytes.
func (m secrets) addSeed(t *testing.T, seed string) {
	t.Helper()
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(seed)
	if err != nil {
		t.Fatal(err)
	}
	m["seed as shown"], m["seed"] = []byte(seed), raw
}

// markFactor sets up a second factor, signs in with it and turns it off.
func (m secrets) markFactor(p *page, own string) {
	p.t.Helper()
	p.visit("/account")
	p.click(`[data-testid=factor-begin]`)
	p.await(`[data-testid=factor-setup]`)
	m.addSeed(p.t, strings.ReplaceAll(p.text(`[data-testid=factor-key]`), " ", ""))
	p.sends(`#problem-code`, "code", m.newMarker("wrong code"))
	seed, code, recovery := p.setUpFactor()
	m.addSeed(p.t, seed)
	m["one-time code"] = []byte(code)
	m.addRecovery("recovery code", recovery)
	p.forgetSession()
	p.visit("/signin?next=%2Faccount")
	p.sends(`[data-testid=second-step]`, "email", marked, "password", own)
	p.sends(`[data-error=code_invalid]`, "code", m.newMarker("wrong second step"))
	p.sends(`[data-testid=own-factor]`, "code", recovery[0])
	p.click(`[data-testid=factor-renew]`)
	p.sends(`#problem-renew`, "renew", m.newMarker("wrong proof"))
	p.sends(`[data-testid=recovery-codes]`, "renew", own)
	m.addRecovery("renewed code", strings.Fields(p.value(`[data-testid=recovery-codes]`)))
	p.visit("/account")
	p.click(`[data-testid=factor-off]`)
	p.sends(`#problem-off`, "off", m.newMarker("wrong password to turn it off"))
	p.sends(`[data-testid=factor-begin]`, "off", own)
}

// addRecovery adds codes as they are shown and as they may be typed.
func (m secrets) addRecovery(what string, codes []string) {
	for i, code := range codes {
		m[fmt.Sprint(what, " ", i)] = []byte(code)
		m[fmt.Sprint(what, " ", i, ", without dashes")] = []byte(strings.ReplaceAll(code, "-", ""))
	}
}

// markJoining invites somebody, who joins with a marked password, and gives them a new one by a code.
func (m secrets) markJoining(p *page) {
	p.t.Helper()
	p.visit("/admin/users/invite")
	p.fill(`[name=email]`, zoe)
	p.fill(`[name=name]`, "Zoe")
	p.click(`[data-testid=send-invite]`)
	p.await(`[data-status=Invited]`)
	link := p.server.mailedLink(zoe)
	m.addRecovery("invitation", []string{link[strings.Index(link, "#")+1:]})
	joins := newPage(p.t, p.server, phone)
	joins.visit("/join")
	joins.sends(`[data-testid=join-problem], [data-error], .problem`, "code", m.newMarker("wrong invitation"),
		"password", m.newMarker("password of nobody"))
	joins.visit(strings.TrimPrefix(link, p.server.url))
	joins.await(`[name=password]:focus`)
	joins.sends(`[data-testid=new-item], [data-testid=search]`, "password", m.newMarker("invited person's password"))

	p.visit("/admin/users?q=zoe")
	p.click(`[data-testid=user] a`)
	p.click(`[data-testid=reset-link]`)
	p.await(`input#join-link`)
	reset := p.value(`input#join-link`)
	reset = reset[strings.Index(reset, "#")+1:]
	m.addRecovery("reset code", []string{reset})
	joins.visit("/join")
	joins.sends(`[data-testid=new-item], [data-testid=search]`, "code", strings.ToLower(reset),
		"password", m.newMarker("reset password"))
}

// markProvider signs in with the provider.
func (m secrets) markProvider(p *page, provider *oidctest.Provider) {
	p.t.Helper()
	provider.Add("mark", marked, "Mark", true)
	p.forgetSession()
	p.visit("/items")
	p.signInWithProvider("mark")
	p.awaitPath("/items")
}
