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

// scriptedServer is a server that answers each request with the next step, repeats the last one,
// and records the requests.
type scriptedServer struct {
	*httptest.Server
	t        *testing.T
	mu       sync.Mutex
	steps    []step
	received []request
	slept    []time.Duration
}

// step is an answer. One that is cut breaks off before or within its body.
type step struct {
	status int
	body   string
	header map[string]string
	cut    bool
}

type request struct{ line, key, body, authorization string }

func newServer(t *testing.T, steps ...step) *scriptedServer {
	s := &scriptedServer{t: t, steps: steps}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *scriptedServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	answer := s.steps[min(len(s.received), len(s.steps)-1)]
	s.received = append(
		s.received,
		request{
			r.Method + " " + r.URL.RequestURI(),
			r.Header.Get("Idempotency-Key"),
			string(body),
			r.Header.Get("Authorization"),
		},
	)
	s.mu.Unlock()
	for name, value := range answer.header {
		w.Header().Set(name, value)
	}
	if answer.status >= 400 && strings.HasPrefix(answer.body, "{") {
		w.Header().Set("Content-Type", "application/problem+json")
	}
	if !answer.cut {
		w.WriteHeader(answer.status)
		_, _ = io.WriteString(w, answer.body)
		return
	}
	if answer.body != "" { // part of an answer, then nothing
		w.Header().Set("Content-Length", fmt.Sprint(len(answer.body)+10))
		_, _ = io.WriteString(w, answer.body)
		w.(http.Flusher).Flush()
	}
	connection, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = connection.Close()
	}
}

func (s *scriptedServer) client() *client.Client {
	s.t.Helper()
	c, err := client.New(
		client.Config{
			URL:        s.URL,
			Token:      token,
			Sleep:      s.sleep,
			HTTPClient: s.Client(),
			Clock:      func() time.Time { return now },
		},
	)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *scriptedServer) sleep(ctx context.Context, d time.Duration) error {
	s.slept = append(s.slept, d)
	return ctx.Err()
}

// requests returns the requests so far.
func (s *scriptedServer) requests() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received)
}

func (s *scriptedServer) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received = nil
}

func (s *scriptedServer) lines() string {
	var all []string
	for _, a := range s.requests() {
		all = append(all, a.line)
	}
	return strings.Join(all, "\n")
}

func problem(status int, code string, more ...string) step {
	header := map[string]string{}
	doc := map[string]any{
		"status": status,
		"code":   code,
		"detail": "In words.",
		"errors": []any{map[string]string{"code": code, "detail": "In words."}},
	}
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
	created = step{
		status: 201,
		body:   `{"id":"s2","link":"https://a.example/s#x","expiresAt":"2030-01-02T03:04:05Z"}`,
	}
	noContent = step{status: 204}
	item      = client.Item{ID: "i1", VaultID: "v1"}
	policy    = client.ItemShareAccountPolicy{VaultID: "v1", ItemID: "i1"}
)

func (s *scriptedServer) create() (client.CreatedShare, error) {
	return s.client().
		Items().
		Shares().
		Create(s.t.Context(), item, policy, client.ItemShareParams{OneTimeOnly: true})
}

const (
	postShares = "POST /api/v1/vaults/v1/items/i1/shares"
	deleteS1   = "DELETE /api/v1/shares/s1"
)

