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

// call is one of the recipient's calls with everything it can be asked with.
type call struct {
	name string
	do   func(b *bench, id, token, view, email, code string) error
}

var calls = []call{
	{"peek", func(b *bench, id, token, _, _, _ string) error {
		_, err := b.Peek(b.t.Context(), id, token)
		return err
	}},
	{"code", func(b *bench, id, token, _, email, _ string) error {
		return b.SendCode(b.t.Context(), id, token, email)
	}},
	{"open", func(b *bench, id, token, view, email, code string) error {
		_, err := b.Open(
			b.t.Context(),
			share.OpenRequest{ID: id, Token: token, View: view, Email: email, Code: code},
		)
		return err
	}},
	{"file", func(b *bench, id, token, view, _, _ string) error {
		_, err := b.Chunk(
			b.t.Context(),
			share.ChunkRequest{ID: id, Token: token, View: view, Chunk: -1},
		)
		return err
	}},
}

// shares in every state, by name.
func inEveryState(b *bench) map[string]link {
	b.t.Helper()
	links := map[string]link{
		"active": b.make(), "named": b.make(to("zoe@client.example")), "used": b.make(once), "revoked": b.make(),
		"expired":        b.make(func(r *share.Request) { r.ExpireAfter = "OneHour" }),
		"named, revoked": b.make(to("zoe@client.example")),
		"named, expired": b.make(
			to("zoe@client.example"),
			func(r *share.Request) { r.ExpireAfter = "OneHour" },
		),
	}
	must(b.open(links["used"], 1))(b.t)
	for _, state := range []string{"revoked", "named, revoked"} {
		if err := b.Revoke(b.t.Context(), ann, annsView, links[state].ID); err != nil {
			b.t.Fatal(err)
		}
	}
	b.now = b.now.Add(2 * time.Hour)
	return links
}

// Without the token nobody learns anything: one and the same error for every
// share, whatever its state and whatever else was sent.
func TestWithoutTheTokenAllSharesAreAlike(t *testing.T) {
	b := open(t)
	links := inEveryState(b)
	nobody := text64(bytes.Repeat([]byte{9}, 32))
	before := len(b.mails)
	same := map[string]bool{}
	for state, l := range links {
		for _, held := range []struct{ why, id, token string }{
			{"another token", l.id, nobody},
			{"another share's token", l.id, links["active"].token},
			{"no token", l.id, ""},
			{"a token with padding", l.id, l.token + "="},
			{"a token cut short", l.id, l.token[:42]},
			{"a token with unused bits set", l.id, l.token[:42] + other(l.token[42:])},
			{"the link's own secret", l.id, text64(l.secret)},
			{"another id", text64(bytes.Repeat([]byte{9}, 16)), l.token},
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
					err := c.do(b, held.id, held.token, sent[0], sent[1], sent[2])
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
	if len(b.mails) != before {
		t.Error("a mail was prepared for somebody without the link")
	}
	_, err := b.Peek(t.Context(), links["active"].id, links["active"].token)
	want(t, "with the token", err, "")
}

// other is another last character of the same 6 bits up to those unused.
func other(last string) string {
	alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.Index(alphabet, last)^1])
}

// TestChecksComeInOrder: with the token, the checks come in the order of docs/share-link-v1.md.
func TestChecksComeInOrder(t *testing.T) {
	b := open(t)
	links := inEveryState(b)
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
				want(
					t,
					fmt.Sprintf(
						"%s of the %s share with %q, %q, %q",
						c.call,
						c.state,
						c.view,
						c.email,
						c.code,
					),
					do.do(b, l.id, l.token, c.view, c.email, c.code),
					c.want,
				)
			}
		}
	}
	for state, code := range map[string]fault.Code{"revoked": fault.CodeRevoked, "expired": fault.CodeExpired} {
		_, err := b.Chunk(
			t.Context(),
			share.ChunkRequest{ID: links[state].id, Token: links[state].token, View: view},
		)
		want(t, "a chunk of the "+state+" share", err, code)
	}
}

func arabicIndic(digits string) string { return moved(digits, '٠') }

func fullWidth(digits string) string { return moved(digits, '０') }

// moved returns digits of the script that has that zero.
func moved(digits string, zero rune) string {
	return strings.Map(func(r rune) rune { return r - '0' + zero }, digits)
}

func TestNamedRecipientsOpenByCode(t *testing.T) {
	b := open(t)
	l := b.make(once, to("zoe@client.example", "partner.example"))
	if p := must(b.Peek(t.Context(), l.id, l.token))(t); !p.CodeRequired ||
		p.Audience != share.Recipients {
		t.Errorf("peeked %+v", p)
	}
	for n, who := range []string{"zoe@client.example", "BOB@partner.example"} {
		code := b.code(l, who)
		mail := b.mails[len(b.mails)-1]
		if mail.to != strings.ToLower(who) || mail.drop ||
			strings.ContainsAny(mail.subject, "0123456789") ||
			!mail.until.Equal(b.now.Add(10*time.Minute)) {
			t.Errorf("mail %+v", mail)
		}
		view := byte(10 * n)
		_, err := b.openAs(l, view, who, other8(code))
		want(t, "a wrong code", err, fault.CodeCodeInvalid)
		_, err = b.openAs(l, view, "zoe@client.example.evil.example", code)
		want(t, "another's code", err, fault.CodeCodeInvalid)
		spaced := "\u202a" + arabicIndic(code[:4]) + "\u00a0– " + fullWidth(code[4:]) + "\n"
		if got := l.content(
			t,
			must(b.openAs(l, view, "Zoe <mailto:"+who+">.\n", spaced))(t),
		); got.Title != "Staging database" {
			t.Errorf("opens to %q", got.Title)
		}
		must(b.openAs(l, view, who, code))(t) // the same view again
		_, err = b.openAs(l, view+1, who, code)
		want(t, "the used code for another view", err, fault.CodeCodeInvalid)
		b.now = b.now.Add(3 * time.Minute)
		_, err = b.openAs(l, view+2, who, b.code(l, who))
		want(t, "a second opening of a one-time link", err, fault.CodeViewed)
	}
	if p, err := b.Peek(t.Context(), l.id, l.token); err != nil || p.MaxViews != 1 {
		t.Errorf("that views are used up shows without a code: %v", err)
	}
}

