package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
)

// stop is one page in one state, and the way to it.
type stop struct {
	name string
	goTo func(*page)
}

func at(address string) func(*page) { return func(p *page) { p.visit(address) } }

// TestPages walks through every page and state in two windows and two colour schemes: axe finds nothing, the security policy
// holds, no script fails, nothing scrolls sideways. With -screenshots it takes a picture of each.
func TestPages(t *testing.T) {
	if *screenshots != "" {
		if err := os.MkdirAll(*screenshots, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			w := &walk{t: t, server: s, window: window, client: signedIn(t, s, admin)}
			w.run("nobody", nobodysStops(w))
			w.run(admin, sharersStops(w))
			w.run(admin, adminsStops(w))
			w.run(member, membersStops(w))
			w.run("nobody", recipientsStops(w))
		})
	}
}

type walk struct {
	t      *testing.T
	server *server
	window size
	client *client // an admin's, to set the scene
}

// run visits the stops in one tab, signed in as somebody or as nobody.
func (w *walk) run(who string, stops []stop) {
	w.t.Helper()
	p := newPage(w.t, w.server, w.window)
	if who != "nobody" {
		p.signIn(who)
	}
	for _, stop := range stops {
		w.t.Run(stop.name, func(t *testing.T) {
			p.t = t
			stop.goTo(p)
			w.inspect(t, p, stop.name)
		})
	}
	p.t = w.t
}

func (w *walk) inspect(t *testing.T, p *page, name string) {
	t.Helper()
	p.clean()
	for _, scheme := range []string{"light", "dark"} {
		p.scheme(scheme)
		axe(t, p)
		p.picture(fmt.Sprintf("%s-%d-%s", name, w.window.width, scheme))
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
		widest := eval[string](p, fmt.Sprintf(`[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > %d).map(e => e.outerHTML.slice(0, 120)).slice(0, 3).join("\n")`, width))
		p.t.Errorf("at %d px the page is %d px wide:\n%s", width, wide, widest)
	}
}

func nobodysStops(*walk) []stop {
	return []stop{
		{"signin", at("/signin")},
		{"signin-failed", func(p *page) {
			p.visit("/signin")
			p.fill(`[name=email]`, admin)
			p.fill(`[name=password]`, "wrong")
			p.click(`[data-testid=signin] button`)
			p.await(`[data-error=signin_failed]`)
		}},
		{"outbox-empty", at("/demo/outbox")},
		{"not-found-signed-out", at("/nowhere")},
	}
}

func sharersStops(w *walk) []stop {
	withSeed, _ := w.client.withSeed()
	stops := []stop{
		{"items", at("/items")},
		{"items-none-found", at("/items?q=nothing+has+this+name")},
		{"share-form", at(withSeed + "/share")},
		{"share-recipients", func(p *page) {
			p.visit(withSeed + "/share")
			p.choose(`[name=access][value=recipients]`)
			p.fill(`[data-testid=recipients]`, "ann@client.example, partner.example, wrong@, gmail.com")
			p.press("\t")
			p.await(`[data-recipient][data-kind=domain]`)
			p.await(`[data-error=recipient_invalid]`)
		}},
		{"share-refused", func(p *page) {
			p.visit(withSeed + "/share")
			p.choose(`[name=access][value=recipients]`)
			p.click(submitShare)
			p.await(`[data-error=recipient_missing]`)
		}},
		{"share-link", func(p *page) {
			p.visit(withSeed + "/share")
			p.fillShareForm()
			p.click(submitShare)
			p.await(`input#share-link`)
		}},
		{"item-with-links", at(withSeed)},
	}
	for i, item := range w.client.items("") {
		stops = append(stops, stop{fmt.Sprintf("item-%02d", i), at(item)})
	}
	return stops
}

func adminsStops(w *walk) []stop {
	item := w.client.anItem()
	w.client.share(item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example, partner.example"}})
	used := w.client.share(item, url.Values{"one_time": {"on"}})
	used.item(nil)
	w.client.share(item, nil)
	w.client.post(w.client.shares("")[0]+"/revoke", url.Values{})
	stops := []stop{
		{"history", at("/shares")},
		{"history-none-found", at("/shares?q=nothing+has+this+name")},
		{"policy", at("/admin/policy")},
		{"policy-preview", func(p *page) {
			p.visit("/admin/policy")
			p.pick("max_expiry", "OneHour")
			p.pick("default_expiry", "OneHour")
			p.click(`[data-testid=preview]`)
			p.await(`[data-affected]`)
		}},
		{"users", at("/admin/users")},
		{"vaults", at("/admin/vaults")},
		{"audit", at("/admin/audit")},
		{"not-found", at("/vaults/nowhere/items/nothing")},
	}
	for _, status := range []string{"active", "viewed", "revoked"} {
		shares := w.client.shares("status=" + status)
		if len(shares) == 0 {
			w.t.Errorf("no share is %s", status)
			continue
		}
		stops = append(stops, stop{"history-" + status, at("/shares?status=" + status)}, stop{"share-" + status, at(shares[0])})
	}
	return stops
}

func membersStops(w *walk) []stop {
	c := signedIn(w.t, w.server, member)
	stops := []stop{{"forbidden", at("/admin/policy")}}
	for _, item := range c.items("") {
		if c.get(item+"/share").status == http.StatusForbidden {
			return append(stops, stop{"item-read-only", at(item)}, stop{"share-forbidden", at(item + "/share")})
		}
	}
	w.t.Error("the member may share every item that they see")
	return stops
}

func recipientsStops(w *walk) []stop {
	item, _ := w.client.withSeed()
	for _, path := range w.client.items("") {
		if strings.Contains(w.client.get(path+"/share").body, `name="files"`) {
			item = path
		}
	}
	open := w.client.share(item, url.Values{"totp": {"on"}, "files": {"on"}})
	named := w.client.share(item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}})
	used := w.client.share(item, url.Values{"one_time": {"on"}})
	used.item(nil)
	revoked := w.client.share(item, nil)
	w.client.post(w.client.shares("")[0]+"/revoke", url.Values{})
	return []stop{
		{"recipient-missing", func(p *page) { p.visit("/s"); p.awaitState("missing") }},
		{"recipient-cut-link", func(p *page) { p.visit("/s#abc"); p.awaitState("cut-link") }},
		{"recipient-ready", func(p *page) { p.visit(open.String()); p.awaitState("ready") }},
		{"recipient-item", func(p *page) {
			p.visit(open.String())
			p.click(`[data-testid=show]`)
			p.await(`[data-testid=item]`)
		}},
		{"recipient-address", func(p *page) { p.visit(named.String()); p.awaitState("address") }},
		{"recipient-code", func(p *page) { p.askForCode(named, "ann@client.example") }},
		{"recipient-viewed", func(p *page) { p.visit(used.String()); p.awaitState("viewed") }},
		{"recipient-revoked", func(p *page) { p.visit(revoked.String()); p.awaitState("revoked") }},
		{"outbox", at("/demo/outbox")},
	}
}

// budget is what the first load of a page may cost.
type budget struct {
	bytes    float64
	requests int
}

// TestFirstLoad loads each page with an empty cache and weighs what came over the wire, headers included.
func TestFirstLoad(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	l := c.share(item, nil)
	pages := map[string]budget{l.String(): {20 * 1024, 4}}
	for _, path := range []string{"/signin", "/items", item, item + "/share", "/shares", c.shares("")[0], "/admin/policy", "/admin/users", "/admin/vaults", "/admin/audit"} {
		pages[s.url+path] = budget{60 * 1024, 6}
	}
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
