package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

// sharing is a server for one share made of a known answer of the protocol. It
// notes each call, and breaks off the answers of those that are listed.
type sharing struct {
	*httptest.Server
	t      *testing.T
	link   string
	terms  map[string]any // as peek and open tell them
	opened map[string]any // what open tells otherwise
	code   string         // "" for a link for anyone
	breaks map[string]int // how many answers of a verb break off
	file   func(w http.ResponseWriter, chunk int)

	mu    sync.Mutex
	calls []string
	views []string
}

func newSharing(t *testing.T, n int) *sharing {
	t.Helper()
	text, err := os.ReadFile("../share/link/testdata/share-link-v1.vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var known struct{ Content []map[string]any }
	if err := json.Unmarshal(text, &known); err != nil {
		t.Fatal(err)
	}
	v := known.Content[n]
	s := &sharing{t: t, breaks: map[string]int{}, opened: map[string]any{}}
	s.terms = map[string]any{
		"protocol": "itemshare/v1", "created_at": v["created_at"], "expires_at": v["expires_at"], "max_views": v["max_views"], "audience": v["audience"],
		"nonce": v["nonce"], "ciphertext": v["ciphertext"], "shared_by": "Ann", "code_required": v["audience"] == "recipients",
	}
	if v["audience"] == "recipients" {
		s.code = "12345678"
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	s.link = s.URL + "/s#" + v["secret"].(string)
	return s
}

func (s *sharing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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

func (s *sharing) options() client.OpenOptions {
	return client.OpenOptions{Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

// seen are the calls so far.
func (s *sharing) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// viewed are the views under which something was asked for.
func (s *sharing) viewed() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.views)
}

func codes(all ...string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		if len(all) == 0 {
			return "", errors.New("nobody types")
		}
		code := all[0]
		all = all[1:]
		return code, nil
	}
}

func TestOpen(t *testing.T) {
	s := newSharing(t, 0)
	opened, err := client.Open(t.Context(), s.link, s.options())
	if err != nil || opened.Title != "Staging database" || opened.Terms.SharedBy != "Ann" || opened.Terms.Audience != client.AudienceAnyone || opened.Terms.ExpiresAt.Unix() != 1790003600 {
		t.Fatalf("%+v, %v", opened, err)
	}
	if got := fmt.Sprint(s.seen()); got != "[peek open]" {
		t.Errorf("asked for %s", got)
	}
}

// TestALostOpeningCostsNothing: the same view is asked for again, never a new one.
func TestALostOpeningCostsNothing(t *testing.T) {
	s := newSharing(t, 0)
	s.breaks["peek"], s.breaks["open"] = 1, 2
	if _, err := client.Open(t.Context(), s.link, s.options()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.seen()); got != "[peek peek open open open]" || s.viewed()[0] != s.viewed()[2] || len(s.viewed()[0]) != 22 {
		t.Errorf("asked for %s under %v", got, s.viewed())
	}
	again := newSharing(t, 0)
	_, _ = client.Open(t.Context(), again.link, again.options())
	if again.viewed()[0] == s.viewed()[0] {
		t.Error("two openings have one view")
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
		{"nobody says who", "", codes("12345678"), 0, "[peek]", client.CodeVerificationRequired},
		{"nobody gives codes", "ann@b.example", nil, 0, "[peek]", client.CodeVerificationRequired},
		{"wrong", "ann@b.example", codes("1", "12345678"), 0, "[peek code open]", client.CodeCodeInvalid},
		{"wrong, then right", "ann@b.example", codes("1", "12345678"), 3, "[peek code open open]", ""},
		{"wrong as often as one may", "ann@b.example", codes("1", "2", "3", "12345678"), 3, "[peek code open open open]", client.CodeCodeInvalid},
		{"wrong, and nobody types another", "ann@b.example", codes("1"), 3, "[peek code open]", client.CodeCodeInvalid},
	} {
		s := newSharing(t, 1)
		o := s.options()
		o.Email, o.Code, o.Tries = c.email, c.code, c.tries
		opened, err := client.Open(t.Context(), s.link, o)
		if (err == nil) != (c.want == "") || c.want != "" && !errors.Is(err, c.want) || (opened == nil) != (err != nil) {
			t.Errorf("%s: %v", c.why, err)
		}
		if got := fmt.Sprint(s.seen()); got != c.calls {
			t.Errorf("%s: asked for %s, want %s", c.why, got, c.calls)
		}
	}
	s := newSharing(t, 1)
	o := s.options()
	o.Email, o.Code = "ann@b.example", codes()
	if _, err := client.Open(t.Context(), s.link, o); err == nil || !strings.Contains(err.Error(), "nobody types") {
		t.Errorf("no code: %v", err)
	}
	lost := newSharing(t, 1)
	lost.breaks["code"] = 1
	o.Code = codes("12345678")
	if _, err := client.Open(t.Context(), lost.link, o); err == nil || fmt.Sprint(lost.seen()) != "[peek code]" {
		t.Errorf("asking for a code was repeated, which mails another: %v", lost.seen())
	}
}

// TestTermsThatDoNotHold: what was shown is what the seal must be bound to.
func TestTermsThatDoNotHold(t *testing.T) {
	for why, change := range map[string]func(*sharing){
		"another end, told twice":           func(s *sharing) { s.terms["expires_at"] = 1790090000 },
		"another limit, told twice":         func(s *sharing) { s.terms["max_views"] = 1 },
		"another audience, told twice":      func(s *sharing) { s.terms["audience"] = "recipients" },
		"one end shown, another at opening": func(s *sharing) { s.opened["expires_at"] = 1790090000 },
		"another protocol at opening":       func(s *sharing) { s.opened["protocol"] = "itemshare/v2" },
		"another nonce":                     func(s *sharing) { s.opened["nonce"] = "AAAAAAAAAAAAAAAA" },
		"no content":                        func(s *sharing) { s.opened["ciphertext"] = "" },
		"a content that is no base64url":    func(s *sharing) { s.opened["ciphertext"] = "**" },
	} {
		s := newSharing(t, 0)
		change(s)
		if opened, err := client.Open(t.Context(), s.link, s.options()); !errors.Is(err, client.ErrRefused) || opened != nil {
			t.Errorf("%s: %v", why, err)
		}
	}
	for why, change := range map[string]func(*sharing){
		"another protocol":      func(s *sharing) { s.terms["protocol"] = "itemshare/v2" },
		"an unknown audience":   func(s *sharing) { s.terms["audience"] = "everybody" },
		"a time before all":     func(s *sharing) { s.terms["created_at"] = -1 },
		"a count that is none":  func(s *sharing) { s.terms["max_views"] = 1.5 },
		"a count that is words": func(s *sharing) { s.terms["max_views"] = "1" },
	} {
		s := newSharing(t, 0)
		change(s)
		if _, err := client.Open(t.Context(), s.link, s.options()); err == nil || len(s.viewed()) > 0 {
			t.Errorf("%s: %v, and %d views", why, err, len(s.viewed()))
		}
	}
}
