package dbtest

import (
	"bytes"
	"net"
	"net/url"
	"sync"
	"testing"
)

// A Wire leads to a PostgreSQL server as a network does, until it fails.
type Wire struct {
	URL string // of the database through the wire

	mu     sync.Mutex
	gone   bool
	cuts   []Cut
	commit int // COMMITs that were cut
}

// A Cut is how a connection breaks that is about to commit.
type Cut int

// The cuts. Whoever sent COMMIT can't tell them apart.
const (
	BeforeCommit Cut = iota // COMMIT never arrives
	AfterCommit             // COMMIT is done, and its answer never arrives
)

// commitMessage is the simple query of that word, with its length.
var commitMessage = []byte("Q\x00\x00\x00\x0bcommit\x00")

// NewWire returns a wire to the server of a database.
func NewWire(t testing.TB, database string) *Wire {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	server := u.Host
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	u.Host = l.Addr().String()
	w := &Wire{URL: u.String()}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go w.lead(client, server)
		}
	}()
	return w
}

// Swallow has everything get lost that is sent from now on, in both directions.
func (w *Wire) Swallow() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = true
}

// CutCommits breaks the connections of the next COMMITs, one after another.
func (w *Wire) CutCommits(cuts ...Cut) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cuts = append(w.cuts, cuts...)
}

// Cut returns how many COMMITs were cut so far.
func (w *Wire) Cut() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.commit
}

func (w *Wire) isGone() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.gone
}

// nextCut returns the cut that is due for what a client sends, if any.
func (w *Wire) nextCut(sent []byte) (Cut, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.cuts) == 0 || !bytes.Contains(sent, commitMessage) {
		return 0, false
	}
	cut := w.cuts[0]
	w.cuts = w.cuts[1:]
	w.commit++
	return cut, true
}

func (w *Wire) lead(client net.Conn, address string) {
	defer client.Close()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	deaf := make(chan struct{}) // closed when the client hears nothing more
	answered := make(chan struct{})
	go func() {
		defer client.Close()
		defer close(answered)
		w.answers(client, server, deaf)
	}()
	buf := make([]byte, 32<<10)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		cut, due := w.nextCut(buf[:n])
		if due && cut == BeforeCommit {
			return
		}
		if due {
			close(deaf)
		}
		if w.isGone() {
			continue
		}
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
		if due {
			<-answered
			return
		}
	}
}

// answers passes on what the server sends, until the next answer after deaf is closed.
func (w *Wire) answers(client, server net.Conn, deaf <-chan struct{}) {
	buf := make([]byte, 32<<10)
	for {
		n, err := server.Read(buf)
		if err != nil {
			return
		}
		select {
		case <-deaf:
			return
		default:
		}
		if w.isGone() {
			continue
		}
		if _, err := client.Write(buf[:n]); err != nil {
			return
		}
	}
}
