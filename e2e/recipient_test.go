package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// onStage runs a test on the recipient's page, on a phone, with a link that a row has set up.
func onStage(t *testing.T, program *server, set func(*stage)) (*stage, *page) {
	t.Helper()
	s := newStage(t, program)
	if set != nil {
		set(s)
	}
	return s, newPage(t, s.server, phone)
}

// onStageIn is onStage in an engine.
func onStageIn(open opener, t *testing.T, program *server, set func(*stage)) (*stage, reader) {
	t.Helper()
	s := newStage(t, program)
	if set != nil {
		set(s)
	}
	return s, open(t, s.server)
}

func TestRecipientPage(t *testing.T) {
	root, under := start(t), start(t, below("/share"))
	both := []*server{root, under}
	for _, row := range []struct {
		name     string
		run      func(*testing.T, *server)
		programs []*server
	}{
		{"the secret leaves the address at once and stays in the tab", in(inChromium, secretLeavesTheAddress), both},
		{"a secret in the path is taken out of it", in(inChromium, secretInThePath), both},
		{"a link pasted into the same tab opens", linkPastedIntoTheTab, both[1:]},
		{"a link that does not read sends nothing", in(inChromium, unreadableLinksSendNothing), both},
		{"links in the address bar are read as the clients read them", in(inChromium, linksInTheAddressBar), both[1:]},
		{"a pasted message opens", in(inChromium, pastedMessages), both[1:]},
		{"loading and waiting open nothing", loadingOpensNothing, both[1:]},
		{"no view without what shows the item", in(inChromium, noViewWithoutWhatShowsIt), both},
		{"by keyboard alone", byKeyboardAlone, both[1:]},
		{"concealed values are shown and copied when asked", concealedValues, both[1:]},
		{"one-time codes are those of RFC 6238", oneTimeCodes, both[1:]},
		{"seeds are read as the server reads them", in(inChromium, seedsAsTheServerReadsThem), both[1:]},
		{"hostile text stays text", in(inChromium, hostileTextStaysText), both[1:]},
		{"save as file", in(inChromium, saveAsFile), both[1:]},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for _, program := range row.programs {
				row.run(t, program)
			}
		})
	}
}

func secretLeavesTheAddress(t *testing.T, program *server, open opener) {
	s, r := onStageIn(open, t, program, nil)
	visitLink(r, s)
	r.awaitState("ready")
	if got := ask[string](r, `location.href`); got != s.url+"/s" {
		t.Errorf("the address bar shows %s", got)
	}
	kept := ask[string](r, `JSON.stringify([history.state, {...localStorage},
		Object.keys(sessionStorage).length, document.cookie, document.title])`)
	if kept != `[null,{},1,"","Shared item"]` {
		t.Errorf("the page keeps %s", kept)
	}
	for _, body := range s.heard("peek") {
		if len(body) != 2 || strings.Contains(fmt.Sprint(body), encode(s.link.secret)) {
			t.Errorf("peek sent %v: id and token alone are the server's", body)
		}
	}
	loadAgain(r)
	r.awaitState("ready")
	r.clean()
}

// loadAgain reloads the page, and waits until the new one is there.
func loadAgain(r reader) {
	_ = ask[bool](r, `(document.title = "before", location.reload(), true)`)
	r.awaitTrue("the page loaded again", `document.title === "Shared item"`)
}

func secretInThePath(t *testing.T, program *server, open opener) {
	for _, path := range []string{"/s%23", "/s/%23", "/s%2523", "/s?utm=x%23"} {
		s, r := onStageIn(open, t, program, nil)
		r.visit(path + encode(s.link.secret))
		r.awaitState("ready")
		r.await(`[data-testid=repaired]`)
		if got := ask[string](r, `location.href`); got != s.url+"/s" {
			t.Errorf("%s: the address bar shows %s", path, got)
		}
		r.click(`[data-testid=show]`)
		r.awaitState("item")
		r.clean()
	}
}

