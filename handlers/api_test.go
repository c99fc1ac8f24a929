package handlers

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/vault"
)

// program is a service account's client: it sends the token, if any.
type program struct {
	*browser
	account account.ServiceAccount
	token   string
}

// addProgram adds a service account for the vaults and returns its client.
func (a *app) addProgram(name string, share bool, vaults ...string) program {
	a.t.Helper()
	made, token, err := a.accounts.AddServiceAccount(
		a.t.Context(), "", account.NewServiceAccount{Name: name, Vaults: vaults, ShareItems: share},
	)
	a.must(err)
	return program{a.browser(), made, string(token)}
}

// call sends a request to a path below /api/v1. A body for a described call must match the
// OpenAPI document if the call succeeds.
func (p program) call(method, path, body string, header ...string) reply {
	p.app.t.Helper()
	if p.token != "" {
		header = append([]string{"Authorization", "Bearer " + p.token}, header...)
	}
	address, _, _ := strings.Cut(path, "?")
	r := p.do(method, p.app.base.Path+apiPath+path, strings.NewReader(body), header...)
	_, where := openAPI().resolve("paths", openAPI().path(apiPath+address), strings.ToLower(method),
		"requestBody", "content", "application/json", "schema")
	if r.status < 300 && where != nil && strings.HasPrefix(body, "{") {
		p.app.wantValid("what was sent to "+path, where, body)
	}
	return r
}

func (p program) get(path string, header ...string) reply {
	p.app.t.Helper()
	return p.call(http.MethodGet, path, "", header...)
}

// createShare creates a share and returns the response.
func (p program) createShare(
	item vault.Item, body string, header ...string,
) (made struct{ ID, Link, ExpiresAt string }) {
	p.app.t.Helper()
	r := p.call(http.MethodPost, itemPath(item)+"/shares", body, header...)
	if r.status != http.StatusCreated {
		p.app.t.Fatalf("share: %v", r)
	}
	p.app.must(json.Unmarshal([]byte(r.body), &made))
	return made
}

func (r reply) object(t testing.TB) (o object) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), &o); err != nil {
		t.Fatalf("%v: %v", err, r)
	}
	return o
}

// programCallers call every route of the API: without a token, with an unknown one, with a
// revoked one, as a service account of another vault, as one that may read, as one that may
// share, in a member's browser without a token, and as one that may manage people alone.
var programCallers = [...]string{
	"nobody",
	"wrong",
	"revoked",
	"elsewhere",
	"reader",
	"sharer",
	"cookie",
	"manager",
}

type programTest struct {
	want [len(programCallers)]int
	body string
}

