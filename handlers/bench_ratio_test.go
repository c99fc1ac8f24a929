package handlers

import (
	"bufio"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/db"
	"itemshare/db/dbtest"
	"itemshare/seal"
)

// How long each side of a comparison works in each round, and on how many connections a page is
// asked for.
const (
	turn    = 200 * time.Millisecond
	readers = 8
)

// compare runs both sides in turn, once a round, with so many workers each, and reports medians
// of the rounds: the ratio of their rates, and the ratio of their processor time, which other
// work on the machine hardly changes. Run it with -benchtime 9x for nine rounds.
func compare(b *testing.B, workers int, ours, theirs func(worker int) error) {
	b.Helper()
	measureTurn(b, workers, ours) // warm
	measureTurn(b, workers, theirs)
	var ratios, costs, rates, each []float64
	for b.Loop() {
		our, their := measureTurn(b, workers, ours), measureTurn(b, workers, theirs)
		ratios, costs = append(ratios, our.rate/their.rate), append(costs, their.cost/our.cost)
		rates, each = append(rates, our.rate), append(each, our.cost)
	}
	b.ReportMetric(0, "ns/op") // hides a number that has no meaning here
	for unit, values := range map[string][]float64{
		"rate-ratio": ratios, "cpu-ratio": costs, "ours/s": rates, "cpu-µs/ours": each,
	} {
		slices.Sort(values)
		b.ReportMetric(values[len(values)/2], unit)
	}
}

// throughput is how much was done in a second and the processor time of each in µs, the load
// generator's included.
type throughput struct{ rate, cost float64 }

