package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestPolicyInPlace asserts what htmx is answered with: the form with its problems, the preview, the
// form as it was filled in, and where to go once it is saved.
func TestPolicyInPlace(t *testing.T) {
	a := newApp(t)
	a.signIn(memberEmail).share(a.item, url.Values{"expire_after": {"ThirtyDays"}})
	admin := a.signIn(adminEmail)
	isPart := func(r reply) bool {
		return strings.Contains(r.body, `id="policy"`) && !strings.Contains(r.body, "<html")
	}
	form := strictPolicy()
	form.Set("default_expiry", "SevenDays")
	r := admin.post("/admin/policy/preview", form, "HX-Request", "true")
	if r.status != http.StatusUnprocessableEntity || !isPart(r) ||
		!strings.Contains(r.body, "longer than the maximum, which is 1 day") ||
		!strings.Contains(r.body, `data-testid="problem-default_expiry"`) {
		t.Errorf("a default above the maximum: %v", r)
	}
	form = strictPolicy()
	form.Set("max_views", "7")
	r = admin.post("/admin/policy/preview", form, "HX-Request", "true")
	if r.status != http.StatusOK || !isPart(r) || !strings.Contains(r.body, "data-affected=") ||
		!strings.Contains(r.body, "Save and revoke 1 link<") {
		t.Errorf("the preview: %v", r)
	}
	form.Set("back", "on")
	r = admin.post("/admin/policy/preview", form, "HX-Request", "true")
	if r.status != http.StatusOK || !isPart(r) ||
		!strings.Contains(r.body, `value="7"`) || strings.Contains(r.body, "data-affected=") {
		t.Errorf("back: %v", r)
	}
	form.Del("back")
	form.Set("affected", "revoke")
	r = admin.post("/admin/policy", form, "HX-Request", "true")
	if to := r.header.Get("HX-Redirect"); r.status != http.StatusNoContent ||
		to != "/admin/policy?done=saved" {
		t.Errorf("saved: %d, %q", r.status, to)
	}
	r = admin.get("/admin/policy?done=saved")
	if !strings.Contains(r.body, "1 link revoked.") ||
		strings.Contains(r.body, "hx-trigger=\"every") {
		t.Errorf("the page after: %v", r)
	}
}

// TestSameAsAccount removes a vault's own policy, after a look at what changes.
func TestSameAsAccount(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	form := strictPolicy()
	form.Set("vault", a.team.ID)
	if r := admin.post("/admin/policy", form); r.status != http.StatusSeeOther {
		t.Fatalf("save: %v", r)
	}
	page := admin.get("/admin/policy?vault=" + a.team.ID)
	if !strings.Contains(page.body, `data-testid="same"`) {
		t.Error("the vault's form does not offer it")
	}
	form.Set("same", "on")
	form.Set("max_views", "nonsense") // what else is in the form does not count
	r := admin.post("/admin/policy/preview", form)
	if r.status != http.StatusOK || strings.Contains(r.body, `name="affected"`) ||
		!strings.Contains(r.body, `name="same" value="on"`) {
		t.Errorf("preview: %v", r)
	}
	if r := admin.post("/admin/policy", form); r.status != http.StatusSeeOther {
		t.Fatalf("save: %v", r)
	}
	if r := a.signIn(memberEmail).post(itemPath(a.item)+"/share",
		url.Values{"access": {"anyone"}}); r.status != http.StatusCreated {
		t.Errorf("the vault's policy still counts: %v", r)
	}
	page = admin.get("/admin/policy?vault=" + a.team.ID)
	if strings.Contains(page.body, `data-testid="same"`) {
		t.Error("the vault still has a policy of its own")
	}
}

// TestRevocationProgress asserts that the progress is a part for htmx, and a page else.
func TestRevocationProgress(t *testing.T) {
	a := newApp(t)
	a.signIn(memberEmail).share(a.item, url.Values{"expire_after": {"ThirtyDays"}})
	admin := a.signIn(adminEmail)
	form := strictPolicy()
	form.Set("affected", "revoke")
	admin.post("/admin/policy", form)
	for _, htmx := range []bool{true, false} {
		r := admin.get("/admin/policy/revocations")
		if htmx {
			r = admin.get("/admin/policy/revocations", "HX-Request", "true")
		}
		if r.status != http.StatusOK || !strings.Contains(r.body, "1 link revoked.") ||
			strings.Contains(r.body, "<html") == htmx {
			t.Errorf("htmx %t: %v", htmx, r)
		}
	}
}
