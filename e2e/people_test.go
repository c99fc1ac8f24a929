package e2e

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// peoplePages are the pages on which an admin invites people and looks after them.
func peoplePages() []pageState {
	return []pageState{
		{name: "invite", goTo: at("/admin/users/invite")},
		{name: "invite-refused", goTo: func(p *page) {
			p.visit("/admin/users/invite")
			p.click(`[data-testid=send-invite]`)
			p.await(`[data-testid=problem-email]`)
		}},
		{name: "invite-link", goTo: func(p *page) {
			p.fill(`[name=email]`, "zoe@company.example")
			p.fill(`[name=name]`, "Zoe Zimmer")
			p.click(`[data-testid=invite-link]`)
			p.await(`input#join-link`)
		}},
		{name: "users-invited", goTo: func(p *page) {
			p.visit("/admin/users")
			p.await(`[data-status=Invited]`)
		}},
		{name: "person-invited", goTo: func(p *page) {
			p.click(`[data-status=Invited] a`)
			p.await(`[data-testid=withdraw-ask]`)
		}},
		{name: "person", goTo: func(p *page) {
			p.visit("/admin/users?q=member@example.com")
			p.click(`[data-testid=user] a`)
			p.await(`[data-testid=access]`)
		}},
		{name: "person-remove", goTo: func(p *page) {
			p.click(`[data-testid=remove-ask] summary`)
			p.await(`dialog[open] [data-testid=remove]`)
		}},
	}
}

var joinLink = regexp.MustCompile(`http\S+/join#\S+`)

// mailedLink returns the newest link to join that was mailed to an address.
func (s *server) mailedLink(to string) string {
	s.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		for _, m := range s.outbox() {
			if link := joinLink.FindString(m.Text); m.To == to && link != "" {
				return link
			}
		}
	}
	s.t.Fatalf("no link was mailed to %s", to)
	return ""
}

// TestPeopleInTheBrowser: invited by mail, joined by the link on a phone, suspended while signed in,
// reinstated, given a new password, and removed.
func TestPeopleInTheBrowser(t *testing.T) {
	s := start(t)
	a := newPage(t, s, desktop)
	a.signIn(admin)
	a.visit("/admin/users")
	a.click(`[data-testid=invite]`)
	a.await(`[data-testid=invite-form]`)
	a.fill(`[name=email]`, "zoe@company.example")
	a.fill(`[name=name]`, "Zoe Zimmer")
	a.click(`[data-testid=send-invite]`)
	a.await(`[data-status=Invited]`)
	link := s.mailedLink("zoe@company.example")

	zoe := newPage(t, s, phone)
	zoe.visit(strings.TrimPrefix(link, s.url))
	zoe.await(`[name=password]:focus`)
	if address := eval[string](zoe, `location.href`); strings.Contains(address, "#") {
		t.Errorf("the code stays in the address: %s", address)
	}
	zoe.fill(`[name=password]`, password)
	zoe.click(`[data-testid=join] button`)
	zoe.awaitPath("/items")

	a.visit("/admin/users?q=zoe")
	a.await(`[data-status=Active]`)
	a.click(`[data-testid=user] a`)
	a.click(`[data-testid=suspend-ask] summary`)
	a.click(`[data-testid=suspend]`)
	a.await(`[data-testid=reinstate]`)
	zoe.visit("/items")
	zoe.await(`[data-testid=signin]`)
	a.click(`[data-testid=reinstate]`)
	a.await(`[data-testid=reset-link]`)
	a.click(`[data-testid=reset-link]`)
	a.await(`input#join-link`)
	again := a.value(`input#join-link`)

	zoe.visit("/join") // typed, as from another device
	zoe.fill(`[name=code]`, strings.ToLower(again[strings.Index(again, "#")+1:]))
	zoe.fill(`[name=password]`, "another long passphrase")
	zoe.click(`[data-testid=join] button`)
	zoe.awaitPath("/items")

	a.visit("/admin/users?q=zoe")
	a.click(`[data-testid=user] a`)
	a.click(`[data-testid=remove-ask] summary`)
	a.click(`[data-testid=remove]`)
	a.awaitPath("/admin/users")
	zoe.visit("/items")
	zoe.await(`[data-testid=signin]`)
}

// addAdmin adds an admin with the command, in place of the set-up.
func (s *server) addAdmin(email string) {
	s.t.Helper()
	if out, code := s.command(password, "user", "add", "--email", email, "--name", "Ann",
		"--role", "admin", "--password-stdin"); code != 0 {
		s.t.Fatal(out)
	}
}
