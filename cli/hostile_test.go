package cli

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"itemshare/client"
)

// TestHostileServer: no member of a server's answer can send control characters to the terminal.
func TestHostileServer(t *testing.T) {
	const evil = "\x1b]0;pwned\x07\x1b[2J\u009b31m\u202e"
	policy := map[string]any{
		"maxExpiry":      evil,
		"allowedTypes":   []string{evil},
		"allowedDomains": []string{evil},
	}
	item := map[string]any{"id": "i" + evil, "title": "Title", "vaultId": "v", "category": evil}
	share := map[string]any{
		"id": "s" + evil, "status": evil, "title": evil, "sharedBy": evil,
		"audience": "recipients", "createdAt": "2026-01-02T03:04:05Z", "expiresAt": "2026-01-02T03:04:05Z",
		"recipients": []any{
			map[string]any{"type": evil, "parameters": map[string]string{"email": evil}},
		},
	}
	problem := map[string]any{
		"code":       evil,
		"detail":     evil,
		"shared_by":  evil,
		"request_id": evil,
		"errors":     []any{map[string]string{"code": evil, "field": evil, "detail": evil}},
	}
	answers := map[string]any{
		"/api/v1/vaults": map[string]any{
			"items": []any{map[string]string{"id": "v", "title": evil}},
		},
		"/api/v1/vaults/v/items": map[string]any{"items": []any{item}},
		"/api/v1/vaults/v/items/i" + evil + "/shares": map[string]any{
			"id":        "s" + evil,
			"link":      "https://a.example/s#" + evil,
			"expiresAt": "2026-01-02T03:04:05Z",
		},
		"/api/v1/shares": map[string]any{"items": []any{share}},
		"/s/peek": map[string]any{
			"protocol":  "itemshare/v1",
			"audience":  "anyone",
			"shared_by": evil,
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := answers[r.URL.Path]
		if strings.HasSuffix(r.URL.Path, "/share-policy") {
			answer, ok = policy, true
		}
		if !ok {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusGone)
			answer = problem
		}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	defer server.Close()
	t.Setenv("ITEMSHARE_URL", server.URL)
	t.Setenv("ITEMSHARE_TOKEN", "itemshare_x")
	for _, c := range []struct {
		code int
		args []string
	}{
		{0, []string{"share", "Title"}},
		{0, []string{"share", "Title", "--json"}},
		{0, []string{"shares"}},
		{0, []string{"shares", "--json"}},
		{exitEnded, []string{"revoke", "s"}},
		{exitEnded, []string{"open", server.URL + "/s#" + strings.Repeat("A", 43)}},
	} {
		got := command(t, newData(t), "", c.args...)
		if got.code != c.code || got.stdout+got.stderr == "" {
			t.Errorf("%v: %+v", c.args, got)
		}
		wantNoControls(t, strings.Join(c.args, " "), got)
	}
}

// TestHostileVaultName: the people who name vaults are not those who run the server.
func TestHostileVaultName(t *testing.T) {
	data := newData(t)
	const name = "Team \x1b[2J\u202e"
	for _, args := range [][]string{
		{"vault", "add", name},
		{"service-account", "add", "--name", "CI", "--vault", name},
		{"service-account", "list"},
		{"service-account", "add", "--name", "CI", "--vault", "no " + name},
	} {
		got := command(t, data, "", args...)
		if got.code != 0 && !strings.Contains(got.stderr, "there is no vault no Team") {
			t.Errorf("%q: %+v", args, got)
		}
		wantNoControls(t, args[1], got)
	}
}

// wantNoControls fails if the output holds characters that control a terminal.
func wantNoControls(t *testing.T, what string, got result) {
	t.Helper()
	for _, r := range got.stdout + got.stderr {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			t.Errorf("%s prints %q", what, got.stdout+got.stderr)
			return
		}
	}
}

// TestManySections: as many sections and fields as an item can hold are printed quickly, and each
// field once.
func TestManySections(t *testing.T) {
	var item client.SharedItem
	for n := range 45_000 {
		item.Sections = append(item.Sections, client.ItemSection{ID: "s" + strconv.Itoa(n%2*n)})
		item.Fields = append(item.Fields, client.SharedField{Title: "a", Section: "s0"})
	}
	start := time.Now()
	var out strings.Builder
	must(t, printItem(&out, item, false, start))
	if n := strings.Count(out.String(), "a: \n"); n != len(item.Fields) {
		t.Errorf("%d fields of %d", n, len(item.Fields))
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
}
