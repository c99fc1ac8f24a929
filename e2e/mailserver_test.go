package e2e

import (
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// mailServer is a real mail server on the loopback. It waits before it confirms each message.
type mailServer struct {
	url  string
	slow time.Duration

	mu  sync.Mutex
	got []receivedMail
}

type receivedMail struct{ from, to, text string }

func startMailServer(t *testing.T, slow time.Duration) *mailServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailServer{url: "smtp://" + listener.Addr().String(), slow: slow}
	s := smtp.NewServer(
		smtp.BackendFunc(
			func(*smtp.Conn) (smtp.Session, error) { return &mailSession{server: m}, nil },
		),
	)
	s.Domain, s.ErrorLog = "localhost", log.New(io.Discard, "", 0)
	go func() { _ = s.Serve(listener) }()
	t.Cleanup(func() { _ = s.Close() })
	return m
}

func (m *mailServer) received() []receivedMail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]receivedMail(nil), m.got...)
}

// awaitMails waits for as many letters.
func (m *mailServer) awaitMails(t *testing.T, n int) []receivedMail {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if got := m.received(); len(got) >= n {
			return got
		}
	}
	t.Fatalf("%d letters came within 30 s, want %d", len(m.received()), n)
	return nil
}

// code waits for a message to the address and returns its code.
func (m *mailServer) code(t *testing.T, to string) string {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		for _, l := range m.received() {
			if code := codeForm.FindString(bodyOf(l.text)); l.to == to && code != "" {
				return code
			}
		}
	}
	t.Fatalf("no code was mailed to %s within 10 s", to)
	return ""
}

func bodyOf(text string) string {
	_, body, _ := strings.Cut(text, "\r\n\r\n")
	return body
}

type mailSession struct {
	server *mailServer
	letter receivedMail
}

func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	s.letter.from = from
	return nil
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.letter.to = to
	return nil
}

// Data accepts the message at once and delays the confirmation.
func (s *mailSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.letter.text = string(text)
	s.server.mu.Lock()
	s.server.got = append(s.server.got, s.letter)
	s.server.mu.Unlock()
	time.Sleep(s.server.slow)
	return nil
}

func (s *mailSession) Reset()        {}
func (s *mailSession) Logout() error { return nil }