// TestCreate: what may happen to the call whose answer contains a secret.
func TestCreate(t *testing.T) {
	already := problem(409, "already_created", "share", "s1")
	for _, c := range []struct {
		why       string
		steps     []step
		lines     []string
		keys      []int // the number of the key of each request; -1 is none
		id        string
		code      client.Code
		isUnknown bool
	}{
		{"at once", []step{created}, []string{postShares}, []int{0}, "s2", "", false},
		{
			"the answer is lost before a share was created",
			[]step{cut, created},
			[]string{postShares, postShares},
			[]int{0, 0},
			"s2", "", false,
		},
		{
			"the answer is lost after the share was created: it is revoked and another created",
			[]step{cut, already, noContent, created},
			[]string{postShares, postShares, deleteS1, postShares},
			[]int{0, 0, -1, 1},
			"s2", "", false,
		},
		{
			"the answer breaks off within the link",
			[]step{cutBody, already, noContent, created},
			[]string{postShares, postShares, deleteS1, postShares},
			[]int{0, 0, -1, 1},
			"s2", "", false,
		},
		{
			"a proxy gave up waiting",
			[]step{{status: 504, body: "<html>"}, already, noContent, created},
			[]string{postShares, postShares, deleteS1, postShares},
			[]int{0, 0, -1, 1},
			"s2", "", false,
		},
		{
			"a proxy's page in place of the answer",
			[]step{{status: 200, body: "<html>"}, already, noContent, created},
			[]string{postShares, postShares, deleteS1, postShares},
			[]int{0, 0, -1, 1},
			"s2", "", false,
		},
		{
			"the transport repeated it by itself",
			[]step{already, noContent, created},
			[]string{postShares, deleteS1, postShares},
			[]int{0, -1, 1},
			"s2", "", false,
		},
		{
			"the answer to revoking is lost too",
			[]step{cut, already, cut, noContent, created},
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
			[]step{already, noContent, already, noContent, already},
			[]string{postShares, deleteS1, postShares, deleteS1, postShares},
			[]int{0, -1, 1, -1, 2},
			"", client.CodeAlreadyCreated, false,
		},
		{
			"busy, then not",
			[]step{problem(503, "unavailable"), created},
			[]string{postShares, postShares},
			[]int{0, 0},
			"s2", "", false,
		},
		{
			"too fast, then not",
			[]step{problem(429, "too_many_attempts"), created},
			[]string{postShares, postShares},
			[]int{0, 0},
			"s2", "", false,
		},
		{
			"no connection at all",
			[]step{cut},
			[]string{postShares, postShares, postShares, postShares},
			[]int{0, 0, 0, 0},
			"", "", true,
		},
		{
			"lost once, then busy: there may be a share",
			[]step{cut, problem(503, "unavailable")},
			[]string{postShares, postShares, postShares, postShares},
			[]int{0, 0, 0, 0},
			"", client.CodeUnavailable, true,
		},
		{
			"1Password may have created a link",
			[]step{problem(503, "link_unknown")},
			[]string{postShares},
			[]int{0},
			"", client.CodeLinkUnknown, true,
		},
		{
			"it isn't known, then not created",
			[]step{problem(503, "unknown_outcome"), created},
			[]string{postShares, postShares},
			[]int{0, 0},
			"s2", "", false,
		},
		{
			"it isn't known for good",
			[]step{problem(503, "unknown_outcome")},
			[]string{postShares, postShares, postShares, postShares},
			[]int{0, 0, 0, 0},
			"", client.CodeUnknownOutcome, true,
		},
		{
			"an answer without a link",
			[]step{{status: 201, body: `{"id":"s1"}`}},
			[]string{postShares},
			[]int{0},
			"", "", true,
		},
		{
			"the policy forbids it",
			[]step{problem(422, "policy_expiry")},
			[]string{postShares},
			[]int{0},
			"", client.CodePolicyExpiry, false,
		},
		{
			"an error inside the server",
			[]step{problem(500, "internal")},
			[]string{postShares},
			[]int{0},
			"", client.CodeInternal, false,
		},
	} {
		t.Run(c.why, func(t *testing.T) {
			s := newServer(t, c.steps...)
			share, err := s.create()
			var failed *client.Error
			if c.code == client.CodeConflict &&
				(!errors.As(err, &failed) || failed.ShareID != "s1") {
				t.Errorf("the error lacks the share's id: %v", err)
			}
			if share.ID != c.id || (err == nil) != (c.id != "") ||
				c.code != "" && !errors.Is(err, c.code) ||
				errors.Is(err, client.ErrNotKnown) != c.isUnknown {
				t.Errorf("%q, %v", share.ID, err)
			}
			if got, want := s.lines(), strings.Join(c.lines, "\n"); got != want {
				t.Fatalf("requests\n%s\nwant\n%s", got, want)
			}
			keys := map[int]string{}
			for i, n := range c.keys {
				key := s.requests()[i].key
				if n < 0 && key != "" || n >= 0 && len(key) < 16 ||
					keys[n] != "" && keys[n] != key {
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

// TestRepeatedRequests: lost and busy answers are requested again, others are not.
func TestRepeatedRequests(t *testing.T) {
	busy := problem(503, "unavailable", "Retry-After", "2")
	date := now.Add(3 * time.Second).Format(http.TimeFormat)
	busyUntil := problem(503, "unavailable", "Retry-After", date)
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
		{
			"busy until a date",
			[]step{busyUntil, {status: 200, body: `{}`}},
			2, 3 * time.Second, "",
		},
		{"busy for ever", []step{busy}, 4, 2 * time.Second, client.CodeUnavailable},
		{
			"for longer than a program should sleep",
			[]step{problem(429, "too_many_attempts", "Retry-After", "31")},
			1, 0,
			client.CodeTooManyAttempts,
		},
		{"not found", []step{problem(404, "not_found")}, 1, 0, client.CodeNotFound},
		{"a wrong token", []step{problem(401, "unauthenticated")}, 1, 0, client.CodeUnauthenticated},
		{"forbidden", []step{problem(403, "forbidden")}, 1, 0, client.CodeForbidden},
		{"an error inside", []step{problem(500, "internal")}, 1, 0, client.CodeInternal},
	} {
		t.Run(c.why, func(t *testing.T) {
			s := newServer(t, c.steps...)
			_, err := s.client().Items().Shares().Get(t.Context(), "s1")
			if (err == nil) != (c.code == "") || c.code != "" && !errors.Is(err, c.code) {
				t.Errorf("%v", err)
			}
			if len(s.requests()) != c.tries || len(s.slept) != c.tries-1 {
				t.Errorf("%d tries, slept %v", len(s.requests()), s.slept)
			}
			if len(s.slept) > 0 && (s.slept[0] < c.least || s.slept[0] > c.least+2*time.Second) {
				t.Errorf("slept %v", s.slept)
			}
		})
	}
}

func TestPausesGrow(t *testing.T) {
	s := newServer(t, cut)
	if _, err := s.client().Items().Get(t.Context(), "v1", "i1"); err == nil {
		t.Fatal("an item without an answer")
	}
	for i, d := range s.slept {
		limit := 200 * time.Millisecond << i
		if d < limit/2 || d > limit {
			t.Errorf("pause %d is %v, want %v to %v", i, d, limit/2, limit)
		}
	}
}

func TestContexts(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }),
	)
	defer server.Close()
	defer close(release)
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
		t.Errorf("the request took %v", took)
	}
	cancelled, stop := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, stop)
	if _, err := c.Items().Shares().Create(cancelled, item, policy, client.ItemShareParams{}); !errors.Is(
		err,
		client.ErrNotKnown,
	) ||
		!errors.Is(err, context.Canceled) {
		t.Errorf("create: %v", err)
	}
}

