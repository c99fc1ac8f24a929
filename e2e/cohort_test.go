package e2e

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// cohort is several processes over one PostgreSQL that serve one public address, as behind a proxy.
// Each is reached by a dialer of its own, so that a test says which one answers.
type cohort struct {
	t        *testing.T
	url      string // the public address
	database string
	all      []*server
	to       []*http.Client // one for each process
	spread   *http.Client   // each request to the next process
}

// startCohort starts n processes at one moment on an empty schema, and adds an admin. Env gives
// further variables of process i.
func startCohort(t *testing.T, n int, env func(i int) []string) *cohort {
	t.Helper()
	engine := os.Getenv("ITEMSHARE_TEST_POSTGRES")
	if engine == "" {
		engine = startCluster(t).url
	}
	c := &cohort{
		t:        t,
		url:      "http://" + freePort(t),
		database: newSchema(t, engine),
		all:      make([]*server, n),
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	shared := []string{
		"ITEMSHARE_URL=" + c.url,
		"ITEMSHARE_DATABASE=" + c.database,
		"ITEMSHARE_MASTER_KEY=" + base64.StdEncoding.EncodeToString(key),
	}
	var starting sync.WaitGroup
	for i := range n {
		starting.Go(func() {
			c.all[i] = start(
				t,
				withoutDemo,
				func(s *server) { s.env = append(append(s.env, shared...), env(i)...) },
			)
		})
	}
	if starting.Wait(); t.Failed() {
		t.FailNow()
	}
	c.connect()
	out, code := c.all[0].command(
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

// nothing more than every process has.
func nothing(int) []string { return nil }

// connect makes the ways to the processes.
func (c *cohort) connect() {
	var next turns
	for _, s := range c.all {
		address := strings.TrimPrefix(s.url, "http://")
		way := &http.Transport{
			MaxIdleConnsPerHost: 256,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, address)
			},
		}
		next.ways = append(next.ways, way)
		c.to = append(
			c.to,
			&http.Client{Transport: way, Timeout: wire.Timeout, CheckRedirect: wire.CheckRedirect},
		)
	}
	c.spread = &http.Client{
		Transport:     &next,
		Timeout:       wire.Timeout,
		CheckRedirect: wire.CheckRedirect,
	}
}

// turns sends each request another way.
type turns struct {
	ways []http.RoundTripper
	next atomic.Int64
}

func (t *turns) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.ways[int(t.next.Add(1))%len(t.ways)].RoundTrip(r)
}

// signedIn is a browser with a session begun at one process.
func (c *cohort) signedIn(process *http.Client) *client {
	c.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	own := *process
	own.Jar = jar
	b := &client{t: c.t, base: c.url, http: &own}
	if r := b.post("/signin", url.Values{"email": {admin}, "password": {password}}); r.status != http.StatusSeeOther {
		c.t.Fatalf("sign in: %d", r.status)
	}
	return b
}

// at is the same browser where its requests meet another process.
func (c *client) at(process *http.Client) *client {
	moved := *c.http
	moved.Transport = process.Transport
	return &client{t: c.t, base: c.base, http: &moved}
}

// at is the same link where its calls meet another process.
func (l link) at(process *http.Client) link {
	l.via = process
	return l
}

var chainForm = regexp.MustCompile(`verified\. (\d+) events, checksum [0-9a-f]*, (\d+) not sealed`)

// sealed waits until every event has its place in the audit chain, and tells how many there are.
func (c *cohort) sealed(through *server) int {
	c.t.Helper()
	var out string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		var code int
		if out, code = through.command("", "audit", "verify"); code != 0 {
			c.t.Fatalf("audit verify: %d\n%s", code, out)
		}
		if said := chainForm.FindStringSubmatch(out); said != nil && said[2] == "0" {
			n, _ := strconv.Atoi(said[1])
			return n
		}
	}
	c.t.Fatalf("the audit chain does not come to its end: %s", out)
	return 0
}
