package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// server is one running program with a data folder of its own.
type server struct {
	t    *testing.T
	url  string // the public base URL, without a slash at the end
	data string
	temp string // for temporary files
	left string // the data folder before useAnotherFolder
	env  []string
	args []string
	file string // the program
	// stderr gets the log in place of the field log, unless it is nil.
	stderr *os.File

	cmd    *exec.Cmd
	exited chan struct{}
	log    lines // of every run
}

type serverOption func(*server)

// withoutDemo starts on an empty database.
func withoutDemo(s *server) { s.args = []string{"serve"} }

// below hosts the program under a path, such as /share.
func below(path string) serverOption { return func(s *server) { s.url += path } }

// start runs the demo on a free loopback port and waits until it is ready. The test's end stops it.
func start(t *testing.T, options ...serverOption) *server {
	t.Helper()
	host := freePort(t)
	s := &server{
		t:    t,
		url:  "http://" + host,
		data: filepath.Join(t.TempDir(), "data"),
		temp: t.TempDir(),
		args: []string{"serve", "--demo"},
		file: program,
	}
	for _, o := range append([]serverOption{onTheEngine}, options...) {
		o(s)
	}
	s.env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.data, "TMPDIR=" + s.temp,
		"ITEMSHARE_ADDR=" + strings.Replace(
			host,
			"localhost",
			"127.0.0.1",
			1,
		), "ITEMSHARE_URL=" + s.url,
		"ITEMSHARE_DATA=" + s.data, "ITEMSHARE_DEMO_PASSWORD=" + password,
		"ITEMSHARE_DRAIN=0s", // nobody waits, but the test of it
	}, s.env...)
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("the server said:\n%s", s.log.tail(40))
		}
	})
	s.run()
	return s
}

// run starts the program, for the first time or again on the same data.
func (s *server) run() {
	s.t.Helper()
	s.cmd = exec.Command(s.file, s.args...)
	s.cmd.Env = s.env
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	if s.stderr != nil {
		s.cmd.Stderr = s.stderr
	}
	// Nothing outlives a test run that was itself killed.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.exited = make(chan struct{})
	go func(cmd *exec.Cmd, exited chan struct{}) {
		_ = cmd.Wait()
		close(exited)
	}(s.cmd, s.exited)
	s.awaitReady()
}

func (s *server) awaitReady() {
	s.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		select {
		case <-s.exited:
			s.t.Fatalf("the server ended at its start:\n%s", s.log.tail(20))
		default:
		}
		resp, err := http.Get(s.url + "/readyz")
		if err != nil {
			continue
		}
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
	}
	s.t.Fatalf("the server was not ready within 30 s:\n%s", s.log.tail(20))
}

// stop asks the program to end and returns its exit code.
func (s *server) stop(sig os.Signal) int {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Fatal(err)
	}
	select {
	case <-s.exited:
	case <-time.After(20 * time.Second):
		s.t.Fatalf("the server did not end within 20 s of %v", sig)
	}
	return s.cmd.ProcessState.ExitCode()
}

// kill ends the program at once with SIGKILL.
func (s *server) kill() {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.exited
}

// command runs another command of the program on this server's data and returns what it printed and
// its exit code.
func (s *server) command(stdin string, args ...string) (string, int) {
	s.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = s.env
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// logged returns the records of the log with this message.
func (s *server) logged(message string) []map[string]any {
	var records []map[string]any
	for scan := bufio.NewScanner(strings.NewReader(s.log.String())); scan.Scan(); {
		var record map[string]any
		if json.Unmarshal(scan.Bytes(), &record) == nil && record["msg"] == message {
			records = append(records, record)
		}
	}
	return records
}

// freePort returns localhost and a port that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "localhost:" + port
}

// lines collects output of several writers.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

var _ io.Writer = (*lines)(nil)

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *lines) tail(n int) string {
	all := strings.Split(strings.TrimSpace(l.String()), "\n")
	return strings.Join(all[max(0, len(all)-n):], "\n")
}

// useAnotherFolder points the stopped server at a new, empty data folder.
func (s *server) useAnotherFolder() {
	s.t.Helper()
	before := s.data
	s.left, s.data = before, filepath.Join(s.t.TempDir(), "data")
	for i, pair := range s.env {
		s.env[i] = strings.ReplaceAll(pair, before, s.data)
	}
}

// copyKey copies the master key from the former data folder.
func (s *server) copyKey() {
	s.t.Helper()
	key, err := os.ReadFile(filepath.Join(s.left, "master.key"))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.MkdirAll(s.data, 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.data, "master.key"), key, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// runBriefly runs a command that should end by itself, and ends it after ten seconds.
func runBriefly(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	timer := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	return cmd.Wait()
}
