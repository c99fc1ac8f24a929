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

// TestEndlessAnswersAreCut: the client reads no more of an answer than the longest of itemshare's.
func TestEndlessAnswersAreCut(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusForbidden} {
		const limit = 300 // MiB
		var sent atomic.Int32
		megabyte := bytes.Repeat([]byte(" "), 1<<20)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(status)
			for sent.Load() < limit {
				if _, err := w.Write(megabyte); err != nil {
					return
				}
				sent.Add(1)
			}
		}))
		c, err := client.New(client.Config{URL: server.URL, Token: token, Tries: 1})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Items().Get(t.Context(), "v", "i"); err == nil {
			t.Errorf("status %d: an item", status)
		}
		link := server.URL + "/s#" + strings.Repeat("A", 43)
		if _, err := client.Peek(t.Context(), link, client.OpenOptions{}); err == nil {
			t.Errorf("status %d: a link", status)
		}
		server.CloseClientConnections()
		server.Close()
		if n := sent.Load(); n >= limit/2 {
			t.Errorf("status %d: %d MiB were read", status, n)
		}
	}
}
