package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// linkAbuses returns what the holder of a link, or a stranger with many connections, can do.
func linkAbuses() []abuse {
	return []abuse{
		{
			"opens a link for anyone without a view limit in a loop, over 50 connections",
			"5,600 durable rows a second, 3.5 MB/s without end",
			openRepeatedly,
		},
		{
			"holds 2,000 half-sent bodies and 500 unread parts of a file",
			"1.0 to 1.5 GB",
			holdMemory,
		},
		{
			"sends 228 KB of JSON to /s/peek",
			"7 to 14 ms of processor before the token is looked at",
			peekWithMuch,
		},
		{
			"names one victim in 40 shares and asks for 3 codes of each",
			"73 emails in 10 s",
			mailOneVictim,
		},
	}
}

// viewsByOne is how many views of a day have a row each.
const viewsByOne = 1000

// openRepeatedly opens a link more often than views are recorded one by one, and then for the
// given time.
func openRepeatedly(t *testing.T, length time.Duration) string {
	s := startAbused(t)
	c := signedIn(t, s, admin)
	l := c.share(c.anItem(), nil)
	var opened atomic.Int64
	openUntil := func(done func() bool) {
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				for !done() {
					if a := l.open(nil); a.status != http.StatusOK {
						t.Errorf("an open got %v", a)
						return
					}
					opened.Add(1)
				}
			})
		}
		group.Wait()
	}
	openUntil(func() bool { return opened.Load() >= 2*viewsByOne })
	before, sizeBefore, begun := opened.Load(), s.databaseSize(), time.Now()
	openUntil(func() bool { return time.Since(begun) > length })
	count, took, grown := opened.Load()-before, time.Since(begun), s.databaseSize()-sizeBefore
	if grown > 1<<20 {
		t.Errorf("the database grew by %d bytes in %d views", grown, count)
	}
	view := newView()
	first, again := l.open(with{"view": view}), l.open(with{"view": view})
	if first.status != http.StatusOK || !bytes.Equal(first.body, again.body) {
		t.Errorf("a view and its repeat got %v and %v", first, again)
	}
	page := c.get(c.shares("")[0]).body
	total := opened.Load() + 1
	if shown := viewTotal.FindStringSubmatch(page); shown == nil ||
		strings.ReplaceAll(shown[1], ",", "") != fmt.Sprint(total) {
		t.Errorf("the history shows %v views, want %d", shown, total)
	}
	return fmt.Sprintf(
		"%.0f views a second, counted by the minute: %s",
		float64(count)/took.Seconds(), kilobytes(grown),
	)
}

var viewTotal = regexp.MustCompile(`data-testid="views-count"[^>]*>\s*([\d,]+)`)

func kilobytes(n int64) string { return fmt.Sprintf("%d KB more on disk", n/1000) }

// residentMemory returns the bytes of memory that the program uses.
func (s *server) residentMemory() int64 {
	s.t.Helper()
	n, ok := memoryOf(s.cmd.Process.Pid)
	if !ok {
		s.t.Fatal("the program is not running")
	}
	return n
}

// memoryOf returns the bytes of memory that a process uses, if it is running.
func memoryOf(pid int) (bytes int64, ok bool) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, false
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0, false
	}
	kb, err := strconv.ParseInt(fields[0], 10, 64)
	return kb << 10, err == nil
}

// openConnection opens a connection with almost no receive buffer, and sends text.
func (s *server) openConnection(text string) (net.Conn, error) {
	dialer := net.Dialer{
		Timeout: 10 * time.Second,
		Control: func(_, _ string, raw syscall.RawConn) error {
			var failed error
			err := raw.Control(func(fd uintptr) {
				failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
			})
			if err != nil {
				return err
			}
			return failed
		},
	}
	address, err := url.Parse(s.url)
	if err != nil {
		return nil, err
	}
	conn, err := dialer.Dial("tcp", address.Host)
	if err != nil {
		return nil, err
	}
	if err := conn.SetWriteDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return conn, err
	}
	_, err = io.WriteString(conn, text)
	return conn, err
}

// withHead returns a body after the head of a request that announces a length.
func (s *server) withHead(path, contentType, body string, length int) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
		path, strings.TrimPrefix(s.url, "http://"), contentType, length, body)
}

