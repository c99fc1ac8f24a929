package share_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/seal"
	"itemshare/share"
)

// fill stores n links for anyone at once, older than all others, that expire after length. They
// have no title, as if it was erased.
func (s *testService) fill(n int, length time.Duration) {
	s.t.Helper()
	work := make(chan share.Draft)
	var workers sync.WaitGroup
	for range 32 {
		workers.Go(func() {
			for d := range work {
				if err := s.db.Create(context.Background(), d); err != nil {
					s.t.Error(err)
				}
			}
		})
	}
	stored := must(s.db.PolicyOf(s.t.Context(), s.team.ID))(s.t)
	for range n {
		id := must(seal.NewID(s.now.Add(-length), rand.Reader))(s.t)
		d := share.Draft{
			PolicyVersion: stored.Version,
			Nonce:         []byte{},
			Ciphertext:    []byte{},
			Record: share.Record{
				ID: id, OwnerID: ann.ID, VaultID: s.team.ID, ItemID: s.item.ID, Terms: share.Terms{
					CreatedAt: s.now.Unix(), ExpiresAt: s.now.Add(length).Unix(), Audience: share.Anyone,
				},
			},
		}
		rand.Read(d.Record.LinkID[:])
		d.Entry = must(
			s.log.Entry(audit.Event{At: s.now, Kind: audit.ShareCreated, Subject: id}),
		)(
			s.t,
		)
		work <- d
	}
	close(work)
	workers.Wait()
}

// slowly makes every look at the clock take so long, until the returned function is called.
func (s *testService) slowly(by time.Duration) (atOnce func()) {
	s.rebuild(func(c *share.Config) {
		c.Clock = func() time.Time { s.now = s.now.Add(by); return s.now }
	})
	return func() {
		s.rebuild(func(c *share.Config) { c.Clock = func() time.Time { return s.now } })
	}
}

