package e2e

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestAuditLog searches the log by address and by date, follows an event to what it is about, and has
// the whole log verified.
func TestAuditLog(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	c.share(
		c.anItem(), url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}},
	)
	for range 3 {
		newClient(t, s).post("/signin", url.Values{"email": {member}, "password": {"wrong"}})
	}
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			p := newPage(t, s, window)
			p.signIn(admin)
			p.visit("/admin/audit")
			p.awaitText("3 × Sign-in failed")
			p.click(`[data-testid=occurrences] summary`)
			p.staysWithin(window.width)
			p.picture("audit-groups-" + window.name)
			p.fill(`[data-testid=search]`, "ann@client.example")
			p.awaitTrue("the address to hold the search",
				`new URLSearchParams(location.search).get("q") === "ann@client.example"`)
			p.awaitTrue("the events about the recipient", `[...document.querySelectorAll(
				"[data-testid=event]")].every(e => e.dataset.kind.startsWith("share."))`)
			if csv := eval[string](p, element(`[data-testid=csv]`)+".href"); !strings.Contains(csv, "q=ann") {
				t.Errorf("the download is not of the list: %s", csv)
			}
			p.awaitSettled()
			p.picture("audit-searched-" + window.name)
			p.set("from", time.Now().UTC().AddDate(0, 0, 2).Format(time.DateOnly))
			p.await(`[data-testid=empty]`)
			p.visit("/admin/audit?kind=share.created")
			p.click(`[data-testid=subject]`)
			p.await(`[data-testid=timeline]`)
			p.visit("/admin/audit")
			p.awaitText("Audit log verified")
			p.click(`[data-testid=chain-proof] summary`)
			before := p.text(`[data-testid=chain-whole]`)
			p.picture("audit-verify-" + window.name)
			p.click(`[data-testid=verify]`)
			p.awaitTrue("the whole log to be verified", `(e => e && e.querySelector("time") !== null &&
				document.querySelector("[data-testid=chain-running]") === null)(`+
				element(`[data-testid=chain-whole]`)+`)`)
			if before == "" {
				t.Error("the page does not say when every event was checked")
			}
			p.clean()
		})
	}
}
