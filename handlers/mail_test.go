package handlers

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"itemshare/db/dbtest"
	"itemshare/mail"
	"itemshare/mail/mailtest"
)

// newMailApp returns an application that sends email through a real mail server, and that server.
func newMailApp(t *testing.T) (*app, *mailtest.Server) {
	t.Helper()
	server := mailtest.Start(t)
	sender, err := mail.NewSMTP(mail.SMTPConfig{
		URL: server.URL, From: "share@company.example", Clock: time.Now, Random: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	return newApp(t, appOptions{sender: sender}), server
}

// awaitMailQueue waits until every queued email was tried.
func (a *app) awaitMailQueue() {
	a.t.Helper()
	a.mailer.Poke()
	for range 1000 {
		if a.queryStrings(`SELECT count(*) || '' FROM mail_queue WHERE tries = 0`)[0] == "0" {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	a.t.Fatal("messages still wait to be tried")
}

const (
	ann            = "ann@client.example"
	rejection      = "<ann@client.example>: Recipient address rejected: No such mailbox"
	shownRejection = "The mail server answered: 550 5.1.1 &lt;ann@client.example&gt;: Recipient address " +
		"rejected: No such mailbox"
)

// TestUndeliveredCodeIsTold asserts that the sharer sees an undelivered code in the history, on
// the share's page and on the item's page, and the admin on the email page, but never the
// recipient who requested it.
func TestUndeliveredCodeIsTold(t *testing.T) {
	a, server := newMailApp(t)
	server.Refuse(ann, 550, rejection)
	member, admin, other := a.signIn(memberEmail), a.signIn(adminEmail), a.signIn(otherEmail)
	text, id := member.share(
		a.item, url.Values{"access": {"recipients"}, "recipients": {ann, "bob@client.example"}},
	)
	_, fine := member.share(a.item, url.Values{"access": {"recipients"}, "recipients": {ann}})
	l := a.link(text)
	listed := l.call("code", object{"email": ann})
	a.awaitMailQueue()
	if stranger := l.call("code", object{"email": "eve@evil.example"}); listed.stableText() != stranger.stableText() {
		t.Errorf("the answers differ: %v %v", listed, stranger)
	}
	a.awaitMailQueue()

	member.get("/shares/"+id).wantWords(t, "the share's page", shownRejection, `data-address="`+ann+`"`,
		"A code couldn&#39;t be delivered", `data-testid="undelivered"`)
	const mark = `data-testid="undelivered-mark"`
	for _, page := range []string{"/shares", itemPath(a.item)} {
		for _, b := range []*browser{member, admin} {
			if n := strings.Count(b.get(page).body, mark); n != 1 {
				t.Errorf("%s marks %d links, want the one", page, n)
			}
		}
	}
	if r := member.get("/shares/" + fine); strings.Contains(r.body, `data-testid="undelivered"`) {
		t.Error("a share without a failure has one")
	}
	if r := other.get("/shares"); strings.Contains(r.body, mark) || strings.Contains(r.body, ann) {
		t.Error("another member learns of it")
	}
	admin.get("/admin/mail").wantWords(t, "the admin's page", shownRejection, ann, "/shares/"+id)
	admin.get("/admin/audit?kind=share.code_undelivered").
		wantWords(t, "the audit log", "Code not delivered", ann, "No such mailbox", "Mail server")
	for _, address := range []string{"eve@evil.example", "evil"} {
		if r := admin.get("/admin/mail"); strings.Contains(r.body, address) {
			t.Errorf("a stranger's invention is shown: %s", address)
		}
	}
	content := dbtest.Content(t, a.url)
	for _, marker := range []string{ann, "No such mailbox"} {
		if bytes.Contains(content, []byte(marker)) || strings.Contains(a.log.String(), marker) {
			t.Errorf("%q is stored or logged in clear", marker)
		}
	}
	if r := l.call("peek", nil); strings.Contains(r.body, "550 ") || strings.Contains(r.body, "undelivered") {
		t.Errorf("the caller learns of it: %v", r)
	}
}

// TestUndeliveredCodeIsToldToPrograms asserts that the API tells a service account of the code that
// could not be delivered, in the list and with the share.
func TestUndeliveredCodeIsToldToPrograms(t *testing.T) {
	a, server := newMailApp(t)
	server.Refuse(ann, 550, rejection)
	p := a.addProgram("Deploy", true, a.team.ID)
	made := p.createShare(a.item, `{"recipients":["`+ann+`"]}`)
	if share := p.get("/shares/" + made.ID).object(t); share["undelivered"] != nil {
		t.Errorf("before a code was requested: %v", share)
	}
	a.link(made.Link).call("code", object{"email": ann})
	a.awaitMailQueue()
	listed := p.get("/shares").object(t)["items"].([]any)[0].(map[string]any)
	for _, share := range []map[string]any{p.get("/shares/" + made.ID).object(t), listed} {
		failures, _ := share["undelivered"].([]any)
		if len(failures) != 1 {
			t.Fatalf("share: %v", share)
		}
		failure := failures[0].(map[string]any)
		if failure["email"] != ann || failure["retried"] != false ||
			!strings.Contains(failure["reason"].(string), "No such mailbox") {
			t.Errorf("failure: %v", failure)
		}
	}
}

// TestCallerCannotTellAFailure asserts that a recipient whose mailbox is gone, one whose mailbox
// works and an address that is no recipient get the same responses, up to the limit and beyond
// it.
func TestCallerCannotTellAFailure(t *testing.T) {
	a, server := newMailApp(t)
	server.Refuse(ann, 550, rejection)
	server.Refuse("dan@client.example", 451, "later")
	text, _ := a.signIn(memberEmail).share(a.item, url.Values{
		"access": {"recipients"}, "recipients": {ann, "bob@client.example", "dan@client.example"},
	})
	l := a.link(text)
	answers := map[string][]string{}
	who := []string{ann, "bob@client.example", "dan@client.example", "eve@evil.example"}
	for range 5 {
		for _, address := range who {
			r := l.call("code", object{"email": address})
			r.header.Del("Retry-After") // differs by when each address was first used
			answers[address] = append(answers[address], fmt.Sprint(r.stableText()))
			r = l.open(object{"email": address, "code": "00000000"})
			answers[address] = append(answers[address], r.stableText())
		}
		a.awaitMailQueue()
	}
	for _, address := range who[1:] {
		for i, got := range answers[address] {
			if got != answers[ann][i] {
				t.Errorf("answer %d differs:\n%s\n%s", i, got, answers[ann][i])
			}
		}
	}
}

// TestDelayedCodeIsTold asserts that the page shows a delayed email while the server retries, and
// no longer once it was delivered.
func TestDelayedCodeIsTold(t *testing.T) {
	a, server := newMailApp(t)
	server.Refuse(ann, 451, "Greylisted, come back later")
	b, admin := a.signIn(memberEmail), a.signIn(adminEmail)
	text, id := b.share(a.item, url.Values{"access": {"recipients"}, "recipients": {ann}})
	a.link(text).call("code", object{"email": ann})
	a.awaitMailQueue()
	b.get("/shares/"+id).wantWords(t, "the share's page", "hasn&#39;t been delivered yet",
		"451 4.1.1 Greylisted, come back later", "trying again")
	if r := b.get("/shares"); strings.Contains(r.body, "undelivered-mark") {
		t.Error("the history marks what may still be delivered")
	}
	admin.get("/admin/mail").wantWords(t, "the admin's page", "1 email", "Greylisted", `data-testid="mail-oldest"`)
	server.Refuse(ann, 0, "")
	a.clock.advance(10 * time.Second)
	for range 500 {
		if len(server.Messages()) > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond)
	for _, page := range []reply{b.get("/shares/" + id), admin.get("/admin/mail")} {
		if strings.Contains(page.body, "Greylisted") {
			t.Errorf("a code that was delivered is still told: %v", page)
		}
	}
}

func TestMailTest(t *testing.T) {
	a, server := newMailApp(t)
	admin := a.signIn(adminEmail)
	server.Refuse(ann, 550, rejection)
	admin.post("/admin/mail/test", url.Values{"to": {"Bob@Client.example"}}).
		wantWords(t, "sent", `data-testid="mail-sent"`, "250 2.0.0 OK: queued", "bob@client.example")
	if got := server.Messages(); len(got) != 1 || got[0].To != "bob@client.example" {
		t.Errorf("received %+v", got)
	}
	admin.post("/admin/mail/test", url.Values{"to": {ann}}).
		wantWords(t, "refused", `data-testid="mail-not-sent"`, shownRejection)
	for _, to := range []string{"", "bob", "bob@client.example, eve@client.example"} {
		r := admin.post("/admin/mail/test", url.Values{"to": {to}})
		if r.status != http.StatusUnprocessableEntity || len(r.errors()) == 0 ||
			r.errors()[0] != "recipient_invalid" {
			t.Errorf("to %q: %v", to, r)
		}
	}
	admin.get("/admin/audit?kind=mail.tested").wantWords(t, "the audit log", "Test email sent", "Ada", ann)
	if n := len(server.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestMailPageWithoutEmail(t *testing.T) {
	a := newApp(t, appOptions{mailOff: true})
	admin := a.signIn(adminEmail)
	admin.get("/admin/mail").wantWords(t, "the page", `data-testid="mail-off"`, "ITEMSHARE_SMTP")
	if r := admin.post("/admin/mail/test", url.Values{"to": {ann}}); r.status != 422 ||
		len(r.errors()) == 0 || r.errors()[0] != "mail_off" {
		t.Errorf("a test: %v", r)
	}
}