// runRevocations runs the worker until no order goes on, and returns the newest order.
func (s *testService) runRevocations() share.Revocation {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	stopped := make(chan struct{})
	go func() { s.RunRevocations(ctx, slog.New(slog.DiscardHandler)); close(stopped) }()
	defer func() { stop(); <-stopped }()
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); {
		orders := must(s.Orders(s.t.Context()))(s.t)
		running := 0
		for _, o := range orders {
			if o.Running() {
				running++
			}
		}
		if running == 0 && len(orders) > 0 {
			return orders[0]
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.t.Fatal("the orders do not end")
	return share.Revocation{}
}

func (s *testService) countActive() int {
	s.t.Helper()
	return must(s.db.CountActive(s.t.Context(), ""))(s.t)
}

// atMost is the default policy with a shorter maximum.
func atMost(length time.Duration) share.Policy {
	p := share.Default()
	p.MaxExpiry, p.DefaultExpiry = length, min(length, p.DefaultExpiry)
	return p
}

// TestPreviewOfThousands asserts what a preview says of more links than it judges: the newest 5,000
// are allowed, the ten older ones are not.
func TestPreviewOfThousands(t *testing.T) {
	s := newService(t)
	s.fill(5_000, time.Hour)
	s.fill(10, 30*24*time.Hour)
	day := atMost(24 * time.Hour)

	page := must(s.Affected(t.Context(), "", day, "", 0))(t)
	if len(page.Shares) != 0 || page.Next == "" || page.Count != 0 || !page.AtLeast {
		t.Fatalf("first page: %d shares, next %q, %d, at least %t",
			len(page.Shares), page.Next, page.Count, page.AtLeast)
	}
	page = must(s.Affected(t.Context(), "", day, page.Next, 0))(t)
	if len(page.Shares) != 10 || page.Next != "" || !page.AtLeast {
		t.Errorf("second page: %d shares, next %q, at least %t",
			len(page.Shares), page.Next, page.AtLeast)
	}
	page = must(s.Affected(t.Context(), "", share.Policy{}, "", 0))(t)
	if len(page.Shares) != 50 || page.Count != 5_000 || !page.AtLeast {
		t.Errorf("all: %d shares, %d, at least %t", len(page.Shares), page.Count, page.AtLeast)
	}
	done := must(s.SetPolicy(t.Context(), ann, "", day, true))(t)
	if done != (share.RevokeResult{Revoked: 10}) || s.countActive() != 5_000 {
		t.Errorf("saved: %+v, %d links are left", done, s.countActive())
	}
	page = must(s.Affected(t.Context(), "", atMost(24*time.Hour), "", 0))(t)
	if page.Count != 0 || page.AtLeast {
		t.Errorf("exactly 5,000: %d, at least %t", page.Count, page.AtLeast)
	}
}

// TestRevokingGoesOn saves a policy that many links break: the answer comes before they are revoked,
// one stays open until its turn, and the background ends the rest, each with its own event.
func TestRevokingGoesOn(t *testing.T) {
	s := newService(t)
	s.fill(99, 30*24*time.Hour)
	newest := s.createShare(func(r *share.Request) { r.ExpireAfter = "SevenDays" })
	fine := s.createShare(func(r *share.Request) { r.ExpireAfter = "OneHour" })
	s.fill(1, 30*24*time.Hour)
	atOnce := s.slowly(100 * time.Millisecond)
	done := must(s.SetPolicy(t.Context(), ben, "", atMost(time.Hour), true))(t)
	atOnce()
	if !done.Running || done.Revoked == 0 || done.Revoked >= 50 {
		t.Fatalf("the answer: %+v", done)
	}
	orders := must(s.Orders(t.Context()))(t)
	if len(orders) != 1 || !orders[0].Running() || orders[0].Total != 102 ||
		orders[0].Revoked != done.Revoked || orders[0].OrderedByName != ben.Name {
		t.Errorf("the order: %+v", orders)
	}
	if _, err := s.open(newest, 1); err == nil {
		t.Error("the newest link opens, though its turn has come")
	}
	if n := s.countActive(); n != 102-done.Revoked {
		t.Errorf("%d links are active", n)
	}
	_, err := s.Create(t.Context(), ann, s.request())
	wantCode(t, "a link that the new policy forbids", err, "policy_expiry")

	order := s.runRevocations()
	if order.Revoked != 101 || order.Outcome != share.RevocationDone {
		t.Errorf("the order ends with %+v", order)
	}
	if _, err := s.open(fine, 1); err != nil {
		t.Errorf("an allowed link: %v", err)
	}
	if n := s.countActive(); n != 1 {
		t.Errorf("%d links are active at the end", n)
	}
	applied := s.events(audit.PolicyApplied)
	if len(applied) != 1 || applied[0].Actor != ben.ID || applied[0].Detail["revoked"] != "101" {
		t.Errorf("the order's event: %+v", applied)
	}
	events := s.events(audit.ShareRevoked) // the newest hundred
	links := map[string]bool{}
	for _, e := range events {
		links[e.Subject] = true
		if e.Actor != ben.ID || e.Detail["by"] != "policy" {
			t.Errorf("an event of a link: %+v", e)
		}
	}
	if len(links) != 100 || len(events) != 100 {
		t.Errorf("%d events of %d links", len(events), len(links))
	}
}

// TestLaterPolicyCounts saves a second policy while the links that break the first are being
// revoked.
func TestLaterPolicyCounts(t *testing.T) {
	month := 30 * 24 * time.Hour
	for _, c := range []struct {
		name   string
		second share.Policy
		revoke bool
		left   int // of 40 for a month, 40 for a week and 40 for an hour
	}{
		{"looser, keep", share.Default(), false, -1},
		{"looser, revoke", atMost(7 * 24 * time.Hour), true, 80},
		{"stricter, revoke", share.Policy{}, true, 0},
		{"stricter, keep", share.Policy{}, false, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t)
			s.fill(40, month)
			s.fill(40, 7*24*time.Hour)
			s.fill(40, time.Hour)
			atOnce := s.slowly(150 * time.Millisecond)
			// Of the newest 40, which are for an hour, it judges some.
			done := must(s.SetPolicy(t.Context(), ann, "", atMost(time.Hour), true))(t)
			atOnce()
			if !done.Running || done.Revoked != 0 {
				t.Fatalf("first: %+v", done)
			}
			must(s.SetPolicy(t.Context(), ann, "", c.second, c.revoke))(t)
			s.runRevocations()
			want := c.left
			if want < 0 {
				want = 120
			}
			if n := s.countActive(); n != want {
				t.Errorf("%d links are left, want %d", n, want)
			}
			orders := must(s.Orders(t.Context()))(t)
			if first := orders[len(orders)-1]; first.Outcome != share.RevocationReplaced {
				t.Errorf("the first order: %+v", first)
			}
		})
	}
}

