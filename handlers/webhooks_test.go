package handlers

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/audit"
)

const webhooksPath = "/admin/webhooks"

var secretInput = regexp.MustCompile(`id="webhook-secret"[^>]* value="(whsec_[^"]+)"`)

// hookReceiver is a receiver on this machine that stores what it is sent.
type hookReceiver struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
}

func newHookReceiver(t *testing.T) *hookReceiver {
	r := &hookReceiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		r.mu.Lock()
		r.bodies = append(r.bodies, string(body))
		r.mu.Unlock()
		_, _ = io.WriteString(w, "thanks <b>")
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *hookReceiver) all() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.bodies, "\n")
}

// addHook adds a webhook in the browser and returns its page and its secret.
func (b *browser) addHook(t *testing.T, address string) (page, secret string) {
	t.Helper()
	added := b.post(webhooksPath, url.Values{
		"url": {address}, "types": {"share.created", "share.opened", "share.used_up", "share.revoked"},
	}, "Accept-Encoding", "gzip")
	shown := secretInput.FindStringSubmatch(added.body)
	if added.status != http.StatusCreated || shown == nil {
		t.Fatalf("added: %v", added)
	}
	if added.header.Get("Content-Encoding") != "" || added.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the secret travels with %v", added.header)
	}
	return regexp.MustCompile(webhooksPath + `/[0-9a-v]{26}`).FindString(added.body), shown[1]
}

// TestWebhookInTheBrowser adds a webhook, is told of a share, and tests, pauses, rotates, sends again
// and removes.
func TestWebhookInTheBrowser(t *testing.T) {
	a := newApp(t)
	admin, member, r := a.signIn(adminEmail), a.signIn(memberEmail), newHookReceiver(t)
	page, secret := admin.addHook(t, r.URL+"/hooks?token=abc")
	list := admin.get(webhooksPath)
	for _, want := range []string{"/hooks?token=abc", "by Ada", `data-state="active"`} {
		if !strings.Contains(list.body, want) {
			t.Errorf("the list does not show %q", want)
		}
	}
	link, share := member.share(a.item, url.Values{"access": {"anyone"}})
	chain := func(parts ...string) []byte { return []byte(strings.Join(parts, " ")) }
	a.must(audit.NewSealer(a.db, chain, slog.New(slog.DiscardHandler)).Seal(t.Context()))
	delivered := admin.await(t, page, `data-state="delivered"`)
	if !strings.Contains(delivered.body, share) || !strings.Contains(delivered.body, "Answered 200: thanks &lt;b&gt;") {
		t.Errorf("the delivery: %v", delivered)
	}
	if told := r.all(); !strings.Contains(told, `"type":"share.created"`) ||
		!strings.Contains(told, `"shareId":"`+share+`"`) || strings.Contains(told, link) ||
		strings.Contains(told, a.item.Title) {
		t.Errorf("told %s", told)
	}
	message := regexp.MustCompile(`data-delivery="([0-9a-v]{26})"`).FindStringSubmatch(delivered.body)[1]
	for _, act := range []struct{ path, shows string }{
		{"/deliveries/" + message + "/resend", "Message will be sent again."},
		{"/pause", "Webhook paused."},
		{"/resume", "Webhook resumed."},
	} {
		got := admin.post(page+act.path, nil)
		if got.status != http.StatusSeeOther {
			t.Fatalf("%s: %v", act.path, got)
		}
		if shown := admin.get(got.header.Get("Location")); !strings.Contains(shown.body, act.shows) {
			t.Errorf("%s shows %v", act.path, shown)
		}
	}
	if tested := admin.post(page+"/test", nil); !strings.Contains(tested.body, "Test message accepted") {
		t.Errorf("tested: %v", tested)
	}
	rotated := admin.post(page+"/rotate", nil)
	fresh := secretInput.FindStringSubmatch(rotated.body)
	if rotated.status != http.StatusOK || fresh == nil || fresh[1] == secret {
		t.Fatalf("rotated: %v", rotated)
	}
	for where, text := range map[string]string{
		"the list": list.body, "the page": admin.get(page).body, "the log": a.log.String(),
		"the database": a.dump(),
	} {
		if strings.Contains(text, secret) || strings.Contains(text, fresh[1]) {
			t.Errorf("%s holds the secret", where)
		}
	}
	if dump := a.dump() + a.log.String(); strings.Contains(dump, "token=abc") {
		t.Error("the URL is stored or logged in clear")
	}
	removed := admin.post(page+"/remove", nil)
	if got := admin.get(removed.header.Get("Location")); !strings.Contains(got.body, "Webhook removed.") ||
		!strings.Contains(got.body, "No webhooks yet") {
		t.Errorf("removed: %v", got)
	}
}

// await loads a page until it has a text.
func (b *browser) await(t *testing.T, path, text string) reply {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if r := b.get(path); strings.Contains(r.body, text) {
			return r
		} else if time.Now().After(deadline) {
			t.Fatalf("%s never shows %s: %v", path, text, r)
		}
	}
}

// TestWebhookProblems asserts that problems stand at their fields and nothing typed is lost.
func TestWebhookProblems(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	got := admin.post(webhooksPath, url.Values{"url": {"https://10.0.0.1/x"}}, htmx...)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `id="problem-url"`) ||
		!strings.Contains(got.body, `id="problem-types"`) ||
		!strings.Contains(got.body, `value="https://10.0.0.1/x"`) {
		t.Errorf("%v", got)
	}
	for _, path := range []string{"/0", "/0/pause", "/0/remove", "/0/rotate", "/0/test"} {
		send := admin.post
		if path == "/0" {
			send = func(path string, _ url.Values, header ...string) reply { return admin.get(path, header...) }
		}
		if got := send(webhooksPath+path, nil); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}
