package db

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// setDay sets how many views a share had today, so that a test need not create them.
func setDay(t *testing.T, db *DB, id string, at time.Time, count int) {
	t.Helper()
	noError(t, db.write(t.Context(), "set the day", func(t *tx) error {
		_, err := t.exec(`UPDATE shares SET day = ?, day_views = ?, views = ? WHERE id = ?`,
			at.Unix()/secondsPerDay, count, count, id)
		return err
	}))
}

// recordMinutes records the minutes that have ended, and returns their events.
func recordMinutes(t *testing.T, db *DB, now time.Time) (events []share.MinuteViews) {
	t.Helper()
	for {
		n, err := db.RecordMinutes(
			t.Context(),
			now,
			3,
			func(m share.MinuteViews) (audit.Entry, error) {
				events = append(events, m)
				return auditEntry(audit.ShareOpened, m.ShareID), nil
			},
		)
		noError(t, err)
		if n == 0 {
			return events
		}
	}
}

// TestEndlessViewsAddFewRows opens a link for anyone in a loop, concurrently and in two
// processes: the rows of a day are bounded, and every view is counted.
func TestEndlessViewsAddFewRows(t *testing.T) {
	for _, limit := range []int{0, 1_000_000} {
		handles := openTwice(t)
		addSharer(t, handles[0], "ada")
		id := createShare(t, handles[0], 1, views(limit))
		const total, minutes = viewsByOne + 2*recentViews + 500, 4
		var group sync.WaitGroup
		for worker := range 50 {
			group.Go(func() {
				for n := worker; n < total; n += 50 {
					at := after(time.Duration(n%minutes) * time.Minute)
					claimed, err := tryClaim(handles[n%2], id, n, at, nil)
					if err != nil || claimed.Outcome != share.Opened {
						t.Errorf("view %d: outcome %d, %v", n, claimed.Outcome, err)
						return
					}
				}
			})
		}
		group.Wait()
		recorded := recordMinutes(t, handles[1], after(time.Hour))
		for table, most := range map[string]int{
			`share_views`: viewsByOne, `share_view_minutes`: minutes, `share_recent_views`: recentViews,
			`audit_events WHERE kind = 'share.opened'`: viewsByOne + minutes,
		} {
			if n := countRows(t, handles[0], table); n > most || n < most/2 {
				t.Errorf("%d rows of %s, want at most %d", n, table, most)
			}
		}
		shown, err := handles[0].ViewsOf(t.Context(), id, total)
		noError(t, err)
		counted, events := 0, viewsByOne
		for _, v := range shown {
			counted += max(1, v.InMinute)
		}
		for _, m := range recorded {
			events += m.Views
		}
		if r := recordOf(t, handles[0], id, morning); r.Views != total || counted != total ||
			events != total {
			t.Errorf(
				"%d views made; %d counted, %d shown, %d in the audit log",
				total,
				r.Views,
				counted,
				events,
			)
		}
	}
}

// TestViewsByMinute compares the history and the audit log of a link, view by view.
func TestViewsByMinute(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, views(0), expiringAfter(48*time.Hour))
	setDay(t, db, id, morning, viewsByOne-1)
	wantClaim(t, db, id, 1, after(5*time.Second), nil, share.Opened)
	wantClaim(t, db, id, 2, after(10*time.Second), nil, share.Opened)
	wantClaim(t, db, id, 3, after(20*time.Second), nil, share.Opened)
	wantClaim(t, db, id, 4, after(61*time.Second), nil, share.Opened)
	if early := recordMinutes(t, db, after(59*time.Second)); early != nil {
		t.Errorf("recorded before their minute ended: %v", early)
	}
	events := recordMinutes(t, db, after(2*time.Minute))
	wantClaim(
		t,
		db,
		id,
		5,
		after(62*time.Second),
		nil,
		share.Opened,
	) // late: it waited for its turn
	events = append(events, recordMinutes(t, db, after(3*time.Minute))...)
	minute := func(n int) time.Time { return after(time.Duration(n) * time.Minute) }
	if diff := cmp.Diff([]share.MinuteViews{
		{ShareID: id, Minute: minute(0), Views: 2},
		{ShareID: id, Minute: minute(1), Views: 1},
		{ShareID: id, Minute: minute(1), Views: 1},
	}, events); diff != "" {
		t.Error(diff)
	}
	got, err := db.ViewsOf(t.Context(), id, 2)
	want := []share.StoredView{
		{At: minute(1).Unix(), InMinute: 2},
		{
			At: after(5 * time.Second).Unix(), Until: after(125 * time.Second).Unix(),
			Agent: "Firefox on Linux",
		},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if r := recordOf(t, db, id, morning); r.Views != viewsByOne+4 {
		t.Errorf("%d views", r.Views)
	}

	tomorrow := after(24 * time.Hour)
	wantClaim(t, db, id, 6, tomorrow, nil, share.Opened)
	wantClaim(t, db, id, 7, morning, nil, share.Opened) // of a process whose clock is behind
	if n := countRows(t, db, `share_views`); n != 3 {
		t.Errorf("%d views with a row, want 3: a new day begins, once", n)
	}
	if got := recordMinutes(t, db, tomorrow.Add(time.Hour)); got != nil {
		t.Errorf("recorded of a day of two views: %v", got)
	}
}

