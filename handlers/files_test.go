package handlers

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"itemshare/account"
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

// letEdit lets a person share and edit the items in the team's vault.
func (a *app) letEdit(email string) {
	a.t.Helper()
	a.must(a.accounts.SetGrant(a.t.Context(), "", account.Grant{
		UserID: a.users[email].ID, VaultID: a.team.ID, Share: true, Edit: true,
	}))
}

// TestUpload asserts that several files at once are added with their bytes and names, that a script
// gets the new list, and that the item's page offers it to those who may edit alone.
func TestUpload(t *testing.T) {
	a := newApp(t)
	a.letEdit(memberEmail)
	b := a.signIn(memberEmail)
	r := b.upload(itemPath(a.item)+"/files", [2]string{"a.txt", "first"}, [2]string{"", ""},
		[2]string{`C:\x\b<c>.txt`, "second"})
	if r.status != http.StatusSeeOther ||
		r.header.Get("Location") != itemPath(a.item)+"#item-files" {
		t.Fatalf("%v", r)
	}
	now, err := a.vault.Item(t.Context(), a.item.VaultID, a.item.ID)
	a.must(err)
	if len(now.Files) != 3 || now.Version != 2 || now.Files[1].Name != "a.txt" ||
		now.Files[2].Name != `C:\x\b<c>.txt` {
		t.Fatalf("%+v", now)
	}
	path := views.Paths{}.File(now.VaultID, now.ID, now.Files[2].ID)
	if got := b.get(path); got.body != "second" {
		t.Errorf("%v", got)
	}
	body, kind := multipartOf(t, nil, [2]string{"c.txt", "third"})
	r = b.do(
		http.MethodPost,
		itemPath(a.item)+"/files",
		body,
		"Content-Type",
		kind,
		"HX-Request",
		"true",
	)
	if r.status != http.StatusOK || strings.Count(r.body, `data-testid="file"`) != 4 ||
		strings.Contains(r.body, "<html") {
		t.Errorf("%v", r)
	}
	if r = b.post(path+"/delete", nil); r.status != http.StatusSeeOther {
		t.Errorf("%v", r)
	}
	if got := b.get(path); got.status != http.StatusNotFound {
		t.Errorf("deleted: %v", got)
	}
	page := b.get(itemPath(a.notes)).body
	if strings.Contains(page, "data-upload") ||
		!strings.Contains(b.get(itemPath(a.item)).body, "data-upload") {
		t.Error("the form is not where it should be")
	}
	if r := b.upload(itemPath(a.notes)+"/files", [2]string{"a.txt", "x"}); r.status != http.StatusForbidden {
		t.Errorf("without the right: %v", r)
	}
}

// TestUploadThatIsRefused asserts that a refused form says why on the item's page, and changes nothing.
func TestUploadThatIsRefused(t *testing.T) {
	a := newApp(t, appOptions{maxFile: 1 << 20})
	a.letEdit(memberEmail)
	b := a.signIn(memberEmail)
	large := strings.Repeat("x", 1<<20+1)
	for what, c := range map[string]struct {
		files  [][2]string
		status int
		code   string
	}{
		"nothing": {nil, http.StatusUnprocessableEntity, "invalid"},
		"too large": {
			[][2]string{{"a", "x"}, {"b", large}, {"c", large}},
			http.StatusRequestEntityTooLarge, "too_large",
		},
		"long name": {[][2]string{{strings.Repeat("n", 300), "x"}}, http.StatusUnprocessableEntity, "invalid"},
	} {
		r := b.upload(itemPath(a.item)+"/files", c.files...)
		if r.status != c.status || !slices.Contains(r.errors(), c.code) ||
			!strings.Contains(r.body, "Mail server") {
			t.Errorf("%s: %v", what, r)
		}
	}
	body, kind := multipartOf(t, nil, [2]string{"a.txt", strings.Repeat("x", 5000)})
	body.Truncate(3000)
	r := b.do(http.MethodPost, itemPath(a.item)+"/files", body, "Content-Type", kind)
	if r.status != http.StatusBadRequest || !strings.Contains(r.body, "arrive whole") {
		t.Errorf("cut off: %v", r)
	}
	r = b.post(itemPath(a.item)+"/files", url.Values{"file": {"x"}})
	if r.status != http.StatusBadRequest {
		t.Errorf("no form with files: %v", r)
	}
	now, err := a.vault.Item(t.Context(), a.item.VaultID, a.item.ID)
	a.must(err)
	if now.Version != 1 {
		t.Errorf("version %d", now.Version)
	}
}

// TestUploadAfterTheSession asserts that a form whose session ended leads to signing in, and back to
// the item, with a word on the files.
func TestUploadAfterTheSession(t *testing.T) {
	a := newApp(t)
	a.letEdit(memberEmail)
	b := a.signIn(memberEmail)
	b.post("/signout", nil)
	body, kind := multipartOf(
		t,
		url.Values{ownerField: {a.users[memberEmail].ID}},
		[2]string{"a.txt", "x"},
	)
	r := b.do(http.MethodPost, itemPath(a.item)+"/files", body, "Content-Type", kind)
	kept := keptInput.FindStringSubmatch(r.body)
	if r.status != http.StatusUnauthorized || kept == nil {
		t.Fatalf("%v", r)
	}
	r = b.post("/signin/resume", url.Values{
		"email": {memberEmail}, "password": {password}, "kept": {kept[1]},
	})
	if r.status != http.StatusOK || !strings.Contains(r.body, "data-upload") ||
		!strings.Contains(r.body, "typed-back") {
		t.Errorf("%v", r)
	}
}
