package e2e

import (
	"database/sql"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"
)

// createdLink is a one-time link that the server acknowledged, with the views sent to it.
type createdLink struct {
	link        link
	sentViews   []string // views sent before the crash
	openedViews []string // those that were answered with the item
}

// TestKilledWhileCreatingAndOpening kills the server at random moments. Afterwards every
// acknowledged link opens for exactly one view; the database is intact and the server ready
// within three seconds.
func TestKilledWhileCreatingAndOpening(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	for round := range *rounds {
		links := s.workUntilKilled(c, item)
		began := time.Now()
		s.run()
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("round %d: ready after %v, want 3 s", round, took)
		}
		for _, a := range links {
			a.verify(t)
		}
		t.Logf("round %d: %d links acknowledged", round, len(links))
	}
	if len(c.shares("")) == 0 {
		t.Error("the session or the history did not survive")
	}
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
	s.verifyDatabase()
}

// TestAnAcknowledgedLinkSurvivesItsServer kills the server as soon as it has acknowledged a link: the
// link opens once the server runs again.
func TestAnAcknowledgedLinkSurvivesItsServer(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	for round := range 3 {
		text, created := c.tryShare(item, url.Values{"one_time": {"on"}})
		s.kill()
		if created.status != http.StatusCreated {
			t.Fatalf("round %d: %d %v", round, created.status, created.errors())
		}
		s.run()
		opened := parseLink(t, text).open(with{"view": newView()})
		if opened.status != http.StatusOK {
			t.Errorf("round %d: an acknowledged link: %v", round, opened)
		}
	}
}

// workUntilKilled creates and opens links concurrently, kills the server within a second, and
// returns the acknowledged links.
func (s *server) workUntilKilled(c *client, item string) []*createdLink {
	var (
		mu    sync.Mutex
		links []*createdLink
		work  sync.WaitGroup
	)
	created := make(chan *createdLink, 10_000)
	for range 8 {
		work.Go(func() {
			for {
				text, r := c.tryShare(item, url.Values{"one_time": {"on"}})
				if r.status == 0 {
					return
				}
				if r.status != http.StatusCreated {
					s.t.Errorf("create: %d %v", r.status, r.errors())
					return
				}
				a := &createdLink{link: parseLink(s.t, text)}
				mu.Lock()
				links = append(links, a)
				half := len(links)%2 == 0
				mu.Unlock()
				if half {
					created <- a
				}
			}
		})
	}
	for range 8 {
		work.Go(func() {
			for {
				select {
				case a := <-created:
					a.openTwice(s.t)
				case <-s.exited:
					return
				}
			}
		})
	}
	time.Sleep(200*time.Millisecond + rand.N(800*time.Millisecond))
	s.kill()
	work.Wait()
	return links
}

// openTwice opens the link under two views at once.
func (a *createdLink) openTwice(t *testing.T) {
	views := []string{newView(), newView()}
	var mu sync.Mutex
	var both sync.WaitGroup
	for _, view := range views {
		a.sentViews = append(a.sentViews, view)
		both.Go(func() {
			got := a.link.open(with{"view": view})
			switch {
			case got.status == http.StatusOK:
				mu.Lock()
				a.openedViews = append(a.openedViews, view)
				mu.Unlock()
			case got.status != 0 && got.Code != "viewed":
				t.Errorf("open: %v", got)
			}
		})
	}
	both.Wait()
}

// verify repeats the views sent before the crash, then sends a new one: exactly one view opens
// the link. If a view was answered before the crash, the new one is sent first: it would succeed
// if that view had not been stored.
func (a *createdLink) verify(t *testing.T) {
	t.Helper()
	winners := map[string]bool{}
	for _, view := range a.openedViews {
		winners[view] = true
	}
	views := append(slices.Clone(a.sentViews), newView())
	if len(a.openedViews) > 0 {
		slices.Reverse(views)
	}
	for _, view := range views {
		got := a.link.open(with{"view": view})
		switch {
		case got.status == http.StatusOK:
			winners[view] = true
			if _, err := a.link.unseal(got); err != nil {
				t.Errorf("a link's bytes do not open after the crash: %v", err)
			}
		case got.Code != "viewed":
			t.Errorf("after the crash: %v", got)
		}
	}
	if len(winners) != 1 {
		t.Errorf(
			"%d views opened a one-time link that %d had tried, want 1",
			len(winners),
			len(a.sentViews),
		)
	}
}

// verifyDatabase asserts that the stopped server's SQLite database and its audit chain are
// intact.
func (s *server) verifyDatabase() {
	s.t.Helper()
	database, err := sql.Open("sqlite3", "file:"+filepath.Join(s.data, "itemshare.db")+"?mode=ro")
	if err != nil {
		s.t.Fatal(err)
	}
	defer database.Close()
	var verdict string
	if err := database.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil ||
		verdict != "ok" {
		s.t.Errorf("integrity_check: %q %v", verdict, err)
	}
	if out, code := s.command("", "audit", "verify"); code != 0 {
		s.t.Errorf("audit verify: %d\n%s", code, out)
	}
}
