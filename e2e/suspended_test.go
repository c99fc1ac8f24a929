package e2e

import (
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const zoe = "zoe@company.example"

// TestSuspendedEverywhere suspends an admin who holds ten sessions and two tokens at two processes, in
// the middle of a download, an upload and a share: the next request is rejected everywhere, and no link
// and no file comes of what was half sent.
func TestSuspendedEverywhere(t *testing.T) {
	for engine, start := range map[string]func(*testing.T) *processGroup{
		"SQLite": func(t *testing.T) *processGroup {
			return startProcessesOver(t, "sqlite:"+filepath.Join(t.TempDir(), "shared.db"), 2, noEnv)
		},
		"PostgreSQL": func(t *testing.T) *processGroup { return startProcessGroup(t, 2, noEnv) },
	} {
		t.Run(engine, func(t *testing.T) { suspendedEverywhere(t, start(t)) })
	}
}

func suspendedEverywhere(t *testing.T, c *processGroup) {
	admins := c.signIn(c.clients[0])
	out, code := c.servers[1].command(password+"\n", "user", "add", "--email", zoe, "--name", "Zoe",
		"--role", "admin", "--password-stdin")
	if code != 0 {
		t.Fatalf("user add: %s", out)
	}
	c.servers[0].importWithFile("Large file", "large file.bin", largeFile())
	sessions := make([]*client, 10)
	for i := range sessions {
		sessions[i] = c.signInAs(c.clients[i%2], zoe)
	}
	item := sessions[0].items("Large")[0]
	vault := vaultOption.FindStringSubmatch(sessions[0].get("/admin/service-accounts").body)
	if vault == nil {
		t.Fatal("the page offers no vault")
	}
	tokens := []string{
		sessions[0].addServiceAccount(vault[1]), sessions[1].addServiceAccount(vault[1]),
	}
	file := fileLink.FindString(sessions[2].get(item).body)
	download, err := sessions[2].http.Get(c.url + file)
	if err != nil || download.StatusCode != http.StatusOK {
		t.Fatalf("download: %v", err)
	}
	defer download.Body.Close()
	upload := sessions[3].halfSent(item+"/files", nil)
	share := sessions[4].halfSent("/share", url.Values{"access": {"anyone"}, "title": {"Half sent"}})
	c.wantTheirs(t, "before", sessions, tokens, http.StatusOK, http.StatusOK)

	person := zoesPage.FindString(admins.get("/admin/users?q=zoe").body)
	if r := admins.post(person+"/suspend", nil); r.status != http.StatusSeeOther {
		t.Fatalf("suspend: %d", r.status)
	}
	c.wantTheirs(t, "suspended", sessions, tokens, http.StatusSeeOther, http.StatusUnauthorized)
	if r := share(); r.status < 400 {
		t.Errorf("the share: %d", r.status)
	}
	if r := admins.get("/shares"); strings.Contains(r.body, "Half sent") {
		t.Error("the share that was half sent is in the history")
	}
	if r := upload(); r.status != http.StatusForbidden {
		t.Errorf("the upload: %d", r.status)
	}
	if r := admins.get(item); r.status != http.StatusOK || strings.Contains(r.body, "half.bin") {
		t.Errorf("the item has the file that was half sent: %d", r.status)
	}
	// What began before may end, but nothing follows.
	_, _ = io.Copy(io.Discard, download.Body)
	c.wantTheirs(t, "afterwards", sessions, tokens, http.StatusSeeOther, http.StatusUnauthorized)
}

var zoesPage = regexp.MustCompile(`/admin/users/[a-z0-9]{26}`)

// signInAs is signIn as somebody else than the admin.
func (c *processGroup) signInAs(process *http.Client, email string) *client {
	c.t.Helper()
	own := *process
	own.Jar, _ = cookiejar.New(nil)
	b := &client{t: c.t, base: c.url, http: &own}
	r := b.post("/signin", url.Values{"email": {email}, "password": {password}})
	if r.status != http.StatusSeeOther {
		c.t.Fatalf("sign in as %s: %d", email, r.status)
	}
	return b
}

// wantTheirs asserts the statuses of a page and of a call at every process, with each session and token.
func (c *processGroup) wantTheirs(
	t *testing.T, when string, sessions []*client, tokens []string, page, call int,
) {
	t.Helper()
	for i, process := range c.clients {
		for n, b := range sessions {
			if r := b.through(process).get("/items"); r.status != page {
				t.Errorf("%s, session %d at process %d: %d, want %d", when, n, i, r.status, page)
			}
		}
		for n, token := range tokens {
			req, err := http.NewRequest(http.MethodGet, c.url+"/api/v1/vaults", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+token)
			answer, err := process.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != call {
				t.Errorf("%s, token %d at process %d: %d, want %d", when, n, i, answer.StatusCode, call)
			}
		}
	}
}

// halfSent posts the first half of a form with a file, and returns a function that sends the rest and
// returns the answer.
func (c *client) halfSent(path string, values url.Values) (finish func() reply) {
	c.t.Helper()
	from, to := io.Pipe()
	form := multipart.NewWriter(to)
	answered := make(chan reply, 1)
	go func() {
		req, err := http.NewRequest(http.MethodPost, c.base+path, from)
		if err != nil {
			answered <- reply{}
			return
		}
		req.Header.Set("Content-Type", form.FormDataContentType())
		resp, err := c.http.Do(req)
		if err != nil {
			c.t.Errorf("%s: %v", path, err)
			answered <- reply{}
			return
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		_ = from.Close() // an answer before the end
		answered <- reply{resp.StatusCode, resp.Header, string(text)}
	}()
	for name, all := range values {
		for _, value := range all {
			_ = form.WriteField(name, value)
		}
	}
	part, err := form.CreateFormFile("file", "half.bin")
	if err != nil {
		c.t.Fatal(err)
	}
	const half = 256 << 10
	_, _ = io.Copy(part, noise(half))
	return func() reply {
		_, _ = io.Copy(part, noise(half))
		_ = form.Close()
		_ = to.Close()
		return <-answered
	}
}
