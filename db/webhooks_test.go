package db

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/webhook"
)

func addWebhook(t *testing.T, db *DB, id string) {
	t.Helper()
	noError(t, db.AddWebhook(t.Context(), webhook.Stored{
		ID: id, Sealed: []byte("sealed"), Types: "share.opened", State: webhook.Active,
		CreatedAt: morning, CreatedBy: "ada",
	}, auditEntry(audit.WebhookAdded, id)))
}

// queueDeliveries queues a delivery for each share, due from morning on. Their IDs are their places.
func queueDeliveries(t *testing.T, db *DB, webhookID string, from, to int64, shareIDs ...string) {
	t.Helper()
	var list []webhook.Queued
	for i, id := range shareIDs {
		place := from*10 + int64(i)
		list = append(list, webhook.Queued{
			ID: fmt.Sprintf("%s-%03d", webhookID, place), WebhookID: webhookID, ShareID: id, Place: place,
			Type: webhook.Opened, Body: []byte("body"), Happened: morning, State: webhook.Waiting,
			Until: after(24 * time.Hour), DueAt: morning,
		})
	}
	noError(t, db.QueueDeliveries(t.Context(), webhookID, from, to, list))
}

func takeDeliveries(t *testing.T, db *DB, webhookID string, now time.Time, limit int) (ids []string) {
	t.Helper()
	taken, err := db.TakeDeliveries(t.Context(), webhookID, now, time.Minute, limit)
	noError(t, err)
	for _, q := range taken {
		ids = append(ids, q.ID)
	}
	slices.Sort(ids)
	return ids
}

func note(t *testing.T, db *DB, id string, state webhook.Outcome, due time.Time) {
	t.Helper()
	noError(t, db.NoteTry(t.Context(), webhook.Try{
		ID: id, State: state, At: morning, DueAt: due, Status: 200, Answer: []byte("ok"),
	}))
}

// TestDeliveriesInOrder asserts that of each share one delivery is leased at a time, the first that
// waits, and that a lease ends.
func TestDeliveriesInOrder(t *testing.T) {
	db := open(t)
	addWebhook(t, db, "h")
	queueDeliveries(t, db, "h", 0, 1, "a", "a", "b", "a")
	want := func(now time.Time, ids ...string) {
		t.Helper()
		if got := takeDeliveries(t, db, "h", now, 9); !slices.Equal(got, ids) {
			t.Errorf("took %v, want %v", got, ids)
		}
	}
	want(morning, "h-000", "h-002")
	want(morning)
	want(after(time.Minute), "h-000", "h-002") // of a process that was killed
	note(t, db, "h-000", webhook.Waiting, after(time.Hour))
	note(t, db, "h-002", webhook.Delivered, morning)
	want(after(30 * time.Minute)) // the first waits, and the others behind it
	want(after(time.Hour), "h-000")
	note(t, db, "h-000", webhook.Failed, morning)
	want(after(time.Hour), "h-001")
	note(t, db, "h-001", webhook.Delivered, morning)
	note(t, db, "h-001", webhook.Waiting, morning) // too late: a slower process
	want(after(2*time.Hour), "h-003")
	note(t, db, "h-003", webhook.Delivered, morning)
	want(after(3 * time.Hour))

	list, err := db.Deliveries(t.Context(), "h", 3, 2)
	noError(t, err)
	if len(list) != 2 || list[0].Place != 2 || list[1].Place != 1 || list[1].Tries != 1 ||
		list[1].Status != 200 || string(list[1].Answer) != "ok" || !list[1].TriedAt.Equal(morning) {
		t.Errorf("%+v", list)
	}
	noError(t, db.ResendDelivery(t.Context(), "h", "h-000", morning, after(time.Hour)))
	want(morning, "h-000")
	if err := db.ResendDelivery(t.Context(), "h", "h-000", morning, morning); fault.KindOf(err) !=
		fault.NotFound {
		t.Errorf("one that waits: %v", err)
	}
	if n, err := db.EraseDeliveries(t.Context(), after(7*24*time.Hour), 3); n != 3 || err != nil {
		t.Errorf("erased %d, %v", n, err)
	}
}

