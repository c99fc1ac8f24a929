package onepassword_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/onepassword"
	"itemshare/vault/onepassword/standin"
)

func (b *bench) item(n int) error {
	item := b.contents.Items[n]
	_, err := b.Item(b.t.Context(), item.VaultID, item.ID)
	return err
}

// eventually waits for something that another goroutine brings about.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never came to this: " + what)
		}
	}
}

func unavailable(t *testing.T, what string, err error, says string) {
	t.Helper()
	e, ok := fault.As(err)
	if !ok || e.Kind != fault.Unavailable || e.RetryAfter <= 0 ||
		!strings.Contains(e.Problems[0].Detail, says) {
		t.Errorf("%s: %v", what, err)
	}
}

// TestHungCallBlocksNoCaller: the SDK ignores its context and never answers. Who asked
// is told at the deadline, who waited as well, who comes later at once; no second
// call begins; and when the first ends at last all is well again.
func TestHungCallBlocksNoCaller(t *testing.T) {
	const limit = 80 * time.Millisecond
	b := open(t, func(c *onepassword.Config) { c.CallTime = limit })
	end := make(chan struct{})
	b.account.On("Items.Get", standin.Trouble{Hang: end})

	var group sync.WaitGroup
	started := time.Now()
	for range 3 {
		group.Go(func() { unavailable(t, "at the deadline", b.item(0), "didn't respond") })
	}
	group.Wait()
	if took := time.Since(started); took < limit || took > 10*limit {
		t.Errorf("an answer after %s", took)
	}
	started = time.Now()
	for range 20 {
		unavailable(t, "while it hangs", b.item(1), "didn't respond")
	}
	if took := time.Since(started); took > 10*limit {
		t.Errorf("20 refusals took %s", took)
	}
	if n := b.account.Calls("Items.Get"); n != 1 {
		t.Errorf("%d calls began", n)
	}

	b.account.On("Items.Get", standin.Trouble{})
	close(end)
	eventually(
		t,
		"items are read again",
		func() bool { b.pass(time.Minute); return b.item(0) == nil },
	)
	if n := b.account.Overlaps(); n > 0 {
		t.Errorf("%d calls overlapped", n)
	}
}

// TestFilesAndLinksMayTakeLonger: twice what another call may, and they come.
func TestFilesAndLinksMayTakeLonger(t *testing.T) {
	const limit = 200 * time.Millisecond
	b := open(t, func(c *onepassword.Config) { c.CallTime = limit })
	item := b.contents.Items[3]
	for _, call := range []string{"Files.Read", "Shares.Create", "Vaults.List"} {
		b.account.On(call, standin.Trouble{Delay: 2 * limit})
	}
	if file, err := b.OpenFile(t.Context(), item.VaultID, item.ID, item.Files[0].ID); err != nil {
		t.Error(err)
	} else {
		file.Close()
	}
	if _, err := b.MakeLink(t.Context(), item.VaultID, item.ID, vault.LinkTerms{ExpireAfter: "OneDay"}); err != nil {
		t.Error(err)
	}
	_, err := b.Vaults(t.Context())
	unavailable(t, "a list", err, "didn't respond in time")
}

// TestSlowCallEndsWithItsContext: one that heeds its context frees its place itself.
func TestSlowCallEndsWithItsContext(t *testing.T) {
	b := open(t, func(c *onepassword.Config) { c.CallTime = 30 * time.Millisecond })
	b.account.On("Items.Get", standin.Trouble{Delay: time.Minute})
	unavailable(t, "slow", b.item(0), "didn't respond in time")
	b.account.On("Items.Get", standin.Trouble{})
	eventually(
		t,
		"items are read again",
		func() bool { b.pass(time.Minute); return b.item(0) == nil },
	)
}