// TestTheTokenGoesNowhereElse: no redirect is followed.
func TestTheTokenGoesNowhereElse(t *testing.T) {
	elsewhere := newServer(t, step{status: 200, body: `{}`})
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := newServer(
			t,
			step{status: status, header: map[string]string{"Location": elsewhere.URL + "/x"}},
		)
		if _, err := s.client().Items().Get(t.Context(), "v", "i"); err == nil ||
			!strings.Contains(err.Error(), "follows no redirect") {
			t.Errorf("%d: %v", status, err)
		}
		if _, err := s.create(); err == nil {
			t.Errorf("%d: a share", status)
		}
		link := s.URL + "/s#AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
		if _, err := client.Open(t.Context(), link, client.OpenOptions{}); err == nil {
			t.Errorf("%d: a link", status)
		}
		if s.requests()[0].authorization != "Bearer "+token || s.requests()[2].authorization != "" {
			t.Errorf(
				"%d: authorized by %q, the link's call by %q",
				status,
				s.requests()[0].authorization,
				s.requests()[2].authorization,
			)
		}
	}
	if len(elsewhere.requests()) != 0 {
		t.Errorf("elsewhere got %v", elsewhere.requests())
	}
}

// TestSecretsDoNotPrint: no error and no printed value contains a token or a link.
func TestSecretsDoNotPrint(t *testing.T) {
	s := newServer(t, problem(500, "internal"))
	c := s.client()
	link := s.URL + "/s#AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
	_, failed := c.Items().Get(t.Context(), "v", "i")
	_, unopened := client.Open(t.Context(), link, client.OpenOptions{})
	s.Close()
	_, unreached := c.Items().Get(t.Context(), "v", "i")
	_, unopened2 := client.Open(t.Context(), link, client.OpenOptions{Sleep: s.sleep})
	_, unread := client.New(client.Config{URL: "https://u:" + token + "@a.example", Token: token})
	_, badToken := client.New(client.Config{URL: s.URL, Token: token + "\n"})
	opened := &client.OpenedShare{SharedItem: client.SharedItem{Title: token}}
	values := []any{
		client.Config{URL: s.URL, Token: token},
		c, *c, c.Items(), c.Items().Shares(), failed, unreached, unopened, unopened2, unread, badToken,
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
			t.Errorf("the token %q is accepted", text)
		}
	}
}

