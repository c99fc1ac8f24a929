package webhook_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/webhook"
)

func allTypes() []string {
	var all []string
	for _, t := range webhook.Types() {
		all = append(all, string(t))
	}
	return all
}

func (f *fixture) add(url string, types ...string) (webhook.Webhook, string) {
	f.t.Helper()
	if len(types) == 0 {
		types = allTypes()
	}
	w, secret, err := f.hooks.Add(f.t.Context(), "ada", url, types)
	f.must(err)
	return w, secret.Reveal()
}

func allDelivered(n int) func([]webhook.Delivery) bool {
	return func(list []webhook.Delivery) bool {
		return len(list) == n && !slices.ContainsFunc(list, func(d webhook.Delivery) bool {
			return d.State != webhook.Delivered
		})
	}
}

// TestMessages asserts what each event tells, in order, and that what happened before a webhook was
// added is not told.
func TestMessages(t *testing.T) {
	f := newFixture(t)
	f.share("s1")
	f.happen(audit.Event{Kind: audit.ShareCreated, Actor: "ada", Subject: "s1"})
	r := newReceiver(t)
	w, secret := f.add(r.URL)
	f.run()
	view := map[string]string{"address": "ann@client.example", "agent": "Firefox"}
	last := map[string]string{"address": "ann@client.example", audit.DetailLast: "true"}
	f.happen(
		audit.Event{Kind: audit.ShareOpened, Subject: "s1", Detail: view},
		audit.Event{Kind: audit.CodeRefused, Subject: "s1", Detail: view},
		audit.Event{Kind: audit.OpenRefused, Subject: "s1", Detail: map[string]string{"why": "viewed"}},
		audit.Event{Kind: audit.SignedIn, Actor: "ada"},
		audit.Event{Kind: audit.ShareOpened, Subject: "s1", Detail: last},
		audit.Event{Kind: audit.ShareRevoked, Actor: "ada", Subject: "s1", Detail: map[string]string{"by": "person"}},
		audit.Event{Kind: audit.ShareExpired, Subject: "s1"},
		audit.Event{Kind: audit.ShareOpened, Subject: "unknown"},
	)
	f.wait(w.ID, allDelivered(7))
	var told []string
	for _, m := range r.got {
		var body struct {
			Type, Timestamp string
			Data            map[string]any
		}
		f.must(json.Unmarshal([]byte(m.Body), &body))
		d := body.Data
		if d["shareId"] != "s1" || d["vaultId"] != "vault1" || d["itemId"] != "item1" ||
			d["expiresAt"] == "" || body.Timestamp != "2026-11-30T09:00:00Z" {
			t.Errorf("%s", m.Body)
		}
		if by, _ := d["sharedBy"].(map[string]any); by["id"] != "ada" || by["name"] != "Ada" {
			t.Errorf("shared by %v", by)
		}
		address, _ := d["verifiedAddress"].(string)
		reason, _ := d["reason"].(string)
		told = append(told, strings.TrimSpace(body.Type+" "+address+reason))
	}
	want := []string{
		"share.opened ann@client.example", "share.refused code", "share.refused viewed",
		"share.opened ann@client.example", "share.used_up ann@client.example", "share.revoked",
		"share.expired",
	}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	f.wantSealed("ann@client.example", "shareId", "thanks", r.URL, secret)
	f.must(verify(t, r.got, secret))
	other := "whsec_" + strings.Repeat("A", 43) + "="
	if verify(t, r.got[:1], other) == nil {
		t.Error("it verifies under another secret")
	}
}

// TestOnlyChosenTypes asserts that a webhook is told what it was added for.
func TestOnlyChosenTypes(t *testing.T) {
	f := newFixture(t)
	f.share("s1")
	r := newReceiver(t)
	w, _ := f.add(r.URL, "share.used_up", "share.revoked")
	f.run()
	f.happen(
		audit.Event{Kind: audit.ShareOpened, Subject: "s1", Detail: map[string]string{audit.DetailLast: "true"}},
		audit.Event{Kind: audit.ShareRevoked, Subject: "s1"},
	)
	list := f.wait(w.ID, allDelivered(2))
	if list[0].Type != webhook.Revoked || list[1].Type != webhook.UsedUp {
		t.Errorf("%+v", list)
	}
}

