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

// processGroup is several processes over one PostgreSQL that serve one public URL, as behind a
// proxy. Each has a client of its own, so that a test chooses which one answers.
type processGroup struct {
	t          *testing.T
	url        string // the public address
	database   string
	servers    []*server
	clients    []*http.Client // one for each process
	roundRobin *http.Client   // each request to the next process
}

// startProcessGroup starts n processes at the same time on an empty schema and adds an admin. Env
// returns further environment variables of process i.
func startProcessGroup(t *testing.T, n int, env func(i int) []string) *processGroup {
	t.Helper()
	engine := os.Getenv("ITEMSHARE_TEST_POSTGRES")
	if engine == "" {
		engine = startCluster(t).url
	}
	return startProcessGroupOn(t, engine, n, env)
}

// startProcessGroupOn is startProcessGroup on the PostgreSQL at an address.
func startProcessGroupOn(
	t *testing.T, engine string, n int, env func(i int) []string,
) *processGroup {
	t.Helper()
	return startProcessesOver(t, newSchema(t, engine), n, env)
}

// startProcessesOver is startProcessGroup over an empty database.
func startProcessesOver(
	t *testing.T, database string, n int, env func(i int) []string,
) *processGroup {
	t.Helper()
	c := &processGroup{
		t:        t,
		url:      "http://" + freePort(t),
		database: database,
		servers:  make([]*server, n),
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
			c.servers[i] = start(
				t,
				withoutDemo,
				func(s *server) { s.env = append(append(s.env, shared...), env(i)...) },
			)
		})
	}
	if starting.Wait(); t.Failed() {
		t.FailNow()
	}
	c.createClients()
	out, code := c.servers[0].command(
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

// noEnv returns no environment variables.
func noEnv(int) []string { return nil }

// createClients creates the HTTP clients of the processes.
func (c *processGroup) createClients() {
	var next roundRobinTransport
	for _, s := range c.servers {
		address := strings.TrimPrefix(s.url, "http://")
		way := &http.Transport{
			MaxIdleConnsPerHost: 256,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, address)
			},
		}
		next.transports = append(next.transports, way)
		c.clients = append(
			c.clients,
			&http.Client{Transport: way, Timeout: wire.Timeout, CheckRedirect: wire.CheckRedirect},
		)
	}
	c.roundRobin = &http.Client{
		Transport:     &next,
		Timeout:       wire.Timeout,
		CheckRedirect: wire.CheckRedirect,
	}
}

// roundRobinTransport sends each request to the next process.
type roundRobinTransport struct {
	transports []http.RoundTripper
	next       atomic.Int64
}

func (t *roundRobinTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.transports[int(t.next.Add(1))%len(t.transports)].RoundTrip(r)
}

// signIn returns a browser that signed in at one process.
func (c *processGroup) signIn(process *http.Client) *client {
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

// through returns the same browser, sending its requests to another process.
func (c *client) through(process *http.Client) *client {
	moved := *c.http
	moved.Transport = process.Transport
	return &client{t: c.t, base: c.base, http: &moved}
}

// through returns the same link, sending its calls to another process.
func (l link) through(process *http.Client) link {
	l.via = process
	return l
}

var chainForm = regexp.MustCompile(`verified\. (\d+) events, checksum [0-9a-f]*, (\d+) not sealed`)

// awaitSealed waits until every event is in the audit chain and returns their number.
func (c *processGroup) awaitSealed(through *server) int {
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
