package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/client"
)

var now = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

const token = "itemshare_marker-of-the-token"

// script is a server that answers one request after the other by its lines, the
// last one again and again, and notes what was asked.
type script struct {
	*httptest.Server
	t     *testing.T
	mu    sync.Mutex
	steps []step
	asked []asked
	slept []time.Duration
}

// step is one answer. A cut one breaks off before or within its body.
type step struct {
	status int
	body   string
	header map[string]string
	cut    bool
}

type asked struct{ line, key, body, authorization string }

func play(t *testing.T, steps ...step) *script {
	s := &script{t: t, steps: steps}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	now := s.steps[min(len(s.asked), len(s.steps)-1)]
	s.asked = append(s.asked, asked{r.Method + " " + r.URL.RequestURI(), r.Header.Get("Idempotency-Key"), string(body), r.Header.Get("Authorization")})
	s.mu.Unlock()
	for name, value := range now.header {
		w.Header().Set(name, value)
	}
	if now.status >= 400 && strings.HasPrefix(now.body, "{") {
		w.Header().Set("Content-Type", "application/problem+json")
	}
	if !now.cut {
		w.WriteHeader(now.status)
		_, _ = io.WriteString(w, now.body)
		return
	}
	if now.body != "" { // part of an answer, then nothing
		w.Header().Set("Content-Length", fmt.Sprint(len(now.body)+10))
		_, _ = io.WriteString(w, now.body)
		w.(http.Flusher).Flush()
	}
	connection, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = connection.Close()
	}
}

func (s *script) client() *client.Client {
	s.t.Helper()
	c, err := client.New(client.Config{URL: s.URL, Token: token, Sleep: s.sleep, HTTPClient: s.Client(), Clock: func() time.Time { return now }})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *script) sleep(ctx context.Context, d time.Duration) error {
	s.slept = append(s.slept, d)
	return ctx.Err()
}

// seen is what was asked so far.
func (s *script) seen() []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func (s *script) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = nil
}

func (s *script) lines() string {
	var all []string
	for _, a := range s.seen() {
		all = append(all, a.line)
	}
	return strings.Join(all, "\n")
}

func problem(status int, code string, more ...string) step {
	header := map[string]string{}
	doc := map[string]any{"status": status, "code": code, "detail": "In words.", "errors": []any{map[string]string{"code": code, "detail": "In words."}}}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i] == "share" {
			doc["share"] = more[i+1]
		} else {
			header[more[i]] = more[i+1]
		}
	}
	text, _ := json.Marshal(doc)
	return step{status: status, body: string(text), header: header}
}

var (
	cut     = step{cut: true}
	cutBody = step{cut: true, body: `{"id":"s1","link":"htt`}
	created = step{status: 201, body: `{"id":"s2","link":"https://a.example/s#x","expiresAt":"2030-01-02T03:04:05Z"}`}
	gone204 = step{status: 204}
	item    = client.Item{ID: "i1", VaultID: "v1"}
	policy  = client.ItemShareAccountPolicy{VaultID: "v1", ItemID: "i1"}
)

func (s *script) create() (client.CreatedShare, error) {
	return s.client().Items().Shares().Create(s.t.Context(), item, policy, client.ItemShareParams{OneTimeOnly: true})
}

const (
	postShares = "POST /api/v1/vaults/v1/items/i1/shares"
	deleteS1   = "DELETE /api/v1/shares/s1"
)

