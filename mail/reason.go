package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// maxReason is the length of a reason in characters.
const maxReason = 300

// sendError is why a message was not sent. Its text may be logged: it holds neither the address nor
// the server's words, which often quote it. The reason is for the people concerned.
type sendError struct {
	reason string
	err    error
}

func (e *sendError) Error() string { return e.err.Error() }
func (e *sendError) Unwrap() error { return e.err }

// ReasonOf returns why a message was not sent, in a sentence with the server's words: on one line,
// at most 300 characters, without a password or a code.
func ReasonOf(err error) string {
	var failed *sendError
	switch {
	case errors.As(err, &failed):
		return failed.reason
	case errors.Is(err, ErrRejected):
		return "The address can't be used in an email."
	case errors.Is(err, context.DeadlineExceeded):
		return "The mail server didn't answer in time."
	}
	return "The mail server can't be reached."
}

// failed explains an error of sending, without the secrets that a server may quote. It is
// ErrRejected if the server rejects this message, as opposed to any message or the account there.
func (s *SMTP) failed(err error, rejects bool, m Message) error {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		logged := fmt.Errorf("the mail server answered %d", answer.Code)
		if rejects && answer.Code >= 500 {
			logged = fmt.Errorf("%w: %w", ErrRejected, logged)
		}
		words := "The mail server answered: " + strconv.Itoa(answer.Code) + " " + answer.Msg
		return &sendError{s.clean(words, m), logged}
	}
	words := s.explain(err)
	return &sendError{s.clean(words, m), fmt.Errorf("reach the mail server: %w", plainError(err))}
}

// plainError returns the error that may be logged: the cause of a failed connection, which names
// hosts at most.
func plainError(err error) error {
	var certificate *tls.CertificateVerificationError
	var network net.Error
	switch {
	case errors.As(err, &certificate), errors.As(err, &network):
		return err
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return err
	}
	return errors.New("it can't be used as configured")
}

// explain says in a sentence why the mail server could not be used.
func (s *SMTP) explain(err error) string {
	var certificate *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	switch {
	case errors.As(err, &certificate):
		return s.explainCertificate(certificate.Err)
	case errors.As(err, &header):
		return s.host + " doesn't speak TLS on this port: use smtp:// instead of smtps://, or another port."
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "The mail server " + s.host + " didn't answer in time."
	}
	return "The mail server " + s.host + " can't be used: " + err.Error()
}

func (s *SMTP) explainCertificate(err error) string {
	trust := "set SSL_CERT_FILE to a PEM file with that certificate, or with the one of the " +
		"authority that issued it."
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return "The certificate of the mail server isn't for " + s.host + " (" + name.Error() +
			"): use the name in it in ITEMSHARE_SMTP. If no public authority issued it, " + trust
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "The certificate of the mail server " + s.host + " has expired or isn't valid yet (" +
			err.Error() + "): renew it there. If no public authority issues it, " + trust
	}
	return "The certificate of the mail server " + s.host + " isn't trusted (" + err.Error() +
		"): " + trust
}

// digits are as many as a code has, or nearly.
var digits = regexp.MustCompile(`[0-9]{6,}`)

// clean returns words on one line and within bounds, without the password of the mail server and
// the code of the message.
func (s *SMTP) clean(words string, m Message) string {
	for _, secret := range append(digits.FindAllString(m.Text, -1), s.secrets...) {
		words = strings.ReplaceAll(words, secret, "…")
	}
	words = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.IsGraphic(r) && r != unicode.ReplacementChar:
			return r
		}
		return -1
	}, words)
	text := []rune(strings.Join(strings.Fields(words), " "))
	if len(text) > maxReason {
		text = append(text[:maxReason-1], '…')
	}
	return string(text)
}

// secretsOf returns the forms in which a server may quote a password.
func secretsOf(user, password string) []string {
	if password == "" {
		return nil
	}
	encode := base64.StdEncoding.EncodeToString
	return []string{
		encode([]byte("\x00" + user + "\x00" + password)), encode([]byte(password)), password,
	}
}