func linkPastedIntoTheTab(t *testing.T, program *server) {
	s, p := onStage(t, program, nil)
	p.visit("/s")
	p.awaitState("missing")
	p.aside(func() {
		_ = eval[bool](
			p,
			fmt.Sprintf(`setTimeout(() => { location.hash = %q }), true`, encode(s.link.secret)),
		)
	})
	p.awaitState("ready")
	p.clean()
}

func unreadableLinksSendNothing(t *testing.T, program *server, open opener) {
	s, r := onStageIn(open, t, program, nil)
	whole := encode(s.link.secret)
	for why, secret := range map[string]string{
		"cut": whole[:42], "longer": whole + "A", "cut, with a full stop": whole[:42] + ".",
		"padded": whole + "=", "one encoded letter more": "%5F" + whole,
	} {
		r.visit("/s#" + secret)
		r.awaitState("cut-link")
		if n := len(s.heard("peek")); n != 0 {
			t.Fatalf("%s: %d calls", why, n)
		}
	}
	r.clean()
}

// linkCase is a row of the file that the tests of every reader of links read.
type linkCase struct{ Case, Text, Base, Secret string }

func readLinkCases(t *testing.T) []linkCase {
	t.Helper()
	text, err := os.ReadFile("../share/link/testdata/links.json")
	var file struct{ Links []linkCase }
	if err := errors.Join(err, json.Unmarshal(text, &file)); err != nil {
		t.Fatal(err)
	}
	return file.Links
}

// linksInTheAddressBar visits links of the file, as what stands around them in a message comes along.
func linksInTheAddressBar(t *testing.T, program *server, open opener) {
	const base = "https://share.company.example/s"
	cases := map[string]linkCase{}
	for _, c := range readLinkCases(t) {
		cases[c.Case] = c
	}
	s, r := onStageIn(open, t, program, func(s *stage) {
		s.link = parseLink(t, "http://localhost:80/s#"+cases["as it was created"].Secret)
	})
	for _, name := range []string{
		"after it: full stop", "after it: comma", "after it: closing parenthesis",
		"after it: quotation mark", "after it: closing angle bracket",
		"after it: encoded angle bracket", "after it: square bracket", "after it: asterisk",
		"after it: semicolon", "after it: slash", "after it: encoded blank",
		"after it: encoded line break", "after it: zero-width space", "after it: no-break space",
		"after it: curly quotation mark", "after it: corner bracket", "after it: tracking parameter",
		"after it: tracking parameter after a question mark", "after it: ampersand of HTML",
		"before the secret: blank", "before the secret: encoded blank", "a slash before the #",
		"a query before the #", "an encoded letter", "a twice encoded letter",
		"an encoded line break in the secret", "zero-width spaces within",
		"one character missing", "one character missing, and a full stop", "one character more",
		"one encoded character more", "unused bits that are set", "an encoded blank within",
	} {
		c, ok := cases[name]
		rest, isLink := strings.CutPrefix(c.Text, base)
		if !ok || !isLink {
			t.Fatalf("%s is not among the cases", name)
		}
		want := "cut-link"
		if c.Base != "" {
			want = "ready"
		}
		before := len(s.heard("peek"))
		r.visit("/s" + rest)
		r.awaitTrue(name, `!["loading", undefined].includes(document.querySelector("#recipient")?.dataset.state)`)
		if got := ask[string](r, `document.querySelector("#recipient").dataset.state`); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if sent := len(s.heard("peek")) - before; (sent == 1) != (c.Base != "") {
			t.Errorf("%s: %d calls", name, sent)
		}
		if got := ask[string](r, `location.href`); got != s.url+"/s" {
			t.Errorf("%s: the address bar shows %s", name, got)
		}
	}
	r.clean()
}

