package handlers

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/local"
)

const marker = "inner-detail-8151"

// unreachableVault is a vault whose every read ends in an error, or in a panic if err is nil.
type unreachableVault struct {
	vault.Backend
	err error
}

func (u *unreachableVault) fail() error {
	if u.err == nil {
		panic(marker)
	}
	return u.err
}

func (u *unreachableVault) Vaults(context.Context) ([]vault.Info, error) { return nil, u.fail() }

func (u *unreachableVault) Browse(context.Context, vault.Query) (vault.Page, error) {
	return vault.Page{}, u.fail()
}

func (u *unreachableVault) Item(context.Context, string, string) (vault.Item, error) {
	return vault.Item{}, u.fail()
}

// lostVersions is a vault whose versions can't be read.
type lostVersions struct {
	*local.Vault
	err error
}

func (l *lostVersions) ItemVersion(
	context.Context, string, string, uint32,
) (vault.Item, error) {
	return vault.Item{}, l.err
}

// TestVersionsThatCannotBeRead: the list of versions leaves out what is damaged, and doesn't take an outage
// for that.
func TestVersionsThatCannotBeRead(t *testing.T) {
	lost := &lostVersions{}
	a := newApp(t, appOptions{vault: func(b vault.Backend) vault.Backend {
		lost.Vault = b.(*local.Vault)
		return lost
	}})
	a.addVersions()
	b := a.signIn(memberEmail)
	for _, c := range []struct {
		err  error
		want int
	}{
		{fault.New(fault.Internal, fault.CodeDamaged, ""), http.StatusOK},
		{fault.Of(fault.NotFound), http.StatusOK},
		{fault.Because(fault.Unavailable, errors.New(marker)), http.StatusServiceUnavailable},
		{errors.New(marker), http.StatusInternalServerError},
	} {
		lost.err = c.err
		if r := b.get(itemPath(a.item) + "/versions"); r.status != c.want || strings.Contains(r.body, marker) {
			t.Errorf("%v: %v", c.err, r)
		}
	}
}

func TestAVaultThatCannotBeReached(t *testing.T) {
	a := newApp(t, appOptions{vault: func(b vault.Backend) vault.Backend {
		return &unreachableVault{b, fault.Because(fault.Unavailable, errors.New(marker))}
	}})
	b := a.signIn(memberEmail)
	for _, path := range []string{"/items", itemPath(a.item), itemPath(a.item) + "/share"} {
		r := b.get(path)
		if r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" ||
			strings.Contains(r.body, marker) {
			t.Errorf("%s: %v", path, r)
		}
	}
	if r := b.get("/shares"); r.status != http.StatusOK {
		t.Errorf("the history is gone with the vault: %d", r.status)
	}
}

func TestInternalErrorsStayInside(t *testing.T) {
	a := newApp(
		t,
		appOptions{
			vault: func(b vault.Backend) vault.Backend {
				return &unreachableVault{b, errors.New(marker)}
			},
		},
	)
	r := a.signIn(memberEmail).get("/items")
	id := r.header.Get("X-Request-Id")
	if r.status != http.StatusInternalServerError || strings.Contains(r.body, marker) ||
		!strings.Contains(r.body, id) {
		t.Errorf("an internal error: %v", r)
	}
	if log := a.log.String(); !strings.Contains(log, marker) || !strings.Contains(log, id) {
		t.Error("the log does not say what broke, or for which request")
	}
}

// TestDamageIsSaid asserts that the page of a damaged item says what would help, as trying again
// does not.
func TestDamageIsSaid(t *testing.T) {
	const words = "What is stored of this item is damaged."
	a := newApp(t, appOptions{vault: func(b vault.Backend) vault.Backend {
		return &unreadableVault{
			b, fmt.Errorf("%s: %w", marker, fault.New(fault.Internal, fault.CodeDamaged, words)),
		}
	}})
	b := a.signIn(memberEmail)
	for _, path := range []string{itemPath(a.item), itemPath(a.item) + "/share"} {
		r := b.get(path)
		if r.status != http.StatusInternalServerError ||
			!slices.Equal(r.errors(), []string{"damaged"}) ||
			!strings.Contains(r.body, words) ||
			strings.Contains(r.body, marker) ||
			!strings.Contains(r.body, r.header.Get("X-Request-Id")) {
			t.Errorf("%s: %v", path, r)
		}
	}
	if r := b.post(itemPath(a.item)+"/share", url.Values{"access": {"anyone"}}, "HX-Request",
		"true"); r.status != http.StatusInternalServerError ||
		!strings.Contains(r.body, words) {
		t.Errorf("as a fragment: %v", r)
	}
}

// unreadableVault is a vault that lists items and cannot open one.
type unreadableVault struct {
	vault.Backend
	err error
}

func (u *unreadableVault) Item(context.Context, string, string) (vault.Item, error) {
	return vault.Item{}, u.err
}

