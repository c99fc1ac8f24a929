package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
)

func strictPolicy() url.Values {
	return url.Values{
		"max_expiry": {
			"OneDay",
		}, "default_expiry": {"OneHour"}, "max_views": {"1"}, "allowed_types": {"Authenticated"},
		"allowed_recipient_types": {"Email"}, "allowed_domains": {"client.example"},
	}
}

func TestPolicy(t *testing.T) {
	a := newApp(t)
	admin, member := a.signIn(adminEmail), a.signIn(memberEmail)
	_, public := member.share(a.item, nil)
	_, fine := member.share(
		a.item,
		url.Values{
			"access":       {"recipients"},
			"recipients":   {"ann@client.example"},
			"expire_after": {"OneHour"},
			"one_time":     {"on"},
		},
	)

	preview := admin.post("/admin/policy/preview", strictPolicy())
	if preview.status != http.StatusOK ||
		!strings.Contains(preview.body, `data-affected="`+public+`"`) ||
		strings.Contains(preview.body, `data-affected="`+fine+`"`) {
		t.Errorf("preview: %v", preview)
	}
	if r := admin.get("/shares?status=active"); !strings.Contains(r.body, public) {
		t.Error("the preview revoked a share")
	}
	if r := admin.post("/admin/policy", strictPolicy()); r.status != http.StatusSeeOther {
		t.Fatalf("save: %v", r)
	}
	if r := admin.get("/shares?status=active"); !strings.Contains(r.body, public) {
		t.Error("the default is to keep what is there")
	}
	r := member.post(
		itemPath(a.item)+"/share", url.Values{"access": {"anyone"}, "expire_after": {"ThirtyDays"}},
	)
	for _, code := range []string{"policy_access", "policy_expiry"} {
		if !slices.Contains(r.errors(), code) {
			t.Errorf("no %s among %v", code, r.errors())
		}
	}
	r = member.post(
		itemPath(a.item)+"/share",
		url.Values{"access": {"recipients"}, "recipients": {"x@other.example client.example"}},
	)
	for _, code := range []string{"policy_domain", "policy_recipient_type"} {
		if !slices.Contains(r.errors(), code) {
			t.Errorf("no %s among %v", code, r.errors())
		}
	}
	form := strictPolicy()
	form.Set("affected", "revoke")
	if r := admin.post("/admin/policy", form); r.status != http.StatusSeeOther {
		t.Fatalf("save: %v", r)
	}
	if r := admin.get("/shares?status=active"); strings.Contains(r.body, public) ||
		!strings.Contains(r.body, fine) {
		t.Error("revoke must end what is not allowed, and nothing else")
	}
}

func TestPolicyOfAVault(t *testing.T) {
	a := newApp(t)
	admin, member := a.signIn(adminEmail), a.signIn(memberEmail)
	form := strictPolicy()
	form.Set("vault", a.team.ID)
	if r := admin.post("/admin/policy", form); r.status != http.StatusSeeOther {
		t.Fatalf("save: %v", r)
	}
	if r := member.post(itemPath(a.item)+"/share",
		url.Values{"access": {"anyone"}}); !slices.Contains(
		r.errors(), "policy_access",
	) {
		t.Errorf("the vault's rule does not hold: %v", r.errors())
	}
	if r := a.signIn(otherEmail).post(itemPath(a.hidden)+"/share",
		url.Values{"access": {"anyone"}}); r.status != http.StatusCreated {
		t.Errorf("another vault is bound too: %v", r)
	}
	form.Set("vault", "nowhere")
	if r := admin.post("/admin/policy", form); r.status != http.StatusNotFound {
		t.Errorf("a vault that is not there: %d", r.status)
	}
}

