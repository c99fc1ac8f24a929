package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// scene is the recipient's page in one state: what the other side says, and what the reader does.
type scene struct {
	name  string
	state string // data-state at its end
	set   func(s *stage)
	play  func(r reader, s *stage)
	ended bool // a dead end: it must say so and show a way on
	noisy bool // the browser itself reports the failure that is played

	options []pageOption // what Chromium alone can be told
}

func visitLink(r reader, s *stage) { r.visit(s.link.String()) }

// pressShow opens the link and asks for the item.
func pressShow(r reader, s *stage) {
	visitLink(r, s)
	r.click(`[data-testid=show]`)
}

func toCode(r reader, s *stage) {
	visitLink(r, s)
	r.fill(`[data-testid=email]`, "ann@client.example")
	r.click(`[data-testid=send-code]`)
	r.awaitState("code")
}

func enterCode(r reader, s *stage) {
	toCode(r, s)
	r.fill(`[data-testid=code]`, "1234 5678")
	r.click(`[data-testid=show]`)
}

func toRecipients(s *stage) {
	s.terms["audience"], s.terms["max_views"] = "recipients", 1
}

// says makes one call answer with a problem.
func says(verb string, answer said) func(*stage) {
	return func(s *stage) { s.on(verb, func(with) said { return answer }) }
}

// onPlainHTTP visits the link where browsers don't offer what they offer on https and localhost.
func onPlainHTTP(r reader, s *stage) {
	r.visit(strings.Replace(s.link.String(), "localhost", plainHost, 1))
}

var scenes = []scene{
	{name: "ready", state: "ready", play: visitLink},
	{
		name:  "ready-once",
		state: "ready",
		set:   func(s *stage) { s.terms["max_views"] = 1 },
		play:  visitLink,
	},
	{
		name:  "repaired",
		state: "ready",
		play:  func(r reader, s *stage) { r.visit(strings.Replace(s.link.String(), "#", "%23", 1)) },
	},
	{name: "address", state: "address", set: toRecipients, play: visitLink},
	{name: "address-wrong", state: "address", set: toRecipients, play: func(r reader, s *stage) {
		visitLink(r, s)
		r.fill(`[data-testid=email]`, "ann")
		r.click(`[data-testid=send-code]`)
		r.awaitText("Enter a valid email address.")
	}},
	{name: "code", state: "code", set: toRecipients, play: toCode},
	{name: "code-wrong", state: "code", set: func(s *stage) {
		toRecipients(s)
		says("open", wrongCode())(s)
	}, play: func(r reader, s *stage) {
		enterCode(r, s)
		r.awaitText("That code is wrong or has expired.")
	}},
	{name: "item", state: "item", set: fullItem, play: pressShow},
	{
		name:  "item-plain",
		state: "item",
		set:   func(s *stage) { s.terms["max_views"] = 1 },
		play:  pressShow,
	},
	{name: "item-hostile", state: "item", set: hostileItem, play: pressShow},
	{
		name:  "missing",
		state: "missing",
		play:  func(r reader, s *stage) { r.visit("/s") },
		ended: true,
	},
	{
		name:  "cut-link",
		state: "cut-link",
		play:  func(r reader, s *stage) { r.visit(s.link.String()[:len(s.link.String())-4]) },
		ended: true,
	},
	{
		name:  "not-found",
		state: "not-found",
		set:   says("peek", problem(http.StatusNotFound, "not_found")),
		play:  visitLink,
		ended: true,
	},
	{
		name:  "expired",
		state: "expired",
		set:   says("peek", problem(http.StatusGone, "expired")),
		play:  visitLink,
		ended: true,
	},
	{
		name:  "revoked",
		state: "revoked",
		set:   says("open", problem(http.StatusGone, "revoked")),
		play:  pressShow,
		ended: true,
	},
	{
		name:  "viewed",
		state: "viewed",
		set:   says("open", problem(http.StatusGone, "viewed")),
		play:  pressShow,
		ended: true,
	},
	{
		name:  "viewed-here",
		state: "viewed",
		set:   func(s *stage) { s.terms["max_views"] = 1 },
		play: func(r reader, s *stage) {
			pressShow(r, s)
			r.awaitState("item")
			says("open", problem(http.StatusGone, "viewed"))(s)
			says("peek", problem(http.StatusGone, "viewed"))(s)
			visitLink(r, s)
			r.await(`[data-testid=viewed-at]`)
		},
		ended: true,
	},
	{name: "done", state: "done", play: func(r reader, s *stage) {
		pressShow(r, s)
		r.click(`[data-testid=done]`)
	}, ended: true},
	{name: "too-many", state: "too-many", set: func(s *stage) {
		toRecipients(s)
		s.on("open", func(with) said {
			return said{
				status: http.StatusTooManyRequests,
				body:   with{"code": "too_many_attempts"},
				wait:   720,
			}
		})
	}, play: enterCode, ended: true},
	{
		name:  "insecure",
		state: "insecure",
		play:  onPlainHTTP,
		ended: true,
		noisy: true, // Chromium says which header it ignores there
	},
	{
		name:  "offline",
		state: "offline",
		set:   says("peek", said{drop: true}),
		play:  visitLink,
		ended: true,
		noisy: true,
	},
	{name: "unavailable", state: "unavailable", set: func(s *stage) {
		s.on("open", func(with) said {
			return said{
				status: http.StatusServiceUnavailable,
				body:   with{"code": "unavailable"},
				wait:   30,
			}
		})
	}, play: pressShow, ended: true, noisy: true},
	{
		name:  "unknown",
		state: "unknown",
		set:   says("open", problem(http.StatusServiceUnavailable, "unknown_outcome")),
		play:  pressShow,
		ended: true,
		noisy: true,
	},
	{name: "damaged", state: "damaged", set: func(s *stage) {
		s.on("open", func(with) said {
			answer := s.opened()
			answer.body.(with)["ciphertext"] = strings.Repeat("A", 700)
			return answer
		})
	}, play: pressShow, ended: true},
	{name: "changed", state: "damaged", set: func(s *stage) {
		s.on("open", func(with) said {
			answer := s.opened()
			answer.body.(with)["max_views"] = 5
			return answer
		})
	}, play: pressShow, ended: true},
	{
		name:    "no-script",
		state:   "loading",
		options: []pageOption{withoutScripts},
		play:    func(r reader, s *stage) { visitLink(r, s); r.await(`[data-testid=no-script]`) },
	},
}

