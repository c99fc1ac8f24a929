package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// received is a message as the server received it.
type received struct {
	from, to, text string
	helo           string
	encrypted      bool
	user           string
}

// server is a real mail server on this machine. Its answer to a recipient is refuse, unless nil.
type server struct {
	addr  string
	roots *x509.CertPool

	mu       sync.Mutex
	messages []received
	refuse   error
	hangUp   bool // right after a message was accepted
}

// serverKind is what a server offers.
type serverKind struct {
	tls      bool // STARTTLS
	implicit bool // smtps
	password string
}

func startServer(t *testing.T, kind serverKind) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return serveOn(t, listener, kind)
}

func serveOn(t *testing.T, listener net.Listener, kind serverKind) *server {
	t.Helper()
	s := &server{addr: listener.Addr().String()}
	certificate, roots := newCertificate(t)
	s.roots = roots
	backend := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c, password: kind.password}, nil
	}))
	backend.Domain, backend.AllowInsecureAuth, backend.ErrorLog = "localhost", true, log.New(
		io.Discard,
		"",
		0,
	)
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	if kind.tls {
		backend.TLSConfig = config
	}
	if kind.implicit {
		listener = tls.NewListener(listener, config)
	}
	go backend.Serve(listener)
	t.Cleanup(func() { backend.Close() })
	return s
}

func (s *server) got() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.messages...)
}

func (s *server) set(refuse error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = refuse
}

type session struct {
	server   *server
	conn     *smtp.Conn
	password string
	message  received
}

func (s *session) AuthMechanisms() []string {
	if s.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != s.password {
			return &smtp.SMTPError{
				Code:         535,
				EnhancedCode: smtp.EnhancedCode{5, 7, 8},
				Message:      "no, " + user + " with " + password,
			}
		}
		s.message.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.password != "" && s.message.user == "" {
		return smtp.ErrAuthRequired
	}
	s.message.from, s.message.helo = from, s.conn.Hostname()
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.message.to = to
	return s.server.refuse
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	_, s.message.encrypted = s.conn.TLSConnectionState()
	s.message.text = string(text)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.messages = append(s.server.messages, s.message)
	return nil
}

func (s *session) Reset() {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if s.server.hangUp && s.message.text != "" {
		s.conn.Conn().Close()
	}
}

func (s *session) Logout() error { return nil }

func answer(code int, text string) error {
	return &smtp.SMTPError{
		Code:         code,
		EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1},
		Message:      text,
	}
}

// newCertificate returns a certificate for 127.0.0.1 and a pool with only that.
func newCertificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(
			1,
		), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, pool
}
