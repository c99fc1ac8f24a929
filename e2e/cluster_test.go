package e2e

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestRollingRestart restarts two processes behind nginx, one after the other, while links are created
// and opened through it: nothing acknowledged is lost, and no request fails.
func TestRollingRestart(t *testing.T) {
	if !*cluster {
		return // make faults
	}
	c := startProcessGroup(t, 2, func(int) []string { return []string{"ITEMSHARE_DRAIN=500ms"} })
	c.startNginx(t)
	_, item := newSample(0, map[string]any{})
	c.servers[0].importItem(item)
	path := c.signIn(wire).anItem()
	load := c.startLoad(t, path, func(what string, status int) {
		t.Errorf("%s during a restart: %d", what, status)
	})
	restarts := *rounds
	for range restarts {
		for _, s := range c.servers {
			if code := s.stop(syscall.SIGTERM); code != 0 {
				t.Errorf("exit code %d", code)
			}
			s.run()
		}
	}
	links := load.end()
	for _, a := range links {
		a.verify(t)
	}
	t.Logf("%d requests failed of %d in %d restarts; %d links acknowledged and found",
		load.failed.Load(), load.sent.Load(), 2*restarts, len(links))
	if len(links) < 20 {
		t.Errorf("%d links are no load", len(links))
	}
}

// TestFailOver kills the primary of a PostgreSQL cluster under load and promotes its synchronous
// standby: two processes behind nginx go on by themselves, nothing acknowledged is lost, and no
// one-time link opens twice.
func TestFailOver(t *testing.T) {
	if !*cluster {
		return // it takes a cluster and half a minute: make faults
	}
	p := startPair(t)
	c := startProcessGroupOn(t, p.url(), 2, noEnv)
	c.startNginx(t)
	_, item := newSample(0, map[string]any{})
	c.servers[0].importItem(item)
	path := c.signIn(wire).anItem()
	load := c.startLoad(t, path, func(what string, status int) {
		if status != 0 && status != http.StatusServiceUnavailable && status != http.StatusBadGateway &&
			status != http.StatusGatewayTimeout {
			t.Errorf("%s while the primary is away: %d", what, status)
		}
	})
	time.Sleep(2 * time.Second)
	before := load.created.Load()
	p.primary.ctl("stop", "-m", "immediate")
	time.Sleep(time.Second)
	p.standby.ctl("promote")
	promoted := time.Now()
	at := load.created.Load()
	for load.created.Load() == at {
		if time.Since(promoted) > 10*time.Second {
			t.Fatal("no link was created within ten seconds of the promotion")
		}
		time.Sleep(5 * time.Millisecond)
	}
	back := time.Since(promoted)
	time.Sleep(3 * time.Second)
	links := load.end()
	for _, a := range links {
		a.verify(t)
	}
	c.awaitSealed(c.servers[0])
	t.Logf("%d links acknowledged, %d before the primary was killed; back %v after the promotion; all "+
		"found, opened twice: 0", len(links), before, back.Round(time.Millisecond))
	if before < 50 || len(links) < int(before)+50 {
		t.Error("that is no load")
	}
}

// load creates one-time links and opens each under two views at once, until its end.
type load struct {
	over    chan struct{}
	work    sync.WaitGroup
	mu      sync.Mutex
	links   []*createdLink
	sent    atomic.Int64
	failed  atomic.Int64
	created atomic.Int64
}

// startLoad works through nginx, and calls failed with each request that was not answered as if
// nothing had happened.
func (c *processGroup) startLoad(t *testing.T, path string, failed func(what string, status int)) *load {
	l := &load{over: make(chan struct{})}
	browser := c.signIn(wire)
	fail := func(what string, status int) {
		l.failed.Add(1)
		failed(what, status)
	}
	for range 6 {
		l.work.Go(func() {
			for !isClosed(l.over) {
				l.sent.Add(1)
				text, r := browser.tryShare(path, url.Values{"one_time": {"on"}})
				if r.status != http.StatusCreated {
					fail("create", r.status)
					time.Sleep(20 * time.Millisecond)
					continue
				}
				a := &createdLink{link: parseLink(t, text).through(wire)}
				l.created.Add(1)
				l.mu.Lock()
				l.links = append(l.links, a)
				l.mu.Unlock()
				l.open(a, fail)
			}
		})
	}
	t.Cleanup(func() { l.end() })
	return l
}

// open opens a link under two views at once.
func (l *load) open(a *createdLink, fail func(what string, status int)) {
	var both sync.WaitGroup
	var mu sync.Mutex
	for range 2 {
		view := newView()
		a.sentViews = append(a.sentViews, view)
		both.Go(func() {
			l.sent.Add(1)
			got := a.link.open(with{"view": view})
			switch {
			case got.status == http.StatusOK:
				mu.Lock()
				a.openedViews = append(a.openedViews, view)
				mu.Unlock()
			case got.Code != "viewed":
				fail("open", got.status)
			}
		})
	}
	both.Wait()
}

// end stops the load and returns the acknowledged links.
func (l *load) end() []*createdLink {
	l.mu.Lock()
	if !isClosed(l.over) {
		close(l.over)
	}
	l.mu.Unlock()
	l.work.Wait()
	return l.links
}

