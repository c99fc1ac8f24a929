package db

import (
	"fmt"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

const bob = "bob@x.example"

func TestCodeOpensOnce(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to(bob, "eve@x.example"))
	wantClaim(t, db, id, 1, morning, proofOf(bob, "1"), share.CodeWrong)
	wantCode(t, db, id, bob, "1", morning, share.Opened)
	wantClaim(t, db, id, 1, after(9*time.Minute), proofOf(bob, "1"), share.Opened)
	wantClaim(t, db, id, 1, after(10*time.Minute), proofOf(bob, "1"), share.Repeated)
	wantClaim(t, db, id, 1, after(10*time.Minute), proofOf(bob, "2"), share.CodeWrong)
	wantClaim(t, db, id, 1, after(10*time.Minute), proofOf("eve@x.example", "1"), share.CodeWrong)
	wantClaim(t, db, id, 2, after(10*time.Minute), proofOf(bob, "1"), share.CodeWrong)
	wantClaim(t, db, id, 1, after(11*time.Minute), proofOf(bob, "1"), share.CodeWrong)

	wantCode(t, db, id, bob, "3", after(12*time.Minute), share.Opened)
	wantClaim(t, db, id, 3, after(12*time.Minute), proofOf(bob, "3"), share.ViewsUsedUp)
	r := recordOf(t, db, id, after(12*time.Minute))
	if r.State != share.Active || r.WrongTries != 0 {
		t.Errorf(
			"eve has not looked, nothing was guessed: %s, %d wrong tries",
			r.State,
			r.WrongTries,
		)
	}
	if got := r.Recipients[0]; got.Codes != 2 || got.Views != 1 {
		t.Errorf("bob: %d codes, %d views", got.Codes, got.Views)
	}
	wantCode(t, db, id, "eve@x.example", "4", after(12*time.Minute), share.Opened)
	wantClaim(t, db, id, 4, after(12*time.Minute), proofOf("eve@x.example", "4"), share.Opened)
	if r := recordOf(t, db, id, after(12*time.Minute)); r.State != share.Viewed || r.Views != 2 {
		t.Errorf("everybody has looked: %s, %d views", r.State, r.Views)
	}
	if n := countRows(t, db, `audit_events WHERE kind = 'share.code_wrong'`); n != 3 {
		t.Errorf(
			"%d entries of wrong codes, want one a minute where there was nothing to guess: 3",
			n,
		)
	}
}

// TestIdleGuessesFillNoLog asserts that every wrong code is audited, of which there are a hundred
// at most, and that guesses without a live code are audited once a minute.
func TestIdleGuessesFillNoLog(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to(bob))
	audited := func() int { return countRows(t, db, `audit_events WHERE kind = 'share.code_wrong'`) }
	for i := range 50 {
		wantClaim(
			t,
			db,
			id,
			i,
			after(time.Duration(i)*time.Second),
			proofOf(bob, "wrong"),
			share.CodeWrong,
		)
	}
	if n := audited(); n != 1 {
		t.Errorf("%d entries of a minute without a code", n)
	}
	wantCode(t, db, id, bob, "1", after(time.Minute), share.Opened)
	for i := range 50 {
		wantClaim(t, db, id, i, after(time.Minute), proofOf(bob, "wrong"), share.CodeWrong)
	}
	if n := audited(); n != 1+5+1 {
		t.Errorf("%d entries after five tries that counted and many that did not", n)
	}
}

// TestViewOfAnother sends views that exist already together with right codes of other recipients.
func TestViewOfAnother(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to(bob, "eve@x.example"), views(0))
	wantCode(t, db, id, bob, "1", morning, share.Opened)
	wantClaim(t, db, id, 1, morning, proofOf(bob, "1"), share.Opened)
	wantCode(t, db, id, "eve@x.example", "2", morning, share.Opened)
	wantClaim(t, db, id, 1, morning, proofOf("eve@x.example", "2"), share.CodeWrong)
	wantClaim(t, db, id, 2, morning, proofOf("eve@x.example", "2"), share.Opened)
	wantCode(t, db, id, bob, "3", morning, share.Opened)
	wantClaim(
		t,
		db,
		id,
		1,
		morning,
		proofOf(bob, "3"),
		share.Opened,
	) // another code: counted, not repeated
	wantClaim(t, db, id, 1, morning, proofOf(bob, "3"), share.Repeated)
	if r := recordOf(t, db, id, morning); r.Views != 3 || r.WrongTries != 0 {
		t.Errorf("%d views, %d wrong tries", r.Views, r.WrongTries)
	}
}

