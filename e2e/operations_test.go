package e2e

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDrain: after SIGTERM the server isn't ready, but answers for the time of the drain and keeps
// no connection open.
func TestDrain(t *testing.T) {
	s := start(t, withoutDemo, func(s *server) { s.env = []string{"ITEMSHARE_DRAIN=1500ms"} })
	begun := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for ready := http.StatusOK; ready != http.StatusServiceUnavailable; {
		if time.Since(begun) > time.Second {
			t.Fatalf("/readyz is %d a second after SIGTERM", ready)
		}
		answer, err := http.Get(s.url + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		ready = answer.StatusCode
	}
	answer, err := http.Get(s.url + "/signin")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK || !answer.Close {
		t.Errorf("while it drains: %d, connection closed: %v", answer.StatusCode, answer.Close)
	}
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		t.Fatal("the server did not end")
	}
	if took := time.Since(begun); s.cmd.ProcessState.ExitCode() != 0 || took < 1500*time.Millisecond {
		t.Errorf("exit code %d after %v", s.cmd.ProcessState.ExitCode(), took)
	}
	for _, line := range []string{"starting", "listening", "stopped"} {
		if n := len(s.logged(line)); n != 1 {
			t.Errorf("the log says %q %d times", line, n)
		}
	}
}

// TestInterrupt: Ctrl+C at a terminal stops the server without the drain.
func TestInterrupt(t *testing.T) {
	s := start(t, withoutDemo, func(s *server) { s.env = []string{"ITEMSHARE_DRAIN=1m"} })
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.exited:
	case <-time.After(patience):
		t.Fatal("the server did not end")
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestOutlivesItsLog: neither SIGHUP nor a log that nobody reads, or whose reader has gone, ends
// the server or keeps a request waiting.
func TestOutlivesItsLog(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, withoutDemo, func(s *server) { s.stderr = writer })
	_ = writer.Close()
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	log := bufio.NewReader(reader)
	for line := ""; !strings.Contains(line, "hangup"); {
		if line, err = log.ReadString('\n'); err != nil {
			t.Fatalf("no line about SIGHUP: %v", err)
		}
	}

	// Far more lines than a pipe and the queue hold.
	begun := time.Now()
	for range 10_000 {
		request(t, s)
	}
	t.Logf("10,000 requests with a stuck log: %v", time.Since(begun).Round(time.Millisecond))
	var all strings.Builder
	read := make(chan error, 1)
	go func() {
		for !strings.Contains(all.String(), "lines of the log were lost") {
			line, err := log.ReadString('\n')
			if err != nil {
				read <- err
				return
			}
			all.WriteString(line)
		}
		read <- nil
	}()
	if err := <-read; err != nil {
		t.Errorf("no line about lost lines: %v", err)
	}

	_ = reader.Close()
	for range 50 {
		request(t, s)
	}
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func request(t *testing.T, s *server) {
	t.Helper()
	answer, err := wire.Get(s.url + "/setup")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("a request: %d %v", answer.StatusCode, err)
	}
}
