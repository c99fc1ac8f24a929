package mail

import (
	"net/url"
	"testing"

	gomail "github.com/wneessen/go-mail"
)

// TestPasswordNeedsEncryption: if an attacker removes STARTTLS from the server's offer, the
// password must not be sent in clear.
func TestPasswordNeedsEncryption(t *testing.T) {
	tests := []struct {
		url  string
		want gomail.TLSPolicy
	}{
		{"smtp://mail.example.com", gomail.TLSOpportunistic},
		{"smtp://u:p@mail.example.com", gomail.TLSMandatory},
		{"smtp://u:p@10.0.0.1:25", gomail.TLSMandatory},
		{"smtp://u:p@localhost:25", gomail.TLSOpportunistic},
		{"smtp://u:p@[::1]:25", gomail.TLSOpportunistic},
	}
	for _, tt := range tests {
		server, err := url.Parse(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		options, err := optionsOf(server, nil)
		if err != nil {
			t.Fatal(err)
		}
		client, err := gomail.NewClient(server.Hostname(), options...)
		if err != nil {
			t.Fatal(err)
		}
		if client.TLSPolicy() != tt.want.String() {
			t.Errorf("%s: %s", tt.url, client.TLSPolicy())
		}
	}
}
