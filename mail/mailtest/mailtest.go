// Package mailtest gives tests a real mail server on this machine.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// Message is an email as the server received it.
type Message struct{ Helo, From, To, Text string }

// Server accepts emails, except to addresses that were refused.
type Server struct {
	URL string // smtp://host:port

	mu       sync.Mutex
	messages []Message
	refused  map[string]error
}

// Start starts a server without TLS.
func Start(t testing.TB) *Server { return start(t, nil) }

// StartSelfSigned starts a server that offers STARTTLS with a certificate that nobody signed, and
// returns the PEM file of the certificate.
func StartSelfSigned(t testing.TB) (server *Server, certificate string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour),
		NotAfter:    time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	raw, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	must(t, err)
	certificate = filepath.Join(t.TempDir(), "mail.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
	must(t, os.WriteFile(certificate, text, 0o600))
	pair := tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
	return start(t, &tls.Config{Certificates: []tls.Certificate{pair}}), certificate
}

func start(t testing.TB, config *tls.Config) *Server {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s := &Server{URL: "smtp://" + listener.Addr().String(), refused: map[string]error{}}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c}, nil
	}))
	server.Domain, server.TLSConfig = "localhost", config
	server.ErrorLog = log.New(io.Discard, "", 0)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Refuse has the server answer to a recipient with a code and a text; code 0 accepts it again.
func (s *Server) Refuse(to string, code int, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if delete(s.refused, to); code != 0 {
		s.refused[to] = &smtp.SMTPError{
			Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: text,
		}
	}
}

// Messages returns the emails that were accepted.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

type session struct {
	server  *Server
	conn    *smtp.Conn
	message Message
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.message.Helo, s.message.From = s.conn.Hostname(), from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.message.To = to
	return s.server.refused[to]
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.message.Text = string(text)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.messages = append(s.server.messages, s.message)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
