package share_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/db"
	"itemshare/mail"
	"itemshare/mail/mailtest"
	"itemshare/seal"
	"itemshare/share"
)

func telling(r *share.Request) { r.Tell = true }

// newsroom is a service whose emails reach a mail server.
type newsroom struct {
	*testService
	sealer *audit.Sealer
	mailer *mail.Sealer
	post   *mailtest.Server
}

func newNewsroom(t *testing.T) *newsroom {
	t.Helper()
	n := &newsroom{testService: newService(t), post: mailtest.Start(t)}
	keys := n.config.Keyring
	n.sealer = audit.NewSealer(n.db, keys.Hasher(seal.Chain), slog.New(slog.DiscardHandler))
	n.mailer = mail.NewSealer(keys.Box(seal.Mail))
	n.rebuild(func(c *share.Config) { c.Mailer = n.mailer })
	return n
}

// emails does what the workers do in a second, and returns the subjects of the new emails.
func (n *newsroom) emails() (subjects []string) {
	n.t.Helper()
	before := len(n.post.Messages())
	if err := n.sealer.Seal(n.t.Context()); err != nil {
		n.t.Fatal(err)
	}
	if err := n.TellAll(n.t.Context()); err != nil {
		n.t.Fatal(err)
	}
	n.deliver()
	for _, m := range n.post.Messages()[before:] {
		_, rest, _ := strings.Cut(m.Text, "Subject: ")
		subject, _, _ := strings.Cut(rest, "\r\n")
		subjects = append(subjects, m.To+": "+subject)
	}
	return subjects
}

// deliver sends what is in the mail queue.
func (n *newsroom) deliver() {
	n.t.Helper()
	sender, err := mail.NewSMTP(mail.SMTPConfig{
		URL: n.post.URL, From: "share@home.example", Clock: n.config.Clock, Random: rand.Reader,
	})
	if err != nil {
		n.t.Fatal(err)
	}
	worker := mail.NewWorker(mail.WorkerConfig{
		Queue: n.db, Sealer: n.mailer, Sender: sender, Clock: n.config.Clock, Random: rand.Reader,
		Log: slog.New(slog.DiscardHandler),
	})
	var running sync.WaitGroup
	ctx, stop := context.WithCancel(n.t.Context())
	running.Go(func() { worker.Run(ctx) })
	defer running.Wait()
	defer stop()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		backlog, err := n.db.MailBacklog(n.t.Context())
		if err != nil {
			n.t.Fatal(err)
		}
		if backlog.Waiting == 0 {
			return
		}
		if time.Now().After(deadline) {
			n.t.Fatalf("%d emails wait", backlog.Waiting)
		}
	}
}

func (n *newsroom) want(what string, subjects ...string) {
	n.t.Helper()
	if got := n.emails(); fmt.Sprint(got) != fmt.Sprint(subjects) {
		n.t.Errorf("%s: %q, want %q", what, got, subjects)
	}
}

const (
	viewedMail  = "ann@home.example: Your link was viewed"
	deniedMail  = "ann@home.example: Views of your link were denied"
	pendingMail = "ann@home.example: Nobody has viewed your link yet"
)

// TestNewsOfViews asserts that a sharer who wants it is told of views, at most once an hour for each
// share, and that nobody else is.
func TestNewsOfViews(t *testing.T) {
	n := newNewsroom(t)
	quiet, told, other := n.createShare(), n.createShare(telling), n.createShare(telling)
	n.want("created")
	view := byte(0)
	open := func(links ...link) {
		for _, l := range links {
			view++
			must(n.open(l, view))(t)
		}
	}
	open(quiet)
	n.want("viewed without a wish")
	open(told, told)
	n.want("viewed twice", viewedMail)
	open(told)
	n.want("viewed again at once")
	open(other)
	n.want("another one", viewedMail)
	n.now = n.now.Add(time.Hour - time.Second)
	n.want("before an hour is over")
	n.now = n.now.Add(time.Second)
	n.want("after an hour", viewedMail)
	n.now = n.now.Add(2 * time.Hour)
	n.want("nothing new")

	text := n.post.Messages()[2].Text
	page := "https://share.example/base/shares/" + told.ID
	if !strings.Contains(text, "3 views so far") || !strings.Contains(text, page) {
		t.Errorf("the email reads\n%s", text)
	}
	for _, m := range n.post.Messages() {
		for _, secret := range []string{
			encode(told.secret), encode(other.secret), n.item.Title, told.id, "/s#",
		} {
			if strings.Contains(m.Text, secret) {
				t.Errorf("an email tells %q", secret)
			}
		}
	}
}

