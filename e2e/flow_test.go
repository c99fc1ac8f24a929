package e2e

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// itemWithOneTimePassword returns a demo item that has a one-time password field, and its title.
func (c *client) itemWithOneTimePassword() (item, title string) {
	c.t.Helper()
	for _, item := range c.items("") {
		if strings.Contains(c.get(item+"/share").body, `data-testid="totp"`) {
			return item, c.title(item)
		}
	}
	c.t.Fatal("no demo item has a one-time-password field")
	return "", ""
}

var heading = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)

// title returns the heading of an item's page.
func (c *client) title(item string) string {
	c.t.Helper()
	h := heading.FindStringSubmatch(c.get(item).body)
	if h == nil {
		c.t.Fatalf("%s has no heading", item)
	}
	return strings.TrimSpace(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(h[1], ""))
}

// openAs opens the link as a recipient, up to the item.
func (p *page) openAs(l link, email string) {
	p.t.Helper()
	p.askForCode(l, email)
	p.fill(`[data-testid=code]`, p.server.mailedCode(email))
	p.click(`[data-testid=show]`)
}

func (p *page) askForCode(l link, email string) {
	p.t.Helper()
	p.visit(l.String())
	p.fill(`[data-testid=email]`, email)
	p.click(`[data-testid=send-code]`)
	p.await(`[data-testid=code]`)
}

// fillShareForm fills in the share form: two recipients, one view, one day.
func (p *page) fillShareForm() {
	p.t.Helper()
	p.await(`form#share-form`)
	p.choose(`[name=access][value=recipients]`)
	p.fill(`[data-testid=recipients]`, "ann@client.example, partner.example")
	if p.hasScripts() {
		p.press(kb.Tab)
		p.await(`[data-recipient][data-kind=email]`)
		p.await(`[data-recipient][data-kind=domain]`)
	}
	p.choose(`[name=expire_after][value=OneDay]`)
	p.choose(`[name=one_time][value=on]`)
	if eval[bool](p, `document.querySelector("[data-testid=totp] input").checked`) {
		p.t.Error("the one-time-password field comes along without being asked for")
	}
}

// TestMainFlow runs the main flow in one browser: find an item, share it, open the link, see the
// view in the history, revoke it, tighten the policy.
func TestMainFlow(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item, title := c.itemWithOneTimePassword()

	sharer := newPage(t, s, desktop)
	sharer.typeSignIn(admin)
	sharer.findByKeyboard(title, item)
	sharer.click(fmt.Sprintf(`a[href$=%q]`, item+"/share"))
	sharer.fillShareForm()
	sharer.click(submitShare)
	sharer.await(`input#share-link`)
	l := parseLink(t, sharer.value(`input#share-link`))

	for _, who := range []string{"ann@client.example", "bob@partner.example"} {
		recipient := newPage(t, s, phone)
		recipient.openAs(l, who)
		recipient.await(`[data-testid=item]`)
		if got := recipient.text(`[data-testid=title]`); got != title {
			t.Errorf("%s sees %q, want %q", who, got, title)
		}
		if n := recipient.count(`[data-testid=totp-code]`); n != 0 {
			t.Errorf("%s sees %d one-time codes, want none", who, n)
		}
		if left := eval[string](recipient, `location.href`); strings.Contains(left, "#") {
			t.Error("the secret stays in the address bar")
		}
		recipient.visit(l.String())
		recipient.awaitState("item") // the same view in the same tab
		again := newPage(t, s, phone)
		again.openAs(l, who)
		again.awaitState("viewed")
		again.clean()
		recipient.clean()
	}

	sharer.visit("/shares")
	sharer.awaitText(title)
	sharer.visit(c.shares("")[0])
	for _, want := range []string{"ann@client.example", "partner.example", "bob@partner.example"} {
		sharer.awaitText(want)
	}
	if n := sharer.count(`[data-testid=view] time[datetime]`); n != 2 {
		t.Errorf("the share's page tells the time of %d views, want 2", n)
	}
	sharer.clean()
}

// findByKeyboard searches for an item with the keyboard only.
func (p *page) findByKeyboard(title, item string) {
	p.t.Helper()
	p.visit("/items")
	p.press("/")
	p.press(title)
	p.awaitTrue(
		"the address to hold the search",
		`new URLSearchParams(location.search).get("q") !== null`,
	)
	p.await(fmt.Sprintf(`a[href$=%q]`, item))
	p.click(fmt.Sprintf(`a[href$=%q]`, item))
	p.awaitPath(item)
	p.awaitText(title)
}

// TestPastedRecipientsBecomeChips pastes what mail programs copy. The chips show the recipients,
// and removing one leaves the others unchanged.
func TestPastedRecipientsBecomeChips(t *testing.T) {
	s := start(t)
	item := signedIn(t, s, admin).anItem()
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.visit(item + "/share")
	p.choose(`[name=access][value=recipients]`)
	chips := func() string {
		return eval[string](p, `[...document.querySelectorAll("#chips [data-text]")].map((c) => c.dataset.text).join()`)
	}
	p.fill(`[data-testid=recipients]`, "Jane Doe <jane@corp.example>；Max <max@corp.example>、")
	p.await(`[data-recipient="max@corp.example"]`)
	p.retype(`[data-testid=recipients]`, "Doe, Kai <kai@corp.example")
	if got := chips(); got != "jane@corp.example,max@corp.example" {
		t.Errorf("while a name is typed the chips are %s", got)
	}
	p.press(">" + kb.Enter)
	p.await(`[data-recipient="kai@corp.example"]`)
	p.paste("ann@corp.example\nbob\r\n*@corp.example\n")
	p.await(`[data-error=recipient_invalid][data-text="*@corp.example"]`)
	p.click(`[data-text="bob"] [data-remove]`)
	p.awaitTrue("bob is gone", `!document.querySelector('[data-text="bob"]')`)
	p.awaitText("Enter “corp.example” for everyone at that domain.")
	p.click(`[data-text="*@corp.example"] [data-remove]`)
	p.awaitTrue("no problem", `!document.querySelector("#chips [data-error]")`)
	const want = "jane@corp.example,max@corp.example,kai@corp.example,ann@corp.example"
	if got := chips(); got != want {
		t.Errorf("the chips are %s", got)
	}
	p.click(submitShare)
	p.await(`input#share-link`)
	p.clean()
}

