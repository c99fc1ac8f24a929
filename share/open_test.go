package share_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// call is one of the recipient's calls with every value it can send.
type call struct {
	name string
	do   func(s *testService, id, token, view, email, code string) error
}

var calls = []call{
	{"peek", func(s *testService, id, token, _, _, _ string) error {
		_, err := s.Peek(s.t.Context(), id, token)
		return err
	}},
	{"code", func(s *testService, id, token, _, email, _ string) error {
		return s.SendCode(s.t.Context(), id, token, email)
	}},
	{"open", func(s *testService, id, token, view, email, code string) error {
		_, err := s.Open(
			s.t.Context(),
			share.OpenRequest{ID: id, Token: token, View: view, Email: email, Code: code},
		)
		return err
	}},
	{"file", func(s *testService, id, token, view, _, _ string) error {
		_, err := s.Chunk(
			s.t.Context(),
			share.ChunkRequest{ID: id, Token: token, View: view, Chunk: -1},
		)
		return err
	}},
}

// sharesInEveryState returns shares in every state, by the name of the state.
func sharesInEveryState(s *testService) map[string]link {
	s.t.Helper()
	links := map[string]link{
		"active":         s.createShare(),
		"named":          s.createShare(to("zoe@client.example")),
		"used":           s.createShare(oneTime),
		"revoked":        s.createShare(),
		"expired":        s.createShare(func(r *share.Request) { r.ExpireAfter = "OneHour" }),
		"named, revoked": s.createShare(to("zoe@client.example")),
		"named, expired": s.createShare(
			to("zoe@client.example"),
			func(r *share.Request) { r.ExpireAfter = "OneHour" },
		),
	}
	must(s.open(links["used"], 1))(s.t)
	for _, state := range []string{"revoked", "named, revoked"} {
		if err := s.Revoke(s.t.Context(), ann, annsView, links[state].ID); err != nil {
			s.t.Fatal(err)
		}
	}
	s.now = s.now.Add(2 * time.Hour)
	return links
}

// TestWithoutTheTokenAllSharesAreAlike asserts that every call without the token gets the same
// error, whatever the share's state and whatever else was sent.
func TestWithoutTheTokenAllSharesAreAlike(t *testing.T) {
	s := newService(t)
	links := sharesInEveryState(s)
	nobody := encode(bytes.Repeat([]byte{9}, 32))
	before := len(s.mails)
	same := map[string]bool{}
	for state, l := range links {
		for _, held := range []struct{ why, id, token string }{
			{"another token", l.id, nobody},
			{"another share's token", l.id, links["active"].token},
			{"no token", l.id, ""},
			{"a token with padding", l.id, l.token + "="},
			{"a token cut short", l.id, l.token[:42]},
			{"a token with unused bits set", l.id, l.token[:42] + otherLastCharacter(l.token[42:])},
			{"the link's own secret", l.id, encode(l.secret)},
			{"another id", encode(bytes.Repeat([]byte{9}, 16)), l.token},
			{"the history's id", l.ID, l.token},
			{"no id", "", l.token},
			{"nothing", "", ""},
			{"rubbish", "\x00", "%"},
		} {
			if state == "active" && held.why == "another share's token" {
				continue
			}
			for _, sent := range [][3]string{
				{viewOf(1), "zoe@client.example", "12345678"},
				{"", "", ""},
				{"bad view", "not an address", strings.Repeat("9", 100)},
			} {
				for _, c := range calls {
					err := c.do(s, held.id, held.token, sent[0], sent[1], sent[2])
					if fault.KindOf(err) != fault.NotFound {
						t.Errorf("%s of the %s share with %s: %v", c.name, state, held.why, err)
						continue
					}
					e, _ := fault.As(err)
					same[fmt.Sprintf("%s %+v %v %q", err, e.Problems, e.RetryAfter, e.SharedBy)] = true
				}
			}
		}
	}
	if len(same) != 1 {
		t.Errorf("%d different answers: %v", len(same), same)
	}
	if len(s.mails) != before {
		t.Error("a mail was prepared for somebody without the link")
	}
	_, err := s.Peek(t.Context(), links["active"].id, links["active"].token)
	wantCode(t, "with the token", err, "")
}

