package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// apiClient calls the API with a token.
type apiClient struct {
	t           *testing.T
	base, token string
}

// call makes one call and decodes the response into a value, unless that is nil.
func (p apiClient) call(method, path, body string, into any, header ...string) int {
	p.t.Helper()
	req, err := http.NewRequest(method, p.base+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := wire.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	return resp.StatusCode
}

// addToken adds a service account's token: its text and its decoded bytes.
func (m secrets) addToken(t *testing.T, name, token string) {
	t.Helper()
	inner, ok := strings.CutPrefix(token, "itemshare_")
	raw, err := base64.RawURLEncoding.DecodeString(inner)
	if !ok || err != nil || len(raw) != 32 {
		t.Fatalf("%s is of no known form", name)
	}
	m[name] = []byte(inner)
	m[name+"'s bytes"] = raw
}

var serviceToken = regexp.MustCompile(`id="service-token"[^>]* value="([^"]+)"`)

// addServiceAccount adds a service account on the admin's page and returns its token.
func (c *client) addServiceAccount(vaultID string, more ...string) string {
	c.t.Helper()
	form := url.Values{"name": {"By hand"}, "vaults": {vaultID}, "lifetime": {"30"}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	r := c.post("/admin/service-accounts", form)
	found := serviceToken.FindStringSubmatch(r.body)
	if r.status != http.StatusCreated || found == nil {
		c.t.Fatalf("add a service account: %d %v", r.status, r.errors())
	}
	return found[1]
}

// useAPI reads the marked item and shares it through the API, and returns one of the links.
func (m secrets) useAPI(s *server, c *client, item string) link {
	s.t.Helper()
	vaultID := strings.Split(item, "/")[2]
	m.addToken(s.t, "page's token", c.addServiceAccount(vaultID))
	own := s.serviceAccount("--vault", vaultID, "--share-items")
	m.addToken(s.t, "command's token", own)
	p := apiClient{s.t, s.url, own}

	var whole struct{ Fields []struct{ Value string } }
	if status := p.call(http.MethodGet, item, "", &whole); status != http.StatusOK ||
		len(whole.Fields) == 0 {
		s.t.Fatalf("read the item: %d, %d fields", status, len(whole.Fields))
	}
	key, recipient := m.newMarker("idempotency key"), m.newMarker("API recipient")+"@client.example"
	var named, public struct{ Link string }
	p.call(
		http.MethodPost,
		item+"/shares",
		`{"recipients":["`+recipient+`"],"totp":true}`,
		&named,
		"Idempotency-Key",
		key,
	)
	p.call(http.MethodPost, item+"/shares", `{"files":true}`, &public)
	m.addLink("the API's named link", parseLink(s.t, named.Link))
	m.addLink("the API's public link", parseLink(s.t, public.Link))
	m.makeMistakes(p, item)
	return parseLink(s.t, public.Link)
}

// makeMistakes sends secrets where careless clients put them and careless servers log them.
func (m secrets) makeMistakes(p apiClient, item string) {
	p.t.Helper()
	for path, body := range map[string]string{
		"/vaults?access_token=" + p.token: "",
		"/" + m.newMarker("unknown call"): "",
		item + "/recipients":              `{"recipients":["` + m.newMarker("refused recipient") + `"]}`,
		item + "/shares": `{"` + m.newMarker("unknown member") + `":"` +
			m.newMarker("unknown value") + `"}`,
		item + "/shares?" + m.newMarker("query of a program"): `{"expireAfter":"` +
			m.newMarker("unknown duration") + `"}`,
	} {
		method := http.MethodPost
		if body == "" {
			method = http.MethodGet
		}
		p.call(
			method,
			path,
			body,
			nil,
			"Idempotency-Key",
			m.newMarker("key of "+path),
			"User-Agent",
			m.newMarker("agent of "+path),
		)
	}
	p.call(http.MethodGet, strings.SplitAfter(item, "items")[0]+"?q="+m.newMarker("API query"), "", nil)
	p.call(http.MethodGet, "/shares?q="+m.newMarker("history query"), "", nil)
	wrong := p
	wrong.token = "itemshare_" + m.newMarker("wrong token")
	wrong.call(http.MethodGet, "/vaults", "", nil)
}

// TestNothingOfAnAccountIsOnDisk asserts that nothing readable of a 1Password account's items is
// stored, and nothing at all of its links.
func TestNothingOfAnAccountIsOnDisk(t *testing.T) {
	s := start(t, onAccount)
	m := secrets{}
	c := signedIn(t, s, admin)
	item := c.items("Accounting portal")[0]
	token := c.addServiceAccount(strings.Split(item, "/")[2], "share_items", "on")
	m.addToken(t, "token", token)
	p := apiClient{t, s.url, token}

	var whole struct {
		Title  string
		Fields []struct{ Title, Value string }
	}
	p.call(http.MethodGet, item, "", &whole)
	m["title"] = []byte(whole.Title)
	for _, f := range whole.Fields {
		if len(f.Value) >= 8 {
			m["value of "+f.Title] = []byte(f.Value)
		}
	}
	if len(m) < 5 {
		t.Fatalf("too little to look for: %d fields", len(whole.Fields))
	}
	recipient := m.newMarker("recipient") + "@client.example"
	for who, body := range map[string]string{"anyone": `{}`, "a recipient": `{"recipients":["` + recipient + `"]}`} {
		var made struct {
			Link   string
			Native bool
		}
		status := p.call(http.MethodPost, item+"/shares", body, &made, "Idempotency-Key", newView())
		if status != http.StatusCreated ||
			!made.Native {
			t.Fatalf("a link for %s: %d", who, status)
		}
		m.addNative(t, "link for "+who, made.Link)
	}
	form, _ := c.tryShare(item, url.Values{"expire_after": {"OneHour"}})
	m.addNative(t, "link of the form", form)
	m.searchDisk(t, s, "after sharing")

	s.behave("-lost")
	if status := p.call(http.MethodPost, item+"/shares", `{}`, nil); status != http.StatusServiceUnavailable {
		t.Errorf("a lost answer: %d", status)
	}
	s.backUp()
	m.searchDisk(t, s, "in the backup")
	s.stop(syscall.SIGTERM)
	m.searchDisk(t, s, "after the end")
}

// addNative adds a link of the vault's own account: its fragment and the decoded bytes.
func (m secrets) addNative(t *testing.T, name, link string) {
	t.Helper()
	_, secret, ok := strings.Cut(link, "https://share.1password.com/s#")
	raw, err := base64.RawURLEncoding.DecodeString(secret)
	if !ok || err != nil || bytes.Equal(raw, make([]byte, len(raw))) {
		t.Fatalf("the %s is none of 1Password's", name)
	}
	m[name], m[name+" as bytes"] = []byte(secret), raw
}
