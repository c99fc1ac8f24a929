package onepassword_test

import (
	"sync"
	"testing"
	"time"

	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/onepassword"
	"itemshare/vault/onepassword/standin"
)

func (b *bench) ids() (ids []string) {
	for _, info := range b.contents.Vaults {
		ids = append(ids, info.ID)
	}
	return ids
}

// titles are those that a list shows for a text.
func (b *bench) titles(text string) (titles []string, err error) {
	page, err := b.Browse(b.t.Context(), vault.Query{Vaults: b.ids(), Text: text, Limit: 100})
	for _, o := range page.Items {
		titles = append(titles, o.Title)
	}
	return titles, err
}

func (b *bench) shows(text string, want int) {
	b.t.Helper()
	if titles, err := b.titles(text); err != nil || len(titles) != want {
		b.t.Errorf("%q shows %v, %v; want %d", text, titles, err, want)
	}
}

func (b *bench) age() time.Duration { return b.time().Sub(b.AsOf(b.ids())) }

// TestListsAreCachedBriefly: within a minute nothing is asked; afterwards one call
// tells which vaults changed, and only those are listed again.
func TestListsAreCachedBriefly(t *testing.T) {
	b := open(t)
	b.shows("", 7)
	for range 10 {
		b.pass(5 * time.Second)
		b.shows("mail", 2)
	}
	if n := b.account.Calls(""); n != 3 || b.age() != 50*time.Second {
		t.Fatalf(
			"%d calls, want one for the vaults and one for each of two; the age is %s",
			n,
			b.age(),
		)
	}
	b.pass(10 * time.Second)
	b.shows("", 7)
	if n := b.account.Calls("Items.List"); n != 2 || b.account.Calls("Vaults.List") != 2 ||
		b.age() != 0 {
		t.Errorf("%d lists of items; the age is %s", n, b.age())
	}
	changed := b.contents.Items[0]
	b.account.Rename(changed.VaultID, changed.ID, "Telegraph")
	b.shows("telegraph", 0)
	b.pass(time.Minute)
	b.shows("telegraph", 1)
	if n := b.account.Calls("Items.List"); n != 3 {
		t.Errorf("%d lists of items, want that of the changed vault alone", n)
	}
	b.account.Archive(changed.VaultID, changed.ID)
	b.pass(time.Minute)
	b.shows("telegraph", 0)
	if err := b.item(0); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an archived item: %v", err)
	}
}

// TestRefreshReadsAgain whatever is remembered.
func TestRefreshReadsAgain(t *testing.T) {
	b := open(t)
	b.shows("", 7)
	b.pass(30 * time.Second)
	changed := b.contents.Items[0]
	b.account.Rename(changed.VaultID, changed.ID, "Telegraph")
	if err := b.Refresh(t.Context(), b.ids()); err != nil || b.age() != 0 {
		t.Errorf("%v, age %s", err, b.age())
	}
	b.shows("telegraph", 1)
	b.account.On("", standin.Trouble{Err: standin.ErrNoNetwork})
	unavailable(t, "a refresh in vain", b.Refresh(t.Context(), b.ids()), "can't reach")
	b.shows("telegraph", 1)
}

// TestConcurrentReadersShareOneCall.
func TestConcurrentReadersShareOneCall(t *testing.T) {
	b := open(t)
	b.account.On("", standin.Trouble{Delay: 30 * time.Millisecond})
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() { b.shows("", 7) })
	}
	group.Wait()
	if n := b.account.Calls(""); n != 3 {
		t.Errorf("%d calls for 50 readers", n)
	}
}

// TestOldListsAreShownWhileUnreachable, with their age to be seen, for ten
// minutes; where the account says no they do not.
func TestOldListsAreShownWhileUnreachable(t *testing.T) {
	for _, c := range []struct {
		why   string
		err   error
		shown bool
	}{
		{"unreachable", standin.ErrNoNetwork, true},
		{"limited", standin.ErrLimited, true},
		{"a refused token", standin.ErrRotate, false},
		{"a refused vault", standin.ErrDenied, false},
		{"anything new", errAny, false},
	} {
		t.Run(c.why, func(t *testing.T) {
			b := open(t)
			b.shows("", 7)
			b.account.On("", standin.Trouble{Err: c.err})
			for _, age := range []time.Duration{time.Minute, 5 * time.Minute, 10*time.Minute - time.Second} {
				b.pass(start.Add(age).Sub(b.time()))
				titles, err := b.titles("")
				if shown := err == nil && len(titles) == 7; shown != c.shown || b.age() != age {
					t.Errorf(
						"after %s: %d titles, %v; the age says %s",
						age,
						len(titles),
						err,
						b.age(),
					)
				}
			}
			b.pass(start.Add(10 * time.Minute).Sub(b.time()))
			if _, err := b.titles(""); fault.KindOf(err) != fault.Unavailable {
				t.Errorf("after ten minutes: %v", err)
			}
			b.account.On("", standin.Trouble{})
			b.pass(start.Add(30 * time.Minute).Sub(b.time()))
			b.shows("", 7)
			if b.age() != 0 {
				t.Errorf("the age says %s", b.age())
			}
		})
	}
}

// TestUnreachableAccountIsTriedOnce: while the account hangs, readers of old lists do not each
// wait for the deadline.
func TestUnreachableAccountIsTriedOnce(t *testing.T) {
	const limit = 60 * time.Millisecond
	b := open(t, func(c *onepassword.Config) { c.CallTime = limit })
	b.shows("", 7)
	end := make(chan struct{})
	defer close(end)
	b.account.On("", standin.Trouble{Hang: end})
	b.pass(2 * time.Minute)
	started := time.Now()
	for range 20 {
		b.shows("", 7)
	}
	if took := time.Since(started); took > 10*limit {
		t.Errorf("20 readers waited %s", took)
	}
}

// TestDeletedVault holds nothing, and the others are shown.
func TestDeletedVault(t *testing.T) {
	b := open(t)
	b.shows("", 7)
	gone := b.contents.Vaults[1].ID
	b.account.Remove(gone)
	b.pass(time.Minute)
	b.shows("", 6)
	if _, err := b.Overviews(t.Context(), gone, nil); fault.KindOf(err) != fault.NotFound {
		t.Errorf("its overviews: %v", err)
	}
	if all, err := b.Vaults(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
}

// TestUnreadableVault: it is no empty vault.
func TestUnreadableVault(t *testing.T) {
	b := open(t)
	b.account.Hide(b.contents.Vaults[0].ID, true)
	_, err := b.titles("")
	unavailable(t, "a list", err, "have access to this vault")
}
