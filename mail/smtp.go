package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// stepTime bounds each of the two steps of a try: to connect, and to hand over.
const stepTime = 10 * time.Second

// SMTPConfig says which server takes our mail. URL is
// smtp://user:password@host:port (STARTTLS when offered) or smtps://…; From the
// sender's address, with a name or without. Roots are the authorities that the
// server's certificate may come from, nil for the system's.
type SMTPConfig struct {
	URL    string
	From   string
	Clock  func() time.Time
	Random io.Reader
	Roots  *x509.CertPool
}

// SMTP sends through one mail server, a connection for each message.
type SMTP struct {
	host    string
	options []gomail.Option
	from    string
	domain  string // of the sender: message ids tell nothing of this machine
	clock   func() time.Time
	random  io.Reader
}

// NewSMTP reads the configuration. Its errors are sentences for the operator
// and hold no password.
func NewSMTP(c SMTPConfig) (*SMTP, error) {
	from, err := netmail.ParseAddress(c.From)
	if err != nil {
		return nil, errors.New(
			"the sender of mails must be an address such as itemshare@example.com",
		)
	}
	server, err := url.Parse(c.URL)
	if err != nil || server.Hostname() == "" || server.Scheme != "smtp" && server.Scheme != "smtps" ||
		strings.Trim(server.Path, "/") != "" ||
		server.RawQuery != "" ||
		server.Fragment != "" {
		return nil, errors.New(
			"the mail server must be given as smtp://user:password@host:port or smtps://user:password@host:port",
		)
	}
	options, err := optionsOf(server, c.Roots)
	if err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	s := &SMTP{server.Hostname(), options, from.String(), domain, c.Clock, c.Random}
	if _, err := gomail.NewClient(s.host, s.options...); err != nil {
		return nil, fmt.Errorf("the mail server cannot be used: %w", err)
	}
	return s, nil
}

// optionsOf turns the URL into options. A user's password goes over an encrypted
// connection alone, unless the server is this machine.
func optionsOf(server *url.URL, roots *x509.CertPool) ([]gomail.Option, error) {
	port, policy := 25, gomail.TLSOpportunistic
	options := []gomail.Option{
		gomail.WithTimeout(stepTime),
		gomail.WithTLSConfig(
			&tls.Config{
				ServerName: server.Hostname(),
				RootCAs:    roots,
				MinVersion: tls.VersionTLS12,
			},
		),
	}
	if user := server.User; user != nil {
		port = 587
		password, _ := user.Password()
		options = append(
			options,
			gomail.WithUsername(user.Username()),
			gomail.WithPassword(password),
		)
		if loopback(server.Hostname()) {
			options = append(
				options,
				gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin),
			)
		} else {
			policy = gomail.TLSMandatory
			options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover))
		}
	}
	if server.Scheme == "smtps" {
		port = 465
		options = append(options, gomail.WithSSL())
	}
	if text := server.Port(); text != "" {
		given, err := strconv.ParseUint(text, 10, 16)
		if err != nil || given == 0 {
			return nil, errors.New("the mail server's port must be a number from 1 to 65535")
		}
		port = int(given)
	}
	return append(options, gomail.WithPort(port), gomail.WithTLSPolicy(policy)), nil
}

func loopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// Send hands a message to the server. Its errors name neither the address nor
// what the server said, which often quotes it.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	message, err := s.compose(m)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return errors.New("mail client cannot be made")
	}
	done := make(chan error, 1)
	go func() { done <- client.DialAndSendWithContext(ctx, message) }()
	select {
	case err = <-done:
	case <-ctx.Done(): // the library heeds ctx only while it connects; its own timeouts end the rest
		return fmt.Errorf("send mail: %w", ctx.Err())
	}
	if message.IsDelivered() { // what failed after that, such as a goodbye, is no reason to send it again
		return nil
	}
	return plain(err)
}

func (s *SMTP) compose(m Message) (*gomail.Msg, error) {
	var id [16]byte
	if _, err := io.ReadFull(s.random, id[:]); err != nil {
		return nil, fmt.Errorf("make a message id: %w", err)
	}
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if message.From(s.from) != nil || message.To(m.To) != nil {
		return nil, fmt.Errorf("%w: an address cannot be read", ErrRefused)
	}
	message.Subject(m.Subject)
	message.SetBodyString(gomail.TypeTextPlain, m.Text)
	message.SetMessageIDWithValue(hex.EncodeToString(id[:]) + "@" + s.domain)
	message.SetDateWithValue(s.clock())
	// Answers such as "out of office" would go to nobody who reads them.
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	return message, nil
}

// plain keeps of an error what may be logged, and tells a refusal of this
// message from trouble with the server or with our account there.
func plain(err error) error {
	if err == nil {
		return nil
	}
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return fmt.Errorf("reach the mail server: %w", connection(err))
	}
	code := failed.ErrorCode()
	said := fmt.Errorf("mail server answered %d (%s)", code, failed.Reason)
	if code >= 500 && failed.Reason != gomail.ErrSMTPMailFrom {
		return fmt.Errorf("%w: %w", ErrRefused, said)
	}
	return said
}

// connection leaves out what the server said while it greeted us or checked our
// account: only the code is told.
func connection(err error) error {
	var said *textproto.Error
	if errors.As(err, &said) {
		return fmt.Errorf("it answered %d", said.Code)
	}
	return err
}
