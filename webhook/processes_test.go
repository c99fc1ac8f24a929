package webhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/webhook"
)

// hurry is how much faster than the wall clock the clock of the processes goes: a wait of an hour is
// over in some seconds.
const hurry = 600

// hurriedClock is the wall clock until begun, in Unix nanoseconds, and hurries from then on.
func hurriedClock(begun int64) func() time.Time {
	from := time.Unix(0, begun)
	return func() time.Time { return from.Add(time.Since(from) * hurry) }
}

// TestMain is also a process of its own that works until it is killed: see TestProcesses.
func TestMain(m *testing.M) {
	if url := os.Getenv("WEBHOOK_TEST_URL"); url != "" {
		begun, _ := strconv.ParseInt(os.Getenv("WEBHOOK_TEST_BEGUN"), 10, 64)
		clock := hurriedClock(begun)
		ctx := context.Background()
		database, keyring := unlock(ctx, url, os.Getenv("WEBHOOK_TEST_KEY"), clock)
		workerOf(database, keyring, loopback, clock).Run(ctx)
		return
	}
	os.Exit(m.Run())
}

// startProcess starts a worker in a process of its own.
func (f *fixture) startProcess(begun int64) *exec.Cmd {
	f.t.Helper()
	process := exec.CommandContext(f.t.Context(), os.Args[0])
	process.Env = append(os.Environ(), "WEBHOOK_TEST_URL="+f.url, "WEBHOOK_TEST_KEY="+f.key,
		"WEBHOOK_TEST_BEGUN="+strconv.FormatInt(begun, 10))
	process.Stderr = os.Stderr
	f.must(process.Start())
	f.t.Cleanup(func() {
		_ = process.Process.Kill()
		_ = process.Wait()
	})
	return process
}

// tellsForShare is how many messages each share's events are.
const tellsForShare = 5

// shareCount is the number of shares: 200 for 1,000 messages, fewer in a short run.
func shareCount() int {
	if testing.Short() {
		return 20
	}
	return 200
}

// outage is how long the receiver is down half of the time. Without an end, the tail of what failed ten
// times in a row would take a minute.
const outage = 8 * time.Second

// TestProcesses tells 1,000 events through two processes, of which one is killed, to a receiver that
// is down half of the time at first. Each is delivered at least once, and those of a share in order.
func TestProcesses(t *testing.T) {
	f := newFixture(t)
	r := newReceiver(t)
	begun := time.Now()
	f.now = begun
	w, secret := f.add(r.URL)
	r.set(downHalfOfTheTime(begun))
	killed := f.startProcess(begun.UnixNano())
	f.startProcess(begun.UnixNano())
	go func() {
		time.Sleep(2 * time.Second) // a fault at any moment, not a condition
		_ = killed.Process.Kill()
	}()
	f.tellOfShares(hurriedClock(begun.UnixNano()))
	f.waitUntilDelivered(w.ID)
	got, tries := r.count()
	t.Logf("%d events, %d messages accepted, %d tried, in %s",
		shareCount()*tellsForShare, got, tries, time.Since(begun).Round(100*time.Millisecond))
	wantInOrder(t, r.got)
	f.must(verify(t, r.got, secret))
}

// downHalfOfTheTime refuses or breaks off every other 300 ms of the outage.
func downHalfOfTheTime(begun time.Time) func(http.ResponseWriter, string) bool {
	return func(w http.ResponseWriter, body string) bool {
		if time.Since(begun) > outage {
			return false
		}
		switch round := time.Since(begun) / (300 * time.Millisecond); round % 4 {
		case 0:
			return status(http.StatusServiceUnavailable, "down")(w, body)
		case 2:
			panic(http.ErrAbortHandler) // the connection ends without an answer
		}
		return false
	}
}

// tellOfShares records the events of all shares, one after the other in turns.
func (f *fixture) tellOfShares(clock func() time.Time) {
	for n := range shareCount() {
		f.share(fmt.Sprintf("s%d", n))
	}
	for _, e := range []audit.Event{
		{Kind: audit.ShareCreated, Actor: "ada"},
		{Kind: audit.ShareOpened},
		{Kind: audit.OpenRefused},
		{Kind: audit.ShareOpened, Detail: map[string]string{audit.DetailLast: "true"}},
	} {
		for n := range shareCount() {
			e.Subject, e.At = fmt.Sprintf("s%d", n), clock()
			f.must(f.db.Record(f.t.Context(), f.entry(e)))
		}
		f.must(f.sealer.Seal(f.t.Context()))
	}
}

// waitUntilDelivered waits until nothing waits and all was queued.
func (f *fixture) waitUntilDelivered(id string) {
	f.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			w, err := f.hooks.Get(f.t.Context(), id)
			f.t.Fatalf("not all was delivered within two minutes: %+v, %v", w, err)
		}
		w, err := f.hooks.Get(f.t.Context(), id)
		f.must(err)
		if w.Waiting > 0 || w.Failed > 0 {
			continue
		}
		if f.delivered(id) == shareCount()*tellsForShare {
			return
		}
	}
}

func (f *fixture) delivered(id string) (n int) {
	for after := int64(0); ; {
		list, next, err := f.hooks.Deliveries(f.t.Context(), id, after)
		f.must(err)
		for _, d := range list {
			if d.State == webhook.Delivered {
				n++
			}
		}
		if after = next; after == 0 {
			return n
		}
	}
}

// wantInOrder asserts that each share's events arrived, in order of their first arrival.
func wantInOrder(t *testing.T, messages []received) {
	t.Helper()
	want := []string{
		"share.created", "share.opened", "share.refused", "share.opened", "share.used_up",
	}
	seen, arrived := map[string]bool{}, map[string][]string{}
	for _, m := range messages {
		if id := m.Headers["webhook-id"]; !seen[id] {
			seen[id] = true
			var body struct {
				Type string
				Data struct{ ShareID string }
			}
			if err := json.Unmarshal([]byte(m.Body), &body); err != nil {
				t.Fatal(err)
			}
			arrived[body.Data.ShareID] = append(arrived[body.Data.ShareID], body.Type)
		}
	}
	if len(arrived) != shareCount() {
		t.Errorf("events of %d shares arrived", len(arrived))
	}
	for id, types := range arrived {
		if fmt.Sprint(types) != fmt.Sprint(want) {
			t.Errorf("%s: %v", id, types)
		}
	}
}
