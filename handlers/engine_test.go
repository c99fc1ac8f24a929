package handlers

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/mattn/go-sqlite3"
)

// newURL names an empty database: a file of SQLite, or a schema of the PostgreSQL whose
// address stands in ITEMSHARE_TEST_POSTGRES.
func newURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv("ITEMSHARE_TEST_POSTGRES")
	if server == "" {
		return "sqlite:" + t.TempDir() + "/itemshare.db"
	}
	pool, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("requests_%d_%d", os.Getpid(), schemas.Add(1))
	if _, err := pool.Exec(`CREATE SCHEMA ` + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := pool.Exec(`DROP SCHEMA ` + name + ` CASCADE`); err != nil {
			t.Error(err)
		}
		_ = pool.Close()
	})
	return server + "&search_path=" + name
}

var schemas atomic.Int64

// dump is the content of every table, but when a session was last used.
func (a *app) dump() string {
	a.t.Helper()
	if a.raw == nil {
		a.look()
	}
	return strings.Join(a.strings(a.everything), "\n")
}

// look opens the database behind the app's back and writes the query of a dump.
func (a *app) look() {
	a.t.Helper()
	driver, source := "pgx", a.url
	columns := `SELECT table_name || ' ' || column_name FROM information_schema.columns WHERE table_schema = current_schema()`
	quote := `quote_nullable(%s::text)`
	if path, ok := strings.CutPrefix(a.url, "sqlite:"); ok {
		driver, source = "sqlite3", "file:"+path+"?mode=ro"
		columns = `SELECT t.name || ' ' || c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'`
		quote = `quote(%s)`
	}
	var err error
	a.raw, err = sql.Open(driver, source)
	a.must(err)
	a.t.Cleanup(func() { _ = a.raw.Close() })
	var selects []string
	for _, place := range a.strings(columns) {
		if table, column, _ := strings.Cut(place, " "); column != "last_used" {
			selects = append(selects, fmt.Sprintf(`SELECT '%s: ' || `+quote+` FROM %s`, place, column, table))
		}
	}
	if len(selects) < 50 {
		a.t.Fatalf("only %d columns are looked at", len(selects))
	}
	a.everything = strings.Join(selects, " UNION ALL ") + " ORDER BY 1"
}

func (a *app) strings(query string) []string {
	a.t.Helper()
	rows, err := a.raw.Query(query)
	a.must(err)
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		a.must(rows.Scan(&text))
		all = append(all, text)
	}
	a.must(rows.Err())
	return all
}
