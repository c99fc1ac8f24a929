package db

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/seal"
	"itemshare/share"
)

// newBenchDatabase returns a database with one user.
func newBenchDatabase(b *testing.B) *DB {
	b.Helper()
	db := open(b)
	user := account.User{
		ID:        "ada",
		Email:     "ada@example.com",
		Name:      "Ada",
		Role:      account.Member,
		CreatedAt: morning,
	}
	if err := db.AddUser(context.Background(), user, "hash", auditEntry(audit.UserAdded, "ada")); err != nil {
		b.Fatal(err)
	}
	setGrant(b, db, account.Grant{UserID: "ada", VaultID: benchVault, View: true, Share: true})
	return db
}

const benchVault = "0e8v7k2q5r9t1m3n4p6s8u0a2c"

// typicalDraft returns a share of the usual size, created now, with random keys and IDs.
func typicalDraft(b *testing.B) share.Draft {
	id, err := seal.NewID(time.Now(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	d := draft(0)
	d.Record.ID = id
	rand.Read(d.Record.LinkID[:])
	d.Record.Title = make([]byte, 160)
	d.Nonce, d.Ciphertext = make([]byte, 12), make([]byte, 1040)
	d.Record.VaultID, d.Record.ItemID = benchVault, "0e8v7k2q5r9t1m3n4p6s8u0a2d"
	d.Entry.Detail = make([]byte, 160)
	d.Entry.Subject = id
	return d
}

// submit runs fn b.N times on so many goroutines.
func submit(b *testing.B, submitters int, fn func() error) {
	b.ReportAllocs()
	b.ResetTimer()
	var left atomic.Int64
	left.Store(int64(b.N))
	var all sync.WaitGroup
	for range submitters {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				if err := fn(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkCreate compares creating shares with writing the same rows with prepared statements,
// one transaction for all that wait, and nothing else.
func BenchmarkCreate(b *testing.B) {
	for _, submitters := range []int{1, 8, 32} {
		b.Run(fmt.Sprintf("raw/%d", submitters), func(b *testing.B) {
			raw := newRawStore(b)
			submit(b, submitters, func() error { return raw.create(typicalDraft(b)) })
		})
		b.Run(fmt.Sprintf("store/%d", submitters), func(b *testing.B) {
			db := newBenchDatabase(b)
			submit(
				b,
				submitters,
				func() error { return db.Create(context.Background(), typicalDraft(b)) },
			)
		})
	}
}

// BenchmarkClaim opens a share without a view limit, each time under a new view.
func BenchmarkClaim(b *testing.B) {
	for _, submitters := range []int{1, 8, 32} {
		b.Run(fmt.Sprint(submitters), func(b *testing.B) {
			db := newBenchDatabase(b)
			d := typicalDraft(b)
			d.Record.Terms.MaxViews = 0
			if err := db.Create(context.Background(), d); err != nil {
				b.Fatal(err)
			}
			submit(b, submitters, func() error {
				claim := share.Claim{
					ShareID: d.Record.ID,
					Now:     morning,
					Agent:   "Firefox on Linux",
					Entry:   entryOf(d.Record.ID),
				}
				rand.Read(claim.View[:])
				claimed, err := db.Claim(context.Background(), claim)
				if err == nil && claimed.Outcome != share.Opened {
					err = fmt.Errorf("outcome %d", claimed.Outcome)
				}
				return err
			})
		})
	}
}

// BenchmarkByLink loads one of 1,000 shares by its link.
func BenchmarkByLink(b *testing.B) {
	db := newBenchDatabase(b)
	links := manyShares(b, db, 1000)
	for _, readers := range []int{1, 2, 8, 32} {
		b.Run(fmt.Sprint(readers), func(b *testing.B) {
			var n atomic.Int64
			submit(b, readers, func() error {
				link := links[n.Add(1)%1000]
				_, err := db.ByLink(context.Background(), link.LinkID, link.TokenHash, morning)
				return err
			})
		})
	}
}

func manyShares(b *testing.B, db *DB, n int) (made []share.Record) {
	b.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	for range 50 {
		all.Go(func() {
			for range n / 50 {
				d := typicalDraft(b)
				if err := db.Create(context.Background(), d); err != nil {
					b.Error(err)
				}
				mu.Lock()
				made = append(made, d.Record)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return made
}

// BenchmarkList lists the newest page with several filters.
func BenchmarkList(b *testing.B) {
	db := newBenchDatabase(b)
	manyShares(b, db, 1000)
	for name, f := range map[string]share.Filter{
		"all": {}, "owner": {OwnerID: "ada"}, "active": {
			OwnerID: "ada",
			State:   share.Active,
		}, "revoked": {State: share.Revoked},
	} {
		f.Limit, f.Now = 50, morning
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := db.List(context.Background(), f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLiveItems counts the active shares of a page of items: without any, and with one for
// every second item.
func BenchmarkLiveItems(b *testing.B) {
	db := newBenchDatabase(b)
	d := typicalDraft(b)
	items := make([]string, 50)
	for i := range items {
		items[i] = fmt.Sprintf("0e8v7k2q5r9t1m3n4p6s8u%04d", i)
	}
	count := func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := db.LiveItems(context.Background(), "ada", d.Record.VaultID, items, morning); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("none", count)
	for i := 0; i < len(items); i += 2 {
		d := typicalDraft(b)
		d.Record.ItemID = items[i]
		if err := db.Create(context.Background(), d); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("half", count)
}
