package db

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/db/dbtest"
	"itemshare/seal"
	"itemshare/share"
)

var measureGrowth = flag.Bool(
	"measure-growth",
	false,
	"print what a share, an open and a page of the history take, on both engines",
)

// TestMeasureGrowth prints the figures of docs/scale.md. It asserts nothing, and does nothing
// without its flag.
func TestMeasureGrowth(t *testing.T) {
	if !*measureGrowth {
		return
	}
	for _, url := range []string{"sqlite:" + t.TempDir() + "/itemshare.db", dbtest.Schema(t)} {
		m := &meter{t: t, db: openURL(t, url), url: url}
		addSharer(t, m.db, "ada")
		m.measureCreates("a share for anyone")
		m.measureCreates(
			"a share for three recipients",
			to("ann@client.example", "bob@client.example", "cid@client.example"),
		)
		m.measureCreates("a share for anyone with a file of 3 MiB", withFile)
		m.measureOpens("an open of a many-view link", nil)
		m.measureOpens("a code and an open by a recipient", []string{"@client.example"})
		m.measurePages("a page of 50 of the history", share.Filter{OwnerID: "ada"})
		m.measureErasure()
	}
}

// meter compares an engine's own statistics before and after many operations of one kind.
type meter struct {
	t      *testing.T
	db     *DB
	url    string
	n      int
	drafts []share.Draft // of the last kind of share
}

// times is the number of operations of each kind: figures are means.
const times = 1000

func withFile(d *share.Draft) { d.Record.Files, d.Record.LargestFile = true, 3<<20 }

func (m *meter) measureCreates(what string, options ...option) {
	n := times
	d := draft(0, options...)
	if d.Record.Files {
		n = 40
	}
	m.drafts = nil
	m.measure(what, n, func() {
		d := m.draft(options...)
		if d.Record.Files {
			for chunk := range 3 {
				sealed := make([]byte, 1<<20+28)
				_, _ = rand.Read(sealed)
				noError(
					m.t,
					m.db.StageChunk(m.t.Context(), d.Record.ID, 0, chunk, sealed, time.Now()),
				)
			}
		}
		noError(m.t, m.db.Create(m.t.Context(), d))
		m.drafts = append(m.drafts, d)
	})
}

// draft returns a share of the usual size: a login of 1 KiB.
func (m *meter) draft(options ...option) share.Draft {
	m.n++
	id, err := seal.NewID(time.Now(), rand.Reader)
	noError(m.t, err)
	d := draft(m.n, append(options, func(d *share.Draft) {
		d.Record.Terms.MaxViews, d.Record.Terms.ExpiresAt = 0, morning.Unix()+30*86400
		d.EraseAt = d.Record.Terms.ExpiresAt
	})...)
	d.Record.ID, d.RequestKey = id, randomBytes(16)
	copy(d.Record.LinkID[:], randomBytes(16))
	copy(d.Record.TokenHash[:], randomBytes(32))
	d.Record.Title, d.Nonce, d.Ciphertext = randomBytes(160), randomBytes(12), randomBytes(1040)
	d.Record.VaultID, d.Record.ItemID = "0e8v7k2q5r9t1m3n4p6s8u0a2c", fmt.Sprintf(
		"0e8v7k2q5r9t1m3n4p6s8u%04d",
		m.n%1000,
	)
	for i := range d.Record.Recipients {
		d.Record.Recipients[i].Address, d.Record.Recipients[i].MAC = randomBytes(
			96,
		), append(hash(fmt.Sprint(i)), byte(m.n))[:32]
	}
	d.Entry = m.entry(audit.ShareCreated, id)
	return d
}

