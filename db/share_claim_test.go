package db

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

func TestCreateAndFind(t *testing.T) {
	db := newDatabase(t)
	d := draft(1, to("bob@x.example", "@y.example"), views(2))
	if err := db.Create(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	want := d.Record
	want.OwnerName, want.State, want.Bytes = "ada", share.Active, 0
	byID := recordOf(t, db, want.ID, morning)
	byLink, err := db.ByLink(t.Context(), want.LinkID, want.TokenHash, morning)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, byID); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(withoutItem(want), byLink); diff != "" {
		t.Error(diff)
	}
	listed, _, err := db.List(t.Context(), share.Filter{Limit: 2, Now: morning})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]share.Record{withoutLink(want)}, listed); diff != "" {
		t.Error(diff)
	}
	if _, err := db.ByLink(t.Context(), [16]byte{1}, want.TokenHash, morning); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("unknown link: %v", err)
	}
	if _, err := db.ByLink(t.Context(), want.LinkID, [32]byte{1}, morning); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("another token: %v", err)
	}
	if n := countRows(t, db, `audit_events WHERE kind = 'share.created'`); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// withoutItem returns a record as who holds its link finds it.
func withoutItem(r share.Record) share.Record {
	r.OwnerID, r.VaultID, r.ItemID, r.ItemVersion, r.Title, r.Included = "", "", "", 0, nil, nil
	return r
}

// withoutLink returns a record as lists have it.
func withoutLink(r share.Record) share.Record {
	r.LinkID, r.TokenHash, r.Recipients = [16]byte{}, [32]byte{}, slices.Clone(r.Recipients)
	for i := range r.Recipients {
		r.Recipients[i].MAC = nil
	}
	return r
}

func TestCreateTwiceByOneRequest(t *testing.T) {
	db := newDatabase(t)
	first, second, foreign := draft(1), draft(2), draft(3, owner("ben"))
	first.RequestKey, second.RequestKey, foreign.RequestKey = hash("key"), hash("key"), hash("key")
	if err := db.Create(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	err := db.Create(t.Context(), second)
	if e, ok := fault.As(err); !ok || e.Code() != fault.CodeAlreadyCreated ||
		e.Kind != fault.Conflict ||
		e.CreatedID != first.Record.ID {
		t.Errorf("the same token again: %v", err)
	}
	if n := countRows(t, db, `shares`); n != 1 {
		t.Errorf("%d shares", n)
	}
	if err := db.Create(t.Context(), foreign); err != nil {
		t.Errorf("another owner's token: %v", err)
	}
}

func TestClaimOfAnyone(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, views(2))
	wantClaim(t, db, id, 1, after(0), nil, share.Opened)
	wantClaim(t, db, id, 1, after(2*time.Minute-time.Second), nil, share.Repeated)
	if r := recordOf(t, db, id, morning); r.Views != 1 || r.State != share.Active {
		t.Errorf("after a repeat: %d views, %s", r.Views, r.State)
	}
	wantClaim(t, db, id, 2, after(3*time.Minute), nil, share.Opened)
	wantClaim(t, db, id, 2, after(4*time.Minute), nil, share.Repeated)
	wantClaim(t, db, id, 1, after(4*time.Minute), nil, share.ViewsUsedUp)
	wantClaim(t, db, id, 3, after(4*time.Minute), nil, share.ViewsUsedUp)
	wantClaim(t, db, id, 2, after(5*time.Minute), nil, share.ViewsUsedUp)
	r := recordOf(t, db, id, after(5*time.Minute))
	if r.Views != 2 || r.State != share.Viewed || r.EndedAt != after(3*time.Minute).Unix() {
		t.Errorf("in the end: %d views, %s since %d", r.Views, r.State, r.EndedAt)
	}
	views, err := db.ViewsOf(t.Context(), id, 10)
	want := []share.StoredView{
		{
			At:    after(3 * time.Minute).Unix(),
			Until: after(5 * time.Minute).Unix(),
			Agent: "Firefox on Linux",
		},
		{At: morning.Unix(), Until: after(2 * time.Minute).Unix(), Agent: "Firefox on Linux"},
	}
	if diff := cmp.Diff(want, views); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestClaimWhenOver(t *testing.T) {
	db := newDatabase(t)
	for _, c := range []struct {
		why  string
		end  func(id string)
		at   time.Duration
		want share.Outcome
	}{
		{"the last second", func(string) {}, time.Hour - time.Second, share.Opened},
		{"at its expiry", func(string) {}, time.Hour, share.OutcomeExpired},
		{"before the sweeper and after, alike", func(string) {
			if _, err := expire(db)(t.Context(), after(time.Hour), 100); err != nil {
				t.Fatal(err)
			}
		}, 2 * time.Hour, share.OutcomeExpired},
		{"revoked", func(id string) { revoke(t, db, id, morning, true) }, 0, share.OutcomeRevoked},
		{
			"revoked, and past its expiry",
			func(id string) { revoke(t, db, id, morning, true) },
			2 * time.Hour,
			share.OutcomeRevoked,
		},
	} {
		id := createShare(t, db, len(c.why))
		c.end(id)
		t.Run(c.why, func(t *testing.T) { wantClaim(t, db, id, 1, after(c.at), nil, c.want) })
	}
	wantClaim(t, db, "nobody's", 1, morning, nil, share.OutcomeMissing)
}

func revoke(t *testing.T, db *DB, id string, now time.Time, want bool) {
	t.Helper()
	done, err := db.Revoke(t.Context(), id, now, auditEntry(audit.ShareRevoked, id))
	if err != nil || done != want {
		t.Fatalf("revoke: %v, %v; want %v", done, err, want)
	}
}

func TestRevokeEndsARepeat(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, views(2))
	wantClaim(t, db, id, 1, morning, nil, share.Opened)
	revoke(t, db, id, morning, true)
	wantClaim(t, db, id, 1, morning, nil, share.OutcomeRevoked)
	revoke(t, db, id, morning, false)
	if n := countRows(t, db, `audit_events WHERE kind = 'share.revoked'`); n != 1 {
		t.Errorf("%d entries of one revocation", n)
	}
	used := createShare(t, db, 2)
	wantClaim(t, db, used, 1, morning, nil, share.Opened)
	revoke(t, db, used, morning, true)
	wantClaim(t, db, used, 1, morning, nil, share.OutcomeRevoked)
	over := createShare(t, db, 3)
	wantClaim(t, db, over, 1, morning, nil, share.Opened)
	revoke(t, db, over, after(share.ViewTime), false)
	revoke(t, db, createShare(t, db, 4), after(time.Hour), false)
}

