package db

import (
	"cmp"
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	maxConnections = 16              // of each of the two pools
	idleTime       = 5 * time.Minute // until an unused connection is closed
	connectTime    = 3 * time.Second // unless the address has a connect_timeout
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
	pool := stdlib.OpenDB(*config, stdlib.OptionResetSession(stillOpen))
	pool.SetMaxOpenConns(maxConnections)
	pool.SetMaxIdleConns(maxConnections)
	pool.SetConnMaxIdleTime(idleTime)
	return pool, nil
}

// stillOpen looks, without waiting, whether the server closed a connection that
// lay in the pool, so that database/sql takes another before anything is sent. A
// server says nothing on an idle connection but that it ends.
func stillOpen(_ context.Context, conn *pgx.Conn) error {
	wire := conn.PgConn().Conn()
	if secured, ok := wire.(*tls.Conn); ok {
		wire = secured.NetConn()
	}
	socket, ok := wire.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return driver.ErrBadConn
	}
	var heard error
	// Not raw.Read, which would wait for good where pgx has left a read of its own behind.
	err = raw.Control(func(fd uintptr) {
		_, _, heard = syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	})
	if err != nil || !errors.Is(heard, syscall.EAGAIN) {
		return driver.ErrBadConn
	}
	return nil
}
