package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp/kb"
)

// pageState is one page in one state, and the function that brings a tab there.
type pageState struct {
	name      string
	goTo      func(*page)
	noPicture bool // looks like another state
}

func at(address string) func(*page) { return func(p *page) { p.visit(address) } }

// TestPages visits every page and state in two windows and two color schemes: axe finds no
// violation, the security policy holds, no script fails and nothing scrolls sideways. With
// -screenshots it saves a picture of each.
func TestPages(t *testing.T) {
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, withWebhooks)
			w := &pageWalk{t: t, server: s, window: window, client: signedIn(t, s, admin)}
			w.run("nobody", signedOutPages(w))
			w.run(admin, sharerPages(w))
			w.run(admin, adminPages(w))
			w.run(admin, webhookPages(w))
			w.run(admin, importPages(w))
			w.run(admin, groupPages())
			w.run(admin, peoplePages())
			w.run(member, memberPages(w))
		})
	}
}

// pageWalk visits page states in one window size.
type pageWalk struct {
	t      *testing.T
	server *server
	window size
	client *client // an admin's, to set the scene
}

// run visits the states in one tab, signed in as who unless that is "nobody".
func (w *pageWalk) run(who string, states []pageState) {
	w.t.Helper()
	p := newPage(w.t, w.server, w.window)
	if who != "nobody" {
		p.signIn(who)
	}
	for _, state := range states {
		w.t.Run(state.name, func(t *testing.T) {
			p.t = t
			state.goTo(p)
			w.inspect(t, p, state)
		})
	}
	p.t = w.t
}

// inspect checks the page in both color schemes and at the edges of its widths.
func (w *pageWalk) inspect(t *testing.T, p *page, state pageState) {
	t.Helper()
	p.clean()
	for scheme, check := range axeSchemes {
		p.scheme(scheme)
		check(t, p)
		if !state.noPicture {
			p.picture(fmt.Sprintf("%s-%d-%s", state.name, w.window.width, scheme))
		}
	}
	for _, width := range []int64{320, 1600} {
		if w.window.phone == (width == 320) {
			p.resize(size{width: width, height: w.window.height, phone: w.window.phone})
			p.staysWithin(width)
		}
	}
	p.resize(w.window)
	p.staysWithin(w.window.width)
}

// staysWithin fails the test where the page is wider than the window.
func (p *page) staysWithin(width int64) {
	p.t.Helper()
	if wide := eval[int64](p, `document.documentElement.scrollWidth`); wide > width {
		widest := eval[string](
			p,
			fmt.Sprintf(
				`[...document.querySelectorAll("body *")]
					.filter(e => e.getBoundingClientRect().right > %d)
					.map(e => e.outerHTML.slice(0, 120)).slice(0, 3).join("\n")`,
				width,
			),
		)
		p.t.Errorf("at %d px the page is %d px wide:\n%s", width, wide, widest)
	}
}

func signedOutPages(w *pageWalk) []pageState {
	share, _ := w.client.itemWithOneTimePassword()
	share += "/share"
	return []pageState{
		{name: "signin", goTo: at("/signin")},
		{name: "signin-failed", goTo: func(p *page) {
			p.visit("/signin")
			p.fill(`[name=email]`, admin)
			p.fill(`[name=password]`, "wrong")
			p.click(`[data-testid=signin] button`)
			p.await(`[data-error=signin_failed]`)
		}},
		{name: "signin-too-often", goTo: func(p *page) {
			for range 6 {
				newClient(p.t, w.server).signIn("too-often@example.com", "wrong", "")
			}
			p.visit("/signin")
			p.fill(`[name=email]`, "too-often@example.com")
			p.fill(`[name=password]`, "wrong")
			p.click(`[data-testid=signin] button`)
			p.await(`[data-error=too_many_attempts]`)
		}},
		{name: "join", goTo: at("/join")},
		{name: "join-wrong", goTo: func(p *page) {
			p.visit("/join")
			p.fill(`[name=code]`, "ABCD-EFGH-JKLM-NPQR")
			p.fill(`[name=password]`, password)
			p.click(`[data-testid=join] button`)
			p.await(`[data-error=code_invalid]`)
		}},
		{name: "outbox-empty", goTo: at("/demo/outbox")},
		{name: "not-found-signed-out", goTo: at("/nowhere")},
		{name: "signin-session-ended", goTo: func(p *page) {
			p.signIn(admin)
			w.client.post("/account/sessions/end", nil)
			p.visit("/shares")
			p.await(`[data-testid=session-ended]`)
			p.await(`[name=password]:focus`)
		}},
		{name: "signin-again", goTo: func(p *page) {
			p.signIn(admin)
			p.visit(share)
			p.forgetSession()
			p.click(submitShare)
			p.await(`[data-testid=typed-kept]`)
		}},
		{name: "form-back", goTo: func(p *page) {
			p.signInAgain(admin)
			p.await(`[data-testid=typed-back]`)
		}},
		{name: "form-gone", goTo: func(p *page) {
			p.forgetSession()
			p.click(submitShare)
			p.signInAgain(member)
			p.await(`[data-testid=form-gone]`)
		}},
	}
}