func (m *meter) entry(kind audit.Kind, subject string) audit.Entry {
	return audit.Entry{
		At:      morning,
		Kind:    kind,
		Actor:   "ada",
		Subject: subject,
		Detail:  randomBytes(160),
	}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// measureOpens opens one share many times, each under a new view; with addresses, each time with
// a code.
func (m *meter) measureOpens(what string, by []string) {
	d := m.draft(to(by...))
	if by == nil {
		d = m.draft()
	}
	for i, address := range by {
		d.Record.Recipients[i].MAC = hash(address)
	}
	noError(m.t, m.db.Create(m.t.Context(), d))
	n, at := 0, morning
	m.measure(what, times/4, func() {
		n++
		at = at.Add(90 * time.Minute) // codes of a share and an address are limited
		c := share.Claim{
			ShareID: d.Record.ID,
			Now:     at,
			Agent:   "Firefox on Linux",
			Entry: func(share.Outcome) (audit.Entry, error) {
				return m.entry(audit.ShareOpened, d.Record.ID), nil
			},
		}
		copy(c.View[:], randomBytes(16))
		if by != nil {
			address := fmt.Sprint("reader", n, by[0])
			c.Proof = proofOf(address, fmt.Sprint("code ", n))
			c.Proof.Address = randomBytes(96)
			m.requestCode(d.Record.ID, address, n, at)
		}
		claimed, err := m.db.Claim(m.t.Context(), c)
		noError(m.t, err)
		if claimed.Outcome != share.Opened {
			m.t.Fatalf("open %d: outcome %d", n, claimed.Outcome)
		}
	})
}

// requestCode requests a code and delivers its email at once, as a sender would.
func (m *meter) requestCode(id, address string, n int, at time.Time) {
	proof, mail := proofOf(address, fmt.Sprint("code ", n)), fmt.Sprintf("%026d", n)
	issued, err := m.db.IssueCode(m.t.Context(), share.CodeIssue{
		ShareID: id, AddressMAC: proof.AddressMAC, DomainMAC: proof.DomainMAC,
		CodeMAC: proof.CodeMAC, Now: at, ExpiresAt: at.Add(
			10 * time.Minute,
		),
		MailID: mail, Mail: randomBytes(2076), Entry: m.entry(audit.CodeRequested, id),
	})
	noError(m.t, err)
	if issued.Outcome != share.Opened {
		m.t.Fatalf("code %d: outcome %d", n, issued.Outcome)
	}
	taken, err := m.db.TakeMail(m.t.Context(), at, time.Minute, 4)
	noError(m.t, err)
	for _, mail := range taken {
		noError(m.t, m.db.DoneMail(m.t.Context(), mail.ID))
	}
}

func (m *meter) measurePages(what string, f share.Filter) {
	f.Limit, f.Now = 50, morning
	m.measure(what, times, func() {
		_, _, err := m.db.List(m.t.Context(), f)
		noError(m.t, err)
	})
}

// measureErasure lets the sweeper erase every share, and reports the size of their rows once
// SQLite's file and PostgreSQL's tables were rewritten.
func (m *meter) measureErasure() {
	sweep(m.t, m.db, time.Now().Add(100*24*time.Hour), false)
	m.sealAudit()
	full := `VACUUM FULL`
	if m.db.dialect.file != "" {
		full = `VACUUM`
	}
	_, err := m.db.writers.Exec(full)
	noError(m.t, err)
	total, sizes := m.sizes()
	m.t.Logf(
		"%s: when all have ended, of %d shares %.0f KiB are left: %s",
		m.engine(),
		m.n,
		float64(total)/1024,
		sizes,
	)
}

func (m *meter) engine() string { engine, _, _ := strings.Cut(m.url, ":"); return engine }

// counts are an engine's statistics so far.
type counts struct {
	bytes, rows, log, syncs int64
	tables                  map[string]int64
}

func (m *meter) measure(what string, n int, do func()) {
	m.t.Helper()
	before := m.counts()
	began := time.Now()
	for range n {
		do()
	}
	took := time.Since(began)
	m.sealAudit()
	now := m.counts()
	each := func(now, before int64) float64 { return float64(now-before) / float64(n) }
	var grown []string
	for _, name := range slices.Sorted(maps.Keys(now.tables)) {
		if d := each(now.tables[name], before.tables[name]); d > 10 {
			grown = append(grown, fmt.Sprintf("%s %.0f", name, d))
		}
	}
	m.t.Logf(
		"%-8s | %-42s | %6.0f bytes | %5.2f rows | %6.0f bytes of log | %4.2f syncs | %s one at a time | %s",
		m.engine(),
		what,
		each(now.bytes, before.bytes),
		each(now.rows, before.rows),
		each(now.log, before.log),
		each(now.syncs, before.syncs),
		(took / time.Duration(max(n, 1))).Round(time.Microsecond),
		strings.Join(grown, ", "),
	)
}

// sealAudit does the audit sealer's work.
func (m *meter) sealAudit() {
	for {
		n, err := m.db.SealRecords(
			context.Background(),
			256,
			func(l audit.Link, _ audit.Record) audit.Link {
				return audit.Link{Number: l.Number + 1, Hash: randomBytes(32), MAC: randomBytes(32)}
			},
		)
		noError(m.t, err)
		if n == 0 {
			return
		}
	}
}

func (m *meter) counts() counts {
	m.t.Helper()
	c := counts{}
	c.bytes, c.tables = m.tables()
	for name := range m.rowsOf() {
		var n int64
		noError(m.t, m.db.readers.QueryRow(`SELECT count(*) FROM `+name).Scan(&n))
		c.rows += n
	}
	c.log, c.syncs = m.log()
	return c
}

func (m *meter) rowsOf() map[string]bool {
	all := map[string]bool{}
	for _, table := range allTables() {
		all[table.name] = true
	}
	return all
}

// sizes returns the total size and names the largest tables, with their indexes.
func (m *meter) sizes() (int64, string) {
	total, tables := m.tables()
	names := slices.SortedFunc(
		maps.Keys(tables),
		func(a, b string) int { return int(tables[b] - tables[a]) },
	)
	var all []string
	for _, name := range names[:min(len(names), 8)] {
		all = append(all, fmt.Sprintf("%s %d KiB", name, tables[name]/1024))
	}
	return total, strings.Join(all, ", ")
}

// tables returns the size of each table with its indexes; for SQLite only the total is known.
func (m *meter) tables() (total int64, tables map[string]int64) {
	if m.db.dialect.file != "" {
		noError(
			m.t,
			m.db.writers.QueryRow(
				`SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, `+
					`pragma_freelist_count, pragma_page_size`,
			).
				Scan(&total),
		)
		return total, nil
	}
	rows, err := m.db.readers.Query(
		`SELECT relname::text, pg_total_relation_size(oid) FROM pg_class WHERE relnamespace = ` +
			`current_schema()::regnamespace AND relkind = 'r'`,
	)
	noError(m.t, err)
	defer rows.Close()
	tables = map[string]int64{}
	for rows.Next() {
		var name string
		var size int64
		noError(m.t, rows.Scan(&name, &size))
		tables[name] = size
		total += size
	}
	noError(m.t, rows.Err())
	return total, tables
}

// log returns the bytes written ahead and the number of syncs. SQLite counts neither: there it
// returns all bytes that this process wrote to disk, the log and its checkpoints, and one sync
// for each commit.
func (m *meter) log() (bytes, syncs int64) {
	if m.db.dialect.file != "" {
		return written(m.t), 0
	}
	time.Sleep(
		1100 * time.Millisecond,
	) // a connection reports its counts when it has been idle for a second
	noError(
		m.t,
		m.db.writers.QueryRow(`SELECT wal_bytes::bigint, wal_sync FROM pg_stat_wal`).
			Scan(&bytes, &syncs),
	)
	return bytes, syncs
}

func written(t *testing.T) (n int64) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/io")
	noError(t, err)
	for line := range strings.Lines(string(text)) {
		if _, err := fmt.Sscanf(line, "write_bytes: %d", &n); err == nil {
			return n
		}
	}
	t.Fatal("/proc/self/io has no write_bytes")
	return 0
}
