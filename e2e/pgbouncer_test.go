package e2e

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestBehindPgbouncer runs two processes over pgbouncer in transaction mode, as Debian has it and
// without a setting for itemshare: no request fails, one-time links open once, and the server is not
// ready once pgbouncer is gone.
func TestBehindPgbouncer(t *testing.T) {
	p := startPgbouncer(t, newDatabase(t))
	s := start(t, onAddress(p.url))
	// The second process migrates nothing and waits for no lock that the first left behind.
	beside := start(t, withoutDemo, onAddress(p.url), func(o *server) {
		for _, pair := range s.env {
			if strings.HasPrefix(pair, "ITEMSHARE_MASTER_KEY=") {
				o.env = append(o.env, pair)
			}
		}
	})
	c := signedIn(t, s, admin)
	item := c.anItem()
	links := make(chan link, 60)
	for _, a := range simultaneously(60, func() answer {
		text, r := c.tryShare(item, url.Values{"one_time": {"on"}})
		if text != "" {
			links <- parseLink(t, text)
		}
		return answer{status: r.status}
	}) {
		if a.status != http.StatusCreated {
			t.Errorf("create: %d", a.status)
		}
	}
	close(links)
	for l := range links {
		won := 0
		for _, a := range simultaneously(4, func() answer { return l.open(nil) }) {
			switch {
			case a.status == http.StatusOK:
				won++
			case a.Code != "viewed":
				t.Errorf("open: %v", a)
			}
		}
		if won != 1 {
			t.Errorf("a one-time link opened %d times", won)
		}
	}
	if code := beside.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
	_ = p.cmd.Process.Kill()
	within(t, 5*time.Second, "the failure of /readyz", &s.log, func() error {
		if r := newClient(t, s).get("/readyz"); r.status != http.StatusServiceUnavailable {
			return fmt.Errorf("/readyz is %d", r.status)
		}
		return nil
	})
}

// onAddress stores the program's data in this database.
func onAddress(address string) serverOption {
	return func(s *server) {
		onPostgres := "ITEMSHARE_DATABASE=" + address
		for i, pair := range s.env {
			if strings.HasPrefix(pair, "ITEMSHARE_DATABASE=") {
				s.env[i] = onPostgres
				return
			}
		}
		s.env = append(s.env, onPostgres, "ITEMSHARE_MASTER_KEY="+newKey())
	}
}

// newDatabase creates a database that is dropped at the test's end, and returns its address.
func newDatabase(t *testing.T) string {
	t.Helper()
	address := os.Getenv("ITEMSHARE_TEST_POSTGRES")
	if address == "" {
		address = startCluster(t).url
	}
	pool, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("e2e_%d_%d", os.Getpid(), schemas.Add(1))
	if _, err := pool.Exec(`CREATE DATABASE ` + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := pool.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
		_ = pool.Close()
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// pgbouncer is a pgbouncer of a test's own.
type pgbouncer struct {
	cmd *exec.Cmd
	url string // of the database through it
}

// startPgbouncer puts pgbouncer in transaction mode before a database, with five connections.
func startPgbouncer(t *testing.T, database string) *pgbouncer {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	host := strings.Replace(freePort(t), "localhost", "127.0.0.1", 1)
	folder := tempFolder(t)
	secret, _ := u.User.Password()
	config := fmt.Sprintf(`[databases]
* = host=%s port=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %s
unix_socket_dir =
auth_type = plain
auth_file = %s
pool_mode = transaction
default_pool_size = 5
max_client_conn = 200
`, u.Hostname(), u.Port(), strings.TrimPrefix(host, "127.0.0.1:"), filepath.Join(folder, "users"))
	users := fmt.Sprintf("%q %q\n", u.User.Username(), secret)
	if err := errors.Join(
		os.WriteFile(filepath.Join(folder, "users"), []byte(users), 0o644),
		os.WriteFile(filepath.Join(folder, "pgbouncer.ini"), []byte(config), 0o644),
		os.Chmod(folder, 0o755),
	); err != nil {
		t.Fatal(err)
	}
	args := []string{"pgbouncer", filepath.Join(folder, "pgbouncer.ini")}
	if os.Getuid() == 0 { // it refuses to run as root
		args = append([]string{"-u", "postgres"}, args[1:]...)
		args = append([]string{"pgbouncer"}, args...)
	}
	cmd := exec.Command("/usr/sbin/"+args[0], args[1:]...)
	output := runBeside(t, cmd)
	u.Host = host
	within(t, 10*time.Second, "pgbouncer", output, func() error {
		pool, err := sql.Open("pgx", u.String()+"&default_query_exec_mode=exec")
		if err != nil {
			return err
		}
		defer pool.Close()
		return pool.Ping()
	})
	return &pgbouncer{cmd, u.String()}
}
