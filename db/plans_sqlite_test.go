package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/share"
)

// listener opens connections that note every statement that runs on them, with the
// values of its first dozen runs.
type listener struct {
	driver.Connector
	mu   sync.Mutex
	seen map[string][][]any
}

type overheard struct {
	driver.Conn
	by *listener
}

func (l *listener) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := l.Connector.Connect(ctx)
	return &overheard{conn, l}, err
}

func (c *overheard) note(query string, args []driver.NamedValue) {
	values := make([]any, len(args))
	for i, arg := range args {
		values[i] = arg.Value
	}
	c.by.mu.Lock()
	defer c.by.mu.Unlock()
	if all := c.by.seen[query]; len(all) < 12 {
		c.by.seen[query] = append(all, values)
	}
}

func (c *overheard) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}

func (c *overheard) ExecContext(
	ctx context.Context,
	query string,
	args []driver.NamedValue,
) (driver.Result, error) {
	c.note(query, args)
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c *overheard) QueryContext(
	ctx context.Context,
	query string,
	args []driver.NamedValue,
) (driver.Rows, error) {
	c.note(query, args)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

// openRecorded opens a database and records its statements.
func openRecorded(t *testing.T) (*DB, *listener) {
	t.Helper()
	path := t.TempDir() + "/itemshare.db"
	l := &listener{seen: map[string][][]any{}}
	d := sqlite(path)
	pool := func(readOnly bool, size int) func() (*sql.DB, error) {
		return func() (*sql.DB, error) {
			if err := makePrivate(path); err != nil {
				return nil, err
			}
			pool := sql.OpenDB(&listenerOf{l, newSQLiteConnector(sqliteDSN(path, readOnly))})
			pool.SetMaxOpenConns(size)
			return pool, nil
		}
	}
	d.writers, d.readers = pool(false, 1), pool(true, 2)
	db := newDB(d, Config{Clock: time.Now})
	if err := db.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	clear(l.seen) // migrations may scan
	return db, l
}

// listenerOf is one listener on connections of several kinds.
type listenerOf struct {
	*listener
	connector driver.Connector
}

func (l *listenerOf) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := l.connector.Connect(ctx)
	return &overheard{conn, l.listener}, err
}

func (l *listenerOf) Driver() driver.Driver { return l.connector.Driver() }