// otherLastCharacter returns another last character that decodes to the same bytes: only unused
// bits differ.
func otherLastCharacter(last string) string {
	alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.Index(alphabet, last)^1])
}

// TestChecksComeInOrder asserts that the checks after the token run in the order of
// docs/share-link-v1.md.
func TestChecksComeInOrder(t *testing.T) {
	s := newService(t)
	links := sharesInEveryState(s)
	view, email, code := viewOf(1), "zoe@client.example", "12345678"
	for _, c := range []struct {
		state, call       string
		view, email, code string
		want              fault.Code
	}{
		{"active", "peek", "", "", "", ""},
		{"named", "peek", "", "", "", ""},
		{"used", "peek", "", "", "", fault.CodeViewed},
		{"revoked", "peek", "", "", "", fault.CodeRevoked},
		{"expired", "peek", "", "", "", fault.CodeExpired},

		{"active", "open", "", "", "", fault.CodeInvalid},
		{"active", "open", view + "A", "", "", fault.CodeInvalid},
		{"active", "open", view, "", "", ""},
		{"used", "open", viewOf(2), "", "", fault.CodeViewed},
		{"revoked", "open", "", "", "", fault.CodeInvalid}, // unreadable comes before ended
		{"revoked", "open", view, "", "", fault.CodeRevoked},
		{"expired", "open", view, "", "", fault.CodeExpired},

		{"named", "open", view, "", "", fault.CodeVerificationRequired},
		{"named", "open", view, email, "", fault.CodeVerificationRequired},
		{"named", "open", view, "eve@evil.example", "", fault.CodeVerificationRequired},
		{"named", "open", view, "", code, fault.CodeInvalid},
		{"named", "open", view, "not an address", code, fault.CodeInvalid},
		{"named", "open", view, "not an address", "", fault.CodeInvalid},
		{"named", "open", view, email, strings.Repeat("1", 33), fault.CodeInvalid},
		{"named", "open", view, email, code, fault.CodeCodeInvalid},
		{"named", "open", view, "eve@evil.example", code, fault.CodeCodeInvalid},

		{"named, revoked", "open", view, email, "", fault.CodeRevoked},
		{"named, revoked", "open", view, email, code, fault.CodeRevoked},
		{"named, revoked", "open", view, "not an address", code, fault.CodeInvalid},
		{"named, expired", "open", view, "", "", fault.CodeExpired},
		{"named, expired", "open", view, email, code, fault.CodeExpired},

		{"named", "code", "", email, "", ""},
		{"named", "code", "", "eve@evil.example", "", ""},
		{"named", "code", "", "", "", fault.CodeInvalid},
		{"named", "code", "", "client.example", "", fault.CodeInvalid},
		{"active", "code", "", email, "", fault.CodeInvalid},
		{"revoked", "code", "", "x", "", fault.CodeInvalid},
		{"revoked", "code", "", email, "", fault.CodeRevoked},
		{"expired", "code", "", email, "", fault.CodeExpired},

		{"active", "file", view, "", "", fault.CodeInvalid}, // chunk -1
		{"revoked", "file", "", "", "", fault.CodeInvalid},
	} {
		l := links[c.state]
		for _, do := range calls {
			if do.name == c.call {
				wantCode(
					t,
					fmt.Sprintf(
						"%s of the %s share with %q, %q, %q",
						c.call,
						c.state,
						c.view,
						c.email,
						c.code,
					),
					do.do(s, l.id, l.token, c.view, c.email, c.code),
					c.want,
				)
			}
		}
	}
	for state, code := range map[string]fault.Code{"revoked": fault.CodeRevoked, "expired": fault.CodeExpired} {
		_, err := s.Chunk(
			t.Context(),
			share.ChunkRequest{ID: links[state].id, Token: links[state].token, View: view},
		)
		wantCode(t, "a chunk of the "+state+" share", err, code)
	}
}

func arabicIndic(digits string) string { return inScript(digits, '٠') }

func fullWidth(digits string) string { return inScript(digits, '０') }

// inScript returns the digits in the script that has this zero.
func inScript(digits string, zero rune) string {
	return strings.Map(func(r rune) rune { return r - '0' + zero }, digits)
}

