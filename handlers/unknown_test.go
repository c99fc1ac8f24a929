package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"itemshare/client"
	"itemshare/db/dbtest"
)

// newAppWithWire returns an application and its connection to PostgreSQL, which the test can
// break.
func newAppWithWire(t *testing.T) (*app, *dbtest.Wire) {
	t.Helper()
	wire := dbtest.NewWire(t, dbtest.Schema(t))
	return newApp(t, appOptions{url: wire.URL}), wire
}

// TestUnknownOutcomeIsSaid asserts that no page claims that nothing was changed if the answer to
// COMMIT is lost: each says where to look, and the repeated form tells what happened.
func TestUnknownOutcomeIsSaid(t *testing.T) {
	a, wire := newAppWithWire(t)
	b := a.signIn(memberEmail)
	path := itemPath(a.item) + "/share"
	form := url.Values{"access": {"anyone"}, "token": {strings.Repeat("t", 32)}}
	wire.CutCommits(dbtest.AfterCommit)
	said := func(why string, r reply, more string) {
		t.Helper()
		if r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") != "" ||
			!slices.Contains(r.errors(), "unknown_outcome") || !strings.Contains(r.body, more) ||
			strings.Contains(r.body, "Nothing was") || !strings.Contains(r.body, "know whether") {
			t.Errorf("%s: %v", why, r)
		}
	}
	said("a link", b.post(path, form), `href="/shares"`)
	r := b.post(path, form)
	if r.status != http.StatusConflict || !slices.Contains(r.errors(), "already_created") {
		t.Errorf("the form again: %v", r)
	}
	_, id := b.share(a.item, nil)
	wire.CutCommits(dbtest.BeforeCommit)
	said("a revocation", b.post("/shares/"+id+"/revoke", nil), `href="/shares/`+id+`"`)
	admin := a.signIn(adminEmail)
	wire.CutCommits(dbtest.AfterCommit)
	said("a policy", admin.post("/admin/policy", strictPolicy()), `href="/admin/policy"`)
	kept := a.browser()
	wait := kept.post(path, url.Values{ownerField: {a.users[memberEmail].ID}}).sealedForm(t)
	wire.CutCommits(dbtest.AfterCommit)
	r = kept.post("/signin/resume", signInForm(memberEmail, password, wait))
	if !slices.Contains(r.errors(), "unknown_outcome") || !strings.Contains(r.body, sessionEndedText) {
		t.Errorf("signing in: %v", r)
	}
	if wire.Cut() != 4 {
		t.Errorf("%d commits were cut", wire.Cut())
	}
}

// TestUnknownViewIsOpenedAgain asserts that a view that was counted without an answer can be
// opened again with the same view ID, as itemshare open does.
func TestUnknownViewIsOpenedAgain(t *testing.T) {
	a, wire := newAppWithWire(t)
	b := a.signIn(memberEmail)
	link, _ := b.share(a.item, url.Values{"one_time": {"on"}})
	wire.CutCommits(dbtest.AfterCommit, dbtest.BeforeCommit)
	opened, err := client.Open(
		t.Context(), link, client.OpenOptions{HTTPClient: a.browser().client},
	)
	if err != nil || opened.Title != a.item.Title || wire.Cut() != 2 {
		t.Fatalf("%v after %d cuts", err, wire.Cut())
	}
	if _, err := client.Open(
		t.Context(), link, client.OpenOptions{HTTPClient: a.browser().client},
	); err == nil {
		t.Error("it opens twice")
	}
}