// TestCreate plays what may happen to the one call whose answer holds a secret.
func TestCreate(t *testing.T) {
	already := problem(409, "already_created", "share", "s1")
	for _, c := range []struct {
		why    string
		steps  []step
		lines  []string
		keys   []int // which key each request had, by its number; -1 none
		id     string
		code   client.Code
		unsure bool
	}{
		{"at once", []step{created}, []string{postShares}, []int{0}, "s2", "", false},
		{"the answer is lost before anything was made", []step{cut, created}, []string{postShares, postShares}, []int{0, 0}, "s2", "", false},
		{
			"the answer is lost after the share was made: it is revoked and another one made",
			[]step{cut, already, gone204, created},
			[]string{postShares, postShares, deleteS1, postShares},
			[]int{0, 0, -1, 1},
			"s2", "", false,
		},
		{
			"the answer breaks off within the link",
			[]step{cutBody, already, gone204, created},
			[]string{postShares, postShares, deleteS1, postShares},
			[]int{0, 0, -1, 1},
			"s2", "", false,
		},
		{
			"a proxy gave up waiting",
			[]step{{status: 504, body: "<html>"}, already, gone204, created},
			[]string{postShares, postShares, deleteS1, postShares},
			[]int{0, 0, -1, 1},
			"s2", "", false,
		},
		{
			"a proxy's page in place of the answer",
			[]step{{status: 200, body: "<html>"}, already, gone204, created},
			[]string{postShares, postShares, deleteS1, postShares},
			[]int{0, 0, -1, 1},
			"s2", "", false,
		},
		{
			"the transport repeated it by itself",
			[]step{already, gone204, created},
			[]string{postShares, deleteS1, postShares},
			[]int{0, -1, 1},
			"s2", "", false,
		},
		{
			"the answer to revoking is lost too",
			[]step{cut, already, cut, gone204, created},
			[]string{postShares, postShares, deleteS1, deleteS1, postShares},
			[]int{0, 0, -1, -1, 1},
			"s2", "", false,
		},
		{
			"a link of 1Password's own cannot be revoked",
			[]step{cut, already, problem(409, "conflict")},
			[]string{postShares, postShares, deleteS1},
			[]int{0, 0, -1},
			"", client.CodeConflict, false,
		},
		{
			"it happens again and again",
			[]step{already, gone204, already, gone204, already},
			[]string{postShares, deleteS1, postShares, deleteS1, postShares},
			[]int{0, -1, 1, -1, 2},
			"", client.CodeAlreadyCreated, false,
		},
		{"busy, then not", []step{problem(503, "unavailable"), created}, []string{postShares, postShares}, []int{0, 0}, "s2", "", false},
		{"too fast, then not", []step{problem(429, "too_many_attempts"), created}, []string{postShares, postShares}, []int{0, 0}, "s2", "", false},
		{"no connection at all", []step{cut}, []string{postShares, postShares, postShares, postShares}, []int{0, 0, 0, 0}, "", "", true},
		{
			"lost once, busy ever after: a share may be there",
			[]step{cut, problem(503, "unavailable")},
			[]string{postShares, postShares, postShares, postShares},
			[]int{0, 0, 0, 0},
			"", client.CodeUnavailable, true,
		},
		{"nobody knows of the link, and asking again would not tell", []step{problem(503, "link_unknown")}, []string{postShares}, []int{0}, "", client.CodeLinkUnknown, true},
		{"an answer without a link", []step{{status: 201, body: `{"id":"s1"}`}}, []string{postShares}, []int{0}, "", "", true},
		{"the policy forbids it", []step{problem(422, "policy_expiry")}, []string{postShares}, []int{0}, "", client.CodePolicyExpiry, false},
		{"an error inside the server", []step{problem(500, "internal")}, []string{postShares}, []int{0}, "", client.CodeInternal, false},
	} {
		t.Run(c.why, func(t *testing.T) {
			s := play(t, c.steps...)
			made, err := s.create()
			var failed *client.Error
			if c.code == client.CodeConflict && (!errors.As(err, &failed) || failed.ShareID != "s1") {
				t.Errorf("the error does not hold the share's id: %v", err)
			}
			if made.ID != c.id || (err == nil) != (c.id != "") || c.code != "" && !errors.Is(err, c.code) || errors.Is(err, client.ErrNotKnown) != c.unsure {
				t.Errorf("%q, %v", made.ID, err)
			}
			if got, want := s.lines(), strings.Join(c.lines, "\n"); got != want {
				t.Fatalf("asked\n%s\nwant\n%s", got, want)
			}
			keys := map[int]string{}
			for i, n := range c.keys {
				key := s.seen()[i].key
				if n < 0 && key != "" || n >= 0 && len(key) < 16 || keys[n] != "" && keys[n] != key {
					t.Errorf("request %d has the key %q", i, key)
				}
				keys[n] = key
			}
			if len(keys) > 1 && keys[0] == keys[1] {
				t.Error("the second share has the first one's key")
			}
		})
	}
}

