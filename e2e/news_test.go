package e2e

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// awaitMail waits for an email in the outbox.
func (s *server) awaitMail(to, subject string) mail {
	s.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		for _, m := range s.outbox() {
			if m.To == to && m.Subject == subject {
				return m
			}
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("no email %q to %s: %+v", subject, to, s.outbox())
		}
	}
}

// TestEmailsAboutALinkInTheBrowser asks for emails about new links on the account's page, gets one
// when a link is viewed, and stops them on the link's page, to which the email leads.
func TestEmailsAboutALinkInTheBrowser(t *testing.T) {
	s := start(t)
	item := signedIn(t, s, admin).anItem()
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.visit(item + "/share")
	p.await(`[data-testid=tell]:not(:checked)`)
	p.visit("/account")
	p.click(`[data-testid=own-emails] [name=tell]`)
	p.click(`[data-testid=own-emails] button`)
	p.awaitText("Emails saved.")
	p.visit(item + "/share")
	p.await(`[data-testid=tell]:checked`)
	p.click(submitShare)
	p.await(`input#share-link`)
	l := parseLink(t, p.value(`input#share-link`))
	if a := l.open(nil); a.status != http.StatusOK {
		t.Fatalf("opened: %v", a)
	}
	m := s.awaitMail(admin, "Your link was viewed")
	if strings.Contains(m.Text, "/s#") || !strings.Contains(m.Text, "1 view so far") {
		t.Errorf("the email reads\n%s", m.Text)
	}
	page, err := url.Parse(regexp.MustCompile(`http\S+/shares/\S+`).FindString(m.Text))
	if err != nil || page.Path == "" {
		t.Fatalf("the email leads nowhere:\n%s", m.Text)
	}
	p.visit(page.Path)
	p.click(`[data-testid=emails] button`)
	p.awaitText("You won't get emails about this link.")
	p.awaitText("Email me")
	p.clean()
}

// TestEmailsAboutLinksOfTwoProcesses asserts that sharers are told once of each link, where two
// processes tell and one is killed. A message that it had just sent may come twice.
func TestEmailsAboutLinksOfTwoProcesses(t *testing.T) {
	t.Parallel() // it waits for a mail server
	const shares = 80
	post := startMailServer(t, 20*time.Millisecond)
	c := startProcessGroup(t, 2, func(int) []string {
		return []string{"ITEMSHARE_SMTP=" + post.url, "ITEMSHARE_MAIL_FROM=share@company.example"}
	})
	_, item := newSample(0, map[string]any{})
	c.servers[0].importItem(item)
	b := c.signIn(c.clients[1])
	path := b.anItem()
	var opening sync.WaitGroup
	for range shares {
		l := b.share(path, url.Values{"tell": {"on"}}).through(c.clients[1])
		opening.Go(func() {
			if a := l.open(nil); a.status != http.StatusOK {
				t.Errorf("opened: %v", a)
			}
		})
	}
	opening.Wait()
	post.awaitMails(t, shares/4)
	c.servers[0].kill()
	post.awaitMails(t, shares-atOnce)
	c.deliverTheRest(post)

	about := regexp.MustCompile(`/shares/(\w+)`)
	times, twice := map[string]int{}, 0
	for _, m := range post.received() {
		id := about.FindStringSubmatch(bodyOf(m.text))
		if id == nil {
			t.Fatalf("an email about nothing:\n%s", m.text)
		}
		if times[id[1]]++; times[id[1]] > 1 {
			twice++
		}
	}
	if len(times) != shares || twice > atOnce {
		t.Errorf("emails about %d of %d links, %d twice", len(times), shares, twice)
	}
}