func sharerPages(w *pageWalk) []pageState {
	oneTimePasswordItem, _ := w.client.itemWithOneTimePassword()
	share := oneTimePasswordItem + "/share"
	states := []pageState{
		{name: "items", goTo: at("/items")},
		{name: "items-none-found", goTo: at("/items?q=nothing+has+this+name")},
		{name: "item-revealed", goTo: func(p *page) {
			p.visit(oneTimePasswordItem)
			p.click(`[data-testid=reveal]`)
			p.await(`[data-secret]`)
		}},
		{name: "share-form", goTo: at(share)},
		{name: "new-share", goTo: at("/share")},
		{name: "new-share-terms", goTo: func(p *page) {
			p.visit("/share")
			p.click(`[data-testid=terms] > summary`)
			p.choose(`[name=access][value=recipients]`)
			p.await(`[data-pending]`)
		}},
		{name: "new-share-refused", goTo: func(p *page) {
			p.visit("/share")
			p.click(submitShare)
			p.await(`[data-error=invalid]`)
		}},
		{name: "item-file-delete", goTo: func(p *page) {
			p.visit(oneTimePasswordItem)
			p.give("drop", "dropped.txt", "dropped")
			p.await(`[data-testid=delete-file]`)
			p.click(`[data-testid=delete-file] summary`)
			p.await(`dialog[open] [data-testid=delete]`)
		}},
		{name: "share-recipients", goTo: func(p *page) {
			p.visit(share)
			p.choose(`[name=access][value=recipients]`)
			p.fill(
				`[data-testid=recipients]`,
				"ann@client.example, partner.example, wrong@, gmail.com",
			)
			p.press(kb.Tab)
			p.await(`[data-recipient][data-kind=domain]`)
			p.await(`[data-error=recipient_invalid]`)
		}},
		{name: "share-recipients-meant", goTo: func(p *page) {
			p.visit(share)
			p.choose(`[name=access][value=recipients]`)
			p.fill(recipientsField, "ann@gmial.com jane@bücher.example"+kb.Enter)
			p.await(`[data-testid=recipients-meant]`)
		}},
		{name: "share-recipients-many", goTo: func(p *page) {
			p.visit(share)
			p.choose(`[name=access][value=recipients]`)
			p.paste(people(52))
			p.await(`[data-error=too_many_recipients]`)
		}},
		{name: "share-refused", goTo: func(p *page) {
			p.visit(share)
			p.choose(`[name=access][value=recipients]`)
			p.click(submitShare)
			p.await(`[data-error=recipient_missing]`)
		}},
		{name: "share-preview", goTo: func(p *page) { p.openPreview(oneTimePasswordItem) }},
		{name: "share-preview-page", goTo: func(p *page) {
			p.visit(share)
			eval[bool](p, `(() => {
				const button = document.querySelector("[data-testid=preview]");
				const form = button.form;
				form.target = "";
				form.action = button.formAction;
				HTMLFormElement.prototype.submit.call(form);
				return true;
			})()`)
			p.awaitPath(share + "/preview")
			p.await(`[data-testid=recipient-preview]`)
		}},
		{name: "share-link", goTo: func(p *page) {
			p.visit(share)
			p.fillShareForm()
			p.click(submitShare)
			p.await(`input#share-link`)
		}},
		{name: "share-sent-twice", goTo: func(p *page) { p.sendTwice(share) }},
		{name: "item-with-links", goTo: at(oneTimePasswordItem)},
		{name: "items-live", goTo: at("/items")},
	}
	if w.window.phone {
		states = append(states, pageState{name: "menu", goTo: func(p *page) {
			p.visit("/items")
			p.click(`[data-testid=menu]`)
			p.await(`[data-testid=signout]`)
		}})
	}
	states = append(states, editorPages()...)
	return append(states, w.itemPages()...)
}

