package db

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// TestContentIsErasedInItsTime ends shares in each way and checks the second at which their
// content is erased.
func TestContentIsErasedInItsTime(t *testing.T) {
	for _, c := range []struct {
		why   string
		files bool
		end   func(t *testing.T, db *DB, id string)
		due   time.Duration
	}{
		{"expired: ten minutes later", false, func(*testing.T, *DB, string) {}, time.Hour + 10*time.Minute},
		{
			"revoked: at once",
			false,
			func(t *testing.T, db *DB, id string) { revoke(t, db, id, after(time.Minute), true) },
			time.Minute,
		},
		{"viewed: when the view is over", false, func(t *testing.T, db *DB, id string) {
			wantClaim(t, db, id, 1, morning, nil, share.Opened)
		}, 2 * time.Minute},
		{"viewed, with files", true, func(t *testing.T, db *DB, id string) {
			wantClaim(t, db, id, 1, morning, nil, share.Opened)
		}, 30 * time.Minute},
		{"viewed shortly before its expiry", false, func(t *testing.T, db *DB, id string) {
			wantClaim(t, db, id, 1, after(59*time.Minute), nil, share.Opened)
		}, time.Hour},
	} {
		t.Run(c.why, func(t *testing.T) {
			db := newDatabase(t)
			for chunk := range chunkBatch + 1 {
				if c.files {
					if err := db.StageChunk(t.Context(), shareID(1), 0, chunk, []byte{1}, morning); err != nil {
						t.Fatal(err)
					}
				}
			}
			id := createShare(t, db, 1, func(d *share.Draft) { d.Record.Files = c.files })
			other := createShare(t, db, 2, expiringAfter(24*time.Hour))
			c.end(t, db, id)
			left := func() int {
				return countRows(
					t,
					db,
					`share_content WHERE share_id = '`+id+`'`,
				) + countRows(
					t,
					db,
					`share_chunks`,
				)
			}
			whole := left()
			sweep(t, db, after(c.due-time.Second), false)
			if left() != whole {
				t.Error("erased too early")
			}
			sweep(t, db, after(c.due), false)
			if left() != 0 {
				t.Error("not erased")
			}
			wantClaim(t, db, other, 1, after(c.due), nil, share.Opened)
			if r := recordOf(t, db, id, morning); string(r.Title) != "sealed title" {
				t.Error("the history's row is gone")
			}
		})
	}
}

