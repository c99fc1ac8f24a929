package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"flag"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var measureProcesses = flag.Bool(
	"measure-processes",
	false,
	"print how many shares a second 1, 2 and 4 processes over one PostgreSQL make, against one over SQLite",
)

// measuredSetup is one of the setups that are compared.
type measuredSetup struct {
	name    string
	clients []*client // a session for each connection, spread over the processes
	path    string
	rates   []float64
}

// TestMeasureProcesses compares how many shares 1, 2 and 4 processes create in a second through
// the share form. In every round each setup runs for two seconds in turn; load generator,
// processes and PostgreSQL share the machine. It asserts nothing, and does nothing without its
// flag.
func TestMeasureProcesses(t *testing.T) {
	if !*measureProcesses {
		return
	}
	const measureRounds, length, connections = 7, 2 * time.Second, 16
	ways := []*measuredSetup{
		{name: "SQLite, 1 process"},
		{name: "PostgreSQL, 1 process"},
		{name: "PostgreSQL, 2 processes"},
		{name: "PostgreSQL, 4 processes"},
	}
	for i, n := range []int{0, 1, 2, 4} {
		ways[i].start(t, n, connections)
	}
	t.Logf("load before: %s", loadAverage(t))
	for range measureRounds {
		for _, way := range ways {
			way.rates = append(way.rates, way.run(t, length))
		}
	}
	t.Logf("load after: %s", loadAverage(t))
	for _, way := range ways {
		ratios := make([]float64, measureRounds)
		for i, rate := range way.rates {
			ratios[i] = rate / ways[1].rates[i]
		}
		t.Logf("%-24s %5.0f a second, %.2f × one process over PostgreSQL (%.2f to %.2f)",
			way.name, median(way.rates), median(ratios), slices.Min(ratios), slices.Max(ratios))
	}
}

// start starts n processes over a PostgreSQL, or one over SQLite if n is 0.
func (m *measuredSetup) start(t *testing.T, n, connections int) {
	var c *processGroup
	if n > 0 {
		c = startProcessGroup(t, n, noEnv)
	} else {
		c = startSQLiteGroup(t)
	}
	_, item := newSample(0, map[string]any{})
	c.servers[0].importItem(item)
	for i := range connections {
		m.clients = append(m.clients, c.signIn(c.clients[i%len(c.clients)]))
	}
	m.path = m.clients[0].anItem()
	m.run(t, time.Second) // warm
}

// startSQLiteGroup returns a group of one process over SQLite, whatever the engine of the tests.
func startSQLiteGroup(t *testing.T) *processGroup {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	s := start(t, withoutDemo, func(s *server) {
		s.env = append(
			s.env,
			"ITEMSHARE_DATABASE=sqlite:"+filepath.Join(s.data, "itemshare.db"),
			"ITEMSHARE_MASTER_KEY="+base64.StdEncoding.EncodeToString(key),
		)
	})
	c := &processGroup{t: t, url: s.url, servers: []*server{s}}
	c.createClients()
	out, code := s.command(
		password+"\n",
		"user",
		"add",
		"--email",
		admin,
		"--name",
		"Ada Admin",
		"--role",
		"admin",
		"--password-stdin",
	)
	if code != 0 {
		t.Fatalf("user add: %d\n%s", code, out)
	}
	return c
}

// run creates shares on every connection for the given time, and returns how many a second were
// acknowledged.
func (m *measuredSetup) run(t *testing.T, length time.Duration) float64 {
	var made atomic.Int64
	var work sync.WaitGroup
	began := time.Now()
	for _, c := range m.clients {
		work.Go(func() {
			form := url.Values{
				"access":       {"anyone"},
				"expire_after": {"OneDay"},
				"one_time":     {"on"},
			}.Encode()
			for time.Since(began) < length {
				resp, err := c.http.Post(
					c.base+m.path+"/share",
					"application/x-www-form-urlencoded",
					strings.NewReader(form),
				)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusCreated {
					t.Errorf("%s: create: %d", m.name, resp.StatusCode)
					return
				}
				made.Add(1)
			}
		})
	}
	work.Wait()
	return float64(made.Load()) / time.Since(began).Seconds()
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// loadAverage returns the load average of the machine.
func loadAverage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}
