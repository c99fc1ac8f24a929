package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp/kb"
)

// TestHistoryFilters narrows the history by recipient and by date. The address and the download
// hold what is chosen.
func TestHistoryFilters(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	c.share(item, nil)
	c.share(
		item,
		url.Values{"access": {"recipients"}, "recipients": {"ann@client.example, partner.example"}},
	)
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			p := newPage(t, s, window)
			p.signIn(admin)
			p.visit("/shares")
			p.awaitText("ann@client.example, anyone at partner.example")
			p.click(`[data-testid=more-filters] summary`)
			p.fill(`[data-testid=with]`, "ann@client.example")
			p.press(kb.Tab)
			p.awaitShares(1)
			p.awaitTrue("the address to hold the recipient",
				`new URLSearchParams(location.search).get("with") === "ann@client.example"`)
			if csv := eval[string](
				p, element(`[data-testid=csv]`)+".href",
			); !strings.Contains(csv, "with=ann") {
				t.Errorf("the download is not of the list: %s", csv)
			}
			p.set("created", "today")
			p.awaitTrue("the address to hold the period",
				`new URLSearchParams(location.search).get("created") === "today"`)
			p.awaitShares(1)
			p.set("from", time.Now().UTC().AddDate(0, 0, 2).Format(time.DateOnly))
			p.awaitShares(0)
			p.await(`[data-testid=clear]`)
			p.picture("history-filtered-" + window.name)
			p.visit(eval[string](p, `location.href`))
			if !eval[bool](p, element(`[data-testid=more-filters]`)+".open") {
				t.Error("a filter that is set is hidden after a reload")
			}
			p.click(`[data-testid=clear]`)
			p.awaitShares(2)
			p.clean()
		})
	}
}

// TestHistoryLookUp filters by a person, whom the server finds while one types.
func TestHistoryLookUp(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	c.share(c.anItem(), nil)
	m := signedIn(t, s, member)
	m.share(m.anItem(), nil)
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			p := newPage(t, s, window)
			p.signIn(admin)
			p.visit("/shares")
			p.awaitShares(2)
			p.fill(`[data-testid=by]`, "ia mem")
			p.awaitTrue("one person to be found", `document.querySelectorAll("#by-hits option").length === 1`)
			p.set("by", eval[string](p, `document.querySelector("#by-hits option").value`))
			p.awaitShares(1)
			p.awaitTrue("the address to hold the person",
				fmt.Sprintf(`new URLSearchParams(location.search).get("by") === %q`, member))
			p.visit(eval[string](p, `location.href`))
			p.awaitShares(1)
			p.set("by", "nobody")
			p.await(`#problem-by[data-error=invalid]`)
			p.awaitTrue(
				"the field to be marked",
				element(`[data-testid=by]`)+`.getAttribute("aria-invalid") === "true"`,
			)
			p.awaitShares(0)
			axe(t, p)
			p.staysWithin(window.width)
			p.picture("history-lookup-" + window.name)
			p.set("by", "")
			p.awaitShares(2)
			p.awaitTrue("the mark to be gone", `!document.querySelector("[aria-invalid], #problem-by")`)
			p.set("vault", "team")
			p.awaitTrue("the address to hold the vault",
				`new URLSearchParams(location.search).get("vault") === "team"`)
			p.clean()
		})
	}
}

// TestTimeline reads on a share's page what happened to the link, and whom it names.
func TestTimeline(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	l := c.share(
		c.anItem(),
		url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}},
	)
	l.call("code", with{"email": "ann@client.example"})
	l.open(with{"email": "ann@client.example", "code": "00000000"})
	l.item(with{"email": "ann@client.example", "code": s.mailedCode("ann@client.example")})
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			p := newPage(t, s, window)
			p.signIn(admin)
			p.visit(c.shares("")[0])
			for _, words := range []string{
				"Link created by Alex Admin", "Code requested by ann@client.example",
				"Wrong code by ann@client.example", "Link viewed by ann@client.example",
			} {
				p.awaitText(words)
			}
			p.staysWithin(window.width)
			eval[bool](p, "("+element(`[data-testid=timeline]`)+".scrollIntoView(), true)")
			p.picture("timeline-" + window.name)
			p.clean()
		})
	}
}