// TestWhatIsRepeated: reading and revoking are; what has happened, or is forbidden,
// is not.
func TestWhatIsRepeated(t *testing.T) {
	busy := problem(503, "unavailable", "Retry-After", "2")
	for _, c := range []struct {
		why   string
		steps []step
		tries int
		least time.Duration // of the first pause
		code  client.Code
	}{
		{"an answer", []step{{status: 200, body: `{}`}}, 1, 0, ""},
		{"a lost answer", []step{cut, {status: 200, body: `{}`}}, 2, 100 * time.Millisecond, ""},
		{"busy", []step{busy, {status: 200, body: `{}`}}, 2, 2 * time.Second, ""},
		{"busy until a date", []step{problem(503, "unavailable", "Retry-After", now.Add(3*time.Second).Format(http.TimeFormat)), {status: 200, body: `{}`}}, 2, 3 * time.Second, ""},
		{"busy for ever", []step{busy}, 4, 2 * time.Second, client.CodeUnavailable},
		{"for longer than a program should sleep", []step{problem(429, "too_many_attempts", "Retry-After", "31")}, 1, 0, client.CodeTooManyAttempts},
		{"not found", []step{problem(404, "not_found")}, 1, 0, client.CodeNotFound},
		{"a wrong token", []step{problem(401, "unauthenticated")}, 1, 0, client.CodeUnauthenticated},
		{"forbidden", []step{problem(403, "forbidden")}, 1, 0, client.CodeForbidden},
		{"an error inside", []step{problem(500, "internal")}, 1, 0, client.CodeInternal},
	} {
		t.Run(c.why, func(t *testing.T) {
			s := play(t, c.steps...)
			_, err := s.client().Items().Shares().Get(t.Context(), "s1")
			if (err == nil) != (c.code == "") || c.code != "" && !errors.Is(err, c.code) {
				t.Errorf("%v", err)
			}
			if len(s.seen()) != c.tries || len(s.slept) != c.tries-1 {
				t.Errorf("%d tries, slept %v", len(s.seen()), s.slept)
			}
			if len(s.slept) > 0 && (s.slept[0] < c.least || s.slept[0] > c.least+2*time.Second) {
				t.Errorf("slept %v", s.slept)
			}
		})
	}
}

func TestPausesGrow(t *testing.T) {
	s := play(t, cut)
	if _, err := s.client().Items().Get(t.Context(), "v1", "i1"); err == nil {
		t.Fatal("an item without an answer")
	}
	for i, d := range s.slept {
		most := 200 * time.Millisecond << i
		if d < most/2 || d > most {
			t.Errorf("pause %d is %v, want %v to %v", i, d, most/2, most)
		}
	}
}

func TestContexts(t *testing.T) {
	held := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-held }))
	defer server.Close()
	defer close(held)
	c, err := client.New(client.Config{URL: server.URL, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := c.Items().Get(ctx, "v", "i"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("it went on for %v", took)
	}
	cancelled, stop := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, stop)
	if _, err := c.Items().Shares().Create(cancelled, item, policy, client.ItemShareParams{}); !errors.Is(err, client.ErrNotKnown) || !errors.Is(err, context.Canceled) {
		t.Errorf("create: %v", err)
	}
}

// TestTheTokenGoesNowhereElse: no redirect is followed, whatever its status.
func TestTheTokenGoesNowhereElse(t *testing.T) {
	elsewhere := play(t, step{status: 200, body: `{}`})
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := play(t, step{status: status, header: map[string]string{"Location": elsewhere.URL + "/x"}})
		if _, err := s.client().Items().Get(t.Context(), "v", "i"); err == nil || !strings.Contains(err.Error(), "follows nowhere") {
			t.Errorf("%d: %v", status, err)
		}
		if _, err := s.create(); err == nil {
			t.Errorf("%d: a share", status)
		}
		if _, err := client.Open(t.Context(), s.URL+"/s#AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", client.OpenOptions{}); err == nil {
			t.Errorf("%d: a link", status)
		}
		if s.seen()[0].authorization != "Bearer "+token || s.seen()[2].authorization != "" {
			t.Errorf("%d: authorised by %q, the link's call by %q", status, s.seen()[0].authorization, s.seen()[2].authorization)
		}
	}
	if len(elsewhere.seen()) != 0 {
		t.Errorf("elsewhere got %v", elsewhere.seen())
	}
}