func TestNamedRecipientsOpenByCode(t *testing.T) {
	s := newService(t)
	l := s.createShare(oneTime, to("zoe@client.example", "partner.example"))
	if p := must(s.Peek(t.Context(), l.id, l.token))(t); !p.CodeRequired ||
		p.Audience != share.Recipients {
		t.Errorf("peeked %+v", p)
	}
	for n, who := range []string{"zoe@client.example", "BOB@partner.example"} {
		code := s.requestCode(l, who)
		mail := s.mails[len(s.mails)-1]
		if mail.to != strings.ToLower(who) || mail.drop ||
			strings.ContainsAny(mail.subject, "0123456789") ||
			!mail.until.Equal(s.now.Add(10*time.Minute)) {
			t.Errorf("mail %+v", mail)
		}
		view := byte(10 * n)
		_, err := s.openAs(l, view, who, otherCode(code))
		wantCode(t, "a wrong code", err, fault.CodeCodeInvalid)
		_, err = s.openAs(l, view, "zoe@client.example.evil.example", code)
		wantCode(t, "another's code", err, fault.CodeCodeInvalid)
		spaced := "\u202a" + arabicIndic(code[:4]) + "\u00a0– " + fullWidth(code[4:]) + "\n"
		if got := l.content(
			t,
			must(s.openAs(l, view, "Zoe <mailto:"+who+">.\n", spaced))(t),
		); got.Title != "Staging database" {
			t.Errorf("opens to %q", got.Title)
		}
		must(s.openAs(l, view, who, code))(t) // the same view again
		_, err = s.openAs(l, view+1, who, code)
		wantCode(t, "the used code for another view", err, fault.CodeCodeInvalid)
		s.now = s.now.Add(3 * time.Minute)
		_, err = s.openAs(l, view+2, who, s.requestCode(l, who))
		wantCode(t, "a second opening of a one-time link", err, fault.CodeViewed)
	}
	if p, err := s.Peek(t.Context(), l.id, l.token); err != nil || p.MaxViews != 1 {
		t.Errorf("that views are used up shows without a code: %v", err)
	}
}

// TestUsedUpOfOneAndOfAll asserts that only who verifies an address learns that it has no views left,
// but every holder of the link that nobody has, so that no code is sent in vain.
func TestUsedUpOfOneAndOfAll(t *testing.T) {
	s := newService(t)
	const zoe, bob = "zoe@client.example", "bob@client.example"
	l := s.createShare(oneTime, to(zoe, bob))
	must(s.openAs(l, 1, zoe, s.requestCode(l, zoe)))(t)
	_, err := s.Peek(t.Context(), l.id, l.token)
	wantCode(t, "peek while one is left", err, "")
	_, err = s.openAs(l, 2, "", "")
	wantCode(t, "open without a code", err, fault.CodeVerificationRequired)
	_, err = s.openAs(l, 2, zoe, "00000000")
	wantCode(t, "open with a wrong code", err, fault.CodeCodeInvalid)
	s.now = s.now.Add(time.Minute)
	_, err = s.openAs(l, 2, zoe, s.requestCode(l, zoe))
	wantCode(t, "open with a right code", err, fault.CodeViewed)

	code := s.requestCode(l, bob)
	must(s.openAs(l, 3, bob, code))(t)
	if d := must(s.Get(t.Context(), annsView, l.ID))(t); d.State != share.Viewed {
		t.Fatalf("state %s", d.State)
	}
	_, err = s.Peek(t.Context(), l.id, l.token)
	wantCode(t, "peek when nobody is left", err, fault.CodeViewed)
	for _, email := range []string{bob, "eve@evil.example"} {
		wantCode(
			t,
			"a code for "+email,
			s.SendCode(t.Context(), l.id, l.token, email),
			fault.CodeViewed,
		)
	}
	_, err = s.openAs(l, 4, "", "")
	wantCode(t, "open without a code when nobody is left", err, fault.CodeViewed)
	_, err = s.openAs(l, 4, bob, "00000000")
	wantCode(t, "open with a wrong code when nobody is left", err, fault.CodeCodeInvalid)
	must(s.openAs(l, 3, bob, code))(t) // the same view, which is repeated
}

