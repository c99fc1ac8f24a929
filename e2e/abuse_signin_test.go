package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func signInAbuses() []abuse {
	return []abuse{
		{
			"signs in with invented addresses at full speed, on 50 connections",
			"117,501 rows in 20 s, 6 MB more on disk",
			inventedAddresses,
		},
		{
			"guesses one account's password at full speed, on 50 connections",
			"one durable commit each",
			guessesAtFullSpeed,
		},
		{
			"does so from a new network each time",
			"two durable commits each, 424 KB more on disk in 20 s",
			inventedNetworks,
		},
		{
			"asks about links it doesn't have, and with an ended one and wrong codes, on 50 connections",
			"92 KB more on disk in 20 s",
			refusedLinks,
		},
		{
			"sends one wrong password from each of 2,000 networks at once",
			"nobody signs in for half a minute; half of all requests time out",
			thousandsOfNetworks,
		},
		{
			"knows an address and sends 25 wrong passwords, port in X-Forwarded-For",
			"its owner is kept out for minutes",
			keepsTheOwnerOut,
		},
		{
			"mistypes, as 29 people of one office do, before somebody signs in there",
			"right passwords are refused for 5 minutes",
			officeMistypesPasswords,
		},
		{
			"sends 7 wrong passwords, and 4 more after the owner signed in",
			"401 and 429 tell whether the account exists",
			looksForDifferences,
		},
		{
			"sends 26 wrong passwords through a proxy that isn't trusted",
			"everybody is kept out, nothing in the log",
			behindAnUntrustedProxy,
		},
	}
}

// behindProxy makes the server trust this test's X-Forwarded-For header.
func behindProxy(s *server) {
	s.env = append(s.env, "ITEMSHARE_TRUSTED_PROXIES=127.0.0.1")
}

// signIn sends the sign-in form for a caller with an address, "" for none.
func (c *client) signIn(email, password, from string) reply {
	form := url.Values{"email": {email}, "password": {password}}
	req, err := http.NewRequest(http.MethodPost, c.base+"/signin", strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Error(err)
		return reply{}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if from != "" {
		req.Header.Set("X-Forwarded-For", from)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}
	}
	defer resp.Body.Close()
	return reply{status: resp.StatusCode, header: resp.Header}
}