// TestNoShareStatementScans runs all that is done with shares and reads SQLite's
// plan of every statement that ran.
func TestNoShareStatementScans(t *testing.T) {
	db, l := openRecorded(t)
	addSharer(t, db, "ada")
	addSharer(t, db, "ben")
	seedShares(t, db)
	clear(l.seen) // seedShares counts its own rows
	for _, f := range filters() {
		f.Limit = 5
		if _, _, err := db.List(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	useShares(t, db)
	if len(l.seen) < 100 {
		t.Fatalf("only %d statements were seen", len(l.seen))
	}
	for _, query := range slices.Collect(maps.Keys(l.seen)) {
		for _, fault := range planFaults(t, db, query) {
			t.Errorf("%s\n\t%s", query, fault)
		}
	}
}

// TestAuditPagesAreReadOffAnIndex: a page of one person's events of one kind reads no other, and
// dates are a range of the same index.
func TestAuditPagesAreReadOffAnIndex(t *testing.T) {
	db, _ := openRecorded(t)
	for _, c := range []struct {
		filter audit.Filter
		index  string
		by     string
	}{
		{audit.Filter{}, "audit_events_at", ""},
		{audit.Filter{Kind: "kind"}, "audit_events_kind", "kind=? AND "},
		{audit.Filter{Actor: "ada"}, "audit_events_actor", "actor=? AND "},
		{audit.Filter{Subject: "id"}, "audit_events_subject", "subject=? AND "},
		{audit.Filter{Subjects: []string{"a", "b"}}, "audit_events_subject", "subject=? AND "},
		{audit.Filter{AddressMAC: []byte{1}}, "audit_events_address", "address_mac=? AND "},
		{
			audit.Filter{Kind: "kind", Actor: "ada"},
			"audit_events_actor_kind",
			"actor=? AND kind=? AND ",
		},
	} {
		for _, from := range []time.Time{{}, morning} {
			c.filter.From = from
			query, args := findRecords(c.filter, isSealed)
			var id, parent, unused int
			var step string
			err := db.readers.QueryRow(`EXPLAIN QUERY PLAN `+query, args...).
				Scan(&id, &parent, &unused, &step)
			want := "INDEX " + c.index + " (" + c.by
			dates := strings.Contains(step, "at>?")
			if err != nil || !strings.Contains(step, want) || dates == from.IsZero() ||
				!strings.Contains(step, "(at,id)<(?,?)") && !strings.Contains(step, "at<?") {
				t.Errorf("%+v: %s, want %s; %v", c.filter, step, want, err)
			}
		}
	}
}

// useShares runs every statement on shares.
func useShares(t *testing.T, db *DB) {
	t.Helper()
	d := draft(
		1000,
		to(bob, "eve@x.example", "@y.example"),
		views(2),
		func(d *share.Draft) { d.Record.Files = true },
	)
	id := d.Record.ID
	d.RequestKey = hash("key")
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(db.StageChunk(t.Context(), id, 0, 0, []byte{1}, morning))
	check(db.Create(t.Context(), d))
	check(db.StageChunk(t.Context(), shareID(1001), 0, 0, []byte{1}, morning))
	check(db.DropStage(t.Context(), shareID(1001)))
	if _, err := db.ByLink(t.Context(), d.Record.LinkID, d.Record.TokenHash, morning); err != nil {
		t.Fatal(err)
	}
	recordOf(t, db, id, morning)
	wantCode(t, db, id, bob, "1", morning, share.Opened)
	failMail(t, db, id, bob, after(time.Minute))
	failMail(t, db, id, bob, time.Time{})
	if _, err := db.FailuresOf(t.Context(), []string{id}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.LatestFailures(t.Context(), morning, 9); err != nil {
		t.Fatal(err)
	}
	wantClaim(t, db, id, 1, morning, proofOf(bob, "wrong"), share.CodeWrong)
	wantClaim(t, db, id, 1, morning, proofOf(bob, "1"), share.Opened)
	wantClaim(t, db, id, 1, morning, proofOf(bob, "1"), share.Repeated)
	if _, err := db.Chunk(t.Context(), id, viewOf(1), 0, 0, morning); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ViewsOf(t.Context(), id, 9); err != nil {
		t.Fatal(err)
	}
	for _, owner := range []string{"", "ada"} {
		if _, err := db.LiveItems(t.Context(), owner, "team", []string{"item", "other"}, morning); err != nil {
			t.Fatal(err)
		}
	}
	useOverview(t, db)
	_, err := db.MemberMailboxes(t.Context(), []string{"ada@example.com", "zoe@example.com"})
	check(err)
	_, err = db.MemberDomains(t.Context(), []string{"example.com", "client.example"})
	check(err)
	if _, err := db.SharesWith(t.Context(), hash(bob), 9); err != nil {
		t.Fatal(err)
	}
	remove(t, db, id, 2, morning)
	remove(t, db, id, 0, morning)
	revoke(t, db, id, morning, true)
	wantClaim(t, db, id, 9, morning, proofOf(bob, "1"), share.OutcomeRevoked)
	anyone := createShare(t, db, 1002)
	wantClaim(t, db, anyone, 1, morning, nil, share.Opened)
	wantClaim(t, db, anyone, 2, morning, nil, share.ViewsUsedUp)
	popular := createShare(t, db, 1003, views(0))
	setDay(t, db, popular, morning, viewsByOne)
	wantClaim(t, db, popular, 1, morning, nil, share.Opened)
	recordMinutes(t, db, after(time.Hour))
	useRevocations(t, db)
	sweep(t, db, after(48*time.Hour), true)
}

// sweep runs the erasers of the sweeper, with history also EraseHistory.
func sweep(t *testing.T, db *DB, now time.Time, history bool) {
	t.Helper()
	_, err := db.ErasureDue(t.Context(), now)
	noError(t, err)
	erasers := []func(context.Context, time.Time, int) (int, error){
		expire(db),
		db.EraseContent,
		db.EraseStages,
		db.EraseCodes,
		db.EraseMailFailures,
	}
	if history {
		erasers = append(erasers, db.EraseHistory)
	}
	for _, erase := range erasers {
		for {
			n, err := erase(t.Context(), now, 7)
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				break
			}
		}
	}
}

// useOverview runs every statement of an admin's front page.
func useOverview(t *testing.T, db *DB) {
	t.Helper()
	_, err := db.CountCreated(t.Context(), shareID(0), shareID(1000), 9)
	noError(t, err)
	_, err = db.CountEnding(t.Context(), morning, after(time.Hour), 9)
	noError(t, err)
	_, err = db.NewestActive(t.Context(), morning, 9)
	noError(t, err)
	_, err = db.CopiesOf(t.Context(), []string{shareID(1), shareID(2)})
	noError(t, err)
	_, err = db.CountRecords(t.Context(), audit.ShareOpened, morning, after(time.Hour), 9)
	noError(t, err)
}

// planFaults are the steps of a statement's plan whose cost grows with its tables.
func planFaults(t *testing.T, db *DB, query string) (faults []string) {
	t.Helper()
	if first, _, _ := strings.Cut(query, " "); first == "SAVEPOINT" || first == "RELEASE" ||
		first == "ROLLBACK" {
		return nil
	}
	// Explained on the writer: a reader refuses to look at changes.
	rows, err := db.writers.QueryContext(
		t.Context(),
		`EXPLAIN QUERY PLAN `+query,
		make([]any, strings.Count(query, "?"))...)
	if err != nil {
		t.Fatal(query, err)
	}
	defer rows.Close()
	late := strings.Contains(query, lagMark)
	ending := strings.Contains(query, endMark)
	wanted := map[string]int{}
	for where := range spanSteps() {
		wanted[where] = strings.Count(query, where)
	}
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		if grows(query, step, parent) {
			faults = append(faults, step)
		}
		for where, want := range spanSteps() {
			if strings.HasSuffix(step, want) {
				wanted[where]--
			}
		}
		if strings.Contains(step, "shares USING INDEX shares_due_at (state=? AND due_at<?)") {
			late = false
		}
		if strings.Contains(step, "shares USING INDEX shares_due_at (state=? AND due_at>? AND due_at<?)") {
			ending = false
		}
	}
	for where, n := range wanted {
		if n != 0 {
			faults = append(
				faults,
				fmt.Sprintf("%d spans of %s are not read off the end of their index", n, where),
			)
		}
	}
	if ending {
		faults = append(faults, "what ends soon is not read off its index")
	}
	if late {
		faults = append(faults, "what the sweeper is late with is not read off its index")
	}
	return faults
}

// spanSteps are the keys by which a span begins, and the step that reads no row but the page's.
func spanSteps() map[string]string {
	return map[string]string{
		"WHERE s.item_id = ? AND s.state = ? AND s.owner_id = ?": "INDEX shares_item " +
			"(item_id=? AND state=? AND owner_id=? AND id<?)",
		"WHERE s.vault_id = ? AND s.state = ? AND s.owner_id = ?": "INDEX shares_vault " +
			"(vault_id=? AND state=? AND owner_id=? AND id<?)",
		"WHERE s.item_id = ? AND s.state = ? AND s.id < ?": "INDEX shares_item_all " +
			"(item_id=? AND state=? AND id<?)",
		"WHERE s.vault_id = ? AND s.state = ? AND s.id < ?": "INDEX shares_vault_all " +
			"(vault_id=? AND state=? AND id<?)",
		"WHERE s.id = r.share_id AND r.mac = ? AND r.state = ? AND r.share_id < ?": "INDEX " +
			"share_recipients_mac_all (mac=? AND state=? AND share_id<?)",
		"WHERE s.state = ? AND s.owner_id = ?": "INDEX shares_owner " +
			"(owner_id=? AND state=? AND id<?)",
		"WHERE s.state = ? AND s.id < ?": "INDEX shares_state (state=? AND id<?)",
		"WHERE s.id = r.share_id AND r.mac = ? AND r.state = ? AND r.owner_id = ?": "INDEX share_recipients_mac " +
			"(mac=? AND state=? AND owner_id=? AND share_id<?)",
	}
}

// grows reports whether a step reads or sorts a number of rows without a bound.
func grows(query, step string, parent int) bool {
	switch {
	case strings.HasPrefix(step, "SCAN audit_events USING INDEX audit_events_waiting"):
		return false // what the sealer numbers within a second
	case strings.HasPrefix(step, "SCAN"):
		// What a limited subquery or a list of values gave.
		small := []string{
			"SCAN CONSTANT ROW",
			"SCAN span",
			"SCAN spans",
			"SCAN found",
			"SCAN wanted",
			"SCAN rights",       // of one user to one vault
			"SCAN installation", // has one row
			"SCAN counts",
		}
		return !slices.Contains(small, step) && !strings.HasSuffix(step, "-ROW VALUES CLAUSE") &&
			!strings.HasSuffix(step, " CONSTANT ROWS") &&
			!(step == "SCAN s" && (strings.Contains(query, lagMark) || strings.Contains(query, endMark)))
	case strings.Contains(query, "share_recent_views") && strings.Contains(query, "view = ?"):
		// A popular link has a thousand of them.
		return step == "SEARCH share_recent_views USING PRIMARY KEY (share_id=?)" ||
			step == "SEARCH r USING PRIMARY KEY (share_id=?) LEFT-JOIN"
	case strings.Contains(step, "TEMP B-TREE"):
		page := strings.HasPrefix(query, "SELECT DISTINCT id FROM (") ||
			strings.Contains(query, "WHERE s.id IN (?")
		return !(page && parent == 0) && !strings.Contains(query, lagMark) && !strings.Contains(query, endMark)
	}
	return false
}

// endMark is in the statements that look at what ends soon.
const endMark = "ORDER BY due_at ASC LIMIT ?"

// lagMark is in the statements that look at what the sweeper is late with.
const lagMark = "ORDER BY due_at DESC LIMIT ?"