// TestSecretsDoNotPrint: neither token nor link stands in any error or way of printing.
func TestSecretsDoNotPrint(t *testing.T) {
	s := play(t, problem(500, "internal"))
	c := s.client()
	link := s.URL + "/s#AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
	_, failed := c.Items().Get(t.Context(), "v", "i")
	_, unopened := client.Open(t.Context(), link, client.OpenOptions{})
	s.Close()
	_, unreached := c.Items().Get(t.Context(), "v", "i")
	_, unopened2 := client.Open(t.Context(), link, client.OpenOptions{Sleep: s.sleep})
	_, unread := client.New(client.Config{URL: "https://u:" + token + "@a.example", Token: token})
	_, cutToken := client.New(client.Config{URL: s.URL, Token: token + "\n"})
	opened := &client.Opened{SharedItem: client.SharedItem{Title: token}}
	values := []any{
		client.Config{URL: s.URL, Token: token},
		c, *c, c.Items(), c.Items().Shares(), failed, unreached, unopened, unopened2, unread, cutToken,
		client.CreatedShare{ID: "s1", Link: link},
		&client.CreatedShare{ID: "s1", Link: link}, opened, *opened,
	}
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			text := fmt.Sprintf(verb, value)
			for _, secret := range []string{token, fmt.Sprintf("%x", token), "AAECAwQFBgcICQ", "0 1 2 3 4 5 6 7"} {
				if strings.Contains(text, secret) {
					t.Errorf("%T by %s: %s", value, verb, text)
				}
			}
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		url string
		ok  bool
	}{
		{"https://share.example.com", true},
		{"https://share.example.com/", true},
		{"https://share.example.com/share", true},
		{"http://localhost:8080", true},
		{"http://127.0.0.1:8080", true},
		{"http://[::1]:8080", true},
		{"http://share.example.com", false},
		{"http://localhost.example.com", false},
		{"http://10.0.0.1", false},
		{"share.example.com", false},
		{"https://", false},
		{"https://user:password@share.example.com", false},
		{"https://share.example.com?x=y", false},
		{"https://share.example.com#x", false},
		{"file:///etc/passwd", false},
		{"", false},
	} {
		if _, err := client.New(client.Config{URL: c.url, Token: token}); (err == nil) != c.ok {
			t.Errorf("%q: %v", c.url, err)
		}
	}
	for _, text := range []string{"", "two words", "a\nb", "é"} {
		if _, err := client.New(client.Config{URL: "https://a.example", Token: text}); err == nil {
			t.Errorf("the token %q is taken", text)
		}
	}
}