var programTests = map[string]programTest{
	"GET /api/v1/vaults":                    {want: [...]int{401, 401, 401, 200, 200, 200, 401, 200}},
	"GET /api/v1/vaults/:vault/items":       {want: [...]int{401, 401, 401, 404, 200, 200, 401, 404}},
	"GET /api/v1/vaults/:vault/items/:item": {want: [...]int{401, 401, 401, 404, 200, 200, 401, 404}},
	"POST /api/v1/vaults/:vault/items": {
		want: [...]int{401, 401, 401, 404, 403, 403, 401, 404}, body: newItemBody,
	},
	"PUT /api/v1/vaults/:vault/items/:item": {
		want: [...]int{401, 401, 401, 404, 403, 403, 401, 404}, body: newItemBody,
	},
	"DELETE /api/v1/vaults/:vault/items/:item": {
		want: [...]int{401, 401, 401, 404, 403, 403, 401, 404},
	},
	"POST /api/v1/vaults/:vault/items/:item/archive": {
		want: [...]int{401, 401, 401, 404, 403, 403, 401, 404},
	},
	"GET /api/v1/vaults/:vault/items/:item/share-policy": {
		want: [...]int{401, 401, 401, 404, 403, 200, 401, 404},
	},
	"POST /api/v1/vaults/:vault/items/:item/recipients": {
		want: [...]int{
			401, 401, 401, 404, 403, 200, 401, 404,
		}, body: `{"recipients":["ann@client.example"]}`,
	},
	"POST /api/v1/vaults/:vault/items/:item/shares": {
		want: [...]int{401, 401, 401, 404, 403, 201, 401, 404},
		body: `{}`,
	},
	"POST /api/v1/vaults/:vault/items/:item/files": {
		want: [...]int{401, 401, 401, 404, 403, 403, 401, 404}, body: "text",
	},
	"GET /api/v1/vaults/:vault/items/:item/files/:file": {
		want: [...]int{401, 401, 401, 404, 200, 200, 401, 404},
	},
	"DELETE /api/v1/vaults/:vault/items/:item/files/:file": {
		want: [...]int{401, 401, 401, 404, 403, 403, 401, 404},
	},
	"POST /api/v1/shares": {
		want: [...]int{401, 401, 401, 201, 403, 201, 401, 403}, body: `{"notes":"a secret"}`,
	},
	"GET /api/v1/shares":           {want: [...]int{401, 401, 401, 200, 200, 200, 401, 200}},
	"GET /api/v1/shares/:id":       {want: [...]int{401, 401, 401, 404, 404, 200, 401, 404}},
	"GET /api/v1/shares/:id/views": {want: [...]int{401, 401, 401, 404, 404, 200, 401, 404}},
	"DELETE /api/v1/shares/:id":    {want: [...]int{401, 401, 401, 404, 404, 204, 401, 404}},
	"GET /api/v1/events":           {want: [...]int{401, 401, 401, 403, 403, 403, 401, 403}},
	"GET /api/v1/users":            {want: peopleCall(200)},
	"POST /api/v1/users": {
		want: peopleCall(201), body: `{"email":"zoe@company.example","name":"Zoe"}`,
	},
	"GET /api/v1/users/:user":             {want: peopleCall(200)},
	"PATCH /api/v1/users/:user":           {want: peopleCall(200), body: `{"name":"Leonie"}`},
	"DELETE /api/v1/users/:user":          {want: peopleCall(422)}, // without links
	"POST /api/v1/users/:user/invitation": {want: peopleCall(409)}, // has joined

	"POST /api/v1/users/:user/password-reset": {want: peopleCall(201)},
	"GET /api/v1/users/:user/access":          {want: peopleCall(200)},

	"GET /api/v1/groups":           {want: peopleCall(200)},
	"POST /api/v1/groups":          {want: peopleCall(201), body: `{"name":"Testers"}`},
	"GET /api/v1/groups/:group":    {want: peopleCall(200)},
	"PATCH /api/v1/groups/:group":  {want: peopleCall(200), body: `{"name":"Night shift"}`},
	"DELETE /api/v1/groups/:group": {want: peopleCall(204)},

	"GET /api/v1/groups/:group/members":          {want: peopleCall(200)},
	"PUT /api/v1/groups/:group/members/:user":    {want: peopleCall(204)},
	"DELETE /api/v1/groups/:group/members/:user": {want: peopleCall(204)},

	"GET /api/v1/groups/:group/access": {want: peopleCall(200)},
	"POST /api/v1/vaults":              {want: peopleCall(201), body: `{"title":"Contractors"}`},
	"GET /api/v1/vaults/:vault":        {want: peopleCall(200)},
	"PATCH /api/v1/vaults/:vault":      {want: peopleCall(200), body: `{"title":"Everybody"}`},

	"GET /api/v1/vaults/:vault/access": {want: peopleCall(200)},
	"PUT /api/v1/vaults/:vault/access/users/:user": {
		want: peopleCall(204), body: `{"rights":["view"]}`,
	},
	"DELETE /api/v1/vaults/:vault/access/users/:user": {want: peopleCall(204)},
	"PUT /api/v1/vaults/:vault/access/groups/:group": {
		want: peopleCall(204), body: `{"rights":["share"]}`,
	},
	"DELETE /api/v1/vaults/:vault/access/groups/:group": {want: peopleCall(204)},
}

// peopleCall returns the status for each caller of a call about people: only one may send it.
func peopleCall(status int) [len(programCallers)]int {
	return [...]int{401, 401, 401, 403, 403, 403, 401, status}
}

// programChanges are the calls that leave an audit event, or change more, where they are allowed.
var programChanges = map[string]bool{
	"GET /api/v1/vaults/:vault/items/:item/files/:file": true, "POST /api/v1/shares": true,
	"POST /api/v1/users": true, "PATCH /api/v1/users/:user": true,
	"POST /api/v1/users/:user/password-reset": true,
	"POST /api/v1/vaults":                     true, "PATCH /api/v1/vaults/:vault": true,
	"POST /api/v1/groups": true, "PATCH /api/v1/groups/:group": true,
	"DELETE /api/v1/groups/:group":                      true,
	"PUT /api/v1/groups/:group/members/:user":           true,
	"PUT /api/v1/vaults/:vault/access/users/:user":      true,
	"DELETE /api/v1/vaults/:vault/access/users/:user":   true,
	"PUT /api/v1/vaults/:vault/access/groups/:group":    true,
	"DELETE /api/v1/vaults/:vault/access/groups/:group": true,
	"GET /api/v1/vaults/:vault/items/:item":             true, "POST " +
		"/api/v1/vaults/:vault/items/:item/shares": true, "DELETE /api/v1/shares/:id": true,
}

