package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"itemshare/fault"
)

// wrap names the operation that failed and gives the engine's error a kind: an
// error that may pass is fault.Unavailable. nil stays nil, and an error that has a
// kind keeps it.
func (db *DB) wrap(op string, err error) error {
	return fault.Wrap(op, db.kind(err))
}

func (db *DB) kind(err error) error {
	if err == nil {
		return nil
	}
	if _, kind := fault.As(err); kind {
		return err
	}
	switch db.class(err) {
	case unavailable:
		return fault.Because(fault.Unavailable, err)
	case invalidText: // the engine's error may quote the text
		return fault.New(
			fault.Invalid,
			fault.CodeMalformed,
			"The text contains invalid characters, such as NUL. Remove them.",
		)
	}
	return err
}

func (db *DB) class(err error) class {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, sql.ErrConnDone), errors.Is(err, sql.ErrTxDone), errors.Is(err, driver.ErrBadConn),
		errors.Is(err, errClosed):
		return unavailable
	}
	return db.dialect.classify(err)
}

// isUnique reports whether err means that a key exists already.
func (t *tx) isUnique(err error) bool { return t.dialect.classify(err) == unique }

// isForeign reports whether err means that a row refers to one that does not exist.
func (t *tx) isForeign(err error) bool { return t.dialect.classify(err) == foreign }

// ErrNewer means that a newer version of the program has migrated the database.
var ErrNewer = errors.New(
	"a newer version of itemshare has used this database: start that version or a later one")

// ErrOlder means that the database must be migrated first.
var ErrOlder = errors.New(
	"an older version of itemshare has used this database: start itemshare serve, which migrates it")

// errClosed is the answer to a write after Close.
var errClosed = errors.New("the database is closed")
