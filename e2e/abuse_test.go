package e2e

import (
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

var abuseAtLength = flag.Bool(
	"abuse",
	false,
	"let each attempt at abuse run at full length, and print what it did before and does now",
)

var abusedProgram = flag.String(
	"abuse-program",
	program,
	"another build of the program to try abuses on",
)

// abuse is something that a stranger does to the server.
type abuse struct {
	what   string
	before string // what it did before there was a limit, measured with the same program
	// try does it for the given time and returns what it does now. It fails the test where that is
	// more than the server promises.
	try func(t *testing.T, length time.Duration) (now string)
}

// abuses returns everything that TestAbuse tries.
func abuses() []abuse { return slices.Concat(signInAbuses(), linkAbuses()) }

// TestAbuse tries each abuse against the built program, for a second or, with -abuse, for twenty.
func TestAbuse(t *testing.T) {
	length := time.Second
	if *abuseAtLength {
		length = 20 * time.Second
	}
	var table strings.Builder
	out := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "what a stranger does\tbefore\tnow")
	for _, a := range abuses() {
		t.Run(a.what, func(t *testing.T) {
			fmt.Fprintf(out, "%s\t%s\t%s\n", a.what, a.before, a.try(t, length))
		})
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if *abuseAtLength {
		fmt.Print(table.String())
	}
}

// startAbused starts the program that abuses are tried on.
func startAbused(t *testing.T, options ...serverOption) *server {
	t.Helper()
	return start(t, append(options, func(s *server) { s.file = *abusedProgram })...)
}

// mostLog is what SQLite's log takes at most: db/checkpointer.go begins it anew at 32 MiB.
const mostLog = 40 << 20

// databaseSize returns the bytes of the database with all that its log holds. The log itself is
// written over and over, and doesn't count as long as it keeps within its limit.
func (s *server) databaseSize() (bytes int64) {
	s.t.Helper()
	file := filepath.Join(s.data, "itemshare.db")
	if log, err := os.Stat(file + "-wal"); err == nil && log.Size() > mostLog {
		s.t.Errorf("the database's log has %d bytes", log.Size())
	}
	database, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = database.Close() }()
	err = database.QueryRow(
		`SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`,
	).Scan(&bytes)
	if err != nil {
		s.t.Fatal(err)
	}
	return bytes
}
