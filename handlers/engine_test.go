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
	driver, source := "pgx", a.url
	tables := `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1`
	columns := `SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '%s' AND column_name <> 'last_used' ORDER BY 1`
	values := `SELECT quote_nullable(%s::text) FROM %s ORDER BY 1`
	if path, ok := strings.CutPrefix(a.url, "sqlite:"); ok {
		driver, source = "sqlite3", "file:"+path+"?mode=ro"
		tables = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1`
		columns = `SELECT name FROM pragma_table_info('%s') WHERE name <> 'last_used'`
		values = `SELECT quote(%s) FROM %s ORDER BY 1`
	}
	raw, err := sql.Open(driver, source)
	a.must(err)
	defer raw.Close()
	var text strings.Builder
	for _, table := range a.strings(raw, tables) {
		for _, column := range a.strings(raw, fmt.Sprintf(columns, table)) {
			fmt.Fprintln(&text, table, column, a.strings(raw, fmt.Sprintf(values, column, table)))
		}
	}
	return text.String()
}

func (a *app) strings(database *sql.DB, query string) []string {
	a.t.Helper()
	rows, err := database.Query(query)
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
