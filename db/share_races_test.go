package db

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"itemshare/audit"
	"itemshare/share"
)

// simultaneously runs fn n times at the same moment.
func simultaneously(n int, fn func(i int)) {
	var all sync.WaitGroup
	start := make(chan bool)
	for i := range n {
		all.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	all.Wait()
}

// outcomeCounts counts outcomes.
type outcomeCounts [8]atomic.Int64

func (c *outcomeCounts) claim(t *testing.T, db *DB, id string, view int, proof *share.Proof) {
	claimed, err := tryClaim(db, id, view, morning, proof)
	if err != nil {
		t.Error(err)
		return
	}
	c[claimed.Outcome].Add(1)
}

// TestLimitHoldsForEveryone opens one share 200 times at once, through two handles, as two
// processes would.
func TestLimitHoldsForEveryone(t *testing.T) {
	handles := openTwice(t)
	addSharer(t, handles[0], "ada")
	for n, limit := range []int{1, 5} {
		t.Run(fmt.Sprint("limit ", limit), func(t *testing.T) {
			id := createShare(t, handles[0], n, views(limit))
			var got outcomeCounts
			simultaneously(200, func(i int) { got.claim(t, handles[i%2], id, i, nil) })
			if opened, refused := got[share.Opened].Load(), got[share.ViewsUsedUp].Load(); opened != int64(
				limit,
			) ||
				refused != int64(200-limit) {
				t.Errorf("%d opened, %d refused", opened, refused)
			}
			if r := recordOf(t, handles[0], id, morning); r.Views != limit ||
				r.State != share.Viewed {
				t.Errorf("%d views, %s", r.Views, r.State)
			}
		})
	}
}

func TestOneViewManyTimesAtOnce(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, views(1))
	var got outcomeCounts
	simultaneously(50, func(int) { got.claim(t, db, id, 1, nil) })
	if opened, repeated := got[share.Opened].Load(), got[share.Repeated].Load(); opened != 1 ||
		repeated != 49 {
		t.Errorf("%d opened, %d repeated", opened, repeated)
	}
}

// TestOneCodeManyViewsAtOnce sends one right code for many views at once.
func TestOneCodeManyViewsAtOnce(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to(bob), views(0))
	wantCode(t, db, id, bob, "1", morning, share.Opened)
	var got outcomeCounts
	simultaneously(100, func(i int) { got.claim(t, db, id, i, proofOf(bob, "1")) })
	if opened, wrong := got[share.Opened].Load(), got[share.CodeWrong].Load(); opened != 1 ||
		wrong != 99 {
		t.Errorf("%d opened, %d refused", opened, wrong)
	}
}

// TestNoClaimAfterARevoke revokes during claims, and asserts that claims that start after Revoke
// returned are rejected.
func TestNoClaimAfterARevoke(t *testing.T) {
	handles := openTwice(t)
	addSharer(t, handles[0], "ada")
	for round := range 5 {
		id := createShare(t, handles[0], round, views(0))
		var revoked atomic.Bool
		var late outcomeCounts
		simultaneously(60, func(i int) {
			if i == 30 {
				done, err := handles[0].Revoke(
					t.Context(),
					id,
					morning,
					auditEntry(audit.ShareRevoked, id),
				)
				if err != nil || !done {
					t.Errorf("revoke: %v, %v", done, err)
				}
				revoked.Store(true)
				return
			}
			for n := range 5 {
				if revoked.Load() {
					late.claim(t, handles[i%2], id, 10*i+n, nil)
				} else if _, err := tryClaim(handles[i%2], id, 10*i+n, morning, nil); err != nil {
					t.Error(err)
				}
			}
		})
		views := recordOf(t, handles[0], id, morning).Views
		late.claim(t, handles[1], id, 9999, nil)
		if n := late[share.Opened].Load(); n != 0 {
			t.Errorf("%d claims after the revocation", n)
		}
		if now := recordOf(t, handles[0], id, morning).Views; now != views ||
			countRows(t, handles[0], `share_views WHERE share_id = '`+id+`'`) != views {
			t.Errorf("%d views, then %d", views, now)
		}
	}
}

// TestGuessesAtOnce guesses a code 200 times at once, and requests 200 codes at once.
func TestGuessesAtOnce(t *testing.T) {
	handles := openTwice(t)
	addSharer(t, handles[0], "ada")
	id := createShare(t, handles[0], 1, to(bob))
	wantCode(t, handles[0], id, bob, "right", morning, share.Opened)
	var got outcomeCounts
	simultaneously(
		200,
		func(i int) { got.claim(t, handles[i%2], id, i, proofOf(bob, fmt.Sprint("wrong ", i))) },
	)
	if n := recordOf(t, handles[0], id, morning).WrongTries; n != 5 ||
		got[share.CodeWrong].Load() != 200 {
		t.Errorf("%d tries were looked at, want 5; %d refused", n, got[share.CodeWrong].Load())
	}
	wantClaim(t, handles[0], id, 500, morning, proofOf(bob, "right"), share.CodeWrong)

	var codes outcomeCounts
	simultaneously(200, func(i int) {
		issued, err := tryCode(handles[i%2], id, "eve@x.example", fmt.Sprint(i), morning)
		if err != nil {
			t.Error(err)
		}
		codes[issued.Outcome].Add(1)
	})
	if ok, refused := codes[share.Opened].Load(), codes[share.TooManyTries].Load(); ok != 3 ||
		refused != 197 {
		t.Errorf("%d codes, %d refused", ok, refused)
	}
	if n := countRows(t, handles[0], `mail_queue`); n != 2 {
		t.Errorf("%d mails, want bob's and eve's newest", n)
	}
}
