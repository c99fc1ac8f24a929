package handlers

import (
	"database/sql"
	"fmt"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/mattn/go-sqlite3"
)

// dump returns the content of every table, except when a session was last used.
func (a *app) dump() string {
	a.t.Helper()
	if a.raw == nil {
		a.openRaw()
	}
	return strings.Join(a.queryStrings(a.dumpQuery), "\n")
}

// openRaw opens the database directly and builds the query of a dump.
func (a *app) openRaw() {
	a.t.Helper()
	driver, source := "pgx", a.url
	columns := `SELECT table_name || ' ' || column_name FROM information_schema.columns WHERE ` +
		`table_schema = current_schema()`
	quote := `quote_nullable(%s::text)`
	if path, ok := strings.CutPrefix(a.url, "sqlite:"); ok {
		driver, source = "sqlite3", "file:"+path+"?mode=ro"
		columns = `SELECT t.name || ' ' || c.name FROM sqlite_master t, ` +
			`pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'`
		quote = `quote(%s)`
	}
	var err error
	a.raw, err = sql.Open(driver, source)
	a.must(err)
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
	a.dumpQuery = strings.Join(selects, " UNION ALL ") + " ORDER BY 1"
}

func (a *app) queryStrings(query string) []string {
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
