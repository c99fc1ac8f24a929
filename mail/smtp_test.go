package mail_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"net"
	netmail "net/mail"
	"os"
	"strings"
	"testing"
	"time"

	"itemshare/mail"
)

var at = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

var codeMail = mail.Message{
	To:      "Eve@example.com",
	Subject: "Your code",
	Text:    "Your code is 12345678.\nIt works for ten minutes.\n",
}

func sender(t *testing.T, url string, roots *x509.CertPool) *mail.SMTP {
	t.Helper()
	s, err := mail.NewSMTP(mail.SMTPConfig{
		URL: url, From: "itemshare <share@example.org>",
		Clock: func() time.Time { return at }, Random: rand.Reader, Roots: roots,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSend(t *testing.T) {
	tests := []struct {
		why       string
		kind      serverKind
		scheme    string
		encrypted bool
		user      string
	}{
		{"nothing offered", serverKind{}, "smtp://", false, ""},
		{"STARTTLS offered", serverKind{tls: true}, "smtp://", true, ""},
		{"smtps", serverKind{implicit: true}, "smtps://", true, ""},
		{
			"with a password to this machine",
			serverKind{password: "pa:ss/word"},
			"smtp://mailer:pa%3Ass%2Fword@",
			false,
			"mailer",
		},
		{
			"with a password and STARTTLS",
			serverKind{tls: true, password: "s3cret"},
			"smtp://mailer:s3cret@",
			true,
			"mailer",
		},
		{
			"with a password and smtps",
			serverKind{implicit: true, password: "s3cret"},
			"smtps://mailer:s3cret@",
			true,
			"mailer",
		},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			server := startServer(t, tt.kind)
			if err := sender(t, tt.scheme+server.addr, server.roots).Send(t.Context(), codeMail); err != nil {
				t.Fatal(err)
			}
			got := server.got()
			if len(got) != 1 {
				t.Fatalf("%d messages", len(got))
			}
			if got[0].encrypted != tt.encrypted || got[0].user != tt.user {
				t.Errorf("encrypted %v as %q", got[0].encrypted, got[0].user)
			}
			if got[0].from != "share@example.org" || got[0].to != codeMail.To {
				t.Errorf("from %q to %q", got[0].from, got[0].to)
			}
		})
	}
}

func TestSentMessage(t *testing.T) {
	server := startServer(t, serverKind{})
	if err := sender(t, "smtp://"+server.addr, nil).Send(t.Context(), codeMail); err != nil {
		t.Fatal(err)
	}
	message, err := netmail.ReadMessage(strings.NewReader(server.got()[0].text))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Subject": "Your code", "To": "<Eve@example.com>", "From": `"itemshare" <share@example.org>`,
		"Date": at.Format(time.RFC1123Z), "Auto-Submitted": "auto-generated", "User-Agent": "", "X-Mailer": "",
	} {
		if got := message.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	host, _ := os.Hostname()
	if id := message.Header.Get("Message-Id"); !strings.HasSuffix(id, "@example.org>") ||
		host != "" && strings.Contains(id, host) {
		t.Errorf("message id %q", id)
	}
	if !strings.Contains(server.got()[0].text, "12345678") {
		t.Error("the code is not in one piece")
	}
}

// TestHostileMessage: no text can add a header or a recipient.
func TestHostileMessage(t *testing.T) {
	server := startServer(t, serverKind{})
	hostile := mail.Message{
		To:      "eve@example.com",
		Subject: "a\r\nBcc: x@y.example\r\n\r\nbody",
		Text:    "b\r\n.\r\nMAIL FROM:<x@y.example>\r\n",
	}
	if err := sender(t, "smtp://"+server.addr, nil).Send(t.Context(), hostile); err != nil {
		t.Fatal(err)
	}
	message, err := netmail.ReadMessage(strings.NewReader(server.got()[0].text))
	if err != nil || message.Header.Get("Bcc") != "" || len(server.got()) != 1 {
		t.Errorf("%d messages, Bcc %q, %v", len(server.got()), message.Header.Get("Bcc"), err)
	}
	for _, to := range []string{"", "eve", "eve@example.com\r\nRCPT TO:<x@y.example>", "a@b.example, c@d.example"} {
		if err := sender(t, "smtp://"+server.addr, nil).Send(t.Context(), mail.Message{To: to}); !errors.Is(
			err,
			mail.ErrRejected,
		) {
			t.Errorf("to %q: %v", to, err)
		}
	}
}

func TestSendFails(t *testing.T) {
	tests := []struct {
		why     string
		kind    serverKind
		url     string
		trusted bool
		refuse  error
		refused bool
	}{
		{
			"no such mailbox",
			serverKind{},
			"smtp://",
			true,
			answer(550, "no mailbox Eve@example.com 12345678"),
			true,
		},
		{
			"greylisted",
			serverKind{},
			"smtp://",
			true,
			answer(451, "come back later, Eve@example.com"),
			false,
		},
		{
			"wrong password: the operator can mend it",
			serverKind{password: "right"},
			"smtp://mailer:s3cret@",
			true,
			nil,
			false,
		},
		{
			"a password wanted and none given",
			serverKind{password: "right"},
			"smtp://",
			true,
			nil,
			false,
		},
		{"a certificate of nobody we know", serverKind{tls: true}, "smtp://", false, nil, false},
		{"the same with smtps", serverKind{implicit: true}, "smtps://", false, nil, false},
		{"smtps to a server without", serverKind{}, "smtps://", true, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			server := startServer(t, tt.kind)
			server.set(tt.refuse)
			roots := server.roots
			if !tt.trusted {
				roots = x509.NewCertPool()
			}
			err := sender(t, tt.url+server.addr, roots).Send(t.Context(), codeMail)
			if err == nil || errors.Is(err, mail.ErrRejected) != tt.refused {
				t.Fatalf("err = %v, want refused = %v", err, tt.refused)
			}
			if len(server.got()) != 0 {
				t.Error("it was sent anyway")
			}
			for _, secret := range []string{"Eve", "example.com", "12345678", "s3cret", "mailer"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error holds %s: %v", secret, err)
				}
			}
		})
	}
}

