package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/api"
)

// The callers of every route: nobody, a member who may view and share, another
// member of other vaults, a former member whose grant was withdrawn, an admin.
var callers = [...]string{"", memberEmail, otherEmail, formerEmail, adminEmail}

// promise is what docs/interface.md says of one route: the status for each caller, in
// their order, on what the member sees; form is what a POST sends.
type promise struct {
	want [len(callers)]int
	form url.Values
}

// promises lists every route. One that is not here fails the test.
var promises = map[string]promise{
	"GET /":       {want: [...]int{303, 303, 303, 303, 303}},
	"GET /signin": {want: [...]int{200, 200, 200, 200, 200}},
	"POST /signin": {
		want: [...]int{303, 303, 303, 303, 303},
		form: url.Values{"email": {otherEmail}, "password": {password}},
	},
	"GET /signin/resume": {want: [...]int{200, 200, 200, 200, 200}},
	"POST /signin/resume": {
		want: [...]int{303, 303, 303, 303, 303},
		form: url.Values{"email": {otherEmail}, "password": {password}},
	},
	"POST /signout": {want: [...]int{303, 303, 303, 303, 303}},

	"GET /items":                     {want: [...]int{303, 200, 200, 200, 200}},
	"POST /items/refresh":            {want: [...]int{401, 303, 303, 303, 303}},
	"GET /vaults/:vault/items/:item": {want: [...]int{303, 200, 404, 404, 200}},
	"POST /vaults/:vault/items/:item/reveal": {
		want: [...]int{401, 200, 404, 404, 200}, form: url.Values{"field": {"password"}},
	},
	"GET /vaults/:vault/items/:item/share": {want: [...]int{303, 200, 404, 404, 200}},
	"POST /vaults/:vault/items/:item/share": {
		want: [...]int{401, 201, 404, 404, 201}, form: url.Values{"access": {"anyone"}},
	},
	"POST /vaults/:vault/items/:item/share/preview": {
		want: [...]int{401, 200, 404, 404, 200}, form: url.Values{"access": {"anyone"}},
	},
	"POST /vaults/:vault/items/:item/share/recipients": {
		want: [...]int{
			401, 200, 404, 404, 200,
		}, form: url.Values{"recipients": {"ann@client.example"}},
	},

	"GET /shares":             {want: [...]int{303, 200, 200, 200, 200}},
	"GET /shares.csv":         {want: [...]int{303, 200, 200, 200, 200}},
	"GET /shares/:id":         {want: [...]int{303, 200, 404, 404, 200}},
	"POST /shares/:id/revoke": {want: [...]int{401, 303, 404, 404, 303}},
	"POST /shares/:id/recipients/:position/remove": {want: [...]int{401, 303, 404, 404, 303}},

	"GET /admin/policy":  {want: [...]int{303, 403, 403, 403, 200}},
	"POST /admin/policy": {want: [...]int{401, 403, 403, 403, 303}, form: strict()},
	"POST /admin/policy/links": {
		want: [...]int{401, 403, 403, 403, 409}, form: url.Values{"links_by": {"native"}},
	},
	"POST /admin/policy/preview": {want: [...]int{401, 403, 403, 403, 200}, form: strict()},
	"GET /admin/users":           {want: [...]int{303, 403, 403, 403, 200}},
	"GET /admin/vaults":          {want: [...]int{303, 403, 403, 403, 200}},
	"GET /admin/audit":           {want: [...]int{303, 403, 403, 403, 200}},

	"GET /admin/mail": {want: [...]int{303, 403, 403, 403, 200}},
	"POST /admin/mail/test": {
		want: [...]int{401, 403, 403, 403, 200}, form: url.Values{"to": {"ann@client.example"}},
	},

	"GET /admin/service-accounts": {want: [...]int{303, 403, 403, 403, 200}},
	"POST /admin/service-accounts": {
		want: [...]int{401, 403, 403, 403, 422}, form: url.Values{"name": {"Deploys"}},
	},
	"POST /admin/service-accounts/:id/revoke": {want: [...]int{401, 403, 403, 403, 303}},

	"GET /s":       {want: [...]int{200, 200, 200, 200, 200}},
	"POST /s/peek": {want: [...]int{400, 400, 400, 400, 400}},
	"POST /s/code": {want: [...]int{400, 400, 400, 400, 400}},
	"POST /s/open": {want: [...]int{400, 400, 400, 400, 400}},
	"POST /s/file": {want: [...]int{400, 400, 400, 400, 400}},

	"GET /api/v1/openapi.json": {want: [...]int{200, 200, 200, 200, 200}},
	"GET /api/v1/docs":         {want: [...]int{200, 200, 200, 200, 200}},

	"GET /static/:name": {want: [...]int{200, 200, 200, 200, 200}},
	"GET /healthz":      {want: [...]int{200, 200, 200, 200, 200}},
	"GET /readyz":       {want: [...]int{200, 200, 200, 200, 200}},
	"GET /demo/outbox":  {want: [...]int{200, 200, 200, 200, 200}},
}