// measureTurn runs work on all workers for one turn.
func measureTurn(b *testing.B, workers int, work func(worker int) error) throughput {
	b.Helper()
	var done atomic.Int64
	var all sync.WaitGroup
	began, before := time.Now(), processorTime(b)
	for worker := range workers {
		all.Go(func() {
			for time.Since(began) < turn {
				if err := work(worker); err != nil {
					b.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	if b.Failed() {
		b.FailNow()
	}
	n := float64(done.Load())
	return throughput{
		n / time.Since(began).Seconds(), float64((processorTime(b) - before).Microseconds()) / n,
	}
}

// processorTime returns the processor time that this process has used.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// clientConn is a persistent connection to a server that costs the load generator as little as
// possible.
type clientConn struct {
	conn net.Conn
	in   *bufio.Reader
}

// dialConns opens n connections.
func dialConns(b *testing.B, address string, n int) []clientConn {
	b.Helper()
	all := make([]clientConn, n)
	for i := range all {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close() })
		all[i] = clientConn{conn, bufio.NewReaderSize(conn, 64<<10)}
	}
	return all
}

// send sends a request and reads the whole response.
func (l clientConn) send(request string, want int) error {
	if _, err := io.WriteString(l.conn, request); err != nil {
		return err
	}
	resp, err := http.ReadResponse(l.in, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != want {
		text, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("%s: %s", resp.Status, text)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// message returns the text of a request to the application; header lines follow.
func (a *app) message(method, path, body string, header ...string) string {
	head := append(
		[]string{
			method + " " + path + " HTTP/1.1",
			"Host: " + a.base.Host,
			fmt.Sprintf("Content-Length: %d", len(body)),
		},
		header...)
	return strings.Join(head, "\r\n") + "\r\n\r\n" + body
}

// startConstantServer starts an Echo server that answers every GET with the same 200 bytes and
// returns its address.
func startConstantServer(b *testing.B) string {
	e := echo.New()
	text := strings.Repeat("x", 200)
	e.GET("/", func(c echo.Context) error { return c.String(http.StatusOK, text) })
	server := httptest.NewServer(e)
	b.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// BenchmarkAgainstEcho compares pages with a constant response of Echo.
func BenchmarkAgainstEcho(b *testing.B) {
	a, cookie := newFilledApp(b)
	session, gzip := "Cookie: "+cookie, "Accept-Encoding: gzip"
	member := a.signIn(memberEmail)
	var first string
	for range pageSize {
		first, _ = member.share(a.item, nil)
	}
	for _, page := range []struct{ name, request string }{
		{"recipient", a.message("GET", "/s", "", gzip)},
		{"signin", a.message("GET", "/signin", "")},
		{"signin gzip", a.message("GET", "/signin", "", gzip)},
		{"items", a.message("GET", "/items", "", session)},
		{"items gzip", a.message("GET", "/items", "", session, gzip)},
		{"item", a.message("GET", itemPath(a.notes), "", session)},
		{"history", a.message("GET", "/shares", "", session)},
		{"history gzip", a.message("GET", "/shares", "", session, gzip)},
	} {
		b.Run(page.name, func(b *testing.B) {
			ours, theirs := dialConns(b, a.addr, readers), dialConns(b, startConstantServer(b), readers)
			compare(b, readers,
				func(i int) error { return ours[i].send(page.request, http.StatusOK) },
				func(i int) error {
					return theirs[i].send(
						"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", http.StatusOK,
					)
				})
		})
	}
	b.Run("open", func(b *testing.B) {
		l := a.link(first)
		ours, theirs := dialConns(b, a.addr, readers), dialConns(b, startConstantServer(b), readers)
		compare(b, readers,
			func(i int) error {
				body, err := json.Marshal(object{"id": l.id, "token": l.token, "view": newView()})
				if err != nil {
					return err
				}
				return ours[i].send(
					a.message("POST", "/s/open", string(body), "Content-Type: application/json"),
					http.StatusOK,
				)
			},
			func(i int) error {
				return theirs[i].send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", http.StatusOK)
			})
	})
}

// BenchmarkAgainstRaw compares creating a share over HTTP with only writing its rows.
func BenchmarkAgainstRaw(b *testing.B) {
	a, cookie := newFilledApp(b)
	token := a.addProgram("Deploy", true, a.team.ID).token
	form := url.Values{"access": {"anyone"}, "expire_after": {"SevenDays"}}.Encode()
	ways := []struct{ name, request string }{
		{
			"program",
			a.message(
				"POST",
				apiPath+itemPath(a.item)+"/shares",
				`{"expireAfter":"SevenDays"}`,
				"Content-Type: application/json",
				"Authorization: Bearer "+token,
			),
		},
		{
			"form",
			a.message(
				"POST", itemPath(a.item)+"/share", form,
				"Content-Type: application/x-www-form-urlencoded", "Cookie: "+cookie,
			),
		},
	}
	for _, way := range ways {
		for _, connections := range []int{1, 8, 32} {
			b.Run(fmt.Sprintf("%s/%d", way.name, connections), func(b *testing.B) {
				ours, rows := dialConns(b, a.addr, connections), newRawStore(b)
				compare(b, connections,
					func(i int) error { return ours[i].send(way.request, http.StatusCreated) },
					func(int) error { return rows.create() })
			})
		}
	}
}

// rawStore writes the rows of a share for anyone.
type rawStore struct{ *dbtest.Grouped }

func newRawStore(b *testing.B) rawStore {
	b.Helper()
	path := filepath.Join(b.TempDir(), "raw.db")
	database, err := db.Open(b.Context(), db.Config{URL: "sqlite:" + path})
	if err != nil {
		b.Fatal(err)
	}
	if err := database.Close(); err != nil {
		b.Fatal(err)
	}
	pool, err := sql.Open(
		"sqlite3",
		"file:"+path+"?_txlock=immediate&_journal_mode=WAL&_synchronous=FULL"+
			"&_foreign_keys=true&_secure_delete=true&_stmt_cache_size=128",
	)
	if err != nil {
		b.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	_, err = pool.ExecContext(
		context.Background(),
		`INSERT INTO users (id, email, name, role, password_hash, created_at) VALUES ('ada', 'a',`+
			` 'Ada', ?, '', 0)`,
		string(account.Member),
	)
	if err != nil {
		b.Fatal(err)
	}
	return rawStore{dbtest.NewGrouped(
		b,
		pool,
		`INSERT INTO shares (id, link_id, token_hash, created_at, expires_at, max_views, audience,
			owner_id, vault_id, item_id,
			item_version, title, files, largest_file, bytes, state, erase_at, due_at)
			VALUES (?, ?, ?, ?, ?, 0, 'anyone', 'ada', ?, ?, 1, ?, 0, 0, 7, 'active', ?, ?)`,
		`INSERT INTO share_content (share_id, nonce, ciphertext) VALUES (?, ?, ?)`,
		`INSERT INTO audit_events (at, kind, actor, subject, detail, detail_hash) VALUES (?, `+
			`'share.made', 'ada', ?, ?, ?)`,
	)}
}

func (r rawStore) create() error {
	now := time.Now()
	id, err := seal.NewID(now, rand.Reader)
	if err != nil {
		return err
	}
	random := func(n int) []byte {
		raw := make([]byte, n)
		_, _ = rand.Read(raw)
		return raw
	}
	later := now.Add(time.Hour).Unix()
	return r.Do(
		[]any{
			id,
			random(16),
			random(32),
			now.Unix(),
			later,
			"0e8v7k2q5r9t1m3n4p6s8u0a2c",
			"0e8v7k2q5r9t1m3n4p6s8u0a2d",
			random(160),
			later,
			later,
		},
		[]any{id, random(12), random(1040)},
		[]any{now.UnixMilli(), id, random(160), random(32)},
	)
}