// TestCancelledCallerCancelsNoCall: a caller's own context ends the waiting for a
// call and for a turn; the call goes on, and the turn is somebody else's.
func TestCancelledCallerCancelsNoCall(t *testing.T) {
	b := open(t)
	end := make(chan struct{})
	b.account.On("Items.Get", standin.Trouble{Hang: end})
	item := b.contents.Items[0]
	var group sync.WaitGroup
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		group.Go(func() {
			_, err := b.Item(ctx, item.VaultID, item.ID)
			unavailable(t, "the caller's deadline", err, "didn't respond")
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := b.Item(ctx, item.VaultID, item.ID); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who left: %v", err)
	}
	group.Wait()
	b.account.On("Items.Get", standin.Trouble{})
	close(end)
	if err := b.item(0); err != nil {
		t.Error(err)
	}
	if n := b.account.Calls("Items.Get"); n != 2 {
		t.Errorf("%d calls, want the one that ran and the last", n)
	}
}

// TestLateAnswerIsDiscarded: it comes as its asker leaves, which the race detector
// watches.
func TestLateAnswerIsDiscarded(t *testing.T) {
	b := open(t)
	item := b.contents.Items[0]
	for range 50 {
		end := make(chan struct{})
		b.account.On("Items.Get", standin.Trouble{Hang: end})
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		time.AfterFunc(time.Millisecond, func() { close(end) })
		got, err := b.Item(ctx, item.VaultID, item.ID)
		cancel()
		if (err == nil) != (got.Title == item.Title) {
			t.Fatalf("%q with %v", got.Title, err)
		}
	}
}

// TestQueueIsBoundedAndInOrder: so many wait, in order of arrival, and no more.
func TestQueueIsBoundedAndInOrder(t *testing.T) {
	const most = 4
	b := open(t, func(c *onepassword.Config) { c.Waiting, c.CallTime = most, 5*time.Second })
	end := make(chan struct{})
	b.account.On("Items.Get", standin.Trouble{Hang: end})
	var want []string
	var group sync.WaitGroup
	for i := range 1 + most {
		want = append(want, b.contents.Items[i].ID)
		group.Go(func() {
			if err := b.item(i); err != nil {
				t.Error(err)
			}
		})
		eventually(t, "a place in the queue", func() bool { return b.InQueue() == i+1 })
	}
	for range 3 {
		unavailable(t, "one too many", b.item(1), "Too many")
	}
	close(end)
	group.Wait()
	if got := b.account.RequestedItems(); !slices.Equal(got, want) {
		t.Errorf("asked for %v, want %v", got, want)
	}
	if n := b.account.Overlaps(); n > 0 || b.account.Calls("Items.Get") != 1+most {
		t.Errorf("%d calls, %d overlapped", b.account.Calls("Items.Get"), n)
	}
}

// TestConcurrentCallsNeverOverlap: readers, lists and links together, one call at a time.
func TestConcurrentCallsNeverOverlap(t *testing.T) {
	b := open(t, func(c *onepassword.Config) { c.Waiting = 200; c.Fresh = time.Nanosecond })
	b.account.On("", standin.Trouble{Delay: time.Millisecond})
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			item := b.contents.Items[i%len(b.contents.Items)]
			_, err1 := b.Item(t.Context(), item.VaultID, item.ID)
			_, err2 := b.Browse(t.Context(), vault.Query{Vaults: []string{item.VaultID}, Limit: 1})
			_, err3 := b.MakeLink(
				t.Context(),
				item.VaultID,
				item.ID,
				vault.LinkTerms{ExpireAfter: "OneDay"},
			)
			if err := errors.Join(err1, err2, err3); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := b.account.Overlaps(); n > 0 {
		t.Errorf("%d calls overlapped", n)
	}
	if b.connected != 1 {
		t.Errorf("%d clients", b.connected)
	}
}

// TestPanicOfTheSDKIsAnError, and the next call goes well.
func TestPanicOfTheSDKIsAnError(t *testing.T) {
	b := open(t)
	b.account.On("Items.Get", standin.Trouble{Panic: true, Err: errAny})
	unavailable(t, "a panic", b.item(0), "The server's log")
	b.account.On("Items.Get", standin.Trouble{})
	if err := b.item(0); err != nil {
		t.Error(err)
	}
}

// TestClientIsCreatedAgainAfterAnError, and asked for ever more rarely: requests of
// a wrong token count against the account's limits.
func TestClientIsCreatedAgainAfterAnError(t *testing.T) {
	b := open(t)
	b.connect = func() error { return standin.ErrBadToken }
	for i, wait := range []time.Duration{
		30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute, 5 * time.Minute,
	} {
		for range 5 {
			err := b.item(0)
			unavailable(t, "a wrong token", err, "OP_SERVICE_ACCOUNT_TOKEN")
			if e, _ := fault.As(err); b.connected == i+1 && e.RetryAfter > wait {
				t.Errorf("pause %d is %s, want %s", i, e.RetryAfter, wait)
			}
		}
		if b.connected != i+1 {
			t.Fatalf("%d clients were tried, want %d", b.connected, i+1)
		}
		b.pass(wait - time.Second)
		if unavailable(t, "before the end of the pause", b.item(0), "token"); b.connected != i+1 {
			t.Errorf("tried again %s too early", time.Second)
		}
		b.pass(time.Second)
	}
	b.connect = nil
	if err := b.item(0); err != nil {
		t.Error(err)
	}
	b.connect = func() error { t.Error("a client is there already"); return nil }
	if err := b.item(1); err != nil {
		t.Error(err)
	}
}

// TestNewClientAfterAnEndedSession: the client is dropped and made again.
func TestNewClientAfterAnEndedSession(t *testing.T) {
	b := open(t)
	if err := b.item(0); err != nil {
		t.Fatal(err)
	}
	b.account.On("Items.Get", standin.Trouble{Err: standin.ErrSignedOut})
	unavailable(t, "signed out", b.item(0), "ended this server's session")
	b.account.On("Items.Get", standin.Trouble{})
	b.pass(3 * time.Second)
	if err := b.item(0); err != nil || b.connected != 2 {
		t.Errorf("%d clients, %v", b.connected, err)
	}
}