// sendTwice sends a share form that was used before.
func (p *page) sendTwice(share string) {
	p.t.Helper()
	p.visit(share)
	token := p.value(`#share-form [name=token]`)
	p.click(submitShare)
	p.await(`input#share-link`)
	p.visit(share)
	eval[string](p, element(`#share-form [name=token]`)+".value = "+quote(token))
	p.click(submitShare)
	p.await(`[data-error=already_created]`)
}

var categoryOption = regexp.MustCompile(`<option value="([A-Za-z]+)"`)

// itemPages returns the first item of every category, and the items whose texts are hard to show.
func (w *pageWalk) itemPages() []pageState {
	var states []pageState
	for _, category := range categoryOption.FindAllStringSubmatch(w.client.get("/items").body, -1) {
		found := distinct(itemPath.FindAllString(w.client.get("/items?category="+category[1]).body, -1))
		if found = slices.DeleteFunc(found, isNewItem); len(found) > 0 {
			states = append(
				states,
				pageState{
					name:      "item-" + strings.ToLower(category[1]),
					goTo:      at(found[0]),
					noPicture: category[1] != "Login",
				},
			)
		}
	}
	if len(states) < 15 {
		w.t.Errorf("the demo shows %d categories, want every one", len(states))
	}
	for name, text := range map[string]string{"long": "averyvery", "hostile": "not bold"} {
		states = append(states, pageState{name: "item-" + name, goTo: at(w.client.items(text)[0])})
	}
	return states
}

