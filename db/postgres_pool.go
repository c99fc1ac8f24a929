package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	maxConnections = 16                    // of each of the two pools
	idleTime       = 5 * time.Minute       // until an unused connection is closed
	connectTime    = 3 * time.Second       // unless the address has a connect_timeout
	pingTime       = 10 * time.Millisecond // until an unused connection is pinged before its use
)

// sessionSettings are sent at the start of every connection; an address may set
// others. The server limits no statement's time: this program sets a deadline for
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

func openPostgres(url, readOnly string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		// The error of the parser may quote the URL, which holds a password.
		return nil, errors.New("the database's postgres:// address cannot be read")
	}
	for name, value := range sessionSettings {
		config.RuntimeParams[name] = cmp.Or(config.RuntimeParams[name], value)
	}
	config.RuntimeParams["default_transaction_read_only"] = readOnly
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, connectTime)
	pool := stdlib.OpenDB(*config, stdlib.OptionShouldPing(wasIdle))
	pool.SetMaxOpenConns(maxConnections)
	pool.SetMaxIdleConns(maxConnections)
	pool.SetConnMaxIdleTime(idleTime)
	return pool, nil
}

// wasIdle reports whether a connection was unused for long enough that the server may have closed
// it: it is pinged first, so that nothing is sent in vain. One in constant use costs no ping.
func wasIdle(_ context.Context, connection stdlib.ShouldPingParams) bool {
	return connection.IdleDuration > pingTime
}
