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
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// connections is how many each of the two pools holds at most.
const connections = 16

func postgres(url string) dialect {
	return dialect{
		goose:      goose.DialectPostgres,
		migrations: "postgres",
		numbered:   true,
		skipLocked: " FOR UPDATE SKIP LOCKED",
		lock:       `SELECT pg_advisory_xact_lock(?)`,
		alone:      func() (io.Closer, error) { return io.NopCloser(nil), nil }, // the migrations have a lock of their own
		writers:    func() (*sql.DB, error) { return openPostgres(url, "off") },
		readers:    func() (*sql.DB, error) { return openPostgres(url, "on") },
		classify:   classifyPostgres,
		scrub:      scrubPostgres,
	}
}

func openPostgres(url, readOnly string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		// The error of the parser may quote the URL, which holds a password.
		return nil, errors.New("the database's postgres:// address cannot be read")
	}
	config.RuntimeParams["default_transaction_read_only"] = readOnly
	config.RuntimeParams["synchronous_commit"] = "on"
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return pool, nil
}

func classifyPostgres(err error) class {
	var failure *pgconn.PgError
	if !errors.As(err, &failure) {
		var unreachable *pgconn.ConnectError
		var network net.Error
		if errors.As(err, &unreachable) || errors.As(err, &network) || pgconn.Timeout(err) {
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
	}
	// Connection exception, insufficient resources, operator intervention, system error.
	for _, kind := range []string{"08", "53", "57", "58"} {
		if strings.HasPrefix(failure.Code, kind) {
			return unavailable
		}
	}
	return other
}

// scrubPostgres lets the server reuse, and thereby overwrite, the rows of the
// tables that hold sealed bytes.
func scrubPostgres(ctx context.Context, db *DB) (bool, error) {
	for _, table := range []string{"share_content", "share_chunks", "share_codes", "mail_queue", "sessions"} {
		if _, err := db.writers.ExecContext(ctx, fmt.Sprintf(`VACUUM %s`, table)); err != nil {
			return false, err
		}
	}
	return true, nil
}