// pastedMessages pastes into the field of the pages for an incomplete and a missing link.
func pastedMessages(t *testing.T, program *server, open opener) {
	s, r := onStageIn(open, t, program, nil)
	whole := s.link.String()
	cut := len(whole) - 20
	for _, row := range []struct{ why, start, text, problem string }{
		{"a message", "/s", "Mia shared “Staging” with you:\n\n" + whole + "\n\nThe link expires soon.", ""},
		{"a message with the link broken", "/s#cut", "Here it is:\n" + whole[:cut] + "\n" + whole[cut:] + "\nBye", ""},
		{"a link in angle brackets", "/s#cut", "<" + whole + ">.", ""},
		{"a link of a gateway", "/s#cut", "https://gateway.example/?url=" + url.QueryEscape(whole) + "&data=1", ""},
		{"the secret alone", "/s#cut", "#" + encode(s.link.secret) + "\n", ""},
		{"the same again, cut", "/s#cut", whole[:len(whole)-1], "isn't a complete link"},
		{"a letter more", "/s#cut", whole + "A", "isn't a complete link"},
		{"nothing", "/s#cut", "", "isn't a complete link"},
		{"a link of another server", "/s#cut", "https://other.example/s#" + encode(s.link.secret), "other.example"},
		{"another path", "/s#cut", strings.Replace(whole, "/s#", "/x/s#", 1), "another site"},
	} {
		before := len(s.heard("peek"))
		r.visit(row.start)
		r.await(`[data-testid=pasted]`)
		_ = ask[bool](r, fmt.Sprintf(`(document.querySelector("[data-testid=pasted]").value = %q) !== null`, row.text))
		r.click(`[data-testid=open-pasted]`)
		if row.problem == "" {
			r.awaitState("ready")
			if r.count(`[data-testid=repaired]`) != 0 {
				t.Errorf("%s: a gateway changed the link, it says", row.why)
			}
		} else {
			r.awaitText(row.problem)
		}
		if sent := len(s.heard("peek")) - before; (sent == 1) != (row.problem == "") {
			t.Errorf("%s: %d calls", row.why, sent)
		}
		if strings.Contains(ask[string](r, `location.href`), "#") {
			t.Errorf("%s: the secret is in the address bar", row.why)
		}
	}
	r.clean()
}

func loadingOpensNothing(t *testing.T, program *server) {
	s, p := onStage(t, program, nil)
	visitLink(p, s)
	p.awaitState("ready")
	p.awaitTrue("a while", `performance.now() > 1500`)
	if got := s.heard("open"); len(got) != 0 {
		t.Errorf("without a click, open was called: %v", got)
	}
	p.clean()
}

// noViewWithoutWhatShowsIt loses the script or the style sheet of an opened item: no view is claimed
// before both are there.
func noViewWithoutWhatShowsIt(t *testing.T, program *server, open opener) {
	for _, lost := range []string{"recipient-more", "recipient-item"} {
		s, r := onStageIn(open, t, program, func(s *stage) { s.terms["max_views"] = 1 })
		visitLink(r, s)
		r.awaitState("ready")
		s.lose(lost)
		r.click(`[data-testid=show]`)
		r.awaitState("offline")
		if n := len(s.heard("open")); n != 0 {
			t.Errorf("without %s %d views were claimed, and nothing could show the item", lost, n)
		}
		s.lose("")
		r.click(`[data-testid=retry]`)
		r.awaitState("item")
		if n := len(s.heard("open")); n != 1 {
			t.Errorf("open was called %d times", n)
		}
	}
}

func byKeyboardAlone(t *testing.T, program *server) {
	s, p := onStage(t, program, toRecipients)
	p.resize(desktop)
	visitLink(p, s)
	p.awaitState("address")
	p.press(kb.Tab) // from the heading, which has the focus
	p.press("ann@client.example")
	p.press(kb.Enter)
	p.awaitState("code") // which has the focus
	p.press("12345678")
	p.press(kb.Enter)
	p.awaitState("item")
	if got := eval[string](p, `document.activeElement.dataset.testid`); got != "title" {
		t.Errorf("the focus is on %q, not on the item's title", got)
	}
	p.press(kb.Tab)
	p.press(kb.Enter)
	p.awaitText("hunter2")
	if eval[string](p, `getComputedStyle(document.activeElement).outlineStyle`) == "none" {
		t.Error("the focus is not to be seen")
	}
	p.clean()
}

