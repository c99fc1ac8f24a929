package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"
)

// TestSlowClientsAreCutOff asserts that a connection whose headers never end is closed after five seconds.
func TestSlowClientsAreCutOff(t *testing.T) {
	t.Parallel()
	connection, err := net.Dial("tcp", serveNothing(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	begun := time.Now()
	if _, err := fmt.Fprint(connection, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "); err != nil {
		t.Fatal(err)
	}
	_ = connection.SetReadDeadline(begun.Add(time.Minute))
	if _, err := io.Copy(io.Discard, connection); err != nil {
		t.Fatalf("it was not closed: %v", err)
	}
	if took := time.Since(begun); took < 4*time.Second || took > 10*time.Second {
		t.Errorf("closed after %s, want 5s", took)
	}
}

// serveNothing starts a server with the limits of serve, and returns its address.
func serveNothing(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newHTTPServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Shutdown(context.WithoutCancel(t.Context())) })
	return listener.Addr().String()
}

// TestLateRequestsAreAnswered asserts that a request is answered that arrives, over a connection from before
// the stop, after the server has stopped listening.
func TestLateRequestsAreAnswered(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		server := newHTTPServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
		ended <- serveHTTP(ctx, server, listener, 100, &drain{}, func() {})
	}()
	var conns []net.Conn
	for range 20 {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
	}
	stop()
	time.Sleep(200 * time.Millisecond) // requests on their way
	for i, conn := range conns {
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		if _, err := fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		_ = answer.Body.Close()
		if !answer.Close {
			t.Errorf("connection %d stays open", i)
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
