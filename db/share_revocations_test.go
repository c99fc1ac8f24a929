package db

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/audit"
	"itemshare/share"
)

// orderRevoke changes a policy with an order to revoke links, which worker has leased for a minute.
func orderRevoke(
	t *testing.T,
	db *DB,
	id, vaultID, worker string,
	p share.Policy,
) share.Revocation {
	t.Helper()
	order := share.Revocation{
		ID: id, VaultID: vaultID, Rules: map[string]share.Policy{vaultID: p}, OrderedBy: "ada",
		OrderedAt: morning.Unix(), Worker: worker, LeasedUntil: after(time.Minute).Unix(),
	}
	noError(t, db.SetPolicy(t.Context(), share.PolicyChange{
		VaultID: vaultID, Policy: &p, Now: morning, Revoke: &order,
		Entry: auditEntry(audit.PolicyChanged, vaultID),
	}))
	return order
}

// stepOf is a step of an order that revokes shares.
func stepOf(order share.Revocation, last bool, ids ...string) share.RevocationStep {
	step := share.RevocationStep{
		Order: order, Now: morning, Total: 9, Judged: len(ids), JudgedTo: order.JudgedTo,
		LeasedUntil: after(time.Minute).Unix(), Last: last,
		Summary: func(r share.Revocation) (audit.Entry, error) {
			return auditEntry(audit.PolicyApplied, r.ID), nil
		},
	}
	for _, id := range ids {
		step.JudgedTo = id
		step.Revoke = append(
			step.Revoke, share.Ending{ShareID: id, Entry: auditEntry(audit.ShareRevoked, id)},
		)
	}
	return step
}

// takeStep takes a step, and reports whether the worker still had the order.
func takeStep(t *testing.T, db *DB, step share.RevocationStep) (share.Revocation, bool) {
	t.Helper()
	order, ok, err := db.RevokeJudged(t.Context(), step)
	noError(t, err)
	return order, ok
}

func takeOrder(t *testing.T, db *DB, worker string, now time.Time) (share.Revocation, bool) {
	t.Helper()
	order, ok, err := db.TakeRevocation(t.Context(), worker, now, now.Add(time.Minute))
	noError(t, err)
	return order, ok
}

func listOrders(t *testing.T, db *DB, since time.Time) (list []string) {
	t.Helper()
	orders, err := db.ListRevocations(t.Context(), since)
	noError(t, err)
	for _, o := range orders {
		list = append(list, o.ID+" "+string(o.Outcome))
	}
	return list
}

// useRevocations runs every statement on orders to revoke links.
func useRevocations(t *testing.T, db *DB) {
	t.Helper()
	id := createShare(t, db, 1100, to(bob, "@y.example"))
	orderRevoke(t, db, "useorder", "", "w", share.Default())
	order, ok := takeOrder(t, db, "w", morning)
	if !ok {
		t.Fatal("the order can't be leased")
	}
	for _, vault := range []string{"", "team"} {
		_, err := db.CountActive(t.Context(), vault)
		noError(t, err)
	}
	takeStep(t, db, stepOf(order, false, id))
	listOrders(t, db, morning)
	noError(t, db.ReturnRevocations(t.Context(), "w"))
	order, _ = takeOrder(t, db, "w", morning)
	if _, ok := takeStep(t, db, stepOf(order, true)); !ok {
		t.Fatal("the order is not held")
	}
	noError(t, db.SetPolicy(t.Context(), share.PolicyChange{
		VaultID: "team", Now: morning, Entry: auditEntry(audit.PolicyChanged, "team"),
	}))
	_, err := db.EraseRevocations(t.Context(), after(2*revocationTime), 9)
	noError(t, err)
}

// TestRevokeJudged revokes in one step what has not ended, each share with its recipients, codes
// and audit event.
func TestRevokeJudged(t *testing.T) {
	db := newDatabase(t)
	var ids []string
	for n := range 70 { // more than one statement of audit entries
		ids = append(ids, createShare(t, db, n))
	}
	named := createShare(t, db, 100, to(bob))
	wantCode(t, db, named, bob, "1", morning, share.Opened)
	seen := createShare(t, db, 101) // without views left, its only view lasts
	wantClaim(t, db, seen, 1, morning, nil, share.Opened)
	gone, expired := createShare(t, db, 102), createShare(t, db, 103, expiringAfter(time.Second))
	revoke(t, db, gone, morning, true)
	other := createShare(t, db, 104)
	order := orderRevoke(t, db, "order", "", "w", share.Policy{})

	step := stepOf(order, true, slices.Concat(ids, []string{named, seen, gone, expired})...)
	step.Now = after(2 * time.Second)
	done, ok := takeStep(t, db, step)
	if want := len(ids) + 2; !ok || done.Revoked != want || done.Judged != want+2 || done.Total != 9 ||
		done.Outcome != share.RevocationDone ||
		done.EndedAt != step.Now.Unix() {
		t.Errorf("%t %+v", ok, done)
	}
	for _, id := range append(ids, named, seen) {
		r := recordOf(t, db, id, step.Now)
		if r.State != share.Revoked || r.EndedAt != step.Now.Unix() {
			t.Errorf("share %s: %s", id, r.State)
		}
	}
	if r := recordOf(t, db, expired, step.Now); r.State != share.Expired {
		t.Errorf("the expired share is %s", r.State)
	}
	if r := recordOf(t, db, other, step.Now); r.State != share.Active {
		t.Errorf("a share that was not judged is %s", r.State)
	}
	for where, want := range map[string]int{
		`audit_events WHERE kind = 'share.revoked'`:  len(ids) + 3,
		`audit_events WHERE kind = 'policy.applied'`: 1,
		`share_codes`: 0,
		`share_recipients WHERE state = 'revoked'`:       1,
		`shares WHERE state = 'revoked' AND due_at <= 0`: 0,
	} {
		if n := countRows(t, db, where); n != want {
			t.Errorf("%s: %d rows, want %d", where, n, want)
		}
	}
	wantClaim(t, db, seen, 1, step.Now, nil, share.OutcomeRevoked)
	sweep(t, db, step.Now, false)
	if n := countRows(t, db, `share_content`); n != 2 {
		t.Errorf("%d contents are left, want those of the active and of the expired share", n)
	}
}