func TestPanicsStayInside(t *testing.T) {
	a := newApp(
		t, appOptions{vault: func(b vault.Backend) vault.Backend { return &unreachableVault{b, nil} }},
	)
	r := a.signIn(memberEmail).get("/items")
	if r.status != http.StatusInternalServerError || strings.Contains(r.body, marker) {
		t.Errorf("a panic: %v", r)
	}
	if strings.Contains(a.log.String(), marker) ||
		!strings.Contains(a.log.String(), "panic of a string") {
		t.Error("the log must say that there was a panic, and not what it held")
	}
}

// TestLogsHoldNoSecrets puts secrets where careless servers log them.
func TestLogsHoldNoSecrets(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	const mark = "marker4711"
	text, _ := b.share(
		a.item, url.Values{"access": {"recipients"}, "recipients": {mark + "@client.example"}},
	)
	l := a.link(text)
	l.open(object{"email": mark + "@client.example", "code": l.requestCode(mark + "@client.example")})
	for _, path := range []string{
		"/" + mark, "/items?q=" + mark, "/signin?next=/" + mark,
		"/s%23" + mark, "/s%2523" + mark, "/s/?" + mark, "/vaults/" + mark + "/items/" + mark, "/shares/" + mark,
	} {
		b.get(
			path, "User-Agent", mark, "Referer", "http://"+mark+"/", "HX-Current-URL",
			"http://x/s#"+mark, "X-Request-Id", mark, "Cookie", "other="+mark, "Host",
			a.base.Host,
		)
	}
	b.get("/items", "Host", "elsewhere.example") // the log names it: misconfigured proxies send it
	b.do(strings.ToUpper(mark), "/items", nil)
	b.post("/signin", url.Values{"email": {mark + "@x.example"}, "password": {mark}})
	b.do(http.MethodPost, "/s/open", strings.NewReader(`{"id":"`+mark+`"}`))
	log := a.log.String()
	for _, secret := range []string{
		mark, strings.ToUpper(mark), l.id, l.token, encode(l.secret), concealed, seed, password,
		"Mail server",
		b.client.Jar.Cookies(a.base)[0].Value,
	} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	routes := map[string]bool{}
	for line := range strings.SplitSeq(log, "\n") {
		var record struct{ Msg, Route, Method string }
		if json.Unmarshal([]byte(line), &record) == nil && record.Msg == "request" {
			routes[record.Route] = true
		}
	}
	for _, want := range []string{"unmatched", "/items", "/vaults/:vault/items/:item", "/s/open"} {
		if !routes[want] {
			t.Errorf("no %s among the routes of the log", want)
		}
	}
}

// TestTheWayOn asserts that an error page links to where the user can go on, and offers to sign
// in only to somebody who is not signed in.
func TestTheWayOn(t *testing.T) {
	a := newApp(t)
	reader := a.signIn(memberEmail)
	for _, row := range []struct {
		name, method, path string
		who                *browser
		status             int
		leads, not         string
	}{
		{"an unknown address, signed in", http.MethodGet, "/nowhere", reader, 404, "Go to all " +
			"items", "Go to sign in"},
		{"below a page of admins", http.MethodGet, "/admin/nothing", reader, 404, "Go to all " +
			"items", "Go to sign in"},
		{"a method that no row has", http.MethodPut, "/items", reader, 405, "Go to all " +
			"items", "Go to sign in"},
		{"an unknown address, nobody", http.MethodGet, "/nowhere", a.browser(), 404, "Go to sign " +
			"in", "Sign out"},
		{
			"no right to share the " +
				"item", http.MethodGet, itemPath(a.notes) + "/share", reader, 403,
			"href=\"" + itemPath(a.notes) + "\"", "Go to sign in",
		},
		{"an item that is not " +
			"there", http.MethodGet, itemPath(a.item) + "0/share", reader, 404, "Go to all " +
			"items", "Go back"},
	} {
		r := row.who.send(row.method, row.path, nil)
		if r.status != row.status || !strings.Contains(r.body, row.leads) ||
			strings.Contains(r.body, row.not) {
			t.Errorf("%s: %v", row.name, r)
		}
	}
}

// TestABrokenAnswerBreaksTheConnection asserts that a response that breaks off does not look
// complete.
func TestABrokenAnswerBreaksTheConnection(t *testing.T) {
	a := newApp(t)
	h := &Handlers{
		c: Config{
			URL:    a.base,
			Clock:  a.clock.Now,
			Random: rand.Reader,
			Log:    slog.New(slog.NewJSONHandler(a.log, nil)),
		},
	}
	c := echo.New().
		NewContext(httptest.NewRequest(http.MethodGet, "/shares.csv", nil), httptest.NewRecorder())
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("recovered %v", v)
		}
		if !strings.Contains(a.log.String(), marker) {
			t.Error("the log does not say why")
		}
	}()
	_ = h.observe(func(c echo.Context) error {
		return errors.Join(c.String(http.StatusOK, "half"), errors.New(marker))
	})(c)
	t.Error("the connection goes on")
}
