package e2e

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"itemshare/account/oidc/oidctest"
)

// watched runs the program under strace, which writes each connection that it makes to a file. With -D
// strace is not the parent, so that signals go to the program.
func watched(file string) serverOption {
	return func(s *server) {
		s.args = append([]string{"-D", "-f", "-qq", "-e", "trace=connect", "-o", file, s.file}, s.args...)
		s.file = "strace"
	}
}

// TestNothingElseIsDialled asserts that the program, with everything that it may be configured to reach,
// connects to that and to nothing else.
func TestNothingElseIsDialled(t *testing.T) {
	received := make(chan bool, 100)
	listen := func() *httptest.Server {
		receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			received <- true
		}))
		t.Cleanup(receiver.Close)
		return receiver
	}
	hook, collector := listen(), listen()
	post, provider := startMailServer(t, 0), oidctest.Start(t)
	calls := filepath.Join(t.TempDir(), "connect")
	s := start(t, withoutDemo, withWebhooks, watched(calls), func(s *server) {
		provider.LeadBackTo(s.url + "/signin/oidc/callback")
		s.env = append(s.env, "ITEMSHARE_SMTP="+post.url, "ITEMSHARE_MAIL_FROM=a@company.example",
			"ITEMSHARE_OIDC_ISSUER="+provider.Server.URL, "ITEMSHARE_OIDC_CLIENT_ID="+oidctest.ClientID,
			"ITEMSHARE_OIDC_CLIENT_SECRET="+oidctest.ClientSecret,
			"OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL, "ITEMSHARE_METRICS_ADDR="+freeAddress(t))
	})
	s.addAdmin(admin)
	_, item := newSample(0, map[string]any{})
	s.importItem(item)
	s.mainJob(t, post, hook.URL)
	<-received
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
	wanted := map[string]string{
		hostOf(t, post.url): "the mail server", hostOf(t, hook.URL): "the webhook's receiver",
		hostOf(t, collector.URL): "the collector", hostOf(t, provider.Server.URL): "the provider",
	}
	if engine := os.Getenv("ITEMSHARE_TEST_POSTGRES"); engine != "" {
		wanted[hostOf(t, engine)] = "the database"
	}
	dialled := connections(t, calls)
	for address := range dialled {
		if wanted[address] == "" {
			t.Errorf("it connected to %s", address)
		}
	}
	for address, what := range wanted {
		if !dialled[address] {
			t.Errorf("%s was never reached, or isn't watched", what)
		}
	}
}

// mainJob does what a team does with the program: signs in, in both ways, shares with somebody who is
// sent a code, opens, lists, revokes, and has a webhook told.
func (s *server) mainJob(t *testing.T, post *mailServer, hook string) {
	t.Helper()
	c := signedIn(t, s, admin)
	added := c.post("/admin/webhooks", url.Values{"url": {hook}, "types": {"share.opened"}})
	if added.status != http.StatusCreated {
		t.Fatalf("the webhook: %d", added.status)
	}
	l := c.share(c.anItem(), url.Values{"access": {"recipients"}, "recipients": {"bob@client.example"}})
	l.call("code", with{"email": "bob@client.example"})
	code := post.code(t, "bob@client.example")
	if a := l.open(with{"email": "bob@client.example", "code": code}); a.status != http.StatusOK {
		t.Fatalf("opened: %v", a)
	}
	for _, page := range []string{"/items", "/shares", "/audit", "/admin/policy", "/admin/mail", "/readyz"} {
		c.get(page)
	}
	if r := newClient(t, s).get("/signin/oidc"); r.status != http.StatusSeeOther {
		t.Errorf("to the provider: %d", r.status)
	}
	c.post(c.shares("")[0]+"/revoke", url.Values{})
}

// freeAddress is freePort, as numbers.
func freeAddress(t *testing.T) string {
	return strings.Replace(freePort(t), "localhost", "127.0.0.1", 1)
}

func hostOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort(strings.Replace(u.Hostname(), "localhost", "127.0.0.1", 1), u.Port())
}

var (
	connected = regexp.MustCompile(`connect\(\d+, (\{.*?\}), \d+`)
	peer      = regexp.MustCompile(`sin6?_port=htons\((\d+)\).*?"([^"]+)"`)
)

// connections returns the peers in what strace wrote: host and port, or the address as strace has it.
func connections(t *testing.T, file string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, call := range connected.FindAllStringSubmatch(readText(t, file), -1) {
		address := call[1]
		if p := peer.FindStringSubmatch(address); p != nil {
			address = net.JoinHostPort(p[2], p[1])
		}
		found[address] = true
	}
	return found
}

// injectFault has strace attach to a running server and tamper with its calls until the returned function
// is called. Faults are written as in strace's manual, such as fsync:delay_enter=300ms.
func (s *server) injectFault(faults ...string) (end func()) {
	s.t.Helper()
	args := []string{"-f", "-qq", "-o", "/dev/null", "-p", fmt.Sprint(s.cmd.Process.Pid)}
	var calls []string
	for _, fault := range faults {
		call, _, _ := strings.Cut(fault, ":")
		calls = append(calls, call)
		args = append(args, "-e", "inject="+fault)
	}
	cmd := exec.Command("strace", append(args, "-e", "trace="+strings.Join(calls, ","))...)
	output := runBeside(s.t, cmd)
	within(s.t, 10*time.Second, "strace", output, func() error {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
		if err == nil && strings.Contains(string(status), "TracerPid:\t0\n") {
			err = fmt.Errorf("not attached")
		}
		return err
	})
	time.Sleep(100 * time.Millisecond) // its other threads
	return func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // detaches
		_ = cmd.Wait()
	}
}