// TestNewsOfRefusals asserts that a sharer is told once views are denied often.
func TestNewsOfRefusals(t *testing.T) {
	n := newNewsroom(t)
	l := n.createShare(telling, to("bob@client.example"))
	for i := range 5 {
		n.want(fmt.Sprint(i, " wrong codes"))
		_, err := n.openAs(l, 1, "bob@client.example", "00000000")
		wantCode(t, "a wrong code", err, "code_invalid")
		n.now = n.now.Add(time.Minute)
	}
	n.want("wrong codes", deniedMail)
	n.now = n.now.Add(2 * time.Hour)
	n.want("nothing new")
}

// TestNewsOfLinksUnviewed asserts that a sharer is reminded of a link that nobody views, once, before
// it ends.
func TestNewsOfLinksUnviewed(t *testing.T) {
	n := newNewsroom(t)
	viewed, _ := n.createShare(telling), n.createShare(telling)
	revoked := n.createShare(telling)
	must(n.open(viewed, 1))(t)
	n.want("viewed", viewedMail)
	if err := n.Revoke(t.Context(), ann, share.Viewer{UserID: "ann"}, revoked.ID); err != nil {
		t.Fatal(err)
	}
	n.now = n.now.Add(18*time.Hour - time.Second)
	n.want("three quarters of a day, nearly")
	n.now = n.now.Add(time.Second)
	n.want("three quarters of a day", pendingMail)
	n.now = n.now.Add(2 * time.Hour)
	n.want("later")
	n.now = n.now.Add(10 * time.Hour)
	n.want("expired")
}

// TestNewsWanted asserts that the wish can be changed by the sharer alone, and counts at once.
func TestNewsWanted(t *testing.T) {
	n := newNewsroom(t)
	l := n.createShare()
	set := func(by share.Sharer, tell bool) error { return n.Tell(t.Context(), by, l.ID, tell) }
	wantCode(t, "another person's", set(ben, true), "not_found")
	must(0, set(ann, true))(t)
	must(n.open(l, 1))(t)
	n.want("wanted", viewedMail)
	n.now = n.now.Add(2 * time.Hour)
	must(0, set(ann, false))(t)
	must(n.open(l, 2))(t)
	n.want("no longer wanted")
	must(0, set(ann, true))(t)
	n.want("wanted again")

	disable := must(n.log.Entry(audit.Event{At: n.now, Kind: audit.UserDisabled, Subject: "ann"}))(t)
	must(n.open(l, 3))(t)
	must(0, n.db.SetDisabled(t.Context(), "ann", true, disable))(t)
	n.want("suspended")
}

// TestNewsOfProcesses asserts that of several processes that tell the same news, one does.
func TestNewsOfProcesses(t *testing.T) {
	n := newNewsroom(t)
	const shares, processes = 30, 3
	for i := range shares {
		must(n.open(n.createShare(telling), byte(i)))(t)
	}
	must(0, n.sealer.Seal(t.Context()))(t)
	var telling sync.WaitGroup
	for range processes {
		database := must(db.Open(t.Context(), db.Config{URL: n.url, Clock: n.config.Clock}))(t)
		defer database.Close()
		config := n.config
		config.Store = database
		service := share.New(config)
		telling.Go(func() {
			for range 5 {
				if err := service.TellAll(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	telling.Wait()
	n.deliver()
	if got := len(n.post.Messages()); got != shares {
		t.Errorf("%d emails about %d shares", got, shares)
	}
}
