package e2e

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"sync"
	"testing"
	"time"
)

// TestTwoProcesses runs two processes over one database: a change at one applies at the other
// from the next request on.
func TestTwoProcesses(t *testing.T) {
	post := startMailServer(t, 0)
	c := startProcessGroup(t, 2, func(int) []string {
		return []string{"ITEMSHARE_SMTP=" + post.url, "ITEMSHARE_MAIL_FROM=a@company.example"}
	})
	_, item := newSample(0, map[string]any{})
	c.servers[0].importItem(item)
	b := c.signIn(c.roundRobin)
	path := b.anItem()

	t.Run("views", func(t *testing.T) { c.limitedViews(t, b, path) })
	t.Run("codes", func(t *testing.T) { c.limitedCodes(t, b, path, post) })
	t.Run("revoke", func(t *testing.T) { c.revokedAtTheOther(t, b, path) })
	t.Run("sessions", func(t *testing.T) { c.sessionAtTheOther(t) })
	t.Run("suspended", func(t *testing.T) { c.suspendedAtTheOther(t) })
	t.Run("policy", func(t *testing.T) { c.policyAtTheOther(t, b, path) })
	t.Run("items", func(t *testing.T) { c.itemsAtTheOther(t, b, path, item) })
	if n := c.awaitSealed(c.servers[1]); n < 10 {
		t.Errorf("%d events in the audit chain", n)
	}
}

// limitedViews opens a link 200 times at once, spread over the processes.
func (c *processGroup) limitedViews(t *testing.T, b *client, path string) {
	for _, tc := range []struct {
		views string
		form  url.Values
		want  int
	}{{"", url.Values{"one_time": {"on"}}, 1}, {"5", nil, 5}} {
		policy := openPolicy()
		policy.Set("max_views", tc.views)
		b.setPolicy(policy)
		l := b.share(path, tc.form).through(c.roundRobin)
		won := 0
		for _, a := range simultaneously(200, func() answer { return l.open(nil) }) {
			switch {
			case a.status == http.StatusOK:
				won++
			case a.status != http.StatusGone || a.Code != "viewed":
				t.Errorf("a loser got %v, want 410 viewed", a)
			}
		}
		if won != tc.want {
			t.Errorf("%d of 200 opened, want %d", won, tc.want)
		}
	}
	b.setPolicy(openPolicy())
}

// limitedCodes requests codes and tries wrong ones at both processes.
func (c *processGroup) limitedCodes(t *testing.T, b *client, path string, post *mailServer) {
	toAnn := url.Values{
		"access":     {"recipients"},
		"recipients": {"ann@client.example, bob@client.example"},
	}
	l := b.share(path, toAnn).through(c.roundRobin)
	asked := 0
	for _, a := range simultaneously(40, func() answer { return l.call("code", with{"email": "ann@client.example"}) }) {
		switch a.status {
		case http.StatusAccepted:
			asked++
		case http.StatusTooManyRequests:
		default:
			t.Errorf("a code was asked for: %v", a)
		}
	}
	if asked != 3 {
		t.Errorf("%d codes within a quarter of an hour, want 3", asked)
	}

	l.call("code", with{"email": "bob@client.example"})
	code := post.code(t, "bob@client.example")
	wrong := func() answer { return l.open(with{"email": "bob@client.example", "code": otherThan(code)}) }
	for _, a := range simultaneously(4, wrong) {
		if a.Code != "code_invalid" {
			t.Errorf("a wrong code: %v", a)
		}
	}
	if a := l.open(with{"email": "bob@client.example", "code": code}); a.status != http.StatusOK {
		t.Errorf("the right code after four wrong ones: %v", a)
	}

	l = b.share(path, url.Values{"access": {"recipients"}, "recipients": {"cid@client.example"}}).
		through(c.roundRobin)
	l.call("code", with{"email": "cid@client.example"})
	code = post.code(t, "cid@client.example")
	simultaneously(
		5,
		func() answer { return l.open(with{"email": "cid@client.example", "code": otherThan(code)}) },
	)
	for _, process := range c.clients {
		if a := l.through(process).open(with{"email": "cid@client.example", "code": code}); a.status == http.StatusOK {
			t.Error("the right code opened after five wrong ones")
		}
	}
}

func otherThan(code string) string {
	if code[0] == '1' {
		return "2" + code[1:]
	}
	return "1" + code[1:]
}