// flood sends at full speed on 50 connections, and returns how many answers had each status.
func flood(length time.Duration, send func(n int64) int) map[int]int {
	var (
		sent     atomic.Int64
		mu       sync.Mutex
		statuses = map[int]int{}
		all      sync.WaitGroup
		end      = time.Now().Add(length)
	)
	for range 50 {
		all.Go(func() {
			for time.Now().Before(end) {
				status := send(sent.Add(1))
				mu.Lock()
				statuses[status]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return statuses
}

func statusWords(statuses map[int]int) string {
	var words []string
	for _, status := range slices.Sorted(maps.Keys(statuses)) {
		words = append(words, fmt.Sprintf("%d × %d", statuses[status], status))
	}
	return strings.Join(words, ", ")
}

// growth returns the bytes by which the database of a stopped server grows while do runs.
func growth(s *server, do func()) int64 {
	s.stop(syscall.SIGTERM)
	before := s.databaseSize()
	s.run()
	do()
	s.stop(syscall.SIGTERM)
	after := s.databaseSize()
	s.run()
	return after - before
}

// measureFloods sends at full speed requests that the server rejects, and returns what that
// leaves in the database.
func measureFloods(
	t *testing.T,
	s *server,
	length time.Duration,
	refusals []int,
	send func(n int64) int,
) string {
	t.Helper()
	var statuses map[int]int
	grown := growth(s, func() { statuses = flood(length, send) })
	if grown > 1<<20 {
		t.Errorf("the database grew by %d bytes", grown)
	}
	for status := range statuses {
		if !slices.Contains(refusals, status) {
			t.Errorf("status %d", status)
		}
	}
	return fmt.Sprintf("%s; %d KiB stored", statusWords(statuses), grown>>10)
}

var signInRefusals = []int{401, 429, 503}

func inventedAddresses(t *testing.T, length time.Duration) string {
	s := startAbused(t)
	c := newClient(t, s)
	return measureFloods(t, s, length, signInRefusals, func(n int64) int {
		return c.signIn(fmt.Sprintf("invented%d@example.com", n), "wrong", "").status
	})
}

func guessesAtFullSpeed(t *testing.T, length time.Duration) string {
	s := startAbused(t)
	c := newClient(t, s)
	return measureFloods(t, s, length, signInRefusals, func(int64) int {
		return c.signIn(member, "wrong", "").status
	})
}

func inventedNetworks(t *testing.T, length time.Duration) string {
	s := startAbused(t, behindProxy)
	c := newClient(t, s)
	return measureFloods(t, s, length, signInRefusals, func(n int64) int {
		from := fmt.Sprintf("2001:db8:%x:%x::1", n>>8, n&255<<8)
		return c.signIn(fmt.Sprintf("invented%d@example.com", n), "wrong", from).status
	})
}

// refusedLinks calls with a link that does not exist, with one that ended, and with one for other
// recipients.
func refusedLinks(t *testing.T, length time.Duration) string {
	s := startAbused(t)
	c := signedIn(t, s, admin)
	ended := c.share(c.anItem(), nil)
	c.post(c.shares("")[0]+"/revoke", url.Values{})
	named := c.share(c.anItem(), url.Values{
		"access": {"recipients"}, "recipients": {"ann@client.example"},
	})
	unknown := ended
	unknown.token = encode(make([]byte, 32))
	calls := []func(n int64) answer{
		func(int64) answer { return unknown.peek() },
		func(int64) answer { return unknown.open(nil) },
		func(int64) answer { return unknown.call("code", with{"email": "ann@client.example"}) },
		func(int64) answer { return ended.peek() },
		func(int64) answer { return ended.open(nil) },
		func(n int64) answer {
			return named.call("code", with{"email": fmt.Sprintf("invented%d@client.example", n)})
		},
		func(int64) answer { return named.call("code", with{"email": "ann@client.example"}) },
		func(int64) answer {
			return named.open(with{"email": "ann@client.example", "code": "12345678"})
		},
		func(n int64) answer {
			return named.open(with{
				"email": fmt.Sprintf("invented%d@client.example", n), "code": "12345678",
			})
		},
	}
	return measureFloods(t, s, length, []int{202, 401, 404, 410, 429}, func(n int64) int {
		return calls[n%int64(len(calls))](n).status
	})
}

func thousandsOfNetworks(t *testing.T, _ time.Duration) string {
	s := startAbused(t, behindProxy)
	stranger, owner := newClient(t, s), newClient(t, s)
	if r := owner.signIn(member, password, "198.51.100.7"); r.status != http.StatusSeeOther {
		t.Fatalf("sign in: %d", r.status)
	}
	var all sync.WaitGroup
	statuses := make(chan int, 2000)
	for n := range cap(statuses) {
		all.Go(func() {
			from := fmt.Sprintf("10.%d.%d.1", n>>8, n&255)
			statuses <- stranger.signIn(fmt.Sprintf("invented%d@example.com", n), "wrong", from).status
		})
	}
	time.Sleep(100 * time.Millisecond)
	began := time.Now()
	status := owner.signIn(member, password, "198.51.100.7").status
	for again := 0; status == http.StatusServiceUnavailable && again < 3; again++ { // as Retry-After asks
		time.Sleep(time.Second)
		status = owner.signIn(member, password, "198.51.100.7").status
	}
	known := time.Since(began)
	if status != http.StatusSeeOther {
		t.Errorf("the known browser: %d", status)
	}
	tries := 1
	for newClient(t, s).signIn(admin, password, "198.51.100.8").status != http.StatusSeeOther {
		if tries++; tries > 20 {
			t.Error("a browser that nobody knows does not sign in")
			break
		}
		time.Sleep(time.Second)
	}
	took := time.Since(began)
	all.Wait()
	close(statuses)
	count := map[int]int{}
	for status := range statuses {
		count[status]++
	}
	return fmt.Sprintf("%s; a known browser after %.1f s, another one after %.1f s",
		statusWords(count), known.Seconds(), took.Seconds())
}

func keepsTheOwnerOut(t *testing.T, _ time.Duration) string {
	s := startAbused(t, behindProxy)
	known, stranger := newClient(t, s), newClient(t, s)
	known.signIn(member, password, "198.51.100.7")
	count := map[int]int{}
	for n := range 25 {
		count[stranger.signIn(member, "wrong", fmt.Sprintf("198.51.100.7:%d", 1000+n)).status]++
	}
	var words []string
	for _, owner := range []struct {
		why, from string
		c         *client
	}{
		{"from elsewhere", "198.51.100.8:1000", newClient(t, s)},
		{"with a known browser", "198.51.100.7:1", known},
	} {
		began := time.Now()
		status := owner.c.signIn(member, password, owner.from).status
		took := time.Since(began)
		if status != http.StatusSeeOther || took > 2*time.Second {
			t.Errorf("the owner %s: %d after %v", owner.why, status, took)
		}
		words = append(words, fmt.Sprintf("%s %d after %.1f s", owner.why, status, took.Seconds()))
	}
	return fmt.Sprintf("%s; its owner %s", statusWords(count), strings.Join(words, ", "))
}

func officeMistypesPasswords(t *testing.T, _ time.Duration) string {
	s := startAbused(t, behindProxy)
	for n := range 29 {
		newClient(t, s).signIn(fmt.Sprintf("person%d@example.com", n), "wrong", "198.51.100.7")
	}
	count := map[int]int{}
	for _, email := range []string{member, admin, member, admin} {
		count[newClient(t, s).signIn(email, password, "198.51.100.7").status]++
	}
	if count[http.StatusSeeOther] != 4 {
		t.Errorf("right passwords: %v", count)
	}
	return "right passwords: " + statusWords(count)
}

func looksForDifferences(t *testing.T, _ time.Duration) string {
	s := startAbused(t, behindProxy)
	see := func(email, from string) (seen []int) {
		try := func(n int) {
			for range n {
				seen = append(seen, newClient(t, s).signIn(email, "wrong", from).status)
			}
		}
		try(7)
		time.Sleep(1100 * time.Millisecond)            // until the first wait is over
		newClient(t, s).signIn(member, password, from) // next to the stranger
		newClient(t, s).signIn(member, password, "198.51.100.99")
		try(4)
		return seen
	}
	known, unknown := see(member, "198.51.100.7"), see("nobody@example.com", "198.51.100.8")
	if !slices.Equal(known, unknown) {
		t.Errorf("known %v, unknown %v", known, unknown)
		return "told apart"
	}
	return fmt.Sprint("alike: ", known)
}

func behindAnUntrustedProxy(t *testing.T, _ time.Duration) string {
	s := startAbused(t)
	count := map[int]int{}
	for n := range 26 {
		from := fmt.Sprintf("198.51.100.%d", n)
		count[newClient(t, s).signIn(member, "wrong", from).status]++
	}
	status := newClient(t, s).signIn(member, password, "198.51.100.200").status
	warnings := strings.Count(s.log.String(), "a proxy is not trusted")
	if status != http.StatusSeeOther || warnings != 1 {
		t.Errorf("the right password: %d, %d warnings", status, warnings)
	}
	return fmt.Sprintf("%s; the right password %d, %d warning", statusWords(count), status, warnings)
}