// changing are the routes that change something where they are allowed.
var changing = map[string]bool{
	"POST /signin": true, "POST /signin/resume": true,
	"POST /signout": true, "POST /vaults/:vault/items/:item/reveal": true,
	"POST /vaults/:vault/items/:item/share": true, "POST /shares/:id/revoke": true,
	"POST /shares/:id/recipients/:position/remove": true, "POST /admin/policy": true,
	"POST /admin/service-accounts/:id/revoke": true, "POST /admin/mail/test": true,
}

// visited is the application with a browser for each caller.
type visited struct {
	*app
	browsers [len(callers)]*browser
	program  account.ServiceAccount
}

func visit(t *testing.T) *visited {
	v := &visited{app: newApp(t)}
	for i := range callers {
		v.browsers[i] = v.caller(i)
	}
	v.withdraw()
	v.program = v.service("Deploys", true, v.team.ID).account
	return v
}

// caller gives a new browser of one of the callers.
func (v *visited) caller(i int) *browser {
	if callers[i] == "" {
		return v.browser()
	}
	return v.signedIn(callers[i])
}

// spelled fills a pattern with ids: of what the member sees, of what stands
// elsewhere, or of nothing.
func (v *visited) spelled(pattern, which, share string) string {
	vaultID, itemID, program := v.item.VaultID, v.item.ID, v.program.ID
	switch which {
	case "foreign":
		vaultID, itemID = v.hidden.VaultID, v.hidden.ID
	case "missing":
		program = strings.Repeat("0", len(program))
		vaultID, itemID, share = strings.Repeat("0", len(vaultID)), strings.Repeat(
			"0", len(itemID),
		), strings.Repeat("0", len(share))
	}
	asset := v.browsers[0].get("/signin").body
	asset = asset[strings.Index(asset, "/static/")+len("/static/"):]
	asset = asset[:strings.IndexByte(asset, '"')]
	return strings.NewReplacer("service-accounts/:id", "service-accounts/"+program, ":vault",
		vaultID, ":item", itemID, ":id", share, ":position", "0", ":name", asset).
		Replace(pattern)
}

// table returns the rows of every route, those of a demo too.
func table() []route {
	return (&Handlers{c: Config{API: api.New(api.Config{}), Demo: shown{}}}).table()
}

func TestEveryRouteStatesItsPolicy(t *testing.T) {
	listed := map[string]bool{}
	for _, r := range table() {
		key := r.method + " " + r.path
		listed[key] = true
		_, people := promises[key]
		_, programs := programPromises[key]
		if people == r.access.ForServiceAccounts() || programs != r.access.ForServiceAccounts() {
			t.Errorf("%s has no promise in this test", key)
		}
		if r.access == account.Nobody {
			t.Errorf("%s does not say who may call it", key)
		}
		if err := account.Nobody.Check(account.Identity{}, ""); err == nil {
			t.Error("a route without a policy admits somebody")
		}
	}
	for key := range promises {
		if !listed[key] {
			t.Errorf("%s is promised and not there", key)
		}
	}
	for key := range programPromises {
		if !listed[key] {
			t.Errorf("%s is promised to programs and not there", key)
		}
	}
}

