package db

import (
	"sync"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// native makes a draft one of a native share, which has no content.
func native(d *share.Draft) {
	d.Record.Native, d.Record.Bytes, d.Nonce, d.Ciphertext = true, 0, nil, nil
}

func TestNativeShareIsFoundByNoLink(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, native, to(bob), views(0))
	got := recordOf(t, db, id, morning)
	if !got.Native || got.State != share.Active || len(got.Recipients) != 1 {
		t.Errorf("kept as %+v", got)
	}
	if _, err := db.ByLink(t.Context(), got.LinkID, got.TokenHash, morning); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("by its link: %v", err)
	}
	ours := recordOf(t, db, createShare(t, db, 2), morning)
	if found, err := db.ByLink(t.Context(), ours.LinkID, ours.TokenHash, morning); err != nil ||
		found.Native {
		t.Errorf("ours: native %t, %v", found.Native, err)
	}
	if n := countRows(t, db, "share_content"); n != 1 {
		t.Errorf("%d sealed contents of one share of ours", n)
	}
}

// TestNativeShareEnds asserts that a native share ends by its expiry, and that its title and
// addresses are erased by age.
func TestNativeShareEnds(t *testing.T) {
	db := newDatabase(t)
	id := createShare(
		t,
		db,
		1,
		native,
		to(bob),
		views(0),
		func(d *share.Draft) { d.Record.Files = true },
	)
	if live, err := db.LiveItems(t.Context(), "ada", "team", []string{"item"}, morning); err != nil ||
		live["item"] != 1 {
		t.Errorf("live %v, %v", live, err)
	}
	late := after(3 * time.Hour)
	if n, err := expire(db)(t.Context(), late, 10); n != 1 || err != nil {
		t.Errorf("expired %d, %v", n, err)
	}
	if n, err := db.EraseContent(t.Context(), late, 10); n != 1 || err != nil {
		t.Errorf("erased the content of %d, %v", n, err)
	}
	if n, err := db.EraseContent(t.Context(), late, 10); n != 0 || err != nil {
		t.Errorf("and again of %d, %v", n, err)
	}
	if n, err := db.EraseHistory(t.Context(), late, 10); n != 1 || err != nil {
		t.Errorf("erased the history of %d, %v", n, err)
	}
	got := recordOf(t, db, id, late)
	if got.State != share.Expired || got.Title != nil || got.Recipients[0].Address != nil ||
		!got.Native {
		t.Errorf("left is %+v", got)
	}
}

func withKey(d share.Draft, key []byte) share.Draft {
	d.RequestKey = key
	return d
}

// TestReserve asserts that a key is used up once, also by concurrent requests, and that Release
// makes it usable again only if its share was not created.
func TestReserve(t *testing.T) {
	db := newDatabase(t)
	key := hash("key")
	var wait sync.WaitGroup
	errs := make([]error, 20)
	for n := range errs {
		wait.Go(func() {
			errs[n] = db.Reserve(
				t.Context(),
				withKey(draft(n), key),
				auditEntry(audit.LinkAsked, "team/item"),
			)
		})
	}
	wait.Wait()
	winner := -1
	for n, err := range errs {
		switch {
		case err == nil && winner >= 0:
			t.Fatalf("both %d and %d have it", winner, n)
		case err == nil:
			winner = n
		case fault.CodeOf(err) != fault.CodeConflict:
			t.Errorf("%d: %v", n, err)
		}
	}
	if err := db.Release(t.Context(), key, draft((winner+1)%20).Record); err != nil {
		t.Fatal(err)
	}
	if err := db.Reserve(t.Context(), withKey(draft(30), key), auditEntry(audit.LinkAsked, "team/item")); fault.CodeOf(
		err,
	) != fault.CodeConflict {
		t.Errorf("given back by another: %v", err)
	}
	if err := db.Release(t.Context(), key, draft(winner).Record); err != nil {
		t.Fatal(err)
	}
	if err := db.Reserve(t.Context(), withKey(draft(30), key), auditEntry(audit.LinkAsked, "team/item")); err != nil {
		t.Errorf("given back: %v", err)
	}
	if err := db.Reserve(
		t.Context(),
		withKey(draft(31, owner("ben")), key),
		auditEntry(audit.LinkAsked, "team/item"),
	); err != nil {
		t.Errorf("somebody else's: %v", err)
	}
	made := draft(30, native)
	made.RequestKey = key
	if err := db.Create(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	if err := db.Release(t.Context(), key, made.Record); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"reserving": db.Reserve(t.Context(), withKey(draft(32), key), auditEntry(audit.LinkAsked, "team/item")),
		"making":    db.Create(t.Context(), draft(33, func(d *share.Draft) { d.RequestKey = key })),
	} {
		if e, _ := fault.As(err); e == nil || e.Code() != fault.CodeAlreadyCreated ||
			e.CreatedID != made.Record.ID {
			t.Errorf("%s with the key of a share that was made: %v", what, err)
		}
	}
}

func TestLinksBy(t *testing.T) {
	db := open(t)
	if by, err := db.LinksBy(t.Context()); by != share.LinksNative || err != nil {
		t.Errorf("nothing is stored: %s, %v", by, err)
	}
	for _, by := range []share.LinksBy{share.LinksOurs, share.LinksNative, share.LinksOurs} {
		if err := db.SetLinksBy(t.Context(), by, morning, auditEntry(audit.PolicyChanged, "")); err != nil {
			t.Fatal(err)
		}
		if got, err := db.LinksBy(t.Context()); got != by || err != nil {
			t.Errorf("%s, want %s; %v", got, by, err)
		}
	}
	if err := db.SetLinksBy(t.Context(), "nobody", morning, auditEntry(audit.PolicyChanged, "")); err == nil {
		t.Error("nonsense is stored")
	}
}
