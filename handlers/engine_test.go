package handlers

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/mattn/go-sqlite3"
)

// rawDatabase is the database itself, behind the program's back.
type rawDatabase struct {
	*sql.DB
	dumpQuery    *sql.Stmt
	commitsQuery string // its answer changes with each commit of the program
	dumped       string // what dump returned
	dumpedAt     string // the answer to commitsQuery then
}

// dump returns the content of every table, except when a session was last used. It reads them only if
// something was committed since the last time.
func (a *app) dump() string {
	a.t.Helper()
	a.openRaw()
	if commits := a.queryStrings(a.raw.commitsQuery)[0]; commits != a.raw.dumpedAt {
		rows, err := a.raw.dumpQuery.Query()
		a.raw.dumped = strings.Join(a.strings(rows, err), "\n")
		a.raw.dumpedAt = commits
	}
	return a.raw.dumped
}

// openRaw opens the database directly, the first time, and builds the query of a dump.
func (a *app) openRaw() {
	a.t.Helper()
	if a.raw != nil {
		return
	}
	driver, source := "pgx", a.url
	a.raw = &rawDatabase{commitsQuery: `SELECT pg_current_snapshot()::text`}
	columns := `SELECT table_name || ' ' || column_name FROM information_schema.columns WHERE ` +
		`table_schema = current_schema()`
	quote := `quote_nullable(%s::text)`
	if path, ok := strings.CutPrefix(a.url, "sqlite:"); ok {
		driver, source = "sqlite3", "file:"+path+"?mode=ro"
		a.raw.commitsQuery = `PRAGMA data_version`
		columns = `SELECT t.name || ' ' || c.name FROM sqlite_master t, ` +
			`pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'`
		quote = `quote(%s)`
	}
	var err error
	a.raw.DB, err = sql.Open(driver, source)
	a.must(err)
	a.raw.SetMaxOpenConns(1) // SQLite counts the commits of the others
	a.t.Cleanup(func() { _ = a.raw.Close() })
	var selects []string
	for _, place := range a.queryStrings(columns) {
		if table, column, _ := strings.Cut(place, " "); column != "last_used" {
			selects = append(
				selects,
				fmt.Sprintf(`SELECT '%s: ' || `+quote+` FROM %s`, place, column, table),
			)
		}
	}
	if len(selects) < 50 {
		a.t.Fatalf("only %d columns are looked at", len(selects))
	}
	a.raw.dumpQuery, err = a.raw.Prepare(strings.Join(selects, " UNION ALL ") + " ORDER BY 1")
	a.must(err)
}

func (a *app) queryStrings(query string) []string {
	a.t.Helper()
	a.openRaw()
	return a.strings(a.raw.Query(query))
}

// strings returns the only column of the rows.
func (a *app) strings(rows *sql.Rows, err error) (all []string) {
	a.t.Helper()
	a.must(err)
	defer rows.Close()
	for rows.Next() {
		var text string
		a.must(rows.Scan(&text))
		all = append(all, text)
	}
	a.must(rows.Err())
	return all
}

// TestDumpSeesEveryCommit asserts that a dump is not an earlier one after something was committed.
func TestDumpSeesEveryCommit(t *testing.T) {
	a := newApp(t)
	for _, name := range []string{"Operations", "Sales"} {
		before := a.dump()
		a.wantUnchanged(before, "nothing")
		_, err := a.accounts.AddGroup(t.Context(), "", name)
		a.must(err)
		if a.dump() == before {
			t.Errorf("the group %s is not in the dump", name)
		}
	}
}
