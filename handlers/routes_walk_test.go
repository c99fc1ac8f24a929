package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/vault"
	"itemshare/webhook"
)

// appWithCallers is the application with a browser for each of callers.
type appWithCallers struct {
	*app
	browsers [len(callers)]*browser
	program  account.ServiceAccount
	webhook  webhook.Webhook
	group    account.Group // with the member in it
	imported string        // ID of an import of the admin, which waits for decisions
	leaver   string        // the ID of a member whom admins change
}

func newAppWithCallers(t *testing.T) *appWithCallers {
	a := &appWithCallers{app: newApp(t)}
	for i := range callers {
		a.browsers[i] = a.newBrowser(i)
	}
	a.revokeGrant()
	leaver, err := a.accounts.AddUser(a.t.Context(), "", account.NewUser{
		Email: "leaver@company.example", Name: "Leo", Role: account.Member, Password: password,
	})
	a.must(err)
	a.leaver = leaver.ID
	a.program = a.addProgram("Deploys", true, a.team.ID).account
	a.webhook, _, err = a.hooks.Add(
		t.Context(), a.users[adminEmail].ID, "https://127.0.0.1:9/", []string{"share.expired"},
	)
	a.must(err)
	a.group, err = a.accounts.AddGroup(t.Context(), "", "Operations")
	a.must(err)
	a.must(a.accounts.SetMember(t.Context(), "", a.group.ID, a.users[memberEmail].ID, true))
	a.imported = a.importFile(adminEmail, chromeExport, vault.ImportChoices{NewVault: "Imported"})
	return a
}

// newBrowser returns a new browser of the ith caller.
func (a *appWithCallers) newBrowser(i int) *browser {
	if callers[i] == "" {
		return a.browser()
	}
	return a.signIn(callers[i])
}

// fillPattern fills a path pattern with IDs of what the member sees, of what is elsewhere
// ("foreign") or of nothing ("missing").
func (a *appWithCallers) fillPattern(pattern, which, share string) string {
	vaultID, itemID, program := a.item.VaultID, a.item.ID, a.program.ID
	hook := a.webhook.ID
	file, group := a.item.Files[0].ID, a.group.ID
	switch which {
	case "foreign":
		vaultID, itemID = a.hidden.VaultID, a.hidden.ID
	case "missing":
		file = strings.Repeat("0", len(file))
		program, group = strings.Repeat("0", len(program)), strings.Repeat("0", len(group))
		hook = strings.Repeat("0", len(hook))
		vaultID, itemID, share = strings.Repeat("0", len(vaultID)), strings.Repeat(
			"0", len(itemID),
		), strings.Repeat("0", len(share))
	}
	asset := a.browsers[0].get("/signin").body
	asset = asset[strings.Index(asset, "/static/")+len("/static/"):]
	asset = asset[:strings.IndexByte(asset, '"')]
	person := a.leaver
	if which == "missing" {
		person = strings.Repeat("0", len(person))
	}
	return strings.NewReplacer("users/:id", "users/"+person, "webhooks/:id", "webhooks/"+hook,
		":delivery", "0", "service-accounts/:id", "service-accounts/"+program, ":vault",
		vaultID, ":item", itemID, ":file", file, ":version", "1",
		":group", group, ":user", a.users[memberEmail].ID, ":import", a.imported, ":id", share,
		":position", "0", ":name", asset).
		Replace(pattern)
}

// TestEveryRouteForEveryCaller asserts that every route has the wanted status for every caller,
// and that a rejected request changes nothing.
func TestEveryRouteForEveryCaller(t *testing.T) {
	a := newAppWithCallers(t)
	_, share := a.browsers[1].share(
		a.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}},
	)
	for _, r := range routeTable() {
		key := r.method + " " + r.path
		if r.access.ForServiceAccounts() {
			continue // tested by TestEveryCallForEveryProgram
		}
		path := a.fillPattern(r.path, "seen", share)
		for i, who := range callers {
			want := routeTests[key].want[i]
			b := a.browsers[i]
			changes := changingRoutes[key] && (want < 400 || key == "POST /join") // wrong codes count
			before := ""
			if changes {
				b = a.newBrowser(i) // signing out must not end the other browser's session
				if strings.Contains(r.path, ":id") {
					_, fresh := a.browsers[1].share(
						a.item,
						url.Values{"access": {"recipients"}, "recipients": {"bob@client.example"}},
					)
					path = a.fillPattern(r.path, "seen", fresh)
				}
			} else {
				before = a.dump()
			}
			got := b.send(r.method, path, routeTests[key].form)
			if got.status != want {
				t.Errorf("%s by %q: %d, want %d", key, who, got.status, want)
			}
			if !changes {
				a.wantUnchanged(before, key+" by "+who)
			}
			a.checkRefusal(key, who, r, got)
		}
		switch key {
		case "POST /admin/policy":
			a.browsers[4].post("/admin/policy", openPolicy())
		case "POST /account/sessions/end":
			for i := range callers {
				a.browsers[i] = a.newBrowser(i)
			}
		}
	}
}

