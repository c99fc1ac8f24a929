package e2e

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"os/exec"
	"testing"
	"time"
)

// TestResealKilledBesideTheServer kills keys rotate --reseal at random moments beside a server that
// goes on, and finishes it: the server, and the next one, open everything.
func TestResealKilledBesideTheServer(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	var links []link
	for range 40 {
		links = append(links, c.share(item, nil))
	}
	check := func(why string) {
		t.Helper()
		links = append(links, c.share(item, nil))
		for _, l := range []link{links[rand.IntN(len(links))], links[len(links)-1]} {
			if a := l.open(nil); a.status != http.StatusOK {
				t.Errorf("%s: a link: %v", why, a)
			}
		}
		if r := c.get(item); r.status != http.StatusOK {
			t.Errorf("%s: the item: %d", why, r.status)
		}
		if got := len(c.shares("limit=50")); got < 40 {
			t.Errorf("%s: %d links in the history", why, got)
		}
	}
	killed := 0
	for range 8 {
		reseal := exec.Command(s.file, "keys", "rotate", "--reseal")
		reseal.Env = s.env
		if err := reseal.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(20+rand.IntN(120)) * time.Millisecond) // a fault at any moment
		_ = reseal.Process.Kill()
		if reseal.Wait() != nil {
			killed++
		}
		check("killed")
	}
	t.Logf("killed %d times", killed)
	for range 3 {
		if out, code := s.command("", "keys", "rotate", "--reseal"); code != 0 {
			t.Fatalf("%d\n%s", code, out)
		}
		check("finished")
	}
	s.kill()
	s.run()
	check("restarted")
	if out, code := s.command("", "audit", "verify"); code != 0 {
		t.Errorf("%d\n%s", code, out)
	}
	if r := c.post(item+"/reveal", url.Values{"field": {"password"}}); r.status != http.StatusOK {
		t.Errorf("reveal: %d", r.status)
	}
}
