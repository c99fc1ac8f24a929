package cli

import (
	"net"
	"strings"
	"testing"

	"itemshare/mail/mailtest"
)

func TestMailTestCommand(t *testing.T) {
	server := mailtest.Start(t)
	server.Refuse("gone@client.example", 550, "No such mailbox")
	signed, _ := mailtest.StartSelfSigned(t)
	away, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, away.Close())
	for _, tt := range []struct {
		why, smtp, to string
		code          int
		want          []string
	}{
		{
			"accepted", server.URL, "Ann@client.example", 0,
			[]string{"Sent to ann@client.example. The mail server answered: 250 2.0.0 OK: queued"},
		},
		{
			"refused", server.URL, "gone@client.example", 1, []string{
				"the email to gone@client.example wasn't sent",
				"The mail server answered: 550 5.1.1 No such mailbox",
			},
		},
		{
			"a self-signed certificate", signed.URL, "ann@client.example", 1,
			[]string{"certificate", "SSL_CERT_FILE"},
		},
		{
			"a server that is away", "smtp://" + away.Addr().String(), "ann@client.example", 1,
			[]string{"127.0.0.1 can't be used", "connection refused"},
		},
		{
			"a password that needs encoding", "smtp://user:pa/ss@host.example:587",
			"ann@client.example", 1,
			[]string{"“/”", "percent-encoded", "%2F", "ITEMSHARE_SMTP"},
		},
		{"email is off", "", "ann@client.example", 1, []string{"ITEMSHARE_SMTP"}},
		{"no address", server.URL, "ann", 1, []string{"“ann” isn't a valid email address"}},
	} {
		t.Run(tt.why, func(t *testing.T) {
			data := newData(t)
			t.Setenv("ITEMSHARE_SMTP", tt.smtp)
			t.Setenv("ITEMSHARE_MAIL_FROM", "share@company.example")
			r := command(t, data, "", "mail", "test", "--to", tt.to)
			if r.code != tt.code {
				t.Errorf("exit %d: %s", r.code, r.stderr)
			}
			for _, words := range tt.want {
				if !strings.Contains(r.stdout+r.stderr, words) {
					t.Errorf("%q is missing in %q", words, r.stdout+r.stderr)
				}
			}
			if strings.Contains(r.stdout+r.stderr, "pa/ss") {
				t.Error("the password is printed")
			}
		})
	}
}

// TestMailGreeting: the server is greeted with the host of the URL, or the configured name; domains
// of other scripts become A-labels.
func TestMailGreeting(t *testing.T) {
	for _, tt := range []struct{ why, url, helo, want string }{
		{"nothing set", "", "", "localhost"},
		{"the URL's host", "https://share.company.example:8443/x", "", "share.company.example"},
		{"of another script", "https://münchen.example", "", "xn--mnchen-3ya.example"},
		{"a name of its own", "https://share.company.example", "mail.company.example", "mail.company.example"},
		{"an address", "https://share.company.example", "192.0.2.7", "[192.0.2.7]"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			server := mailtest.Start(t)
			t.Setenv("ITEMSHARE_SMTP", server.URL)
			t.Setenv("ITEMSHARE_MAIL_FROM", "share@münchen.example")
			t.Setenv("ITEMSHARE_MAIL_HELO", tt.helo)
			if tt.url != "" {
				t.Setenv("ITEMSHARE_URL", tt.url)
			}
			r := command(t, newData(t), "", "mail", "test", "--to", "ann@client.example")
			got := server.Messages()
			if r.code != 0 || len(got) != 1 {
				t.Fatalf("%d messages, exit %d: %s", len(got), r.code, r.stderr)
			}
			if got[0].Helo != tt.want || got[0].From != "share@xn--mnchen-3ya.example" {
				t.Errorf("greeted as %q, from %q", got[0].Helo, got[0].From)
			}
		})
	}
}

func TestURLOfAnotherScript(t *testing.T) {
	for text, want := range map[string]string{
		"https://münchen.example":            "https://xn--mnchen-3ya.example",
		"https://MÜNCHEN.example:8443/x/":    "https://xn--mnchen-3ya.example:8443/x",
		"https://m%C3%BCnchen.example:443":   "https://xn--mnchen-3ya.example",
		"https://xn--mnchen-3ya.example":     "https://xn--mnchen-3ya.example",
		"https://share_1.internal":           "https://share_1.internal",
		"https://例え.example":                 "https://xn--r8jz45g.example",
		"https://share.münchen.example/a/b":  "https://share.xn--mnchen-3ya.example/a/b",
		"https://xn--mnchen-3ya.example:443": "https://xn--mnchen-3ya.example",
	} {
		u, err := parseBaseURL(text)
		if err != nil || u.String() != want {
			t.Errorf("%s: %v, %v, want %s", text, u, err, want)
		}
	}
	for _, text := range []string{"https://\u200b.example", "https://mü nchen.example", "https://ü..example"} {
		if u, err := parseBaseURL(text); err == nil {
			t.Errorf("%q is %v", text, u)
		}
	}
}
