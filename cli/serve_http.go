package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/net/netutil"

	"itemshare/fault"
)

// Limits of a connection, and of the requests in flight when the server stops.
const (
	headerTime = 5 * time.Second
	readTime   = 30 * time.Second
	writeTime  = time.Minute
	idleTime   = 2 * time.Minute
	stopTime   = 5 * time.Second
	headerSize = 32 << 10
)

func newHTTPServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerSize,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// drain is the time between the order to stop and the stop. While it lasts requests are answered,
// but the server isn't ready and keeps no connection open, so that a proxy turns to another one.
type drain struct {
	time time.Duration
	on   atomic.Bool
}

var errStopping = errors.New("the server is about to stop")

// ready returns an error once the server is about to stop.
func (d *drain) ready() error {
	if d.on.Load() {
		return errStopping
	}
	return nil
}

// closing returns a handler that has connections closed after their answer while the drain lasts.
func (d *drain) closing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.on.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// ErrInterrupted is the cause of a context that a person at the terminal ended, who waits for the
// prompt. No proxy has to notice anything.
var ErrInterrupted = errors.New("interrupted")

// wait lasts for the drain, or until the server failed.
func (d *drain) wait(ctx context.Context, failed <-chan error) error {
	d.on.Store(true)
	if d.time == 0 || context.Cause(ctx) == ErrInterrupted {
		return nil
	}
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-time.After(d.time):
		return nil
	}
}

// serveHTTP serves at most so many connections at once until ctx ends and the drain is over, and then
// waits at most stopTime for requests. It calls announce once the server accepts connections.
func serveHTTP(
	ctx context.Context,
	server *http.Server,
	listener net.Listener,
	most int,
	drain *drain,
	announce func(),
) error {
	server.Handler = drain.closing(server.Handler)
	var arriving arrivals
	arriving.watch(server)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(netutil.LimitListener(listener, most)) }()
	announce()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	if err := drain.wait(ctx, failed); err != nil {
		return err
	}
	last, err := lastConns(listener)
	if err != nil {
		return err
	}
	<-failed // the server knows every connection that it accepted
	serveLast(server, last)
	arriving.wait()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop serving: %w", err)
	}
	return fault.Wrap("stop serving", server.Close())
}
