package e2e

import (
	"flag"
	"fmt"
	"io/fs"
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

// databaseSize returns the size of the database's files in bytes, including its log.
func (s *server) databaseSize() (bytes int64) {
	s.t.Helper()
	err := filepath.WalkDir(s.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(d.Name(), ".db") {
			return err
		}
		info, err := os.Stat(path)
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return bytes
}
