package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// withWebhooks lets webhooks reach this machine.
func withWebhooks(s *server) { s.env = append(s.env, "ITEMSHARE_WEBHOOK_NETWORKS=127.0.0.0/8") }

// awaitText loads a page until it has a text.
func (c *client) awaitText(path, text string) {
	c.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		r := c.get(path)
		if strings.Contains(r.body, text) {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("%s never shows %q: %d", path, text, r.status)
		}
	}
}

// TestWebhooksOfTheProgram asserts that the program tells a receiver what becomes of a link, in order
// and without the link, and refuses this machine's addresses unless they are allowed.
func TestWebhooksOfTheProgram(t *testing.T) {
	bodies := make(chan string, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- string(body)
	}))
	defer receiver.Close()
	form := url.Values{"url": {receiver.URL}, "types": {
		"share.created", "share.opened", "share.used_up", "share.revoked",
	}}
	strict := signedIn(t, start(t), admin)
	if r := strict.post("/admin/webhooks", form); r.status != http.StatusUnprocessableEntity {
		t.Errorf("without a setting: %d", r.status)
	}
	s := start(t, withWebhooks)
	c := signedIn(t, s, admin)
	if r := c.post("/admin/webhooks", form); r.status != http.StatusCreated {
		t.Fatalf("added: %d", r.status)
	}
	l := c.share(c.anItem(), url.Values{"one_time": {"on"}})
	if r := l.open(nil); r.status != http.StatusOK {
		t.Fatalf("opened: %d", r.status)
	}
	typed := regexp.MustCompile(`"type":"([^"]+)"`)
	for _, want := range []string{"share.created", "share.opened", "share.used_up"} {
		select {
		case body := <-bodies:
			if got := typed.FindStringSubmatch(body); got == nil || got[1] != want {
				t.Errorf("told %s, want %s", body, want)
			}
			if strings.Contains(body, "#") || strings.Contains(body, "/s") {
				t.Errorf("told of a link: %s", body)
			}
		case <-time.After(patience):
			t.Fatalf("not told of %s", want)
		}
	}
}

func webhookPages(w *pageWalk) []pageState {
	return []pageState{
		{name: "webhooks-none", goTo: at("/admin/webhooks")},
		{name: "webhooks-refused", goTo: func(p *page) {
			p.fill(`[name=url]`, "https://10.0.0.1/hooks")
			p.click(`[data-testid=add]`)
			p.await(`[data-testid=problem-url]`)
		}},
		{name: "webhook-secret", goTo: func(p *page) {
			p.fill(`[name=url]`, "https://127.0.0.1:9/services/hooks/of/the/shop?with=a-long-token")
			p.click(`[data-testid=add]`)
			p.await(`input#webhook-secret`)
		}},
		{name: "webhook", goTo: func(p *page) {
			w.client.share(w.client.anItem(), nil)
			p.visit("/admin/webhooks")
			p.visit(eval[string](p, element(`.webhook-url a`)+`.getAttribute("href")`))
			w.client.awaitText(eval[string](p, `location.pathname`), "1 try.")
			p.visit(eval[string](p, `location.pathname`))
			p.await(`[data-testid=delivery] .reason`)
		}},
		{name: "webhook-tested", goTo: func(p *page) {
			p.click(`[data-testid=test]`)
			p.await(`[data-testid=test-refused]`)
		}},
		{name: "webhook-remove", goTo: func(p *page) {
			p.click(`[data-testid=remove-ask] summary`)
			p.await(`[data-testid=remove]`)
		}},
		{name: "webhook-paused", goTo: func(p *page) {
			p.visit("/admin/webhooks")
			p.visit(eval[string](p, element(`.webhook-url a`)+`.getAttribute("href")`))
			p.click(`[data-testid=pause]`)
			p.await(`[data-testid=paused]`)
		}},
		{name: "webhooks", goTo: at("/admin/webhooks")},
	}
}
