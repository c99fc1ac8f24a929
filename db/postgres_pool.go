package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	maxConnections = 16                    // of each of the two pools
	idleTime       = 5 * time.Minute       // until an unused connection is closed
	connectTime    = 3 * time.Second       // unless the address has a connect_timeout
	pingTime       = 10 * time.Millisecond // until an unused connection is pinged before its use
)

// sessionSettings are sent at the start of every connection, or of every transaction behind a
// pooler; an address may set others. The server limits no statement's time: this program sets a deadline for
// each, and migrations and VACUUM may take long.
var sessionSettings = map[string]string{
	"synchronous_commit": "on",
	// A claim waits for other claims of its share, for no longer than its caller would.
	"lock_timeout": "5s",
	// Frees the locks of a process that the network has cut off.
	"idle_in_transaction_session_timeout": "15s",
	// Prefers an index whose rows lie anywhere to neighbouring rows that must be filtered.
	"random_page_cost": "1.1",
}

// postgresAddress is how a PostgreSQL server is reached.
type postgresAddress struct {
	config *pgx.ConnConfig
	pooled bool // by a program between, such as pgbouncer
}

func parsePostgres(text string) (postgresAddress, error) {
	config, err := pgx.ParseConfig(text)
	if err != nil {
		// The error of the parser may quote the URL, which holds a password.
		return postgresAddress{}, errors.New("the database's postgres:// address cannot be read")
	}
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, connectTime)
	// A read-only connection would never be "read-write".
	if u, err := url.Parse(text); err == nil &&
		u.Query().Get("target_session_attrs") == "read-write" {
		config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsPrimary
	}
	return postgresAddress{config: config}, nil
}

// probe finds out whether a pooler is between: it gives a connection another process ID than the
// server has.
func (a *postgresAddress) probe(ctx context.Context) error {
	config := a.config.Copy()
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var pid uint32
	if err := conn.QueryRow(ctx, `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
		return err
	}
	a.pooled = pid != conn.PgConn().PID()
	return nil
}

// open returns a pool of connections. Behind a pooler a connection has another server connection
// for each transaction, so it keeps neither settings nor prepared statements.
func (a *postgresAddress) open(readOnly string) *sql.DB {
	config := a.config.Copy()
	if a.pooled {
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
	} else {
		for name, value := range sessionSettings {
			config.RuntimeParams[name] = cmp.Or(config.RuntimeParams[name], value)
		}
		config.RuntimeParams["default_transaction_read_only"] = readOnly
	}
	pool := stdlib.OpenDB(*config, stdlib.OptionShouldPing(wasIdle))
	pool.SetMaxOpenConns(maxConnections)
	pool.SetMaxIdleConns(maxConnections)
	pool.SetConnMaxIdleTime(idleTime)
	return pool
}

// setUp returns the statement with which each transaction behind a pooler begins: the settings of
// a session, for this transaction alone.
func (a *postgresAddress) setUp() string {
	if !a.pooled {
		return ""
	}
	var calls []string
	for _, name := range slices.Sorted(maps.Keys(sessionSettings)) {
		calls = append(calls, fmt.Sprintf(`set_config('%s', '%s', true)`, name, sessionSettings[name]))
	}
	return `SELECT ` + strings.Join(calls, ", ")
}

// wasIdle reports whether a connection was unused for long enough that the server may have closed
// it: it is pinged first, so that nothing is sent in vain. One in constant use costs no ping.
func wasIdle(_ context.Context, connection stdlib.ShouldPingParams) bool {
	return connection.IdleDuration > pingTime
}
