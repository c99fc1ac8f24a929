package client_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"itemshare/client"
)

// TestAnAnswerWithoutEndIsNotHeld: of an answer that goes on and on no more is read
// than any of itemshare's is long, whatever its status.
func TestAnAnswerWithoutEndIsNotHeld(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusForbidden} {
		const most = 300
		var taken atomic.Int32
		megabyte := bytes.Repeat([]byte(" "), 1<<20)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(status)
			for taken.Load() < most {
				if _, err := w.Write(megabyte); err != nil {
					return
				}
				taken.Add(1)
			}
		}))
		c, err := client.New(client.Config{URL: server.URL, Token: token, Tries: 1})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Items().Get(t.Context(), "v", "i"); err == nil {
			t.Errorf("status %d: an item", status)
		}
		if _, err := client.Peek(t.Context(), server.URL+"/s#"+strings.Repeat("A", 43), client.OpenOptions{}); err == nil {
			t.Errorf("status %d: a link", status)
		}
		server.CloseClientConnections()
		server.Close()
		if n := taken.Load(); n >= most/2 {
			t.Errorf("status %d: %d MiB were taken", status, n)
		}
	}
}
