package mail_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"itemshare/mail"
)

// TestReasons: the people concerned read why, in the server's words, on one line. No reason holds
// the password or the code, whatever a server quotes.
func TestReasons(t *testing.T) {
	for _, tt := range []struct {
		why     string
		kind    serverKind
		url     string
		trusted bool
		refuse  error
		want    []string
	}{
		{
			"no such mailbox",
			serverKind{},
			"smtp://", true,
			answer(550, "<Eve@example.com>: no mailbox here, your code 12345678"),
			[]string{"550 5.1.1 <Eve@example.com>: no mailbox here"},
		},
		{
			"greylisted",
			serverKind{},
			"smtp://", true, answer(451, "come back later"),
			[]string{"451 4.1.1 come back later"},
		},
		{
			"hostile words",
			serverKind{},
			"smtp://", true,
			answer(550, "a\x1b[31m\u202eb\u200b\tc "+strings.Repeat("long ", 1000)),
			[]string{"550 5.1.1 a [31mb c long", "…"},
		},
		{
			"a password that the server quotes",
			serverKind{password: "right"},
			"smtp://mailer:s3cret@", true, nil,
			[]string{"535", "no, mailer with …"},
		},
		{
			"a password wanted and none given",
			serverKind{password: "right"},
			"smtp://", true,
			nil,
			[]string{"502"},
		},
		{
			"a certificate that nobody trusts",
			serverKind{tls: true},
			"smtp://", false, nil,
			[]string{"certificate of the mail server 127.0.0.1", "SSL_CERT_FILE"},
		},
		{
			"the same with smtps",
			serverKind{implicit: true},
			"smtps://", false, nil,
			[]string{"certificate of the mail server 127.0.0.1", "SSL_CERT_FILE"},
		},
		{
			"smtps to a server without",
			serverKind{},
			"smtps://", true, nil,
			[]string{"127.0.0.1 doesn't speak TLS on this port"},
		},
	} {
		t.Run(tt.why, func(t *testing.T) {
			server := startServer(t, tt.kind)
			server.set(tt.refuse)
			roots := server.roots
			if !tt.trusted {
				roots = x509.NewCertPool()
			}
			err := sender(t, tt.url+server.addr, roots).Send(t.Context(), codeMail)
			checkReason(t, err, tt.want...)
		})
	}
}

func checkReason(t *testing.T, err error, want ...string) {
	t.Helper()
	reason := mail.ReasonOf(err)
	for _, words := range want {
		if !strings.Contains(reason, words) {
			t.Errorf("the reason %q lacks %q", reason, words)
		}
	}
	if utf8.RuneCountInString(reason) > 300 || strings.ContainsAny(reason, "\r\n\t\x1b\u202e\u200b") {
		t.Errorf("the reason is not one short line: %q", reason)
	}
	for _, secret := range []string{"12345678", "s3cret"} {
		if strings.Contains(reason, secret) {
			t.Errorf("the reason holds %s: %s", secret, reason)
		}
	}
}

// TestReasonOfAnotherCertificate: the name in it is told.
func TestReasonOfAnotherCertificate(t *testing.T) {
	server := startServer(t, serverKind{implicit: true})
	_, port, err := net.SplitHostPort(server.addr)
	if err != nil {
		t.Fatal(err)
	}
	err = sender(t, "smtps://localhost:"+port, server.roots).Send(t.Context(), codeMail)
	checkReason(t, err, "isn't for localhost", "ITEMSHARE_SMTP", "SSL_CERT_FILE")
}

func TestReasonOfAServerThatIsAway(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	err = sender(t, "smtp://"+listener.Addr().String(), nil).Send(t.Context(), codeMail)
	checkReason(t, err, "127.0.0.1 can't be used", "connection refused")
	checkReason(t, context.DeadlineExceeded, "didn't answer in time")
	checkReason(t, mail.ErrRejected, "can't be used in an email")
	checkReason(t, errors.New("other s3cret"), "can't be reached")
}

func TestDeliverReturnsTheAnswer(t *testing.T) {
	server := startServer(t, serverKind{})
	answer, err := sender(t, "smtp://"+server.addr, nil).Deliver(t.Context(), codeMail)
	if err != nil || !strings.HasPrefix(answer, "250 2.0.0 OK: queued") {
		t.Errorf("%q, %v", answer, err)
	}
}

// TestFailuresAreTold: a message that cannot be delivered is told once it failed, with
// the time of the next try, or none if it was given up.
func TestFailuresAreTold(t *testing.T) {
	for _, tt := range []struct {
		why     string
		refuse  error
		change  func(*mail.Message, *queueFixture)
		reason  string // of the failure that is told, "" for none
		retried bool
	}{
		{"rejected", answer(550, "no mailbox"), nil, "550 5.1.1 no mailbox", false},
		{"temporary", answer(451, "later"), nil, "451 4.1.1 later", true},
		{
			"outdated before the next try", answer(451, "later"),
			func(_ *mail.Message, f *queueFixture) { f.pass(9*time.Minute + 58*time.Second) },
			"451 4.1.1 later", false,
		},
		{
			"outdated without a worker", nil,
			func(_ *mail.Message, f *queueFixture) { f.pass(10 * time.Minute) },
			"couldn't be sent in time", false,
		},
		{
			"dropped", answer(550, "no mailbox"),
			func(m *mail.Message, _ *queueFixture) { m.Drop = true }, "", false,
		},
		{
			"dropped and outdated", nil,
			func(m *mail.Message, f *queueFixture) { m.Drop = true; f.pass(time.Hour) }, "", false,
		},
		{
			"about no share", answer(550, "no mailbox"),
			func(m *mail.Message, _ *queueFixture) { m.ShareID = "" }, "550 5.1.1 no mailbox", false,
		},
		{"delivered", nil, nil, "", false},
	} {
		t.Run(tt.why, func(t *testing.T) {
			f, server := newQueue(t), startServer(t, serverKind{})
			server.set(tt.refuse)
			var told []mail.Failure
			f.failed = func(ctx context.Context, failure mail.Failure) error {
				told = append(told, failure)
				return f.db.DoneMail(ctx, failure.MessageID)
			}
			m := message(1)
			m.ShareID = "share"
			change := func() {}
			if tt.change != nil {
				dropping := m
				tt.change(&dropping, &queueFixture{})
				m.Drop, m.ShareID = dropping.Drop, dropping.ShareID
				change = func() { tt.change(&mail.Message{}, f) }
			}
			f.queue(t, "id", m)
			change()
			_, stop := f.run(t, f.db, sender(t, "smtp://"+server.addr, nil))
			f.wait(t, "1 = 1", 0)
			stop()
			if tt.reason == "" {
				if len(told) != 0 {
					t.Errorf("told %+v", told)
				}
				return
			}
			if len(told) != 1 || told[0].MessageID != "id" || told[0].ShareID != m.ShareID ||
				told[0].To != m.To || !strings.Contains(told[0].Reason, tt.reason) ||
				told[0].RetryAt.IsZero() == tt.retried {
				t.Errorf("told %+v", told)
			}
			if log := f.log.String(); strings.Contains(log, "eve1") || strings.Contains(log, "mailbox") {
				t.Errorf("logged %q", log)
			}
		})
	}
}