// TestRemoveAndRevoke removes recipients in a dialog, the last of whom takes the link along. The
// focus is on what was done, which a reload doesn't say again.
func TestRemoveAndRevoke(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			c.share(c.anItem(), url.Values{
				"access": {"recipients"}, "recipients": {"ann@client.example, bob@client.example"},
			})
			p := newPage(t, s, window)
			p.signIn(admin)
			p.visit(c.shares("")[0])
			p.click(`[aria-label="Remove ann@client.example"]`)
			p.awaitTrue("a dialog", modal)
			p.awaitText("Remove ann@client.example?")
			axe(t, p)
			p.picture("share-remove-" + window.name)
			p.press(kb.Escape)
			p.awaitTrue("no dialog", "!"+modal)
			p.click(`[aria-label="Remove ann@client.example"]`)
			p.awaitTrue("a dialog", modal)
			p.click(`dialog[open] [data-testid=remove]`)
			p.awaitResult("ann@client.example removed.")
			p.picture("share-removed-" + window.name)
			p.visit(eval[string](p, `location.href`))
			p.await(`[data-testid=recipients]`)
			p.awaitGone(`[data-testid=flash]`)
			p.click(`[aria-label="Remove bob@client.example"]`)
			p.awaitText("This is the last recipient, so the link will be revoked.")
			p.click(`dialog[open] [data-testid=remove]`)
			p.awaitResult("bob@client.example removed. The link is revoked.")
			p.awaitGone(`[data-testid=revoke-ask], [data-testid=remove-ask]`)
			p.clean()
		})
	}
}

// TestRevokeSelected selects links in the history and revokes them in a dialog.
func TestRevokeSelected(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			for range 3 {
				c.share(c.anItem(), nil)
			}
			p := newPage(t, s, window)
			p.signIn(admin)
			p.visit("/shares?status=active")
			p.awaitShares(3)
			p.awaitTrue("nothing to do", element(`[data-testid=selection]`)+".hidden")
			for i := range 2 {
				p.click(fmt.Sprintf(`tr:nth-child(%d) > .cell-pick .row-box`, i+1))
			}
			p.picture("history-selected-" + window.name)
			p.click(`[data-testid=revoke-ask] summary`)
			p.awaitTrue("a dialog", modal)
			p.awaitText("2 links will stop working for everyone.")
			axe(t, p)
			p.picture("history-revoke-" + window.name)
			p.press(kb.Escape)
			p.awaitTrue("no dialog", "!"+modal)
			p.awaitShares(3)
			p.click(`[data-testid=revoke-ask] summary`)
			p.awaitTrue("a dialog", modal)
			p.click(`dialog[open] [data-testid=revoke]`)
			p.awaitTrue("what was done", `document.activeElement.innerText.trim() === "2 links revoked."`)
			p.awaitTrue("the filter to stay", `location.search === "?status=active"`)
			p.awaitShares(1)
			p.staysWithin(window.width)
			p.clean()
			c.post(c.shares("status=active")[0]+"/revoke", url.Values{})
		})
	}
}

// awaitResult waits until the page says what was done, with the focus there.
func (p *page) awaitResult(words string) {
	p.t.Helper()
	p.awaitTrue(words, fmt.Sprintf(`document.activeElement.dataset.testid === "flash" &&
		document.activeElement.innerText.trim() === %q && !location.search`, words))
}

// TestDatesInTheReadersLanguage shows times as the reader's browser writes them, and in UTC where
// scripts are off. Each can be read by programs.
func TestDatesInTheReadersLanguage(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	l := c.share(c.anItem(), nil)
	german := func(p *page) {
		call(p, emulation.SetLocaleOverride, emulation.SetLocaleOverrideParams{Locale: "de-DE"})
	}
	for name, tt := range map[string]struct {
		option pageOption
		want   string
	}{
		"german":          {german, `^\d+\. \p{L}+ \d{4} um \d\d:\d\d$`},
		"without scripts": {withoutScripts, `^\d+ \p{L}+ \d{4}, \d\d:\d\d UTC$`},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPage(t, s, phone, tt.option)
			p.signIn(admin)
			for _, path := range []string{
				"/shares", c.shares("")[0], c.anItem(), "/admin/audit", "/admin/users", l.String(),
			} {
				p.visit(path)
				if strings.Contains(path, "#") {
					if name != "german" {
						continue // it is read by script alone
					}
					p.awaitState("ready")
				}
				wrong := eval[[]string](p, fmt.Sprintf(`[...document.querySelectorAll("main time")]
					.map(e => isNaN(new Date(e.dateTime)) ? e.outerHTML
						: e.dataset.time === "relative" ? e.title.replace(/ MEZ$| GMT.*$/, "") : e.textContent)
					.filter(words => !/%s/u.test(words))`, tt.want))
				if len(wrong) > 0 {
					t.Errorf("%s: %q", path, wrong)
				}
				if !eval[bool](p, `!!document.querySelector("main time")`) {
					t.Errorf("%s has no time", path)
				}
			}
			p.clean()
		})
	}
}

func (p *page) awaitShares(n int) {
	p.t.Helper()
	p.awaitTrue(fmt.Sprint(n, " shares"),
		fmt.Sprintf(`document.querySelectorAll("[data-testid=share]").length === %d`, n))
}

// set sets a select or a date as its picker does, with one event.
func (p *page) set(name, value string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(e => { e.value = %q;
		return e.dispatchEvent(new Event("change", {bubbles: true})); })(%s)`,
		value, element("[name="+name+"]")))
}