func TestErasersStayWithinTheirLimit(t *testing.T) {
	db := newDatabase(t)
	for n := range 10 {
		createShare(t, db, n)
		if err := db.StageChunk(t.Context(), shareID(100+n), 0, 0, []byte{1}, morning); err != nil {
			t.Fatal(err)
		}
	}
	late := after(3 * time.Hour)
	for name, erase := range map[string]func(context.Context, time.Time, int) (int, error){
		"expire": expire(db),
		"stages": db.EraseStages,
	} {
		got := []int{}
		for range 5 {
			n, err := erase(t.Context(), late, 4)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, n)
		}
		if diff := cmp.Diff([]int{4, 4, 2, 0, 0}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if n := countRows(t, db, `share_chunks`) + countRows(t, db, `share_stages`); n != 0 {
		t.Errorf("%d rows of stages", n)
	}
}

func TestStagesOfLiveSharesStay(t *testing.T) {
	db := newDatabase(t)
	for n := range 2 {
		if err := db.StageChunk(t.Context(), shareID(n), 0, 0, []byte{1}, morning); err != nil {
			t.Fatal(err)
		}
	}
	createShare(
		t,
		db,
		0,
		func(d *share.Draft) { d.Record.Files = true },
		expiringAfter(24*time.Hour),
	)
	if n, err := db.EraseStages(t.Context(), morning, 10); n != 0 || err != nil {
		t.Errorf("a stage of this second: %d, %v", n, err)
	}
	for range 3 {
		if _, err := db.EraseStages(t.Context(), after(time.Second), 10); err != nil {
			t.Fatal(err)
		}
	}
	if n := countRows(t, db, `share_chunks WHERE share_id = '`+shareID(0)+`'`); n != 1 ||
		countRows(t, db, `share_chunks`) != 1 {
		t.Errorf("the live share has %d chunks", n)
	}
}

// TestNoShareOfHalfAStage has the sweeper erase part of a stage whose share is created late.
func TestNoShareOfHalfAStage(t *testing.T) {
	db := newDatabase(t)
	for chunk := range chunkBatch + 1 {
		if err := db.StageChunk(t.Context(), shareID(1), 0, chunk, []byte{1}, morning); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.EraseStages(t.Context(), after(time.Hour), 10); err != nil {
		t.Fatal(err)
	}
	if n := countRows(t, db, `share_chunks`); n != 1 {
		t.Fatalf("%d chunks are left of the first transaction, want 1", n)
	}
	if err := db.StageChunk(t.Context(), shareID(1), 1, 0, []byte{1}, after(time.Hour)); fault.KindOf(
		err,
	) != fault.Conflict {
		t.Errorf("another chunk: %v", err)
	}
	err := db.Create(t.Context(), draft(1, func(d *share.Draft) { d.Record.Files = true }))
	if fault.KindOf(err) != fault.Conflict || countRows(t, db, `shares`) != 0 {
		t.Errorf("a share of the rest: %v", err)
	}
	sweep(t, db, after(2*time.Hour), false)
	if n := countRows(t, db, `share_chunks`) + countRows(t, db, `share_stages`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestCodesAreErased(t *testing.T) {
	db := newDatabase(t)
	d := draft(1, to(bob), expiringAfter(48*time.Hour))
	d.RequestKey = hash("key")
	if err := db.Create(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	wantCode(t, db, d.Record.ID, bob, "1", morning, share.Opened)
	wantClaim(t, db, d.Record.ID, 1, morning, proofOf(bob, "wrong"), share.CodeWrong)
	for _, c := range []struct {
		at                   time.Duration
		codes, log, requests int
	}{
		{10*time.Minute - time.Second, 1, 2, 1},
		{10 * time.Minute, 0, 2, 1},
		{24*time.Hour - time.Second, 0, 2, 1},
		{24 * time.Hour, 0, 0, 0},
	} {
		sweep(t, db, after(c.at), false)
		codes, log, requests := countRows(
			t,
			db,
			`share_codes`,
		), countRows(
			t,
			db,
			`share_code_log`,
		), countRows(
			t,
			db,
			`share_requests`,
		)
		if codes != c.codes || log != c.log || requests != c.requests {
			t.Errorf("after %s: %d codes, %d counted, %d requests", c.at, codes, log, requests)
		}
	}
	if clean, err := db.Scrub(t.Context()); err != nil || !clean {
		t.Errorf("scrub: %v, %v", clean, err)
	}
}

func TestHistoryIsErased(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to(bob))
	wantCode(t, db, id, bob, "1", morning, share.Opened)
	wantClaim(t, db, id, 1, morning, proofOf(bob, "1"), share.Opened)
	active := createShare(t, db, 2, to(bob), expiringAfter(24*time.Hour))
	if n, err := db.EraseHistory(t.Context(), morning, 10); n != 0 || err != nil {
		t.Errorf("ended this second: %d, %v", n, err)
	}
	if n, err := db.EraseHistory(t.Context(), after(time.Second), 10); n != 1 || err != nil {
		t.Errorf("ended before: %d, %v", n, err)
	}
	r := recordOf(t, db, id, morning)
	if r.Title != nil || r.Included != nil || r.Recipients[0].Address != nil ||
		r.Recipients[0].MAC != nil ||
		r.Views != 1 ||
		r.Recipients[0].Views != 1 {
		t.Errorf("%+v", r)
	}
	views, err := db.ViewsOf(t.Context(), id, 5)
	if err != nil || len(views) != 1 || views[0].Address != nil || views[0].At != morning.Unix() {
		t.Errorf("%+v, %v", views, err)
	}
	if n := countRows(t, db, `share_viewers`); n != 0 {
		t.Errorf("%d counters of addresses", n)
	}
	if r := recordOf(t, db, active, morning); r.Title == nil || r.Included == nil ||
		r.Recipients[0].MAC == nil {
		t.Error("an active share's history went")
	}
	if n, err := db.EraseHistory(t.Context(), after(time.Second), 10); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
}

// TestHistoryIsErasedFromTheAuditLog asserts that what the audit log says of an ended share's
// people is erased with the history, a limited number at a time, and that the chain still
// verifies.
func TestHistoryIsErasedFromTheAuditLog(t *testing.T) {
	db := newDatabase(t)
	named := []string{createShare(t, db, 1, to(bob)), createShare(t, db, 2, to(bob))}
	active := createShare(t, db, 3, to(bob), expiringAfter(48*time.Hour))
	for _, id := range []string{named[0], named[1], active} {
		for range detailBatch - 1 {
			if err := db.Record(t.Context(), auditEntry(audit.CodeRequested, id)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, id := range named {
		revoke(t, db, id, morning, true)
	}
	mac := audit.MAC(func(parts ...string) []byte { return hash(strings.Join(parts, "|")) })
	if err := audit.NewSealer(db, mac, db.log).Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := countRows(t, db, `audit_events WHERE detail IS NOT NULL`)
	if n, err := db.EraseHistory(t.Context(), after(time.Second), 10); n == 0 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if n := before - countRows(t, db, `audit_events WHERE detail IS NOT NULL`); n != detailBatch {
		t.Errorf("one transaction erased %d details", n)
	}
	sweep(t, db, after(time.Second), true)
	for _, id := range named {
		if n := countRows(t, db, `audit_events WHERE detail IS NOT NULL AND subject = '`+id+`'`); n != 0 {
			t.Errorf("%d details are left of share %s", n, id)
		}
		if r := recordOf(t, db, id, morning); r.Title != nil || r.Recipients[0].Address != nil {
			t.Errorf("title or address is left of share %s", id)
		}
	}
	if n := countRows(t, db, `audit_events WHERE detail IS NOT NULL AND subject = '`+active+`'`); n != detailBatch {
		t.Errorf("%d details of the active share", n)
	}
	if report, err := audit.Verify(t.Context(), db, mac, ""); report.Count < 3*detailBatch ||
		err != nil {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestErasureDue asserts that ErasureDue returns the oldest erasure that is late, of a share in
// any state.
func TestErasureDue(t *testing.T) {
	db := newDatabase(t)
	want := func(why string, now, due time.Time) {
		t.Helper()
		if got, err := db.ErasureDue(t.Context(), now); !got.Equal(due) || err != nil {
			t.Errorf("%s: due since %v, want %v; %v", why, got, due, err)
		}
	}
	want("no share", morning, time.Time{})
	createShare(t, db, 1, expiringAfter(time.Hour))
	createShare(t, db, 2, expiringAfter(30*time.Minute))
	want("two active shares", morning, time.Time{})
	want("both expired", after(2*time.Hour), after(30*time.Minute))
	revoke(t, db, shareID(1), after(time.Minute), true)
	want("one revoked before", after(2*time.Hour), after(time.Minute))
	for n := 1; n > 0; {
		_, err := expire(db)(t.Context(), after(2*time.Hour), 10)
		noError(t, err)
		n, err = db.EraseContent(t.Context(), after(2*time.Hour), 10)
		noError(t, err)
	}
	want("all erased", after(2*time.Hour), time.Time{})
}
