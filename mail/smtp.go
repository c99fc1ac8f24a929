package mail

import (
	"context"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// stepTime limits each of the two steps of a try: connecting and sending.
const stepTime = 10 * time.Second

// SMTPConfig is the configuration of an SMTP. URL is smtp://user:password@host:port (STARTTLS when
// offered) or smtps://…; From is the sender's address, with or without a name. Helo is the name in
// EHLO, "" for that of this machine. Roots are the trusted certificate authorities, nil for the
// system's. Domains of other scripts are sent as A-labels.
type SMTPConfig struct {
	URL    string
	From   string
	Helo   string
	Clock  func() time.Time
	Random io.Reader
	Roots  *x509.CertPool
}

// SMTP sends messages through one mail server, with a connection for each.
type SMTP struct {
	host    string
	options []gomail.Option
	from    string   // with its name
	sender  string   // the address alone
	secrets []string // that the server may quote
	clock   func() time.Time
	random  io.Reader
}

// NewSMTP returns an SMTP, or an error whose text is a sentence for the operator and holds no
// password.
func NewSMTP(c SMTPConfig) (*SMTP, error) {
	from, err := parseSender(c.From)
	if err != nil {
		return nil, err
	}
	server, err := parseServer(c.URL)
	if err != nil {
		return nil, err
	}
	options, err := optionsOf(server, c.Roots)
	if err != nil {
		return nil, err
	}
	if c.Helo != "" {
		helo, err := parseHelo(c.Helo)
		if err != nil {
			return nil, err
		}
		options = append(options, gomail.WithHELO(helo))
	}
	password, _ := server.User.Password()
	s := &SMTP{
		host: server.Hostname(), options: options, from: from.String(), sender: from.Address,
		secrets: secretsOf(server.User.Username(), password), clock: c.Clock, random: c.Random,
	}
	if _, err := gomail.NewClient(s.host, s.options...); err != nil {
		return nil, fmt.Errorf("the mail server cannot be used: %w", err)
	}
	return s, nil
}

// Send sends a message to the server. ReasonOf tells why it failed.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	_, err := s.Deliver(ctx, m)
	return err
}

// Deliver sends a message and returns what the server answered to it, such as “250 2.0.0 Ok: queued
// as 4F1”. ReasonOf tells why it failed.
func (s *SMTP) Deliver(ctx context.Context, m Message) (answer string, err error) {
	message, err := s.compose(m)
	if err != nil {
		return "", err
	}
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return "", errors.New("cannot create a mail client")
	}
	type outcome struct {
		answer string
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		answer, err := s.transfer(ctx, client, message, m)
		done <- outcome{answer, err}
	}()
	select {
	case o := <-done:
		return o.answer, o.err
	case <-ctx.Done(): // the library observes ctx only while connecting; its own timeouts end the rest
		return "", fmt.Errorf("send mail: %w", ctx.Err())
	}
}

// transfer sends the server a message. A failure after the server accepted it, such as of QUIT, is
// no reason to send it again.
func (s *SMTP) transfer(
	ctx context.Context, client *gomail.Client, message *gomail.Msg, m Message,
) (answer string, err error) {
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", s.failed(err, false, m)
	}
	defer conn.Close()
	if err := conn.UpdateDeadline(stepTime); err != nil {
		return "", s.failed(err, false, m)
	}
	if err := conn.Mail(s.sender); err != nil { // it is about the sender, not about this message
		return "", s.failed(err, false, m)
	}
	if err := conn.Rcpt(m.To); err != nil {
		return "", s.failed(err, true, m)
	}
	if answer, err = write(conn, message); err != nil {
		return "", s.failed(err, true, m)
	}
	_ = conn.Quit()
	return s.clean("250 "+answer, m), nil
}

// write sends the content and returns the server's answer.
func write(conn *smtp.Client, message *gomail.Msg) (answer string, err error) {
	content, err := conn.Data()
	if err != nil {
		return "", err
	}
	if _, err := message.WriteTo(content); err != nil {
		return "", err
	}
	if err := content.Close(); err != nil {
		return "", err
	}
	if answered, ok := content.(*smtp.DataCloser); ok {
		answer = answered.ServerResponse()
	}
	return answer, nil
}

func (s *SMTP) compose(m Message) (*gomail.Msg, error) {
	var id [16]byte
	if _, err := io.ReadFull(s.random, id[:]); err != nil {
		return nil, fmt.Errorf("generate a message ID: %w", err)
	}
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if message.From(s.from) != nil || message.To(m.To) != nil {
		return nil, fmt.Errorf("%w: an address is invalid", ErrRejected)
	}
	// The sender's domain, so that message IDs do not name this machine.
	domain := s.sender[strings.LastIndex(s.sender, "@")+1:]
	message.Subject(m.Subject)
	message.SetBodyString(gomail.TypeTextPlain, m.Text)
	message.SetMessageIDWithValue(hex.EncodeToString(id[:]) + "@" + domain)
	message.SetDateWithValue(s.clock())
	// Nobody would read automatic replies such as "out of office".
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	return message, nil
}
