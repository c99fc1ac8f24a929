package main

import (
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
)

// collected are what answers to creations told, such as links.
type collected struct {
	mu     sync.Mutex
	values []string
	find   func(body []byte) string
}

func (c *collected) add(body []byte) {
	value := c.find(body)
	c.mu.Lock()
	defer c.mu.Unlock()
	if value != "" {
		c.values = append(c.values, value)
	}
}

// take returns what was collected, and forgets it.
func (c *collected) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.values
	c.values = nil
	return all
}

// peer is a Yopass that runs already, over whatever it stores in. Its address is in PEER; PEER_BODY
// and PEER_BODY_ONCE name files with the JSON of its secrets, for many views and for one. PEER_PIDS
// are its processes, with its database's.
type peer struct {
	address string
	pids    []int
}

func peerOf(address string) *peer {
	if address == "" {
		return nil
	}
	p := &peer{address: address}
	for text := range strings.SplitSeq(os.Getenv("PEER_PIDS"), ",") {
		if pid, err := strconv.Atoi(text); err == nil {
			p.pids = append(p.pids, pid)
		}
	}
	return p
}

func (p *peer) creates(variable string, ids *collected) (load, error) {
	body, err := os.ReadFile(os.Getenv(variable))
	request := message(
		p.address, http.MethodPost, "/create/secret", string(body), "Content-Type: application/json",
	)
	return load{address: p.address, next: again(request), keep: ids.add}, err
}

func (p *peer) fetches(ids []string) load {
	requests := make([][]byte, len(ids))
	for i, id := range ids {
		requests[i] = message(p.address, http.MethodGet, "/secret/"+id, "")
	}
	return load{address: p.address, next: each(requests)}
}

func idOf(body []byte) string {
	var created struct{ Message string }
	if json.Unmarshal(body, &created) != nil {
		return ""
	}
	return created.Message
}