// revokedAtTheOther revokes a share at one process; the other rejects it from the next request
// on.
func (c *processGroup) revokedAtTheOther(t *testing.T, b *client, path string) {
	for i := range 10 {
		here, there := c.clients[i%2], c.clients[(i+1)%2]
		l := b.through(here).share(path, nil).through(there)
		view := newView()
		if a := l.open(with{"view": view}); a.status != http.StatusOK {
			t.Fatalf("before: %v", a)
		}
		if r := b.through(here).post(b.through(here).shares("")[0]+"/revoke", url.Values{}); r.status >= 400 {
			t.Fatalf("revoke: %d", r.status)
		}
		for _, a := range []answer{l.open(with{"view": view}), l.open(nil), l.peek()} {
			if a.Code != "revoked" {
				t.Errorf("after: %v", a)
			}
		}
	}
}

// sessionAtTheOther begins a session at one process, uses it at the other, and ends it there.
func (c *processGroup) sessionAtTheOther(t *testing.T) {
	b := c.signIn(c.clients[0])
	there := b.through(c.clients[1])
	if r := there.get("/items"); r.status != http.StatusOK {
		t.Errorf("a session of the other process: %d", r.status)
	}
	before, err := url.Parse(c.url)
	if err != nil {
		t.Fatal(err)
	}
	cookies := b.http.Jar.Cookies(before)
	if r := there.post("/signout", url.Values{}); r.status != http.StatusSeeOther {
		t.Errorf("sign out: %d", r.status)
	}
	b.http.Jar.SetCookies(before, cookies) // a thief of the cookie
	if r := b.get("/items"); r.status != http.StatusSeeOther {
		t.Errorf("after the sign-out at the other process: %d", r.status)
	}
}

