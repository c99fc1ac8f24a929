package db

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"itemshare/share"
)

// seedShares creates 48 shares: of two owners, three vaults with two items each, in every state,
// for bob, for a domain or for anyone. One of the active ones has expired and is not marked yet.
// It returns the records.
func seedShares(t *testing.T, db *DB) map[string]share.Record {
	t.Helper()
	all := map[string]share.Record{}
	for n := range 48 {
		vault := fmt.Sprint("vault", n%3)
		options := []option{
			owner([]string{"ada", "ben"}[n/2%2]),
			from(vault, fmt.Sprint(vault, " item", n/3%2)),
			expiringAfter(24 * time.Hour),
		}
		switch n % 5 {
		case 0:
			options = append(options, to(bob))
		case 1:
			options = append(options, to("eve@x.example", "@x.example", bob))
		}
		state := []share.State{share.Active, share.Expired, share.Viewed, share.Revoked}[n/4%4]
		if state == share.Expired {
			options = append(options, expiringAfter(time.Hour))
		}
		id := createShare(t, db, n, options...)
		if state == share.Revoked {
			revoke(t, db, id, morning, true)
		}
		if state == share.Viewed {
			end(t, db, id, share.Viewed)
		}
	}
	if _, err := expire(db)(t.Context(), after(2*time.Hour), 11); err != nil {
		t.Fatal(err)
	}
	for n := range 48 {
		all[shareID(n)] = recordOf(t, db, shareID(n), after(2*time.Hour))
	}
	if n := countRows(t, db, `shares WHERE state = 'active' AND expires_at < 1772362800`); n != 1 {
		t.Fatalf("%d shares lag, want 1", n)
	}
	return all
}

// end ends a share whatever its views.
func end(t *testing.T, db *DB, id string, state share.State) {
	t.Helper()
	err := db.write(t.Context(), "test", func(t *tx) error {
		h, _, err := lockShare(t, id, morning)
		if err != nil {
			return err
		}
		return h.end(t, state, morning, morning.Unix())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// filters returns every combination of the filters.
func filters() []share.Filter {
	var all []share.Filter
	for _, owner := range []string{"", "ada", "ben", "nobody"} {
		for _, place := range [][2]string{{}, {"vault1"}, {"vault1", "vault1 item0"}, {"no vault"}} {
			for _, state := range []share.State{"", share.Active, share.Expired, share.Viewed, share.Revoked} {
				f := share.Filter{
					OwnerID: owner,
					VaultID: place[0],
					ItemID:  place[1],
					State:   state,
					Now:     after(2 * time.Hour),
				}
				text := f
				text.HasText = true
				items, macs, both := text, text, text
				items.ItemIDs = []string{"vault1 item0", "vault0 item1"}
				macs.AddressMACs = [][]byte{hash(bob)}
				both.ItemIDs, both.AddressMACs = []string{
					"vault1 item0",
				}, [][]byte{
					hash("@x.example"),
					hash(bob),
				}
				all = append(all, f, text, items, macs, both)
				for _, with := range []share.Filter{f, text, both} {
					with.WithMAC = hash("@x.example")
					since := with
					since.Since = shareID(15)
					all = append(all, with, since)
				}
				since := f
				since.Since = shareID(21)
				ending, endingWith, endingText := f, f, both
				ending.EndsBy, endingText.EndsBy = after(3*time.Hour), after(3*time.Hour)
				endingWith.EndsBy, endingWith.WithMAC = after(30*24*time.Hour), hash("@x.example")
				all = append(all, since, ending, endingWith, endingText)
			}
		}
	}
	return all
}

// isSelected reports whether a filter matches a record.
func isSelected(f share.Filter, r share.Record) bool {
	text := !f.HasText || slices.Contains(f.ItemIDs, r.ItemID) ||
		slices.ContainsFunc(r.Recipients, func(to share.StoredRecipient) bool {
			return slices.ContainsFunc(
				f.AddressMACs,
				func(mac []byte) bool { return string(mac) == string(to.MAC) },
			)
		})
	with := f.WithMAC == nil || slices.ContainsFunc(
		r.Recipients,
		func(to share.StoredRecipient) bool { return string(to.MAC) == string(f.WithMAC) },
	)
	ends := f.EndsBy.IsZero() || r.State == share.Active && r.Terms.ExpiresAt <= f.EndsBy.Unix()
	return text && with && ends && f.Since <= r.ID && (f.OwnerID == "" || f.OwnerID == r.OwnerID) &&
		(f.VaultID == "" || f.VaultID == r.VaultID) &&
		(f.ItemID == "" || f.ItemID == r.ItemID) &&
		(f.State == "" || f.State == r.State)
}

func TestListEveryFilterPageByPage(t *testing.T) {
	db := newDatabase(t)
	all := seedShares(t, db)
	for _, f := range filters() {
		var want, got []string
		for id, r := range all {
			if isSelected(f, r) {
				want = append(want, id)
			}
		}
		slices.Sort(want)
		slices.Reverse(want)
		f.Limit = 5
		for {
			page, more, err := db.List(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page {
				if whole := all[r.ID]; r.State != whole.State ||
					len(r.Recipients) != len(whole.Recipients) ||
					r.OwnerName != whole.OwnerID {
					t.Errorf("%+v: a row differs: %+v", f, r)
				}
				got = append(got, r.ID)
			}
			if !more {
				break
			}
			if len(page) != f.Limit {
				t.Fatalf("%+v: a page of %d, and more to come", f, len(page))
			}
			f.After = page[len(page)-1].ID
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v:\n got %v\nwant %v", f, got, want)
		}
	}
}

func TestLiveItems(t *testing.T) {
	db := newDatabase(t)
	for n := range 4 {
		createShare(
			t,
			db,
			n,
			owner([]string{"ada", "ben"}[n%2]),
			from("team", fmt.Sprint("item", n/2)),
		)
	}
	createShare(t, db, 4, from("other", "item0"))
	createShare(t, db, 5, from("team", "item0"), expiringAfter(time.Minute))
	revoke(t, db, createShare(t, db, 6, from("team", "item2")), morning, true)
	items := []string{"item0", "item1", "item2", "item3"}
	for _, c := range []struct {
		owner string
		want  map[string]int
	}{
		{"", map[string]int{"item0": 2, "item1": 2}},
		{"ben", map[string]int{"item0": 1, "item1": 1}},
		{"nobody", map[string]int{}},
	} {
		got, err := db.LiveItems(t.Context(), c.owner, "team", items, after(time.Minute))
		if err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%q: %v, %v; want %v", c.owner, got, err, c.want)
		}
	}
	if got, err := db.LiveItems(t.Context(), "", "team", nil, morning); err != nil ||
		len(got) != 0 {
		t.Errorf("no items: %v, %v", got, err)
	}
}

// TestSharesWith: newest first whatever their state, and at most as many as asked for.
func TestSharesWith(t *testing.T) {
	db := open(t)
	addSharer(t, db, "ada")
	first := createShare(t, db, 1, to(bob))
	second := createShare(t, db, 2, to(bob, "eve@x.example"))
	createShare(t, db, 3, to("eve@x.example"))
	third := createShare(t, db, 4, to(bob))
	revoke(t, db, second, morning, true)
	for limit, want := range map[int][]string{9: {third, second, first}, 2: {third, second}} {
		ids, err := db.SharesWith(t.Context(), hash(bob), limit)
		if err != nil || !slices.Equal(ids, want) {
			t.Errorf("%d: %q, want %q; %v", limit, ids, want, err)
		}
	}
}