// TestCodesThatAreNotRight stores a right code for bob, then sends codes that are not right.
func TestCodesThatAreNotRight(t *testing.T) {
	for _, c := range []struct {
		why   string
		spoil func(t *testing.T, db *DB, id string)
		who   string
		at    time.Duration
		tries int
	}{
		{"outdated", nil, bob, 10 * time.Minute, 0},
		{"superseded", func(t *testing.T, db *DB, id string) {
			wantCode(t, db, id, bob, "new", morning, share.Opened)
		}, bob, 0, 1},
		{"dead after five wrong tries", func(t *testing.T, db *DB, id string) {
			for i := range 5 {
				wantClaim(t, db, id, 10+i, morning, proofOf(bob, "wrong"), share.CodeWrong)
			}
		}, bob, 0, 5},
		{"another address's", nil, "eve@x.example", 0, 0},
		{"another address's who has one too", func(t *testing.T, db *DB, id string) {
			wantCode(t, db, id, "eve@x.example", "new", morning, share.Opened)
		}, "eve@x.example", 0, 1},
		{"an address that is not on the share", func(t *testing.T, db *DB, id string) {
			wantCode(t, db, id, "bob@sub.x.example", "code", morning, share.Opened)
		}, "bob@sub.x.example", 0, 1},
		{"of a recipient removed since", func(t *testing.T, db *DB, id string) {
			remove(t, db, id, 0, morning)
		}, bob, 0, 0},
		{"asked for after the removal", func(t *testing.T, db *DB, id string) {
			remove(t, db, id, 0, morning)
			wantCode(t, db, id, bob, "code", morning, share.Opened)
		}, bob, 0, 1},
	} {
		t.Run(c.why, func(t *testing.T) {
			db := newDatabase(t)
			id := createShare(t, db, 1, to(bob, "eve@x.example"))
			wantCode(t, db, id, bob, "code", morning, share.Opened)
			if c.spoil != nil {
				c.spoil(t, db, id)
			}
			wantClaim(t, db, id, 1, after(c.at), proofOf(c.who, "code"), share.CodeWrong)
			if r := recordOf(t, db, id, after(c.at)); r.WrongTries != c.tries {
				t.Errorf("%d wrong tries counted, want %d", r.WrongTries, c.tries)
			}
		})
	}
}

func remove(t *testing.T, db *DB, id string, position int, now time.Time) {
	t.Helper()
	if err := db.RemoveRecipient(
		t.Context(), id, position, now,
		auditEntry(audit.RecipientRemoved, id), auditEntry(audit.ShareRevoked, id),
	); err != nil {
		t.Fatal(err)
	}
}

func TestDomainHasAlwaysAnotherAddress(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to("@x.example"))
	for i := range 3 {
		who := fmt.Sprintf("p%d@x.example", i)
		wantCode(t, db, id, who, "1", morning, share.Opened)
		wantClaim(t, db, id, i, morning, proofOf(who, "1"), share.Opened)
	}
	r := recordOf(t, db, id, morning)
	if r.State != share.Active || r.Views != 3 || r.Recipients[0].Views != 3 ||
		r.Recipients[0].Codes != 3 {
		t.Errorf("%s, %d views, %+v", r.State, r.Views, r.Recipients[0])
	}
}

// TestLimits requests codes at many times and checks which are too many.
func TestCodeLimitsOfAnAddress(t *testing.T) {
	db := newDatabase(t)
	for name, who := range map[string]string{"listed": bob, "unlisted": "mallory@y.example"} {
		t.Run(name, func(t *testing.T) {
			id := createShare(t, db, len(name), to(bob), expiringAfter(48*time.Hour))
			code := 0
			ask := func(at time.Duration, want share.Outcome, wait time.Duration) {
				t.Helper()
				code++
				if got := wantCode(t, db, id, who, fmt.Sprint(code), after(at), want); got.RetryAfter != wait {
					t.Errorf("at %s: wait %s, want %s", at, got.RetryAfter, wait)
				}
			}
			for _, at := range []time.Duration{0, time.Minute, 2 * time.Minute} {
				ask(at, share.Opened, 0)
			}
			ask(3*time.Minute, share.TooManyTries, 12*time.Minute)
			ask(15*time.Minute-time.Second, share.TooManyTries, time.Second)
			ask(15*time.Minute, share.Opened, 0)
			for i := range 6 { // ten by then
				ask(time.Duration(i+1)*time.Hour, share.Opened, 0)
			}
			ask(7*time.Hour, share.TooManyTries, 17*time.Hour)
			ask(24*time.Hour, share.Opened, 0)
		})
	}
}