// TestRetries asserts growing waits, that later messages of the same share wait while those of
// others don't, and that a message is given up after a day.
func TestRetries(t *testing.T) {
	f := newFixture(t)
	f.share("bad")
	f.share("good")
	r := newReceiver(t)
	r.set(func(w http.ResponseWriter, body string) bool {
		return strings.Contains(body, `"shareId":"bad"`) && status(500, "broken\x1b[31m\nhere")(w, body)
	})
	w, _ := f.add(r.URL)
	f.run()
	f.happen(
		audit.Event{Kind: audit.ShareCreated, Subject: "bad"},
		audit.Event{Kind: audit.ShareOpened, Subject: "bad"},
		audit.Event{Kind: audit.ShareCreated, Subject: "good"},
		audit.Event{Kind: audit.ShareOpened, Subject: "good"},
	)
	tried := func(n int) func([]webhook.Delivery) bool {
		return func(list []webhook.Delivery) bool {
			return len(list) == 4 && list[3].Tries >= n && list[0].State == webhook.Delivered
		}
	}
	list := f.wait(w.ID, tried(1))
	first, second := list[3], list[2]
	if first.Answer != (webhook.Answer{Status: 500, Words: "broken [31m here"}) || second.Tries != 0 {
		t.Errorf("first %+v, second %+v", first, second)
	}
	var gaps []time.Duration
	for n := 1; first.State == webhook.Waiting; n++ {
		gap := first.NextAt.Sub(f.clock())
		gaps = append(gaps, gap)
		f.pass(gap)
		first = f.wait(w.ID, tried(n+1))[3]
	}
	last := gaps[len(gaps)-1]
	if first.State != webhook.Failed || len(gaps) < 20 || gaps[0] > 7*time.Second ||
		gaps[2] < gaps[0] || gaps[5] < gaps[2] || last < 44*time.Minute || last > 76*time.Minute {
		t.Errorf("%+v after %v", first, gaps)
	}
	r.set(nil)
	f.pass(time.Hour)
	f.wait(w.ID, func(list []webhook.Delivery) bool { return list[2].State == webhook.Delivered })
	f.must(f.hooks.Resend(t.Context(), w.ID, first.ID))
	f.wait(w.ID, allDelivered(4))
}

// TestGone asserts that 410 turns a webhook off, and that it can be resumed.
func TestGone(t *testing.T) {
	f := newFixture(t)
	f.share("s1")
	r := newReceiver(t)
	r.set(status(http.StatusGone, ""))
	w, _ := f.add(r.URL)
	f.run()
	f.happen(audit.Event{Kind: audit.ShareCreated, Subject: "s1"})
	f.wait(w.ID, func(list []webhook.Delivery) bool { return len(list) == 1 && list[0].Tries == 1 })
	got, err := f.hooks.Get(t.Context(), w.ID)
	f.must(err)
	if got.State != webhook.Gone || got.Waiting != 1 {
		t.Errorf("%+v", got)
	}
	f.happen(audit.Event{Kind: audit.ShareOpened, Subject: "s1"})
	r.set(nil)
	f.must(f.hooks.Resume(t.Context(), "ada", w.ID))
	f.wait(w.ID, allDelivered(2))
	events, err := audit.NewReader(f.db, f.log).List(t.Context(), audit.Query{Subject: w.ID})
	f.must(err)
	var kinds []audit.Kind
	for _, e := range events.Events {
		kinds = append(kinds, e.Kind)
	}
	if !slices.Equal(kinds, []audit.Kind{audit.WebhookResumed, audit.WebhookGone, audit.WebhookAdded}) &&
		len(kinds) != 3 {
		t.Errorf("the audit log has %v", kinds)
	}
}

// TestPause asserts that a paused webhook is sent nothing, and then what happened within a day.
func TestPause(t *testing.T) {
	f := newFixture(t)
	f.share("s1")
	r := newReceiver(t)
	w, _ := f.add(r.URL)
	f.must(f.hooks.Pause(t.Context(), "ada", w.ID))
	f.run() // not earlier: a round that has begun ends
	f.happen(audit.Event{Kind: audit.ShareCreated, Subject: "s1"})
	f.pass(23 * time.Hour)
	f.happen(audit.Event{Kind: audit.ShareOpened, Subject: "s1"})
	f.pass(2 * time.Hour)
	if got, tries := r.count(); got+tries != 0 {
		t.Errorf("%d messages while it was paused", got)
	}
	f.must(f.hooks.Resume(t.Context(), "ada", w.ID))
	list := f.wait(w.ID, allDelivered(1))
	if list[0].Type != webhook.Opened {
		t.Errorf("%+v", list)
	}
}

// TestRotate asserts that messages verify under both secrets for a day, then under the new one.
func TestRotate(t *testing.T) {
	f := newFixture(t)
	f.share("s1")
	r := newReceiver(t)
	w, old := f.add(r.URL)
	rotated, err := f.hooks.Rotate(t.Context(), "ada", w.ID)
	f.must(err)
	f.run()
	f.happen(audit.Event{Kind: audit.ShareCreated, Subject: "s1"})
	f.wait(w.ID, allDelivered(1))
	f.must(verify(t, r.got, old, rotated.Reveal()))
	f.pass(25 * time.Hour)
	f.happen(audit.Event{Kind: audit.ShareOpened, Subject: "s1"})
	f.wait(w.ID, allDelivered(2))
	f.must(verify(t, r.got[1:], rotated.Reveal()))
	if verify(t, r.got[1:], old) == nil {
		t.Error("the old secret still signs")
	}
}
