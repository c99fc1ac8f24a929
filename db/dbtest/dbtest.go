// Package dbtest makes databases for tests, of the engine that they run on:
// a file of SQLite, or where ITEMSHARE_TEST_POSTGRES has an address a database
// there. It opens none of them: what a test does with one is the test's.
package dbtest

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // reaches PostgreSQL
	_ "github.com/mattn/go-sqlite3"    // reads SQLite
)

// URL names a database of the newest schema, without rows, that lives as long as the test.
func URL(t testing.TB) string {
	t.Helper()
	if os.Getenv("ITEMSHARE_TEST_POSTGRES") != "" {
		return database(t)
	}
	return File(t)
}

// Empty names a database without a schema, as on the first start.
func Empty(t testing.TB) string {
	t.Helper()
	if os.Getenv("ITEMSHARE_TEST_POSTGRES") != "" {
		return Schema(t)
	}
	return "sqlite:" + filepath.Join(t.TempDir(), "itemshare.db")
}

// Schema names an empty schema of PostgreSQL, whatever the engine of the tests.
func Schema(t testing.TB) string {
	t.Helper()
	server := Server(t)
	pool, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), schemas.Add(1))
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

// Raw reaches one of these databases behind the program's back.
func Raw(t testing.TB, url string) *sql.DB {
	t.Helper()
	driver, source := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, source = "sqlite3", "file:"+path+"?_txlock=immediate&_busy_timeout=5000&_foreign_keys=1"
	}
	pool, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

// Say puts a statement in SQLite's words into those of the database's engine:
// parameters as ?, bytes as x'00', and the type BLOB.
func Say(url, query string) string {
	if strings.HasPrefix(url, "sqlite:") {
		return query
	}
	query = blobs.ReplaceAllString(
		strings.ReplaceAll(query, " AS BLOB)", " AS BYTEA)"),
		`'\x$1'::bytea`,
	)
	for n := 1; strings.Contains(query, "?"); n++ {
		query = strings.Replace(query, "?", fmt.Sprint("$", n), 1)
	}
	return query
}

var blobs = regexp.MustCompile(`\bx'([0-9a-f]*)'`)

// Content is all that a database stores: the files of SQLite as they lie there,
// or every value of every table of the schema.
func Content(t testing.TB, url string) []byte {
	t.Helper()
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return files(t, path)
	}
	pool := Raw(t, url)
	var names []string
	for _, name := range values(t, pool, `SELECT table_name::text
		FROM information_schema.tables WHERE table_schema = current_schema()`) {
		names = append(names, string(name))
	}
	var all []byte
	for _, name := range names {
		all = append(append(all, name...), 0)
		for _, value := range values(t, pool, `SELECT * FROM `+name) {
			all = append(append(all, value...), 0)
		}
	}
	return all
}

func files(t testing.TB, path string) (all []byte) {
	t.Helper()
	names, err := filepath.Glob(path + "*")
	if err != nil || len(names) == 0 {
		t.Fatalf("there is no database at %s: %v", path, err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, content...)
	}
	return all
}

// values are the values of all rows, one after another.
func values(t testing.TB, pool *sql.DB, query string) (all []sql.RawBytes) {
	t.Helper()
	rows, err := pool.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		row, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for _, value := range row {
			all = append(all, slices.Clone(value))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// Server is the address in ITEMSHARE_TEST_POSTGRES, or that of a PostgreSQL of
// the tests' own, which ends with their process. A short run starts none: it
// leaves out the tests that need one.
func Server(t testing.TB) string {
	t.Helper()
	if server := os.Getenv("ITEMSHARE_TEST_POSTGRES"); server != "" {
		return server
	}
	if testing.Short() {
		t.Skip("needs PostgreSQL, which a short run does not start")
	}
	own, err := ownServer()
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	return own.address
}

// ownServer runs until this process ends, and with it its standard input.
var ownServer = sync.OnceValues(func() (s struct {
	address string
	input   io.WriteCloser // kept from the garbage collector, which would close it
}, err error,
) {
	root, err := moduleRoot()
	if err != nil {
		return s, err
	}
	cmd := exec.Command(
		filepath.Join(root, "scripts/postgres"),
		"bash",
		"-c",
		`echo "$ITEMSHARE_TEST_POSTGRES"; cat`,
	)
	if s.input, err = cmd.StdinPipe(); err != nil {
		return s, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return s, err
	}
	if err := cmd.Start(); err != nil {
		return s, err
	}
	said := bufio.NewScanner(out)
	if !said.Scan() {
		return s, errors.Join(io.ErrUnexpectedEOF, cmd.Wait())
	}
	s.address = said.Text()
	return s, nil
})

// moduleRoot is the folder of go.mod. Tests run in the folder of their package.
func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	for ; err == nil; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", errors.New("no folder above has a go.mod")
		}
	}
	return "", err
}
