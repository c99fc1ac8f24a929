package cli

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// arrivals knows the connections that may bring a request which has not reached the handler. Once
// http.Server.Shutdown is called, the server closes such a connection without an answer, and a proxy
// would answer 502.
type arrivals struct {
	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// connKey is the context key of a request's connection.
type connKey struct{}

// watch adds the hooks to a server that is not serving yet.
func (a *arrivals) watch(server *http.Server) {
	a.conns = map[net.Conn]struct{}{}
	server.ConnState = a.change
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, conn)
	}
	next := server.Handler
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, ok := r.Context().Value(connKey{}).(net.Conn); ok {
			a.change(conn, http.StateIdle)
		}
		next.ServeHTTP(w, r)
	})
}

// change adds a connection that is new, or whose next request is being read.
func (a *arrivals) change(conn net.Conn, state http.ConnState) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if state == http.StateNew || state == http.StateActive {
		a.conns[conn] = struct{}{}
	} else {
		delete(a.conns, conn)
	}
}

// arrivalTime is how long a connection without a request holds up the stop. A proxy sends its request
// as soon as it is connected.
const arrivalTime = 2 * time.Second

// wait returns once every request has reached the handler, or after arrivalTime.
func (a *arrivals) wait() {
	for end := time.Now().Add(arrivalTime); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		a.mu.Lock()
		left := len(a.conns)
		a.mu.Unlock()
		if left == 0 {
			return
		}
	}
}
