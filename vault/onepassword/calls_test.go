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

// getItem fetches the nth item.
func (b *testBackend) getItem(n int) error {
	item := b.contents.Items[n]
	_, err := b.Item(b.t.Context(), item.VaultID, item.ID)
	return err
}

// waitFor waits until ok reports true, at most five seconds.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never came to this: " + what)
		}
	}
}

// wantUnavailable asserts that an error is of kind Unavailable, names a time to wait and contains
// the text.
func wantUnavailable(t *testing.T, what string, err error, says string) {
	t.Helper()
	e, ok := fault.As(err)
	if !ok || e.Kind != fault.Unavailable || e.RetryAfter <= 0 ||
		!strings.Contains(e.Problems[0].Detail, says) {
		t.Errorf("%s: %v", what, err)
	}
}

// TestHungCallBlocksNoCaller asserts that a call that ignores its context and never returns
// blocks nobody: its caller and those who wait get an error at the deadline, later callers get
// one at once, no second call starts, and everything works again once the first call ends.
func TestHungCallBlocksNoCaller(t *testing.T) {
	const limit = 80 * time.Millisecond
	b := newBackend(t, func(c *onepassword.Config) { c.CallTime = limit })
	end := make(chan struct{})
	b.account.On("Items.Get", standin.Trouble{Hang: end})

	var group sync.WaitGroup
	started := time.Now()
	for range 3 {
		group.Go(func() { wantUnavailable(t, "at the deadline", b.getItem(0), "didn't respond") })
	}
	group.Wait()
	if took := time.Since(started); took < limit || took > 10*limit {
		t.Errorf("an answer after %s", took)
	}
	started = time.Now()
	for range 20 {
		wantUnavailable(t, "while it hangs", b.getItem(1), "didn't respond")
	}
	if took := time.Since(started); took > 10*limit {
		t.Errorf("20 refusals took %s", took)
	}
	if n := b.account.Calls("Items.Get"); n != 1 {
		t.Errorf("%d calls began", n)
	}

	b.account.On("Items.Get", standin.Trouble{})
	close(end)
	waitFor(
		t,
		"items are read again",
		func() bool { b.advance(time.Minute); return b.getItem(0) == nil },
	)
	if n := b.account.Overlaps(); n > 0 {
		t.Errorf("%d calls overlapped", n)
	}
}

// TestFilesAndLinksMayTakeLonger asserts that reading a file and creating a link may take twice
// the time of another call.
func TestFilesAndLinksMayTakeLonger(t *testing.T) {
	const limit = 200 * time.Millisecond
	b := newBackend(t, func(c *onepassword.Config) { c.CallTime = limit })
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
	wantUnavailable(t, "a list", err, "didn't respond in time")
}

// TestSlowCallEndsWithItsContext asserts that a call that honors its context leaves the queue by
// itself.
func TestSlowCallEndsWithItsContext(t *testing.T) {
	b := newBackend(t, func(c *onepassword.Config) { c.CallTime = 30 * time.Millisecond })
	b.account.On("Items.Get", standin.Trouble{Delay: time.Minute})
	wantUnavailable(t, "slow", b.getItem(0), "didn't respond in time")
	b.account.On("Items.Get", standin.Trouble{})
	waitFor(
		t,
		"items are read again",
		func() bool { b.advance(time.Minute); return b.getItem(0) == nil },
	)
}

