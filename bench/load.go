package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// load is work for connections that stay open, each with one request at a time. next returns the next
// request, and false once there is none left.
type load struct {
	address string
	next    func() ([]byte, bool)
	keep    func(body []byte) // called with the body of each response, unless nil
	rate    float64           // requests a second, at set times, of all connections; 0 for as fast as it goes
}

// timings are how long requests took, counted from when they were due.
type timings []time.Duration

func (t timings) at(part float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	return t[min(int(part*float64(len(t))), len(t)-1)]
}

// run works on so many connections for so long, and returns how long each request took, sorted.
func (l load) run(connections int, turn time.Duration) (timings, time.Duration, error) {
	var mu sync.Mutex
	var all timings
	var failed error
	var workers sync.WaitGroup
	began := time.Now()
	for n := range connections {
		workers.Go(func() {
			took, err := l.work(began, n, connections, turn)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			if failed == nil {
				failed = err
			}
		})
	}
	workers.Wait()
	took := time.Since(began)
	slices.Sort(all)
	return all, took, failed
}

func (l load) work(began time.Time, n, of int, turn time.Duration) (took timings, err error) {
	conn, err := net.Dial("tcp", l.address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 64<<10)
	for i := 0; ; i++ {
		due := time.Now()
		if l.rate > 0 {
			due = began.Add(time.Duration(float64(i*of+n) / l.rate * float64(time.Second)))
			time.Sleep(time.Until(due))
		}
		if due.Sub(began) > turn {
			return took, nil
		}
		request, more := l.next()
		if !more {
			return took, nil
		}
		if err := l.exchange(conn, in, request); err != nil {
			return took, err
		}
		took = append(took, time.Since(due))
	}
}

func (l load) exchange(conn net.Conn, in *bufio.Reader, request []byte) error {
	if _, err := conn.Write(request); err != nil {
		return err
	}
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusMultipleChoices {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 300))
		return fmt.Errorf("%s: %s", response.Status, bytes.TrimSpace(text))
	}
	if l.keep == nil {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	body, err := io.ReadAll(response.Body)
	l.keep(body)
	return err
}

// message returns a request's bytes.
func message(host, method, path, body string, header ...string) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", method, path, host, len(body))
	for _, line := range header {
		out.WriteString(line + "\r\n")
	}
	out.WriteString("\r\n" + body)
	return out.Bytes()
}

// again returns the same request each time.
func again(request []byte) func() ([]byte, bool) {
	return func() ([]byte, bool) { return request, true }
}

// each returns the requests one after the other, once.
func each(requests [][]byte) func() ([]byte, bool) {
	var mu sync.Mutex
	return func() ([]byte, bool) {
		mu.Lock()
		defer mu.Unlock()
		if len(requests) == 0 {
			return nil, false
		}
		next := requests[0]
		requests = requests[1:]
		return next, true
	}
}
