package share

import (
	"bytes"
	"crypto/rand"
	"regexp"
	"testing"
	"time"
)

func TestCodesAreEightDigits(t *testing.T) {
	seen, leading := map[string]bool{}, false
	for range 2000 {
		code, err := newCode(rand.Reader)
		if err != nil || !regexp.MustCompile(`^\d{8}$`).MatchString(code) {
			t.Fatalf("%q, %v", code, err)
		}
		seen[code] = true
		leading = leading || code[0] == '0'
	}
	if len(seen) < 1990 || !leading {
		t.Errorf("%d different of 2000, leading zeros: %t", len(seen), leading)
	}
}

// Who finds the mail by its eight digits finds the code alone.
func TestCodeTextHoldsOneNumber(t *testing.T) {
	if got := regexp.MustCompile(`\d+`).FindAllString(codeText("01234567"), -1); len(got) != 1 || got[0] != "01234567" {
		t.Errorf("numbers %q", got)
	}
}

func TestCoarseAgent(t *testing.T) {
	for _, c := range []struct{ agent, want string }{
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1", "Safari on iPhone"},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge on Windows"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Mac"},
		{"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36", "Samsung Internet on Android"},
		{"curl/8.5.0", "curl"},
		{"", "Unknown browser"},
		{"<script>alert(1)</script>\x00", "Unknown browser"},
	} {
		if got := CoarseAgent(c.agent); got != c.want {
			t.Errorf("%q is %q, want %q", c.agent, got, c.want)
		}
	}
}

// lastCode is a mailer that remembers the code of its last mail.
type lastCode struct{ code string }

func (l *lastCode) PrepareCode(_, _, _, text string, _ bool, _ time.Time) ([]byte, error) {
	l.code = regexp.MustCompile(`\d{8}`).FindString(text)
	return nil, nil
}

// The code of a mail that is dropped opens nothing, whoever reads it: another one is kept.
func TestAStrangersCodeIsKeptNowhere(t *testing.T) {
	s, mail := testService(t), &lastCode{}
	s.mailer = mail
	recipients, err := s.sealRecipients("id", []Recipient{{Email, "zoe@client.example"}})
	if err != nil {
		t.Fatal(err)
	}
	for address, kept := range map[string]bool{"zoe@client.example": true, "eve@evil.example": false} {
		issue, err := s.issue(Record{ID: "id", Recipients: recipients}, address, time.Unix(1, 0))
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Equal(issue.CodeMAC, s.codeMAC("id", address, mail.code)); got != kept || len(issue.CodeMAC) != 32 {
			t.Errorf("%s: the mailed code is kept: %t, %d bytes", address, got, len(issue.CodeMAC))
		}
	}
}