func concealedValues(t *testing.T, program *server) {
	s, p := onStage(t, program, fullItem)
	p.mayReadClipboard()
	pressShow(p, s)
	p.awaitState("item")
	for _, secret := range []string{
		"correct-horse-battery-9", "OPENSSH PRIVATE KEY", "4111111111111111", "GEZDGNBVGY3TQOJQ",
	} {
		if eval[bool](p, fmt.Sprintf(`document.documentElement.outerHTML.includes(%q)`, secret)) {
			t.Errorf("%s is in the page before it was asked for", secret)
		}
	}
	p.click(`[aria-label="Copy password"]`)
	p.awaitTrue(
		"the copy to be told",
		`document.querySelector("#announcer").textContent === "password copied."`,
	)
	p.click(`[aria-label="Reveal private key"]`)
	p.awaitText("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNza")
	p.click(`[aria-label="Hide private key"]`)
	p.awaitTrue("the key hidden again", `!document.body.innerText.includes("OPENSSH")`)
	if eval[bool](
		p,
		`document.body.innerText.includes("Nothing here") ||
			[...document.querySelectorAll("dt")].some(e => e.innerText === "empty")`,
	) {
		t.Error("an empty section or field is shown")
	}
	p.clean()
	p.visit("/s/clipboard") // a page that may read it
	if got := eval[string](p, `navigator.clipboard.readText()`); got != "correct-horse-battery-9" {
		t.Errorf("the clipboard holds %q", got)
	}
}

