package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	longest   = 5 * time.Second // any request while PostgreSQL is away
	recovered = 5 * time.Second // from its start until the program is ready again
)

// TestPostgresCutStoppedAndStarted interrupts PostgreSQL in three ways: the program reports it,
// loses nothing, and recovers by itself.
func TestPostgresCutStoppedAndStarted(t *testing.T) {
	pg := startCluster(t)
	s := start(t, onPostgres(pg.url))
	c := signedIn(t, s, admin)
	item := c.anItem()
	once := c.share(item, url.Values{"one_time": {"on"}})

	t.Run("connections cut", func(t *testing.T) {
		for range 3 {
			if n := pg.cutConnections(); n == 0 {
				t.Error("there was no connection to cut")
			}
			time.Sleep(50 * time.Millisecond) // the program hears of it
			if r := c.get("/items"); r.status != http.StatusOK {
				t.Errorf("the first page afterwards: %d", r.status)
			}
			if a := once.peek(); a.status != http.StatusOK {
				t.Errorf("the first look afterwards: %v", a)
			}
			c.share(item, nil)
		}
	})
	t.Run("stopped", func(t *testing.T) {
		pg.ctl("stop")
		view := newView()
		for what, ask := range map[string]func() (int, http.Header){
			"readyz": func() (int, http.Header) { r := c.get("/readyz"); return r.status, r.header },
			"page":   func() (int, http.Header) { r := c.get("/items"); return r.status, r.header },
			"share":  func() (int, http.Header) { _, r := c.tryShare(item, nil); return r.status, r.header },
			"signin": func() (int, http.Header) {
				r := newClient(t, s).post("/signin", url.Values{"email": {admin}, "password": {password}})
				return r.status, r.header
			},
			"peek": func() (int, http.Header) { a := once.peek(); return a.status, a.header },
			"open": func() (int, http.Header) { a := once.open(with{"view": view}); return a.status, a.header },
		} {
			began := time.Now()
			status, header := ask()
			if status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" ||
				time.Since(began) > longest {
				t.Errorf(
					"%s: %d, Retry-After %q, after %v",
					what,
					status,
					header.Get("Retry-After"),
					time.Since(began),
				)
			}
		}
		if r := c.get("/healthz"); r.status != http.StatusOK {
			t.Errorf("healthz: %d", r.status)
		}
		pg.ctl("start")
		s.awaitBack()
		if r := c.get("/items"); r.status != http.StatusOK {
			t.Errorf("the session did not survive: %d", r.status)
		}
		if a := once.open(with{"view": view}); a.status != http.StatusOK {
			t.Errorf("the refused view cannot be repeated: %v", a)
		}
		if a := once.open(nil); a.Code != "viewed" {
			t.Errorf("a second view of a one-time link: %v", a)
		}
	})
	t.Run("restarted under load", func(t *testing.T) { restartUnderLoad(t, pg, s, c, item) })

	for deadline := time.Now().Add(recovered); ; time.Sleep(100 * time.Millisecond) {
		out, code := s.command("", "audit", "verify")
		if code == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("audit verify: %d\n%s", code, out)
		}
	}
}

// restartUnderLoad crashes and restarts PostgreSQL while links are created and opened. Every
// acknowledged link opens afterwards, and every other request was answered with a time to retry, or
// with the word that nobody knows its outcome.
func restartUnderLoad(t *testing.T, pg *postgresCluster, s *server, c *client, item string) {
	var (
		mu          sync.Mutex
		links       []*createdLink
		refused     int
		workers     sync.WaitGroup
		over        = make(chan struct{})
		unavailable = func(status int, header http.Header) bool {
			return status == http.StatusServiceUnavailable && header.Get("Retry-After") != ""
		}
		unknown = func(status int, code string) bool {
			return status == http.StatusServiceUnavailable && code == "unknown_outcome"
		}
		makeAndOpen = func() {
			began := time.Now()
			text, r := c.tryShare(item, url.Values{"one_time": {"on"}})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case time.Since(began) > longest:
				t.Errorf("a request took %v", time.Since(began))
			case unavailable(r.status, r.header),
				unknown(r.status, strings.Join(r.errors(), " ")):
				refused++
			case r.status != http.StatusCreated:
				t.Errorf("create: %d %v", r.status, r.errors())
			default:
				links = append(links, &createdLink{link: parseLink(t, text)})
			}
		}
		openNewest = func() {
			mu.Lock()
			if len(links) == 0 {
				mu.Unlock()
				return
			}
			a, view := links[len(links)-1], newView()
			a.sentViews = append(a.sentViews, view)
			mu.Unlock()
			got := a.link.open(with{"view": view})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case got.status == http.StatusOK:
				a.openedViews = append(a.openedViews, view)
			case !unavailable(got.status, got.header) && !unknown(got.status, got.Code) &&
				got.Code != "viewed":
				t.Errorf("open: %v", got)
			}
		}
	)
	for i := range 8 {
		workers.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				if i%2 == 0 {
					makeAndOpen()
				} else {
					openNewest()
				}
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	pg.ctl("restart")
	s.awaitBack()
	time.Sleep(300 * time.Millisecond)
	close(over)
	workers.Wait()
	for _, a := range links {
		a.verify(t)
	}
	if refused == 0 || len(links) < 10 {
		t.Errorf(
			"%d links made and %d refused: the restart was not under load",
			len(links),
			refused,
		)
	}
	t.Logf("%d links acknowledged, %d refused", len(links), refused)
}

// awaitBack waits until the running program is ready again.
func (s *server) awaitBack() {
	s.t.Helper()
	began := time.Now()
	s.awaitReady()
	if took := time.Since(began); took > recovered {
		s.t.Errorf("ready %v after PostgreSQL, want %v", took, recovered)
	}
}