func TestViewEndsWithTheShare(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, expiringAfter(time.Minute))
	wantClaim(t, db, id, 1, morning, nil, share.Opened)
	wantClaim(t, db, id, 1, after(59*time.Second), nil, share.Repeated)
	wantClaim(t, db, id, 1, after(60*time.Second), nil, share.OutcomeExpired)
}

func TestRefusalsAreKeptOnceAMinute(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1)
	wantClaim(t, db, id, 1, morning, nil, share.Opened)
	for i := range 10 {
		wantClaim(t, db, id, 2+i, after(time.Duration(i)*time.Second), nil, share.ViewsUsedUp)
	}
	wantClaim(t, db, id, 99, after(time.Minute), nil, share.ViewsUsedUp)
	if n := countRows(t, db, `audit_events WHERE kind = 'share.open_refused'`); n != 2 {
		t.Errorf("%d entries of refusals, want 2", n)
	}
}

func TestChunks(t *testing.T) {
	db := newDatabase(t)
	d := draft(1, func(d *share.Draft) { d.Record.Files = true }, expiringAfter(20*time.Minute), views(1))
	id := d.Record.ID
	if err := db.Create(t.Context(), d); fault.KindOf(err) != fault.Conflict {
		t.Fatalf("nothing is staged: %v", err)
	}
	for chunk := range 3 {
		if err := db.StageChunk(t.Context(), id, 0, chunk, []byte{byte(chunk)}, morning); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Create(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if err := db.DropStage(t.Context(), id); err != nil || countRows(t, db, `share_chunks`) != 3 {
		t.Fatalf("a live share's chunks were dropped: %v", err)
	}
	want := func(why string, view, chunk int, at time.Duration, kind fault.Kind) {
		t.Helper()
		sealed, err := db.Chunk(t.Context(), id, viewOf(view), 0, chunk, after(at))
		if kind != fault.KindOf(err) ||
			(err == nil) != (string(sealed) == string([]byte{byte(chunk)})) {
			t.Errorf("%s: %q, %v", why, sealed, err)
		}
	}
	want("before the view", 1, 0, 0, fault.NotFound)
	wantClaim(t, db, id, 1, morning, nil, share.Opened)
	want("in the view", 1, 2, 3*time.Minute, fault.Internal) // no error has no kind
	want("no such chunk", 1, 3, 3*time.Minute, fault.NotFound)
	want("another view", 2, 0, 3*time.Minute, fault.NotFound)
	want("past the share's expiry", 1, 0, 20*time.Minute, fault.Gone)

	d = draft(2, func(d *share.Draft) { d.Record.Files = true }, views(2))
	id = d.Record.ID
	if err := db.StageChunk(t.Context(), id, 0, 0, []byte{0}, morning); err != nil {
		t.Fatal(err)
	}
	if err := db.Create(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	wantClaim(t, db, id, 1, morning, nil, share.Opened)
	want("in the view's 30 minutes", 1, 0, 30*time.Minute-time.Second, fault.Internal)
	want("past the view's 30 minutes", 1, 0, 30*time.Minute, fault.Gone)
	revoke(t, db, id, morning, true)
	want("revoked", 1, 0, 0, fault.Gone)
}

func TestDropStage(t *testing.T) {
	db := newDatabase(t)
	for chunk := range 2*chunkBatch + 1 {
		if err := db.StageChunk(t.Context(), shareID(1), 0, chunk, []byte{1}, morning); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.DropStage(t.Context(), shareID(1)); err != nil {
		t.Fatal(err)
	}
	if chunks, stages := countRows(t, db, `share_chunks`), countRows(t, db, `share_stages`); chunks+stages != 0 {
		t.Errorf("left: %d chunks, %d stages", chunks, stages)
	}
}

// TestWithoutTheTokenNothingIsRead asserts that a request without the token does as much work for
// a share with many recipients as for a link that does not exist.
func TestWithoutTheTokenNothingIsRead(t *testing.T) {
	db := newDatabase(t)
	var names []string
	for n := range share.MaxRecipients {
		names = append(names, fmt.Sprintf("p%d@x.example", n))
	}
	link := draft(1, to(names...)).Record
	createShare(t, db, 1, to(names...))
	work := func(linkID [16]byte) float64 {
		return testing.AllocsPerRun(50, func() {
			if _, err := db.ByLink(t.Context(), linkID, [32]byte{1}, morning); fault.KindOf(
				err,
			) != fault.NotFound {
				t.Error(err)
			}
		})
	}
	if unknown, known := work([16]byte{1}), work(link.LinkID); known > unknown+5 {
		t.Errorf("%.0f allocations for a share that is there, %.0f for none", known, unknown)
	}
}