// TestLooserAccountCounts loosens the account's policy, which a vault's adds to, while the vault's
// links are being revoked.
func TestLooserAccountCounts(t *testing.T) {
	s := newService(t)
	once := share.Default()
	once.MaxViews = 1
	s.fill(20, 30*24*time.Hour) // any number of views, too long for the vault
	s.fill(20, time.Hour)       // any number of views
	for range 20 {
		s.createShare(oneTime, func(r *share.Request) { r.ExpireAfter = "OneHour" })
	}
	must(s.SetPolicy(t.Context(), ann, "", once, false))(t)
	atOnce := s.slowly(200 * time.Millisecond)
	own := atMost(24 * time.Hour)
	if done := must(s.SetPolicy(t.Context(), ann, s.team.ID, own, true))(t); !done.Running ||
		done.Revoked > 0 {
		t.Fatalf("the vault's order: %+v", done)
	}
	atOnce()
	must(s.SetPolicy(t.Context(), ann, "", share.Default(), false))(t)
	if order := s.runRevocations(); order.Revoked != 20 || s.countActive() != 40 {
		t.Errorf("%+v, %d links are left, want those that are allowed now", order, s.countActive())
	}
}

// TestAnotherProcessTakesOver leaves an order to a process that is gone: another goes on where it
// was once its lease has ended.
func TestAnotherProcessTakesOver(t *testing.T) {
	s := newService(t)
	s.fill(60, 30*24*time.Hour)
	atOnce := s.slowly(100 * time.Millisecond)
	must(s.SetPolicy(t.Context(), ann, "", atMost(time.Hour), true))(t)
	atOnce()
	lost, ok, err := s.db.TakeRevocation(t.Context(), "gone", s.now, s.now.Add(15*time.Second))
	if !ok || err != nil || lost.Revoked == 0 || lost.Judged != lost.Revoked {
		t.Fatalf("%t %v %+v", ok, err, lost)
	}
	if _, ok, err := s.db.TakeRevocation(t.Context(), "another", s.now, s.now); ok || err != nil {
		t.Errorf("another takes what is worked on: %v", err)
	}
	s.now = s.now.Add(15 * time.Second)
	if order := s.runRevocations(); order.Revoked != 60 || order.Judged != 60 {
		t.Errorf("%+v", order)
	}
	if n := len(s.events(audit.ShareRevoked)); n != 60 {
		t.Errorf("%d events of 60 links", n)
	}
}

// TestSameAsAccount removes a vault's own policy.
func TestSameAsAccount(t *testing.T) {
	s := newService(t)
	must(s.SetPolicy(t.Context(), ann, s.team.ID, atMost(time.Hour), false))(t)
	if err := s.RemovePolicy(t.Context(), ann, s.team.ID); err != nil {
		t.Fatal(err)
	}
	account, vaults, err := s.Policies(t.Context())
	if err != nil || len(vaults) != 0 || account.MaxExpiry != share.Default().MaxExpiry {
		t.Errorf("%+v %+v %v", account, vaults, err)
	}
	if e := s.events(audit.PolicyChanged); len(e) != 2 || e[0].Subject != s.team.ID ||
		!strings.Contains(e[0].Detail["rule"], "account") {
		t.Errorf("events %+v", e)
	}
	for _, vault := range []string{"", "no such vault"} {
		if err := s.RemovePolicy(t.Context(), ann, vault); problemsOf(err) != "invalid@vault" {
			t.Errorf("%q: %v", vault, err)
		}
	}
}
