package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
)

func postgres(address postgresAddress) dialect {
	return dialect{
		goose:      goose.DialectPostgres,
		migrations: "postgres",
		joins:      true,
		numbered:   true,
		skipLocked: " FOR UPDATE SKIP LOCKED",
		lockRow:    " FOR NO KEY UPDATE",

		lock:         `SELECT pg_advisory_xact_lock(?)`,
		lockShared:   `SELECT pg_advisory_xact_lock_shared(?)`,
		allowIdle:    `SET LOCAL idle_in_transaction_session_timeout = '1h'`,
		resetCounter: `SELECT setval(pg_get_serial_sequence('TABLE', 'id'), max(id)) FROM TABLE`,

		// The migrations have a lock of their own.
		lockOpening: func() (io.Closer, error) { return io.NopCloser(nil), nil },
		migrating:   lockPostgresMigrations,
		reach: func(ctx context.Context, d *dialect) error {
			err := address.probe(ctx)
			d.setUp = address.setUp()
			return err
		},
		writers:    func() (*sql.DB, error) { return address.open("off"), nil },
		readers:    func() (*sql.DB, error) { return address.open("on"), nil },
		isReadOnly: `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'`,
		classify:   classifyPostgres,
		undone:     undonePostgres,
		scrub:      scrubPostgres,
	}
}

func classifyPostgres(err error) class {
	var failure *pgconn.PgError
	var unreachable *pgconn.ConnectError
	if errors.As(err, &unreachable) || !errors.As(err, &failure) {
		if isConnectionLost(err) {
			return unavailable
		}
		return other
	}
	switch failure.Code {
	case "23505":
		return unique
	case "23503":
		return foreign
	case "40001", "40P01":
		return conflicting
	case "22021":
		return invalidText
	case "55P03", "25006":
		return unavailable // a lock took too long; the server has become a standby
	}
	// Connection exception, insufficient resources, operator intervention, system error.
	for _, kind := range []string{"08", "53", "57", "58"} {
		if strings.HasPrefix(failure.Code, kind) {
			return unavailable
		}
	}
	return other
}

// undonePostgres: an ERROR of the server undoes the transaction. FATAL ends the connection,
// also while the server waits for a standby to confirm what it has saved itself.
func undonePostgres(err error) bool {
	var failure *pgconn.PgError
	if !errors.As(err, &failure) {
		return errors.Is(err, pgx.ErrTxCommitRollback) || pgconn.SafeToRetry(err)
	}
	return failure.SeverityUnlocalized == "ERROR" &&
		failure.Code != "40003" && failure.Code != "08007" // completion, resolution unknown
}

// isConnectionLost reports whether the server could not be reached, or not any longer.
func isConnectionLost(err error) bool {
	var unreachable *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &unreachable) || errors.As(err, &network) ||
		errors.Is(
			err,
			io.EOF,
		) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, pgconn.ErrConnClosed) ||
		pgconn.Timeout(err) || pgconn.SafeToRetry(err)
}

// scrubPostgres lets the server reuse, and thereby overwrite, the rows of the
// tables that hold sealed bytes.
func scrubPostgres(ctx context.Context, db *DB) (bool, error) {
	for _, table := range []string{
		"share_content", "share_chunks", "share_codes", "mail_queue", "sessions",
		"items", "item_bodies", "item_versions", "file_chunks",
	} {
		if _, err := db.writers.ExecContext(ctx, fmt.Sprintf(`VACUUM %s`, table)); err != nil {
			return false, err
		}
	}
	return true, nil
}