// TestStrangersAreAnsweredAlikeAndForgotten asserts that an address that is not a recipient gets
// the same answers, and that nothing about it is stored.
func TestStrangersAreAnsweredAlikeAndForgotten(t *testing.T) {
	s := newService(t)
	l := s.createShare(to("zoe@client.example"))
	for range 3 {
		wantCode(t, "a code", s.SendCode(t.Context(), l.id, l.token, "eve@evil.example"), "")
		wantCode(t, "a code", s.SendCode(t.Context(), l.id, l.token, "zoe@client.example"), "")
	}
	for _, who := range []string{"eve@evil.example", "zoe@client.example"} {
		err := s.SendCode(t.Context(), l.id, l.token, who)
		wantCode(t, "the fourth code of "+who, err, fault.CodeTooManyAttempts)
		if e, ok := fault.As(err); !ok || e.RetryAfter != 15*time.Minute {
			t.Errorf("%s waits %v", who, e.RetryAfter)
		}
	}
	for _, m := range s.mails {
		if m.drop == (m.to == "zoe@client.example") || strings.Contains(m.to+m.text, "eve") ||
			strings.Contains(m.to, "evil") {
			t.Errorf("mail to %s, dropped: %t", m.to, m.drop)
		}
		if len(m.text) != len(s.mails[0].text) {
			t.Error("mails differ in length")
		}
	}
	stolen := s.mails[0].text // the code that eve would have received
	_, err := s.openAs(l, 1, "eve@evil.example", strings.Fields(stolen)[2])
	wantCode(t, "even the code of a dropped mail", err, fault.CodeCodeInvalid)
	for _, kind := range []audit.Kind{audit.CodeRequested, audit.CodeRefused} {
		for _, e := range s.events(kind) {
			if strings.Contains(fmt.Sprint(e.Detail), "eve") {
				t.Errorf("audit keeps %v", e.Detail)
			}
		}
	}
	if n := len(s.events(audit.CodeRequested)); n != 6 {
		t.Errorf("%d codes are audited", n)
	}
}

func TestARemovedRecipientOpensNothing(t *testing.T) {
	s := newService(t)
	l := s.createShare(to("zoe@client.example", "partner.example"))
	code := s.requestCode(l, "bob@partner.example")
	if err := s.RemoveRecipient(t.Context(), ann, annsView, l.ID, 1); err != nil {
		t.Fatal(err)
	}
	_, err := s.openAs(l, 1, "bob@partner.example", code)
	wantCode(t, "a code from before", err, fault.CodeCodeInvalid)
	s.requestCode(l, "bob@partner.example")
	if !s.mails[len(s.mails)-1].drop {
		t.Error("a removed recipient gets a code")
	}
}

// TestTooManyWrongCodesLockAShare asserts that codes are locked for good after a hundred wrong
// ones, and that the sharer sees it.
func TestTooManyWrongCodesLockAShare(t *testing.T) {
	s := newService(t)
	l := s.createShare(
		to("partner.example"),
		func(r *share.Request) { r.ExpireAfter = "ThirtyDays" },
	)
	tries := 0
	for n := 0; tries < 100; n++ {
		who := fmt.Sprintf("p%d@partner.example", n)
		code := s.requestCode(l, who)
		for range 5 {
			_, err := s.openAs(l, 1, who, otherCode(code))
			wantCode(t, "a wrong code", err, fault.CodeCodeInvalid)
			tries++
		}
		s.now = s.now.Add(time.Hour)
	}
	_, err := s.openAs(l, 1, "zoe@partner.example", "12345678")
	wantCode(t, "after a hundred", err, fault.CodeTooManyAttempts)
	wantCode(
		t,
		"a code after a hundred",
		s.SendCode(t.Context(), l.id, l.token, "zoe@partner.example"),
		fault.CodeTooManyAttempts,
	)
	if d := must(s.Get(t.Context(), annsView, l.ID))(t); !d.Locked {
		t.Error("the sharer is not told")
	}
}

func otherCode(code string) string {
	if code == "00000000" {
		return "00000001"
	}
	return "00000000"
}
