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

// dialect is everything in which the engines differ. No other code asks which engine
// it runs on.
type dialect struct {
	goose      goose.Dialect
	migrations string // folder of the package migrations
	file       string // path of the database's file, "" where it is somewhere else
	grouped    bool   // one writer at a time and group commit, else a transaction for each write
	joins      bool   // an INSERT can stand before another one, in one statement
	numbered   bool   // parameters are $1, $2 … instead of ?
	skipLocked string // ends a SELECT that locks its rows until the commit and skips locked ones
	lockRow    string // ends a SELECT that locks its rows until the commit, as an UPDATE does

	// Statements, each "" where the engine needs none.
	lock         string // takes the lock numbered ? until the commit
	lockShared   string // takes it beside others that share it
	allowIdle    string // has the server tolerate a transaction that is idle for long
	resetCounter string // has the id counter of TABLE continue after its rows
	setUp        string // begins each write transaction
	isReadOnly   string // true where the server refuses writes

	// lockOpening keeps other processes from opening the database until the lock is closed.
	lockOpening func() (io.Closer, error)

	// reach finds out how the server is reached, nil where there is nothing to find out.
	reach func(ctx context.Context, d *dialect) error
	// migrating keeps other processes from migrating until the function that it returns is called,
	// nil where lockOpening does.
	migrating func(ctx context.Context, writers *sql.DB) (func() error, error)

	writers  func() (*sql.DB, error)
	readers  func() (*sql.DB, error)
	classify func(error) class
	// undone reports whether an error of COMMIT proves that the transaction was not saved.
	undone func(error) bool
	// scrub overwrites what erasing left behind and reports whether nothing is left.
	scrub func(ctx context.Context, db *DB) (bool, error)
}

// class is the meaning of an engine's error.
type class int

const (
	other       class = iota
	unique            // a key that exists already
	foreign           // a row that refers to nothing, or is referred to
	conflicting       // the transaction lost against another and can be run again
	unavailable       // busy, full, unreadable or gone: nothing wrong with the request
	invalidText       // a text that the engine cannot store, such as one with a NUL
)

// dialectOf chooses the engine by the database's URL.
func dialectOf(url string) (dialect, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok && path != "" {
		return sqlite(path), nil
	}
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		address, err := parsePostgres(url)
		return postgres(address), err
	}
	return dialect{}, fmt.Errorf("the database must be given as sqlite:PATH or postgres://…")
}

// rebind numbers the parameters of a query where the engine needs numbers. Every
// question mark in a query is a parameter.
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