// fullItem has something of everything.
func fullItem(s *stage) {
	s.item = with{
		"title": "Staging server", "category": "Server", "tags": []string{"work", "staging"},
		"notes": "Ask before you restart it.\nBackups run at 02:00.",
		"sections": []with{
			{"id": "db", "title": "Database"},
			{"id": "empty", "title": "Nothing here"},
		},
		"websites": []with{
			{"label": "Console", "url": "https://console.example/login?tab=1"},
			{"url": "ftp://files.example"},
		},
		"fields": []with{
			{"title": "username", "type": "Text", "value": "deploy"},
			{"title": "password", "type": "Concealed", "value": "correct-horse-battery-9"},
			{
				"title": "one-time password",
				"type":  "Totp",
				"value": "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
			},
			{"title": "address", "type": "Address", "value": "1 Main Street\nSpringfield"},
			{
				"title": "private key",
				"type":  "SshKey",
				"value": "-----BEGIN OPENSSH PRIVATE KEY-----\n" +
					"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz\n" +
					"-----END OPENSSH PRIVATE KEY-----",
			},
			{"title": "card", "type": "CreditCardNumber", "value": "4111111111111111"},
			{"title": "empty", "type": "Text", "value": ""},
			{"title": "host", "type": "Text", "value": "db.staging.example", "section": "db"},
			{"title": "port", "type": "Text", "value": "5432", "section": "db"},
		},
	}
	s.serve(s.attach("runbook.pdf", make([]byte, 3*chunkSize+17)))
}

// hostileItem tries what a malicious sender would.
func hostileItem(s *stage) {
	markup := `"><img src=x onerror=alert(1)><script>alert(2)</script>{{constructor.constructor('alert(3)')()}}`
	s.terms["max_views"] = 3
	s.item = with{
		"title": markup + strings.Repeat(
			" long title",
			40,
		), "category": "<b>Login</b>", "tags": []string{markup, strings.Repeat("x", 300)},
		"notes":    strings.Repeat("no spaces", 20_000),
		"sections": []with{{"id": "s", "title": "\u202egnp.exe\x00 " + markup}},
		"websites": []with{
			{"label": "Home", "url": "javascript:alert(4)"},
			{"label": "Data", "url": "data:text/html,<script>alert(5)</script>"},
			{"label": markup, "url": " https://ok.example/\" onclick=\"alert(6)"},
		},
		"fields": []with{
			{"title": markup, "type": "Text", "value": markup},
			{
				"title":   "\u202ereversed",
				"type":    "Url",
				"value":   "vbscript:alert(7)",
				"section": "s",
			},
			{"title": "secret", "type": "Concealed", "value": "<iframe src=javascript:alert(8)>"},
			{"title": "totp", "type": "Totp", "value": "otpauth://totp/?secret=!!!&digits=<b>"},
			{"title": "", "type": "<svg onload=alert(9)>", "value": "NUL \x00 inside"},
		},
	}
	s.serve(
		s.attach(
			"../..\\etc/\u202efdp.\x07invoice.exe"+strings.Repeat("é", 300)+".pdf",
			[]byte("content"),
		),
	)
}

// TestPagesOfTheRecipient shows each state on phone and desktop, light and dark, to axe and for a
// picture.
func TestPagesOfTheRecipient(t *testing.T) {
	program := start(t)
	for _, scene := range scenes {
		t.Run(scene.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, program)
			if scene.set != nil {
				scene.set(s)
			}
			p := newPage(t, s.server, phone, scene.options...)
			scene.play(p, s)
			p.awaitState(scene.state)
			if scene.noisy {
				p.problems = nil
			}
			if scene.ended && p.count(`.way-on, [data-testid=retry]`) == 0 {
				t.Error("a dead end without a way on")
			}
			for _, window := range []size{{"narrow", 320, 640, true}, phone, desktop} {
				p.resize(window)
				if scene.name != "no-script" {
					p.staysWithin(window.width)
				}
			}
			for _, window := range []size{phone, desktop} {
				p.resize(window)
				for scheme, check := range axeSchemes {
					p.scheme(scheme)
					if scene.name != "no-script" { // axe is a script itself
						check(t, p)
					}
					p.picture(fmt.Sprintf("recipient-%s-%d-%s", scene.name, window.width, scheme))
				}
			}
			p.clean()
		})
	}
}