// TestRepeatOfACountedView asserts that a view without a row of its own can be repeated while it
// lasts, and counts once.
func TestRepeatOfACountedView(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, views(0))
	wantClaim(t, db, id, 1, morning, nil, share.Opened)
	setDay(t, db, id, morning, viewsByOne)
	wantClaim(t, db, id, 2, morning, nil, share.Opened)
	wantClaim(t, db, id, 2, after(share.ViewTime-time.Second), nil, share.Repeated)
	wantClaim(t, db, id, 2, after(share.ViewTime), nil, share.Opened)
	wantClaim(t, db, id, 2, after(share.ViewTime+time.Second), nil, share.Repeated)
	wantClaim(t, db, id, 1, after(share.ViewTime), nil, share.Opened) // it had a row, and is over
	wantClaim(t, db, id, 1, after(share.ViewTime+time.Second), nil, share.Repeated)
	if r := recordOf(t, db, id, morning); r.Views != viewsByOne+3 {
		t.Errorf("%d views", r.Views)
	}
	if n := countRows(t, db, `share_recent_views`); n != 2 {
		t.Errorf("%d rows of two views", n)
	}
	if n, err := db.EraseCodes(t.Context(), after(2*share.ViewTime), 100); err != nil || n != 2 {
		t.Errorf("%d rows erased of views that are over, %v", n, err)
	}
	revoke(t, db, id, after(3*share.ViewTime), true)
	wantClaim(t, db, id, 2, after(3*share.ViewTime), nil, share.OutcomeRevoked)
}

// TestLimitHoldsByTheMinute asserts that counting by the minute gives nobody an extra view.
func TestLimitHoldsByTheMinute(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, views(viewsByOne+2))
	setDay(t, db, id, morning, viewsByOne)
	wantClaim(t, db, id, 1, morning, nil, share.Opened)
	wantClaim(t, db, id, 2, morning, nil, share.Opened)
	wantClaim(t, db, id, 3, morning, nil, share.ViewsUsedUp)
	wantClaim(t, db, id, 2, morning, nil, share.Repeated)
	wantClaim(t, db, id, 2, after(share.ViewTime), nil, share.ViewsUsedUp)
	if r := recordOf(t, db, id, morning); r.State != share.Viewed || r.Views != viewsByOne+2 {
		t.Errorf("%s after %d views", r.State, r.Views)
	}
}

// TestFilesOfACountedView asserts that a view's files can be fetched while it lasts, also after
// others have taken its place, and not after the share has ended.
func TestFilesOfACountedView(t *testing.T) {
	db := newDatabase(t)
	d := draft(1, func(d *share.Draft) { d.Record.Files = true }, views(0))
	limited := draft(2, func(d *share.Draft) { d.Record.Files = true }, views(1_000_000))
	for _, d := range []share.Draft{d, limited} {
		noError(t, db.StageChunk(t.Context(), d.Record.ID, 0, 0, []byte("sealed"), morning))
		noError(t, db.Create(t.Context(), d))
		setDay(t, db, d.Record.ID, morning, viewsByOne)
	}
	id := d.Record.ID
	want := func(why, id string, view int, at time.Duration, kind fault.Kind) {
		t.Helper()
		sealed, err := db.Chunk(t.Context(), id, viewOf(view), 0, 0, after(at))
		if fault.KindOf(err) != kind || (err == nil) != (string(sealed) == "sealed") {
			t.Errorf("%s: %q, %v", why, sealed, err)
		}
	}
	wantClaim(t, db, id, 1, morning, nil, share.Opened)
	want("in its time", id, 1, share.ViewTimeFiles-time.Second, fault.Internal)
	want("after it", id, 1, share.ViewTimeFiles, fault.Gone)
	want("a view that was not opened", id, 9, 0, fault.NotFound)

	for _, d := range []share.Draft{d, limited} {
		wantClaim(t, db, d.Record.ID, 2, morning, nil, share.Opened)
		for n := range recentViews {
			wantClaim(t, db, d.Record.ID, 10+n, morning, nil, share.Opened)
		}
	}
	want("forgotten", id, 2, time.Minute, fault.Internal)
	want("forgotten, of a link with a limit", limited.Record.ID, 2, time.Minute, fault.NotFound)
	want("after the share", id, 2, time.Hour, fault.Gone)
	revoke(t, db, id, after(time.Minute), true)
	want("revoked", id, 2, time.Minute, fault.Gone)
	if n := countRows(t, db, fmt.Sprintf(`share_recent_views WHERE share_id = '%s'`, id)); n > recentViews {
		t.Errorf("%d rows of recent views", n)
	}
}