// TestRevocationIsWorkedByOne lets two workers ask for an order: the second gets it once it was
// given back or the lease of the first has ended. Then the first can take no step.
func TestRevocationIsWorkedByOne(t *testing.T) {
	db := newDatabase(t)
	a, b := createShare(t, db, 1), createShare(t, db, 2)
	order := orderRevoke(t, db, "order", "", "first", share.Policy{})
	if _, ok := takeOrder(t, db, "second", after(59*time.Second)); ok {
		t.Fatal("the second took an order that the first works on")
	}
	first := stepOf(order, false, b)
	order, ok := takeStep(t, db, first)
	if _, again := takeStep(t, db, first); again {
		t.Error("a step was taken twice")
	}
	if !ok || order.Revoked != 1 || order.JudgedTo != b {
		t.Fatalf("the first is refused: %+v", order)
	}
	noError(t, db.ReturnRevocations(t.Context(), "somebody else"))
	if _, ok := takeOrder(t, db, "second", morning); ok {
		t.Error("another worker gave the order back")
	}
	taken, ok := takeOrder(t, db, "second", after(time.Minute))
	if want := order; !ok || taken.JudgedTo != b || taken.Revoked != 1 ||
		cmp.Diff(map[string]share.Policy{"": {}}, taken.Rules) != "" {
		t.Errorf("%t %+v, want %+v", ok, taken, want)
	}
	if _, ok := takeStep(t, db, stepOf(order, true, a)); ok ||
		recordOf(t, db, a, morning).State != share.Active {
		t.Error("the first went on though its lease had ended")
	}
	noError(t, db.ReturnRevocations(t.Context(), "second"))
	if taken, ok = takeOrder(t, db, "third", after(time.Minute)); !ok {
		t.Fatal("nobody gets an order that was given back")
	}
	if _, ok := takeStep(t, db, stepOf(taken, true, a)); !ok {
		t.Error("the third is refused")
	}
	if _, ok := takeStep(t, db, stepOf(taken, true, a)); ok {
		t.Error("a step was taken after the last")
	}
	if _, ok := takeOrder(t, db, "first", after(time.Hour)); ok {
		t.Error("an order that has ended is worked on")
	}
}

// TestLaterPolicyReplacesRevocation saves a second policy while an order goes on: it ends the
// order of the same scope, and every order where it revokes links of the account. What goes on
// is given back, so that no worker goes on by the policies of before.
func TestLaterPolicyReplacesRevocation(t *testing.T) {
	for _, c := range []struct {
		name, first, second string
		revoke              bool
		want                []string
	}{
		{"same vault, keep", "team", "team", false, []string{"1 replaced"}},
		{"same vault, revoke", "team", "team", true, []string{"2 ", "1 replaced"}},
		{"another vault", "team", "other", true, []string{"2 ", "1 "}},
		{"account after vault, keep", "team", "", false, []string{"1 "}},
		{"account after vault, revoke", "team", "", true, []string{"2 ", "1 replaced"}},
		{"vault after account", "", "team", true, []string{"2 ", "1 "}},
		{"account after account", "", "", false, []string{"1 replaced"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := newDatabase(t)
			a := createShare(t, db, 1)
			order := orderRevoke(t, db, "1", c.first, "w", share.Policy{})
			if c.revoke {
				orderRevoke(t, db, "2", c.second, "x", share.Default())
			} else {
				setPolicy(t, db, c.second, share.Default())
			}
			if diff := cmp.Diff(c.want, listOrders(t, db, morning)); diff != "" {
				t.Error(diff)
			}
			if _, ok := takeStep(t, db, stepOf(order, true, a)); ok {
				t.Error("the worker goes on by the policies of before")
			}
			if taken, ok := takeOrder(t, db, "w", morning); ok != (c.want[len(c.want)-1] == "1 ") ||
				ok && taken.ID != "1" {
				t.Errorf("the worker takes %q", taken.ID)
			}
		})
	}
}

// TestRevocationsAreErased asserts that ended orders are listed and then erased, and that those
// which go on are neither hidden nor erased.
func TestRevocationsAreErased(t *testing.T) {
	db := newDatabase(t)
	order := orderRevoke(t, db, "1", "team", "w", share.Policy{})
	takeStep(t, db, stepOf(order, true))
	orderRevoke(t, db, "2", "other", "w", share.Policy{})
	if diff := cmp.Diff([]string{"2 ", "1 done"}, listOrders(t, db, morning)); diff != "" {
		t.Error(diff)
	}
	late := after(time.Second)
	if diff := cmp.Diff([]string{"2 "}, listOrders(t, db, late)); diff != "" {
		t.Error(diff)
	}
	for _, want := range []int{1, 0} {
		n, err := db.EraseRevocations(t.Context(), late.Add(revocationTime), 9)
		if err != nil || n != want {
			t.Errorf("erased %d, want %d, %v", n, want, err)
		}
	}
	if diff := cmp.Diff([]string{"2 "}, listOrders(t, db, morning)); diff != "" {
		t.Error(diff)
	}
}