// suspendedAtTheOther suspends a user by a command, which is a third process: the next request is
// rejected at both, with a session, the right password or a token.
func (c *processGroup) suspendedAtTheOther(t *testing.T) {
	const zoe = "zoe@company.example"
	command := func(args ...string) {
		t.Helper()
		if out, code := c.servers[0].command(password+"\n", args...); code != 0 {
			t.Fatalf("%v: %d\n%s", args, code, out)
		}
	}
	command("user", "add", "--email", zoe, "--name", "Zoe", "--role", "admin", "--password-stdin")
	command("vault", "add", "Zoe's")
	command("vault", "grant", "--vault", "Zoe's", "--email", zoe, "--share")
	form := url.Values{"email": {zoe}, "password": {password}}
	b := c.signIn(c.clients[0])
	b.http.Jar, _ = cookiejar.New(nil)
	if r := b.post("/signin", form); r.status != http.StatusSeeOther {
		t.Fatalf("sign in: %d", r.status)
	}
	vault := vaultOption.FindStringSubmatch(b.get("/admin/service-accounts").body)
	if vault == nil {
		t.Fatal("the page offers no vault")
	}
	token := b.addServiceAccount(vault[1])
	check := func(when string, page, program int) {
		t.Helper()
		for i, process := range c.clients {
			if r := b.through(process).get("/items"); r.status != page {
				t.Errorf("%s, process %d: %d, want %d", when, i, r.status, page)
			}
			request, err := http.NewRequest(http.MethodGet, c.url+"/api/v1/vaults", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer "+token)
			answer, err := process.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != program {
				t.Errorf("%s, process %d: a token got %d, want %d", when, i, answer.StatusCode, program)
			}
		}
	}
	check("before", http.StatusOK, http.StatusOK)
	command("user", "suspend", "--email", zoe)
	check("suspended", http.StatusSeeOther, http.StatusUnauthorized)
	if r := b.post("/signin", form); r.status != http.StatusUnauthorized {
		t.Errorf("a suspended person signs in: %d", r.status)
	}
	command("user", "reinstate", "--email", zoe)
	check("reinstated, with the old session", http.StatusSeeOther, http.StatusOK)
	if r := b.post("/signin", form); r.status != http.StatusSeeOther {
		t.Errorf("a reinstated person signs in: %d", r.status)
	}
	check("signed in again", http.StatusOK, http.StatusOK)
}

var vaultOption = regexp.MustCompile(`name="vaults"[^>]*value="([^"]+)"`)

// policyAtTheOther forbids links for anyone at one process; the other rejects the next one.
func (c *processGroup) policyAtTheOther(t *testing.T, b *client, path string) {
	for i := range 4 {
		here, there := b.through(c.clients[i%2]), b.through(c.clients[(i+1)%2])
		tight := openPolicy()
		tight["allowed_types"] = []string{"Authenticated"}
		here.setPolicy(tight)
		if text, r := there.tryShare(path, nil); text != "" {
			t.Errorf("a link for anyone against the policy: %d", r.status)
		}
		here.setPolicy(openPolicy())
		there.share(path, nil)
	}
}

// itemsAtTheOther changes an item on the command line; both processes show and share the changed
// item.
func (c *processGroup) itemsAtTheOther(t *testing.T, b *client, path string, item map[string]any) {
	details, overview := item["details"].(map[string]any), item["overview"].(map[string]any)
	for n := range 3 {
		notes, title := fmt.Sprint("changed notes ", n), fmt.Sprint("Changed title ", n)
		details["notesPlain"], overview["title"] = notes, title
		c.servers[n%2].importItem(item)
		for i, process := range c.clients {
			at := b.through(process)
			if found := at.items(title); len(found) != 1 || found[0] != path {
				t.Errorf("process %d finds %q at %q, want %s", i, title, found, path)
			}
			if got := at.share(path, nil).through(process).item(nil); got.Notes != notes ||
				got.Title != title {
				t.Errorf("process %d shares %q, %q", i, got.Title, got.Notes)
			}
		}
	}
}

// TestOneOfTwoProcessesKilled kills one process while both create and open links. Every
// acknowledged link opens, for one view, and no request at the other process fails.
func TestOneOfTwoProcessesKilled(t *testing.T) {
	c := startProcessGroup(t, 2, noEnv)
	_, item := newSample(0, map[string]any{})
	c.servers[0].importItem(item)
	path := c.signIn(c.clients[0]).anItem()

	var (
		mu      sync.Mutex
		links   []*createdLink
		work    sync.WaitGroup
		over    = make(chan struct{})
		created = make(chan *createdLink, 10_000)
	)
	for i, process := range c.clients {
		b := c.signIn(process)
		for range 4 {
			work.Go(func() {
				for !isClosed(over) {
					text, r := b.tryShare(path, url.Values{"one_time": {"on"}})
					switch {
					case r.status == http.StatusCreated:
						a := &createdLink{link: parseLink(t, text).through(c.clients[1])}
						mu.Lock()
						links = append(links, a)
						mu.Unlock()
						created <- a
					case r.status == 0 && i == 0: // it may have been killed
						return
					default:
						t.Errorf("create at process %d: %d %v", i, r.status, r.errors())
						return
					}
				}
			})
		}
	}
	for range 4 {
		work.Go(func() {
			for {
				select {
				case a := <-created:
					c.openAtBoth(t, a)
				case <-over:
					return
				}
			}
		})
	}
	time.Sleep(700 * time.Millisecond)
	mu.Lock()
	before := len(links)
	mu.Unlock()
	c.servers[0].kill()
	time.Sleep(700 * time.Millisecond)
	close(over)
	work.Wait()

	if before < 10 || len(links) < before+10 {
		t.Errorf("%d links before the kill, %d in all: that is no load", before, len(links))
	}
	for _, a := range links {
		a.verify(t)
	}
	if n := c.awaitSealed(c.servers[1]); n < 2*len(links) {
		t.Errorf("%d events in the audit chain of %d links, each made and opened", n, len(links))
	}
	c.servers[0].run()
	if got := c.signIn(c.clients[0]).share(path, nil).through(c.clients[1]).item(nil); got.Title == "" {
		t.Error("what the restarted process makes does not open at the other")
	}
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// openAtBoth opens the link under two views at once, one at each process. Only the killed one may
// fail to answer.
func (c *processGroup) openAtBoth(t *testing.T, a *createdLink) {
	answers := make([]answer, len(c.clients))
	var both sync.WaitGroup
	for i, process := range c.clients {
		view := newView()
		a.sentViews = append(a.sentViews, view)
		both.Go(func() { answers[i] = a.link.through(process).open(with{"view": view}) })
	}
	both.Wait()
	for i, got := range answers {
		switch {
		case got.status == http.StatusOK:
			a.openedViews = append(a.openedViews, a.sentViews[i])
		case got.Code != "viewed" && (got.status != 0 || i == 1):
			t.Errorf("open at process %d: %v", i, got)
		}
	}
}
