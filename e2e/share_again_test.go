package e2e

import (
	"net/url"
	"testing"
)

// TestShareAgainUnderAStricterPolicy shares again what the policy no longer allows as it was: the
// form says what differs, and what it promises is what is created.
func TestShareAgainUnderAStricterPolicy(t *testing.T) {
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			s := start(t)
			c := signedIn(t, s, admin)
			item, _ := c.itemWithOneTimePassword()
			c.share(item, url.Values{
				"access": {"recipients"}, "recipients": {"ann@client.example, zoe@other.example"},
				"expire_after": {"ThirtyDays"},
			})
			earlier := c.shares("")[0]
			c.tighten()
			p := newPage(t, s, window)
			p.signIn(admin)
			p.visit(earlier)
			p.click(`[data-testid=again]`)
			p.await(`[data-testid=again-changes]`)
			p.awaitText("30 days is now 7 days at most.")
			p.awaitText("Not allowed any more: zoe@other.example.")
			p.awaitText("Unlimited views is now one view per person.")
			p.awaitSummary("One person can view this until", "one view per person")
			p.staysWithin(window.width)
			p.click(submitShare)
			p.await(`input#share-link`)
			a := parseLink(t, p.value(`input#share-link`)).peek()
			if a.MaxViews != 1 || a.ExpiresAt-a.CreatedAt != 7*86400 {
				t.Errorf("the link's terms are %+v", a)
			}
			p.clean()
		})
	}
}

// tighten saves a policy of seven days, one view and one domain, and keeps the links that break it.
func (c *client) tighten() {
	c.t.Helper()
	a := c.post("/admin/policy", url.Values{
		"max_expiry": {"SevenDays"}, "default_expiry": {"OneDay"}, "max_views": {"1"},
		"allowed_types": {"Authenticated", "Public"}, "allowed_recipient_types": {"Email", "Domain"},
		"allowed_domains": {"client.example"}, "files_allowed": {"on"}, "affected": {"keep"},
	})
	if a.status != 303 {
		c.t.Fatalf("the policy: %v", a)
	}
}
