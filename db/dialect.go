package db

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// dialect is everything in which the engines differ. Nothing outside of it asks
// which engine it is.
type dialect struct {
	goose      goose.Dialect
	migrations string // folder of the package migrations
	file       string // path of the database's file, "" where it is somewhere else
	grouped    bool   // one writer goroutine and group commit, else a transaction for each write
	numbered   bool   // parameters are $1, $2 … instead of ?
	skipLocked string // ends a SELECT that locks its rows until the commit and passes over locked ones
	lock       string // statement that takes the lock numbered ? until the commit, "" where writes are serial anyway
	unhurried  string // has the server bear with a transaction that does nothing for a while, "" where it does so anyway
	resume     string // has the counter of ids of TABLE go on after its rows, "" where it does so by itself

	// alone keeps other processes from opening the database until it is closed.
	alone    func() (io.Closer, error)
	writers  func() (*sql.DB, error)
	readers  func() (*sql.DB, error)
	classify func(error) class
	// scrub overwrites what erasing left behind and tells whether nothing is left.
	scrub func(ctx context.Context, db *DB) (bool, error)
}

// class is what an engine's error means to us.
type class int

const (
	other       class = iota
	unique            // a key that is there already
	foreign           // a row that refers to nothing, or is referred to
	conflicting       // the transaction lost against another and can be run again
	unavailable       // busy, full, unreadable or gone: nothing wrong with the request
	unfit             // a text that the engine keeps nowhere, such as one with a NUL
)

// dialectOf chooses the engine by the database's URL.
func dialectOf(url string) (dialect, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok && path != "" {
		return sqlite(path), nil
	}
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return postgres(url), nil
	}
	return dialect{}, fmt.Errorf("the database must be given as sqlite:PATH or postgres://…")
}

// rebind numbers the parameters of a query where the engine wants them
// numbered. Our texts hold no question mark that is not a parameter.
func (d *dialect) rebind(query string) string {
	if !d.numbered || !strings.Contains(query, "?") {
		return query
	}
	var out strings.Builder
	out.Grow(len(query) + 16)
	n := 0
	for part := range strings.SplitSeq(query, "?") {
		if n > 0 {
			out.WriteString("$" + strconv.Itoa(n))
		}
		out.WriteString(part)
		n++
	}
	return out.String()
}

// marks gives n parameters for an IN list: "?,?,?".
func marks(n int) string {
	return strings.TrimSuffix(strings.Repeat("?,", n), ",")
}