// checkRefusal asserts that a rejected request has the right error code, and that a page leads to
// the sign-in page.
func (a *appWithCallers) checkRefusal(key, who string, r route, got reply) {
	a.t.Helper()
	if who == "" && r.access != account.Anyone && r.method == http.MethodGet &&
		!strings.HasPrefix(got.header.Get("Location"), "/signin?next=%2F") {
		a.t.Errorf("%s leads nobody to %q", key, got.header.Get("Location"))
	}
	want := map[int]string{401: "unauthenticated", 403: "forbidden", 404: "not_found"}[got.status]
	switch key {
	case "POST /join":
		want = "code_invalid"
	case "POST /signin/passkey":
		want = "signin_failed"
	}
	if want != "" && (len(got.errors()) == 0 || got.errors()[0] != want) {
		a.t.Errorf("%s by %q: %v, want %s", key, who, got.errors(), want)
	}
}

// TestForeignAndMissingAreAlike asserts that a caller gets the same response for what is
// elsewhere and for what does not exist.
func TestForeignAndMissingAreAlike(t *testing.T) {
	a := newAppWithCallers(t)
	_, foreign := a.browsers[2].share(a.hidden, nil)
	for _, r := range routeTable() {
		key := r.method + " " + r.path
		if r.access.ForServiceAccounts() || r.access == account.Administrator ||
			!strings.Contains(r.path, ":vault") && !strings.Contains(r.path, ":id") {
			continue
		}
		for _, i := range []int{0, 1, 3} { // nobody, member, former member
			before := a.dump()
			one := a.browsers[i].send(
				r.method, a.fillPattern(r.path, "foreign", foreign), routeTests[key].form,
			)
			two := a.browsers[i].send(
				r.method, a.fillPattern(r.path, "missing", foreign), routeTests[key].form,
			)
			a.wantUnchanged(before, key)
			if i > 0 && one.status != http.StatusNotFound {
				t.Errorf("%s by %q on a foreign id: %d", key, callers[i], one.status)
			}
			if i == 0 &&
				r.method == http.MethodGet { // the redirect contains the page's address
				one.header.Del("Location")
				two.header.Del("Location")
			}
			if a, b := one.stableText(), two.stableText(); a != b {
				t.Errorf("%s by %q tells foreign from missing:\n%s\n%s", key, callers[i], a, b)
			}
		}
	}
}

// TestOtherVerbs asserts that every other method is rejected and changes nothing, and that HEAD
// is answered as GET.
func TestOtherVerbs(t *testing.T) {
	a := newAppWithCallers(t)
	_, share := a.browsers[1].share(a.item, nil)
	verbs := map[string]map[string]bool{}
	for _, r := range routeTable() {
		if verbs[r.path] == nil {
			verbs[r.path] = map[string]bool{}
		}
		verbs[r.path][r.method] = true
	}
	before := a.dump()
	for path, known := range verbs {
		address := a.fillPattern(path, "seen", share)
		for _, verb := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
			if reads := verb == "GET" || verb == "HEAD"; reads && changingRoutes["GET "+path] {
				continue // tested by TestDownload
			}
			for i, who := range callers {
				got := a.browsers[i].do(verb, address, nil)
				switch {
				case verb == "HEAD" && known["GET"]:
					want := a.browsers[i].get(address)
					for _, name := range []string{
						"Content-Type", "Location", policyHeader, "Cache-Control", "Vary",
					} {
						if got.header.Get(name) != want.header.Get(name) {
							t.Errorf(
								"HEAD %s by %q: %s is %q, GET says %q", path, who, name,
								got.header.Get(name), want.header.Get(name),
							)
						}
					}
					if got.status != want.status {
						t.Errorf("HEAD %s by %q: %d, GET %d", path, who, got.status, want.status)
					}
				case verb == "OPTIONS" && got.status != http.StatusNoContent,
					verb != "OPTIONS" && !known[verb] && got.status != http.StatusMethodNotAllowed:
					t.Errorf("%s %s by %q: %d", verb, path, who, got.status)
				}
			}
		}
	}
	a.wantUnchanged(before, "reading and unknown verbs")
}

// TestViewWithoutShare asserts that a user who may view but not share gets 403 for sharing and
// 200 for viewing.
func TestViewWithoutShare(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	if r := b.get(itemPath(a.notes)); r.status != http.StatusOK ||
		strings.Contains(r.body, `data-testid="share"`) {
		t.Errorf("looking: %d", r.status)
	}
	before := a.dump()
	for _, r := range []reply{
		b.get(itemPath(a.notes) + "/share"), b.post(itemPath(a.notes)+"/share",
			url.Values{"access": {"anyone"}}),
		b.post(itemPath(a.notes)+"/share/recipients",
			nil), b.post(itemPath(a.notes)+"/share/preview", nil),
		b.post(itemPath(a.notes)+"/share/terms", nil),
	} {
		if r.status != http.StatusForbidden || r.errors()[0] != "forbidden" {
			t.Errorf("sharing: %v", r)
		}
	}
	a.wantUnchanged(before, "sharing without the right")
	if r := a.signIn(adminEmail).get(itemPath(a.notes)); r.status != http.StatusNotFound {
		t.Errorf("an admin sees an item without a grant: %d", r.status)
	}
}

func (a *app) wantUnchanged(before, why string) {
	a.t.Helper()
	after := a.dump()
	if after == before {
		return
	}
	one, two := strings.Split(before, "\n"), strings.Split(after, "\n")
	for i := range min(len(one), len(two)) {
		if one[i] != two[i] {
			a.t.Errorf("%s changed %.300s\nto %.300s", why, one[i], two[i])
			return
		}
	}
}
