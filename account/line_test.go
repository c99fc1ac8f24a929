package account

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/fault"
)

// mustJoin joins the line or ends the test.
func mustJoin(t *testing.T, l *line, key string, most int, known bool) *place {
	t.Helper()
	p, err := l.join([]counter{{key: []byte(key), most: most}}, known)
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return p
}

// TestTheLineIsShort asserts that the last places in the line are for known browsers, and that
// then nobody can join.
func TestTheLineIsShort(t *testing.T) {
	l := newLine()
	var places []*place
	for n := range longestLine - placesForKnown {
		places = append(places, mustJoin(t, l, fmt.Sprint(n), 1, false))
	}
	_, err := l.join([]counter{{key: []byte("stranger"), most: 1}}, false)
	if status, wait := fault.StatusOf(err); status != 503 || wait <= 0 {
		t.Errorf("one stranger more: %d after %v", status, wait)
	}
	for n := range placesForKnown {
		places = append(places, mustJoin(t, l, fmt.Sprint("known", n), 1, true))
	}
	if _, err := l.join([]counter{{key: []byte("one more"), most: 1}}, true); fault.KindOf(err) !=
		fault.Unavailable {
		t.Errorf("the 65th: %v", err)
	}
	for _, p := range places {
		p.leave()
	}
	if l.length != 0 || len(l.inFlight) != 0 || l.running != 0 {
		t.Errorf("left behind: %d, %v, %d running", l.length, l.inFlight, l.running)
	}
	mustJoin(t, l, "stranger", 1, false)
}

// TestOneNetworkTakesNotAllPlaces asserts that one network cannot take every place in the line.
func TestOneNetworkTakesNotAllPlaces(t *testing.T) {
	l := newLine()
	for n := range 8 {
		if p := mustJoin(t, l, "network", 8, false); p.ahead[0] != n {
			t.Errorf("%d ahead of place %d", p.ahead[0], n)
		}
	}
	_, err := l.join([]counter{{key: []byte("network"), most: 8}}, false)
	if status, wait := fault.StatusOf(err); status != 429 || wait <= 0 {
		t.Errorf("the ninth: %d after %v", status, wait)
	}
	mustJoin(t, l, "another", 8, false)
}

// TestKnownBrowsersGoFirst asserts that known browsers are served first, each kind in order of
// arrival, and that canceled callers are skipped.
func TestKnownBrowsersGoFirst(t *testing.T) {
	l := newLine()
	ctx := t.Context()
	busy := []*place{mustJoin(t, l, "a", 1, false), mustJoin(t, l, "b", 1, false)}
	for _, p := range busy {
		if err := p.await(ctx); err != nil {
			t.Fatal(err)
		}
	}
	turns := make(chan string)
	stopped, stop := context.WithCancel(ctx)
	queue := func(ctx context.Context, name string, known bool) {
		p := mustJoin(t, l, name, 1, known)
		go func() {
			if p.await(ctx) == nil {
				turns <- name
			}
			p.leave()
		}()
		for l.waiting() < len(name) { // each name is as long as its place in the queue
			time.Sleep(time.Millisecond)
		}
	}
	queue(ctx, "1", false)
	queue(stopped, "22", false)
	queue(ctx, "333", true)
	queue(ctx, "4444", true)
	stop()
	for l.waiting() > 3 {
		time.Sleep(time.Millisecond)
	}
	busy[0].leave()
	var order []string
	for range 3 {
		order = append(order, <-turns)
	}
	if diff := cmp.Diff([]string{"333", "4444", "1"}, order); diff != "" {
		t.Error(diff)
	}
	busy[1].leave()
}

func (l *line) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.known) + len(l.others)
}

func TestPacer(t *testing.T) {
	p := newPacer()
	key := []byte("network")
	for n, want := range []time.Duration{0, time.Second} {
		if wait, ok := p.reserve(key, time.Second, noon); wait != want || !ok {
			t.Errorf("attempt %d waits %v, %v", n, wait, ok)
		}
	}
	if _, ok := p.reserve(key, time.Second, noon); ok {
		t.Error("a third attempt waits for two seconds")
	}
	if wait, ok := p.reserve([]byte("another"), time.Second, noon); wait != 0 || !ok {
		t.Errorf("another network waits %v, %v", wait, ok)
	}
	if wait, ok := p.reserve(key, time.Second, noon.Add(3*time.Second)); wait != 0 || !ok {
		t.Errorf("three seconds later: %v, %v", wait, ok)
	}
	if len(p.next) != 1 {
		t.Errorf("%d keys are kept", len(p.next))
	}
}

func TestNetworks(t *testing.T) {
	for text, want := range map[string][]string{
		"192.0.2.1":            {"192.0.2.1"},
		"::ffff:192.0.2.1":     {"192.0.2.1"},
		"2001:db8:1:2ff::3":    {"2001:db8:1:2ff::/64", "2001:db8:1:200::/56", "2001:db8:1::/48"},
		"fe80::1%eth0":         {"fe80::/64", "fe80::/56", "fe80::/48"},
		"2001:db8:1:2:3:4:5:6": {"2001:db8:1:2::/64", "2001:db8:1::/56", "2001:db8:1::/48"},
	} {
		var names []string
		for _, n := range networks(netip.MustParseAddr(text)) {
			names = append(names, n.name)
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	if got := networks(netip.Addr{}); len(got) != 1 || got[0].name != "" {
		t.Errorf("no address: %v", got)
	}
}

// TestRefusalsAreCounted asserts that a minute has a bounded number of audit events, which count
// every rejection.
func TestRefusalsAreCounted(t *testing.T) {
	r := &refusals{}
	single := 0
	for n := range 5000 {
		if r.add(fmt.Sprint("network", n%100), noon) {
			single++
		}
	}
	for range 15 {
		if r.add("quiet", noon.Add(time.Minute)) {
			single--
		}
	}
	if single != refusalsOfAll-refusalsOfNetwork {
		t.Errorf("%d more events of their own", single)
	}
	counts := r.take(noon.Add(2 * time.Minute))
	sum := 0
	for _, c := range counts {
		sum += c.count
	}
	if len(counts) == 0 {
		t.Fatal("nothing is counted")
	}
	last := counts[len(counts)-1]
	if len(counts) != networksCounted+2 || sum != 5000-refusalsOfAll+5 || last.network != "quiet" ||
		last.count != 5 || !last.at.Equal(noon.Add(time.Minute)) {
		t.Errorf("%d counts with the sum %d, the last %v", len(counts), sum, last)
	}
	if !slices.ContainsFunc(counts, func(c refusalCount) bool { return c.network == "" }) {
		t.Error("the other networks are not counted together")
	}
	if again := r.take(noon.Add(time.Hour)); len(again) != 0 {
		t.Errorf("told twice: %v", again)
	}
}