func adminPages(w *pageWalk) []pageState {
	item := w.client.anItem()
	named := w.client.share(
		item,
		url.Values{"access": {"recipients"}, "recipients": {"ann@client.example, partner.example"}},
	)
	used := w.client.share(item, url.Values{"one_time": {"on"}})
	used.item(nil)
	w.client.share(item, nil)
	w.client.post(w.client.shares("")[0]+"/revoke", url.Values{})
	named.call("code", with{"email": "ann@client.example"})
	named.item(
		with{"email": "ann@client.example", "code": w.server.mailedCode("ann@client.example")},
	)
	var endRevoking func()
	states := []pageState{
		{name: "history", goTo: at("/shares")},
		{name: "admin", goTo: at("/admin")},
		{name: "admin-rotate", goTo: at("/admin/rotate")},
		{name: "history-filters", goTo: at("/shares?with=ann@client.example&created=7days")},
		{name: "history-none-found", goTo: at("/shares?q=nothing+has+this+name")},
		{name: "policy", goTo: at("/admin/policy")},
		{name: "policy-refused", goTo: func(p *page) {
			p.visit("/admin/policy")
			p.pick("max_expiry", "OneHour")
			p.click(`[data-testid=preview]`)
			p.await(`[data-testid=problem-default_expiry]`)
		}},
		{name: "policy-revoking", goTo: func(p *page) {
			endRevoking = w.server.revokeSlowly()
			p.visit("/admin/policy")
			p.await(`[data-revocation=running]`)
		}},
		{name: "policy-revoked", goTo: func(p *page) {
			endRevoking()
			p.visit("/admin/policy")
			p.await(`[data-revocation=done]`)
		}},
		{name: "policy-preview", goTo: func(p *page) {
			p.visit("/admin/policy")
			p.pick("max_expiry", "OneHour")
			p.pick("default_expiry", "OneHour")
			p.click(`[data-testid=preview]`)
			p.await(`[data-affected]`)
		}},
		{name: "policy-of-a-vault", goTo: func(p *page) {
			p.visit("/admin/policy")
			p.click(`[data-testid=vault-rules] a`)
			p.await(`[data-testid=policy-form]`)
		}},
		{name: "policy-same-as-account", goTo: func(p *page) {
			p.visit("/admin/policy")
			p.click(`[data-testid=vault-rules] a`)
			p.fill(`[name=max_views]`, "2")
			p.click(`[data-testid=preview]`)
			p.click(`[data-testid=save]`)
			p.await(`[data-testid=flash]`)
			p.await(`[data-testid=same]`)
			eval[bool](p, `(`+element(`[data-testid=same]`)+`.scrollIntoView({block: "end"}), true)`)
		}},
		{name: "policy-same-preview", goTo: func(p *page) {
			p.click(`[data-testid=same]`)
			p.await(`[data-testid=compared] [data-changed]`)
			p.awaitGone(`[data-testid=flash]`)
		}},
		{name: "policy-same-saved", noPicture: true, goTo: func(p *page) {
			p.click(`[data-testid=save]`)
			p.awaitGone(`[data-testid=same]`)
		}},
		{name: "users", goTo: at("/admin/users")},
		{name: "vaults", goTo: at("/admin/vaults")},
		{name: "service-accounts-none", goTo: at("/admin/service-accounts")},
		{name: "service-accounts-refused", goTo: func(p *page) {
			p.visit("/admin/service-accounts")
			p.click(`[data-testid=add]`)
			p.await(`[data-testid=problem-vaults]`)
		}},
		{name: "service-token", goTo: func(p *page) {
			p.visit("/admin/service-accounts")
			p.fill(`[name=name]`, "Deploys of the shop")
			p.choose(`[name=vaults]`)
			p.click(`[data-testid=add]`)
			p.await(`input#service-token`)
		}},
		{name: "service-accounts", goTo: func(p *page) {
			p.visit("/admin/service-accounts")
			p.click(`[data-testid=revoke-ask] summary`)
			p.await(`[data-testid=revoke]`)
		}},
		{name: "service-accounts-revoked", goTo: func(p *page) {
			p.visit("/admin/service-accounts")
			p.click(`[data-testid=revoke-ask] summary`)
			p.click(`[data-testid=revoke]`)
			p.await(`[data-state=revoked]`)
		}},
		{name: "service-accounts-people", goTo: func(p *page) {
			p.visit("/admin/service-accounts")
			p.choose(`[name=manage_people]`)
		}},
		{name: "service-token-people", goTo: func(p *page) {
			p.visit("/admin/service-accounts")
			p.fill(`[name=name]`, "Onboarding")
			p.choose(`[name=manage_people]`)
			p.click(`[data-testid=add]`)
			p.await(`input#service-token`)
		}},
		{name: "mail", goTo: at("/admin/mail")},
		{name: "mail-refused", goTo: func(p *page) {
			p.visit("/admin/mail")
			p.fill(`[name=to]`, "nobody")
			p.click(`[data-testid=mail-test]`)
			p.await(`[data-testid=problem-to]`)
		}},
		{name: "mail-sent", goTo: func(p *page) {
			p.visit("/admin/mail")
			p.fill(`[name=to]`, "ann@client.example")
			p.click(`[data-testid=mail-test]`)
			p.await(`[data-testid=mail-sent]`)
		}},
		{name: "audit", goTo: at("/admin/audit")},
		{name: "audit-verify", goTo: func(p *page) {
			p.visit("/admin/audit")
			p.await(`[data-testid=chain-proof]`)
			p.click(`[data-testid=chain-proof] summary`)
			p.await(`[data-testid=verify]`)
		}},
		{name: "audit-none", goTo: at("/admin/audit?q=nobody@x.example")},
		{name: "vaults-all", goTo: at("/vaults")},
		{name: "not-found", goTo: at("/vaults/nowhere/items/nothing")},
		{name: "outbox", goTo: at("/demo/outbox")},
		{name: "share-revoke", goTo: func(p *page) {
			p.visit(w.client.shares("status=active")[0])
			p.click(`[data-testid=revoke-ask] summary`)
			p.await(`[data-testid=revoke]`)
		}},
		{name: "share-again", goTo: func(p *page) {
			p.visit(w.client.shares("status=active")[0])
			p.click(`[data-testid=again]`)
			p.await(`[data-testid=share-again]`)
		}},
	}
	for _, status := range []string{"active", "viewed", "revoked"} {
		shares := w.client.shares("status=" + status)
		if len(shares) == 0 {
			w.t.Errorf("no share is %s", status)
			continue
		}
		states = append(
			states,
			pageState{name: "history-" + status, goTo: at("/shares?status=" + status)},
			pageState{name: "share-" + status, goTo: at(shares[0])},
		)
	}
	states = append(states, pageState{name: "share-again-changed", goTo: func(p *page) {
		w.client.tighten()
		p.visit(w.client.shares("with=ann@client.example")[0])
		p.click(`[data-testid=again]`)
		p.await(`[data-testid=again-changes]`)
	}})
	return states
}

