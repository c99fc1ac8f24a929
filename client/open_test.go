package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/client"
)

// shareServer is a server with one share, a known answer of the protocol. It records each call and
// breaks off as many answers as breaks says.
type shareServer struct {
	*httptest.Server
	t      *testing.T
	link   string
	terms  map[string]any // in the answers of peek and open
	opened map[string]any // what the answer of open changes
	code   string         // "" for a link for anyone
	breaks map[string]int // number of answers of a call
	unsure map[string]int // number of answers that say that the outcome is unknown
	file   func(w http.ResponseWriter, chunk int)

	mu    sync.Mutex
	calls []string
	views []string
}

func newShareServer(t *testing.T, n int) *shareServer {
	t.Helper()
	text, err := os.ReadFile("../share/link/testdata/share-link-v1.vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct{ Content []map[string]any }
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	v := vectors.Content[n]
	s := &shareServer{
		t:      t,
		breaks: map[string]int{},
		unsure: map[string]int{},
		opened: map[string]any{},
	}
	s.terms = map[string]any{
		"protocol": "itemshare/v1", "created_at": v["created_at"], "expires_at": v["expires_at"],
		"max_views": v["max_views"], "audience": v["audience"], "nonce": v["nonce"],
		"ciphertext": v["ciphertext"], "shared_by": "Ann", "code_required": v["audience"] == "recipients",
	}
	if v["audience"] == "recipients" {
		s.code = "12345678"
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	s.link = s.URL + "/s#" + v["secret"].(string)
	return s
}

func (s *shareServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in map[string]any
	_ = json.NewDecoder(r.Body).Decode(&in)
	verb := strings.TrimPrefix(r.URL.Path, "/s/")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, verb)
	if view, ok := in["view"].(string); ok {
		s.views = append(s.views, view)
	}
	if s.breaks[verb] > 0 {
		s.breaks[verb]--
		if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = connection.Close()
		}
		return
	}
	if s.unsure[verb] > 0 {
		s.unsure[verb]--
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"code":"unknown_outcome","errors":[]}`))
		return
	}
	answer := map[string]any{}
	for name, value := range s.terms {
		answer[name] = value
	}
	switch {
	case verb == "file":
		s.file(w, int(in["chunk"].(float64)))
		return
	case verb == "code":
		w.WriteHeader(http.StatusAccepted)
		answer = map[string]any{}
	case verb == "open" && s.code != "" && in["code"] != s.code:
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnauthorized)
		answer = map[string]any{"code": "code_invalid", "errors": []any{}}
	case verb == "open":
		for name, value := range s.opened {
			answer[name] = value
		}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (s *shareServer) options() client.OpenOptions {
	return client.OpenOptions{
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

// requests returns the calls so far.
func (s *shareServer) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// viewIDs returns the view of each call that had one.
func (s *shareServer) viewIDs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.views)
}

func codes(all ...string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		if len(all) == 0 {
			return "", errors.New("no input")
		}
		code := all[0]
		all = all[1:]
		return code, nil
	}
}

func TestOpen(t *testing.T) {
	s := newShareServer(t, 0)
	opened, err := client.Open(t.Context(), s.link, s.options())
	if err != nil || opened.Title != "Staging database" || opened.Terms.SharedBy != "Ann" ||
		opened.Terms.Audience != client.AudienceAnyone ||
		opened.Terms.ExpiresAt.Unix() != 1790003600 {
		t.Fatalf("%+v, %v", opened, err)
	}
	if got := fmt.Sprint(s.requests()); got != "[peek open]" {
		t.Errorf("calls %s", got)
	}
}

// TestALostOpeningCostsNothing: the request is repeated with the same view.
func TestALostOpeningCostsNothing(t *testing.T) {
	s := newShareServer(t, 0)
	s.breaks["peek"], s.breaks["open"] = 1, 2
	if _, err := client.Open(t.Context(), s.link, s.options()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.requests()); got != "[peek peek open open open]" ||
		s.viewIDs()[0] != s.viewIDs()[2] ||
		len(s.viewIDs()[0]) != 22 {
		t.Errorf("calls %s with views %v", got, s.viewIDs())
	}
	again := newShareServer(t, 0)
	_, _ = client.Open(t.Context(), again.link, again.options())
	if again.viewIDs()[0] == s.viewIDs()[0] {
		t.Error("two openings have the same view")
	}
}

// TestAnUnknownViewIsRepeated with the same view, and the error says so where that does not help.
func TestAnUnknownViewIsRepeated(t *testing.T) {
	for _, c := range []struct {
		unsure map[string]int
		breaks map[string]int
		calls  string
		known  bool
	}{
		{map[string]int{"open": 3}, nil, "[peek open open open open]", true},
		{map[string]int{"open": 4}, nil, "[peek open open open open]", false},
		{nil, map[string]int{"open": 4}, "[peek open open open open]", false},
	} {
		s := newShareServer(t, 0)
		maps.Copy(s.unsure, c.unsure)
		maps.Copy(s.breaks, c.breaks)
		_, err := client.Open(t.Context(), s.link, s.options())
		if (err == nil) != c.known || errors.Is(err, client.ErrViewNotKnown) == c.known {
			t.Errorf("%v: %v", c.unsure, err)
		}
		if got := fmt.Sprint(s.requests()); got != c.calls {
			t.Errorf("calls %s", got)
		}
		for _, view := range s.viewIDs() {
			if view != s.viewIDs()[0] {
				t.Error("another view")
			}
		}
	}
	named := newShareServer(t, 1)
	named.unsure["code"] = 1
	o := named.options()
	o.Email, o.Code = "ann@b.example", codes("12345678")
	if _, err := client.Open(t.Context(), named.link, o); !errors.Is(
		err,
		client.CodeUnknownOutcome,
	) ||
		fmt.Sprint(named.requests()) != "[peek code]" {
		t.Errorf("a code was requested twice: %v, %v", err, named.requests())
	}
}

func TestOpenWithACode(t *testing.T) {
	for _, c := range []struct {
		why   string
		email string
		code  func(context.Context) (string, error)
		tries int
		calls string
		want  client.Code
	}{
		{"right", "ann@b.example", codes("12345678"), 0, "[peek code open]", ""},
		{"no email address", "", codes("12345678"), 0, "[peek]", client.CodeVerificationRequired},
		{"no source of codes", "ann@b.example", nil, 0, "[peek]", client.CodeVerificationRequired},
		{"wrong", "ann@b.example", codes("1", "12345678"), 0, "[peek code open]", client.CodeCodeInvalid},
		{"wrong, then right", "ann@b.example", codes("1", "12345678"), 3, "[peek code open open]", ""},
		{
			"wrong until no tries are left", "ann@b.example", codes("1", "2", "3", "12345678"), 3,
			"[peek code open open open]", client.CodeCodeInvalid,
		},
		{
			"wrong, and no other code", "ann@b.example", codes("1"), 3, "[peek code open]",
			client.CodeCodeInvalid,
		},
	} {
		s := newShareServer(t, 1)
		o := s.options()
		o.Email, o.Code, o.Tries = c.email, c.code, c.tries
		opened, err := client.Open(t.Context(), s.link, o)
		if (err == nil) != (c.want == "") || c.want != "" && !errors.Is(err, c.want) ||
			(opened == nil) != (err != nil) {
			t.Errorf("%s: %v", c.why, err)
		}
		if got := fmt.Sprint(s.requests()); got != c.calls {
			t.Errorf("%s: calls %s, want %s", c.why, got, c.calls)
		}
	}
	s := newShareServer(t, 1)
	o := s.options()
	o.Email, o.Code = "ann@b.example", codes()
	if _, err := client.Open(t.Context(), s.link, o); err == nil ||
		!strings.Contains(err.Error(), "no input") {
		t.Errorf("no code: %v", err)
	}
	lost := newShareServer(t, 1)
	lost.breaks["code"] = 1
	o.Code = codes("12345678")
	if _, err := client.Open(t.Context(), lost.link, o); err == nil ||
		fmt.Sprint(lost.requests()) != "[peek code]" {
		t.Errorf("the request for a code was repeated, which mails another: %v", lost.requests())
	}
}

// TestTermsThatDoNotHold: the content must be sealed with the terms that were shown.
func TestTermsThatDoNotHold(t *testing.T) {
	for why, change := range map[string]func(*shareServer){
		"another expiry, in both answers":     func(s *shareServer) { s.terms["expires_at"] = 1790090000 },
		"another view limit, in both answers": func(s *shareServer) { s.terms["max_views"] = 1 },
		"another audience, in both answers":   func(s *shareServer) { s.terms["audience"] = "recipients" },
		"another expiry at opening":           func(s *shareServer) { s.opened["expires_at"] = 1790090000 },
		"another protocol at opening":         func(s *shareServer) { s.opened["protocol"] = "itemshare/v2" },
		"another nonce":                       func(s *shareServer) { s.opened["nonce"] = "AAAAAAAAAAAAAAAA" },
		"no content":                          func(s *shareServer) { s.opened["ciphertext"] = "" },
		"content that is not base64url":       func(s *shareServer) { s.opened["ciphertext"] = "**" },
	} {
		s := newShareServer(t, 0)
		change(s)
		if opened, err := client.Open(t.Context(), s.link, s.options()); !errors.Is(
			err,
			client.ErrRefused,
		) ||
			opened != nil {
			t.Errorf("%s: %v", why, err)
		}
	}
	for why, change := range map[string]func(*shareServer){
		"another protocol":                   func(s *shareServer) { s.terms["protocol"] = "itemshare/v2" },
		"an unknown audience":                func(s *shareServer) { s.terms["audience"] = "everybody" },
		"a negative time":                    func(s *shareServer) { s.terms["created_at"] = -1 },
		"a count that is not a whole number": func(s *shareServer) { s.terms["max_views"] = 1.5 },
		"a count that is text":               func(s *shareServer) { s.terms["max_views"] = "1" },
	} {
		s := newShareServer(t, 0)
		change(s)
		if _, err := client.Open(t.Context(), s.link, s.options()); err == nil ||
			len(s.viewIDs()) > 0 {
			t.Errorf("%s: %v, and %d views", why, err, len(s.viewIDs()))
		}
	}
}