func TestCodeLimitsOfAShare(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to("@x.example"), expiringAfter(48*time.Hour))
	asked := 0
	ask := func(at time.Duration, want share.Outcome) share.IssueResult {
		t.Helper()
		asked++
		return wantCode(t, db, id, fmt.Sprintf("p%d@x.example", asked), "1", after(at), want)
	}
	for hour := range 3 {
		for range 30 {
			ask(time.Duration(hour)*time.Hour, share.Opened)
		}
		if got := ask(time.Duration(hour)*time.Hour+time.Minute, share.TooManyTries); got.RetryAfter != 59*time.Minute {
			t.Errorf("hour %d: wait %s", hour, got.RetryAfter)
		}
	}
	for range 10 {
		ask(3*time.Hour, share.Opened)
	}
	if got := ask(5*time.Hour, share.TooManyTries); got.RetryAfter != 19*time.Hour {
		t.Errorf("a hundred a day: wait %s", got.RetryAfter)
	}
	if n := countRows(t, db, `mail_queue`); n != 100 {
		t.Errorf("%d mails", n)
	}
}

func TestNewestMailReplacesTheOlder(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to(bob))
	wantCode(t, db, id, bob, "1", morning, share.Opened)
	wantCode(t, db, id, bob, "2", after(time.Second), share.Opened)
	wantCode(t, db, id, "eve@x.example", "2", after(time.Second), share.Opened)
	if n := countRows(t, db, `mail_queue`); n != 2 {
		t.Errorf("%d mails, want one for each address", n)
	}
}

func TestTwentyWrongTriesADay(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to(bob), expiringAfter(48*time.Hour))
	for code := range 4 {
		at := after(time.Duration(code) * 10 * time.Minute)
		wantCode(t, db, id, bob, fmt.Sprint(code), at, share.Opened)
		for try := range 5 {
			wantClaim(t, db, id, 100*code+try, at, proofOf(bob, "wrong"), share.CodeWrong)
		}
		wantCodeDead(t, db, id, fmt.Sprint(code), at, code == 3)
	}
	wantCode(t, db, id, bob, "right", after(time.Hour), share.Opened)
	got := wantClaim(t, db, id, 1, after(time.Hour), proofOf(bob, "right"), share.TooManyTries)
	if got.RetryAfter != 23*time.Hour {
		t.Errorf("wait %s", got.RetryAfter)
	}
	wantCode(t, db, id, bob, "next day", after(24*time.Hour), share.Opened)
	wantClaim(t, db, id, 1, after(24*time.Hour), proofOf(bob, "next day"), share.Opened)
}

func wantCodeDead(t *testing.T, db *DB, id, code string, at time.Time, limit bool) {
	t.Helper()
	want := share.CodeWrong
	if limit {
		want = share.TooManyTries
	}
	wantClaim(t, db, id, 999, at, proofOf(bob, code), want)
}

func TestHundredWrongTriesEver(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to("@x.example"), expiringAfter(48*time.Hour), views(2))
	wantCode(t, db, id, "first@x.example", "1", morning, share.Opened)
	wantClaim(t, db, id, 1, morning, proofOf("first@x.example", "1"), share.Opened)
	for who := range 20 {
		address := fmt.Sprintf("p%d@x.example", who)
		wantCode(t, db, id, address, "1", morning, share.Opened)
		for try := range 5 {
			wantClaim(
				t,
				db,
				id,
				1000+100*who+try,
				morning,
				proofOf(address, "wrong"),
				share.CodeWrong,
			)
		}
	}
	for _, day := range []time.Duration{0, 25 * time.Hour} {
		at := after(day + time.Minute)
		issued := wantCode(t, db, id, "last@x.example", "1", at, share.TooManyTries)
		claimed := wantClaim(
			t,
			db,
			id,
			9999,
			at,
			proofOf("last@x.example", "1"),
			share.TooManyTries,
		)
		if wait := after(48 * time.Hour).Sub(at); issued.RetryAfter != wait ||
			claimed.RetryAfter != wait {
			t.Errorf(
				"wait %s and %s, want %s: no code comes any more",
				issued.RetryAfter,
				claimed.RetryAfter,
				wait,
			)
		}
	}
	wantClaim(t, db, id, 1, after(time.Minute), proofOf("first@x.example", "1"), share.Repeated)
	if r := recordOf(t, db, id, morning); r.WrongTries != 100 {
		t.Errorf("%d wrong tries", r.WrongTries)
	}
}