// mailedBy says to whom a call sends an email, which is waited for.
var mailedBy = map[string]string{
	"POST /api/v1/users":                      "zoe@company.example",
	"POST /api/v1/users/:user/password-reset": "leaver@company.example",
}

// appWithPrograms is the application with a client for each of programCallers.
type appWithPrograms struct {
	*app
	callers [len(programCallers)]program
	leaver  string // the ID of a member whom programs manage
	group   string // the ID of a group
}

func newAppWithPrograms(t *testing.T) *appWithPrograms {
	a := &appWithPrograms{app: newApp(t)}
	revoked := a.addProgram("Old", true, a.team.ID)
	if r := revoked.get("/vaults"); r.status != http.StatusOK {
		t.Fatalf("before it is revoked: %v", r)
	}
	a.must(a.accounts.RevokeServiceAccount(t.Context(), "", revoked.account.ID))
	a.callers = [...]program{
		{browser: a.browser()},
		{browser: a.browser(), token: "itemshare_" + strings.Repeat("A", 43)},
		revoked,
		a.addProgram(
			"Elsewhere", true, a.elsewhere.ID,
		), a.addProgram("Reader", false, a.team.ID), a.addProgram("Sharer", true, a.team.ID),
		{browser: a.signIn(memberEmail)},
		a.addServiceAccount(account.NewServiceAccount{Name: "Manager", ManagePeople: true}),
	}
	for _, i := range []int{3, 4, 5, 7} {
		a.callers[i].get("/vaults") // records the first use of the token
	}
	leaver, err := a.accounts.AddUser(t.Context(), "", account.NewUser{
		Email: "leaver@company.example", Name: "Leo", Role: account.Member, Password: password,
	})
	a.must(err)
	a.leaver = leaver.ID
	return a
}

// addGroup adds the group that calls are about.
func (a *appWithPrograms) addGroup(name string) {
	a.t.Helper()
	group, err := a.accounts.AddGroup(a.t.Context(), "", name)
	a.must(err)
	a.group = group.ID
}

// fillPattern fills a path pattern with IDs of what the sharing service account sees, of what is
// elsewhere ("foreign") or of nothing ("missing").
func (a *appWithPrograms) fillPattern(pattern, which, share string) string {
	item := a.item
	switch which {
	case "foreign":
		item = a.hidden
	case "missing":
		item.VaultID, item.ID = strings.Repeat("0", len(item.VaultID)), strings.Repeat(
			"0", len(item.ID),
		)
		share = strings.Repeat("0", len(share))
	}
	user, group := a.leaver, a.group
	if which != "seen" {
		user, group = strings.Repeat("0", len(user)), strings.Repeat("0", len(user))
	}
	file := "none"
	if len(item.Files) > 0 {
		file = item.Files[0].ID
	}
	return strings.NewReplacer(apiPath, "", ":vault", item.VaultID, ":item", item.ID, ":file", file, ":id", share,
		":user", user, ":group", group).
		Replace(pattern)
}

// TestEveryCallForEveryProgram asserts that every call has the wanted status for every caller,
// and that a rejected call changes nothing.
func TestEveryCallForEveryProgram(t *testing.T) {
	a := newAppWithPrograms(t)
	for _, r := range routeTable() {
		key := r.method + " " + r.path
		if !r.access.ForServiceAccounts() {
			continue
		}
		share, changed := "", false // by the caller before
		for i, who := range programCallers {
			want := programTests[key].want[i]
			if i == 0 || changed {
				share = a.callers[5].createShare(a.item, `{}`).ID
				a.addGroup(key + who)
			}
			changed = want < 400 && programChanges[key]
			before := a.dump()
			got := a.callers[i].call(
				r.method, a.fillPattern(r.path, "seen", share), programTests[key].body,
			)
			if got.status != want {
				t.Errorf("%s by %s: %d, want %d", key, who, got.status, want)
			}
			if !changed {
				a.wantUnchanged(before, key+" by "+who)
			}
			if to := mailedBy[key]; to != "" && got.status == http.StatusCreated {
				a.mailedCode(to)
			}
			code := map[int]string{
				401: "unauthenticated", 403: "forbidden", 404: "not_found", 409: "conflict", 422: "invalid",
			}[want]
			if got.code() != code || (got.header.Get("WWW-Authenticate") != "") != (want == 401) {
				t.Errorf("%s by %s: %q, want %q: %v", key, who, got.code(), code, got.header)
			}
			if want == 401 &&
				strings.Contains(
					got.header.Get("Location")+got.header.Get("HX-Redirect"), "signin",
				) {
				t.Errorf("%s leads %s to a page", key, who)
			}
		}
	}
}

