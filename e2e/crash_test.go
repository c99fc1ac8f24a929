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

// acknowledged is a one-time link whose creation was answered, and what became of the views that
// tried it.
type acknowledged struct {
	link  link
	tried []string // views sent before the crash
	got   []string // those that were answered with the item
}

// TestKilledWhileCreatingAndOpening kills the server at random moments. Every link that a sharer
// has seen opens afterwards, for one view alone; the database is whole and ready again within three
// seconds.
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

// workUntilKilled creates and opens from many sides, kills the server within a second, and returns
// what was acknowledged.
func (s *server) workUntilKilled(c *client, item string) []*acknowledged {
	var (
		mu    sync.Mutex
		links []*acknowledged
		work  sync.WaitGroup
	)
	created := make(chan *acknowledged, 10_000)
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
				a := &acknowledged{link: parseLink(s.t, text)}
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

// openTwice lets two views compete for the link.
func (a *acknowledged) openTwice(t *testing.T) {
	views := []string{newView(), newView()}
	var mu sync.Mutex
	var both sync.WaitGroup
	for _, view := range views {
		a.tried = append(a.tried, view)
		both.Go(func() {
			got := a.link.open(with{"view": view})
			switch {
			case got.status == http.StatusOK:
				mu.Lock()
				a.got = append(a.got, view)
				mu.Unlock()
			case got.status != 0 && got.Code != "viewed":
				t.Errorf("open: %v", got)
			}
		})
	}
	both.Wait()
}

// verify tries the views of before the crash again, then a new one: exactly one view ever opens the
// link. Where one was answered, the new one comes first: it would win if that answer had not been
// counted.
func (a *acknowledged) verify(t *testing.T) {
	t.Helper()
	winners := map[string]bool{}
	for _, view := range a.got {
		winners[view] = true
	}
	views := append(slices.Clone(a.tried), newView())
	if len(a.got) > 0 {
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
			len(a.tried),
		)
	}
}

// verifyDatabase looks at the stopped server's database: SQLite finds it whole, and so is the audit
// chain.
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
