package e2e

import (
	"bufio"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
)

// postgresCluster is a PostgreSQL server of a test's own.
type postgresCluster struct {
	t   *testing.T
	url string
	ask io.WriteCloser
	say *bufio.Scanner
}

// startCluster runs a PostgreSQL server that ends with the test, even if the test is killed.
func startCluster(t *testing.T) *postgresCluster {
	t.Helper()
	cmd := exec.Command(
		"../scripts/postgres",
		"bash",
		"-c",
		`echo "$ITEMSHARE_TEST_POSTGRES"; while read -r verb; do "$ITEMSHARE_TEST_PG_CTL" $verb >&2; echo $?; done`,
	)
	cmd.Stderr = &lines{}
	ask, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &postgresCluster{t: t, ask: ask, say: bufio.NewScanner(out)}
	t.Cleanup(func() {
		_ = ask.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the PostgreSQL of the test: %v\n%s", err, cmd.Stderr.(*lines).tail(10))
		}
	})
	if !c.say.Scan() {
		t.Fatalf("PostgreSQL does not start: %s", cmd.Stderr.(*lines).tail(10))
	}
	c.url = c.say.Text()
	return c
}

// ctl starts, stops or restarts the server.
func (c *postgresCluster) ctl(verb string) {
	c.t.Helper()
	if _, err := fmt.Fprintln(c.ask, verb); err != nil {
		c.t.Fatal(err)
	}
	if !c.say.Scan() || c.say.Text() != "0" {
		c.t.Fatalf("PostgreSQL cannot %s", verb)
	}
}

// cutConnections ends every other connection and returns their number.
func (c *postgresCluster) cutConnections() (n int) {
	c.t.Helper()
	pool, err := sql.Open("pgx", c.url)
	if err != nil {
		c.t.Fatal(err)
	}
	defer pool.Close()
	const others = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
		WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`
	if err := pool.QueryRow(others).Scan(&n); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// onPostgres stores the program's data in a new schema of the PostgreSQL at this address.
func onPostgres(address string) serverOption {
	return func(s *server) {
		s.t.Helper()
		s.env = append(
			s.env, "ITEMSHARE_DATABASE="+newSchema(s.t, address), "ITEMSHARE_MASTER_KEY="+newKey(),
		)
	}
}

// newKey returns a random master key.
func newKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return base64.StdEncoding.EncodeToString(key)
}

// onTheEngine is onPostgres if ITEMSHARE_TEST_POSTGRES has an address; otherwise the data is in
// an SQLite file.
func onTheEngine(s *server) {
	if address := os.Getenv("ITEMSHARE_TEST_POSTGRES"); address != "" {
		onPostgres(address)(s)
	}
}

// newSchema creates a schema that is dropped at the test's end, and returns its address.
func newSchema(t *testing.T, address string) string {
	t.Helper()
	pool, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("e2e_%d_%d", os.Getpid(), schemas.Add(1))
	if _, err := pool.Exec(`CREATE SCHEMA ` + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := pool.Exec(`DROP SCHEMA ` + name + ` CASCADE`); err != nil {
			t.Error(err)
		}
		_ = pool.Close()
	})
	joint := "?"
	if strings.Contains(address, "?") {
		joint = "&"
	}
	return address + joint + "search_path=" + name
}

var schemas atomic.Int64
