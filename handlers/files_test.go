package handlers

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"itemshare/audit"
	"itemshare/vault"
	"itemshare/views"
)

func filePath(item vault.Item) string {
	return views.Paths{}.File(item.VaultID, item.ID, item.Files[0].ID)
}

// TestDownload asserts that a file of an item is sent unchanged, and in a way in which no browser
// shows it, and that the audit log says who downloaded it.
func TestDownload(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		r := b.do(method, filePath(a.item), nil)
		for name, want := range map[string]string{
			"Content-Type":   "application/octet-stream",
			"Content-Length": "25",
			"Content-Disposition": `attachment; filename="_Z_rich _plan_.html"; ` +
				`filename*=UTF-8''_Z%C3%BCrich%20_plan_.html`,
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Encoding": "",
		} {
			if got := r.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", method, name, got, want)
			}
		}
		if policy := r.header.Get(policyHeader); !strings.Contains(policy, "sandbox") {
			t.Errorf("%s: policy %q", method, policy)
		}
		if want := map[string]string{"GET": fileText}[method]; r.status != 200 || r.body != want {
			t.Errorf("%s: %v", method, r)
		}
	}
	events := a.events(audit.FileDownloaded)
	if len(events) != 1 || events[0].Actor != a.users[memberEmail].ID ||
		events[0].Subject != a.item.VaultID+"/"+a.item.ID || events[0].Detail["file"] != fileName {
		t.Errorf("events %+v", events)
	}
}

// events returns the audit events of a kind.
func (a *app) events(kind audit.Kind) []audit.Shown {
	a.t.Helper()
	page, err := a.audited.List(a.t.Context(), audit.Query{Kind: kind, Limit: 50})
	a.must(err)
	return page.Events
}

// breakingVault sends files that break off after some bytes.
type breakingVault struct {
	vault.Backend
	after string
}

func (v breakingVault) OpenFile(context.Context, string, string, string) (io.ReadCloser, error) {
	return io.NopCloser(io.MultiReader(strings.NewReader(v.after), errReader{})), nil
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

// TestDownloadThatBreaksOff asserts that part of a file never passes for a whole one.
func TestDownloadThatBreaksOff(t *testing.T) {
	for _, sent := range []string{"", "<script>"} {
		a := newApp(t, appOptions{vault: func(b vault.Backend) vault.Backend {
			return breakingVault{b, sent}
		}})
		b := a.signIn(memberEmail)
		req, err := http.NewRequestWithContext(
			t.Context(), http.MethodGet, "http://"+a.base.Host+filePath(a.item), nil,
		)
		a.must(err)
		resp, err := b.client.Do(req)
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		switch {
		case sent == "" && (err != nil || resp.StatusCode != http.StatusInternalServerError ||
			resp.Header.Get("Content-Disposition") != ""):
			t.Errorf("damaged at its start: %v %v", resp, err)
		case sent != "" && err == nil:
			t.Error("a part of a file came as a whole one")
		}
	}
}