func (p *page) mayReadClipboard() {
	p.t.Helper()
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(
			p.ctx,
			cdpbrowser.SetPermission,
			cdpbrowser.SetPermissionParams{
				Permission: &cdpbrowser.PermissionDescriptor{
					Name: name,
				}, Setting: cdpbrowser.PermissionSettingGranted,
				BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
			},
		)
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

// oneTimeCodes compares with appendix B of RFC 6238, at its times.
func oneTimeCodes(t *testing.T, program *server) {
	const (
		sha1   = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
		sha256 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA"
		sha512 = sha1 + sha1 + sha1 + "GEZDGNA"
	)
	for _, row := range []struct {
		at     int64
		value  string
		want   string
		reason string
	}{
		{1111111109, "otpauth://totp/a:b?digits=8&secret=" + sha1, "0708 1804", "SHA-1 by default"},
		{1111111109, "otpauth://totp/a?digits=8&algorithm=SHA256&secret=" + sha256, "6808 4774", "SHA-256"},
		{1111111109, "otpauth://totp/a?digits=8&algorithm=sha512&secret=" + sha512, "2509 1201", "SHA-512"},
		{20000000000, "otpauth://totp/a?digits=8&secret=" + sha1, "6535 3130", "a late time"},
		{1234567890, sha1, "005 924", "a bare secret gives six digits"},
		{1234567890, "gezd gnbv gy3t qojq gezd gnbv gy3t qojq", "005 924", "small letters in groups"},
		{1234567890 * 2, "otpauth://totp/a?digits=8&period=60&secret=" + sha1, "8900 5924", "a period of a minute"},
	} {
		s, p := onStage(t, program, func(s *stage) {
			s.terms["created_at"], s.terms["expires_at"] = row.at-60, row.at+600
			s.item["fields"] = []with{{"title": "otp", "type": "Totp", "value": row.value}}
		})
		p.stopClock(row.at)
		pressShow(p, s)
		p.await(`[data-testid=totp-code]`)
		p.awaitTrue(
			"a code",
			`document.querySelector("[data-testid=totp-code]").textContent !== ""`,
		)
		if got := p.text(`[data-testid=totp-code]`); got != row.want {
			t.Errorf("%s: %s, want %s", row.reason, got, row.want)
		}
		p.clean()
	}
}

// seedCase is a row of the file that the tests of vault.ParseSeed read as well.
type seedCase struct {
	Case, Seed, Code, Problem string
	At                        int64
}

// seedsAsTheServerReadsThem opens one item that holds each seed of the file as a field.
func seedsAsTheServerReadsThem(t *testing.T, program *server, open opener) {
	text, err := os.ReadFile("../vault/testdata/seeds.json")
	var cases []seedCase
	if err := errors.Join(err, json.Unmarshal(text, &cases)); err != nil {
		t.Fatal(err)
	}
	const at = 1111111109 // of each code but those of oneTimeCodes
	cases = slices.DeleteFunc(cases, func(c seedCase) bool { return c.Code != "" && c.At != at })
	s, r := onStageIn(open, t, program, func(s *stage) {
		fields := []with{}
		for _, c := range cases {
			fields = append(fields, with{"title": c.Case, "type": "Totp", "value": c.Seed})
		}
		s.item["fields"] = fields
	})
	visitLink(r, s)
	r.awaitState("ready")
	_ = ask[bool](r, fmt.Sprintf(`(window.Date.now = window.Date.parse = () => %d) !== null`, at*1000))
	r.click(`[data-testid=show]`)
	r.awaitTrue("every code", `document.querySelector("[data-testid=field]") !== null &&
		[...document.querySelectorAll("[data-testid=totp-code]")].every((code) => code.textContent !== "")`)
	type row struct{ Title, Code, Shown, Copy string }
	rows := map[string]row{}
	for _, shown := range ask[[]row](r, `[...document.querySelectorAll("[data-testid=field]")].map((row) => ({
		Title: row.querySelector("[data-slot=label]").textContent,
		Code: (row.querySelector("[data-testid=totp-code]")?.textContent ?? "").replace(" ", ""),
		Shown: row.querySelector("[data-testid=value]").textContent,
		Copy: row.querySelector("[data-testid=copy]").textContent,
	}))`) {
		rows[shown.Title] = shown
	}
	for _, c := range cases {
		got, ok := rows[c.Case]
		switch {
		case c.Seed == "": // a field of no value is not shown at all
		case !ok || got.Code != c.Code:
			t.Errorf("%s: %+v, want %s", c.Case, got, c.Code)
		case c.Problem != "" && (got.Shown != c.Problem || got.Copy != "Copy seed"):
			t.Errorf("%s: %+v, want %s", c.Case, got, c.Problem)
		case c.Problem == "" && got.Copy != "Copy":
			t.Errorf("%s: the button reads %s", c.Case, got.Copy)
		}
	}
	r.clean()
}

// hostileTextStaysText looks for anything that came alive.
func hostileTextStaysText(t *testing.T, program *server, open opener) {
	s, r := onStageIn(open, t, program, hostileItem)
	pressShow(r, s)
	r.awaitState("item")
	if n := r.count(`main :is(img, script, svg, iframe, b)`); n != 0 {
		t.Errorf("%d elements of the sender's making", n)
	}
	links := ask[[]string](r,
		`[...document.querySelectorAll("main a")].map(a => a.protocol + " " + a.rel + " " + a.target)`,
	)
	for _, got := range links {
		if got != "https: noreferrer noopener _blank" {
			t.Errorf("a link %s", got)
		}
	}
	if name := r.text(`[data-testid=file-name]`); strings.ContainsAny(name, "/\\\u202e\x07") ||
		len([]rune(name)) > 104 ||
		!strings.HasSuffix(name, ".pdf") {
		t.Errorf("the file's name is %q", name)
	}
	if got := ask[string](r, `document.title`); got != "Shared item" {
		t.Errorf("the window's title is %q", got)
	}
	r.clean()
}

func saveAsFile(t *testing.T, program *server, open opener) {
	s, r := onStageIn(open, t, program, fullItem)
	dir := r.downloads()
	pressShow(r, s)
	r.click(`[data-testid=save]`)
	saved := string(awaitFile(t, dir, "Staging server.txt"))
	for _, want := range []string{
		"Staging server\nServer\n", "username: deploy\n", "password: correct-horse-battery-9\n",
		"address:\n1 Main Street\nSpringfield\n",
		"\nDatabase\nhost: db.staging.example\n", "Console: https://console.example/login?tab=1\n",
		"Tags: work, staging", "Backups run at 02:00.",
	} {
		if !strings.Contains(saved, want) {
			t.Errorf("the file lacks %q:\n%s", want, saved)
		}
	}
	r.clean()
}

// TestRecipientProvesAnAddress goes through codes: a wrong one, a pasted one, another one, another
// address.
func TestRecipientProvesAnAddress(t *testing.T) {
	s, p := onStage(t, start(t), toRecipients)
	right := false
	s.on("open", func(body with) said {
		if right {
			return s.opened()
		}
		return problem(http.StatusUnauthorized, "code_invalid")
	})
	toCode(p, s)
	if got := s.heard("code"); len(got) != 1 || got[0]["email"] != "ann@client.example" {
		t.Fatalf("a code was asked for %v", got)
	}
	if !eval[bool](p, `document.querySelector("[data-testid=resend]").disabled`) {
		t.Error("another code can be sent before the first can have come")
	}
	p.fill(`[data-testid=code]`, "123")
	p.press(kb.Enter)
	p.awaitText("Enter all 8 digits.")
	p.retype(`[data-testid=code]`, " 1234-5678 ")
	p.press(kb.Enter)
	p.awaitText("That code is wrong or has expired.")
	const focused = `document.activeElement.id + document.activeElement.getAttribute("aria-invalid")`
	if got := eval[string](p, focused); got != "codetrue" {
		t.Errorf("after a wrong code the focus is on %s", got)
	}

	p.aside(func() {
		_ = eval[bool](
			p,
			`(() => { const now = Date.now; Date.now = () => now() + 61_000; return true })()`,
		)
	})
	p.click(`[data-testid=resend]:enabled`)
	p.awaitTrue(
		"the news",
		`document.querySelector("#announcer").textContent.startsWith("We've sent a new code")`,
	)
	if got := len(s.heard("code")); got != 2 {
		t.Errorf("%d codes were asked for", got)
	}
	p.click(`[data-testid=other-address]`)
	p.retype(`[data-testid=email]`, "Bob Roe <mailto:bob@partner.example?subject=x>. ")
	p.click(`[data-testid=send-code]`)
	right = true
	p.fill(`[data-testid=code]`, "８٧6５\u00a0٤3２۱")
	p.click(`[data-testid=show]`)
	p.awaitState("item")
	opens := s.heard("open")
	last := opens[len(opens)-1]
	if len(opens) != 2 || last["email"] != "bob@partner.example" || last["code"] != "87654321" ||
		opens[0]["code"] != "12345678" {
		t.Errorf("open was called with %v", opens)
	}
	p.clean()
}

// retype selects what stands in a field and types over it.
func (p *page) retype(css, text string) {
	p.t.Helper()
	_ = eval[bool](p, element(css)+`.select() ?? true`)
	p.press(text)
}

// TestDroppedAnswersCostNothing breaks answers off: the next try has the same view, address and
// code.
func TestDroppedAnswersCostNothing(t *testing.T) {
	program := start(t)
	for name, drop := range map[string]said{
		"before the head": {drop: true},
		"in the body": {
			drop: true, started: true, status: http.StatusOK, body: with{"protocol": "itemshare/v1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := onStage(t, program, toRecipients)
			s.on("open", func(with) said { return drop })
			enterCode(p, s)
			p.awaitState("offline")
			s.on("open", nil)
			p.click(`[data-testid=retry]`)
			p.awaitState("item")
			opens := s.heard("open")
			if first, last := fmt.Sprint(opens[0]), fmt.Sprint(opens[len(opens)-1]); first != last ||
				len(opens[0]["view"].(string)) != 22 {
				t.Errorf("opened with %s, then with %s", first, last)
			}
		})
	}
}

// TestTooManyTriesLeadsBack tells the wait in words and leads back to the address.
func TestTooManyTriesLeadsBack(t *testing.T) {
	s, p := onStage(t, start(t), toRecipients)
	s.on("code", func(with) said {
		return said{
			status: http.StatusTooManyRequests,
			body:   with{"code": "too_many_attempts"},
			wait:   900,
		}
	})
	visitLink(p, s)
	p.fill(`[data-testid=email]`, "ann@client.example")
	p.click(`[data-testid=send-code]`)
	p.awaitState("too-many")
	if got := p.text(`[data-testid=wait]`); got != "15 minutes" {
		t.Errorf("the wait is %q", got)
	}
	s.on("code", nil)
	p.click(`[data-testid=retry]`)
	p.awaitState("address")
	p.clean()
}