// TestAClickStraightAfterTyping presses the button while the last address is still being typed:
// the new chip must not move the button away from the pointer.
func TestAClickStraightAfterTyping(t *testing.T) {
	s := start(t)
	item := signedIn(t, s, admin).anItem()
	p := newPage(t, s, phone)
	p.signIn(admin)
	p.visit(item + "/share")
	p.choose(`[name=access][value=recipients]`)
	p.fill(
		`[data-testid=recipients]`,
		"a.rather.long.address@client.example, another.long.address@partner.example",
	)
	p.click(submitShare)
	p.await(`input#share-link`)
	p.clean()
}

func TestRevokeInTheBrowser(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	l := c.share(c.anItem(), nil)

	sharer := newPage(t, s, desktop)
	sharer.signIn(admin)
	sharer.visit(c.shares("")[0])
	sharer.revoke()

	recipient := newPage(t, s, phone)
	recipient.visit(l.String())
	recipient.awaitState("revoked")
	recipient.clean()
	sharer.clean()
}

// revoke revokes the share whose page is open.
func (p *page) revoke() {
	p.t.Helper()
	p.click(`[data-testid=revoke-ask] summary`)
	p.click(`[data-testid=revoke]`)
	p.await(`[data-testid=state][data-state=revoked]`)
}

// TestPolicyForbidsAtTheField tightens the policy in the browser; the share form then shows each
// limit before it is exceeded.
func TestPolicyForbidsAtTheField(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	live := c.share(item, url.Values{"expire_after": {"ThirtyDays"}})

	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.visit("/admin/policy")
	p.pick("max_expiry", "OneDay")
	p.pick("default_expiry", "OneHour")
	if eval[bool](p, `document.querySelector("[name=allowed_types][value=Public]").checked`) {
		p.click(`[name=allowed_types][value=Public]`)
	}
	p.fill(`[name=allowed_domains]`, "client.example")
	p.click(`[data-testid=preview]`)
	p.await(`[data-affected]`)
	p.click(`[data-testid=save]`)
	p.awaitGone(`[data-affected]`)
	p.clean()

	p.visit(item + "/share")
	for _, css := range []string{
		`[name=access][value=anyone]`,
		`[name=expire_after][value=SevenDays]`,
		`[name=expire_after][value=ThirtyDays]`,
	} {
		if !eval[bool](p, `!!document.querySelector('`+css+`')?.disabled`) {
			t.Errorf("%s can be chosen though the policy forbids it", css)
		}
	}
	p.fill(`[data-testid=recipients]`, "zoe@other.example")
	p.press(kb.Tab)
	p.await(`[data-error=policy_domain]`)
	p.clean()
	if a := live.peek(); a.status != 200 {
		t.Errorf("a link that was kept: %v", a)
	}
}

// TestSharingWithoutScripts runs the sharer's side with scripts disabled: every step is a page.
func TestSharingWithoutScripts(t *testing.T) {
	s := start(t)
	item, title := signedIn(t, s, admin).itemWithOneTimePassword()

	p := newPage(t, s, phone, withoutScripts)
	p.visit(item + "/share")
	p.awaitPath("/signin")
	p.fill(`[name=email]`, admin)
	p.fill(`[name=password]`, "wrong")
	p.press(kb.Enter)
	p.await(`[data-error=signin_failed]`)
	p.fill(`[name=email]`, admin)
	p.fill(`[name=password]`, password)
	p.press(kb.Enter)
	p.awaitPath(item + "/share")

	p.visit("/items")
	p.fill(`[name=q]`, title)
	p.press(kb.Enter)
	p.awaitTrue("the search in the address", `location.search.includes("q=")`)
	p.click(fmt.Sprintf(`a[href$=%q]`, item))
	p.awaitPath(item)
	p.click(fmt.Sprintf(`a[href$=%q]`, item+"/share"))
	p.fillShareForm()
	p.fill(`[data-testid=recipients]`, "ann@, partner.example")
	p.click(submitShare)
	p.await(`[data-error=recipient_invalid]`)
	if got := p.value(`[data-testid=recipients]`); !strings.Contains(got, "partner.example") {
		t.Errorf("after a refusal the recipients are %q: what was typed is lost", got)
	}
	p.fillShareForm()
	p.click(submitShare)
	p.await(`input#share-link`)
	l := parseLink(t, p.value(`input#share-link`))
	if a := l.peek(); !a.CodeRequired || a.MaxViews != 1 || a.ExpiresAt-a.CreatedAt != 86400 {
		t.Errorf("the link's terms are %+v, want those of the form", a)
	}

	p.visit("/shares")
	p.click(`a[href*="/shares/"]`)
	p.revoke()
	if a := l.peek(); a.Code != "revoked" {
		t.Errorf("after the revocation: %v", a)
	}
	p.clean()
}

// submitShare is the button that creates the link.
const submitShare = `#share-form [data-testid=make-link]`