func TestNoCodeForWhatIsOver(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to(bob))
	wantCode(t, db, id, bob, "1", after(time.Hour), share.OutcomeExpired)
	revoke(t, db, id, morning, true)
	wantCode(t, db, id, bob, "1", morning, share.OutcomeRevoked)
	wantCode(t, db, "nobody's", bob, "1", morning, share.OutcomeMissing)
	if n := countRows(t, db, `mail_queue`); n != 0 {
		t.Errorf("%d mails", n)
	}
}

func TestRemoveRecipient(t *testing.T) {
	db := newDatabase(t)
	t.Run("ends the view", func(t *testing.T) {
		id := createShare(t, db, 1, to(bob, "eve@x.example"), views(2))
		wantCode(t, db, id, bob, "1", morning, share.Opened)
		wantClaim(t, db, id, 1, morning, proofOf(bob, "1"), share.Opened)
		remove(t, db, id, 0, morning)
		wantClaim(t, db, id, 1, morning, proofOf(bob, "1"), share.CodeWrong)
		if _, err := db.Chunk(t.Context(), id, viewOf(1), 0, 0, morning); fault.KindOf(
			err,
		) != fault.Gone {
			t.Errorf("a file under the ended view: %v", err)
		}
		if r := recordOf(t, db, id, morning); r.State != share.Active ||
			r.Recipients[0].RemovedAt != morning.Unix() ||
			r.Recipients[1].RemovedAt != 0 {
			t.Errorf("%s, %+v", r.State, r.Recipients)
		}
	})
	t.Run("the last one revokes", func(t *testing.T) {
		id := createShare(t, db, 2, to(bob, "@y.example"))
		remove(t, db, id, 1, morning)
		remove(t, db, id, 0, after(time.Minute))
		if r := recordOf(t, db, id, morning); r.State != share.Revoked ||
			r.EndedAt != after(time.Minute).Unix() {
			t.Errorf("%s since %d", r.State, r.EndedAt)
		}
	})
	t.Run("the last one who could look", func(t *testing.T) {
		id := createShare(t, db, 3, to(bob, "eve@x.example"))
		wantCode(t, db, id, bob, "1", morning, share.Opened)
		wantClaim(t, db, id, 1, morning, proofOf(bob, "1"), share.Opened)
		remove(t, db, id, 1, morning)
		if r := recordOf(t, db, id, morning); r.State != share.Viewed {
			t.Errorf("no view is left: %s", r.State)
		}
		wantClaim(t, db, id, 1, after(time.Minute), proofOf(bob, "1"), share.Repeated)
	})
	t.Run("a domain, but not who is named beside it", func(t *testing.T) {
		id := createShare(t, db, 4, to(bob, "@x.example"), views(2))
		for i, who := range []string{bob, "eve@x.example"} {
			wantCode(t, db, id, who, "1", morning, share.Opened)
			wantClaim(t, db, id, i, morning, proofOf(who, "1"), share.Opened)
		}
		remove(t, db, id, 1, morning)
		wantClaim(t, db, id, 0, morning, proofOf(bob, "1"), share.Repeated)
		wantClaim(t, db, id, 1, morning, proofOf("eve@x.example", "1"), share.CodeWrong)
	})
	t.Run("nobody, twice, and too late", func(t *testing.T) {
		id := createShare(t, db, 5, to(bob, "eve@x.example"))
		entry := auditEntry(audit.RecipientRemoved, id)
		before := countRows(t, db, `audit_events`)
		if err := db.RemoveRecipient(t.Context(), id, 7, morning, entry, entry); fault.KindOf(
			err,
		) != fault.NotFound {
			t.Errorf("nobody at that place: %v", err)
		}
		remove(t, db, id, 0, morning)
		remove(t, db, id, 0, after(time.Minute))
		revoke(t, db, id, morning, true)
		remove(t, db, id, 1, morning)
		if r := recordOf(t, db, id, morning); r.Recipients[0].RemovedAt != morning.Unix() ||
			r.Recipients[1].RemovedAt != 0 {
			t.Errorf("%+v", r.Recipients)
		}
		if n := countRows(t, db, `audit_events`) - before; n != 2 {
			t.Errorf("%d entries, want one removal and one revocation", n)
		}
	})
}