// That all named people have opened is told only to who proves an address.
func TestUsedUpShowsOnlyAfterACode(t *testing.T) {
	b := open(t)
	l := b.make(once, to("zoe@client.example"))
	must(b.openAs(l, 1, "zoe@client.example", b.code(l, "zoe@client.example")))(t)
	if d := must(b.Get(t.Context(), annsView, l.ID))(t); d.State != share.Viewed {
		t.Fatalf("state %s", d.State)
	}
	_, err := b.Peek(t.Context(), l.id, l.token)
	want(t, "peek", err, "")
	_, err = b.openAs(l, 2, "", "")
	want(t, "open without a code", err, fault.CodeVerificationRequired)
	_, err = b.openAs(l, 2, "zoe@client.example", "00000000")
	want(t, "open with a wrong code", err, fault.CodeCodeInvalid)
	b.now = b.now.Add(time.Minute)
	_, err = b.openAs(l, 2, "zoe@client.example", b.code(l, "zoe@client.example"))
	want(t, "open with a right code", err, fault.CodeViewed)
}

// A stranger gets the same answers, and nothing of them is kept.
func TestStrangersAreAnsweredAlikeAndForgotten(t *testing.T) {
	b := open(t)
	l := b.make(to("zoe@client.example"))
	for range 3 {
		want(t, "a code", b.SendCode(t.Context(), l.id, l.token, "eve@evil.example"), "")
		want(t, "a code", b.SendCode(t.Context(), l.id, l.token, "zoe@client.example"), "")
	}
	for _, who := range []string{"eve@evil.example", "zoe@client.example"} {
		err := b.SendCode(t.Context(), l.id, l.token, who)
		want(t, "the fourth code of "+who, err, fault.CodeTooManyAttempts)
		if e, ok := fault.As(err); !ok || e.RetryAfter != 15*time.Minute {
			t.Errorf("%s waits %v", who, e.RetryAfter)
		}
	}
	for _, m := range b.mails {
		if m.drop == (m.to == "zoe@client.example") || strings.Contains(m.to+m.text, "eve") ||
			strings.Contains(m.to, "evil") {
			t.Errorf("mail to %s, dropped: %t", m.to, m.drop)
		}
		if len(m.text) != len(b.mails[0].text) {
			t.Error("mails differ in length")
		}
	}
	stolen := b.mails[0].text // eve's own, had it been sent
	_, err := b.openAs(l, 1, "eve@evil.example", strings.Fields(stolen)[2])
	want(t, "even the code of a dropped mail", err, fault.CodeCodeInvalid)
	for _, kind := range []audit.Kind{audit.CodeRequested, audit.CodeRefused} {
		for _, e := range b.events(kind) {
			if strings.Contains(fmt.Sprint(e.Detail), "eve") {
				t.Errorf("audit keeps %v", e.Detail)
			}
		}
	}
	if n := len(b.events(audit.CodeRequested)); n != 6 {
		t.Errorf("%d codes are audited", n)
	}
}

func TestARemovedRecipientOpensNothing(t *testing.T) {
	b := open(t)
	l := b.make(to("zoe@client.example", "partner.example"))
	code := b.code(l, "bob@partner.example")
	if err := b.RemoveRecipient(t.Context(), ann, annsView, l.ID, 1); err != nil {
		t.Fatal(err)
	}
	_, err := b.openAs(l, 1, "bob@partner.example", code)
	want(t, "a code from before", err, fault.CodeCodeInvalid)
	b.code(l, "bob@partner.example")
	if !b.mails[len(b.mails)-1].drop {
		t.Error("a removed recipient gets a code")
	}
}

// A hundred wrong codes end them for good, and the sharer is told.
func TestTooManyWrongCodesLockAShare(t *testing.T) {
	b := open(t)
	l := b.make(to("partner.example"), func(r *share.Request) { r.ExpireAfter = "ThirtyDays" })
	tries := 0
	for n := 0; tries < 100; n++ {
		who := fmt.Sprintf("p%d@partner.example", n)
		code := b.code(l, who)
		for range 5 {
			_, err := b.openAs(l, 1, who, other8(code))
			want(t, "a wrong code", err, fault.CodeCodeInvalid)
			tries++
		}
		b.now = b.now.Add(time.Hour)
	}
	_, err := b.openAs(l, 1, "zoe@partner.example", "12345678")
	want(t, "after a hundred", err, fault.CodeTooManyAttempts)
	want(
		t,
		"a code after a hundred",
		b.SendCode(t.Context(), l.id, l.token, "zoe@partner.example"),
		fault.CodeTooManyAttempts,
	)
	if d := must(b.Get(t.Context(), annsView, l.ID))(t); !d.Locked {
		t.Error("the sharer is not told")
	}
}

func other8(code string) string {
	if code == "00000000" {
		return "00000001"
	}
	return "00000000"
}
