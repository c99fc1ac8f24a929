package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"rsc.io/qr/coding"
)

// TestRecipientOnSmallWindows looks at each step in a narrow window, at 200 % and at twice the text
// size: nothing leaves the card, and no value runs a letter a line.
func TestRecipientOnSmallWindows(t *testing.T) {
	program := start(t)
	long := strings.Repeat(
		"a.rather.long.name.",
		3,
	) + "x@" + strings.Repeat(
		"department.",
		8,
	) + "client.example"
	for _, step := range []struct {
		name, state string
		set         func(*stage)
		play        func(reader, *stage)
	}{
		{"ready", "ready", func(s *stage) { s.terms["max_views"] = 1 }, visitLink},
		{"address", "address", toRecipients, func(p reader, s *stage) {
			visitLink(p, s)
			p.fill(`[data-testid=email]`, long)
		}},
		{"code", "code", toRecipients, func(p reader, s *stage) {
			visitLink(p, s)
			p.fill(`[data-testid=email]`, long)
			p.click(`[data-testid=send-code]`)
			p.awaitState("code")
			p.fill(`[data-testid=code]`, "12345678")
		}},
		{"item", "item", func(s *stage) {
			fullItem(s)
			s.item["fields"] = append(s.item["fields"].([]with), with{"title": "email", "type": "Email", "value": long})
		}, func(p reader, s *stage) {
			pressShow(p, s)
			p.click(`[data-testid=totp-setup] summary`)
			p.await(`[data-testid=totp-qr]`)
		}},
		{"end", "viewed", says("peek", problem(http.StatusGone, "viewed")), visitLink},
	} {
		t.Run(step.name, func(t *testing.T) {
			t.Parallel()
			s, p := onStage(t, program, step.set)
			step.play(p, s)
			p.awaitState(step.state)
			for _, window := range []size{phone, {"zoomed", 195, 422, true}} {
				p.resize(window)
				p.staysInTheCard(fmt.Sprintf("%d px", window.width))
				p.picture(fmt.Sprintf("recipient-small-%s-%d", step.name, window.width))
			}
			p.resize(phone)
			const textSize = `parseFloat(getComputedStyle(document.querySelector("main p, main dd")).fontSize)`
			before := eval[float64](p, textSize)
			call(
				p,
				cdppage.SetFontSizes,
				cdppage.SetFontSizesParams{FontSizes: &cdppage.FontSizes{Standard: 32, Fixed: 26}},
			)
			p.awaitTrue("twice the text size", fmt.Sprintf("%s === %g", textSize, 2*before))
			p.staysInTheCard("twice the text size")
			p.picture("recipient-small-" + step.name + "-text")
		})
	}
}

// staysInTheCard fails the test for what is outside of its card or cut off, and for text of which a
// line holds a letter or two.
func (p *page) staysInTheCard(why string) {
	p.t.Helper()
	for _, got := range eval[[]string](p, `(() => {
		const bad = [];
		const card = document.querySelector(".card").getBoundingClientRect();
		if (card.right > innerWidth + 0.5 || document.documentElement.scrollWidth > innerWidth)
			bad.push("the card leaves the window");
		for (const e of document.querySelectorAll(".card *")) {
			if (!e.checkVisibility() || e.closest(".unseen, svg")) continue;
			const html = e.outerHTML.slice(0, 100);
			const box = e.getBoundingClientRect();
			if (box.right > card.right + 0.5 || box.left < card.left - 0.5) bad.push("outside: " + html);
			if (e.matches("input.code") && e.scrollWidth > e.clientWidth) bad.push("cut off: " + html);
			const text = e.children.length ? "" : e.textContent.trim();
			if (text.length < 4) continue;
			const range = document.createRange();
			range.selectNodeContents(e);
			const lines = new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size;
			if (lines > 1 && text.length / lines < 3) bad.push(lines + " lines: " + text.slice(0, 60));
		}
		return bad;
	})()`) {
		p.t.Errorf("%s: %s", why, got)
	}
}

// TestRecipientSeesTheTermsOnEachStep: until when and how often stay in sight, with a warning where
// the item opens once.
func TestRecipientSeesTheTermsOnEachStep(t *testing.T) {
	program := start(t)
	s, p := onStage(t, program, toRecipients)
	inSight := func(state string) {
		t.Helper()
		p.awaitState(state)
		p.awaitText("You can open this only once. Have a place ready to save it.")
		often, until := p.text(`[data-testid=often]`), p.text(`[data-testid=until]`)
		if often != "One view per person" || !strings.Contains(until, "20") {
			t.Errorf("%s: views %q, expires %q", state, often, until)
		}
	}
	visitLink(p, s)
	inSight("address")
	p.fill(`[data-testid=email]`, "ann@client.example")
	p.click(`[data-testid=send-code]`)
	inSight("code")
	p.fill(`[data-testid=code]`, "12345678")
	p.click(`[data-testid=show]`)
	p.awaitState("item")
	if p.count(`[data-testid=lasting].warn`) != 1 {
		t.Error("that this was the only view is no warning")
	}

	s, p = onStage(t, program, nil)
	visitLink(p, s)
	p.awaitState("ready")
	p.awaitGone(`[data-testid=once]`)
}

