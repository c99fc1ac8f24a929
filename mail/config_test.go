package mail_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"itemshare/mail"
)

// configured sends one message through a server with a configuration, and returns how it arrived.
func configured(t *testing.T, c mail.SMTPConfig) received {
	t.Helper()
	server := startServer(t, serverKind{})
	c.URL, c.Clock, c.Random = "smtp://"+server.addr, time.Now, rand.Reader
	smtp, err := mail.NewSMTP(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := smtp.Send(t.Context(), codeMail); err != nil {
		t.Fatal(err)
	}
	return server.got()[0]
}

func TestHelo(t *testing.T) {
	for name, want := range map[string]string{
		"share.example.com": "share.example.com",
		"localhost":         "localhost",
		"mail_relay":        "mail_relay",
		"münchen.example":   "xn--mnchen-3ya.example",
		"192.0.2.1":         "[192.0.2.1]",
		"2001:db8::1":       "[IPv6:2001:db8::1]",
		"[192.0.2.1]":       "[192.0.2.1]",
	} {
		if got := configured(t, mail.SMTPConfig{From: "share@example.org", Helo: name}); got.helo != want {
			t.Errorf("%s: greeted as %q, want %q", name, got.helo, want)
		}
	}
	for _, name := range []string{" ", "a b", "x\r\nMAIL FROM:<a@b.example>", "https://x.example", "-", "a@b.example"} {
		_, err := mail.NewSMTP(mail.SMTPConfig{
			URL: "smtp://mail.example.com", From: "share@example.org", Helo: name,
		})
		if err == nil || !strings.Contains(err.Error(), "EHLO") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestSenderOfAnotherScript: mail servers without SMTPUTF8 see A-labels.
func TestSenderOfAnotherScript(t *testing.T) {
	for from, want := range map[string]string{
		"share@münchen.example":               "share@xn--mnchen-3ya.example",
		"Müller <share@MÜNCHEN.example>":      "share@xn--mnchen-3ya.example",
		"share@xn--mnchen-3ya.example":        "share@xn--mnchen-3ya.example",
		"share@例え.example":                    "share@xn--r8jz45g.example",
		"itemshare <share+x@mail_1.internal>": "share+x@mail_1.internal",
	} {
		got := configured(t, mail.SMTPConfig{From: from})
		if got.from != want || !strings.Contains(got.text, "<"+want+">") ||
			strings.Contains(got.text, "münchen") {
			t.Errorf("%s: from %q in\n%s", from, got.from, got.text)
		}
	}
	_, err := mail.NewSMTP(mail.SMTPConfig{URL: "smtp://mail.example.com", From: "mülle@x.example"})
	if err == nil || !strings.Contains(err.Error(), "only after the @") {
		t.Errorf("another script before the @: %v", err)
	}
}

// TestPasswordNeedsPercentEncoding: the message names the character and how it is written.
func TestPasswordNeedsPercentEncoding(t *testing.T) {
	for password, want := range map[string]string{
		"pa/ss":      "“/”: special characters must be percent-encoded, here as %2F",
		"12/34":      "here as %2F",
		"p#ss":       "“#”: special characters must be percent-encoded, here as %23",
		"p?ss@x":     "here as %3F",
		"p%ss":       "“%”: special characters must be percent-encoded, here as %25",
		"p%":         "here as %25",
		"p%2":        "here as %25",
		"pa ss":      "a space: special characters must be percent-encoded, here as %20",
		"pa[ss":      "here as %5B",
		`pa\ss`:      "here as %5C",
		"p\"ss":      "here as %22",
		"p^ss":       "here as %5E",
		"p|ss":       "here as %7C",
		"päss":       "“ä”: special characters must be percent-encoded, here as %C3%A4",
		"p\u200bss":  "the character U+200B: special characters must be percent-encoded, here as %E2%80%8B",
		"p\nss":      "a line break: special characters must be percent-encoded, here as %0A",
		"secret/@ss": "here as %2F",
	} {
		for _, scheme := range []string{"smtp", "smtps"} {
			_, err := mail.NewSMTP(mail.SMTPConfig{
				URL: scheme + "://user:" + password + "@host.example:587", From: "share@example.org",
			})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v", password, err)
			}
			if err != nil && strings.Contains(err.Error(), password) {
				t.Errorf("the error holds the password: %v", err)
			}
		}
	}
	for _, password := range []string{"", "pa:ss", "pa@ss", "pa+ss", "pa%2Fss", "p$!&'()*,;=~ss"} {
		_, err := mail.NewSMTP(mail.SMTPConfig{
			URL: "smtp://user:" + password + "@host.example:587", From: "share@example.org",
		})
		if err != nil {
			t.Errorf("%q: %v", password, err)
		}
	}
}

func TestMailServerOfAnotherScript(t *testing.T) {
	_, err := mail.NewSMTP(mail.SMTPConfig{URL: "smtp://mail.münchen.example:587", From: "share@example.org"})
	if err != nil {
		t.Error(err)
	}
}
