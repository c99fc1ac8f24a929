package handlers

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"itemshare/mail"
)

func TestOutbox(t *testing.T) {
	a := newApp(t)
	a.must(a.outbox.Send(t.Context(), mailTo("ann@client.example")))
	r := a.browser().get("/demo/outbox", "Accept", "application/json")
	var mails []map[string]string
	if err := json.Unmarshal([]byte(r.body), &mails); err != nil || len(mails) != 1 ||
		mails[0]["to"] != "ann@client.example" {
		t.Fatalf("outbox: %v %v", err, r)
	}
	for _, name := range []string{"subject", "text", "at"} {
		if mails[0][name] == "" {
			t.Errorf("no %s", name)
		}
	}
	if r := a.browser().get("/demo/outbox"); r.status != http.StatusOK ||
		!strings.Contains(r.body, "ann@client.example") {
		t.Errorf("outbox page: %v", r)
	}
	if r := newApp(t, appOptions{noDemo: true}).browser().get("/demo/outbox"); r.status != http.StatusNotFound {
		t.Errorf("an outbox without a demo: %d", r.status)
	}
}

func TestPolicyOfTheRecipientPage(t *testing.T) {
	a := newApp(t)
	want := a.browser().get("/s")
	policy := want.header.Get(policyHeader)
	for _, part := range []string{"require-trusted-types-for 'script'", "trusted-types " +
		"'none'", "form-action 'none'", "script-src 'self'", "connect-src 'self'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("no %s in %s", part, policy)
		}
	}
	if strings.Contains(want.body, "htmx") {
		t.Error("htmx would send the fragment in a header")
	}
	if len(want.header.Values("Set-Cookie")) > 0 {
		t.Error("the recipient's page sets a cookie")
	}
	for _, path := range []string{
		"/s%23secret", "/s/%23secret", "/s%23secret%2Fmore", "/s?utm=x", "/s/", "/s/?utm=x",
		"/s%2523secret", "/s/%2523secret", "/s%252523secret", "/s%23%0Asecret", "/s%E2%80%8B",
	} {
		for _, b := range []*browser{a.browser(), a.signIn(memberEmail)} {
			if r := b.get(path); r.status != http.StatusOK || r.body != want.body ||
				r.header.Get(policyHeader) != policy {
				t.Errorf("%s: %d", path, r.status)
			}
		}
	}
	for _, path := range []string{"/s/x", "/sx%23", "/s%2525x", "/x/s%23", "/s//", "/s%20x"} {
		if r := a.browser().get(path); r.status != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, r.status)
		}
	}
	if r := a.browser().post("/s%23secret", nil); r.status == http.StatusOK {
		t.Error("the page answers a POST")
	}
}

func TestAssets(t *testing.T) {
	a := newApp(t)
	b := a.browser()
	page := b.get("/signin").body
	paths := regexp.MustCompile(`/static/[a-z0-9.-]+`).FindAllString(page, -1)
	if len(paths) != 3 { // one style sheet, one script and the icon
		t.Fatalf("assets: %v", paths)
	}
	for _, path := range paths {
		plain, packed, part := b.get(path), b.get(
			path, "Accept-Encoding", "gzip",
		), b.get(path, "Accept-Encoding", "gzip", "Range", "bytes=2-5")
		wantBrotli(t, b, path, plain.body)
		if plain.status != http.StatusOK || packed.header.Get("Content-Encoding") != "gzip" ||
			unzipped(t, packed) != plain.body {
			t.Errorf("%s: %d, packed %q", path, plain.status, packed.header.Get("Content-Encoding"))
		}
		if part.status != http.StatusPartialContent || part.header.Get("Content-Encoding") != "" ||
			part.body != plain.body[2:6] {
			t.Errorf("%s: a part is %d %q", path, part.status, part.body)
		}
	}
	for _, path := range []string{
		"/static/app.css", "/static/", "/static/..%2fstatic.go", "/static/app.js",
	} {
		if r := b.get(path); r.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.status)
		}
	}
}

// wantBrotli asserts that a path is sent in brotli, the smaller encoding, to a browser that
// accepts both.
func wantBrotli(t *testing.T, b *browser, path, want string) {
	t.Helper()
	r := b.get(path, "Accept-Encoding", "gzip, deflate, br")
	if got := r.header.Get("Content-Encoding"); got != "br" ||
		r.header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("%s: Content-Encoding %q, Vary %q", path, got, r.header.Get("Vary"))
	}
	if unbrotlied(t, r) != want {
		t.Errorf("%s: the brotli form differs from the plain one", path)
	}
}

func TestRecipientPageInBrotli(t *testing.T) {
	b := newApp(t).browser()
	wantBrotli(t, b, "/s", b.get("/s").body)
}

func unzipped(t *testing.T, r reply) string {
	t.Helper()
	reader, err := gzip.NewReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPagesAreCompressed asserts that a page is the same in each encoding, again and again.
func TestPagesAreCompressed(t *testing.T) {
	b := newApp(t).signIn(memberEmail)
	plain := b.get("/items").body
	for range 3 {
		for accepted, want := range map[string]string{"gzip, deflate, br, zstd": "br", "gzip;q=1": "gzip"} {
			r := b.get("/items", "Accept-Encoding", accepted)
			if got := r.header.Get("Content-Encoding"); got != want || len(r.body) > len(plain)/3 {
				t.Errorf("%s: %q, %d bytes of %d", accepted, got, len(r.body), len(plain))
			}
			text := ""
			if want == "br" {
				text = unbrotlied(t, r)
			} else {
				text = unzipped(t, r)
			}
			if len(text) != len(plain) || !strings.Contains(text, "Mail server") {
				t.Errorf("%s: %s", accepted, text)
			}
		}
	}
}

func unbrotlied(t *testing.T, r reply) string {
	t.Helper()
	text, err := io.ReadAll(brotli.NewReader(strings.NewReader(r.body)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPagesWithSecretsAreNotCompressed asserts that neither a link nor a revealed value is sent
// compressed.
func TestPagesWithSecretsAreNotCompressed(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	if r := b.get("/items", "Accept-Encoding", "gzip"); r.header.Get(
		"Content-Encoding",
	) != "gzip" ||
		!strings.Contains(unzipped(t, r), "Mail server") {
		t.Error("a list is sent as it is")
	}
	for path, form := range map[string]url.Values{
		"/share": {"access": {"anyone"}}, "/reveal": {"field": {"password"}},
	} {
		if r := b.post(itemPath(a.item)+path, form, "Accept-Encoding", "gzip, br"); r.header.Get(
			"Content-Encoding",
		) != "" ||
			r.status >= 300 {
			t.Errorf("%s: %d, %q", path, r.status, r.header.Get("Content-Encoding"))
		}
	}
}

func TestReadiness(t *testing.T) {
	a := newApp(t)
	b := a.browser()
	a.must(a.db.Close())
	if r := b.get("/healthz"); r.status != http.StatusOK {
		t.Errorf("healthz without a database: %d", r.status)
	}
	if r := b.get("/readyz"); r.status != http.StatusServiceUnavailable ||
		r.header.Get("Retry-After") == "" {
		t.Errorf("readyz without a database: %d", r.status)
	}
}

func mailTo(address string) mail.Message {
	return mail.Message{To: address, Subject: "A subject", Text: "A text"}
}