// startNginx runs Debian's nginx at the public address of the group, as docs/postgresql.md has it.
func (c *processGroup) startNginx(t *testing.T) {
	t.Helper()
	folder := tempFolder(t)
	user, servers := "", ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	for _, s := range c.servers {
		host := strings.Replace(strings.TrimPrefix(s.url, "http://"), "localhost", "127.0.0.1", 1)
		servers += "server " + host + " max_fails=0; "
	}
	conf := fmt.Sprintf(`daemon off; %s pid %s/nginx.pid; error_log stderr;
events { worker_connections 1024; }
http {
	access_log off;
	client_body_temp_path %[2]s/body; proxy_temp_path %[2]s/proxy; fastcgi_temp_path %[2]s/f;
	uwsgi_temp_path %[2]s/u; scgi_temp_path %[2]s/s;
	upstream itemshare { %[3]s }
	server {
		listen %[4]s;
		location / {
			proxy_pass http://itemshare;
			proxy_http_version 1.1;
			proxy_set_header Host $http_host;
			proxy_set_header X-Forwarded-For $remote_addr;
			proxy_connect_timeout 2s;
		}
	}
}
`, user, folder, servers, strings.Replace(strings.TrimPrefix(c.url, "http://"), "localhost", "127.0.0.1", 1))
	writeFile(t, filepath.Join(folder, "nginx.conf"), conf)
	path, err := exec.LookPath("nginx")
	if err != nil {
		path = "/usr/sbin/nginx"
	}
	output := runBeside(t, exec.Command(path, "-c", filepath.Join(folder, "nginx.conf"), "-p", folder))
	t.Cleanup(func() {
		for line := range strings.Lines(output.String()) {
			if !strings.Contains(line, "Connection refused") { // which it mends
				t.Logf("nginx said: %s", line)
			}
		}
	})
	within(t, 10*time.Second, "nginx", output, func() error {
		answer, err := http.Get(c.url + "/healthz")
		if err == nil {
			_ = answer.Body.Close()
		}
		return err
	})
}

// pair is a PostgreSQL primary and its synchronous standby, on this machine.
type pair struct {
	primary, standby *node
	password         string
}

// node is one of the servers. What follows is run as postgres, since it refuses to run as root.
type node struct {
	t      *testing.T
	folder string
	port   string
	bin    string
}

func startPair(t *testing.T) *pair {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		t.Fatal("PostgreSQL is not installed: run scripts/needs")
	}
	home := tempFolder(t)
	secret := make([]byte, 16)
	_, _ = rand.Read(secret)
	p := &pair{password: hex.EncodeToString(secret)}
	writeFile(t, filepath.Join(home, "password"), p.password+"\n")
	if os.Getuid() == 0 {
		if out, err := exec.Command("chown", "-R", "postgres:postgres", home).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	for i, n := range []**node{&p.primary, &p.standby} {
		_, port, _ := strings.Cut(freePort(t), ":")
		*n = &node{t, filepath.Join(home, fmt.Sprint("node", i)), port, found[len(found)-1]}
	}
	p.primary.run("initdb", "-D", p.primary.folder, "-U", "itemshare", "-A", "scram-sha-256",
		"--pwfile="+filepath.Join(home, "password"), "-E", "UTF8", "--locale=C.UTF-8")
	p.primary.start("-c synchronous_standby_names=")
	p.primary.run("pg_basebackup", "-D", p.standby.folder, "-R", "-X", "stream", "-c", "fast", "-d",
		fmt.Sprintf("host=127.0.0.1 port=%s user=itemshare password=%s", p.primary.port, p.password))
	// The one that is promoted has no standby to wait for.
	p.standby.start("-c synchronous_standby_names=")
	p.primary.ctl("stop", "-m", "fast")
	p.primary.start("-c synchronous_standby_names=*")
	return p
}

func (p *pair) url() string {
	return fmt.Sprintf("postgres://itemshare:%s@127.0.0.1:%s,127.0.0.1:%s/postgres?sslmode=disable"+
		"&target_session_attrs=read-write", p.password, p.primary.port, p.standby.port)
}

func (n *node) run(name string, args ...string) {
	n.t.Helper()
	args = append([]string{filepath.Join(n.bin, name)}, args...)
	if os.Getuid() == 0 {
		args = append([]string{"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = "/"
	log := filepath.Join(filepath.Dir(n.folder), name+".out") // pg_ctl's server would keep a pipe open
	out, err := os.Create(log)
	if err != nil {
		n.t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(log)
		n.t.Fatalf("%s: %v\n%s", name, err, text)
	}
}

func (n *node) start(setting string) {
	n.t.Helper()
	n.ctl("start", "-l", n.folder+".log", "-o", fmt.Sprintf(
		"-p %s -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=100 %s",
		n.port, setting))
	n.t.Cleanup(func() {
		pid, err := os.ReadFile(filepath.Join(n.folder, "postmaster.pid"))
		if err == nil && len(pid) > 0 {
			n.ctl("stop", "-m", "immediate")
		}
	})
}

func (n *node) ctl(args ...string) {
	n.t.Helper()
	n.run("pg_ctl", append(args, "-D", n.folder, "-w", "-t", "60")...)
}