// TestForeignAndMissingAreAlikeForPrograms asserts that a service account gets the same response
// for what is elsewhere and for what does not exist.
func TestForeignAndMissingAreAlikeForPrograms(t *testing.T) {
	a := newAppWithPrograms(t)
	foreign := a.callers[3].createShare(a.hidden, `{}`).ID
	for _, r := range routeTable() {
		if key := r.method + " " + r.path; r.access.ForServiceAccounts() &&
			strings.Contains(r.path, ":") {
			for _, i := range []int{0, 2, 4, 5} {
				one := a.callers[i].call(
					r.method, a.fillPattern(r.path, "foreign", foreign), programTests[key].body,
				)
				two := a.callers[i].call(
					r.method, a.fillPattern(r.path, "missing", foreign), programTests[key].body,
				)
				want := http.StatusNotFound
				if r.access == account.PeopleManager {
					want = http.StatusForbidden // whatever it is about
				}
				if i > 2 && one.status != want ||
					one.stableText() != two.stableText() {
					t.Errorf(
						"%s by %s tells foreign from missing:\n%s\n%s", key, programCallers[i],
						one.stableText(), two.stableText(),
					)
				}
			}
		}
	}
}

func TestFourStepsOfAProgram(t *testing.T) {
	a := newApp(t)
	p := a.addProgram("Deploy", true, a.team.ID)
	vaults := p.get("/vaults").object(t)["items"].([]any)
	if len(vaults) != 1 || vaults[0].(map[string]any)["title"] != "Team" {
		t.Errorf("vaults: %v", vaults)
	}
	items := p.get("/vaults/" + a.team.ID + "/items?q=mail&category=Login")
	if found := items.object(t)["items"].([]any); len(found) != 1 ||
		strings.Contains(items.body, concealed) {
		t.Errorf("items: %v", items)
	}
	item := p.get(itemPath(a.item)).object(t)
	fields := item["fields"].([]any)
	if item["title"] != "Mail server" || item["category"] != "Login" ||
		item["vaultId"] != a.team.ID ||
		fields[1].(map[string]any)["value"] != concealed {
		t.Errorf("item: %v", item)
	}
	policy := p.get(itemPath(a.item) + "/share-policy").object(t)
	if policy["maxExpiry"] != "ThirtyDays" || policy["defaultExpiry"] != "SevenDays" ||
		policy["maxViews"] != nil ||
		len(policy["allowedTypes"].([]any)) != 2 {
		t.Errorf("policy: %v", policy)
	}
	valid := p.call(
		"POST",
		itemPath(a.item)+"/recipients",
		`{"recipients":["Ann Doe <Ann@Client.example>","partner.example.","mailto:ann@client.example"]}`,
	)
	want := `[{"type":"Email","parameters":{"email":"Ann@Client.example"}},{"type":"Domain",` +
		`"parameters":{"domain":"partner.example"}}]`
	if valid.status != http.StatusOK || !strings.EqualFold(valid.body, want) {
		t.Errorf("recipients: %v", valid)
	}
	made := p.createShare(
		a.item,
		`{"recipients":`+valid.body+`,"expireAfter":"OneDay","oneTimeOnly":true}`,
	)
	l := a.link(made.Link)
	content := l.content(
		l.open(object{"email": "ann@client.example", "code": l.requestCode("ann@client.example")}),
	)
	if content["title"] != "Mail server" || content["shared_by"] != "Deploy" {
		t.Errorf("content: %v", content)
	}
	share := p.get("/shares/" + made.ID).object(t)
	if share["status"] != "active" || share["views"] != 1.0 || share["maxViews"] != 1.0 ||
		share["sharedBy"] != "Deploy" ||
		share["expiresAt"] != made.ExpiresAt {
		t.Errorf("share: %v", share)
	}
	views := p.get("/shares/" + made.ID + "/views").object(t)["items"].([]any)
	if len(views) != 1 || views[0].(map[string]any)["email"] != "ann@client.example" ||
		views[0].(map[string]any)["views"] != 1.0 ||
		views[0].(map[string]any)["at"] != a.clock.Now().UTC().Format(time.RFC3339) {
		t.Errorf("views: %v", views)
	}
	for range 2 { // revoking twice succeeds too
		if r := p.call("DELETE", "/shares/"+made.ID, ""); r.status != http.StatusNoContent ||
			r.body != "" {
			t.Errorf("revoke: %v", r)
		}
	}
	if r := l.call("peek", nil); r.code() != "revoked" {
		t.Errorf("after it was revoked: %v", r)
	}
	a.checkAudit(p, made.ID)
}

