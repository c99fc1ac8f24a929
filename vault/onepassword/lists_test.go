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

func (b *testBackend) ids() (ids []string) {
	for _, info := range b.contents.Vaults {
		ids = append(ids, info.ID)
	}
	return ids
}

// titles returns the titles that a list shows for a search text.
func (b *testBackend) titles(text string) (titles []string, err error) {
	page, err := b.Browse(b.t.Context(), vault.Query{Vaults: b.ids(), Text: text, Limit: 100})
	for _, o := range page.Items {
		titles = append(titles, o.Title)
	}
	return titles, err
}

// wantTitles asserts that a list shows so many titles for a search text.
func (b *testBackend) wantTitles(text string, want int) {
	b.t.Helper()
	if titles, err := b.titles(text); err != nil || len(titles) != want {
		b.t.Errorf("%q shows %v, %v; want %d", text, titles, err, want)
	}
}

// age returns the age of the lists.
func (b *testBackend) age() time.Duration { return b.now().Sub(b.AsOf(b.ids())) }

// TestListsAreCachedBriefly asserts that lists are cached for a minute. After that one call finds
// out which vaults changed, and only those are listed again.
func TestListsAreCachedBriefly(t *testing.T) {
	b := newBackend(t)
	b.wantTitles("", 7)
	for range 10 {
		b.advance(5 * time.Second)
		b.wantTitles("mail", 2)
	}
	if n := b.account.Calls(""); n != 3 || b.age() != 50*time.Second {
		t.Fatalf(
			"%d calls, want one for the vaults and one for each of two; the age is %s",
			n,
			b.age(),
		)
	}
	b.advance(10 * time.Second)
	b.wantTitles("", 7)
	if n := b.account.Calls("Items.List"); n != 2 || b.account.Calls("Vaults.List") != 2 ||
		b.age() != 0 {
		t.Errorf("%d lists of items; the age is %s", n, b.age())
	}
	changed := b.contents.Items[0]
	b.account.Rename(changed.VaultID, changed.ID, "Telegraph")
	b.wantTitles("telegraph", 0)
	b.advance(time.Minute)
	b.wantTitles("telegraph", 1)
	if n := b.account.Calls("Items.List"); n != 3 {
		t.Errorf("%d lists of items, want that of the changed vault alone", n)
	}
	b.account.Archive(changed.VaultID, changed.ID)
	b.advance(time.Minute)
	b.wantTitles("telegraph", 0)
	if err := b.getItem(0); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an archived item: %v", err)
	}
}

// TestRefreshReadsAgain asserts that Refresh lists items again, however new the cached lists are.
func TestRefreshReadsAgain(t *testing.T) {
	b := newBackend(t)
	b.wantTitles("", 7)
	b.advance(30 * time.Second)
	changed := b.contents.Items[0]
	b.account.Rename(changed.VaultID, changed.ID, "Telegraph")
	if err := b.Refresh(t.Context(), b.ids()); err != nil || b.age() != 0 {
		t.Errorf("%v, age %s", err, b.age())
	}
	b.wantTitles("telegraph", 1)
	b.account.On("", standin.Trouble{Err: standin.ErrNoNetwork})
	wantUnavailable(t, "a refresh in vain", b.Refresh(t.Context(), b.ids()), "can't reach")
	b.wantTitles("telegraph", 1)
}

// TestConcurrentReadersShareOneCall asserts that simultaneous readers of a list cost one call.
func TestConcurrentReadersShareOneCall(t *testing.T) {
	b := newBackend(t)
	b.account.On("", standin.Trouble{Delay: 30 * time.Millisecond})
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() { b.wantTitles("", 7) })
	}
	group.Wait()
	if n := b.account.Calls(""); n != 3 {
		t.Errorf("%d calls for 50 readers", n)
	}
}

// TestOldListsAreShownWhileUnreachable asserts that lists are shown with their age for ten
// minutes while the account cannot be reached, and not at all when it denies access.
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
		{"anything new", errUnknown, false},
	} {
		t.Run(c.why, func(t *testing.T) {
			b := newBackend(t)
			b.wantTitles("", 7)
			b.account.On("", standin.Trouble{Err: c.err})
			for _, age := range []time.Duration{time.Minute, 5 * time.Minute, 10*time.Minute - time.Second} {
				b.advance(start.Add(age).Sub(b.now()))
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
			b.advance(start.Add(10 * time.Minute).Sub(b.now()))
			if _, err := b.titles(""); fault.KindOf(err) != fault.Unavailable {
				t.Errorf("after ten minutes: %v", err)
			}
			b.account.On("", standin.Trouble{})
			b.advance(start.Add(30 * time.Minute).Sub(b.now()))
			b.wantTitles("", 7)
			if b.age() != 0 {
				t.Errorf("the age says %s", b.age())
			}
		})
	}
}

// TestUnreachableAccountIsTriedOnce asserts that readers of cached lists do not each wait for the
// deadline while the account hangs.
func TestUnreachableAccountIsTriedOnce(t *testing.T) {
	const limit = 60 * time.Millisecond
	b := newBackend(t, func(c *onepassword.Config) { c.CallTime = limit })
	b.wantTitles("", 7)
	end := make(chan struct{})
	defer close(end)
	b.account.On("", standin.Trouble{Hang: end})
	b.advance(2 * time.Minute)
	started := time.Now()
	for range 20 {
		b.wantTitles("", 7)
	}
	if took := time.Since(started); took > 10*limit {
		t.Errorf("20 readers waited %s", took)
	}
}

// TestDeletedVault asserts that a deleted vault shows no items and that the other vaults are
// still shown.
func TestDeletedVault(t *testing.T) {
	b := newBackend(t)
	b.wantTitles("", 7)
	gone := b.contents.Vaults[1].ID
	b.account.Remove(gone)
	b.advance(time.Minute)
	b.wantTitles("", 6)
	if _, err := b.Overviews(t.Context(), gone, nil); fault.KindOf(err) != fault.NotFound {
		t.Errorf("its overviews: %v", err)
	}
	if all, err := b.Vaults(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
}

// TestUnreadableVault asserts that a vault that cannot be read is an error and not an empty
// vault.
func TestUnreadableVault(t *testing.T) {
	b := newBackend(t)
	b.account.Hide(b.contents.Vaults[0].ID, true)
	_, err := b.titles("")
	wantUnavailable(t, "a list", err, "have access to this vault")
}
