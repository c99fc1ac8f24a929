package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"itemshare/fault"
)

// failed names the operation and turns the engine's error into a kind: what the
// database cannot do just now is fault.Unavailable. nil stays nil, and an error
// that has a kind keeps it.
func (db *DB) failed(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", op, db.kind(err))
}

// kind is failed without an operation to name.
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
	case unfit: // the error's own words may hold the text
		return fault.New(fault.Invalid, fault.CodeMalformed, "A text holds characters that are none, such as NUL. Leave them out.")
	}
	return err
}

func (db *DB) class(err error) class {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, sql.ErrConnDone), errors.Is(err, sql.ErrTxDone), errors.Is(err, driver.ErrBadConn), errors.Is(err, errClosed):
		return unavailable
	}
	return db.dialect.classify(err)
}

// isUnique tells whether err says that a key is there already.
func (t *tx) isUnique(err error) bool { return t.dialect.classify(err) == unique }

// isForeign tells whether err says that a row refers to one that is not there.
func (t *tx) isForeign(err error) bool { return t.dialect.classify(err) == foreign }

// errClosed says that the database was closed by us.
var errClosed = errors.New("the database is closed")