// TestEveryRouteForEveryCaller walks all routes and wants the promised status, and nothing changed
// where it is a refusal.
func TestEveryRouteForEveryCaller(t *testing.T) {
	v := visit(t)
	_, share := v.browsers[1].share(
		v.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}},
	)
	for _, r := range table() {
		key := r.method + " " + r.path
		if r.access.ForServiceAccounts() {
			continue // TestEveryCallForEveryProgram walks those
		}
		path := v.spelled(r.path, "seen", share)
		for i, who := range callers {
			want := promises[key].want[i]
			b, changes := v.browsers[i], changing[key] && want < 400
			before := ""
			if changes {
				b = v.caller(i) // signing out must not end the session of the walk
				if strings.Contains(r.path, ":id") {
					_, fresh := v.browsers[1].share(
						v.item,
						url.Values{"access": {"recipients"}, "recipients": {"bob@client.example"}},
					)
					path = v.spelled(r.path, "seen", fresh)
				}
			} else {
				before = v.dump()
			}
			got := b.send(r.method, path, promises[key].form)
			if got.status != want {
				t.Errorf("%s by %q: %d, want %d", key, who, got.status, want)
			}
			if !changes {
				v.unchanged(before, key+" by "+who)
			}
			v.checkRefusal(key, who, r, got)
		}
		if key == "POST /admin/policy" {
			v.browsers[4].post("/admin/policy", generous())
		}
	}
}

// checkRefusal looks at how somebody is turned away.
func (v *visited) checkRefusal(key, who string, r route, got reply) {
	v.t.Helper()
	if who == "" && r.access != account.Anyone && r.method == http.MethodGet &&
		!strings.HasPrefix(got.header.Get("Location"), "/signin?next=%2F") {
		v.t.Errorf("%s leads nobody to %q", key, got.header.Get("Location"))
	}
	want := map[int]string{401: "unauthenticated", 403: "forbidden", 404: "not_found"}[got.status]
	if want != "" && (len(got.errors()) == 0 || got.errors()[0] != want) {
		v.t.Errorf("%s by %q: %v, want %s", key, who, got.errors(), want)
	}
}

// TestForeignAndMissingAreAlike wants one answer for what is not yours and what is not there.
func TestForeignAndMissingAreAlike(t *testing.T) {
	v := visit(t)
	_, foreign := v.browsers[2].share(v.hidden, nil)
	for _, r := range table() {
		key := r.method + " " + r.path
		if r.access.ForServiceAccounts() || r.access == account.Administrator ||
			!strings.Contains(r.path, ":vault") && !strings.Contains(r.path, ":id") {
			continue
		}
		for _, i := range []int{0, 1, 3} { // nobody, member, former member
			before := v.dump()
			one := v.browsers[i].send(
				r.method, v.spelled(r.path, "foreign", foreign), promises[key].form,
			)
			two := v.browsers[i].send(
				r.method, v.spelled(r.path, "missing", foreign), promises[key].form,
			)
			v.unchanged(before, key)
			if i > 0 && one.status != http.StatusNotFound {
				t.Errorf("%s by %q on a foreign id: %d", key, callers[i], one.status)
			}
			if i == 0 &&
				r.method == http.MethodGet { // the address of the page stands in the redirect
				one.header.Del("Location")
				two.header.Del("Location")
			}
			if a, b := one.fixed(), two.fixed(); a != b {
				t.Errorf("%s by %q tells foreign from missing:\n%s\n%s", key, callers[i], a, b)
			}
		}
	}
}

// TestOtherVerbs wants every other verb refused, without a change; HEAD goes where GET does.
func TestOtherVerbs(t *testing.T) {
	v := visit(t)
	_, share := v.browsers[1].share(v.item, nil)
	verbs := map[string]map[string]bool{}
	for _, r := range table() {
		if verbs[r.path] == nil {
			verbs[r.path] = map[string]bool{}
		}
		verbs[r.path][r.method] = true
	}
	before := v.dump()
	for path, known := range verbs {
		address := v.spelled(path, "seen", share)
		for _, verb := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
			for i, who := range callers {
				got := v.browsers[i].ask(verb, address, nil)
				switch {
				case verb == "HEAD" && known["GET"]:
					want := v.browsers[i].get(address)
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
	v.unchanged(before, "reading and unknown verbs")
}

// TestViewWithoutShare wants 403 for who may look but not share, and 200 for looking.
func TestViewWithoutShare(t *testing.T) {
	a := newApp(t)
	b := a.signedIn(memberEmail)
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
	} {
		if r.status != http.StatusForbidden || r.errors()[0] != "forbidden" {
			t.Errorf("sharing: %v", r)
		}
	}
	a.unchanged(before, "sharing without the right")
	if r := a.signedIn(adminEmail).get(itemPath(a.notes)); r.status != http.StatusNotFound {
		t.Errorf("an admin sees an item without a grant: %d", r.status)
	}
}

func (a *app) unchanged(before, why string) {
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