// TestIdsAreOneStepOfAPath: no id leads to another call.
func TestIdsAreOneStepOfAPath(t *testing.T) {
	for id, want := range map[string]string{
		"":      "/api/v1/shares/_",
		"..":    "/api/v1/shares/_",
		".":     "/api/v1/shares/_",
		"a/b":   "/api/v1/shares/a%2Fb",
		"a?b#c": "/api/v1/shares/a%3Fb%23c",
	} {
		s := newServer(t, noContent)
		if err := s.client().Items().Shares().Revoke(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if s.requests()[0].line != "DELETE "+want {
			t.Errorf("%q: %s", id, s.requests()[0].line)
		}
	}
}

func TestPages(t *testing.T) {
	steps := []step{
		{status: 200, body: `{"items":[{"id":"1"},{"id":"2"}],"next":"c1"}`},
		{status: 200, body: `{"items":[{"id":"3"}],"next":"c2"}`},
		{status: 200, body: `{"items":[]}`},
	}
	s := newServer(t, steps...)
	list := s.client().
		Items().
		List(t.Context(), "v1", client.ItemListOptions{Query: "a b", PageSize: 2})
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

	early := newServer(t, steps...)
	for vault, err := range early.client().Vaults().List(t.Context()) {
		if err != nil || vault.ID != "1" {
			t.Fatal(vault, err)
		}
		break
	}
	if len(early.requests()) != 1 {
		t.Errorf("pages beyond the loop were requested:\n%s", early.lines())
	}

	broken := newServer(t, steps[0], problem(404, "not_found"))
	if some, err := client.All(broken.client().Items().Shares().List(t.Context())); len(
		some,
	) != 2 ||
		!errors.Is(err, client.CodeNotFound) {
		t.Errorf("a list that breaks off: %v, %v", some, err)
	}
	circle, ended := newServer(t, steps[0]), error(nil)
	for _, err := range circle.client().Vaults().List(t.Context()) {
		if ended = err; len(circle.requests()) > 3 {
			break
		}
	}
	if ended == nil || len(circle.requests()) > 3 {
		t.Errorf("a list that repeats a page: %v after %d pages", ended, len(circle.requests()))
	}
}

// TestErrors: what a program can distinguish.
func TestErrors(t *testing.T) {
	s := newServer(
		t,
		step{
			status: 422,
			header: map[string]string{"X-Request-Id": "r1", "Retry-After": "7"},
			body: `{"status":422,"code":"policy_expiry","detail":"One.","errors":[
			{"code":"policy_expiry","field":"expireAfter","detail":"One."},
			{"code":"policy_domain","field":"recipients","detail":"Two."}
		]}`,
		},
	)
	_, err := s.create()
	var e *client.Error
	if !errors.As(err, &e) || e.Status != 422 || len(e.Problems) != 2 ||
		e.Problems[1].Field != "recipients" ||
		e.RequestID != "r1" ||
		e.RetryAfter != 7*time.Second {
		t.Fatalf("%#v", e)
	}
	if !errors.Is(err, client.CodePolicyExpiry) || !errors.Is(err, client.CodePolicyDomain) ||
		errors.Is(err, client.CodePolicyAccess) ||
		errors.Is(err, client.ErrNotKnown) {
		t.Error("errors.Is mixes up the codes")
	}
	if text := err.Error(); !strings.Contains(text, "One. Two.") {
		t.Errorf("%s", text)
	}
	for why, answer := range map[string]step{
		"a page": {status: 404, body: "<h1>nginx</h1>"},
		"JSON of something else": {
			status: 404, body: `["x"]`, header: map[string]string{"Content-Type": "application/json"},
		},
		"a problem that is not one":    {status: 404, body: `{`},
		"a problem without what it is": {status: 404, body: `{}`},
	} {
		_, err := newServer(t, answer).client().Items().Get(t.Context(), "v", "i")
		if !errors.As(err, &e) || e.Status != 404 || e.Code != "" ||
			strings.Contains(err.Error(), "nginx") {
			t.Errorf("%s: %v", why, err)
		}
	}
}

func TestPoliciesBelongToTheirItem(t *testing.T) {
	s := newServer(t, step{status: 200, body: `{"maxExpiry":"OneDay","maxViews":0}`})
	c := s.client().Items().Shares()
	got, err := c.GetAccountPolicy(t.Context(), "v1", "i1")
	if err != nil || got.VaultID != "v1" || got.ItemID != "i1" || got.MaxViews != nil {
		t.Errorf("%+v, %v", got, err)
	}
	text, _ := json.Marshal(got)
	var again client.ItemShareAccountPolicy
	if json.Unmarshal(text, &again) != nil || again.ItemID != "i1" {
		t.Errorf("a stored policy lacks its item: %s", text)
	}
	if _, err := c.ValidateRecipients(t.Context(), client.ItemShareAccountPolicy{}, nil); err == nil {
		t.Error("recipients are validated without a policy")
	}
	other := client.Item{ID: "i2", VaultID: "v1"}
	if _, err := c.Create(t.Context(), other, got, client.ItemShareParams{}); err == nil {
		t.Error("an item is shared under the policy of another")
	}
	if len(s.requests()) != 1 {
		t.Errorf("requests\n%s", s.lines())
	}
}

func TestRecipientsKeepTheirForm(t *testing.T) {
	const form = `[{"type":"Email","parameters":{"email":"a@b.example"}},` +
		`{"type":"Domain","parameters":{"domain":"b.example"}}]`
	var all []client.ValidRecipient
	if err := json.Unmarshal([]byte(form), &all); err != nil {
		t.Fatal(err)
	}
	if all[0].Email().Email != "a@b.example" || all[0].Domain() != nil ||
		all[1].Domain().Domain != "b.example" ||
		all[1].Email() != nil {
		t.Errorf("%v", all)
	}
	if text, err := json.Marshal(all); err != nil || string(text) != form {
		t.Errorf("%s, %v", text, err)
	}
	text, err := json.Marshal([]client.ValidRecipient{
		client.NewValidRecipientTypeVariantEmail(
			&client.ValidRecipientEmailInner{Email: "a@b.example"},
		),
		client.NewValidRecipientTypeVariantDomain(
			&client.ValidRecipientDomainInner{Domain: "b.example"},
		),
	})
	if err != nil || string(text) != form {
		t.Errorf("%s, %v", text, err)
	}
	if err := json.Unmarshal([]byte(`[{"type":"Group","parameters":{"group":"x"}}]`), &all); err != nil ||
		all[0].Type != "Group" {
		t.Errorf("a recipient of an unknown type: %v, %v", all, err)
	}
}