// holdMemory keeps open half-sent bodies, short and long, of calls without a session, and
// responses that nobody reads, while it checks that the server is ready.
func holdMemory(t *testing.T, length time.Duration) string {
	s := startAbused(t)
	c := signedIn(t, s, admin)
	item := c.items("Build server")
	if len(item) == 0 {
		t.Fatal("the demo has no item with a large file")
	}
	l := c.share(item[0], url.Values{"files": {"on"}})
	view := newView()
	if a := l.open(with{"view": view}); a.status != http.StatusOK {
		t.Fatalf("open: %v", a)
	}
	part, err := json.Marshal(with{"id": l.id, "token": l.token, "view": view, "index": 0, "chunk": 0})
	if err != nil {
		t.Fatal(err)
	}
	halves, readers := 2000, 500
	if !*abuseAtLength {
		halves, readers = 200, 100
	}
	before := s.residentMemory()

	const form, object = "application/x-www-form-urlencoded", "application/json"
	var requests []string
	for n := range halves {
		switch n % 4 {
		case 0:
			requests = append(requests, s.withHead("/signin", form, "email="+strings.Repeat("a", 2000), 4000))
		case 1:
			requests = append(requests, s.withHead("/signin", form, "email="+strings.Repeat("a", 200_000), 250_000))
		case 2:
			requests = append(requests, s.withHead("/s/open", object, `{"id":"`+strings.Repeat("a", 2000), 4000))
		case 3:
			requests = append(requests, s.withHead("/s/open", object, `{"id":"`+strings.Repeat("a", 200_000), 250_000))
		}
	}
	for range readers {
		requests = append(requests, s.withHead("/s/file", object, string(part), len(part)))
	}
	var mu sync.Mutex
	var conns []net.Conn
	defer func() {
		for _, conn := range conns {
			_ = conn.Close()
		}
	}()
	var group sync.WaitGroup
	for worker := range 50 {
		group.Go(func() {
			for n := worker; n < len(requests); n += 50 {
				// A server that has answered already may close before it has read all.
				conn, _ := s.openConnection(requests[n])
				if conn == nil {
					t.Errorf("connection %d was not accepted", n)
					return
				}
				mu.Lock()
				conns = append(conns, conn)
				mu.Unlock()
			}
		})
	}
	var most int64
	var slowest time.Duration
	probe := func() {
		most = max(most, s.residentMemory())
		begun := time.Now()
		resp, err := wire.Get(s.url + "/readyz")
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("not ready: %v, %v", resp, err)
			return
		}
		_ = resp.Body.Close()
		slowest = max(slowest, time.Since(begun))
		time.Sleep(20 * time.Millisecond)
	}
	sent := make(chan struct{})
	go func() {
		group.Wait()
		close(sent)
	}()
	for !isClosed(sent) {
		probe()
	}
	slowest = 0 // what counts is while all is held, not how fast this test connects
	for begun := time.Now(); time.Since(begun) < length; {
		probe()
	}
	if more := most - before; more > 200<<20 {
		t.Errorf("%d MiB more", more>>20)
	}
	if slowest > 200*time.Millisecond {
		t.Errorf("/readyz took %s", slowest)
	}
	return fmt.Sprintf("%d MiB more, /readyz within %d ms", (most-before)>>20, slowest.Milliseconds())
}

// peekWithMuch sends bodies that are far too large to a call that needs no session.
func peekWithMuch(t *testing.T, length time.Duration) string {
	s := startAbused(t)
	body := []byte(`{` + strings.Repeat(`"a":[1,2,3],`, 19_000) + `"id":"x","token":"y"}`)
	spent := s.processorTime()
	count := 0
	for begun := time.Now(); time.Since(begun) < length; count++ {
		resp, err := wire.Post(s.url+"/s/peek", "application/json", bytes.NewReader(body))
		if err != nil { // it was answered, and closed, before all was sent
			continue
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Fatalf("%d bytes got %d", len(body), resp.StatusCode)
		}
	}
	each := (s.processorTime() - spent) / time.Duration(count)
	if each > 3*time.Millisecond {
		t.Errorf("%s of processor for each", each)
	}
	return fmt.Sprintf("413 after 4 KiB, %.2f ms of processor", float64(each.Microseconds())/1000)
}

// processorTime returns the processor time that the program has used.
func (s *server) processorTime() time.Duration {
	s.t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	const ticksPerSecond = 100
	var ticks int64
	for _, at := range []int{11, 12} { // utime and stime
		n, err := strconv.ParseInt(fields[at], 10, 64)
		if err != nil {
			s.t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond
}

// mailOneVictim requests codes for one address over many shares. Each response is the same.
func mailOneVictim(t *testing.T, _ time.Duration) string {
	s := startAbused(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	const victim = "victim@client.example"
	statuses := map[int]int{}
	for range 40 {
		l := c.share(item, url.Values{"access": {"recipients"}, "recipients": {victim}})
		for range 3 {
			statuses[l.call("code", with{"email": victim}).status]++
		}
	}
	time.Sleep(time.Second) // the queue is empty by then
	mails := 0
	for _, m := range s.outbox() {
		if m.To == victim {
			mails++
		}
	}
	if mails > 10 {
		t.Errorf("%d emails", mails)
	}
	return fmt.Sprintf("%d emails (answers by status: %v)", mails, statuses)
}