// TestCancelledCallerCancelsNoCall asserts that a caller's own context ends its wait for a call
// or for its turn; the call goes on, and the turn passes to the next caller.
func TestCancelledCallerCancelsNoCall(t *testing.T) {
	b := newBackend(t)
	end := make(chan struct{})
	b.account.On("Items.Get", standin.Trouble{Hang: end})
	item := b.contents.Items[0]
	var group sync.WaitGroup
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		group.Go(func() {
			_, err := b.Item(ctx, item.VaultID, item.ID)
			wantUnavailable(t, "the caller's deadline", err, "didn't respond")
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
	if err := b.getItem(0); err != nil {
		t.Error(err)
	}
	if n := b.account.Calls("Items.Get"); n != 2 {
		t.Errorf("%d calls, want the one that ran and the last", n)
	}
}

// TestLateAnswerIsDiscarded asserts that an answer may arrive while its caller leaves. Run it
// with the race detector.
func TestLateAnswerIsDiscarded(t *testing.T) {
	b := newBackend(t)
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

// TestQueueIsBoundedAndInOrder asserts that callers are served in order of arrival and that only
// a limited number may wait.
func TestQueueIsBoundedAndInOrder(t *testing.T) {
	const most = 4
	b := newBackend(t, func(c *onepassword.Config) { c.Waiting, c.CallTime = most, 5*time.Second })
	end := make(chan struct{})
	b.account.On("Items.Get", standin.Trouble{Hang: end})
	var want []string
	var group sync.WaitGroup
	for i := range 1 + most {
		want = append(want, b.contents.Items[i].ID)
		group.Go(func() {
			if err := b.getItem(i); err != nil {
				t.Error(err)
			}
		})
		waitFor(t, "a place in the queue", func() bool { return b.InQueue() == i+1 })
	}
	for range 3 {
		wantUnavailable(t, "one too many", b.getItem(1), "Too many")
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

// TestConcurrentCallsNeverOverlap asserts that items, lists and links that are requested together
// reach the account one call at a time.
func TestConcurrentCallsNeverOverlap(t *testing.T) {
	b := newBackend(t, func(c *onepassword.Config) { c.Waiting = 200; c.Fresh = time.Nanosecond })
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
	if b.connections != 1 {
		t.Errorf("%d clients", b.connections)
	}
}

// TestPanicOfTheSDKIsAnError asserts that a panic of the SDK becomes an error and that the next
// call works.
func TestPanicOfTheSDKIsAnError(t *testing.T) {
	b := newBackend(t)
	b.account.On("Items.Get", standin.Trouble{Panic: true, Err: errUnknown})
	wantUnavailable(t, "a panic", b.getItem(0), "The server's log")
	b.account.On("Items.Get", standin.Trouble{})
	if err := b.getItem(0); err != nil {
		t.Error(err)
	}
}

// TestClientIsCreatedAgainAfterAnError asserts that the client is created again after an error,
// with growing pauses: requests with a wrong token count against the account's rate limit.
func TestClientIsCreatedAgainAfterAnError(t *testing.T) {
	b := newBackend(t)
	b.connect = func() error { return standin.ErrBadToken }
	for i, wait := range []time.Duration{
		30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute, 5 * time.Minute,
	} {
		for range 5 {
			err := b.getItem(0)
			wantUnavailable(t, "a wrong token", err, "OP_SERVICE_ACCOUNT_TOKEN")
			if e, _ := fault.As(err); b.connections == i+1 && e.RetryAfter > wait {
				t.Errorf("pause %d is %s, want %s", i, e.RetryAfter, wait)
			}
		}
		if b.connections != i+1 {
			t.Fatalf("%d clients were tried, want %d", b.connections, i+1)
		}
		b.advance(wait - time.Second)
		if wantUnavailable(t, "before the end of the pause", b.getItem(0), "token"); b.connections != i+1 {
			t.Errorf("tried again %s too early", time.Second)
		}
		b.advance(time.Second)
	}
	b.connect = nil
	if err := b.getItem(0); err != nil {
		t.Error(err)
	}
	b.connect = func() error { t.Error("a client is there already"); return nil }
	if err := b.getItem(1); err != nil {
		t.Error(err)
	}
}

// TestNewClientAfterAnEndedSession asserts that a client whose session ended is dropped and
// created again.
func TestNewClientAfterAnEndedSession(t *testing.T) {
	b := newBackend(t)
	if err := b.getItem(0); err != nil {
		t.Fatal(err)
	}
	b.account.On("Items.Get", standin.Trouble{Err: standin.ErrSignedOut})
	wantUnavailable(t, "signed out", b.getItem(0), "ended this server's session")
	b.account.On("Items.Get", standin.Trouble{})
	b.advance(3 * time.Second)
	if err := b.getItem(0); err != nil || b.connections != 2 {
		t.Errorf("%d clients, %v", b.connections, err)
	}
}