func TestPolicyProblems(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	form := url.Values{
		"max_expiry":     {"Never"},
		"default_expiry": {"OneHour"},
		"max_views":      {"-3"},
		"allowed_types":  {"Everybody"},
		"affected":       {"maybe"},
	}
	for _, path := range []string{"/admin/policy", "/admin/policy/preview"} {
		if r := admin.post(path, form); r.status != http.StatusUnprocessableEntity ||
			len(r.errors()) < 4 {
			t.Errorf("%s: %d %v", path, r.status, r.errors())
		}
	}
}

func TestAdminPages(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	for path, want := range map[string]string{
		"/admin/users": memberEmail, "/admin/vaults": "Elsewhere", "/admin/audit": "Ada",
		"/admin/policy": "Read only",
	} {
		if r := admin.get(path); r.status != http.StatusOK || !strings.Contains(r.body, want) {
			t.Errorf("%s does not show %s: %v", path, want, r)
		}
	}
	if r := admin.get("/admin/audit?after=nonsense"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("a place in the list that is none: %d", r.status)
	}
}

// TestAuditNames asserts that the audit page names what its events are about, except items of
// vaults that the admin may not view.
func TestAuditNames(t *testing.T) {
	a := newApp(t)
	_, id := a.signIn(memberEmail).share(a.item, url.Values{"expire_after": {"OneDay"}})
	a.signIn(memberEmail).post(itemPath(a.item)+"/reveal", url.Values{"field": {"password"}})
	admin := a.signIn(adminEmail)
	made := admin.get("/admin/audit?kind=share.created")
	for _, want := range []string{id, a.item.Title, "anyone with the link", "unlimited views"} {
		if !strings.Contains(made.body, want) {
			t.Errorf("a link that was made does not show %q: %v", want, made)
		}
	}
	revealed := admin.get("/admin/audit?kind=item.revealed")
	if !strings.Contains(revealed.body, a.item.Title) {
		t.Errorf("a reveal in a vault that is open to the admin: %v", revealed)
	}
	a.must(
		a.accounts.SetGrant(
			t.Context(), "", account.Grant{UserID: a.users[adminEmail].ID, VaultID: a.team.ID},
		),
	)
	revealed = admin.get("/admin/audit?kind=item.revealed")
	if !strings.Contains(revealed.body, "An item in Team") ||
		strings.Contains(revealed.body, a.item.Title) {
		t.Errorf("a reveal in a vault that is closed to the admin: %v", revealed)
	}
}

// TestErasingBehind asserts that an admin sees that the content of an ended share is still stored
// once erasing it is overdue. No sweeper runs here.
func TestErasingBehind(t *testing.T) {
	a := newApp(t)
	a.signIn(memberEmail).share(a.item, url.Values{"expire_after": {"OneHour"}})
	for _, c := range []struct {
		pass time.Duration
		want bool
	}{
		{0, false}, {time.Hour, false}, {eraseTolerance - time.Minute, false}, {2 * time.Minute, true},
	} {
		a.clock.advance(c.pass)
		r := a.signIn(adminEmail).get("/admin/audit")
		if r.status != http.StatusOK ||
			strings.Contains(r.body, `data-testid="erasing-behind"`) != c.want {
			t.Errorf("%s later: %d, want the notice: %t", c.pass, r.status, c.want)
		}
	}
	expired := func(id string) (audit.Entry, error) {
		return a.auditLog.Entry(audit.Event{At: a.clock.Now(), Kind: audit.ShareExpired, Subject: id})
	}
	if _, err := a.db.ExpireShares(t.Context(), a.clock.Now(), 100, expired); err != nil {
		t.Fatal(err)
	}
	if r := a.signIn(adminEmail).get("/admin/audit"); strings.Contains(r.body, "erasing-behind") {
		t.Error("it is behind though the next step is due later")
	}
}

func openPolicy() url.Values {
	return url.Values{
		"max_expiry": {
			"ThirtyDays",
		}, "default_expiry": {"SevenDays"}, "allowed_types": {"Authenticated", "Public"},
		"allowed_recipient_types": {"Email", "Domain"}, "files_allowed": {"on"},
	}
}
