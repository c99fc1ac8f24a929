package main

import (
	"errors"
	"time"
)

const (
	manyViews   = `{}`
	oneView     = `{"oneTimeOnly":true}`
	manyLinks   = 50 // that are opened again and again
	opensReady  = 20_000
	readerCount = 8
)

// scenarios are all comparisons, in the order of the table.
func (b *bench) scenarios() (all []scenario) {
	for _, n := range []int{1, 8, 32} {
		all = append(all, b.creating(n, 0))
	}
	all = append(all, b.creating(32, b.rate))
	for _, n := range []int{1, 8, 32} {
		all = append(all, b.opening("open a link with many views", n, manyViews, "PEER_BODY"))
	}
	for _, n := range []int{8, 32} {
		all = append(all, b.opening("open a link with one view", n, oneView, "PEER_BODY_ONCE"))
	}
	for _, page := range []struct {
		name, path string
		signedIn   bool
	}{
		{"GET /s", "/s", false},
		{"GET /signin", "/signin", false},
		{"items", "/items", true},
		{"history", "/shares", true},
	} {
		all = append(all, b.reading(page.name, page.path, page.signedIn))
	}
	syncs, err := appender(b.folder)
	return append(all, scenario{
		name: "append 4 KiB, fdatasync", connections: 1,
		prepare: func() error { return err },
		sides: []side{{name: "file", run: func(n int, turn time.Duration) (timings, time.Duration, error) {
			return together(n, turn, syncs)
		}}},
	})
}

// creating compares creating links with writing the same rows, and with the peer. With a rate requests
// come at set times, which the rows don't.
func (b *bench) creating(connections int, rate float64) scenario {
	s := scenario{name: "create a link", connections: connections}
	for _, server := range b.servers {
		work := server.creates(manyViews, &collected{find: linkOf})
		work.rate = rate
		s.sides = append(s.sides, side{server.name, server.pids(), work.run})
	}
	if rate > 0 {
		s.name = "create a link, at set times"
	} else {
		s.sides = append(s.sides, side{
			"rows, group commit", nil,
			func(n int, turn time.Duration) (timings, time.Duration, error) {
				return together(n, turn, b.raw.submit)
			},
		})
	}
	if b.peer != nil {
		work, err := b.peer.creates("PEER_BODY", &collected{find: idOf})
		work.rate = rate
		s.sides = append(s.sides, side{"peer", b.peer.pids, work.run})
		s.prepare = func() error { return err }
	}
	return s
}

// opening compares opening links that are created before each round.
func (b *bench) opening(name string, connections int, body, peerBody string) scenario {
	s := scenario{name: name, connections: connections}
	var prepares []func() error
	for _, server := range b.servers {
		made, work := &collected{find: linkOf}, load{}
		s.sides = append(s.sides, side{
			server.name, server.pids(),
			func(n int, turn time.Duration) (timings, time.Duration, error) { return work.run(n, turn) },
		})
		prepares = append(prepares, func() error {
			_, _, err := server.creates(body, made).run(32, b.turn)
			work = server.opens(ready(made.take(), body))
			return err
		})
	}
	if b.peer != nil {
		made, work := &collected{find: idOf}, load{}
		s.sides = append(s.sides, side{
			"peer", b.peer.pids,
			func(n int, turn time.Duration) (timings, time.Duration, error) { return work.run(n, turn) },
		})
		prepares = append(prepares, func() error {
			creates, err := b.peer.creates(peerBody, made)
			if err != nil {
				return err
			}
			_, _, err = creates.run(32, b.turn)
			work = b.peer.fetches(ready(made.take(), body))
			return err
		})
	}
	s.prepare = func() error {
		var errs []error
		for _, prepare := range prepares {
			errs = append(errs, prepare())
		}
		return errors.Join(errs...)
	}
	return s
}

// ready returns what is opened in a turn: links for one view once, a few others again and again.
func ready(links []string, body string) []string {
	if body == oneView || len(links) == 0 {
		return links
	}
	all := make([]string, opensReady)
	for i := range all {
		all[i] = links[i%min(manyLinks, len(links))]
	}
	return all
}

// reading compares a page with a constant answer.
func (b *bench) reading(name, path string, signedIn bool) scenario {
	s := scenario{name: name, connections: readerCount}
	for _, server := range b.servers {
		s.sides = append(s.sides, side{server.name, server.pids(), server.page(path, signedIn).run})
	}
	constant := load{address: b.address, next: again(message(b.address, "GET", "/", ""))}
	s.sides = append(s.sides, side{"constant answer", []int{b.constant.Process.Pid}, constant.run})
	return s
}