// checkAudit asserts that the audit log has the service account's actions under its own ID.
func (a *app) checkAudit(p program, shareID string) {
	a.t.Helper()
	a.dump()
	for kind, subject := range map[audit.Kind]string{
		audit.ItemRead: a.item.VaultID + "/" + a.item.ID, audit.ShareCreated: shareID,
		audit.ShareRevoked: shareID,
	} {
		n := a.queryStrings(
			`SELECT count(*) || '' FROM audit_events WHERE kind = '` + string(
				kind,
			) + `' AND actor = '` + p.account.ID + `' AND subject = '` + subject + `'`,
		)
		if n[0] != "1" {
			a.t.Errorf("%s stands in the audit %s times", kind, n[0])
		}
	}
}

func TestSharesOfAProgramAreItsOwn(t *testing.T) {
	a := newApp(t)
	one, two := a.addProgram("One", true, a.team.ID), a.addProgram("Two", true, a.team.ID)
	_, persons := a.signIn(memberEmail).share(a.item, nil)
	var ids []string
	for range 3 {
		ids = append([]string{one.createShare(a.item, `{}`).ID}, ids...)
		a.clock.advance(time.Second)
	}
	foreign := two.createShare(a.item, `{"recipients":["ann@client.example"]}`).ID
	var seen []string
	for after := ""; ; {
		page := one.get("/shares?limit=2&q=mail&vault=" + a.team.ID + "&after=" + after).object(t)
		for _, s := range page["items"].([]any) {
			seen = append(seen, s.(map[string]any)["id"].(string))
		}
		next, more := page["next"].(string)
		if !more {
			break
		}
		after = next
	}
	if strings.Join(seen, " ") != strings.Join(ids, " ") {
		t.Errorf("pages: %v, want %v", seen, ids)
	}
	if found := two.get("/shares?q=ann@client.example").object(t)["items"].([]any); len(
		found,
	) != 1 ||
		found[0].(map[string]any)["id"] != foreign {
		t.Errorf("by recipient: %v", found)
	}
	today := a.clock.Now().UTC().Format(time.DateOnly)
	for query, want := range map[string]int{
		"with=ANN@client.example": 1, "with=bob@client.example": 0, "created=today": 1, "created=7days": 1,
		"from=" + today: 1, "to=2020-01-01": 0, "from=" + today + "&to=" + today + "&with=ann@client.example": 1,
	} {
		if found := two.get("/shares?" + query).object(t)["items"].([]any); len(found) != want {
			t.Errorf("%s finds %d shares, want %d", query, len(found), want)
		}
	}
	one.call("DELETE", "/shares/"+ids[0], "")
	if found := one.get("/shares?status=revoked").object(t)["items"].([]any); len(found) != 1 {
		t.Errorf("by status: %v", found)
	}
	for _, id := range []string{persons, foreign} {
		if r := one.call("DELETE", "/shares/"+id, ""); r.status != http.StatusNotFound {
			t.Errorf("another's share: %v", r)
		}
	}
	if r := a.signIn(adminEmail).get("/shares/" + foreign); r.status != http.StatusOK ||
		!strings.Contains(r.body, "Two") {
		t.Errorf("an admin does not see a program's share: %d", r.status)
	}
}

func TestItemsInPages(t *testing.T) {
	a := newApp(t)
	for range 4 {
		a.addItem(newLogin(a.team.ID, "Another"))
	}
	p := a.addProgram("Reader", false, a.team.ID)
	seen := map[string]bool{}
	after, pages := "", 0
	for {
		page := p.get("/vaults/" + a.team.ID + "/items?limit=2&after=" + url.QueryEscape(after)).
			object(t)
		pages++
		for _, o := range page["items"].([]any) {
			seen[o.(map[string]any)["id"].(string)] = true
		}
		next, more := page["next"].(string)
		if !more {
			break
		}
		after = next
	}
	if len(seen) != 5 || pages != 3 {
		t.Errorf("%d items on %d pages", len(seen), pages)
	}
}
