package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
)

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
	pages := map[string]budget{s.url + "/s": {11.75 * 1024, 3}, l.String(): {12 * 1024, 4}}
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
	stranger, owner := newPage(t, s, desktop), newPage(t, s, desktop)
	owner.signIn(admin)
	for _, address := range slices.Sorted(maps.Keys(pages)) {
		path, _, _ := strings.Cut(strings.TrimPrefix(address, s.url), "#")
		t.Run(strings.ReplaceAll(path, "/", "_"), func(t *testing.T) {
			p := owner
			if path == "/signin" || path == "/s" {
				p = stranger
			}
			p.t = t
			bytes, requests := p.weigh(address)
			t.Logf("%s: %.2f KB in %d requests: %v", path, bytes/1024, len(requests), requests)
			if want := pages[address]; bytes > want.bytes || len(requests) > want.requests {
				t.Errorf("want at most %.2f KB in %d requests", want.bytes/1024, want.requests)
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
