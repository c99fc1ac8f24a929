package e2e

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"
)

// atOnce is how many messages one process sends at the same time.
const atOnce = 4

// TestMailOfTwoProcesses queues 500 messages and kills one of two senders halfway. Each message
// arrives. None arrives twice except those that the mail server had accepted from the killed
// process before it could record that: at most as many as it sends at the same time.
func TestMailOfTwoProcesses(t *testing.T) {
	t.Parallel() // it waits for a mail server
	const shares, readers = 20, 25
	post := startMailServer(t, 50*time.Millisecond)
	sender := func(i int) string { return fmt.Sprintf("process%d@company.example", i) }
	c := startProcessGroup(t, 2, func(i int) []string {
		return []string{"ITEMSHARE_SMTP=" + post.url, "ITEMSHARE_MAIL_FROM=" + sender(i)}
	})
	_, item := newSample(0, map[string]any{})
	c.servers[0].importItem(item)
	b := c.signIn(c.clients[1])
	path := b.anItem()

	var asking sync.WaitGroup
	for n := range shares {
		to := make([]string, readers)
		for i := range to {
			to[i] = fmt.Sprintf("reader%d@share%d.example", i, n)
		}
		l := b.share(path, url.Values{"access": {"recipients"}, "recipients": to}).through(c.clients[1])
		asking.Go(func() {
			for _, address := range to {
				if a := l.call("code", with{"email": address}); a.status != http.StatusAccepted {
					t.Errorf("ask for a code: %v", a)
				}
			}
		})
	}
	post.awaitMails(t, shares*readers/2)
	c.servers[0].kill()
	asking.Wait()
	c.deliverTheRest(post)

	times, by := map[string]int{}, map[string]int{}
	twice := 0
	for _, l := range post.received() {
		by[l.from]++
		if times[l.to]++; times[l.to] == 1 {
			continue
		}
		if twice++; l.from != sender(1) {
			t.Errorf("%s got two letters, the later one from %s", l.to, l.from)
		}
	}
	if len(times) != shares*readers {
		t.Errorf("%d letters arrived, want %d", len(times), shares*readers)
	}
	if twice > atOnce {
		t.Errorf("%d letters came twice, want %d at most", twice, atOnce)
	}
	if by[sender(0)] == 0 || by[sender(1)] == 0 {
		t.Errorf("sent by each process: %v, want some by both", by)
	}
	t.Logf("%v, %d twice", by, twice)
}

// deliverTheRest waits until only the killed process's leases are in the queue, ends those leases
// as a minute would, and waits until the queue is empty.
func (c *processGroup) deliverTheRest(post *mailServer) {
	c.t.Helper()
	pool, err := sql.Open("pgx", c.database)
	if err != nil {
		c.t.Fatal(err)
	}
	defer pool.Close()
	left := func() (n int) {
		if err := pool.QueryRow(`SELECT count(*) FROM mail_queue`).Scan(&n); err != nil {
			c.t.Fatal(err)
		}
		return n
	}
	deadline := time.Now().Add(30 * time.Second)
	for quiet := 0; quiet < 10; time.Sleep(100 * time.Millisecond) {
		before := len(post.received())
		if left() > atOnce || len(post.received()) != before {
			quiet = 0
		}
		quiet++
		if time.Now().After(deadline) {
			c.t.Fatalf("%d letters wait after 30 s, %d may", left(), atOnce)
		}
	}
	if _, err := pool.Exec(`UPDATE mail_queue SET due_at = 0`); err != nil {
		c.t.Fatal(err)
	}
	for left() > 0 {
		if time.Sleep(50 * time.Millisecond); time.Now().After(deadline) {
			c.t.Fatalf("%d letters wait after their leases have ended", left())
		}
	}
}
