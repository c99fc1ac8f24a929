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

// stepTime limits each of the two steps of a try: connecting and sending.
const stepTime = 10 * time.Second

// SMTPConfig is the configuration of an SMTP. URL is smtp://user:password@host:port (STARTTLS when
// offered) or smtps://…; From is the sender's address, with or without a name. Roots are the
// trusted certificate authorities, nil for the system's.
type SMTPConfig struct {
	URL    string
	From   string
	Clock  func() time.Time
	Random io.Reader
	Roots  *x509.CertPool
}

// SMTP sends messages through one mail server, with a connection for each.
type SMTP struct {
	host    string
	options []gomail.Option
	from    string
	domain  string // of the sender, so that message IDs do not name this machine
	clock   func() time.Time
	random  io.Reader
}

// NewSMTP returns an SMTP, or an error whose text is a sentence for the operator and holds no
// password.
func NewSMTP(c SMTPConfig) (*SMTP, error) {
	from, err := netmail.ParseAddress(c.From)
	if err != nil {
		return nil, errors.New(
			"the sender must be an email address such as itemshare@example.com",
		)
	}
	server, err := url.Parse(c.URL)
	if err != nil || server.Hostname() == "" ||
		server.Scheme != "smtp" && server.Scheme != "smtps" ||
		strings.Trim(server.Path, "/") != "" ||
		server.RawQuery != "" ||
		server.Fragment != "" {
		return nil, errors.New(
			"the mail server must be smtp://user:password@host:port or smtps://user:password@host:port",
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

// optionsOf turns the URL into options. A password is sent only over an encrypted connection,
// unless the server is this machine.
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
		if isLoopback(server.Hostname()) {
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

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// Send sends a message to the server. Its errors hold neither the address nor the server's text,
// which often quotes it.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	message, err := s.compose(m)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return errors.New("cannot create a mail client")
	}
	done := make(chan error, 1)
	go func() { done <- client.DialAndSendWithContext(ctx, message) }()
	select {
	case err = <-done:
	case <-ctx.Done(): // the library observes ctx only while connecting; its own timeouts end the rest
		return fmt.Errorf("send mail: %w", ctx.Err())
	}
	if message.IsDelivered() { // a failure after that, such as of QUIT, is no reason to send it again
		return nil
	}
	return redact(err)
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
	message.Subject(m.Subject)
	message.SetBodyString(gomail.TypeTextPlain, m.Text)
	message.SetMessageIDWithValue(hex.EncodeToString(id[:]) + "@" + s.domain)
	message.SetDateWithValue(s.clock())
	// Nobody would read automatic replies such as "out of office".
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	return message, nil
}

// redact returns an error that may be logged. It is ErrRejected if the server rejects this message,
// as opposed to any message or the account there.
func redact(err error) error {
	if err == nil {
		return nil
	}
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return fmt.Errorf("reach the mail server: %w", redactConnection(err))
	}
	code := failed.ErrorCode()
	answer := fmt.Errorf("mail server answered %d (%s)", code, failed.Reason)
	if code >= 500 && failed.Reason != gomail.ErrSMTPMailFrom {
		return fmt.Errorf("%w: %w", ErrRejected, answer)
	}
	return answer
}

// redactConnection removes the server's text from an error of the greeting or the sign-in, except
// for its code.
func redactConnection(err error) error {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return fmt.Errorf("it answered %d", answer.Code)
	}
	return err
}