// TestDeliveriesOfWebhooks asserts that a webhook that isn't active is sent nothing, and that a
// removed one leaves nothing.
func TestDeliveriesOfWebhooks(t *testing.T) {
	db := open(t)
	for _, id := range []string{"g", "h"} {
		addWebhook(t, db, id)
		queueDeliveries(t, db, id, 0, 1, "a")
	}
	change := func(id string, state webhook.State) error {
		w := webhook.Stored{ID: id, Sealed: []byte("other"), State: state}
		return db.ChangeWebhook(t.Context(), w, morning, auditEntry(audit.WebhookPaused, id))
	}
	noError(t, change("h", webhook.Paused))
	if got := takeDeliveries(t, db, "h", morning, 9); got != nil {
		t.Errorf("took %v of a paused one", got)
	}
	if got := takeDeliveries(t, db, "g", morning, 9); !slices.Equal(got, []string{"g-000"}) {
		t.Errorf("took %v", got)
	}
	entry := auditEntry(audit.WebhookGone, "g")
	try := webhook.Try{ID: "g-000", State: webhook.Waiting, At: morning, DueAt: after(time.Hour), Gone: &entry}
	noError(t, db.NoteTry(t.Context(), try))
	list, err := db.ListWebhooks(t.Context())
	noError(t, err)
	if len(list) != 2 || list[0].State != webhook.Gone || list[0].Waiting != 1 ||
		list[1].State != webhook.Paused || string(list[1].Sealed) != "other" {
		t.Errorf("%+v", list)
	}
	noError(t, change("g", webhook.Active))
	if got := takeDeliveries(t, db, "g", morning, 9); !slices.Equal(got, []string{"g-000"}) {
		t.Errorf("took %v of one that was resumed", got)
	}
	noError(t, db.RemoveWebhook(t.Context(), "g", auditEntry(audit.WebhookRemoved, "g")))
	if n := countRows(t, db, `webhook_deliveries WHERE webhook_id = 'g'`); n != 0 {
		t.Errorf("%d deliveries are left", n)
	}
	for what, err := range map[string]error{
		"change": change("g", webhook.Active),
		"remove": db.RemoveWebhook(t.Context(), "g", entry),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s one that is gone: %v", what, err)
		}
	}
}

// TestEventsAreQueuedOnce asserts that of several processes that read the same events one queues
// deliveries, and that simultaneous processes lease different ones.
func TestEventsAreQueuedOnce(t *testing.T) {
	db := open(t)
	addWebhook(t, db, "h")
	simultaneously(4, func(int) {
		for from := range int64(20) {
			queueDeliveries(t, db, "h", from, from+1, fmt.Sprint("s", from))
		}
	})
	if n := countRows(t, db, `webhook_deliveries`); n != 20 {
		t.Fatalf("%d deliveries, want 20", n)
	}
	var mu sync.Mutex
	leased := map[string]int{}
	simultaneously(4, func(int) {
		for {
			ids := takeDeliveries(t, db, "h", morning, 3)
			if len(ids) == 0 {
				return
			}
			mu.Lock()
			for _, id := range ids {
				leased[id]++
			}
			mu.Unlock()
		}
	})
	for id, n := range leased {
		if n != 1 {
			t.Errorf("%s was leased %d times", id, n)
		}
	}
	if len(leased) != 20 {
		t.Errorf("%d were leased", len(leased))
	}
}

// TestEventsOfEnds asserts that the event of the last view says that it was the last, and that an
// expired share and a removed last recipient have events of their own.
func TestEventsOfEnds(t *testing.T) {
	db := newDatabase(t)
	kindOf := map[share.Outcome]audit.Kind{
		share.Opened: audit.ShareOpened, share.OpenedLast: "last", share.CodeWrong: audit.CodeRefused,
	}
	claim := func(id string, view int, who string) {
		t.Helper()
		c := share.Claim{ShareID: id, View: [16]byte{byte(view)}, Now: morning}
		if who != "" {
			wantCode(t, db, id, who, "1", morning, share.Opened)
			c.Proof = proofOf(who, "1")
		}
		c.Entry = func(o share.Outcome) (audit.Entry, error) { return auditEntry(kindOf[o], id), nil }
		_, err := db.Claim(t.Context(), c)
		noError(t, err)
	}
	want := func(id string, kinds ...audit.Kind) {
		t.Helper()
		records, err := db.FindRecords(t.Context(), audit.Filter{Subject: id, Limit: 20})
		noError(t, err)
		var got []audit.Kind
		for _, r := range slices.Backward(records) {
			if r.Kind != audit.ShareCreated && r.Kind != audit.CodeRequested {
				got = append(got, r.Kind)
			}
		}
		if !slices.Equal(got, kinds) {
			t.Errorf("%s: %v, want %v", id, got, kinds)
		}
	}
	anyone := createShare(t, db, 1, func(d *share.Draft) { d.Record.Terms.MaxViews = 2 })
	claim(anyone, 1, "")
	claim(anyone, 2, "")
	want(anyone, audit.ShareOpened, "last")

	people := createShare(t, db, 2, to(bob, "eve@x.example"), func(d *share.Draft) {
		d.Record.Terms.MaxViews = 1
	})
	claim(people, 3, bob)
	claim(people, 4, "eve@x.example")
	want(people, audit.ShareOpened, "last")

	expiring := createShare(t, db, 3)
	_, err := expire(db)(t.Context(), after(1000*time.Hour), 10)
	noError(t, err)
	want(expiring, audit.ShareExpired)

	alone := createShare(t, db, 4, to(bob))
	remove(t, db, alone, 0, morning)
	want(alone, audit.RecipientRemoved, audit.ShareRevoked)
}