// TestHangUpAfterDelivery: a server that accepted the message has it, even if it closes the
// connection then. Sending the message again would be a second email.
func TestHangUpAfterDelivery(t *testing.T) {
	server := startServer(t, serverKind{})
	server.hangUp = true
	if err := sender(t, "smtp://"+server.addr, nil).Send(t.Context(), codeMail); err != nil ||
		len(server.got()) != 1 {
		t.Errorf("%v, %d messages", err, len(server.got()))
	}
}

// TestSilentServer: a server that accepts connections and never answers does not block the sender.
func TestSilentServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	err = sender(t, "smtp://"+listener.Addr().String(), nil).Send(ctx, codeMail)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

func TestNewSMTP(t *testing.T) {
	const from = "share@example.org"
	tests := []struct {
		why, url, from string
		ok             bool
	}{
		{"host and port", "smtp://mail.example.com:2525", from, true},
		{"host alone", "smtps://mail.example.com", from, true},
		{"an IPv6 host", "smtp://[::1]:25", from, true},
		{"user and password", "smtp://u:p@mail.example.com", from, true},
		{"no scheme", "mail.example.com:25", from, false},
		{"another scheme", "https://mail.example.com", from, false},
		{"no host", "smtp://:25", from, false},
		{"a port that is none", "smtp://mail.example.com:99999", from, false},
		{"port 0", "smtp://mail.example.com:0", from, false},
		{"a path", "smtp://mail.example.com/x", from, false},
		{"no sender", "smtp://mail.example.com", "", false},
		{"a sender that is none", "smtp://mail.example.com", "share", false},
		{"a password with a bad escape", "smtp://u:s3cret%zz@mail.example.com", from, false},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			_, err := mail.NewSMTP(
				mail.SMTPConfig{URL: tt.url, From: tt.from, Clock: time.Now, Random: rand.Reader},
			)
			if (err == nil) != tt.ok {
				t.Errorf("err = %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error holds the password: %v", err)
			}
		})
	}
}
