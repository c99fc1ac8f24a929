package e2e

import (
	"database/sql"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// openDatabase opens the server's database beside it.
func (s *server) openDatabase() *sql.DB {
	s.t.Helper()
	address := "file:" + filepath.Join(s.data, "itemshare.db") + "?_busy_timeout=5000"
	database, err := sql.Open("sqlite3", address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { database.Close() })
	return database
}

// revokeSlowly stores an order to revoke links that another process works on and that does not end,
// and returns a function that ends it.
func (s *server) revokeSlowly() (end func()) {
	s.t.Helper()
	database := s.openDatabase()
	change := func(query string) {
		s.t.Helper()
		if _, err := database.Exec(query); err != nil {
			s.t.Fatal(err)
		}
	}
	change(
		`INSERT OR REPLACE INTO share_revocations (id, vault_id, rules, ordered_by, ordered_at, total, judged,
			judged_to, revoked, worker, leased_until)
		SELECT 'slow', '', '{}', id, unixepoch() - 60, 120000, 14100, 'x', 13757, 'elsewhere', 9999999999
		FROM users WHERE email = '` + admin + `'`,
	)
	return func() {
		change(
			`UPDATE share_revocations SET ended_at = 4000000000, outcome = 'done', judged = total,
			revoked = 103000 WHERE id = 'slow'`,
		)
	}
}

// TestPolicyFormInPlace changes a policy in the browser: a problem stands at its field, Back keeps
// what was typed, and the buttons say how many links are revoked.
func TestPolicyFormInPlace(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	for _, window := range []size{phone, desktop} {
		t.Run(window.name, func(t *testing.T) {
			c.setPolicy(openPolicy())
			live := []link{
				c.share(item, url.Values{"expire_after": {"ThirtyDays"}}),
				c.share(item, url.Values{"expire_after": {"FourteenDays"}}),
			}
			p := newPage(t, s, window)
			p.signIn(admin)
			p.visit("/admin/policy")
			p.stays()
			p.pick("max_expiry", "OneDay")
			p.fill(`[name=max_views]`, "7")
			p.click(`[data-testid=preview]`)
			p.await(`[data-testid=problem-default_expiry]`)
			p.awaitTrue(
				"the focus on the problem",
				`document.activeElement.id === "default_expiry"`,
			)
			if got := p.value(`[name=max_views]`); got != "7" {
				t.Errorf("after a problem %q is typed", got)
			}
			p.pick("default_expiry", "OneDay")
			p.click(`[data-testid=preview]`)
			p.await(`[data-affected]`)
			p.awaitTrue("the focus on the result", `document.activeElement.matches("#policy h1")`)
			if got := p.text(`[data-testid=save-revoke]`); got != "Save and revoke "+
				strconv.Itoa(p.count(`[data-affected]`))+" links" {
				t.Errorf("the button: %q", got)
			}
			if n := p.count(`[data-testid=compared] [data-changed]`); n < 3 {
				t.Errorf("%d limits differ, want at least 3", n)
			}
			p.click(`[data-testid=back]`)
			p.await(`[data-testid=policy-form]`)
			if got := p.value(`[name=max_views]`) + p.value(`[name=max_expiry]`); got != "7OneDay" {
				t.Errorf("after Back %q is typed", got)
			}
			p.stayed()
			p.click(`[data-testid=preview]`)
			p.await(`[data-testid=save-revoke]`)
			p.click(`[data-testid=save-revoke]`)
			p.await(`[data-testid=flash]`)
			p.await(`[data-revocation=done]`)
			for _, l := range live {
				if a := l.peek(); a.Code != "revoked" {
					t.Errorf("a link that broke the policy: %v", a)
				}
			}
			p.clean()
		})
	}
}

// TestPolicyOfAVault edits a vault's policy below a strict account's: what the account forbids can't
// be chosen and says why, and the vault's own policy can be removed again.
func TestPolicyOfAVault(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	strict := openPolicy()
	strict.Set("max_expiry", "SevenDays")
	strict["allowed_types"] = []string{"Authenticated"}
	c.setPolicy(strict)
	for _, options := range [][]pageOption{nil, {withoutScripts}} {
		p := newPage(t, s, phone, options...)
		p.signIn(admin)
		p.visit("/admin/policy")
		p.click(`[data-testid=vault-rules] a`)
		p.await(`[data-testid=policy-form]`)
		p.await(`[name=allowed_types][value=Public]:disabled`)
		if n := p.count(`#max_expiry option[value=ThirtyDays]:disabled`); n != 1 {
			t.Error("30 days can be chosen")
		}
		p.await(`[data-testid=limit-max_expiry]`)
		p.fill(`[name=max_views]`, "2")
		p.click(`[data-testid=preview]`)
		p.await(`[data-testid=compared]`)
		p.click(`[data-testid=save]`)
		p.await(`[data-testid=flash]`)
		p.await(`[data-testid=same]`)
		p.click(`[data-testid=same]`)
		p.await(`[data-testid=compared] [data-changed]`)
		p.click(`[data-testid=save]`)
		p.awaitGone(`[data-testid=same]`)
		p.await(`[data-testid=flash]`)
		p.clean()
	}
}

// TestRevokingShowsItsProgress asserts that the page asks how far revoking is while it goes on, and
// no longer once it has ended.
func TestRevokingShowsItsProgress(t *testing.T) {
	s := start(t)
	p := newPage(t, s, desktop)
	p.signIn(admin)
	end := s.revokeSlowly()
	p.visit("/admin/policy")
	p.stays()
	p.awaitText("13,757 so far")
	p.awaitText("14,100 of 120,000 active links checked")
	p.await(`[data-testid=revocations][hx-trigger] progress`)
	end()
	p.awaitText("103,000 links revoked")
	p.awaitGone(`[data-testid=revocations][hx-trigger]`)
	p.awaitTrue(
		"the end is announced",
		`document.getElementById("announcer").textContent.includes("103,000 links revoked")`,
	)
	p.stayed()
	p.clean()
}

// TestKilledWhileRevoking kills the server while it revokes links that break a new policy. After
// the next start it goes on: each is revoked, and has one event.
func TestKilledWhileRevoking(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	const links = 800
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			for range links / 8 {
				c.share(item, url.Values{"expire_after": {"ThirtyDays"}})
			}
		})
	}
	work.Wait()
	fine := c.share(item, url.Values{"expire_after": {"OneHour"}})
	database := s.openDatabase()
	count := func(query string) (n int) {
		t.Helper()
		if err := database.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const revoked = `SELECT count(*) FROM shares WHERE state = 'revoked'`

	policy := openPolicy()
	policy.Set("max_expiry", "OneDay")
	policy.Set("default_expiry", "OneDay")
	policy.Set("affected", "revoke")
	work.Go(func() { c.send(http.MethodPost, "/admin/policy", policy) })
	for limit := time.Now().Add(20 * time.Second); count(revoked) == 0; {
		if time.Now().After(limit) {
			t.Fatal("no link is revoked")
		}
	}
	s.kill()
	work.Wait()
	before := count(revoked)
	s.run()

	const running = `SELECT count(*) FROM share_revocations WHERE ended_at = 0`
	for limit := time.Now().Add(60 * time.Second); count(running) > 0; {
		if time.Now().After(limit) {
			t.Fatalf("after a minute %d of %d links are revoked", count(revoked), links)
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("%d links were revoked before the kill", before)
	if n := count(revoked); n != links {
		t.Errorf("%d links are revoked, want %d", n, links)
	}
	if n := count(`SELECT count(*) FROM audit_events WHERE kind = 'share.revoked'`); n != links {
		t.Errorf("%d events of %d links", n, links)
	}
	if a := fine.peek(); a.status != http.StatusOK {
		t.Errorf("a link that the policy allows: %v", a)
	}
	page := c.get("/admin/policy").body
	if !strings.Contains(page, strconv.Itoa(links)+" links revoked.") {
		t.Error("the policy page doesn't say what was done")
	}
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
	s.verifyDatabase()
}
