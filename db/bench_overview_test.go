package db

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/seal"
)

// BenchmarkOverview counts what an admin's front page shows, among ITEMSHARE_SHARES shares (1,000 by
// default) of the last 30 days, all active, of which each was opened twice. Each count ends at its limit.
func BenchmarkOverview(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("ITEMSHARE_SHARES"))
	if err != nil {
		n = 1000
	}
	db := newBenchDatabase(b)
	now := morning.AddDate(0, 0, 30)
	fillOverview(b, db, n, now)
	for b.Loop() {
		if _, err := db.NewestActive(b.Context(), now, 5001); err != nil {
			b.Fatal(err)
		}
		if _, err := db.CountEnding(b.Context(), now, now.AddDate(0, 0, 7), 1001); err != nil {
			b.Fatal(err)
		}
		for d := range 30 {
			from := now.AddDate(0, 0, -d-1)
			to := from.AddDate(0, 0, 1)
			if _, err := db.CountCreated(b.Context(), seal.FirstID(from), seal.FirstID(to), 2001); err != nil {
				b.Fatal(err)
			}
			if _, err := db.CountRecords(b.Context(), audit.ShareOpened, from, to, 1001); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// fillOverview adds active shares and views of them, evenly over the 30 days before a time.
func fillOverview(b *testing.B, db *DB, n int, now time.Time) {
	b.Helper()
	err := db.write(b.Context(), "fill", func(t *tx) error {
		for i := range n {
			at := now.Add(-time.Duration(n-i) * 30 * 24 * time.Hour / time.Duration(n))
			id := seal.FirstID(at)[:16] + fmt.Sprintf("%010d", i)
			if _, err := t.exec(`INSERT INTO shares (id, link_id, token_hash, created_at, expires_at, max_views,
				audience, owner_id, vault_id, item_id, item_version, files, largest_file, bytes, state, erase_at,
				due_at) VALUES (?, ?, ?, ?, ?, 0, 'anyone', 'ada', 'team', 'item', 1, 0, 0, 0, 'active', ?, ?)`,
				id, hash(id)[:16], hash(id), at.Unix(), now.Add(time.Duration(i)*time.Minute).Unix()+1,
				now.Unix()+1, now.Add(time.Duration(i)*time.Minute).Unix()+1); err != nil {
				return err
			}
			for view := range 2 {
				if _, err := t.exec(`INSERT INTO audit_events (at, kind, actor, subject, detail, detail_hash,
					number, hash, mac) VALUES (?, ?, '', ?, ?, ?, ?, ?, ?)`,
					at.UnixMilli(), string(audit.ShareOpened), id, []byte{1}, hash(id), 2*i+view+1, hash(id),
					hash(id)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
