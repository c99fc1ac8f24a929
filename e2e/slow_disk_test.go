package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// diskLoad is what requests on a disk with a fault came to.
type diskLoad struct {
	mu      sync.Mutex
	links   []*createdLink
	refused int
	slowest time.Duration
	fastest time.Duration
}

// loadDisk creates one-time links and opens each, by some workers at once.
func (s *server) loadDisk(c *client, item string, lasts time.Duration) *diskLoad {
	l := &diskLoad{fastest: time.Hour}
	var work sync.WaitGroup
	over := time.Now().Add(lasts)
	for range 6 {
		work.Go(func() {
			for time.Now().Before(over) {
				if a := l.create(c, item); a != nil {
					a.openOnBadDisk(s.t)
				}
			}
		})
	}
	work.Wait()
	return l
}

// create returns a new link, or nil if that was refused: with 503, which says when to try again or that
// the outcome is unknown.
func (l *diskLoad) create(c *client, item string) *createdLink {
	began := time.Now()
	text, r := c.tryShare(item, url.Values{"one_time": {"on"}})
	took := time.Since(began)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.slowest = max(l.slowest, took)
	if text != "" {
		l.fastest = min(l.fastest, took)
		a := &createdLink{link: parseLink(c.t, text)}
		l.links = append(l.links, a)
		return a
	}
	l.refused++
	unknown := slices.Contains(r.errors(), "unknown_outcome")
	if r.status != http.StatusServiceUnavailable || !unknown && r.header.Get("Retry-After") == "" {
		c.t.Errorf("create: %d %v after %v", r.status, r.errors(), took)
	}
	return nil
}

// openOnBadDisk opens a link, or is answered with 503.
func (a *createdLink) openOnBadDisk(t *testing.T) {
	view := newView()
	a.sentViews = append(a.sentViews, view)
	switch got := a.link.open(with{"view": view}); got.status {
	case http.StatusOK:
		a.openedViews = append(a.openedViews, view)
	case http.StatusServiceUnavailable:
	default:
		t.Errorf("open: %v", got)
	}
}

// verify kills the server, runs it again and opens every acknowledged link.
func (l *diskLoad) verify(s *server) {
	s.t.Helper()
	s.kill()
	s.run()
	for _, a := range l.links {
		a.verify(s.t)
	}
	if s.stop(syscall.SIGTERM) == 0 {
		s.verifyDatabase()
	}
	s.t.Logf("%d links acknowledged and found, %d requests refused, the slowest creation took %v",
		len(l.links), l.refused, l.slowest.Round(time.Millisecond))
}

// TestSlowDisk delays each sync of the disk by 300 ms: requests wait and are answered, not before what they
// wrote is on the disk, and the server stays ready.
func TestSlowDisk(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	c.share(item, nil)
	end := s.injectFault("fdatasync:delay_enter=300ms", "fsync:delay_enter=300ms")
	l := s.loadDisk(c, item, 6*time.Second)
	began := time.Now()
	ready := c.get("/readyz")
	if took := time.Since(began); ready.status != http.StatusOK || took > time.Second {
		t.Errorf("ready: %d after %v", ready.status, took)
	}
	end()
	if len(l.links) < 10 || l.refused > 0 {
		t.Errorf("%d links, %d requests refused", len(l.links), l.refused)
	}
	if l.fastest < 300*time.Millisecond {
		t.Errorf("a link was acknowledged after %v, before it was on the disk", l.fastest)
	}
	l.verify(s)
}

// TestFailingDisk has every third sync fail with EIO, and then one of forty writes, of each thread: requests
// are refused, nothing acknowledged is lost, and all is well once the disk is.
func TestFailingDisk(t *testing.T) {
	for _, fault := range []string{"fsync:error=EIO:when=3+3", "pwrite64:error=EIO:when=9+40"} {
		call, _, _ := strings.Cut(fault, ":")
		t.Run(call, func(t *testing.T) {
			s := start(t)
			c := signedIn(t, s, admin)
			item := c.anItem()
			c.share(item, nil)
			end := s.injectFault(fault)
			l := s.loadDisk(c, item, 3*time.Second)
			end()
			if l.refused == 0 || len(l.links) == 0 {
				t.Errorf("%d requests failed, %d links: want some of both", l.refused, len(l.links))
			}
			within(t, 5*time.Second, "the server", &s.log, func() error {
				if text, r := c.tryShare(item, nil); text == "" {
					return fmt.Errorf("create is %d", r.status)
				}
				return nil
			})
			l.verify(s)
		})
	}
}
