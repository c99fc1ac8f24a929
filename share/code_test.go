package share

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"os"
	"regexp"
	"strings"
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

// TestReadCode reads the table that the recipient's page reads too.
func TestReadCode(t *testing.T) {
	text, err := os.ReadFile("testdata/codes.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Why, Text, Want string }
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) < 10 {
		t.Fatal(len(cases), err)
	}
	for _, c := range cases {
		if got := readCode(c.Text); got != c.Want || len(c.Text) > maxCode {
			t.Errorf("%s: %q reads as %q, want %q", c.Why, c.Text, got, c.Want)
		}
	}
}

// TestCodeText asserts that a search for eight digits finds the code alone, in one piece.
func TestCodeText(t *testing.T) {
	until := time.Date(2026, 11, 30, 14, 32, 50, 0, time.FixedZone("", 3600))
	text := codeText("01234567", Record{OwnerName: "Maria Lopez 98765432"}, "share.company.example", until)
	for _, want := range []string{
		"Maria Lopez shared an item with you on share.company.example.", "\n    01234567\n", "at 13:32 (UTC)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
	if got := regexp.MustCompile(`\d{3,}`).FindAllString(text, -1); len(got) != 1 ||
		got[0] != "01234567" {
		t.Errorf("numbers %q", got)
	}
	if strings.ContainsAny(codeSubject, "0123456789") {
		t.Errorf("digits in the subject %q", codeSubject)
	}
}

// TestNameInMail asserts that nothing of a sharer's name becomes a link or a code in a mail program.
func TestNameInMail(t *testing.T) {
	for name, want := range map[string]string{
		"Maria Lopez":               "Maria Lopez",
		"J.R. O’Neil-Smith & Co.":   "J. R. O’Neil-Smith & Co.",
		"Žofie 日本 עברית नमस्ते":     "Žofie 日本 עברית नमस्ते",
		"https://evil.example/x?y":  "https evil. example x y",
		"www。evil．example":          "www evil example",
		"mia@evil.example":          "mia evil. example",
		"Your code: 12345678\r\n\n": "Your code",
		"\u202eevil\u200b\x00":      "evil",
		"+1 (555) 123-4567":         "Someone",
		"":                          "Someone",
		strings.Repeat("é", 100):    strings.Repeat("é", 60),
	} {
		if got := nameInMail(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestCoarseAgent(t *testing.T) {
	const (
		blink  = "AppleWebKit/537.36 (KHTML, like Gecko) "
		webkit = "AppleWebKit/605.1.15 (KHTML, like Gecko) "
	)
	for _, c := range []struct{ system, product, want string }{
		{
			"iPhone; CPU iPhone OS 17_5 like Mac OS X",
			webkit + "Version/17.5 Mobile/15E148 Safari/604.1",
			"Safari on iPhone",
		},
		{
			"iPhone; CPU iPhone OS 17_5 like Mac OS X",
			webkit + "CriOS/126.0 Mobile/15E148 Safari/604.1",
			"Chrome on iPhone",
		},
		{
			"Windows NT 10.0; Win64; x64",
			blink + "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
			"Edge on Windows",
		},
		{
			"Macintosh; Intel Mac OS X 14.5; rv:127.0",
			"Gecko/20100101 Firefox/127.0",
			"Firefox on Mac",
		},
		{
			"Linux; Android 14",
			blink + "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
			"Samsung Internet on Android",
		},
		{
			"Linux; Android 10; K",
			blink + "Chrome/126.0.0.0 Mobile Safari/537.36",
			"Chrome on Android",
		},
		{"Android 14; Mobile; rv:127.0", "Gecko/127.0 Firefox/127.0", "Firefox on Android"},
		{
			"X11; Linux x86_64",
			blink + "HeadlessChrome/126.0.0.0 Safari/537.36",
			"Headless Chrome on Linux",
		},
		{
			"Windows NT 10.0; Win64; x64",
			blink + "HeadlessChrome/126.0.0.0 Safari/537.36 HeadlessEdg/126.0.0.0",
			"Headless Chrome on Windows",
		},
		{
			"Windows NT 10.0; Win64; x64",
			blink + "Chrome/126.0.0.0 Safari/537.36 HeadlessEdg/126.0.0.0",
			"Headless Edge on Windows",
		},
		{"X11; Linux x86_64", blink + "Chrome/126.0.0.0 Safari/537.36", "Chrome on Linux"},
		{
			"X11; Linux x86_64",
			blink + "Ubuntu Chromium/126.0 Chrome/126.0.0.0 Safari/537.36",
			"Chrome on Linux",
		},
		{
			"X11; CrOS x86_64 14541.0.0",
			blink + "Chrome/126.0.0.0 Safari/537.36",
			"Chrome on ChromeOS",
		},
		{
			"Windows NT 10.0; Win64; x64",
			blink + "Chrome/126.0.0.0 YaBrowser/24.6 Safari/537.36",
			"Chrome on Windows",
		},
		{
			"Windows NT 10.0; Win64; x64",
			blink + "Chrome/126.0.0.0 Safari/537.36 OPR/112.0.0.0",
			"Opera on Windows",
		},
		{"X11; Linux x86_64", webkit + "Version/17.0 Safari/605.1.15", "Safari on Linux"},
		{
			"iPad; CPU OS 17_5 like Mac OS X",
			webkit + "FxiOS/127.0 Mobile/15E148 Safari/605.1.15",
			"Firefox on iPad",
		},
		{
			"iPhone; CPU iPhone OS 17_5 like Mac OS X",
			webkit + "EdgiOS/126.0 Mobile/15E148 Safari/605.1.15",
			"Edge on iPhone",
		},
		{
			"Linux; Android 10; K",
			blink + "Chrome/126.0.0.0 Mobile Safari/537.36 EdgA/126.0.0.0",
			"Edge on Android",
		},
	} {
		agent := "Mozilla/5.0 (" + c.system + ") " + c.product
		if got := CoarseAgent(agent); got != c.want {
			t.Errorf("%q is %q, want %q", agent, got, c.want)
		}
	}
}

func TestCoarseAgentOfPrograms(t *testing.T) {
	for _, c := range []struct{ agent, want string }{
		{"curl/8.5.0", "curl"},
		{"itemshare-go", "itemshare"},
		{"my password is hunter2 (hunter2; hunter2) hunter2/1", "Unknown browser"},
		{"", "Unknown browser"},
		{"<script>alert(1)</script>\x00", "Unknown browser"},
	} {
		if got := CoarseAgent(c.agent); got != c.want {
			t.Errorf("%q is %q, want %q", c.agent, got, c.want)
		}
	}
}

// codeRecorder is a mailer that records the code of its last email.
type codeRecorder struct{ code string }

func (l *codeRecorder) PrepareCode(_, _, _, _, text string, _ bool, _ time.Time) ([]byte, error) {
	l.code = regexp.MustCompile(`\d{8}`).FindString(text)
	return nil, nil
}

// TestAStrangersCodeIsKeptNowhere asserts that the code of a dropped email opens nothing, for a
// different one is stored.
func TestAStrangersCodeIsKeptNowhere(t *testing.T) {
	s, mail := newTestService(t), &codeRecorder{}
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
		if got := bytes.Equal(issue.CodeMAC, s.codeMAC("id", address, mail.code)); got != kept ||
			len(issue.CodeMAC) != 32 {
			t.Errorf("%s: the mailed code is kept: %t, %d bytes", address, got, len(issue.CodeMAC))
		}
	}
}
