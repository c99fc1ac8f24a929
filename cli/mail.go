package cli

import (
	"context"
	"fmt"
	"net/url"

	"itemshare/account"
	"itemshare/address"
	"itemshare/db"
	"itemshare/mail"
	"itemshare/share"
	"itemshare/views"
)

// mailFlags configure email. The server and the test read the same ones.
type mailFlags struct {
	SMTP     string `help:"${serve_smtp}" placeholder:"URL" name:"smtp"`
	MailFrom string `help:"Sender of verification emails." placeholder:"ADDRESS"`
	MailHelo string `help:"${serve_mail_helo}" placeholder:"NAME"`
}

// open returns the mail server of the configuration. base is the public base URL, "" if it is not
// configured.
func (f mailFlags) open(p *program, base string) (*mail.SMTP, error) {
	helo := f.MailHelo
	if helo == "" {
		helo = localhost
		if u, err := parseBaseURL(base); err == nil {
			helo = u.Hostname()
		}
	}
	sender, err := mail.NewSMTP(mail.SMTPConfig{
		URL: f.SMTP, From: f.MailFrom, Helo: helo, Clock: p.clock, Random: p.random,
	})
	if err != nil {
		return nil, fmt.Errorf(
			"ITEMSHARE_SMTP, ITEMSHARE_MAIL_FROM or ITEMSHARE_MAIL_HELO cannot be used: %w", err)
	}
	return sender, nil
}

type mailTestCommand struct {
	mailFlags
	URL string `help:"${serve_url}" placeholder:"URL"`
	To  string `required:"" help:"Email address to send to." placeholder:"ADDRESS"`
}

// Run sends one email as the server would, and prints what the mail server answered. It opens no
// installation.
func (c *mailTestCommand) Run(p *program) error {
	if c.SMTP == "" {
		return fmt.Errorf("email is off: set ITEMSHARE_SMTP and ITEMSHARE_MAIL_FROM")
	}
	if c.URL != "" {
		if _, err := parseBaseURL(c.URL); err != nil {
			return err
		}
	}
	to, err := address.Email(c.To)
	if err != nil {
		return fmt.Errorf("“%s” %w", c.To, err)
	}
	sender, err := c.open(p, c.URL)
	if err != nil {
		return err
	}
	answer, err := sender.Deliver(p.ctx, testMail(to, c.URL))
	if err != nil {
		return fmt.Errorf("the email to %s wasn't sent. %s", to, mail.ReasonOf(err))
	}
	_, err = fmt.Fprintf(p.stdout, "Sent to %s. The mail server answered: %s\n", to, answer)
	return err
}

func testMail(to, base string) mail.Message {
	from := "itemshare"
	if base != "" {
		from += " at " + base
	}
	return mail.Message{
		To: to, Subject: "Test email from itemshare",
		Text: "This is a test email from " + from + ".\n\n" +
			"Verification codes are sent the same way. You don't need to do anything.\n",
	}
}

// deliverer sends a message and returns what the mail server answered.
type deliverer interface {
	mail.Sender
	Deliver(ctx context.Context, m mail.Message) (answer string, err error)
}

// mailDesk is the mail queue and its server for the admin's page.
type mailDesk struct {
	db     *db.DB
	sender deliverer
	base   *url.URL
}

// Backlog returns how much is in the queue.
func (d mailDesk) Backlog(ctx context.Context) (views.MailBacklog, error) {
	backlog, err := d.db.MailBacklog(ctx)
	return views.MailBacklog(backlog), err
}

// SendTest sends a test email past the queue.
func (d mailDesk) SendTest(ctx context.Context, to string) views.MailTest {
	answer, err := d.sender.Deliver(ctx, testMail(to, d.base.String()))
	test := views.MailTest{To: to, Answer: answer}
	if err != nil {
		test.Reason = mail.ReasonOf(err)
	}
	return test
}

// reportTo has the worker tell the services what it could not deliver.
func reportTo(
	shares **share.Service, accounts *account.Service,
) func(context.Context, mail.Failure) error {
	return func(ctx context.Context, f mail.Failure) error {
		if f.ShareID == "" {
			return accounts.MailFailed(ctx, account.MailFailure{
				MessageID: f.MessageID, Reason: f.Reason, RetryAt: f.RetryAt,
			})
		}
		return (*shares).MailFailed(ctx, share.MailFailure(f))
	}
}
