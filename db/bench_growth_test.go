package db

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"itemshare/share"
)

// fillShares fills a database with n shares: ten owners, twenty vaults, a thousand items, one in ten
// active, one in a hundred revoked, every third to one of 500 addresses.
func fillShares(b *testing.B, db *DB, n int) {
	b.Helper()
	for _, query := range []string{
		`INSERT INTO users (id, email, name, role, password_hash, created_at)
			SELECT 'owner' || value, 'o' || value, 'Owner', 'member', '', 0 FROM numbers LIMIT 10`,
		`INSERT INTO shares (id, link_id, token_hash, created_at, expires_at, max_views, audience, owner_id,
			vault_id, item_id,
				item_version, title, files, largest_file, bytes, state, erase_at)
			SELECT printf('%026d', value), randomblob(16), randomblob(32), value, 4000000000, 1, 'anyone',
				'owner' || (value % 10), 'vault' || (value / 7 % 1000 % 20),
				'item' || (value / 7 % 1000), 1, randomblob(160), 0, 0, 1000,
				CASE WHEN value % 100 = 7 THEN 'revoked' WHEN value % 10 = 3 THEN 'active' WHEN value % 2 = 0
					THEN 'viewed' ELSE 'expired' END, 0 FROM numbers`,
		`INSERT INTO share_recipients (share_id, position, kind, address, mac, owner_id, state)
			SELECT s.id, 0, 'email', randomblob(96), CAST(printf('%032d', s.created_at / 3 % 500) AS BLOB),
				s.owner_id, s.state
			FROM shares s WHERE s.created_at % 3 = 0`,
	} {
		numbers := fmt.Sprintf(
			`WITH RECURSIVE numbers (value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM numbers WHERE value < %d) `,
			n-1,
		)
		if _, err := db.writers.Exec(numbers + query); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := db.Scrub(context.Background()); err != nil {
		b.Fatal(err)
	}
}

// growthFilters are the filters of the history page, alone and together.
func growthFilters(n int) map[string]share.Filter {
	mac := [][]byte{[]byte(fmt.Sprintf("%032d", 7))}
	return map[string]share.Filter{
		"all":              {},
		"owner":            {OwnerID: "owner1"},
		"state":            {State: share.Active},
		"rare state":       {State: share.Revoked},
		"owner and state":  {OwnerID: "owner1", State: share.Active},
		"nothing found":    {OwnerID: "owner3", State: share.Revoked},
		"vault":            {VaultID: "vault3"},
		"vault and owner":  {VaultID: "vault3", OwnerID: "owner1"},
		"item":             {VaultID: "vault3", ItemID: "item3"},
		"address":          {HasText: true, AddressMACs: mac},
		"address of owner": {HasText: true, AddressMACs: mac, OwnerID: "owner1"},
		"items and address": {
			HasText:     true,
			AddressMACs: mac,
			ItemIDs:     []string{"item1", "item2", "item3"},
			OwnerID:     "owner1",
		},
		"middle of the list": {OwnerID: "owner1", After: fmt.Sprintf("%026d", n/2)},
	}
}

// BenchmarkListGrowth lists pages among 1,000,000 and among 1,000 shares in turn and reports the
// median ratio of their cost, in elapsed and in processor time. If a page of the smaller database
// has fewer rows, it reports their number. Run it with -benchtime 31x for as many rounds of 20
// pages each.
func BenchmarkListGrowth(b *testing.B) {
	sizes := []int{1000, 1_000_000}
	dbs := map[int]*DB{}
	for _, n := range sizes {
		dbs[n] = open(b)
		fillShares(b, dbs[n], n)
	}
	for name := range growthFilters(0) {
		b.Run(name, func(b *testing.B) {
			read := func(n int) pageCost {
				f := growthFilters(n)[name]
				f.Limit, f.Now = 50, time.Unix(1_800_000_000, 0)
				return readPages(b, dbs[n], f)
			}
			read(sizes[0])
			read(sizes[1])
			var times, costs []float64
			var small, large pageCost
			for b.Loop() {
				small, large = read(sizes[0]), read(sizes[1])
				times, costs = append(
					times,
					large.took/small.took,
				), append(
					costs,
					large.cost/small.cost,
				)
			}
			slices.Sort(times)
			slices.Sort(costs)
			b.ReportMetric(0, "ns/op") // says nothing
			b.ReportMetric(times[len(times)/2], "time-ratio")
			b.ReportMetric(costs[len(costs)/2], "cpu-ratio")
			if small.rows != large.rows {
				b.ReportMetric(float64(small.rows), "rows-of-small")
			}
		})
	}
}

// pageCost is the elapsed and the processor time of twenty pages, in seconds.
type pageCost struct {
	took, cost float64
	rows       int
}

func readPages(b *testing.B, db *DB, f share.Filter) (p pageCost) {
	b.Helper()
	began, before := time.Now(), processorTime(b)
	for range 20 {
		page, _, err := db.List(context.Background(), f)
		if err != nil {
			b.Fatal(err)
		}
		p.rows = len(page)
	}
	p.took, p.cost = time.Since(began).Seconds(), (processorTime(b) - before).Seconds()
	return p
}

// processorTime returns the processor time that this process has used.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
