package e2e

import (
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
)

// openPolicy allows everything; tests change single fields of it.
func openPolicy() url.Values {
	return url.Values{
		"vault": {
			"",
		}, "max_expiry": {"ThirtyDays"}, "default_expiry": {"SevenDays"}, "max_views": {""},
		"allowed_types": {
			"Authenticated",
			"Public",
		}, "allowed_recipient_types": {"Email", "Domain"}, "allowed_domains": {""},
		"files_allowed": {"on"}, "files_max_size": {"10000000"}, "affected": {"keep"},
	}
}

// setPolicy changes the account's policy as an admin.
func (c *client) setPolicy(form url.Values) {
	c.t.Helper()
	if r := c.post("/admin/policy", form); r.status >= 400 {
		c.t.Fatalf("set the policy: %d %v", r.status, r.errors())
	}
}

// simultaneously calls do n times at the same moment and returns the answers.
func simultaneously(n int, do func() answer) []answer {
	answers := make([]answer, n)
	var ready, done sync.WaitGroup
	ready.Add(n)
	gate := make(chan struct{})
	for i := range answers {
		done.Go(func() {
			ready.Done()
			<-gate
			answers[i] = do()
		})
	}
	ready.Wait()
	close(gate)
	done.Wait()
	return answers
}

func TestSimultaneousOpensOfALimitedLink(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()

	cases := []struct {
		why   string
		views string
		form  url.Values
		want  int
	}{
		{"a one-time link has one winner", "", url.Values{"one_time": {"on"}}, 1},
		{"and again", "", url.Values{"one_time": {"on"}}, 1},
		{"a policy's five views have five", "5", nil, 5},
	}
	for _, tc := range cases {
		t.Run(tc.why, func(t *testing.T) {
			policy := openPolicy()
			policy.Set("max_views", tc.views)
			c.setPolicy(policy)
			l := c.share(item, tc.form)

			won, nonces := 0, map[string]bool{}
			for _, a := range simultaneously(200, func() answer { return l.open(nil) }) {
				switch {
				case a.status == http.StatusOK:
					won++
					nonces[a.Nonce] = true
					if _, err := l.unseal(a); err != nil {
						t.Errorf("a winner's bytes do not open: %v", err)
					}
				case a.status != http.StatusGone || a.Code != "viewed":
					t.Errorf("a loser got %v, want 410 viewed", a)
				}
			}
			if won != tc.want || len(nonces) != 1 {
				t.Errorf(
					"%d of 200 opened, want %d; %d different sealings, want 1",
					won,
					tc.want,
					len(nonces),
				)
			}
		})
	}
}

func TestOneViewMayBeRepeatedAtOnce(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	l := c.share(c.anItem(), url.Values{"one_time": {"on"}})

	view := newView()
	for _, a := range simultaneously(50, func() answer { return l.open(with{"view": view}) }) {
		if a.status != http.StatusOK {
			t.Fatalf("a repeat of the one view got %v", a)
		}
	}
	if a := l.open(nil); a.Code != "viewed" {
		t.Errorf("another view got %v, want 410 viewed", a)
	}
}

// TestNoOpenAfterRevoke opens a link concurrently while it is revoked: every request sent after
// the response to the revocation is rejected, repeats of accepted views among them.
func TestNoOpenAfterRevoke(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	l := c.share(c.anItem(), nil)
	share := c.shares("")[0]

	var revoked sync.WaitGroup
	revoked.Add(1)
	views := make([]string, 40)
	for i := range views {
		views[i] = newView()
	}
	go func() {
		defer revoked.Done()
		if r := c.post(share+"/revoke", url.Values{}); r.status >= 400 {
			t.Errorf("revoke: %d", r.status)
		}
	}()
	var opens sync.WaitGroup
	for _, view := range views {
		opens.Go(func() {
			if a := l.open(with{"view": view}); a.status != http.StatusOK && a.Code != "revoked" {
				t.Errorf("during the revocation: %v", a)
			}
		})
	}
	revoked.Wait()
	late := l.open(nil)
	opens.Wait()

	if late.Code != "revoked" {
		t.Errorf("after the revocation: %v", late)
	}
	for _, view := range views {
		if a := l.open(with{"view": view}); a.Code != "revoked" {
			t.Errorf("a repeat after the revocation: %v", a)
		}
	}
}

// TestAlikeWithoutTheToken compares whole responses: without the token an active, a used, a
// revoked and an unknown share look alike.
func TestAlikeWithoutTheToken(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item := c.anItem()
	open := c.share(item, nil)
	used := c.share(item, url.Values{"one_time": {"on"}})
	used.item(nil)
	revoked := c.share(item, nil)
	c.post(c.shares("")[0]+"/revoke", url.Values{})
	if a := revoked.peek(); a.Code != "revoked" {
		t.Fatalf("the newest share is not the revoked one: %v", a)
	}
	unknown := link{t: t, base: open.base, id: encode(make([]byte, 16))}

	for _, verb := range []string{"peek", "code", "open", "file"} {
		var first answer
		for i, l := range []link{open, used, revoked, unknown} {
			l.token = encode(make([]byte, 32))
			a := l.call(
				verb,
				with{
					"view":  newView(),
					"email": "ann@client.example",
					"code":  "12345678",
					"index": 0,
					"chunk": 0,
				},
			)
			a.header.Del("Date")
			a.header.Del("X-Request-Id")
			if i == 0 {
				first = a
			}
			if a.status != http.StatusNotFound || string(a.body) != string(first.body) ||
				!sameHeader(a.header, first.header) {
				t.Errorf(
					"%s, share %d: %v %s %v\nwant %s %v",
					verb,
					i,
					a,
					a.body,
					a.header,
					first.body,
					first.header,
				)
			}
		}
	}
	if a := open.peek(); a.status != http.StatusOK {
		t.Errorf("the open share after wrong tokens: %v", a)
	}
}

func sameHeader(a, b http.Header) bool {
	if len(a) != len(b) {
		return false
	}
	for name, values := range a {
		if !slices.Equal(values, b[name]) {
			return false
		}
	}
	return true
}
