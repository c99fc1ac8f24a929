package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// TestTokenRevokedByCommand lets a program create links until its server remembers what they take, then
// revokes its token with the command line, which is another process: the next request is refused.
func TestTokenRevokedByCommand(t *testing.T) {
	s := start(t)
	token := s.serviceAccount("--vault", "Team", "--share-items")
	vault, item := s.itemByToken(token)
	create := func() int {
		req, err := http.NewRequest(http.MethodPost,
			s.url+"/api/v1/vaults/"+vault+"/items/"+item+"/shares", strings.NewReader(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := wire.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	for range 3 {
		if got := create(); got != http.StatusCreated {
			t.Fatalf("status %d", got)
		}
	}
	list, _ := s.command("", "service-account", "list")
	id := strings.Fields(list[strings.LastIndex(list, "\n0")+1:])[0]
	if said, code := s.command("", "service-account", "revoke", id); code != 0 {
		t.Fatal(said)
	}
	if got := create(); got != http.StatusUnauthorized {
		t.Errorf("status %d after the token was revoked", got)
	}
}