// TestRecipientSetsUpAnAuthenticator compares the QR codes of keys of many lengths with those of
// another encoder.
func TestRecipientSetsUpAnAuthenticator(t *testing.T) {
	lengths := []int{16, 32, 103, 160, 256, 400, 640, 1000, 1600, 2000}
	s, p := onStage(t, start(t), func(s *stage) {
		fields := []with{}
		for _, n := range lengths {
			fields = append(fields, with{
				"title": fmt.Sprint(n), "type": "Totp",
				"value": "otpauth://totp/x?digits=8&period=60&algorithm=SHA256&issuer=y&secret=" + strings.Repeat(
					"gezdgnbv",
					n/8,
				),
			})
		}
		fields = append(
			fields,
			with{"title": "too long", "type": "Totp", "value": strings.Repeat("GEZDGNBV", 400)},
		)
		s.item["fields"] = fields
		s.item["title"] = "Staging & Café"
	})
	p.mayReadClipboard()
	pressShow(p, s)
	p.awaitState("item")
	if eval[bool](p, `document.documentElement.outerHTML.includes("GEZD")`) {
		t.Error("a key is in the page before it was asked for")
	}
	for i, n := range append(lengths, 3200) {
		row := fmt.Sprintf(`[data-testid=field]:nth-of-type(%d) `, i+1)
		p.click(row + `summary`)
		p.await(row + `[data-testid=totp-key]`)
		key := strings.Repeat("GEZDGNBV", n/8)
		p.awaitTrue(
			"the key",
			fmt.Sprintf(
				`%s.textContent.replaceAll(" ", "") === %q`,
				element(row+`[data-testid=totp-key]`),
				key,
			),
		)
		if n == 3200 {
			p.awaitGone(row + `[data-testid=totp-qr]`)
			continue
		}
		want := "otpauth://totp/" + strings.ReplaceAll(
			url.QueryEscape("Staging & Café"),
			"+",
			"%20",
		) +
			"?secret=" + key + "&algorithm=SHA256&digits=8&period=60"
		sameCode(t, want, eval[string](p, element(row+`[data-slot=path]`)+`.getAttribute("d")`))
	}
	p.click(`[data-testid=copy-key]`)
	p.awaitTrue(
		"the copy to be told",
		`document.querySelector("#announcer").textContent === "Key copied."`,
	)
	p.click(`summary`)
	p.awaitTrue(
		"the key gone",
		`document.querySelector("[data-testid=totp-key]").textContent === ""`,
	)
	p.clean()
}

// sameCode compares dark modules with those of the text, at level M and with mask 0.
func sameCode(t *testing.T, text, path string) {
	t.Helper()
	for version := coding.Version(1); version <= coding.MaxVersion; version++ {
		plan, err := coding.NewPlan(version, coding.M, 0)
		if err != nil {
			t.Fatal(err)
		}
		if coding.String(text).Bits(version)+4 > plan.DataBytes*8 {
			continue
		}
		code, err := plan.Encode(coding.String(text))
		if err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		for y := range code.Size {
			for x := range code.Size {
				if code.Black(x, y) {
					fmt.Fprintf(&want, "M%d %dh1v1h-1z", x, y)
				}
			}
		}
		if path != want.String() {
			t.Errorf("version %d: another QR code of %.60s", version, text)
		}
		return
	}
	t.Fatalf("no version holds %d bytes", len(text))
}

// TestRecipientsWords checks where the page speaks of encryption, and what a download holds.
func TestRecipientsWords(t *testing.T) {
	program := start(t)
	s, p := onStage(t, program, fullItem)
	pressShow(p, s)
	p.awaitState("item")
	p.awaitText(
		"It holds every field, hidden ones too, and the key of the one-time password, but no files. " +
			"The download isn't encrypted.",
	)
	name, size := eval[float64](
		p,
		element(`[data-testid=file-name]`)+`.getBoundingClientRect().bottom`,
	),
		eval[float64](
			p,
			element(`[data-testid=file-size]`)+`.getBoundingClientRect().top`,
		)
	if name > size {
		t.Error("the file's name is not above its size")
	}
	p.awaitText("never leaves your browser")
	p.visit("/s#cut")
	p.awaitState("cut-link")
	p.awaitGone(`.foot`)
	p.clean()

	s, p = onStage(t, program, func(s *stage) {
		toRecipients(s)
		says("open", wrongCode())(s)
	})
	enterCode(p, s)
	p.awaitText("After 5 wrong tries a code stops working.")
}