func memberPages(w *pageWalk) []pageState {
	c := signedIn(w.t, w.server, member)
	states := append(
		[]pageState{{name: "forbidden", goTo: at("/admin/policy")}}, accountPages(w)...,
	)
	for _, item := range c.items("") {
		if c.get(item+"/share").status == http.StatusForbidden {
			return append(
				states,
				pageState{name: "item-read-only", goTo: at(item)},
				pageState{name: "share-forbidden", goTo: at(item + "/share")},
				pageState{name: "share-unseen", goTo: func(p *page) {
					w.letShareUnseen("Read only")
					p.visit(item + "/share")
					p.await(`[data-testid=unseen]`)
				}},
				pageState{name: "share-unseen-member", goTo: func(p *page) {
					w.letShareUnseen("Read only")
					w.client.setPolicy(url.Values{ // earlier pages have narrowed it to one domain
						"max_expiry": {"ThirtyDays"}, "default_expiry": {"SevenDays"},
						"allowed_types":           {"Authenticated", "Public"},
						"allowed_recipient_types": {"Email", "Domain"}, "files_allowed": {"on"},
					})
					p.visit(item + "/share")
					p.fill(recipientsField, admin+", zoe@client.example")
					p.click(submitShare)
					p.await(`[data-error=recipient_member]`)
				}},
				pageState{name: "shared-unseen", goTo: func(p *page) {
					w.letShareUnseen("Read only")
					p.visit(item + "/share")
					p.fill(recipientsField, "zoe@client.example")
					p.click(submitShare)
					p.await(`[data-testid=shared] [data-testid=unseen]`)
				}},
			)
		}
	}
	w.t.Error("the member may share every item that they see")
	return states
}

// letShareUnseen lets the member share from a vault, but not reveal.
func (w *pageWalk) letShareUnseen(vault string) {
	w.t.Helper()
	out, code := w.server.command("", "vault", "grant", "--vault", vault, "--email", member, "--share",
		"--no-reveal")
	if code != 0 {
		w.t.Fatalf("vault grant: %s", out)
	}
}

// budget is the limit of the first load of a page.
type budget struct {
	bytes    float64
	requests int
}

// TestFirstLoad loads each page with an empty cache and counts the bytes sent, headers included.
func TestFirstLoad(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	l := c.share(item, nil)
	// Without a link the recipient's page asks nothing of the server: document, style sheet and
	// script.
	pages := map[string]budget{s.url + "/s": {12.5 * 1024, 3}, l.String(): {13.5 * 1024, 4}}
	for _, path := range []string{
		"/signin", "/items", item, item + "/share", "/shares", c.shares("")[0], "/admin/policy",
		"/admin/users", "/admin/users/invite", "/admin/groups", "/admin/vaults",
		"/admin/service-accounts", "/admin/mail",
		"/admin/webhooks",
		"/admin/audit", "/admin", "/admin/rotate", "/vaults", "/account", "/share", "/import",
		"/export",
	} {
		pages[s.url+path] = budget{45 * 1024, 4}
	}
	pages[s.url+"/api/v1/docs"] = budget{54 * 1024, 4}
	// With concealed values in it, it isn't compressed. It has a script of its own.
	pages[s.url+item+"/edit"] = budget{67 * 1024, 5}
	for _, address := range slices.Sorted(maps.Keys(pages)) {
		path, _, _ := strings.Cut(strings.TrimPrefix(address, s.url), "#")
		t.Run(strings.ReplaceAll(path, "/", "_"), func(t *testing.T) {
			p := newPage(t, s, desktop)
			if path != "/signin" && path != "/s" {
				p.signIn(admin)
			}
			bytes, requests := p.weigh(address)
			t.Logf("%s: %.1f KB in %d requests: %v", path, bytes/1024, len(requests), requests)
			if want := pages[address]; bytes > want.bytes || len(requests) > want.requests {
				t.Errorf("want at most %.0f KB in %d requests", want.bytes/1024, want.requests)
			}
		})
	}
}

// weigh loads an address with an empty cache.
func (p *page) weigh(address string) (bytes float64, requests []string) {
	p.t.Helper()
	call(p, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	p.visit("about:blank")
	p.mu.Lock()
	p.traffic = traffic{}
	p.mu.Unlock()
	p.visit(address)
	p.awaitQuiet()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.traffic.bytes, p.traffic.requests
}
