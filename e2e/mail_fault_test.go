package e2e

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The faults of a mail server, one after the other.
const (
	refusing  = iota // closes the connection before a word
	vanishing        // is gone once the message is to be sent
	deaf             // takes the message, and is gone before it says so
	slow             // answers late, and takes the message
)

// faultyMail stands before a mail server.
type faultyMail struct {
	listener net.Listener
	behind   string
	fault    atomic.Int64
	mu       sync.Mutex
	tries    [slow + 1]int
}

func startFaultyMail(t *testing.T, behind *mailServer) *faultyMail {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &faultyMail{listener: listener, behind: strings.TrimPrefix(behind.url, "smtp://")}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go f.serve(conn, f.fault.Load())
		}
	}()
	return f
}

func (f *faultyMail) serve(client net.Conn, fault int64) {
	defer client.Close()
	f.mu.Lock()
	f.tries[fault]++
	f.mu.Unlock()
	if fault == refusing {
		return
	}
	server, err := net.Dial("tcp", f.behind)
	if err != nil {
		return
	}
	defer server.Close()
	answering := make(chan struct{})
	go func() {
		defer close(answering)
		defer client.Close()
		passAnswers(client, server, fault)
	}()
	f.ask(client, server, fault)
	<-answering
}

// ask passes on what the client says.
func (f *faultyMail) ask(client, server net.Conn, fault int64) {
	defer server.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil || fault == vanishing && bytes.HasPrefix(buffer[:n], []byte("DATA")) {
			return
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// passAnswers passes on what the server says, up to what it says after the message where it is deaf.
func passAnswers(client io.Writer, server net.Conn, fault int64) {
	buffer := make([]byte, 4096)
	for sending := false; ; {
		n, err := server.Read(buffer)
		if err != nil || sending && fault == deaf {
			return
		}
		if fault == slow {
			time.Sleep(300 * time.Millisecond) // the fault itself
		}
		sending = sending || bytes.HasPrefix(buffer[:n], []byte("354"))
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// await waits until a fault has met a try.
func (f *faultyMail) await(t *testing.T, fault int64) {
	t.Helper()
	f.fault.Store(fault)
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		f.mu.Lock()
		tries := f.tries[fault]
		f.mu.Unlock()
		if tries > 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no try met fault %d", fault)
		}
	}
}

// TestMailFaults has the mail server refuse, vanish before and after it takes a code's message, and
// be slow: no request waits for it, the history says so meanwhile, and the code arrives and works.
func TestMailFaults(t *testing.T) {
	t.Parallel() // it waits for retries
	post := startMailServer(t, 0)
	faulty := startFaultyMail(t, post)
	s := start(t, withoutDemo, func(s *server) {
		s.env = append(s.env, "ITEMSHARE_SMTP=smtp://"+faulty.listener.Addr().String(),
			"ITEMSHARE_MAIL_FROM=share@company.example")
	})
	s.addAdmin("ann@company.example")
	_, item := newSample(0, map[string]any{})
	s.importItem(item)
	c := signedIn(t, s, "ann@company.example")
	l := c.share(c.anItem(), url.Values{"access": {"recipients"}, "recipients": {"bob@client.example"}})
	began := time.Now()
	if a := l.call("code", with{"email": "bob@client.example"}); a.status != http.StatusAccepted {
		t.Fatalf("ask for a code: %v", a)
	}
	faults := []int64{vanishing, deaf, slow}
	if *cluster { // each takes twice as long as the one before, until the next try
		faults = append([]int64{refusing}, faults...)
	}
	for _, fault := range faults {
		faulty.await(t, fault)
		asked := time.Now()
		if r := c.get("/items"); r.status != http.StatusOK || time.Since(asked) > 2*time.Second {
			t.Errorf("fault %d: the items: %d after %v", fault, r.status, time.Since(asked))
		}
		if fault == vanishing {
			c.awaitText(c.shares("")[0], `data-testid="undelivered"`)
		}
	}
	got := post.awaitMails(t, 2)
	code := codeForm.FindString(bodyOf(got[1].text))
	if code == "" || code != codeForm.FindString(bodyOf(got[0].text)) {
		t.Errorf("other codes: %+v", got)
	}
	a := l.open(with{"email": "bob@client.example", "code": code})
	if a.status != http.StatusOK {
		t.Errorf("opened: %v", a)
	}
	t.Logf("the code arrived after %v", time.Since(began).Round(time.Second))
}
