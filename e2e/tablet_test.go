package e2e

import (
	"net/url"
	"testing"
)

// TestListsFitTablets asserts that no list scrolls sideways between a phone's width and a desktop's,
// with the navigation beside it or without.
func TestListsFitTablets(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	c.share(item, nil)
	c.share(item, url.Values{
		"access": {"recipients"}, "recipients": {"ann@client.example, partner.example"}, "one_time": {"on"},
	})
	p := newPage(t, s, desktop)
	p.signIn(admin)
	for _, path := range []string{
		"/items", "/shares", "/admin", "/admin/users", "/admin/vaults", "/admin/audit", "/admin/service-accounts",
	} {
		p.visit(path)
		for _, width := range []int64{720, 768, 900, 1024, 1100, 1200} {
			p.resize(size{width: width, height: desktop.height})
			p.staysWithin(width)
		}
	}
}