// TestIdsAreOneStepOfAPath: no id leads to another call.
func TestIdsAreOneStepOfAPath(t *testing.T) {
	for id, want := range map[string]string{
		"": "/api/v1/shares/_", "..": "/api/v1/shares/_", ".": "/api/v1/shares/_", "a/b": "/api/v1/shares/a%2Fb", "a?b#c": "/api/v1/shares/a%3Fb%23c",
	} {
		s := play(t, gone204)
		if err := s.client().Items().Shares().Revoke(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if s.seen()[0].line != "DELETE "+want {
			t.Errorf("%q: %s", id, s.seen()[0].line)
		}
	}
}

func TestPages(t *testing.T) {
	steps := []step{
		{status: 200, body: `{"items":[{"id":"1"},{"id":"2"}],"next":"c1"}`},
		{status: 200, body: `{"items":[{"id":"3"}],"next":"c2"}`},
		{status: 200, body: `{"items":[]}`},
	}
	s := play(t, steps...)
	list := s.client().Items().List(t.Context(), "v1", client.ItemListOptions{Query: "a b", PageSize: 2})
	all, err := client.All(list)
	want := "GET /api/v1/vaults/v1/items?limit=2&q=a+b\n" +
		"GET /api/v1/vaults/v1/items?after=c1&limit=2&q=a+b\n" +
		"GET /api/v1/vaults/v1/items?after=c2&limit=2&q=a+b"
	if err != nil || len(all) != 3 || all[2].ID != "3" || s.lines() != want {
		t.Errorf("%v, %v\n%s", all, err, s.lines())
	}
	s.forget()
	if again, err := client.All(list); err != nil || len(again) != 3 {
		t.Errorf("the same list again: %v, %v", again, err)
	}

	early := play(t, steps...)
	for one, err := range early.client().Vaults().List(t.Context()) {
		if err != nil || one.ID != "1" {
			t.Fatal(one, err)
		}
		break
	}
	if len(early.seen()) != 1 {
		t.Errorf("pages that nobody took were asked for:\n%s", early.lines())
	}

	broken := play(t, steps[0], problem(404, "not_found"))
	if some, err := client.All(broken.client().Items().Shares().List(t.Context())); len(some) != 2 || !errors.Is(err, client.CodeNotFound) {
		t.Errorf("a list that breaks off: %v, %v", some, err)
	}
	circle, ended := play(t, steps[0]), error(nil)
	for _, err := range circle.client().Vaults().List(t.Context()) {
		if ended = err; len(circle.seen()) > 3 {
			break
		}
	}
	if ended == nil || len(circle.seen()) > 3 {
		t.Errorf("a circle: %v after %d pages", ended, len(circle.seen()))
	}
}

// TestErrors: what a program can tell apart.
func TestErrors(t *testing.T) {
	s := play(t, step{status: 422, header: map[string]string{"X-Request-Id": "r1", "Retry-After": "7"}, body: `{"status":422,"code":"policy_expiry","detail":"One.","errors":[{"code":"policy_expiry","field":"expireAfter","detail":"One."},{"code":"policy_domain","field":"recipients","detail":"Two."}]}`})
	_, err := s.create()
	var e *client.Error
	if !errors.As(err, &e) || e.Status != 422 || len(e.Problems) != 2 || e.Problems[1].Field != "recipients" || e.RequestID != "r1" || e.RetryAfter != 7*time.Second {
		t.Fatalf("%#v", e)
	}
	if !errors.Is(err, client.CodePolicyExpiry) || !errors.Is(err, client.CodePolicyDomain) || errors.Is(err, client.CodePolicyAccess) || errors.Is(err, client.ErrNotKnown) {
		t.Error("the codes are not told apart")
	}
	if text := err.Error(); !strings.Contains(text, "One. Two.") {
		t.Errorf("%s", text)
	}
	for why, answer := range map[string]step{
		"a page":                       {status: 404, body: "<h1>nginx</h1>"},
		"JSON of something else":       {status: 404, body: `["x"]`, header: map[string]string{"Content-Type": "application/json"}},
		"a problem that is not one":    {status: 404, body: `{`},
		"a problem without what it is": {status: 404, body: `{}`},
	} {
		_, err := play(t, answer).client().Items().Get(t.Context(), "v", "i")
		if !errors.As(err, &e) || e.Status != 404 || e.Code != "" || strings.Contains(err.Error(), "nginx") {
			t.Errorf("%s: %v", why, err)
		}
	}
}

func TestPoliciesBelongToTheirItem(t *testing.T) {
	s := play(t, step{status: 200, body: `{"maxExpiry":"OneDay","maxViews":0}`})
	c := s.client().Items().Shares()
	got, err := c.GetAccountPolicy(t.Context(), "v1", "i1")
	if err != nil || got.VaultID != "v1" || got.ItemID != "i1" || got.MaxViews != nil {
		t.Errorf("%+v, %v", got, err)
	}
	text, _ := json.Marshal(got)
	var again client.ItemShareAccountPolicy
	if json.Unmarshal(text, &again) != nil || again.ItemID != "i1" {
		t.Errorf("a policy kept for later forgets its item: %s", text)
	}
	if _, err := c.ValidateRecipients(t.Context(), client.ItemShareAccountPolicy{}, nil); err == nil {
		t.Error("recipients under nobody's policy")
	}
	if _, err := c.Create(t.Context(), client.Item{ID: "i2", VaultID: "v1"}, got, client.ItemShareParams{}); err == nil {
		t.Error("an item under another one's policy")
	}
	if len(s.seen()) != 1 {
		t.Errorf("asked\n%s", s.lines())
	}
}

func TestRecipientsKeepTheirForm(t *testing.T) {
	const form = `[{"type":"Email","parameters":{"email":"a@b.example"}},{"type":"Domain","parameters":{"domain":"b.example"}}]`
	var all []client.ValidRecipient
	if err := json.Unmarshal([]byte(form), &all); err != nil {
		t.Fatal(err)
	}
	if all[0].Email().Email != "a@b.example" || all[0].Domain() != nil || all[1].Domain().Domain != "b.example" || all[1].Email() != nil {
		t.Errorf("%v", all)
	}
	if text, err := json.Marshal(all); err != nil || string(text) != form {
		t.Errorf("%s, %v", text, err)
	}
	made, err := json.Marshal([]client.ValidRecipient{
		client.NewValidRecipientTypeVariantEmail(&client.ValidRecipientEmailInner{Email: "a@b.example"}),
		client.NewValidRecipientTypeVariantDomain(&client.ValidRecipientDomainInner{Domain: "b.example"}),
	})
	if err != nil || string(made) != form {
		t.Errorf("%s, %v", made, err)
	}
	if err := json.Unmarshal([]byte(`[{"type":"Group","parameters":{"group":"x"}}]`), &all); err != nil || all[0].Type != "Group" {
		t.Errorf("a kind of later: %v, %v", all, err)
	}
}
