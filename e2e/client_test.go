package e2e

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// wire is the HTTP client of callers without a session.
var wire = &http.Client{
	Transport:     &http.Transport{MaxIdleConnsPerHost: 256},
	Timeout:       30 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// client is a browser without scripts: cookies and forms.
type client struct {
	t    *testing.T
	base string
	http *http.Client
}

// reply is a response of the server; status 0 means that none arrived.
type reply struct {
	status int
	header http.Header
	body   string
}

// newClient returns a browser without scripts and without a session.
func newClient(t *testing.T, s *server) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := *wire
	c.Jar = jar
	return &client{t: t, base: s.url, http: &c}
}

// signedIn returns a client with a session.
func signedIn(t *testing.T, s *server, email string) *client {
	t.Helper()
	c := newClient(t, s)
	c.startSession(email)
	return c
}

// startSession signs in and returns the answer, which sets the cookies.
func (c *client) startSession(email string) reply {
	c.t.Helper()
	r := c.post("/signin", url.Values{"email": {email}, "password": {password}})
	if r.status != http.StatusSeeOther {
		c.t.Fatalf("sign in as %s: %d", email, r.status)
	}
	return r
}

func (c *client) get(path string) reply { return c.send(http.MethodGet, path, nil) }

func (c *client) post(
	path string,
	form url.Values,
) reply {
	return c.send(http.MethodPost, path, form)
}

func (c *client) send(method, path string, form url.Values) reply {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	if !strings.HasPrefix(path, "http") {
		path = c.base + path
	}
	req, err := http.NewRequest(method, path, body)
	if err != nil {
		return reply{}
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}
	}
	return reply{resp.StatusCode, resp.Header, string(text)}
}

var (
	itemPath  = regexp.MustCompile(`/vaults/[^"'/?#]+/items/[^"'/?#]+`)
	sharePath = regexp.MustCompile(`/shares/[A-Za-z0-9_-]+`)
	linkInput = regexp.MustCompile(`<input[^>]*id="share-link"[^>]*>`)
	valueAttr = regexp.MustCompile(`\bvalue="([^"]*)"`)
	errorAttr = regexp.MustCompile(`data-error="([^"]+)"`)
)

// isNewItem reports whether a path is that of the form of a new item.
func isNewItem(path string) bool { return strings.HasSuffix(path, "/new") }

// items returns the paths of the items that a search finds, in the page's order.
func (c *client) items(q string) []string {
	c.t.Helper()
	r := c.get("/items?q=" + url.QueryEscape(q))
	if r.status != http.StatusOK {
		c.t.Fatalf("items: %d", r.status)
	}
	return slices.DeleteFunc(distinct(itemPath.FindAllString(r.body, -1)), isNewItem)
}

// anItem returns the first item of the list.
func (c *client) anItem() string {
	c.t.Helper()
	items := c.items("")
	if len(items) == 0 {
		c.t.Fatal("the demo shows no item")
	}
	return items[0]
}

// shares returns the paths of the shares on the first page of the history, newest first.
func (c *client) shares(query string) []string {
	c.t.Helper()
	r := c.get("/shares?" + query)
	if r.status != http.StatusOK {
		c.t.Fatalf("history: %d", r.status)
	}
	return distinct(sharePath.FindAllString(r.body, -1))
}

// tryShare posts the share form.
func (c *client) tryShare(item string, form url.Values) (string, reply) {
	sent := url.Values{"access": {"anyone"}, "expire_after": {"OneDay"}}
	for k, v := range form {
		sent[k] = v
	}
	r := c.post(item+"/share", sent)
	if v := valueAttr.FindStringSubmatch(linkInput.FindString(r.body)); v != nil {
		return html.UnescapeString(v[1]), r
	}
	return "", r
}

// share creates a share or fails the test.
func (c *client) share(item string, form url.Values) link {
	c.t.Helper()
	text, r := c.tryShare(item, form)
	if r.status != http.StatusCreated {
		c.t.Fatalf("share %s: %d %v", item, r.status, r.errors())
	}
	return parseLink(c.t, text)
}

func (r reply) errors() []string {
	var codes []string
	for _, m := range errorAttr.FindAllStringSubmatch(r.body, -1) {
		codes = append(codes, m[1])
	}
	return codes
}

func distinct(all []string) []string {
	var out []string
	for _, s := range all {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

var hrefAttr = regexp.MustCompile(`(?:href|src|action|hx-get|hx-post)="([^"]*)"`)

// hrefs returns every address in a page.
func hrefs(page string) []string {
	var all []string
	for _, m := range hrefAttr.FindAllStringSubmatch(page, -1) {
		all = append(all, html.UnescapeString(m[1]))
	}
	return distinct(all)
}
